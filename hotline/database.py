"""The database: one engine an app, one session a request or job, UTC everywhere.

`session()` is the session of the current app context, opened when first asked for and closed in teardown.
SQLite runs in WAL mode with foreign keys on; PostgreSQL needs nothing special.
"""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from flask import Flask, current_app, g
from sqlalchemy import event
from sqlmodel import Session, SQLModel

ENGINE = "hotline.engine"

# One list of names for keys and indexes, so that a later migration can name what it changes.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: stored in UTC, always read back aware (SQLite would drop the zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def make_engine(url: str) -> sa.Engine:
    """Engine for a SQLite or PostgreSQL address; `postgresql://` means psycopg 3."""
    parsed = sa.make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, pool_pre_ping=True)
    engine = sa.create_engine(parsed, connect_args={"timeout": 30})
    event.listen(engine, "connect", _tune_sqlite)
    return engine


def _tune_sqlite(connection, _record) -> None:
    """WAL: readers never wait for a writer; one writer waits for another up to the timeout."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def upgrade(url: str) -> None:
    """Bring the schema at `url` to the newest version (Alembic)."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    # An own attribute, not sqlalchemy.url: a % in a password would be read as interpolation.
    config.attributes["url"] = url
    command.upgrade(config, "head")


def init_app(app: Flask) -> None:
    """Give `app` its engine and close the session of each request."""
    app.extensions[ENGINE] = make_engine(app.config["DATABASE_URL"])
    app.teardown_appcontext(_close)


def session() -> Session:
    """The session of the current request or job."""
    if "session" not in g:
        g.session = Session(current_app.extensions[ENGINE], expire_on_commit=False)
    return g.session


def _close(_error: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()
