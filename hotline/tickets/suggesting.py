"""Asking the machine, and keeping what it said. A model that fails leaves a ticket to be filled in by hand."""

import hashlib
import logging
import re
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from sqlmodel import Session, select

from catalogue import load
from catalogue.entries import Clause
from catalogue.errors import HotlineError
from hotline.tickets import history, rulings
from hotline.tickets.doubts import ORDER, doubt_of
from hotline.tickets.receiving import turns_of
from hotline.tickets.tables import Suggestion, Ticket

log = logging.getLogger(__name__)

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# Tickets somebody still works on; a new call about the same is a repeat of them.
OPEN_STATES = ("pending", "joint", "dispatched")
# Two tellings of one story by one caller share about half of their bigrams; different stories under a quarter.
LIKE = 0.4


class Suggester(Protocol):
    """What the desks ask of the machine; `hotline.decision.suggester.load()` gives the real one."""

    def suggest(self, call: Mapping, *, overlay: Sequence[Clause] = ()) -> dict:
        """The suggestion for a call, as `hotline suggest` prints it."""
        ...


def call_of(session: Session, ticket: Ticket) -> dict:
    """The ticket as the machine reads it: of a call that was split only the ticket's own part."""
    call: dict = {"id": ticket.number, "title": ticket.title, "facts": dict(ticket.facts)}
    turns = [] if ticket.part_text else turns_of(session, ticket)
    if turns:
        call["turns"] = [{"who": turn.who, "text": turn.text} for turn in turns]
    else:
        call["text"] = ticket.request
    if ticket.call_time or ticket.received_at:
        call["call_time"] = (ticket.call_time or ticket.received_at).isoformat()
    if ticket.region:
        call["region"] = ticket.region
    return call | repeats_of(session, ticket)


def repeats_of(session: Session, ticket: Ticket) -> dict:
    """What the rules ask about a caller: {"recent": calls in 30 days, "repeat_of": number of an open like ticket or ""}.

    The phone is read from the text when the form does not yet know it; without one nothing is claimed. Tickets split from
    one call are one call.
    """
    phone = ticket.phone or next(iter(_MOBILE.findall(ticket.text)), None)
    if not phone:
        return {"recent": 0, "repeat_of": ""}
    since = ticket.received_at - timedelta(days=30)
    query = select(Ticket).where(Ticket.phone == phone, Ticket.id != ticket.id, Ticket.received_at >= since)
    found = session.exec(query.order_by(Ticket.id.desc()).limit(50))
    others = [other for other in found if other.call_number != ticket.call_number]
    like = [other for other in others if other.state in OPEN_STATES and alike(other.request, ticket.request) >= LIKE]
    return {"recent": len({other.call_number for other in others}), "repeat_of": like[0].number if like else ""}


def alike(one: str, other: str) -> float:
    """How like two texts are: Dice's coefficient over character bigrams, 0 to 1."""
    # Numbers are left out: the same phone in both says nothing about the story.
    words = (re.sub(r"\d+", "", text) for text in (one, other))
    first, second = ({text[i : i + 2] for i in range(len(text) - 1)} for text in words)
    return 2 * len(first & second) / max(len(first) + len(second), 1)


def suggest(session: Session, ticket: Ticket, suggester: Suggester, *, who: str = "system") -> Suggestion:
    """Ask, store the answer (or the failure) and commit. `ticket` must be stored already; never raises for a model."""
    started = time.perf_counter()
    record = Suggestion(ticket_id=ticket.id, facts=dict(ticket.facts))
    try:
        payload = suggester.suggest(call_of(session, ticket), overlay=rulings.overlay(session))
        record.payload = located(payload, ticket.text) if ticket.part_text else payload
        record.versions = record.payload.get("versions", {})
    except HotlineError as error:
        # It says itself what is missing (a model that was never trained, say): no need for a traceback.
        log.warning("no suggestion for %s: %s", ticket.number, error.message)
        record.error = error.message[:500]
    except Exception as error:
        # Whatever broke in a model must not lose a call: the failure is stored, shown and logged.
        log.exception("suggestion failed for %s", ticket.number)
        record.error = f"{type(error).__name__}: {error}"[:500]
    record.seconds = round(time.perf_counter() - started, 4)
    session.add(record)
    _apply(ticket, record)
    session.add(ticket)
    session.flush()
    _note(session, ticket, record, who=who)
    session.commit()
    return record


def located(payload: Mapping, text: str) -> dict:
    """A suggestion for a part whose evidence counts in the whole `text`, as pages show it; None where it does not stand."""
    form = {key: _found(field, text) for key, field in (payload.get("form") or {}).items()}
    return {**payload, "form": form}


def _found(field: Mapping | None, text: str) -> dict | None:
    if not field:
        return None
    start = text.find(field.get("text") or "")
    if start < 0 or not field.get("text"):
        return {**field, "start": None, "end": None}
    return {**field, "start": start, "end": start + len(field["text"])}


def _apply(ticket: Ticket, record: Suggestion) -> None:
    """Set what the queue sorts by; what the operator has filed stays untouched."""
    ticket.verdict = None if record.error else record.payload.get("verdict")
    ticket.doubt = doubt_of(ticket.verdict)
    ticket.doubt_order = ORDER[ticket.doubt]
    ticket.read_facts = read_facts(record.payload)
    # Known at once, so that a repeat of the same caller is found and the number is hidden in every list.
    ticket.phone = ticket.phone or (((record.payload.get("form") or {}).get("phone") or {}).get("value") or "")[:40]
    if record.error and ticket.state == "draft":
        ticket.state = "manual"
    elif not record.error and ticket.state == "manual":
        ticket.state = "draft"


def read_facts(payload: Mapping) -> dict[str, str]:
    """Deciding facts that a suggestion read: as it says, else the conditions of the clauses that it used."""
    if payload.get("facts"):
        pairs = {
            fact: value.get("value") if isinstance(value, Mapping) else value
            for fact, value in payload["facts"].items()
        }
        return {str(fact): str(value) for fact, value in pairs.items() if value}
    known = load().by_id
    used = [known[clause["id"]] for clause in payload.get("clauses") or [] if clause.get("id") in known]
    return {fact: values[0] for clause in used[:1] for fact, values in clause.when.items() if len(values) == 1}


def _note(session: Session, ticket: Ticket, record: Suggestion, *, who: str) -> None:
    what, note = ("model_failed", "模型未能给出建议，转人工填写") if record.error else ("suggested", "")
    detail = {
        "suggestion": record.id, "versions": record.versions, "facts": record.facts, "read": digest(ticket.request),
    }  # fmt: skip
    history.record(session, ticket, who=who, what=what, after=ticket.verdict, note=note, detail=detail)


def digest(text: str) -> str:
    """A short mark of a text, to tell later whether it is still the one that was read."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def latest(session: Session, ticket: Ticket) -> Suggestion | None:
    """The newest suggestion of a ticket."""
    query = select(Suggestion).where(Suggestion.ticket_id == ticket.id).order_by(Suggestion.id.desc())
    return session.exec(query).first()
