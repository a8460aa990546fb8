"""From the form to a filed ticket. What was suggested and what was filed are both kept."""

from collections.abc import Mapping

from sqlmodel import Session

from catalogue.errors import InputError
from hotline.database import now
from hotline.tickets import deadlines, moves
from hotline.tickets.doubts import ORDER, doubt_of
from hotline.tickets.states import OUTCOME
from hotline.tickets.suggesting import latest
from hotline.tickets.tables import Suggestion, Ticket

# Fields of the form that carry evidence, in the order of the page.
FIELDS = {
    "title": "标题",
    "summary": "诉求内容",
    "demand": "来电人希望",
    "location": "事发地点",
    "event_time": "事发时间",
    "target": "被反映对象",
    "person": "来电人",
    "phone": "联系电话",
}
# Fields that say what it is and whose job it is.
CHOICES = ("matter", "nature", "region", "town", "lead")
FLAGS = ("urgent", "confidential", "callback")
_WIDTH = {"title": 200, "person": 80, "phone": 40, "town": 40}
LONGEST = 5000


def prefill(ticket: Ticket, suggestion: Suggestion | None) -> dict:
    """Form values a suggestion gives: each field {"value", "text", "start", "end", "confidence"}, choices plain."""
    payload = suggestion.payload if suggestion else {}
    form = {key: dict(value) for key, value in (payload.get("form") or {}).items() if isinstance(value, Mapping)}
    values: dict = {key: form.get(key) or {"value": ""} for key in FIELDS}
    if not values["summary"].get("value"):
        values["summary"] = {"value": ticket.request}
    if ticket.title and not values["title"].get("value"):
        values["title"] = {"value": ticket.title}
    values["matter"] = _first(payload.get("matters"))
    values["lead"] = _first(payload.get("leads"))
    values["co"] = list(payload.get("co") or [])
    for key in ("nature", "region", "town"):
        values[key] = payload.get(key) or ""
    values |= {"urgent": bool(payload.get("urgent")), "confidential": bool(payload.get("confidential"))}
    return values | {"callback": True}


def _first(choices: list | None) -> str:
    return choices[0]["code"] if choices else ""


def default_outcome(verdict: str | None) -> str:
    """The state a ticket goes to when nobody chooses: as the verdict says, else to the dispatcher."""
    return OUTCOME.get(verdict or "", "pending")


def file(
    session: Session,
    ticket: Ticket,
    form: Mapping,
    *,
    who: str,
    outcome: str | None = None,
    version: int | None = None,
    note: str = "",
) -> None:
    """File the form on the ticket and move it on. `form` is as `prefill` gives it, plain strings allowed.

    Raises InputError for an unusable form, ConflictError or MoveError; nothing is changed then.
    """
    moves.check_version(ticket, version)
    suggestion = latest(session, ticket)
    outcome = outcome or default_outcome(ticket.verdict)
    fields = filed_fields(form, suggestion)
    if not (fields["summary"]["value"] or ticket.request):
        raise InputError("form.empty", "诉求内容不能为空")
    _copy(ticket, form, fields)
    ticket.fields = fields
    ticket.filed_at = now()
    ticket.suggestion_id = suggestion.id if suggestion else None
    ticket.doubt = doubt_of(ticket.verdict)
    ticket.doubt_order = ORDER[ticket.doubt]
    ticket.deadline, unknown = deadlines.deadline(
        ticket.filed_at, nature=ticket.nature, urgent=ticket.urgent, matter=ticket.matter
    )
    note = "；".join(filter(None, [note, unknown]))
    detail = {"suggestion": ticket.suggestion_id, "form": fields, "changed": changed(ticket, suggestion)}
    moves.move(session, ticket, to=outcome, who=who, what="filed", note=note, detail=detail)


def filed_fields(form: Mapping, suggestion: Suggestion | None) -> dict:
    """Each field as filed; evidence is kept only where the operator left the suggested value alone."""
    shown = (suggestion.payload.get("form") or {}) if suggestion else {}
    out = {}
    for key in FIELDS:
        given = form.get(key, "")
        value = str(given.get("value") or "" if isinstance(given, Mapping) else given).strip()[:LONGEST]
        before = shown.get(key) or {}
        out[key] = {**before, "value": value} if before.get("value") == value else {"value": value, "edited": True}
    return out


def _copy(ticket: Ticket, form: Mapping, fields: Mapping) -> None:
    """Columns the queues sort and filter by."""
    for key in ("title", "person", "phone"):
        setattr(ticket, key, fields[key]["value"][: _WIDTH[key]] or ("" if key == "title" else None))
    for key in CHOICES:
        setattr(ticket, key, (str(form.get(key) or "").strip()[: _WIDTH.get(key, 16)]) or None)
    ticket.co = [code for code in form.get("co") or [] if code and code != ticket.lead]
    for key in FLAGS:
        setattr(ticket, key, bool(form.get(key)))


def changed(ticket: Ticket, suggestion: Suggestion | None) -> list[str]:
    """Names of what the operator filed otherwise than suggested: the raw material of later learning."""
    if suggestion is None or suggestion.error:
        return []
    suggested = prefill(ticket, suggestion)
    names = [key for key in CHOICES if (suggested[key] or None) != getattr(ticket, key)]
    return names + [key for key, field in ticket.fields.items() if field.get("edited") and suggested[key].get("value")]
