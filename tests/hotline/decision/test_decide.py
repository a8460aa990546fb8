"""The verdict from a reading: every branch of the three kinds of doubt, on readings made by hand."""

import pytest

import catalogue
from catalogue.gazetteer import Location
from hotline.decision.decide import Lines, conformal_set, decide
from hotline.decision.leads import weigh
from hotline.decision.lines import quantile
from models.reading import Call, Evidence, Reading
from routing_rules.engine import Outcome, load

LINES = Lines(auto=0.7)
SOMEWHERE = Evidence("黄岗街道", "黄岗街道", 0, 4, 0.8)


def decided(text, cells, *, nature="投诉", place=SOMEWHERE, party=None, location=None, facts=None, outcome=None):
    """A decision on a reading with these clause masses."""
    lists = catalogue.load()
    call = Call.of(text=text)
    natures = {name: 0.01 for name in ("咨询", "投诉", "求助", "举报", "建议", "感谢", "其他")} | {nature: 0.94}
    reading = Reading(call, cells, natures, False, {"location": place, "target": party}, {}, "test")
    facts = facts or {}
    weighed = weigh(cells, catalogue=lists, facts=facts)
    return decide(
        reading, location=location or Location("441202"), weighed=weighed, outcome=outcome or Outcome((), {}),
        catalogue=lists, facts=facts, lines=LINES,
    )  # fmt: skip


def clause(matter, **when):
    """Id of the clause of a matter with exactly these conditions."""
    for found in catalogue.load().families[matter]:
        if {fact: values[0] for fact, values in found.when.items()} == when:
            return found.id
    raise LookupError((matter, when))


def test_sure_of_the_lead_goes_out():
    decision = decided("路灯不亮", {clause("030501"): 0.95, clause("030503"): 0.05})
    assert decision.verdict == "dispatch"
    assert decision.leads[0][0] == "CGJ"
    assert any(reason.kind == "clause" for reason in decision.reasons)


def test_unsure_of_the_matter_but_sure_of_the_lead_goes_out():
    decision = decided("门口乱摆卖又乱扔垃圾", {clause("030701"): 0.5, clause("030302"): 0.5})
    assert decision.verdict == "dispatch"


def test_missing_place_is_asked_of_the_caller():
    decision = decided("路灯不亮", {clause("030501"): 1.0}, place=None, location=Location())
    assert decision.verdict == "ask"
    assert decision.question.fact == "place"


@pytest.mark.parametrize(
    ("nature", "party", "verdict"),
    [
        ("投诉", None, "ask"),
        ("投诉", "小区物业", "ask"),
        ("投诉", "锦绣物业服务公司", "dispatch"),
        ("建议", None, "dispatch"),
    ],
)
def test_where_a_place_only_helps_a_complaint_must_name_somebody(nature, party, verdict):
    named = Evidence(party, party, 0, len(party), 0.8) if party else None
    decision = decided(
        "物业收钱不做事", {clause("030608"): 1.0}, nature=nature, place=None, party=named, location=Location()
    )
    assert decision.verdict == verdict


def test_shared_name_asks_for_the_county():
    found = catalogue.load().gazetteer.locate("回龙镇路灯不亮")
    decision = decided("回龙镇路灯不亮", {clause("030501"): 1.0}, location=found)
    assert decision.verdict == "ask"
    assert set(decision.question.options) == {"441204", "441226"}


def test_missing_fact_is_asked_where_it_separates_the_leads():
    cells = {clause("040201", noise_source="construction"): 0.5, clause("040201", noise_source="industrial"): 0.5}
    decision = decided("晚上很吵", cells)
    assert decision.verdict == "ask"
    assert decision.question.fact == "noise_source"


def test_answer_to_the_question_settles_it():
    cells = {clause("040201", noise_source="construction"): 0.5, clause("040201", noise_source="industrial"): 0.5}
    decision = decided("晚上很吵", cells, facts={"noise_source": "construction"})
    assert (decision.verdict, decision.leads[0][0]) == ("dispatch", "ZJJ")


def test_several_leads_and_no_separating_fact_is_for_the_dispatcher():
    decision = decided("这个事情没人管", {clause("030202"): 0.35, clause("110501"): 0.35, clause("080508"): 0.3})
    assert decision.verdict in ("review", "ask")
    assert len(decision.chosen) == 3


def test_open_clause_goes_to_the_meeting():
    decision = decided("楼下冷却塔很吵", {clause("040201", noise_source="commercial"): 1.0})
    assert decision.verdict == "joint"
    assert any(reason.kind == "gap" for reason in decision.reasons)


def test_general_question_is_answered():
    assert decided("居住证怎么办理", {clause("070202"): 1.0}, nature="咨询", place=None).verdict == "answer"


def test_question_about_ones_own_stuck_case_is_work_for_the_unit():
    text = "我上个月提交了居住证申请，一直没有结果，什么时候能办好"
    assert decided(text, {clause("070202"): 1.0}, nature="咨询", place=None).verdict == "dispatch"


def test_emergency_goes_before_everything():
    outcome = load().evaluate({"caller": "现在着火了浓烟好大"})
    decision = decided("现在着火了浓烟好大", {clause("070403"): 1.0}, outcome=outcome)
    assert decision.verdict == "transfer"


def test_broken_rule_sends_the_ticket_to_review():
    decision = decided("路灯不亮", {clause("030501"): 1.0}, outcome=Outcome((), {"bad": "执行出错"}))
    assert decision.verdict == "review"
    assert "bad" in decision.reasons[0].text


FLOORS = (0.2, 0.15, 0.5)


@pytest.mark.parametrize(
    ("leads", "chosen"),
    [
        ([("A", 0.96), ("B", 0.3)], ("A",)),
        ([("A", 0.7), ("B", 0.16), ("C", 0.14)], ("A", "B")),
        ([("A", 0.5), ("B", 0.3), ("C", 0.16)], ("A", "B")),
        ([("A", 0.1), ("B", 0.09), ("C", 0.01)], ("A",)),
    ],
)
def test_set_is_what_reaches_the_floor_of_its_band_and_never_empty(leads, chosen):
    assert conformal_set(leads, floors=FLOORS) == chosen


def test_a_department_with_a_lower_floor_of_its_own_comes_in_by_that():
    leads = [("A", 0.55), ("B", 0.18), ("C", 0.1)]
    assert conformal_set(leads, floors=FLOORS, own={"B": 0.4, "C": 0.05}) == ("A", "C")


@pytest.mark.parametrize(
    ("count", "coverage", "rank"),
    [(20, 0.95, 0), (100, 0.95, 1), (100, 0.8, 14), (1000, 0.95, 40)],
)
def test_the_floor_holds_the_promise_whatever_the_draw(count, coverage, rank):
    """Below the plain quantile (5, 20, 50 of these), so that nine draws in ten keep the promise."""
    scores = [number / count for number in range(count)]
    assert quantile(scores, coverage) == pytest.approx(max(rank / count, 0.005), abs=1.5 / count)
