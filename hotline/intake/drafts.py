"""What an operator has typed and not yet sent; it survives a closed window and a restarted machine."""

from collections.abc import Mapping

from sqlmodel import Session, select

from hotline.database import now
from hotline.tickets.tables import Draft

DESK = 0
_LONGEST = 20_000


def load(session: Session, *, operator: str, ticket_id: int = DESK) -> dict:
    """The draft's values; empty if there is none."""
    found = _find(session, operator, ticket_id)
    return dict(found.values) if found else {}


def save(session: Session, values: Mapping, *, operator: str, ticket_id: int = DESK) -> None:
    """Keep `values` (strings, flags, lists of codes) and commit."""
    draft = _find(session, operator, ticket_id) or Draft(operator=operator, ticket_id=ticket_id)
    draft.values = {str(key)[:40]: _plain(value) for key, value in list(values.items())[:40]}
    draft.saved_at = now()
    session.add(draft)
    session.commit()


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [str(item)[:40] for item in value[:20]]
    return str(value)[:_LONGEST]


def drop(session: Session, *, operator: str, ticket_id: int = DESK) -> None:
    """Forget a draft whose call is filed; the caller commits."""
    found = _find(session, operator, ticket_id)
    if found:
        session.delete(found)


def _find(session: Session, operator: str, ticket_id: int) -> Draft | None:
    query = select(Draft).where(Draft.operator == operator, Draft.ticket_id == ticket_id)
    return session.exec(query).first()
