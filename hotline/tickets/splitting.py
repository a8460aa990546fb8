"""拆单: a call that holds several requests becomes a ticket for each, all at once or not at all."""

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, select

from catalogue.errors import HotlineError
from hotline.database import now
from hotline.tickets import history, moves, numbers
from hotline.tickets.suggesting import digest, latest
from hotline.tickets.tables import Suggestion, Ticket

# What every part has of the call: how and when it came, who took it, what heard it.
_SHARED = ("channel", "received_at", "call_time", "operator", "recogniser", "warnings")


def parts_of(ticket: Ticket, suggestion: Suggestion | None) -> list[dict]:
    """The parts into which a suggestion would split a ticket; empty where there is nothing to split (any more)."""
    if suggestion is None or ticket.state != "draft" or was_split(ticket):
        return []
    parts = suggestion.payload.get("parts") or []
    return parts if len(parts) > 1 else []


def was_split(ticket: Ticket) -> bool:
    """Whether the ticket is one of several of its call."""
    return bool(ticket.part_text or ticket.split_from)


def of_call(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets of a split call in the order of its parts, this one among them; empty if the call was not split."""
    if not was_split(ticket):
        return []
    number = ticket.call_number
    query = select(Ticket).where((Ticket.number == number) | (Ticket.split_from == number))
    return list(session.exec(query.order_by(Ticket.id)))


def split(session: Session, ticket: Ticket, suggestion: Suggestion | None, *, who: str) -> list[Ticket]:
    """Split a draft as `suggestion` says and commit; the tickets in the order of the parts, the original first.

    Raises HotlineError (409) for a ticket that can't be split, a suggestion that is no longer true, or another person who
    was faster; nothing is changed then.
    """
    parts, number = _checked(session, ticket, suggestion), ticket.number
    try:
        # The original is written first: of two clicks at once only one gets past this line.
        ticket.part_text = parts[0]["text"]
        session.add(ticket)
        session.flush()
        caller = _caller(ticket, suggestion.payload)
        tickets = [ticket, *(_split_off(session, ticket, part, caller) for part in parts[1:])]
        _record(session, tickets, parts, suggestion=suggestion, who=who)
        session.commit()
    except StaleDataError:
        session.rollback()
        raise moves.ConflictError(number) from None
    except Exception:
        session.rollback()
        raise
    return tickets


def _checked(session: Session, ticket: Ticket, suggestion: Suggestion | None) -> Sequence[Mapping]:
    if was_split(ticket):
        raise HotlineError("split.again", f"工单 {ticket.number} 已经拆分过，不再重复拆分", status=409)
    if ticket.state != "draft":
        raise HotlineError("split.state", f"工单 {ticket.number} 不是草稿，不能拆分", status=409)
    if suggestion is None or not _fresh(session, ticket, suggestion):
        raise HotlineError("split.stale", "来电内容或已知事实有变化，拆分建议已过时，请看过新的建议再拆分", status=409)
    parts = parts_of(ticket, suggestion)
    if not parts:
        raise HotlineError("split.single", f"工单 {ticket.number} 只有一件事，不需要拆分", status=409)
    return parts


def _fresh(session: Session, ticket: Ticket, suggestion: Suggestion) -> bool:
    """Whether a suggestion is the ticket's newest and was made of the words and facts that stand there now."""
    newest = latest(session, ticket)
    if newest is None or newest.id != suggestion.id or suggestion.facts != ticket.facts:
        return False
    made = (line for line in history.of(session, ticket) if line.detail.get("suggestion") == suggestion.id)
    return any(line.detail.get("read") == digest(ticket.request) for line in made)


def _caller(ticket: Ticket, payload: Mapping) -> dict[str, str | None]:
    """Who called, as far as the form knows."""
    form = payload.get("form") or {}
    read = {key: (form.get(key) or {}).get("value") for key in ("person", "phone")}
    return {"person": (ticket.person or read["person"] or "")[:80], "phone": (ticket.phone or read["phone"] or "")[:40]}


def _split_off(session: Session, ticket: Ticket, part: Mapping, caller: Mapping) -> Ticket:
    """A new draft for one part, flushed with a number that is free."""
    values = {key: getattr(ticket, key) for key in _SHARED} | {key: value or None for key, value in caller.items()}
    for _ in range(numbers.TRIES):
        number = numbers.number_at(now(), numbers.draw())
        fresh = Ticket(**values, number=number, text=part["text"], split_from=ticket.number)
        try:
            with session.begin_nested():
                session.add(fresh)
            return fresh
        except IntegrityError:
            # Another constraint than the number's is a defect, and must not be tried twenty times.
            if session.exec(select(Ticket.id).where(Ticket.number == number)).first() is None:
                raise
    raise HotlineError("ticket.number", "工单编号暂时分配不出，请稍后再试", status=503)


def _record(
    session: Session, tickets: Sequence[Ticket], parts: Sequence[Mapping], *, suggestion: Suggestion, who: str
) -> None:
    """A line of history on each side."""
    original, *others = tickets
    detail = {
        "suggestion": suggestion.id,
        "parts": [
            {"number": ticket.number, "spans": part.get("spans")} for ticket, part in zip(tickets, parts, strict=True)
        ],
    }
    note = f"拆出 {'、'.join(ticket.number for ticket in others)}"
    history.record(session, original, who=who, what="split", note=note, detail=detail)
    for ticket in others:
        note = f"由 {original.number} 拆出"
        history.record(session, ticket, who=who, what="received", after="draft", note=note)
