"""The prefilled form as an operator reads it. Extend the tables with what callers say."""

from datetime import datetime

import pytest

import catalogue
from models.fields import read_form
from models.reading import Call, Span

CALL_TIME = datetime(2026, 11, 22, 10, 0)


def form(text="", *, turns=(), **known):
    call = Call.of(text=text, turns=turns)
    return read_form(call, gazetteer=catalogue.load().gazetteer, call_time=CALL_TIME, **known)


# text, nature, title
TITLES = [
    ("喂你好，我想反映一下，端州区星湖大道这边的路灯不亮，好几天了。", "投诉", "端州区星湖大道这边的路灯不亮"),
    ("睦岗街道大龙路的路灯全部不亮，请尽快派人维修，晚上很黑。", "求助", "端州区睦岗街道大龙路路灯全部不亮"),
    ("请问初级会计证在哪里领取？可以代领吗", "咨询", "咨询初级会计证在哪里领取"),
    ("建议社区饭堂每天开放晚餐，老人家吃饭不方便。", "建议", "社区饭堂每天开放晚餐"),
    ("我们小区的电梯一个月坏五次，物业就是不修", "投诉", "小区的电梯一个月坏五次"),
]


@pytest.mark.parametrize(("text", "nature", "title"), TITLES)
def test_title(text, nature, title):
    assert form(text, nature=nature)["title"].value == title


LONG = (
    "我昨天在端州区城东街道星湖大道花园小区物业服务中心门口看到有人把很多很多的建筑垃圾和生活垃圾全部堆放在消防通道上面没有人管，"
    * 3
)


def test_a_title_is_never_longer_than_thirty_and_ends_with_a_word():
    title = form(LONG)["title"].value
    assert len(title) <= 30
    assert not title.endswith(("的", "了", "和", "在", "，"))


# text, nature, summary
SUMMARIES = [
    (
        "喂，你好，我姓李，嗯，就是说我们小区的电梯坏了半个月啦，找过物业，物业说没钱修。电话13800138000。谢谢。",
        "投诉",
        "市民反映：小区的电梯坏了半个月，找过物业，物业说没钱修。",
    ),
    (
        "我哋门口嘅路灯唔着，冇人嚟修。唔该。",
        "求助",
        "市民求助：市民门口的路灯不着，没有人来修。",
    ),
    (
        "你好，请问居住证怎么办理？我在四会上班。",
        "咨询",
        "市民咨询：居住证怎么办理？市民在四会上班。",
    ),
    (
        "李女士，昨晚楼下很吵。昨晚楼下很吵。你们能不能管一管啊？",
        "投诉",
        "李女士反映：昨晚楼下很吵。有关部门能不能管一管？",
    ),
]


@pytest.mark.parametrize(("text", "nature", "summary"), SUMMARIES)
def test_summary_is_written_style(text, nature, summary):
    assert form(text, nature=nature)["summary"].value == summary


def test_a_long_story_keeps_to_four_hundred():
    summary = form(
        "路灯不亮已经很久了，晚上走路很危险。" * 3
        + "".join(f"第{n}次打电话给城管，都说会来修，没有人来。" for n in range(40))
    )
    assert len(summary["summary"].value) <= 400
    assert summary["summary"].value.startswith("市民反映：路灯不亮已经很久了")


# text, nature, demand
DEMANDS = [
    ("路灯坏了，希望尽快处理。", "投诉", "要求尽快处理"),
    ("麻烦你们派人来修一下路灯，谢谢", "求助", "要求派人来修一下路灯"),
    ("请问居住证怎么办理？", "咨询", "咨询居住证怎么办理"),
    ("建议在路口装一个红绿灯。", "建议", "建议在路口装一个红绿灯"),
    ("要求退还定金5000元，并赔礼道歉，当时老板态度很差", "投诉", "要求退还定金5000元，并赔礼道歉"),
    ("我女儿被同学打了，申请了转学，学校不理", "求助", "要求核实处理"),
    ("楼下天天吵。", "投诉", "要求核实处理"),
    ("初级会计证在哪里领取", "咨询", "咨询初级会计证在哪里领取"),
]


