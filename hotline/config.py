"""Settings of the service: one commented default, laid over by a file, the environment and the caller.

Order, later wins: `DEFAULT`, `config.toml` in HOTLINE_HOME, environment (`HOTLINE_X` for key `X`), the argument of
`create_app`. A key that is not in `DEFAULT` is an error, so a typing slip never passes for a setting.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

from catalogue.errors import HotlineError

DEFAULT: dict[str, object] = {
    # Where the database, the secret key and recordings lie.
    "HOTLINE_HOME": "~/.hotline12345",
    # Empty: SQLite file hotline.db in HOTLINE_HOME. Otherwise postgresql://user:password@host/name.
    "DATABASE_URL": "",
    # Empty: made on the first run and kept in HOTLINE_HOME/secret_key, readable by its owner alone.
    "SECRET_KEY": "",
    # Bearer token for machines that call /api/v1; empty: only logged-in people may.
    "HOTLINE_API_TOKEN": "",
    # What makes suggestions and what recognises speech: "module:function", called once when first needed.
    "SUGGESTER": "hotline.decision.suggester:load",
    "RECOGNISER": "asr.install:load_recogniser",
    # What stands in the page titles.
    "BRAND": "12345 热线智能派单",
    "CITY": "肇庆",
    # Demonstration: the login page shows the demo people and their passwords. Never on a real desk.
    "DEMO": False,
    # The longest text of one call, and the shortest that can hold a request.
    "MAX_TEXT_CHARS": 20_000,
    "MIN_TEXT_CHARS": 2,
    # The largest upload in bytes: three hours of stereo A-law and some room.
    "MAX_CONTENT_LENGTH": 256 * 1024 * 1024,
    # A knowledge article below this score is not shown: the desk says that it does not know.
    "ANSWER_FLOOR": 0.36,
    # Attempts to log in from one address.
    "LOGIN_LIMIT": "10 per minute",
    # True behind HTTPS: the session cookie then never travels in the clear.
    "SESSION_COOKIE_SECURE": False,
    "TESTING": False,
}


def settings(given: Mapping[str, object] | None = None) -> dict[str, object]:
    """All settings, complete and checked. Raises HotlineError `config.unknown` or `config.value`."""
    given = dict(given or {})
    _known(given, where="create_app 的参数")
    environment = _environment()
    home = _home(given, environment)
    merged = {**DEFAULT, **_file(home / "config.toml"), **environment, **given, "HOTLINE_HOME": str(home)}
    merged["DATABASE_URL"] = str(merged["DATABASE_URL"] or f"sqlite:///{home / 'hotline.db'}")
    merged["SECRET_KEY"] = merged["SECRET_KEY"] or _secret_key(home)
    return merged


def _home(given: Mapping[str, object], environment: Mapping[str, object]) -> Path:
    """The folder in use; it can't be moved by the file that lies in it."""
    home = given.get("HOTLINE_HOME") or environment.get("HOTLINE_HOME") or DEFAULT["HOTLINE_HOME"]
    path = Path(str(home)).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise HotlineError("config.home", f"无法使用数据目录 {path}：{error.strerror}") from None
    return path


def _environment() -> dict[str, object]:
    """Values of the environment, each turned into the type of its default."""
    found = {}
    for key, default in DEFAULT.items():
        text = os.environ.get(key if key.startswith("HOTLINE_") else f"HOTLINE_{key}")
        if text is not None:
            found[key] = _typed(text, default, key=key)
    return found


def _typed(text: str, default: object, *, key: str) -> object:
    if isinstance(default, bool):
        return text.strip().lower() in {"1", "true", "yes", "on"}
    try:
        return type(default)(text)
    except ValueError:
        raise HotlineError("config.value", f"设置 {key} 的值「{text}」不对，应为数字") from None


def _file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HotlineError("config.file", f"设置文件 {path} 读不懂：{error}") from None
    _known(values, where=str(path))
    return values


def _known(values: Mapping[str, object], *, where: str) -> None:
    unknown = sorted(set(values) - set(DEFAULT))
    if unknown:
        raise HotlineError("config.unknown", f"{where} 中有不认识的设置：{'、'.join(unknown)}")


def _secret_key(home: Path) -> str:
    """The key that signs sessions: made once, kept beside the database."""
    path = home / "secret_key"
    if not path.is_file():
        # Two first processes may race: the one that comes second reads what the first has written.
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()
