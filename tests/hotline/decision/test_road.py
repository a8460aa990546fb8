"""The whole road on shipped lists, rules and weights: what goes in, what comes out, what is refused."""

import io
import json

import pytest

from catalogue.errors import InputError
from hotline.decision.bulk import suggest_lines
from hotline.decision.decide import VERDICTS
from hotline.decision.printing import readable_suggestion
from hotline.decision.suggester import call_time, load

# what the caller says, verdict, acceptable leads
GOLDEN = [
    ("端州区黄岗街道康乐北路整条街的路灯全部不亮，晚上很黑，希望派人维修", "dispatch", {"CGJ"}),
    ("四会市东城街道建设路两边划了双黄线，天天有小车违停，把路都堵死了，交警也不来贴条", "dispatch", {"JJZD"}),
    ("高要区金利镇有家鞋厂晚上偷排废气，味道很刺鼻", "dispatch", {"STHJJ"}),
    ("我在怀集县一家餐馆打工，老板拖欠我两个月工资不给", "dispatch", {"RSJ"}),
    ("工地半夜三点还在打桩施工，吵得人睡不着", "ask", {"ZJJ", "CGJ"}),
    ("请问居住证怎么办理，需要带什么材料？", "answer", {"GAJ"}),
    ("法院判决书下来半年了，对方一直不执行，执行局也没人理我", "inform", None),
    ("喂救命啊，我们这栋楼现在着火了，浓烟好大，快来人", "transfer", None),
]


@pytest.fixture(scope="module")
def road():
    return load()


@pytest.mark.parametrize(("text", "verdict", "leads"), GOLDEN)
def test_golden(road, text, verdict, leads):
    suggestion = road.suggest({"text": text})
    assert suggestion["verdict"] == verdict, suggestion["reasons"]
    if leads:
        assert suggestion["leads"][0]["code"] in leads


def test_contract(road):
    suggestion = road.suggest(
        {"id": "x1", "text": "端州区黄岗街道路灯不亮，我的电话13800138000", "call_time": "2026-11-22T10:00:00"}
    )
    keys = {
        "id", "verdict", "nature", "leads", "co", "set", "matters", "region", "town", "urgent", "question", "form",
        "reasons", "rules", "versions",
    }  # fmt: skip
    assert keys <= set(suggestion)
    assert suggestion["id"] == "x1"
    assert suggestion["verdict"] in VERDICTS
    assert set(suggestion["leads"][0]) == {"code", "name", "unit", "probability"}
    assert set(suggestion["versions"]) == {"model", "catalogue", "rules"}
    assert {"title", "summary", "demand", "location", "event_time", "target", "person", "phone"} <= set(
        suggestion["form"]
    )
    assert set(suggestion["form"]["phone"]) == {"value", "text", "start", "end", "confidence"}
    assert suggestion["leads"][0]["unit"].startswith("端州区")
    json.dumps(suggestion)


def test_evidence_is_word_for_word(road):
    text = "昨天晚上十点，禄步镇锦绣花园小区的烧烤店油烟很大，我姓陈，电话13912345678，希望查处。"
    form = road.suggest({"text": text})["form"]
    for name, field in form.items():
        if field and field["text"]:
            assert text[field["start"] : field["end"]] == field["text"], name


def test_dialogue_positions_count_in_the_joined_turns(road):
    turns = [{"who": "agent", "text": "您好"}, {"who": "caller", "text": "鼎湖区广利街道路灯坏了"}]
    form = road.suggest({"turns": turns})["form"]
    assert (
        "您好\n鼎湖区广利街道路灯坏了"[form["location"]["start"] : form["location"]["end"]] == form["location"]["text"]
    )


def test_same_input_same_output(road):
    call = {"text": "小区物业乱收停车费"}
    assert road.suggest(call) == road.suggest(call)


def test_one_by_one_and_in_a_batch_agree(road):
    calls = [{"text": text} for text, _, _ in GOLDEN]
    for alone, together in zip(map(road.suggest, calls), road.suggest_all(calls), strict=True):
        assert alone["verdict"] == together["verdict"]
        assert alone["leads"][0]["code"] == together["leads"][0]["code"]


def test_given_fact_updates_the_verdict(road):
    text = {"text": "工地半夜三点还在打桩施工，吵得人睡不着"}
    before = road.suggest(text)
    after = road.suggest({**text, "facts": {"place": "端州区黄岗街道"}, "region": "441202"})
    assert (before["verdict"], after["verdict"]) == ("ask", "dispatch")


def test_repeat_of_an_open_ticket_is_reported_and_not_dispatched_again(road):
    suggestion = road.suggest({"text": "黄岗街道路灯还是不亮", "repeat_of": "250912101108115409"})
    assert "repeat-open" in suggestion["rules"]
    assert suggestion["verdict"] == "review"


def test_a_call_after_midnight_is_of_the_new_day_in_china():
    assert call_time({"call_time": "2026-11-22T18:30:00+00:00"}).isoformat() == "2026-11-23T02:30:00+08:00"


BAD = [
    ({"text": ""}, "没有内容"),
    ({"text": "   \n"}, "没有内容"),
    ({"text": "长" * 200_000}, "超过上限"),
    ({"text": "\x00\x01\x02\x89PNG\x0d\x1a" * 20}, "不是可读的文字"),
    ({"text": "\ufffd\ufffd\ufffd\ufffd\ufffdab"}, "不是可读的文字"),
    ({"text": 5}, "必须是文字"),
    ({"text": "路灯不亮", "call_time": "昨天"}, "来电时间"),
]


@pytest.mark.parametrize(("call", "complaint"), BAD)
def test_bad_input_is_refused_in_chinese(road, call, complaint):
    with pytest.raises(InputError, match=complaint):
        road.suggest(call)


@pytest.mark.parametrize("text", ["灯", "?", "hello, my street lamp is broken", "🙂🙂🙂", "１２３４５", "a" * 5000])
def test_odd_text_still_gets_an_answer(road, text):
    assert road.suggest({"text": text})["verdict"] in VERDICTS


@pytest.mark.parametrize("text", ["hello, my street lamp is broken", "aaaaaaaa", "🙂🙂🙂"])
def test_what_is_not_chinese_is_for_a_person(road, text):
    assert road.suggest({"text": text})["verdict"] == "review"


def test_broken_line_is_reported_and_the_rest_is_done(road):
    lines = [
        json.dumps({"id": 1, "text": "路灯不亮"}).encode(),
        b'{"id": 2, "text": ',
        "垃圾没人收".encode("gb18030"),
        b"",
        b"[1, 2]",
        json.dumps({"id": 3, "turns": "x"}).encode(),
        json.dumps({"id": 4, "text": ""}).encode(),
        json.dumps({"id": 5, "text": "停水三天了"}).encode(),
    ]
    sink = io.StringIO()
    faults = suggest_lines(road, lines, sink)
    assert [json.loads(line)["id"] for line in sink.getvalue().splitlines()] == [1, 5]
    assert [fault[: fault.index("行") + 1] for fault in faults] == [
        "第 2 行",
        "第 3 行",
        "第 5 行",
        "第 6 行",
        "第 7 行",
    ]


def test_readable_form_says_verdict_reason_and_proof(road):
    words = readable_suggestion(road.suggest({"text": "端州区黄岗街道康乐北路路灯全部不亮"}))
    assert words.startswith("【直派】")
    assert "理由：" in words and "主办：" in words
