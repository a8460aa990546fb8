"""The form: each value with the words that prove it. Extend the table with what callers say."""

from datetime import datetime, timedelta, timezone

import pytest

import catalogue
from models.fields import read_form
from models.fields.places import full_name
from models.fields.times import iso
from models.reading import Call

CALL_TIME = datetime(2026, 11, 22, 10, 0)


def form(text="", **call):
    return read_form(Call.of(text=text, **call), gazetteer=catalogue.load().gazetteer, call_time=CALL_TIME)


# text, place words
PLACES = [
    ("禄步镇锦绣花园小区门口的路灯坏了", "禄步镇锦绣花园小区门口"),
    ("我住在端州区康乐北路12号，楼下很吵", "端州区康乐北路12号"),
    ("江滨路与前进路交汇处经常堵车", "江滨路与前进路交汇处"),
    ("我们小区很脏", None),
    ("这条路晚上很黑", None),
]


@pytest.mark.parametrize(("text", "words"), PLACES)
def test_place(text, words):
    found = form(text)["location"]
    assert (found.text if found else None) == words


# place words, full name: what a town implies, and nothing more
FULL_NAMES = [
    ("黄岗街道星湖大道12号", "肇庆市端州区黄岗街道星湖大道12号"),
    ("四会大沙镇富溪工业园后面", "肇庆市四会市大沙镇富溪工业园后面"),
    ("端州江滨堤路", "肇庆市端州区江滨堤路"),
    ("黄岗小学后门", "肇庆市端州区黄岗街道黄岗小学后门"),
    ("四会中学门口", "肇庆市四会市四会中学门口"),
    ("大旺临江路夜宵档", "肇庆高新区临江路夜宵档"),
    ("高要到肇庆东站", "高要到肇庆东站"),
    ("高要区回龙镇街上", "肇庆市高要区回龙镇街上"),
    ("回龙镇街上", "回龙镇街上"),
    ("星湖大道12号", "星湖大道12号"),
]


@pytest.mark.parametrize(("words", "name"), FULL_NAMES)
def test_full_name(words, name):
    assert full_name(words, gazetteer=catalogue.load().gazetteer) == name


# text, time words
TIMES = [
    ("昨天晚上十点还在施工", "昨天晚上十点"),
    ("今年6月开始没有发工资", "今年6月开始"),
    ("经常半夜有人飙车", "经常半夜"),
    ("路灯不亮", None),
]


@pytest.mark.parametrize(("text", "words"), TIMES)
def test_time(text, words):
    found = form(text)["event_time"]
    assert (found.text if found else None) == words


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("昨天晚上十点", "2026-11-21T22:00:00"),
        ("去年国庆", "2025-10-01"),
        ("前天", "2026-11-20"),
        ("6月份", "2026-06"),
        ("上个月", "2026-10"),
        ("12月30日", "2025-12-30"),
        ("3月1日到3月5日", "2026-03-01/2026-03-05"),
        ("从今年3月开始", "2026-03-01/2026-11-22"),
        ("昨晚", "2026-11-21T18:00:00/2026-11-21T23:59:59"),
        ("琴日下昼两点半", "2026-11-21T14:30:00"),
        ("前几天", None),
        ("每天晚上", None),
        ("每天早上6点到8点", None),
    ],
)
def test_iso_time_is_seen_from_the_call(words, value):
    assert iso(words, CALL_TIME) == value


def test_a_time_with_a_zone_is_the_clock_on_the_wall():
    assert iso("昨天晚上十点", CALL_TIME.replace(tzinfo=timezone(timedelta(hours=8)))) == "2026-11-21T22:00:00"


def test_phone_person_and_secrecy():
    found = form("我姓李，电话13800138000，请不要透露我的姓名")
    assert found["phone"].value == "13800138000"
    assert found["person"].value == "李"
    assert found["confidential"].value == "是"


TURNS = [
    {"who": "agent", "text": "您好，肇庆12345，请问是城东街道吗？"},
    {"who": "caller", "text": "不是，我在广宁县南街街道建设路，路灯全部不亮，麻烦派人修一下。"},
]


def test_the_agent_proves_nothing():
    found = form(turns=TURNS)
    assert "南街" in found["location"].text
    text = Call.of(turns=TURNS).text
    for field in found.values():
        if field and field.text:
            assert text[field.start : field.end] == field.text


def test_title_is_short_and_in_the_callers_words():
    found = form("你好，我是锦绣花园的业主，我们小区的电梯坏了半个月都没有人来修，希望尽快处理。")
    assert found["title"].value and len(found["title"].value) <= 30
    assert "电梯坏了" in found["title"].value
    assert found["demand"].value == "要求尽快处理"
    assert found["demand"].text == "希望尽快处理"


@pytest.mark.parametrize("text", ["", " ", "啊", "?", "abc", "1" * 500, "𠮷" * 50])
def test_nothing_is_invented_from_nothing(text):
    found = form(text)
    assert found["location"] is None and found["person"] is None
