"""The joint meeting's pages."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlmodel import select
from werkzeug.datastructures import MultiDict

from catalogue import load
from catalogue.entries import Clause
from catalogue.errors import InputError
from hotline.access.masking import mask
from hotline.access.roles import allow
from hotline.database import session
from hotline.meetings import service
from hotline.tickets import queries, rulings
from hotline.tickets.filing import FIELDS
from hotline.tickets.tables import Ruling, Ticket
from hotline.web.cards import card, hidden, row

blueprint = Blueprint("meetings", __name__, url_prefix="/meetings")


@blueprint.get("")
@allow("meeting")
def docket() -> str:
    """What waits for a decision, and what was decided last."""
    lists = {state: _items(state) for state in ("open", "decided")}
    return render_template("meetings/docket.html", standing=rulings.standing(session()), **lists)


def _items(state: str) -> list[dict]:
    return [{"item": item, "ticket": row(ticket)} for item, ticket in queries.docket(session(), state=state)]


@blueprint.get("/<int:item_id>")
@allow("meeting")
def item(item_id: int) -> str:
    """One docket item: the evidence of each side, and the form of the decision."""
    return _item_page(item_id, given=MultiDict())


def _item_page(item_id: int, *, given: MultiDict) -> str:
    """The page; `given` is what a refused form held, so that nothing has to be typed twice."""
    found, ticket = service.item_of(session(), item_id)
    shown = card(session(), ticket)
    clauses = load().cases(ticket.matter or "")
    nearest = sorted(clauses, key=lambda clause: _nearness(clause, ticket))
    asked = _asked(nearest, ticket)
    return render_template(
        "meetings/item.html",
        item=found,
        question=hidden(found.question, ticket),
        ticket=shown,
        suggestion=shown["suggestion"] or {},
        clauses=nearest,
        asked=asked,
        chosen={fact: given.get(f"when-{fact}") for fact in asked} if given else _chosen(nearest, ticket),
        given=given,
        facts=load().facts,
        alike=[row(other) for other in _alike(ticket)],
        fields=FIELDS,
        today=rulings.today(),
    )


def _nearness(clause: Clause, ticket: Ticket) -> tuple:
    """Clauses that the ticket's facts meet first, the disputed before the settled, the ruled out last."""
    facts = ticket.known_facts
    return (clause.contradicted(facts), not clause.holds(facts), -len(clause.when), clause.status == "settled")


def _asked(clauses: Sequence[Clause], ticket: Ticket) -> list[str]:
    """Facts that a ruling may be bound to: those that divide the matter, and those the caller was asked for."""
    dividing = [fact for clause in clauses for fact in clause.when]
    return list(dict.fromkeys([*dividing, *ticket.facts]))


def _chosen(clauses: Sequence[Clause], ticket: Ticket) -> dict[str, str]:
    """The conditions proposed: those of the clause in dispute, and what the caller was asked for.

    Everything else that happens to be known of this one ticket would only keep the ruling from the next like one.
    """
    bound = {*(clauses[0].when if clauses else ()), *ticket.facts}
    return {fact: value for fact, value in ticket.known_facts.items() if fact in bound}


def _alike(ticket: Ticket) -> list:
    """Other waiting tickets of the same matter, as far as one can see before a ruling is made."""
    if not ticket.matter:
        return []
    probe = Ruling(matter=ticket.matter, lead="", basis="", in_force_from=rulings.today(), decided_by="")
    return [other for other in rulings.alike(session(), probe) if other.id != ticket.id]


@blueprint.post("/<int:item_id>/decide")
@allow("meeting")
def decide(item_id: int):
    """Make the ruling; a form that can't be used comes back as it was."""
    try:
        ruling = _decided(item_id)
    except InputError as error:
        session().rollback()
        flash(error.message, "danger")
        return _item_page(item_id, given=request.form), 400
    flash(f"决定已生效：{load().matters[ruling.matter].name}由{load().short(ruling.lead)}主办", "success")
    return redirect(url_for("meetings.ruling", ruling_id=ruling.id))


def _decided(item_id: int) -> Ruling:
    found, ticket = service.item_of(session(), item_id)
    form = request.form
    when = {key[5:]: [value for value in form.getlist(key) if value] for key in form if key.startswith("when-")}
    return service.decide(
        session(),
        found,
        ticket,
        who=current_user.username,
        version=_version(),
        when=when,
        co=form.getlist("co"),
        whole=form.get("whole") == "1",
        in_force_from=_day("in_force_from"),
        in_force_until=_day("in_force_until"),
        **{key: form.get(key, "").strip() for key in ("matter", "lead", "basis", "reason", "fallback", "region")},
    )


def _version() -> int:
    version = request.form.get("version", type=int)
    if version is None:
        raise InputError("meeting.version", "页面已过期，请刷新后再试")
    return version


def _day(name: str) -> date | None:
    given = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InputError("ruling.dates", f"日期「{given[:20]}」应写作 2026-01-31") from None


@blueprint.post("/<int:item_id>/back")
@allow("meeting")
def hand_back(item_id: int):
    """Give it back undecided."""
    found, ticket = service.item_of(session(), item_id)
    reason = request.form.get("reason", "")
    service.hand_back(session(), found, ticket, who=current_user.username, version=_version(), reason=reason)
    flash(f"{ticket.number} 已退回派单员", "success")
    return redirect(url_for("meetings.docket"))


@blueprint.get("/rulings")
@allow("meeting", "dispatcher")
def all_rulings() -> str:
    """Every ruling, newest first."""
    found = session().exec(select(Ruling).order_by(Ruling.id.desc())).all()
    return render_template("meetings/rulings.html", rulings=found, today=rulings.today())


@blueprint.get("/rulings/<int:ruling_id>")
@allow("meeting", "dispatcher")
def ruling(ruling_id: int) -> str:
    """One ruling, and the waiting tickets that it could settle."""
    found = service.ruling_of(session(), ruling_id)
    waiting = rulings.alike(session(), found) if not found.withdrawn_at else []
    clause = rulings.as_clause(found)
    alike = [(row(ticket), clause.holds(ticket.known_facts)) for ticket in waiting]
    texts = {key: mask(getattr(found, key)) for key in ("basis", "reason", "withdrawn_reason")}
    return render_template("meetings/ruling.html", ruling=found, texts=texts, alike=alike, facts=load().facts)


@blueprint.post("/rulings/<int:ruling_id>/settle")
@allow("meeting")
def settle(ruling_id: int):
    """Dispatch the chosen like tickets by the ruling."""
    found = service.ruling_of(session(), ruling_id)
    settled = service.settle(session(), found, request.form.getlist("number"), who=current_user.username)
    flash(f"已按此决定派出 {len(settled)} 件", "success")
    return redirect(url_for("meetings.ruling", ruling_id=ruling_id))


@blueprint.post("/rulings/<int:ruling_id>/withdraw")
@allow("meeting")
def withdraw(ruling_id: int):
    """Withdraw the ruling."""
    found = service.ruling_of(session(), ruling_id)
    service.withdraw(session(), found, who=current_user.username, reason=request.form.get("reason", ""))
    flash("决定已撤回，新工单不再适用", "success")
    return redirect(url_for("meetings.ruling", ruling_id=ruling_id))
