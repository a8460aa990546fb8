"""The dispatcher's pages."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from catalogue import load
from catalogue.errors import InputError
from hotline.access.roles import allow
from hotline.database import session
from hotline.review import service
from hotline.tickets import queries
from hotline.tickets.doubts import DOUBTS
from hotline.tickets.filing import FIELDS
from hotline.tickets.states import STATES
from hotline.tickets.tables import Ticket
from hotline.web.cards import card, row

blueprint = Blueprint("review", __name__, url_prefix="/review")
LISTED = ("pending", "asking", "joint", "dispatched", "manual")


@blueprint.get("")
@allow("dispatcher")
def queue() -> str:
    """The queue, with how many wait for which reason."""
    state = request.args.get("state", "pending")
    doubt = request.args.get("doubt")
    state, doubt = (state if state in LISTED else "pending"), (doubt if doubt in DOUBTS else None)
    tickets = [row(ticket) for ticket in queries.queue(session(), state=state, doubt=doubt)]
    return render_template(
        "review/queue.html",
        tickets=tickets,
        state=state,
        doubt=doubt,
        counts=queries.doubt_counts(session()),
        states={key: STATES[key] for key in LISTED},
        totals=queries.state_counts(session()),
    )


@blueprint.get("/<number>")
@allow("dispatcher")
def ticket(number: str) -> str:
    """One ticket with everything needed to decide."""
    found = queries.by_number(session(), number)
    shown = card(session(), found)
    return render_template(
        "review/ticket.html",
        ticket=shown,
        suggestion=shown["suggestion"] or {},
        choices=choices(found, shown["suggestion"] or {}),
        similar=[row(other) for other in queries.similar(session(), found)],
        waiting=queries.state_counts(session())["pending"],
        fields=FIELDS,
        facts=load().facts,
    )


def choices(found: Ticket, suggestion: dict) -> list[dict]:
    """Up to three leads to choose from by key: what the operator filed first, then the set, then the rest."""
    leads = {lead["code"]: lead for lead in suggestion.get("leads", [])}
    order = [found.lead, *suggestion.get("set", []), *leads] if found.lead else [*suggestion.get("set", []), *leads]
    codes = list(dict.fromkeys(code for code in order if code))[:3]
    inside = set(suggestion.get("set", []))
    lists = load()
    return [
        {
            "code": code,
            "name": lists.short(code),
            "unit": getattr(lists.unit(code, found.region), "name", lists.short(code)),
            "probability": leads.get(code, {}).get("probability"),
            "inside": code in inside,
            "filed": code == found.lead,
        }
        for code in codes
    ]


def _decide(number: str, change, message: str):
    """Run a change of the ticket and go on to the next one in the queue."""
    version = request.form.get("version", type=int)
    if version is None:
        raise InputError("review.version", "页面已过期，请刷新后再试")
    found = queries.by_number(session(), number)
    change(found, version)
    flash(f"{number} {message.format(lead=load().short(found.lead or ''))}", "success")
    following = queries.next_waiting(session(), after=found)
    if following is None:
        return redirect(url_for("review.queue"))
    return redirect(url_for("review.ticket", number=following.number))


@blueprint.post("/<number>/dispatch")
@allow("dispatcher")
def dispatch(number: str):
    """Accept or change the lead."""
    form = request.form
    lead, co, note = form.get("lead", ""), form.getlist("co"), form.get("note", "").strip()[:500]

    def change(found: Ticket, version: int) -> None:
        service.dispatch(session(), found, lead=lead, co=co, who=current_user.username, version=version, note=note)

    return _decide(number, change, "已派 {lead}")


@blueprint.post("/<number>/meeting")
@allow("dispatcher")
def to_meeting(number: str):
    """Send it to the joint meeting."""
    form = request.form

    def change(found: Ticket, version: int) -> None:
        service.to_meeting(
            session(),
            found,
            question=form.get("question", ""),
            lead=form.get("lead") or None,
            who=current_user.username,
            version=version,
        )

    return _decide(number, change, "已提请联席会议会商，其间由{lead}先行办理")


@blueprint.post("/<number>/ask")
@allow("dispatcher")
def ask_back(number: str):
    """Question it back to the operators."""
    question = request.form.get("question", "")

    def change(found: Ticket, version: int) -> None:
        service.ask_back(session(), found, question=question, who=current_user.username, version=version)

    return _decide(number, change, "已退回话务员追问")


@blueprint.post("/<number>/return")
@allow("dispatcher")
def take_back(number: str):
    """Record that a unit has handed it back."""
    reason = request.form.get("reason", "")

    def change(found: Ticket, version: int) -> None:
        service.take_back(session(), found, reason=reason, who=current_user.username, version=version)

    return _decide(number, change, "已登记退单，重新待派")
