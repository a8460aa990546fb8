"""A ticket as a page or the API may show it: the one place where it is decided who sees a caller's phone."""

from sqlmodel import Session

from hotline.access.masking import mask
from hotline.access.roles import role
from hotline.tickets import history, splitting
from hotline.tickets.receiving import turns_of
from hotline.tickets.suggesting import latest
from hotline.tickets.tables import Suggestion, Ticket

SEES_PHONES = {"operator"}
# What stands for the name of a caller who asked for confidence (举报人保密).
SECRET = "（保密）"
_COLUMNS = (
    "number", "state", "version", "channel", "operator", "text", "title", "recogniser", "warnings", "fields", "facts",
    "read_facts", "matter", "nature", "region", "town", "lead", "co", "urgent", "confidential", "callback", "person",
    "phone", "verdict", "doubt", "dispatched_by", "returns", "split_from", "part_text",
)  # fmt: skip
_INSTANTS = ("received_at", "filed_at", "deadline")
# Codes and counts hold no caller's number, and a mask must not touch them.
_CODES = {
    "number", "state", "version", "channel", "operator", "matter", "region", "lead", "co", "dispatched_by", "split_from",
}  # fmt: skip
# What the tickets of one call show of each other.
_OF_PART = ("number", "state", "verdict", "title", "text", "matter", "lead")


def row(ticket: Ticket) -> dict:
    """The ticket's own columns, masked for whoever asks; instants stay datetimes."""
    plain = {key: getattr(ticket, key) for key in _COLUMNS}
    if ticket.confidential and not sees_phones():
        plain |= {"person": SECRET, "fields": _without_person(ticket.fields)}
    return {**_masked(plain, ticket, None), **{key: getattr(ticket, key) for key in _INSTANTS}}


def card(session: Session, ticket: Ticket) -> dict:
    """Ticket, turns, newest suggestion and history, masked for whoever asks.

    Keys: the columns, and "turns" [{who, start, end, text, confidence, offset}], "suggestion" (payload or None),
    "failed" (why there is none), "history" [{at, who, what, before, after, note}], "parts" [{number, state, verdict, title,
    text, matter, lead}] of a call that was split, this ticket among them.
    """
    suggestion = latest(session, ticket)
    out = row(ticket)
    known = _known(ticket, suggestion)
    out["turns"] = [_hide(turn, known) for turn in _turns(session, ticket)]
    # A number that only the suggestion knows must vanish from the text, too.
    out["text"] = _hide(ticket.text, known)
    out["part_text"] = _hide(ticket.part_text, known)
    out["fields"] = _hide(out["fields"], known)
    out["suggestion"] = _hide(suggestion.payload, known) if suggestion and not suggestion.error else None
    out["failed"] = suggestion.error if suggestion else None
    out["suggested_in"] = suggestion.seconds if suggestion else None
    out["history"] = [_line(line, known) for line in history.of(session, ticket)]
    out["parts"] = [_part(other, known) for other in splitting.of_call(session, ticket)]
    return out


def _part(ticket: Ticket, known: tuple[str, ...]) -> dict:
    """One ticket of a split call as the others show it: `text` is its own part of the call."""
    shown = row(ticket)
    own = {key: shown[key] for key in _OF_PART} | {"text": shown["part_text"] or shown["text"]}
    return {key: value if key in _CODES else _hide(value, known) for key, value in own.items()}


def _without_person(fields: dict) -> dict:
    """The form of a caller who asked to stay unnamed."""
    return {key: {"value": SECRET} if key == "person" else value for key, value in fields.items()}


def _turns(session: Session, ticket: Ticket) -> list[dict]:
    """Turns with the offset at which each begins in the text."""
    out, offset = [], 0
    for turn in turns_of(session, ticket):
        keys = ("who", "start", "end", "text", "confidence")
        out.append({key: getattr(turn, key) for key in keys} | {"offset": offset})
        offset += len(turn.text) + 1
    return out


def _line(line, known: tuple[str, ...]) -> dict:
    keys = ("at", "who", "what", "before", "after")
    return {key: getattr(line, key) for key in keys} | {"note": _hide(line.note, known)}


def sees_phones() -> bool:
    """Whether whoever makes this request may see a caller's phone."""
    return role() in SEES_PHONES


def _known(ticket: Ticket, suggestion: Suggestion | None) -> tuple[str, ...]:
    """Every writing of this caller's number that we know of."""
    field = ((suggestion.payload.get("form") or {}).get("phone") or {}) if suggestion else {}
    filed = (ticket.fields or {}).get("phone") or {}
    numbers = (ticket.phone, field.get("value"), field.get("text"), filed.get("value"), filed.get("text"))
    return tuple(dict.fromkeys(number for number in numbers if number))


def _hide(value: object, known: tuple[str, ...]) -> object:
    return value if sees_phones() else mask(value, known=known)


def _masked(plain: dict, ticket: Ticket, suggestion: Suggestion | None) -> dict:
    known = _known(ticket, suggestion)
    return {key: value if key in _CODES else _hide(value, known) for key, value in plain.items()}


def hidden(text: str, ticket: Ticket) -> str:
    """What somebody wrote about a ticket, masked for whoever asks."""
    return _hide(text, _known(ticket, None))


def hidden_suggestion(payload: dict) -> dict:
    """A suggestion that belongs to no stored ticket, masked for whoever asks."""
    field = (payload.get("form") or {}).get("phone") or {}
    known = tuple(number for number in (field.get("value"), field.get("text")) if number)
    return _hide(payload, known)
