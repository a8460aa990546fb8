"""Roles, and the guard that keeps a page or an endpoint to some of them."""

from collections.abc import Callable
from functools import wraps

from flask import g
from flask_login import current_user

from catalogue.errors import HotlineError

ROLES = {
    "operator": "话务员",
    "dispatcher": "派单员",
    "meeting": "联席会议成员",
    "admin": "管理员",
}
# A program that shows the API token; it is not a person, has no pages and never sees a caller's phone.
MACHINE = "machine"

# Where each role starts its day.
HOME = {"operator": "intake.desk", "dispatcher": "review.queue", "meeting": "meetings.docket", "admin": "access.users"}


class LoginNeeded(HotlineError):
    """Nobody is logged in."""

    def __init__(self) -> None:
        super().__init__("access.login", "请先登录", status=401)


class Forbidden(HotlineError):
    """The role may not do this."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        names = "、".join(ROLES[role] for role in allowed if role in ROLES)
        super().__init__("access.forbidden", f"您的角色无权使用此功能（仅限{names}）", status=403)


def role() -> str | None:
    """The role of whoever makes this request: a person's, MACHINE, or None."""
    if g.get("machine"):
        return MACHINE
    return current_user.role if current_user.is_authenticated else None


def who() -> str:
    """The name that history shows."""
    return MACHINE if g.get("machine") else current_user.username


def allow(*allowed: str) -> Callable:
    """Decorator of a view: only these roles; raises LoginNeeded or Forbidden."""

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            check(*allowed)
            return view(*args, **kwargs)

        guarded.allowed_roles = allowed
        return guarded

    return guard


def check(*allowed: str) -> None:
    """Raise unless the request comes from one of these roles."""
    here = role()
    if here is None:
        raise LoginNeeded
    if here not in allowed:
        raise Forbidden(allowed)
