"""What stands before every request: login, the API token, CSRF, the limit on log-ins."""

import secrets

from flask import Flask, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError, CSRFProtect

from catalogue.errors import HotlineError
from hotline.access.tables import User
from hotline.database import session

LIMITER = "hotline.limiter"
SAFE = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask) -> None:
    """Install the guards. CSRF is checked on every request that can change something, unless it shows the token."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, SESSION_COOKIE_SAMESITE="Lax")
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)
    csrf = CSRFProtect(app)
    app.before_request(_machine)
    app.before_request(lambda: _check_csrf(csrf))
    app.extensions[LIMITER] = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)


def _load(session_id: str) -> User | None:
    """The person of a session cookie, unless kept out or given a new password since."""
    person, _, generation = session_id.partition(":")
    user = session().get(User, int(person)) if person.isdigit() else None
    return user if user and user.active and str(user.generation) == generation else None


def _machine() -> None:
    """A right bearer token makes the request a machine's; a wrong one is refused, not ignored."""
    header = request.headers.get("Authorization", "")
    if not (request.path.startswith("/api/") and header.startswith("Bearer ")):
        return
    token = str(current_app.config["HOTLINE_API_TOKEN"])
    if not token or not secrets.compare_digest(header[7:].encode(), token.encode()):
        raise HotlineError("access.token", "令牌不对", status=401)
    g.machine = True


def _check_csrf(csrf: CSRFProtect) -> None:
    if request.method in SAFE or g.get("machine"):
        return
    try:
        csrf.protect()
    except CSRFError:
        raise HotlineError("access.csrf", "页面已过期，请刷新后重试", status=400) from None
