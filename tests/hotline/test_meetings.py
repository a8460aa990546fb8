"""The joint meeting: one ruling settles the next like ticket."""

from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.tickets import queries, rulings
from hotline.tickets.tables import DocketItem, Ruling
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.steps import NOISE, TOWER, filed, rule, send_to_meeting, version_on

LIKE = "端州区城东街道商场的冷却塔整晚轰轰响"


@pytest.fixture
def people_at_work(login_as):
    """An operator, a dispatcher, a member, and a ticket on the docket."""
    operator, dispatcher, member = (login_as(role) for role in ("operator", "dispatcher", "meeting"))
    number = filed(operator, TOWER)
    send_to_meeting(dispatcher, number)
    return operator, dispatcher, member, number


def test_the_item_shows_the_evidence(people_at_work):
    _, _, member, number = people_at_work
    page = member.page("/meetings/1")
    assert number in page
    for words in ("公安局", "城管局", "生态环境局", "法律未指定部门", "商业经营"):
        assert words in page, words


def test_a_ruling_dispatches_its_ticket_and_the_next_like_one(people_at_work, db):
    operator, _, member, number = people_at_work
    assert rule(member, 1).location == "/meetings/rulings/1"
    ticket = queries.by_number(db, number)
    assert (ticket.state, ticket.lead, ticket.co) == ("dispatched", "CGJ", ["GAJ"])
    assert db.exec(select(DocketItem)).one().state == "decided"

    following = filed(operator, LIKE)
    stored = queries.by_number(db, following)
    assert (stored.verdict, stored.lead) == ("dispatch", "CGJ")
    page = operator.page(f"/intake/{following}")
    assert "联席会议决定 热线联席会议纪要〔2026〕1号" in page


def test_a_ruling_reaches_only_what_meets_its_conditions(people_at_work, suggester):
    operator, _, member, _ = people_at_work
    rule(member, 1, region="441203")
    filed(operator, NOISE)
    _, overlay = suggester.calls[-1]
    assert [(clause.region, dict(clause.when)) for clause in overlay] == [("441203", {"noise_source": ("commercial",)})]


def test_a_withdrawn_ruling_no_longer_speaks(people_at_work, db):
    operator, _, member, number = people_at_work
    rule(member, 1)
    member.get("/meetings/rulings/1")
    assert member.post("/meetings/rulings/1/withdraw", {"reason": "市里另有文件"}).status_code == 302
    assert queries.by_number(db, filed(operator, LIKE)).verdict == "joint"
    assert queries.by_number(db, number).state == "dispatched"
    assert member.post("/meetings/rulings/1/withdraw", {}).status_code == 409
    assert "市里另有文件" in member.page("/meetings/rulings/1")


def test_waiting_like_tickets_are_settled_by_the_same_ruling(people_at_work, db):
    operator, dispatcher, member, _ = people_at_work
    waiting, on_docket, other = filed(operator, LIKE), filed(operator, LIKE + "另一处"), filed(operator, NOISE)
    send_to_meeting(dispatcher, on_docket)
    rule(member, 1)
    page = member.page("/meetings/rulings/1")
    assert waiting in page
    assert on_docket in page
    assert other not in page
    assert member.post("/meetings/rulings/1/settle", {"number": [waiting, on_docket]}).status_code == 302
    for number in (waiting, on_docket):
        ticket = queries.by_number(db, number)
        assert (ticket.state, ticket.lead) == ("dispatched", "CGJ")
    assert [item.state for item in db.exec(select(DocketItem))] == ["decided", "decided"]


def test_only_listed_tickets_can_be_settled(people_at_work, db):
    operator, _, member, _ = people_at_work
    other = filed(operator, "四会市欠薪三个月")
    rule(member, 1)
    member.get("/meetings/rulings/1")
    assert member.post("/meetings/rulings/1/settle", {"number": other}).status_code == 400
    assert queries.by_number(db, other).state == "pending"


# change of the form -> what is said; nothing is decided
REFUSED = [
    ({"lead": "XXX"}, "不在目录中"),
    ({"matter": "1"}, "事项不在目录中"),
    ({"basis": " "}, "请填写依据或纪要文号"),
    ({"when-noise_source": "x"}, "不在定责事实表中"),
    ({"when-x": "y"}, "不在定责事实表中"),
    ({"when-noise_source": "industrial"}, "与本议题的工单不符"),
    ({"region": "441202"}, "与本议题的工单不符"),
    ({"region": "zz"}, "属地不在目录中"),
    ({"in_force_from": "明天"}, "应写作 2026-01-31"),
    ({"in_force_from": "2026-02-01", "in_force_until": "2026-01-01"}, "失效日期早于生效日期"),
    ({"when-noise_source": ""}, "适用于此事项的全部情形"),
]


@ON_SQLITE
@pytest.mark.parametrize(("change", "complaint"), REFUSED)
def test_a_ruling_that_can_not_stand_is_refused_and_the_form_kept(people_at_work, db, change, complaint):
    _, _, member, number = people_at_work
    answer = rule(member, 1, reason="三家都说不归自己", **change)
    assert answer.status_code == 400
    assert complaint in answer.get_data(as_text=True)
    assert "三家都说不归自己" in answer.get_data(as_text=True)
    assert db.exec(select(Ruling)).all() == []
    assert queries.by_number(db, number).state == "joint"


def test_a_ruling_for_the_whole_matter_must_be_meant(people_at_work, db):
    member = people_at_work[2]
    assert rule(member, 1, **{"when-noise_source": "", "whole": "1"}).status_code == 302
    assert db.exec(select(Ruling)).one().when == {}


def test_a_ruling_of_tomorrow_does_not_speak_today(people_at_work, db):
    member = people_at_work[2]
    rule(member, 1, in_force_from=(rulings.today() + timedelta(days=1)).isoformat())
    assert rulings.overlay(db) == []
    assert len(rulings.overlay(db, day=rulings.today() + timedelta(days=1))) == 1


def test_of_two_members_only_one_decides(people_at_work, login_as, db):
    member, other = people_at_work[2], login_as("meeting")
    version = version_on(other.page("/meetings/1"))
    rule(member, 1)
    form = {"version": version, "matter": "040201", "lead": "GAJ", "basis": "另一份纪要", "whole": "1"}
    assert other.post("/meetings/1/decide", form).status_code == 409
    assert len(db.exec(select(Ruling)).all()) == 1


def test_an_item_can_be_handed_back(people_at_work, db):
    _, dispatcher, member, number = people_at_work
    version = version_on(member.page("/meetings/1"))
    member.post("/meetings/1/back", {"version": version, "reason": "先补查产权"})
    assert queries.by_number(db, number).state == "pending"
    assert "先补查产权" in dispatcher.page(f"/review/{number}")


def test_the_dispatcher_reads_rulings_but_makes_none(people_at_work):
    _, dispatcher, member, _ = people_at_work
    rule(member, 1)
    assert "R-1" in dispatcher.page("/meetings/rulings")
    page = dispatcher.page("/meetings/rulings/1")
    assert "撤回此决定" not in page
