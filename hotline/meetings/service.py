"""Decisions of the joint meeting."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session

from catalogue import load
from catalogue.errors import HotlineError, InputError
from catalogue.writing import own_conditions
from hotline.database import now
from hotline.tickets import moves, queries, rulings
from hotline.tickets.tables import DocketItem, Ruling, Ticket


def item_of(session: Session, item_id: int) -> tuple[DocketItem, Ticket]:
    """A docket item with its ticket."""
    item = session.get(DocketItem, item_id)
    if item is None:
        raise HotlineError("docket.unknown", "没有这个议题", status=404)
    return item, session.get(Ticket, item.ticket_id)


def ruling_of(session: Session, ruling_id: int) -> Ruling:
    """A ruling."""
    ruling = session.get(Ruling, ruling_id)
    if ruling is None:
        raise HotlineError("ruling.unknown", "没有这个决定", status=404)
    return ruling


def decide(
    session: Session,
    item: DocketItem,
    ticket: Ticket,
    *,
    who: str,
    version: int,
    matter: str,
    lead: str,
    basis: str,
    reason: str = "",
    co: Sequence[str] = (),
    fallback: str | None = None,
    when: Mapping[str, Sequence[str]] | None = None,
    region: str | None = None,
    in_force_from: date | None = None,
    in_force_until: date | None = None,
    whole: bool = False,
) -> Ruling:
    """Store a ruling and dispatch the docket's ticket by it. Raises InputError, ConflictError, MoveError.

    A ruling without conditions over a matter that the list divides needs `whole`: it covers every case of it.
    """
    moves.check_version(ticket, version)
    ruling = Ruling(
        matter=matter, lead=lead, co=[code for code in dict.fromkeys(co) if code != lead], fallback=fallback or None,
        when={fact: list(values) for fact, values in (when or {}).items() if values}, region=region or None,
        basis=basis.strip()[:200], reason=reason.strip()[:2000], decided_by=who,
        in_force_from=in_force_from or rulings.today(), in_force_until=in_force_until,
    )  # fmt: skip
    _check(ruling, ticket)
    if not (ruling.when or whole) and _divided(ruling.matter):
        raise InputError("ruling.whole", "清单对此事项按情形分工，请选定适用条件，或勾选「适用于此事项的全部情形」")
    session.add(ruling)
    session.flush()
    item.state, item.ruling_id, item.closed_at = "decided", ruling.id, now()
    session.add(item)
    _dispatch(session, ticket, ruling, who=who, version=version)
    return ruling


def _divided(matter: str) -> bool:
    """Whether the list tells several cases of a matter apart: by facts, or by city matters of its own."""
    lists = load()
    return any(own_conditions(clause, lists.matters) or clause.matter != matter for clause in lists.cases(matter))


def _check(ruling: Ruling, ticket: Ticket) -> None:
    """A ruling must name things that exist, rest on something, and cover the ticket it was made for."""
    lists = load()
    if ruling.matter not in lists.matters:
        raise InputError("ruling.matter", "事项不在目录中，请从列表中选择")
    if any(code not in lists.departments for code in (ruling.lead, *ruling.co, *filter(None, [ruling.fallback]))):
        raise InputError("ruling.lead", "主办、协办或兜底单位不在目录中，请从列表中选择")
    if ruling.region and ruling.region not in lists.regions:
        raise InputError("ruling.region", "属地不在目录中")
    for fact, values in ruling.when.items():
        if fact not in lists.facts or set(values) - set(lists.facts[fact].values):
            raise InputError("ruling.when", "适用条件不在定责事实表中")
    if not ruling.basis:
        raise InputError("ruling.basis", "请填写依据或纪要文号")
    if ruling.in_force_until and ruling.in_force_until < ruling.in_force_from:
        raise InputError("ruling.dates", "失效日期早于生效日期")
    if rulings.as_clause(ruling).contradicted(ticket.known_facts) or (ruling.region and ruling.region != ticket.region):
        raise InputError("ruling.scope", "适用条件与本议题的工单不符，请调整条件或属地")


def _dispatch(session: Session, ticket: Ticket, ruling: Ruling, *, who: str, version: int) -> None:
    ticket.lead, ticket.co = ruling.lead, list(ruling.co)
    if not (ticket.matter or "").startswith(ruling.matter):
        # A ruling on a standard matter says nothing against the city matter the ticket was filed under.
        ticket.matter = ruling.matter
    ticket.dispatched_by = who
    note = f"联席会议决定 {ruling.basis}：主办{load().short(ruling.lead)}"
    detail = {"ruling": ruling.id, "lead": ruling.lead, "co": ruling.co}
    moves.move(session, ticket, to="dispatched", who=who, version=version, what="ruled", note=note, detail=detail)


def settle(session: Session, ruling: Ruling, numbers: Sequence[str], *, who: str) -> list[str]:
    """Dispatch waiting like tickets by a ruling; returns the numbers that were settled. Others are refused."""
    if ruling.withdrawn_at:
        raise HotlineError("ruling.withdrawn", "该决定已撤回，不能再用于派单", status=409)
    waiting = {ticket.number: ticket for ticket in rulings.alike(session, ruling)}
    unknown = [number for number in numbers if number not in waiting]
    if unknown:
        raise InputError("ruling.alike", f"工单 {unknown[0]} 不在可按此决定处理的列表中，请刷新")
    for number in numbers:
        ticket = waiting[number]
        item = queries.open_item(session, ticket)
        if item:
            item.state, item.ruling_id, item.closed_at = "decided", ruling.id, now()
        _dispatch(session, ticket, ruling, who=who, version=ticket.version)
    return list(numbers)


def withdraw(session: Session, ruling: Ruling, *, who: str, reason: str) -> None:
    """End a ruling: from the next ticket on the list speaks again. Dispatched tickets stay where they are."""
    if ruling.withdrawn_at:
        raise HotlineError("ruling.withdrawn", "该决定已经撤回", status=409)
    ruling.withdrawn_at, ruling.withdrawn_by, ruling.withdrawn_reason = now(), who, reason.strip()[:2000]
    session.add(ruling)
    session.commit()


def hand_back(session: Session, item: DocketItem, ticket: Ticket, *, who: str, version: int, reason: str) -> None:
    """Give a ticket back to the dispatcher undecided."""
    item.state, item.closed_at = "handed_back", now()
    session.add(item)
    moves.move(session, ticket, to="pending", who=who, version=version, what="handed_back", note=reason.strip()[:500])
