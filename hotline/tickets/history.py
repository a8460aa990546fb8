"""Append-only history: `record` writes a line, nothing rewrites one.

Guarded twice: here for the ORM, and by triggers of the database (see the first migration) for everything else.
"""

from sqlalchemy import event
from sqlmodel import Session, select

from hotline.tickets.tables import Event, Ticket


class HistoryError(RuntimeError):
    """Somebody tried to change or delete a line of history: a defect in the program, not in the input."""


@event.listens_for(Event, "before_update")
@event.listens_for(Event, "before_delete")
def _refuse(_mapper, _connection, _target) -> None:
    raise HistoryError("history is append-only")


def record(
    session: Session,
    ticket: Ticket,
    *,
    who: str,
    what: str,
    before: str | None = None,
    after: str | None = None,
    note: str = "",
    detail: dict | None = None,
) -> Event:
    """Add one line to the history of `ticket`; it is saved with the caller's transaction."""
    line = Event(ticket_id=ticket.id, who=who, what=what, before=before, after=after, note=note, detail=detail or {})
    session.add(line)
    return line


def of(session: Session, ticket: Ticket) -> list[Event]:
    """The history of `ticket`, oldest first."""
    return list(session.exec(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)))
