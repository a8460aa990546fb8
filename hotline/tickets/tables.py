"""Tables around one ticket. Instants are UTC; JSON columns hold plain data only."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from hotline.database import UTCDateTime, now


def _instant(**options) -> datetime:
    return Field(sa_type=UTCDateTime, **options)


def _json(factory) -> object:
    return Field(default_factory=factory, sa_type=sa.JSON)


# The column that makes "two dispatchers never take the same ticket" true on both databases.
_version = sa.Column("version", sa.Integer, nullable=False, default=1)


class Ticket(SQLModel, table=True):
    """A request (诉求) from its first word to its unit. `number` is what people say on the phone."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=18, unique=True)
    state: str = Field(default="draft", max_length=16, index=True)
    version: int = Field(default=1, sa_column=_version)
    channel: str = Field(default="text", max_length=16)
    received_at: datetime = _instant(default_factory=now, index=True)
    filed_at: datetime | None = _instant(default=None)
    deadline: datetime | None = _instant(default=None)
    operator: str | None = Field(default=None, max_length=64, index=True)
    # What was said: the whole text; a dialogue's turns joined by newlines, so that offsets hold.
    text: str = Field(default="", sa_type=sa.Text)
    title: str = Field(default="", max_length=200)
    recording: str | None = Field(default=None, max_length=200)
    recogniser: str | None = Field(default=None, max_length=120)
    warnings: list = _json(list)
    call_time: datetime | None = _instant(default=None)
    # The form as filed: field -> {"value", "text", "start", "end", "confidence", "edited"}.
    fields: dict = _json(dict)
    # Deciding facts: as the caller has answered them, and as the newest suggestion read them in the words.
    facts: dict = _json(dict)
    read_facts: dict = _json(dict)
    matter: str | None = Field(default=None, max_length=16, index=True)
    nature: str | None = Field(default=None, max_length=16)
    region: str | None = Field(default=None, max_length=16)
    town: str | None = Field(default=None, max_length=40)
    lead: str | None = Field(default=None, max_length=16, index=True)
    co: list = _json(list)
    urgent: bool = False
    confidential: bool = False
    callback: bool = True
    person: str | None = Field(default=None, max_length=80)
    phone: str | None = Field(default=None, max_length=40, index=True)
    verdict: str | None = Field(default=None, max_length=16)
    # Why a dispatcher should look: none, reading, fact, list, manual (see doubts.py).
    doubt: str = Field(default="manual", max_length=16, index=True)
    doubt_order: int = 0
    suggestion_id: int | None = None
    dispatched_by: str | None = Field(default=None, max_length=64)
    returns: int = 0
    # 拆单: the number of the ticket this one was split from, and, where a call held several requests, the words of its own.
    split_from: str | None = Field(default=None, max_length=18, index=True)
    part_text: str | None = Field(default=None, sa_type=sa.Text)

    @property
    def call_number(self) -> str:
        """The number of the ticket that the call was registered under: its own unless it was split off."""
        return self.split_from or self.number

    @property
    def request(self) -> str:
        """What this ticket is about: its part of the call, or all that was said."""
        return self.part_text or self.text

    @property
    def known_facts(self) -> dict[str, str]:
        """All deciding facts; an answer of the caller stands above what was read."""
        return {**self.read_facts, **self.facts}

    __mapper_args__ = {"version_id_col": _version}


class Utterance(SQLModel, table=True):
    """One turn of a call. `start`/`end` are seconds of sound; `words` [{word, start, end, conf}]."""

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    position: int
    who: str = Field(max_length=16)
    start: float | None = None
    end: float | None = None
    text: str = Field(sa_type=sa.Text)
    confidence: float | None = None
    words: list = _json(list)


class Suggestion(SQLModel, table=True):
    """What the operator was shown, whole, with the versions that made it; or why there is none."""

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    made_at: datetime = _instant(default_factory=now)
    seconds: float = 0.0
    facts: dict = _json(dict)
    payload: dict = _json(dict)
    versions: dict = _json(dict)
    error: str | None = Field(default=None, sa_type=sa.Text)


class Event(SQLModel, table=True):
    """One line of a ticket's history. Written once; the database itself refuses to change it."""

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    at: datetime = _instant(default_factory=now)
    who: str = Field(max_length=64)
    what: str = Field(max_length=32)
    before: str | None = Field(default=None, max_length=200)
    after: str | None = Field(default=None, max_length=200)
    note: str = Field(default="", sa_type=sa.Text)
    detail: dict = _json(dict)


class Ruling(SQLModel, table=True):
    """A joint meeting's decision: a clause laid over the list until it is withdrawn."""

    id: int | None = Field(default=None, primary_key=True)
    matter: str = Field(max_length=16, index=True)
    when: dict = _json(dict)
    region: str | None = Field(default=None, max_length=16)
    lead: str = Field(max_length=16)
    co: list = _json(list)
    fallback: str | None = Field(default=None, max_length=16)
    basis: str = Field(max_length=200)
    reason: str = Field(default="", sa_type=sa.Text)
    in_force_from: date
    in_force_until: date | None = None
    decided_by: str = Field(max_length=64)
    decided_at: datetime = _instant(default_factory=now)
    withdrawn_at: datetime | None = _instant(default=None)
    withdrawn_by: str | None = Field(default=None, max_length=64)
    withdrawn_reason: str = Field(default="", sa_type=sa.Text)


class DocketItem(SQLModel, table=True):
    """A ticket laid before the joint meeting (议题)."""

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    opened_at: datetime = _instant(default_factory=now)
    opened_by: str = Field(max_length=64)
    question: str = Field(default="", sa_type=sa.Text)
    state: str = Field(default="open", max_length=16, index=True)
    ruling_id: int | None = Field(default=None, foreign_key="ruling.id")
    closed_at: datetime | None = _instant(default=None)


class Draft(SQLModel, table=True):
    """What an operator has typed and not yet sent; `ticket_id` 0 is the empty desk."""

    __table_args__ = (sa.UniqueConstraint("operator", "ticket_id", name="uq_draft_operator_ticket"),)

    id: int | None = Field(default=None, primary_key=True)
    operator: str = Field(max_length=64)
    ticket_id: int = 0
    values: dict = _json(dict)
    saved_at: datetime = _instant(default_factory=now)
