"""What the API takes and gives. Extended, never renamed."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Turn(BaseModel):
    """One turn of a dialogue."""

    who: Literal["agent", "caller"]
    text: str


class CallBody(BaseModel):
    """A call: `text` or `turns`. Every other key is ignored."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    text: str = ""
    turns: list[Turn] = Field(default_factory=list, max_length=2000)
    title: str = Field("", max_length=200)
    call_time: datetime | None = None
    region: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)


class TicketPath(BaseModel):
    """A ticket's number."""

    number: str


class TicketQuery(BaseModel):
    """Which tickets to list."""

    state: str | None = None
    limit: int = Field(50, ge=1, le=200)


class AnswerQuery(BaseModel):
    """What to look for in the knowledge base."""

    q: str = Field(min_length=1, max_length=200)
    limit: int = Field(5, ge=1, le=20)


class ErrorDetail(BaseModel):
    """A stable word and a Chinese sentence."""

    code: str
    message: str


class ErrorBody(BaseModel):
    """The one error shape."""

    error: ErrorDetail


class TicketList(BaseModel):
    """Tickets, newest first, phones hidden from all but operators."""

    tickets: list[dict[str, Any]]


class AnswerList(BaseModel):
    """Articles, best first; `message` says so when none fits."""

    answers: list[dict[str, Any]]
    message: str | None = None


class Anything(BaseModel):
    """An object whose keys design documents describe: a suggestion, a ticket."""

    model_config = ConfigDict(extra="allow")
