"""Interception: what must leave the hotline at once, what is not accepted, and what breaks in the open."""

from datetime import datetime

import pytest

from catalogue.errors import HotlineError
from routing_rules.deadlines import due, parameter
from routing_rules.engine import KINDS, RuleBook, load

# caller's words, effect, rule
INTERCEPTED = [
    ("喂救命啊，我们楼现在着火了，浓烟好大", "transfer", "emergency-fire"),
    ("我家煤气漏气了，现在整个屋子都好大味", "transfer", "emergency-gas"),
    ("快来人，有人持刀砍人", "transfer", "emergency-police"),
    ("我妈刚刚晕倒了，救护车快来", "transfer", "emergency-medical"),
    ("刚刚两台车撞车了有人流血", "transfer", "emergency-traffic"),
    ("法院判决书下来半年了对方不执行，执行局也没人管", "inform", "inform-court"),
    ("我已经申请行政复议了一直没结果", "inform", "inform-review"),
    ("沟里黑臭，环保说归水务管，水务说让城管来，城管说是社区的事", "joint", "joint-passed-around"),
]
ORDINARY = [
    "楼道停满电动车充电，哪天起火怎么办",
    "去年我们村有小孩溺水，希望水库边装护栏",
    "这个路口经常追尾，希望装红绿灯",
    "法院门口天天有人乱停车",
    "每天都有人在空地焚烧垃圾，浓烟很大",
    "老板不发工资，我可以去申请仲裁吗",
    "巷子里堆满纸皮，现在没人管，发生火灾就来不及了",
    "为什么天天都能听到有小偷抢劫的事，现在治安太差",
    "城管说会来处理但是一直没来",
]


@pytest.mark.parametrize(("words", "kind", "rule"), INTERCEPTED)
def test_intercepted(words, kind, rule):
    decisive = load().evaluate({"text": words, "caller": words}).decisive
    assert decisive is not None
    assert (decisive.effect["kind"], decisive.id) == (kind, rule)


@pytest.mark.parametrize("words", ORDINARY)
def test_not_intercepted(words):
    assert load().evaluate({"text": words, "caller": words}).decisive is None


def test_first_rule_wins_and_the_later_one_is_shown():
    words = "现在着火了浓烟好大，刚刚还有人晕倒，救护车快来"
    outcome = load().evaluate({"text": words, "caller": words})
    assert outcome.decisive.id == "emergency-fire"
    assert [rule.id for rule in outcome.also] == ["emergency-medical"]


def test_town_never_gets_a_function_duty():
    outcome = load().evaluate({"lead": "ZJ", "function_duty": True})
    assert outcome.of_kind("no_town") is not None


def test_repeat_is_reported():
    assert load().evaluate({"repeat_of": "250912101108115409"}).of_kind("repeat") is not None


def test_every_rule_has_basis_and_known_effect():
    for rule in load().rules:
        assert rule.basis and rule.effect["kind"] in KINDS


@pytest.mark.parametrize("when", ["1 +", "t.nothing == 1", 't.text.matches("(")'])
def test_broken_rule_is_reported_and_the_others_still_run(tmp_path, when):
    path = tmp_path / "rules.yaml"
    path.write_text(
        f"- {{id: bad, name: 坏规则, when: '{when}', effect: {{kind: flag, say: 坏}}, basis: 试}}\n"
        "- {id: good, name: 好规则, when: 'true', effect: {kind: flag, say: 好}, basis: 试}\n",
        encoding="utf-8",
    )
    outcome = load.__wrapped__(path).evaluate({"text": "试一下"})
    assert list(outcome.broken) == ["bad"]
    assert [rule.id for rule in outcome.fired] == ["good"]


def test_empty_rule_book():
    assert RuleBook((), version="0").evaluate({}).fired == ()


# start, nature, urgent, due: 5 working days over the National Day holiday of 2026 (1–7 October off, 10 October worked)
DUE = [
    (datetime(2026, 11, 2, 9), "投诉", False, datetime(2026, 11, 9, 9)),
    (datetime(2026, 11, 2, 9), "咨询", False, datetime(2026, 11, 5, 9)),
    (datetime(2026, 11, 6, 9), "投诉", True, datetime(2026, 11, 7, 9)),
]


@pytest.mark.parametrize(("start", "nature", "urgent", "end"), DUE)
def test_deadline(start, nature, urgent, end):
    assert due(start, nature=nature, urgent=urgent) == end


# nature, matter, days, what its source must say
BY_MATTER = [
    ("投诉", "100205", 7, "第十四条"),
    ("投诉", "10020501", 7, "第十四条"),
    ("咨询", "100205", 3, "待核"),
    ("求助", "110813", 4, "待核"),
    ("投诉", "040201", 5, "待核"),
]


@pytest.mark.parametrize(("nature", "matter", "days", "source"), BY_MATTER)
def test_deadline_of_a_matter_says_where_it_comes_from(nature, matter, days, source):
    entry = parameter(nature=nature, matter=matter)
    assert entry["days"] == days and source in entry["source"]


def test_deadline_beyond_the_holiday_table_says_so():
    with pytest.raises(HotlineError, match="放假安排"):
        due(datetime(2031, 1, 1), nature="投诉")
