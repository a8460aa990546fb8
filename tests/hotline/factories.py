"""One factory a table: flush, not commit; a sequence makes numbers unique."""

from itertools import count

from sqlmodel import Session

from hotline.database import now
from hotline.tickets.doubts import ORDER, doubt_of
from hotline.tickets.tables import DocketItem, Ruling, Suggestion, Ticket, Utterance

_numbers = count(1)


class _Factory:
    table: type
    defaults: dict = {}  # noqa: RUF012 (a class constant)

    @classmethod
    def create(cls, session: Session, **values):
        """A flushed row."""
        made = cls.table(**{**cls.defaults, **cls.computed(values), **values})
        session.add(made)
        session.flush()
        return made

    @classmethod
    def computed(cls, values: dict) -> dict:
        """Values that depend on others."""
        return {}


class TicketFactory(_Factory):
    """A filed ticket that waits for the dispatcher."""

    table = Ticket
    defaults = {  # noqa: RUF012
        "state": "pending", "text": "端州区天宁北路的路灯坏了", "title": "路灯坏了", "matter": "030501", "lead": "CGJ",
        "region": "441202", "verdict": "dispatch", "operator": "huawu",
    }  # fmt: skip

    @classmethod
    def computed(cls, values: dict) -> dict:
        """Number, times, and the doubt of the verdict."""
        doubt = values.get("doubt") or doubt_of(values.get("verdict", "dispatch"))
        number = f"261122101108{next(_numbers):06d}"
        return {"number": number, "filed_at": now(), "deadline": now(), "doubt": doubt, "doubt_order": ORDER[doubt]}


class UtteranceFactory(_Factory):
    """A turn of a call."""

    table = Utterance
    defaults = {"position": 0, "who": "caller", "text": "路灯坏了"}  # noqa: RUF012


class SuggestionFactory(_Factory):
    """A suggestion that says nothing."""

    table = Suggestion


class DocketItemFactory(_Factory):
    """An open docket item."""

    table = DocketItem
    defaults = {"opened_by": "paidan", "question": "谁来管"}  # noqa: RUF012


class RulingFactory(_Factory):
    """A ruling in force: commercial noise to the urban management."""

    table = Ruling
    defaults = {  # noqa: RUF012
        "matter": "040201", "when": {"noise_source": ["commercial"]}, "lead": "CGJ", "basis": "纪要〔2026〕1号",
        "in_force_from": now().date(), "decided_by": "lianxi",
    }  # fmt: skip
