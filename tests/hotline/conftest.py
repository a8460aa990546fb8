"""Four fixtures serve all tests of the desks: app, client, runner, login_as; a fresh database for each test."""

import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import Session
from typer.testing import CliRunner

from hotline.access import people
from hotline.app import create_app
from hotline.database import ENGINE, session, upgrade
from hotline.tickets.suggesting import suggest
from hotline.tickets.tables import Ticket
from tests.hotline import postgres
from tests.hotline.browser import NAMES, PASSWORD, address, chromium, open_as  # noqa: F401  (fixtures)
from tests.hotline.factories import TicketFactory
from tests.hotline.twins import BOTH, ScriptedSuggester, scripted

# For tables of bad input, where a second database would only cost time.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Desk:
    """A logged-in browser without a screen: fetches the token by itself."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, path: str, **options):
        """GET, remembering the CSRF token of the page."""
        answer = self.client.get(path, **options)
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf-token" content="([^"]+)"', answer.get_data(as_text=True))
            self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, data: dict | None = None, *, json: object = None, **options):
        """POST a form, or JSON with the token in its header."""
        if json is not None:
            headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
            return self.client.post(path, json=json, headers=headers, **options)
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **options)

    def page(self, path: str) -> str:
        """The text of a page that must exist."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the four people, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "hotline.db"
    _fill(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server with a migrated database `hotline_template`."""
    with postgres.server() as url:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS hotline_template")
            connection.execute("CREATE DATABASE hotline_template")
        _fill(f"{url}/hotline_template", Path("/tmp"))
        yield url


def _fill(url: str, home: Path) -> None:
    upgrade(url)
    made = create_app({"HOTLINE_HOME": str(home), "SECRET_KEY": "template", "DATABASE_URL": url})
    with made.app_context():
        people.create_demo_people(session())
    made.extensions[ENGINE].dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own, on each kind of server."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "hotline.db")
        yield f"sqlite:///{tmp_path / 'hotline.db'}"
        return
    url = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE hotline_template")
        yield f"{url}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def suggester() -> ScriptedSuggester:
    """The scripted twin that the app uses."""
    return scripted()


@pytest.fixture
def make_app(database_url: str, tmp_path: Path, suggester: ScriptedSuggester) -> Iterator[Callable[..., Flask]]:
    """Makes apps over the test's database; keywords override settings."""
    made: list[Flask] = []

    def make(**config: object) -> Flask:
        base = {"HOTLINE_HOME": str(tmp_path), "DATABASE_URL": database_url, "TESTING": True, "SECRET_KEY": "test"}
        made.append(create_app({**base, "SUGGESTER": lambda: suggester, **config}))
        return made[-1]

    yield make
    for app in made:
        app.extensions[ENGINE].dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The service with the scripted suggester."""
    return make_app(HOTLINE_API_TOKEN="test-token")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody."""
    return app.test_client()


@pytest.fixture
def runner() -> CliRunner:
    """Runs the command line."""
    return CliRunner()


@pytest.fixture
def login_as(app: Flask) -> Callable[..., Desk]:
    """`login_as("operator")`: a desk of that role; `app=` for another app."""

    def login(role: str, *, at: Flask | None = None) -> Desk:
        desk = Desk((at or app).test_client())
        desk.get("/login")
        answer = desk.post("/login", {"username": NAMES[role], "password": PASSWORD})
        assert answer.status_code == 302
        return desk

    return login


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session of its own, for storing beforehand and looking afterwards; each query sees the newest rows.

    It stands outside any app context: requests made meanwhile must not share it.
    """
    with Session(app.extensions[ENGINE], expire_on_commit=False) as opened:

        @event.listens_for(opened, "do_orm_execute")
        def _newest(state) -> None:
            if state.is_select:
                state.update_execution_options(populate_existing=True)

        yield opened


@pytest.fixture
def call(db, suggester) -> Callable[..., Ticket]:
    """A draft with the suggestion of the app's twin."""

    def make(**values: object) -> Ticket:
        blank = dict.fromkeys(("matter", "lead", "region", "filed_at", "deadline"))
        ticket = TicketFactory.create(db, **{**blank, "state": "draft", "text": BOTH, "title": "", **values})
        suggest(db, ticket, suggester)
        return ticket

    return make
