"""Ticket numbers: `yymmddHHMMSS` of China's clock and six digits, unique under concurrency.

The six digits are drawn, not counted: many processes need no shared counter, and the unique constraint of the
database has the last word; on the rare clash another number is drawn.
"""

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from catalogue.errors import HotlineError
from hotline.clock import CHINA
from hotline.database import now
from hotline.tickets.tables import Ticket

TRIES = 20


def draw() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def number_at(moment: datetime, digits: str) -> str:
    """The number for an instant and six digits."""
    return moment.astimezone(CHINA).strftime("%y%m%d%H%M%S") + digits


def store(session: Session, ticket: Ticket, *, digits: Callable[[], str] = draw) -> Ticket:
    """Give a new ticket its number and commit it, so that the call is on disk before anything else happens."""
    values = ticket.model_dump(exclude={"id", "number"})
    for _ in range(TRIES):
        number = number_at(now(), digits())
        fresh = Ticket(**values, number=number)
        session.add(fresh)
        try:
            session.commit()
            return fresh
        except IntegrityError:
            session.rollback()
            # Another constraint than the number's is a defect, and must not be tried twenty times.
            if not _taken(session, number):
                raise
    raise HotlineError("ticket.number", "工单编号暂时分配不出，请稍后再试", status=503)


def _taken(session: Session, number: str) -> bool:
    return session.exec(select(Ticket.id).where(Ticket.number == number)).first() is not None
