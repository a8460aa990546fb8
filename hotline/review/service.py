"""What a dispatcher decides. Each change names the version of the ticket that the dispatcher saw."""

from collections.abc import Sequence

from sqlmodel import Session

from catalogue import load
from catalogue.errors import InputError
from hotline.database import now
from hotline.tickets import moves
from hotline.tickets.tables import DocketItem, Ticket


def dispatch(
    session: Session, ticket: Ticket, *, lead: str, who: str, version: int, co: Sequence[str] = (), note: str = ""
) -> None:
    """Send a ticket to its lead (and co-handlers). Raises InputError, ConflictError, MoveError."""
    moves.check_version(ticket, version)
    _known(lead, *co)
    before, ticket.lead = ticket.lead, lead
    ticket.co = [code for code in dict.fromkeys(co) if code != lead]
    ticket.dispatched_by = who
    what = "dispatched" if before in (None, lead) else "changed"
    detail = {"lead": lead, "co": ticket.co, "before": before, "suggestion": ticket.suggestion_id}
    note = "；".join(filter(None, [f"主办：{load().short(lead)}", note]))
    moves.move(session, ticket, to="dispatched", who=who, what=what, note=note, detail=detail)


def to_meeting(
    session: Session, ticket: Ticket, *, question: str, who: str, version: int, lead: str | None = None
) -> DocketItem:
    """Lay a ticket before the joint meeting; `lead` works on it meanwhile (先办后议)."""
    moves.check_version(ticket, version)
    if lead:
        _known(lead)
        ticket.lead = lead
    item = DocketItem(ticket_id=ticket.id, opened_by=who, question=question.strip()[:2000])
    session.add(item)
    meanwhile = f"会商期间由{load().short(ticket.lead)}先行办理" if ticket.lead else ""
    note = "；".join(filter(None, [item.question, meanwhile]))
    moves.move(session, ticket, to="joint", who=who, what="to_meeting", note=note)
    return item


def ask_back(session: Session, ticket: Ticket, *, question: str, who: str, version: int) -> None:
    """Give a ticket back to the operators with a question for the caller."""
    if not question.strip():
        raise InputError("review.question", "请写明要向来电人追问什么")
    moves.move(session, ticket, to="asking", who=who, version=version, what="asked_back", note=question.strip()[:500])


def take_back(session: Session, ticket: Ticket, *, reason: str, who: str, version: int) -> None:
    """A unit has handed a ticket back: it waits again, one return the more."""
    moves.check_version(ticket, version)
    if not reason.strip():
        raise InputError("review.reason", "请写明退单理由和依据")
    ticket.returns += 1
    note = f"{load().short(ticket.lead or '')}：{reason.strip()[:500]}"
    moves.move(session, ticket, to="pending", who=who, what="returned", note=note, detail={"at": now().isoformat()})


def _known(*codes: str) -> None:
    departments = load().departments
    if any(code not in departments for code in codes):
        raise InputError("review.lead", "单位不在目录中，请从列表中选择")