@pytest.mark.parametrize(("text", "nature", "demand"), DEMANDS)
def test_demand_is_a_short_phrase(text, nature, demand):
    assert form(text, nature=nature)["demand"].value == demand


def test_without_a_nature_no_demand_is_supposed():
    assert form("楼下天天吵。")["demand"] is None


# text, digits
PHONES = [
    ("电话13800138000", "13800138000"),
    ("我电话幺三八零零幺三八零零零", "13800138000"),
    ("手机幺三八，零零幺三，八零零零", "13800138000"),
    ("电话一三八 零零一三 八零零零", "13800138000"),
    ("打138 0013 8000", "13800138000"),
    ("座机0758-2812345", "07582812345"),
    ("联系电话137****2208", "137****2208"),
    ("老板的电话13800138000", None),
    ("工单号20260313800138000", None),
    ("等了一百三十八天", None),
]


@pytest.mark.parametrize(("text", "digits"), PHONES)
def test_phone(text, digits):
    found = form(text)["phone"]
    assert (found.value if found else None) == digits


def test_a_phone_in_groups_over_several_turns():
    said = ["幺三八", "零零幺三", "八零零零"]
    echoed = [{"who": who, "text": words} for words in said for who in ("caller", "agent")]
    found = form(turns=[{"who": "agent", "text": "您电话多少？"}, *echoed])["phone"]
    assert found.value == "13800138000"


# text, person
PERSONS = [
    ("免贵姓黎，住在星湖大道", "黎"),
    ("我姓欧，路灯坏了", "欧"),
    ("本人陈志强，反映路灯不亮", "陈志强"),
    ("联系人：王小姐，路灯不亮", "王小姐"),
    ("我是新来的，路灯不亮", None),
    ("姓名可以不填吗", None),
]


@pytest.mark.parametrize(("text", "person"), PERSONS)
def test_person(text, person):
    found = form(text)["person"]
    assert (found.value if found else None) == person


# text, confidential, callback
WISHES = [
    ("请帮我保密，不要说是我举报的", "是", None),
    ("我要匿名举报", "是", None),
    ("不用给我回复了", None, "否"),
    ("处理完请给我回个电话", None, "是"),
    ("打我手机就行", None, "是"),
    ("合同里有保密条款，老板不给我看", None, None),
]


@pytest.mark.parametrize(("text", "confidential", "callback"), WISHES)
def test_secrecy_and_callback(text, confidential, callback):
    found = form(text)
    assert (found["confidential"].value if found["confidential"] else None) == confidential
    assert (found["callback"].value if found["callback"] else None) == callback


TEXT = "云栖台昨天晚上十点还在打桩，恒发建筑很吵，电话幺三八零零幺三八零零零"


def span(words, confidence=0.9):
    start = TEXT.index(words)
    return Span(start, start + len(words), confidence)


def test_a_taggers_span_wins_and_is_normalised():
    spans = {"location": span("云栖台"), "time": span("昨天晚上十点"), "target": span("恒发建筑")}
    found = form(TEXT, spans=spans | {"phone": span("幺三八零零幺三八零零零")})
    assert (found["location"].value, found["location"].confidence) == ("云栖台", 0.9)
    assert found["event_time"].value == found["time"].value == "2026-11-21T22:00:00"
    assert found["target"].value == "恒发建筑"
    assert found["phone"].value == "13800138000"


def test_an_unsure_span_and_one_taken_back_give_way_to_the_rules():
    assert (
        form(TEXT, spans={"location": span("打桩", 0.4)})["location"]
        != form(TEXT, spans={"location": span("打桩")})["location"]
    )
    text = "在城东街道，不对，是城西街道"
    taken_back = form(text, spans={"location": Span(1, 5, 0.9)})["location"]
    assert taken_back.value == "肇庆市端州区城西街道"


def test_agents_confirmed_place_is_in_the_summary():
    turns = [
        {"who": "caller", "text": "路灯不亮了。"},
        {"who": "agent", "text": "您是在星湖大道12号对吗？"},
        {"who": "caller", "text": "对，快点来。"},
    ]
    assert "经确认，在星湖大道12号。" in form(turns=turns)["summary"].value
