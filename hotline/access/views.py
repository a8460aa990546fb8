"""Logging in and out, and the list of people."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_user, logout_user

from catalogue.errors import HotlineError
from hotline.access import people
from hotline.access.roles import HOME, ROLES, allow
from hotline.database import session

blueprint = Blueprint("access", __name__)


@blueprint.get("/login")
def login() -> str:
    """The login page."""
    if current_user.is_authenticated:
        return redirect(url_for(HOME[current_user.role]))
    return _page()


def _page(**values) -> str:
    demo = people.DEMO_PEOPLE if current_app.config["DEMO"] else {}
    return render_template("access/login.html", demo=demo, demo_password=people.DEMO_PASSWORD, roles=ROLES, **values)


@blueprint.post("/login")
def enter():
    """Check name and password; the answer never says which of the two was wrong."""
    username = request.form.get("username", "").strip().lower()
    user = people.verify(session(), username=username, password=request.form.get("password", ""))
    if user is None:
        return _page(failed=True, username=username), 401
    login_user(user)
    return redirect(_inside(request.args.get("next")) or url_for(HOME[user.role]))


def _inside(target: str | None) -> str | None:
    """`target` if it is a path of ours; a redirect never leads to another host."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    return target if not urlsplit(target).netloc else None


@blueprint.post("/logout")
def leave():
    """End the session."""
    logout_user()
    return redirect(url_for("access.login"))


@blueprint.get("/")
def home():
    """The desk of whoever comes."""
    return redirect(url_for(HOME[current_user.role]) if current_user.is_authenticated else url_for("access.login"))


@blueprint.get("/users")
@allow("admin")
def users() -> str:
    """The list of people."""
    return render_template("access/users.html", users=people.everybody(session()), roles=ROLES)


@blueprint.post("/users")
@allow("admin")
def add_user():
    """Add a person."""
    form = {key: request.form.get(key, "").strip() for key in ("username", "name", "role")}
    try:
        user = people.add(session(), password=request.form.get("password", ""), **form)
        flash(f"已添加 {user.name}（{ROLES[user.role]}）", "success")
    except HotlineError as error:
        flash(error.message, "danger")
    return redirect(url_for("access.users"))


@blueprint.post("/users/<username>/active")
@allow("admin")
def set_active(username: str):
    """Keep a person out, or let them in again."""
    if username == current_user.username:
        raise HotlineError("people.self", "不能停用自己的账号")
    user = people.set_active(session(), username=username, active=request.form.get("active") == "1")
    flash(f"{user.name} 已{'启用' if user.active else '停用'}", "success")
    return redirect(url_for("access.users"))
