"""Rulings of the joint meeting as clauses over the list, and the tickets they settle."""

from datetime import date

from sqlmodel import Session, select

from catalogue.entries import Basis, Clause
from hotline.clock import CHINA
from hotline.database import now
from hotline.tickets.tables import Ruling, Ticket

PREFIX = "R-"


def today() -> date:
    """China's date."""
    return now().astimezone(CHINA).date()


def as_clause(ruling: Ruling) -> Clause:
    """The ruling in the form in which the duty list is read."""
    return Clause(
        id=f"{PREFIX}{ruling.id}",
        matter=ruling.matter,
        lead=ruling.lead,
        when={fact: tuple(values) for fact, values in ruling.when.items()},
        region=ruling.region,
        co=tuple(ruling.co),
        fallback=ruling.fallback,
        status="settled",
        basis=(Basis(resolution=ruling.basis, grade="A"),),
        note=ruling.reason,
        in_force_from=ruling.in_force_from,
        in_force_until=ruling.in_force_until,
    )


def standing(session: Session) -> list[Ruling]:
    """Rulings that are not withdrawn, oldest first: of two alike the later one prevails."""
    return list(session.exec(select(Ruling).where(Ruling.withdrawn_at.is_(None)).order_by(Ruling.id)))


def overlay(session: Session, *, day: date | None = None) -> list[Clause]:
    """The clauses laid over the list on a day (today)."""
    day = day or today()
    return [clause for clause in map(as_clause, standing(session)) if clause.in_force(day)]


def alike(session: Session, ruling: Ruling) -> list[Ticket]:
    """Waiting tickets of the ruling's matter and region that contradict none of its conditions."""
    # A ruling on a standard matter covers its city matters, whose codes begin with its own.
    query = select(Ticket).where(Ticket.matter.startswith(ruling.matter), Ticket.state.in_(("pending", "joint")))
    if ruling.region:
        query = query.where(Ticket.region == ruling.region)
    clause = as_clause(ruling)
    return [ticket for ticket in session.exec(query.order_by(Ticket.id)) if not clause.contradicted(ticket.known_facts)]
