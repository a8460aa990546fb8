"""What a change of the lists would do to tickets still open: each is read again under the old lists and the new."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlmodel import Session, select

from catalogue import Catalogue
from hotline.decision.suggester import Road
from hotline.tickets import rulings
from hotline.tickets.suggesting import OPEN_STATES, call_of
from hotline.tickets.tables import Ticket


@dataclass(frozen=True)
class Move:
    """A ticket whose lead would change."""

    number: str
    title: str
    before: str
    after: str


def open_tickets(session: Session) -> list[Ticket]:
    """Tickets somebody still works on, oldest first."""
    return list(session.exec(select(Ticket).where(Ticket.state.in_(OPEN_STATES)).order_by(Ticket.id)))


def moved_tickets(tickets: Iterable[Ticket], *, road: Road, lists: Catalogue, session: Session) -> Iterator[Move]:
    """Tickets that `road` would send elsewhere if `lists` were in force; reader, rules and meeting stay as they are."""
    changed, overlay = road.under(lists), rulings.overlay(session)
    for ticket in tickets:
        call = call_of(session, ticket)
        before, after = (one.suggest(call, overlay=overlay)["leads"][0]["code"] for one in (road, changed))
        if before != after:
            title = (ticket.fields.get("title") or {}).get("value") or ticket.title or ticket.text[:30]
            yield Move(ticket.number, title, before, after)
