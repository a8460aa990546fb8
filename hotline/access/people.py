"""People and passwords."""

import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, select

from catalogue.errors import InputError
from hotline.access.roles import ROLES
from hotline.access.tables import User

SHORTEST_PASSWORD = 8
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")

# Demonstration only: `serve --demo` makes them and prints them.
DEMO_PEOPLE = {
    "huawu": ("何晓雯", "operator"),
    "paidan": ("潘志明", "dispatcher"),
    "lianxi": ("连海燕", "meeting"),
    "guanli": ("关立", "admin"),
}
DEMO_PASSWORD = "demo-12345"


@cache
def _hasher() -> PasswordHasher:
    # 19 MiB and two passes, the OWASP floor: the login of a busy shift must not starve the suggestions.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def add(session: Session, *, username: str, name: str, role: str, password: str) -> User:
    """Add a person and commit. Raises InputError for a bad name, role, password or a name that is taken."""
    if not _USERNAME.fullmatch(username):
        raise InputError("people.username", "用户名须为小写字母开头的 2–32 位字母、数字或 . _ -")
    if role not in ROLES:
        raise InputError("people.role", f"没有「{role}」这个角色，可用：{'、'.join(ROLES)}")
    if find(session, username):
        raise InputError("people.taken", f"用户名 {username} 已有人使用")
    user = User(username=username, name=name or username, role=role, password_hash=_hash(password))
    session.add(user)
    session.commit()
    return user


def _known(session: Session, username: str) -> User:
    user = find(session, username)
    if user is None:
        raise InputError("people.unknown", f"没有用户 {username}")
    return user


def reset(session: Session, *, username: str, password: str) -> User:
    """Give a person a new password; sessions opened with the old one end."""
    user = _known(session, username)
    user.password_hash = _hash(password)
    user.generation += 1
    session.add(user)
    session.commit()
    return user


def set_active(session: Session, *, username: str, active: bool) -> User:
    """Let a person in or keep them out."""
    user = _known(session, username)
    user.active = active
    session.add(user)
    session.commit()
    return user


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise InputError("people.password", f"密码至少 {SHORTEST_PASSWORD} 位")
    return _hasher().hash(password)


def find(session: Session, username: str) -> User | None:
    """The person of that user name."""
    return session.exec(select(User).where(User.username == username)).first()


def everybody(session: Session) -> list[User]:
    """All people, oldest first."""
    return list(session.exec(select(User).order_by(User.id)))


def verify(session: Session, *, username: str, password: str) -> User | None:
    """The person if the password is right and the person active. Unknown names take as long as known ones."""
    user = find(session, username)
    known = user.password_hash if user else _dummy()
    try:
        _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return None
    return user if user and user.active else None


@cache
def _dummy() -> str:
    return _hasher().hash(secrets.token_hex(8))


def create_demo_people(session: Session, *, password: str = DEMO_PASSWORD) -> list[tuple[str, str, str]]:
    """One person a role for a demonstration; returns (role in words, user name, password). Existing ones stay."""
    out = []
    for username, (name, role) in DEMO_PEOPLE.items():
        if find(session, username) is None:
            add(session, username=username, name=name, role=role, password=password)
        out.append((ROLES[role], username, password))
    return out
