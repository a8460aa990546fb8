"""Endpoints of the API."""

from datetime import UTC, datetime

from flask import Flask, Response, current_app, jsonify
from flask_openapi3 import APIBlueprint
from pydantic import ValidationError
from sqlalchemy import text
from sqlmodel import select

from catalogue import load
from catalogue.errors import HotlineError, InputError
from hotline.access.roles import MACHINE, ROLES, check, who
from hotline.answers import index
from hotline.api.models import (
    AnswerList,
    AnswerQuery,
    Anything,
    CallBody,
    ErrorBody,
    TicketList,
    TicketPath,
    TicketQuery,
)  # fmt: skip
from hotline.database import session
from hotline.intake import calls
from hotline.tickets import queries, receiving, rulings
from hotline.tickets.states import STATES
from hotline.tickets.tables import Ticket
from hotline.web import plug
from hotline.web.cards import card, hidden_suggestion, row

ERRORS = {status: ErrorBody for status in (400, 401, 403, 404, 409, 422, 503)}
blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1", abp_responses=ERRORS)
SECURITY = {"token": {"type": "http", "scheme": "bearer"}}


def init_app(app: Flask) -> None:
    """Register the API, its description and the two addresses of the watch-keeping."""
    app.register_api(blueprint)
    app.add_url_rule("/api/v1/openapi.json", "api.openapi", lambda: jsonify(current_app.api_doc))
    app.add_url_rule("/healthz", "api.healthz", healthz)
    app.add_url_rule("/metrics", "api.metrics", metrics)


def refuse_input(error: ValidationError) -> Response:
    """A refused body or query: says which field, never what was in it (it may be a caller's)."""
    places = dict.fromkeys(".".join(str(part) for part in item["loc"][:2]) or "body" for item in error.errors())
    # A key that the sender made up may itself be personal: only names of our own are repeated.
    known = {"text", "turns", "title", "call_time", "region", "facts", "state", "limit", "q", "number", "id"}
    names = [place for place in places if place.split(".")[0] in known]
    message = f"请求内容不合要求：{'、'.join(names) or '格式不对'}"
    response = jsonify({"error": {"code": "request.invalid", "message": message}})
    response.status_code = 422
    return response


@blueprint.post("/suggest", responses={200: Anything})
def suggest(body: CallBody):
    """A suggestion for a call. Nothing is stored."""
    check(*ROLES, MACHINE)
    call = _call(body)
    try:
        payload = plug.suggester().suggest(call, overlay=rulings.overlay(session()))
    except HotlineError:
        raise
    except Exception:
        current_app.logger.exception("suggestion failed")
        raise HotlineError("model.failed", "模型未能给出建议，请转人工处理", status=503) from None
    return jsonify(hidden_suggestion(payload))


def _call(body: CallBody) -> dict:
    """The call as the suggester reads it, checked against the lists."""
    call = body.model_dump(exclude_none=True, exclude={"turns", "text", "call_time"})
    if body.turns:
        call["turns"] = receiving.check_turns([turn.model_dump() for turn in body.turns], **calls.limits())
    else:
        call["text"] = receiving.check_text(body.text, **calls.limits())
    if body.call_time:
        call["call_time"] = _aware(body.call_time).isoformat()
    _check_codes(body)
    return call


def _check_codes(body: CallBody) -> None:
    lists = load()
    if body.region and body.region not in lists.regions:
        raise InputError("request.region", "属地代码不在目录中")
    for fact, value in body.facts.items():
        if fact not in lists.facts or value not in lists.facts[fact].values:
            raise InputError("request.facts", "定责事实或其取值不在目录中")


def _aware(moment: datetime) -> datetime:
    from hotline.clock import CHINA

    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


@blueprint.get("/tickets", responses={200: TicketList})
def tickets(query: TicketQuery):
    """Tickets, newest first."""
    check("operator", "dispatcher", "meeting", MACHINE)
    if query.state is not None and query.state not in STATES:
        raise InputError("request.state", f"没有这种状态，可用：{'、'.join(STATES)}")
    found = select(Ticket).order_by(Ticket.id.desc()).limit(query.limit)
    if query.state:
        found = found.where(Ticket.state == query.state)
    return jsonify({"tickets": [_plain(row(ticket)) for ticket in session().exec(found)]})


@blueprint.get("/tickets/<number>", responses={200: Anything})
def ticket(path: TicketPath):
    """One ticket with its turns, suggestion and history; of a split call `split_from` and `parts` name the others."""
    check("operator", "dispatcher", "meeting", MACHINE)
    return jsonify(_plain(card(session(), queries.by_number(session(), path.number))))


@blueprint.post("/tickets", responses={201: Anything})
def create_ticket(body: CallBody):
    """Store a call as a ticket and file it as its verdict says; a model that fails leaves it to a person."""
    check("operator", MACHINE)
    _check_codes(body)
    more: dict = {"facts": body.facts, "region": body.region}
    if body.call_time:
        more["call_time"] = _aware(body.call_time)
    common = {"who": who(), "channel": "api", "suggester": plug.suggester(), "title": body.title, **more}
    if body.turns:
        turns = [turn.model_dump() for turn in body.turns]
        stored = calls.take_call(session(), turns=turns, **common)
    else:
        stored = calls.take_text(session(), body.text, **common)
    calls.file_as_suggested(session(), stored, who=who())
    return jsonify(_plain(card(session(), stored))), 201


@blueprint.get("/answers", responses={200: AnswerList})
def answers(query: AnswerQuery):
    """Knowledge articles for a question."""
    check(*ROLES, MACHINE)
    found = index.search(query.q, floor=float(current_app.config["ANSWER_FLOOR"]), limit=query.limit)
    return jsonify({"answers": [index.as_dict(item) for item in found], "message": None if found else index.UNKNOWN})


def _plain(shown: dict) -> dict:
    """Instants as ISO text in UTC."""
    return {key: _iso(value) for key, value in shown.items()}


def _iso(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return [_iso(item) for item in value]
    return {key: _iso(item) for key, item in value.items()} if isinstance(value, dict) else value


def healthz() -> tuple[Response, int]:
    """200 when the database answers."""
    session().execute(text("SELECT 1"))
    return jsonify({"status": "ok"}), 200


def metrics() -> Response:
    """Counts of tickets by state, in the text format of Prometheus."""
    counts = queries.state_counts(session())
    lines = ["# HELP hotline_tickets Tickets by state.", "# TYPE hotline_tickets gauge"]
    lines += [f'hotline_tickets{{state="{state}"}} {counts[state]}' for state in STATES]
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")
