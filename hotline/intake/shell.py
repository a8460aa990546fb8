"""The operator's part from a shell: take a call, file it as suggested, print it for a person or a program."""

from pathlib import Path

from sqlmodel import Session

from catalogue import load
from catalogue.errors import InputError
from hotline.intake import calls, files
from hotline.tickets import filing
from hotline.tickets.states import STATES
from hotline.tickets.suggesting import latest
from hotline.tickets.tables import Ticket
from hotline.web import labels, plug

WHO = "shell"
_LONGEST_NAME = 255


def take(session: Session, what: str) -> Ticket:
    """Store and file a recording, a text file or the text itself. Raises InputError; nothing is stored then."""
    path = _path(what)
    common = {"who": WHO, "channel": "shell", "suggester": plug.suggester()}
    if path is None:
        ticket = calls.take_text(session, what, **common)
    elif files.is_audio(path.name):
        with path.open("rb") as source:
            ticket = calls.take_audio(session, source, name=path.name, **common)
    else:
        ticket = calls.take_text(session, _read(path), **common)
    calls.file_as_suggested(session, ticket, who=WHO)
    return ticket


def _path(what: str) -> Path | None:
    """The file that is meant; None for text. A name that looks like a file but is none is an error, not a call."""
    if not what.strip() or "\n" in what or len(what) > _LONGEST_NAME or "\x00" in what:
        return None
    path = Path(what).expanduser()
    if path.is_dir():
        raise InputError("file.folder", f"「{what}」是文件夹，请给出录音或文本文件")
    if path.is_file():
        return path
    if path.suffix.lower() in files.AUDIO | (files.TEXT - {""}):
        raise InputError("file.missing", f"找不到文件「{what}」")
    return None


def _read(path: Path) -> str:
    if path.suffix.lower() not in files.TEXT:
        raise InputError("file.kind", f"不支持文件「{path.name}」，请给出录音或 .txt 文件")
    try:
        return files.decode_text(path.read_bytes(), name=path.name)
    except OSError as error:
        raise InputError("file.read", f"无法读取「{path.name}」：{error.strerror}") from None


def as_data(session: Session, ticket: Ticket) -> dict:
    """The ticket as JSON prints it. The shell is the operator's: the caller's phone is shown."""
    suggestion = latest(session, ticket)
    return {
        "number": ticket.number,
        "state": ticket.state,
        "text": ticket.text,
        "warnings": ticket.warnings,
        "form": ticket.fields,
        "matter": ticket.matter,
        "lead": ticket.lead,
        "co": ticket.co,
        "region": ticket.region,
        "deadline": ticket.deadline.isoformat() if ticket.deadline else None,
        "suggestion": suggestion.payload if suggestion and not suggestion.error else None,
        "error": suggestion.error if suggestion else None,
    }


def as_text(session: Session, ticket: Ticket) -> str:
    """The ticket for a person to read, line by line."""
    suggestion = latest(session, ticket)
    lines = [f"工单 {ticket.number}　{STATES[ticket.state]}"]
    lines += [f"  注意：{warning}" for warning in ticket.warnings]
    if suggestion is None or suggestion.error:
        why = f"（{suggestion.error}）" if suggestion and suggestion.error else ""
        return "\n".join([*lines, f"  模型未能给出建议，来电已保存，请人工填写{why}", f"  内容：{ticket.text}"])
    lines += [f"  {words}：{_value(ticket, key)}" for key, words in filing.FIELDS.items() if _value(ticket, key)]
    return "\n".join([*lines, *_placed(ticket), *_advice(suggestion.payload)])


def _value(ticket: Ticket, key: str) -> str:
    return str((ticket.fields.get(key) or {}).get("value") or "").replace("\n", " ")


def _placed(ticket: Ticket) -> list[str]:
    lists = load()
    matter = lists.matters.get(ticket.matter or "")
    out = [f"  事项：{matter.name}（{matter.code}）"] if matter else []
    if ticket.region or ticket.town:
        out.append(f"  属地：{lists.regions.get(ticket.region or '', '')}{ticket.town or ''}")
    if ticket.deadline:
        out.append(f"  期限：{labels.local(ticket.deadline, '%Y-%m-%d %H:%M')}")
    return out


def _advice(payload: dict) -> list[str]:
    """The verdict with its leads, reasons, question and clause."""
    lists = load()
    out = [f"  结论：{labels.VERDICTS.get(payload.get('verdict'), payload.get('verdict'))}"]
    leads = [f"{lists.short(lead['code'])} {lead['probability']:.0%}" for lead in payload.get("leads", [])[:3]]
    out += [f"  建议主办：{'　'.join(leads)}"] if leads else []
    for key, words in (("question", "请追问"), ("transfer", "转接"), ("inform", "告知")):
        if payload.get(key):
            out.append(f"  {words}：{payload[key].get('text')}")
    out += [f"  理由：{reason['text']}" for reason in payload.get("reasons", [])]
    return out
