"""Changes of state: along the table, by one person at a time."""

from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from catalogue.errors import HotlineError
from hotline.tickets import history
from hotline.tickets.states import MOVES, STATES
from hotline.tickets.tables import Ticket


class ConflictError(HotlineError):
    """Somebody else has changed the ticket since this page was opened."""

    def __init__(self, number: str) -> None:
        super().__init__("ticket.conflict", f"工单 {number} 已被他人处理，请刷新后再看", status=409)


class MoveError(HotlineError):
    """The table of moves does not know this change."""

    def __init__(self, ticket: Ticket, to: str) -> None:
        here, there = STATES[ticket.state], STATES.get(to, to)
        super().__init__("ticket.move", f"工单 {ticket.number} 处于「{here}」，不能转为「{there}」", status=409)


def check_version(ticket: Ticket, version: int | None) -> None:
    """Refuse a page that shows an older ticket than the stored one."""
    if version is not None and ticket.version != version:
        raise ConflictError(ticket.number)


def move(
    session: Session,
    ticket: Ticket,
    *,
    to: str,
    who: str,
    version: int | None = None,
    what: str = "state",
    note: str = "",
    detail: dict | None = None,
) -> None:
    """Change the state, write history, commit. Raises ConflictError or MoveError; then nothing is changed."""
    check_version(ticket, version)
    if to not in MOVES[ticket.state]:
        raise MoveError(ticket, to)
    before, ticket.state = ticket.state, to
    session.add(ticket)
    history.record(session, ticket, who=who, what=what, before=before, after=to, note=note, detail=detail)
    commit(session, ticket)


def commit(session: Session, ticket: Ticket) -> None:
    """Commit; a ticket changed meanwhile by another session is a ConflictError, never a lost update."""
    number = ticket.number
    try:
        session.commit()
    except StaleDataError:
        session.rollback()
        raise ConflictError(number) from None
