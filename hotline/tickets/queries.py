"""Questions the desks ask of the stored tickets."""

from collections import Counter

from sqlalchemy import func
from sqlmodel import Session, select

from catalogue.errors import HotlineError
from hotline.tickets.tables import DocketItem, Ticket


def by_number(session: Session, number: str) -> Ticket:
    """The ticket of that number; HotlineError 404 if there is none."""
    found = session.exec(select(Ticket).where(Ticket.number == number)).first()
    if found is None:
        raise HotlineError("ticket.unknown", "没有这个工单", status=404)
    return found


def queue(session: Session, *, state: str = "pending", doubt: str | None = None, limit: int = 200) -> list[Ticket]:
    """Tickets for the dispatcher: doubtful first, then urgent, then the nearest deadline, then the oldest."""
    query = select(Ticket).where(Ticket.state == state)
    if doubt:
        query = query.where(Ticket.doubt == doubt)
    order = (Ticket.doubt_order, Ticket.urgent.desc(), Ticket.deadline, Ticket.id)
    if state != "pending":
        order = (Ticket.filed_at.desc(), Ticket.id.desc())
    return list(session.exec(query.order_by(*order).limit(limit)))


def doubt_counts(session: Session) -> Counter[str]:
    """How many waiting tickets have each kind of doubt."""
    query = select(Ticket.doubt, func.count()).where(Ticket.state == "pending").group_by(Ticket.doubt)
    return Counter(dict(session.exec(query).all()))


def state_counts(session: Session) -> Counter[str]:
    """How many tickets are in each state."""
    return Counter(dict(session.exec(select(Ticket.state, func.count()).group_by(Ticket.state)).all()))


def next_waiting(session: Session, *, after: Ticket | None = None) -> Ticket | None:
    """The ticket at the head of the dispatcher's queue, other than `after`."""
    waiting = queue(session, limit=2)
    return next((ticket for ticket in waiting if after is None or ticket.id != after.id), None)


def of_operator(session: Session, username: str, *, limit: int = 30) -> list[Ticket]:
    """An operator's tickets, those still to be worked on first, newest first."""
    query = select(Ticket).where((Ticket.operator == username) | (Ticket.state.in_(("manual", "asking"))))
    found = session.exec(query.order_by(Ticket.id.desc()).limit(limit * 2)).all()
    open_states = ("manual", "asking", "draft")
    return sorted(found, key=lambda ticket: ticket.state not in open_states)[:limit]


def similar(session: Session, ticket: Ticket, *, limit: int = 5) -> list[Ticket]:
    """Dispatched tickets of the same matter, those of the same region first, newest first."""
    if not ticket.matter:
        return []
    query = select(Ticket).where(Ticket.matter == ticket.matter, Ticket.state == "dispatched", Ticket.id != ticket.id)
    found = session.exec(query.order_by(Ticket.id.desc()).limit(50)).all()
    return sorted(found, key=lambda other: other.region != ticket.region)[:limit]


def docket(session: Session, *, state: str = "open", limit: int = 100) -> list[tuple[DocketItem, Ticket]]:
    """Docket items with their tickets: open ones oldest first, closed ones newest first."""
    query = select(DocketItem, Ticket).join(Ticket, Ticket.id == DocketItem.ticket_id)
    order = DocketItem.id if state == "open" else DocketItem.id.desc()
    return list(session.exec(query.where(DocketItem.state == state).order_by(order).limit(limit)).all())


def open_item(session: Session, ticket: Ticket) -> DocketItem | None:
    """The open docket item of a ticket."""
    query = select(DocketItem).where(DocketItem.ticket_id == ticket.id, DocketItem.state == "open")
    return session.exec(query).first()
