"""Alembic's entry: the same migrations for SQLite and PostgreSQL."""

from alembic import context
from sqlmodel import SQLModel

import hotline.access.tables
import hotline.tickets.tables  # noqa: F401  (registers the tables)
from hotline.database import make_engine


def run() -> None:
    """Run the migrations on the database named by `config.attributes["url"]`."""
    engine = make_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            # SQLite can't alter a column: Alembic copies the table instead.
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
