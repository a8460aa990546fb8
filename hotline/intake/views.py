"""The operator's pages."""

from pathlib import Path

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from catalogue import load
from catalogue.errors import HotlineError, InputError
from hotline.access.roles import allow
from hotline.answers import index
from hotline.database import session
from hotline.decision.decide import COUNTY, PLACE
from hotline.intake import calls, drafts, files
from hotline.tickets import filing, queries, splitting
from hotline.tickets.moves import check_version
from hotline.tickets.suggesting import latest, suggest
from hotline.tickets.tables import Suggestion, Ticket
from hotline.web import plug
from hotline.web.cards import card, row

# Where it is can be asked like a deciding fact, though it has no closed list of values.
WHERE = {PLACE: "具体地点", COUNTY: "所在县区"}

blueprint = Blueprint("intake", __name__, url_prefix="/intake")

# States in which the operator still works on a ticket.
OPEN = ("draft", "manual", "asking")
OUTCOMES = {
    "pending": "提交派单",
    "asking": "待追问",
    "answered": "直接答复",
    "informed": "不受理告知",
    "transferred": "转紧急专线",
}
# What an operator types about the caller holds for every part of a call.
OF_CALLER = ("person", "phone", "confidential", "callback")


@blueprint.get("")
@allow("operator")
def desk() -> str:
    """The empty desk: paste, upload, and what is still open."""
    mine = [row(ticket) for ticket in queries.of_operator(session(), current_user.username)]
    draft = drafts.load(session(), operator=current_user.username)
    return render_template("intake/desk.html", tickets=mine, draft=draft)


@blueprint.post("/calls")
@allow("operator")
def take():
    """A call comes in as text or as a file."""
    try:
        ticket = _taken()
    except HotlineError as error:
        # What was pasted is not lost with the message.
        drafts.save(session(), {"text": request.form.get("text", "")}, operator=current_user.username)
        flash(error.message, "danger")
        return redirect(url_for("intake.desk"))
    drafts.drop(session(), operator=current_user.username)
    session().commit()
    return redirect(url_for("intake.ticket", number=ticket.number))


def _taken() -> Ticket:
    upload = request.files.get("file")
    common = {"who": current_user.username, "suggester": plug.suggester()}
    if not upload or not upload.filename:
        return calls.take_text(session(), request.form.get("text", ""), channel="text", **common)
    if files.is_audio(upload.filename):
        return calls.take_audio(session(), upload.stream, name=upload.filename, channel="audio", **common)
    if Path(upload.filename).suffix.lower() not in files.TEXT:
        raise InputError("file.kind", f"不支持文件「{upload.filename}」，请上传录音或文本文件")
    text = files.decode_text(upload.stream.read(4 * current_app.config["MAX_TEXT_CHARS"] + 4), name=upload.filename)
    return calls.take_text(session(), text, channel="text", **common)


@blueprint.get("/<number>")
@allow("operator")
def ticket(number: str) -> str:
    """The three columns: what was said, the form, the suggestion."""
    found = queries.by_number(session(), number)
    return render_template("intake/ticket.html", **_context(found))


def _context(found: Ticket) -> dict:
    suggestion = latest(session(), found)
    form = filing.prefill(found, suggestion)
    if found.filed_at:
        form |= found.fields | {key: getattr(found, key) for key in (*filing.CHOICES, *filing.FLAGS, "co")}
    draft = drafts.load(session(), operator=current_user.username, ticket_id=found.id) if found.state in OPEN else {}
    for key, value in draft.items():
        form[key] = {"value": value, "edited": True} if key in filing.FIELDS else value
    shown = card(session(), found)
    return {
        "ticket": shown,
        "form": form,
        "edited": sorted(draft),
        "outcome": filing.default_outcome(found.verdict),
        "outcomes": OUTCOMES,
        "open": found.state in OPEN,
        "parts": (shown["suggestion"] or {}).get("parts") if splitting.parts_of(found, suggestion) else [],
        "suggestion_id": suggestion.id if suggestion else None,
        "fields": filing.FIELDS,
        **_panel(shown),
    }


def _panel(shown: dict) -> dict:
    """What the suggestion column shows."""
    suggestion = shown["suggestion"] or {}
    query = suggestion.get("knowledge_query") or shown["title"] or shown["text"][:60]
    found = index.search(query, floor=float(current_app.config["ANSWER_FLOOR"]), limit=3)
    question = suggestion.get("question") or {}
    return {
        "suggestion": suggestion,
        "knowledge": found,
        "unknown": index.UNKNOWN,
        "options": _options(question),
        "where_facts": WHERE,
        "facts": load().facts,
    }


def _options(question: dict) -> dict[str, str]:
    """The answers an operator can click: those of the question, else all values of its fact."""
    known = load().facts.get(question.get("fact", ""))
    return question.get("options") or (dict(known.values) if known else {})


def _may_be(fact: str, value: object) -> bool:
    """Whether a fact can have this value; None takes it back. A place is said in free words, a county is one of ours."""
    if fact in WHERE and value is None:
        return True
    if fact == PLACE:
        return isinstance(value, str) and 0 < len(value.strip()) <= 60
    if fact == COUNTY:
        return value in load().regions
    known = load().facts.get(fact)
    return known is not None and (value is None or value in known.values)


