"""A call becomes a ticket before any model sees it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, select

from catalogue.errors import InputError
from hotline.tickets import history, numbers
from hotline.tickets.states import CHANNELS
from hotline.tickets.tables import Ticket, Utterance

_SPEAKER = re.compile(
    r"^\s*(?:(?P<agent>话务员|坐席|座席|客服|接线员|工作人员|热线|A|甲)"
    r"|(?P<caller>市民|来电人|群众|诉求人|用户|客户|当事人|B|乙))\s*[:：]\s*(?P<text>.*)$"
)


def parse_dialogue(text: str) -> list[dict] | None:
    """Turns of a pasted dialogue, `[{"who", "text"}]`; None if the text is not written as one.

    A line without a speaker carries on the turn above it.
    """
    turns: list[dict] = []
    for line in filter(str.strip, text.splitlines()):
        found = _SPEAKER.match(line)
        if found:
            turns.append({"who": "agent" if found["agent"] else "caller", "text": found["text"].strip()})
        elif turns:
            turns[-1]["text"] += line.strip()
        else:
            return None
    turns = [turn for turn in turns if turn["text"]]
    return turns if len(turns) > 1 else None


def check_text(text: str, *, shortest: int, longest: int) -> str:
    """The text made clean: no NUL, no lone surrogates, one kind of line end. Raises InputError if unusable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\x00" in text or _control_share(text) > 0.02:
        raise InputError("text.binary", "内容不是文字（可能是二进制文件），请检查后重新提交")
    text = text.encode("utf-8", "replace").decode("utf-8")
    if not text:
        raise InputError("text.empty", "内容为空，请填写或粘贴来电内容")
    if len(text) < shortest:
        raise InputError("text.short", f"内容太短（不足 {shortest} 个字），无法判断诉求")
    if len(text) > longest:
        raise InputError("text.long", f"内容太长（{len(text)} 字），上限 {longest} 字，请分开提交")
    return text


def _control_share(text: str) -> float:
    controls = sum(1 for char in text if ord(char) < 32 and char not in "\n\t")
    return controls / max(len(text), 1)


def check_turns(turns: Sequence[Mapping], *, shortest: int, longest: int) -> list[dict]:
    """Turns with clean texts; empty ones fall out. Raises InputError."""
    check_text("\n".join(str(turn.get("text", "")) for turn in turns), shortest=shortest, longest=longest)
    # A turn is one line: offsets count in the turns joined by newlines.
    kept = [{**turn, "text": " ".join(str(turn.get("text", "")).split("\n")).strip()} for turn in turns]
    return [turn for turn in kept if turn["text"]]


def receive(
    session: Session,
    *,
    who: str,
    channel: str,
    text: str = "",
    turns: Sequence[Mapping] = (),
    title: str = "",
    call_time: datetime | None = None,
    recording: str | None = None,
    facts: Mapping[str, str] | None = None,
    region: str | None = None,
) -> Ticket:
    """Store a call as a draft ticket and commit. `turns` are Utterance fields: who, text, and start, end, words."""
    values = Ticket(
        number="", channel=channel, operator=who, title=title[:200], text=joined(turns) or text, call_time=call_time,
        recording=recording,
        facts=dict(facts or {}),
        region=region,
    )  # fmt: skip
    ticket = numbers.store(session, values)
    add_turns(session, ticket, turns)
    history.record(
        session, ticket, who=who, what="received", after="draft", note=f"渠道：{CHANNELS.get(channel, channel)}"
    )
    session.commit()
    return ticket


def add_turns(session: Session, ticket: Ticket, turns: Sequence[Mapping]) -> None:
    """Store the turns of a call; the caller commits."""
    keys = ("start", "end", "confidence", "words")
    for position, turn in enumerate(turns):
        extra = {key: turn[key] for key in keys if turn.get(key) is not None}
        session.add(Utterance(ticket_id=ticket.id, position=position, who=turn["who"], text=turn["text"], **extra))


def joined(turns: Sequence[Mapping]) -> str:
    """The text in which the offsets of a dialogue count."""
    return "\n".join(turn["text"] for turn in turns)


def turns_of(session: Session, ticket: Ticket) -> list[Utterance]:
    """The turns of a call in order; empty for a plain text."""
    query = select(Utterance).where(Utterance.ticket_id == ticket.id).order_by(Utterance.position)
    return list(session.exec(query))