@blueprint.post("/<number>/facts")
@allow("operator")
def give_fact(number: str):
    """The caller has answered: keep the fact and ask the machine again. JSON in and out."""
    found = _open_ticket(number)
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise InputError("fact.shape", "请求格式不对")
    fact, value = str(given.get("fact", "")), given.get("value")
    if not _may_be(fact, value):
        raise InputError("fact.unknown", "没有这个定责事实或取值")
    found.facts = {**found.facts, fact: value} if value else {k: v for k, v in found.facts.items() if k != fact}
    if isinstance(given.get("draft"), dict):
        drafts.save(session(), given["draft"], operator=current_user.username, ticket_id=found.id)
    suggest(session(), found, plug.suggester(), who=current_user.username)
    return jsonify(_fresh(found))


@blueprint.post("/<number>/suggest")
@allow("operator")
def again(number: str):
    """Ask the machine again, as after a failure."""
    found = _open_ticket(number)
    suggest(session(), found, plug.suggester(), who=current_user.username)
    return redirect(url_for("intake.ticket", number=number))


@blueprint.post("/<number>/split")
@allow("operator")
def split(number: str):
    """Make a ticket of each request of the call, ask the machine about each, go back to the original."""
    found = _open_ticket(number)
    shown = session().get(Suggestion, request.form.get("suggestion", 0, type=int))
    typed = _typed(found, shown)
    # Kept even if the split is refused.
    drafts.save(session(), typed, operator=current_user.username, ticket_id=found.id)
    try:
        tickets = splitting.split(session(), found, shown, who=current_user.username)
    except HotlineError as error:
        # Refused, a second click among them: the page shows how things stand now.
        flash(error.message, "danger")
        return redirect(url_for("intake.ticket", number=number))
    secret = {"confidential": True} if shown.payload.get("confidential") else {}
    shared = secret | {key: typed[key] for key in OF_CALLER if key in typed}
    for ticket in tickets:
        own = typed | shared if ticket is found else shared
        drafts.save(session(), own, operator=current_user.username, ticket_id=ticket.id)
        suggest(session(), ticket, plug.suggester(), who=current_user.username)
    flash(f"已拆成 {len(tickets)} 张工单，请逐张核对提交", "success")
    return redirect(url_for("intake.ticket", number=number))


def _typed(found: Ticket, shown: Suggestion | None) -> dict:
    """What the operator has changed of the form as a suggestion filled it, the newest words included."""
    kept = drafts.load(session(), operator=current_user.username, ticket_id=found.id)
    if "version" not in request.form or shown is None or shown.ticket_id != found.id:
        return kept
    given, before = read_form(request.form), filing.prefill(found, shown)
    before |= {key: before[key].get("value") or "" for key in filing.FIELDS}
    return {key: value for key, value in given.items() if key in kept or _bare(value) != _bare(before[key])}


def _bare(value: object) -> object:
    """A value without its spaces: browsers change line ends and drop some."""
    return "".join(value.split()) if isinstance(value, str) else value


def _fresh(found: Ticket) -> dict:
    """The suggestion column and form values anew, for the script of the page."""
    context = _context(found)
    panel = render_template("intake/_panel.html", **context)
    return {
        "panel": panel, "form": context["form"], "version": found.version, "outcome": context["outcome"],
        "verdict": found.verdict,
    }  # fmt: skip


def _open_ticket(number: str) -> Ticket:
    found = queries.by_number(session(), number)
    if found.state not in OPEN:
        raise HotlineError("ticket.filed", "工单已提交，不能再改", status=409)
    return found


@blueprint.post("/draft")
@blueprint.post("/<number>/draft")
@allow("operator")
def save_draft(number: str | None = None):
    """Keep what has been typed."""
    values = request.get_json(silent=True)
    if not isinstance(values, dict):
        raise InputError("draft.shape", "草稿格式不对")
    ticket_id = _open_ticket(number).id if number else drafts.DESK
    drafts.save(session(), values, operator=current_user.username, ticket_id=ticket_id)
    return jsonify({"saved": True})


@blueprint.post("/<number>/file")
@allow("operator")
def file(number: str):
    """Submit the form."""
    found = queries.by_number(session(), number)
    outcome = request.form.get("outcome") or None
    if outcome is not None and outcome not in OUTCOMES:
        raise InputError("form.outcome", "没有这种处理方式")
    check_version(found, request.form.get("version", type=int))
    username, ticket_id = current_user.username, found.id
    filing.file(
        session(),
        found,
        read_form(request.form),
        who=username,
        outcome=outcome,
    )
    drafts.drop(session(), operator=username, ticket_id=ticket_id)
    session().commit()
    flash(f"工单 {found.number} 已提交：{OUTCOMES.get(found.state, '')}", "success")
    return redirect(url_for("intake.desk"))


def read_form(given: MultiDict) -> dict:
    """The posted form as `filing.file` takes it. Raises InputError for a code that is not in the lists."""
    form = {key: given.get(key, "") for key in (*filing.FIELDS, *filing.CHOICES)}
    form |= {key: given.get(key) == "1" for key in filing.FLAGS}
    form["co"] = given.getlist("co")
    lists = load()
    known = {"matter": lists.matters, "lead": lists.departments, "region": lists.regions}
    for key, entries in known.items():
        if form[key] and form[key] not in entries:
            raise InputError("form.code", "事项、主办单位或属地不在目录中，请从列表中选择")
    if any(code not in lists.departments for code in form["co"]):
        raise InputError("form.code", "协办单位不在目录中，请从列表中选择")
    return form


@blueprint.get("/<number>/recording")
@allow("operator")
def recording(number: str):
    """The sound of the call; a part has that of the whole."""
    found = queries.by_number(session(), queries.by_number(session(), number).call_number)
    path = Path(str(current_app.config["HOTLINE_HOME"])) / "recordings" / Path(found.recording or "-").name
    if not found.recording or not path.is_file():
        abort(404)
    return send_file(path, conditional=True)
