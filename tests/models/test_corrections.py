"""What a caller takes back does not count, what he confirms does. Extend the tables with what callers say."""

import pytest

import catalogue
from models.fields import read_form
from models.reading import Call
from models.turns import hear

# text, the field it shows in, words that count, words that do not
CORRECTIONS = [
    ("在城东街道，不对，是城西街道，路灯坏了", "location", "城西街道", "城东"),
    ("我在端州区，哦不对，是鼎湖区坑口街道这边停水", "location", "鼎湖区坑口街道", "端州"),
    ("在睦岗街道，说错了，是黄岗街道建设三路", "location", "黄岗街道建设三路", "睦岗"),
    ("星湖大道，讲错了，端州大道12号路灯不亮", "location", "端州大道12号", "星湖"),
    ("我在星湖大道，说错了，是端州大道", "location", "端州大道", "星湖"),
    ("锦绣花园，记错了，是锦绣家园门口很多垃圾", "location", "锦绣家园门口", "锦绣花园"),
    ("地址不是端州区，是高要区南岸街道", "location", "高要区南岸街道", "端州"),
    ("应该是四会市大沙镇，不是四会市江谷镇", "location", "四会市大沙镇", "江谷"),
    ("怀集县怀城街道，呃，不对不对，是幸福街道", "location", "幸福街道", "怀城"),
    ("白土镇，口误，是金渡镇的市场很脏", "location", "金渡镇", "白土"),
    ("住在锦绣花园3栋，哦说错了是5栋，水管爆了", "location", "5栋", "3栋"),
    ("我住星湖花园2座，不对，是12座", "location", "12座", "花园2座"),
    ("翠星小区6号楼，打错了，是9号楼电梯坏了", "location", "9号楼", "6号楼"),
    ("建设路18号，更正一下，是28号", "location", "28号", "18号"),
    ("昨天，不是昨天，前天晚上很吵", "event_time", "前天晚上", "昨天"),
    ("昨天晚上，哦不对，是前天晚上开始停水的", "event_time", "前天晚上", "昨天"),
    ("6月3号，不，6月13号停的水", "event_time", "6月13号", "6月3号"),
    ("3月份，我是说4月份交的钱", "event_time", "4月份", "3月份"),
    ("上个月，应该是上上个月，工地开始施工", "event_time", "上上个月", "，上个月"),
    ("昨天晚上八点，应该是九点，有人打架", "event_time", "九点", "八点"),
    ("每天早上，不对，是晚上十点开始吵", "event_time", "晚上十点", "早上"),
    ("去年8月，说错了，前年8月交的定金", "event_time", "前年8月", "去年"),
    ("星期三，记错了，是星期四下午断的电", "event_time", "星期四下午", "星期三"),
    ("不是昨天才这样，是上个月就开始漏水了", "event_time", "上个月", "昨天"),
    ("8月5日，我记错了，8月15日下的单", "event_time", "8月15日", "8月5日"),
    ("下午三点，不是三点，四点断的水", "event_time", "四点", "三点"),
    ("我姓李，不对，姓黎，电话没有", "person", "黎", "李"),
    ("我电话13800138000，说错了，是13900139000", "phone", "13900139000", "13800138000"),
    ("电话是13800138000，哦不对，13800138001", "phone", "13800138001", "13800138000"),
    ("琴日，唔系，今朝七点停水", "event_time", "今朝七点", "琴日"),
]  # fmt: skip


def form_of(call):
    return read_form(call, gazetteer=catalogue.load().gazetteer)


def heard(call):
    return hear(call, gazetteer=catalogue.load().gazetteer)


@pytest.mark.parametrize(("text", "field", "counts", "gone"), CORRECTIONS)
def test_a_correction_wins_over_what_it_corrects(text, field, counts, gone):
    call = Call.of(text=text)
    found = form_of(call)[field]
    assert counts in found.value
    assert gone not in found.value
    assert call.text[found.start : found.end] == found.text
    assert gone not in heard(call).text.replace(counts, "")


# Words that look like a correction and are none: nothing is struck.
OPINIONS = [
    "他们这样做不对，是违法的",
    "物业做错了，罚了我200元",
    "不是一天两天了，每天晚上都这样",
    "老板说我不对，是我自己弄坏的",
    "路灯应该是城管管的吧",
    "我不是3栋的业主",
    "派出所说不是他们管，是城管管",
    "医生开错了药，3天了还没退钱",
    "不是要赔多少钱，是要一个说法",
    "从3栋到5栋都没有水",
    "昨天和前天都停电",
]


@pytest.mark.parametrize("text", OPINIONS)
def test_an_opinion_strikes_nothing(text):
    assert heard(Call.of(text=text)).struck == ()


def turns(*words):
    return Call.of(turns=[{"who": "agent" if said[0] == "座" else "caller", "text": said[2:]} for said in words])


# turns, field, its words (None: no such field), whether the agent's words prove it
READ_BACKS = [
    (("座：是端州区吧？", "客：不是，鼎湖区，路灯坏了"), "location", "鼎湖区", False),
    (("座：是黄岗街道对吗？", "客：不对，睦岗街道蓝塘路"), "location", "睦岗街道蓝塘路", False),
    (("客：我家3栋502漏水", "座：是3栋吗？", "客：不对，是翠星小区5栋"), "location", "翠星小区5栋", False),
    (("客：路灯坏了", "座：是星湖大道12号吗？", "客：对的，麻烦快点"), "location", "星湖大道12号", True),
    (("客：很吵", "座：您是在四会市贞山街道是吗？", "客：嗯，是的"), "location", "四会市贞山街道", True),
    (("客：我记一下", "座：电话是13800138000对吗？", "客：对"), "phone", "13800138000", True),
    (("客：电话138开头", "座：电话是13800138000吗？", "客：没错"), "phone", "13800138000", True),
    (("座：电话是13800138000吗？", "客：不是，13900139000"), "phone", "13900139000", False),
    (("座：是昨天晚上八点吗？", "客：是的，一直吵"), "event_time", "昨天晚上八点", True),
    (("座：是昨天停水的吗？", "客：不是，前天"), "event_time", "前天", False),
    (("座：您是李先生对吧？", "客：对，是我"), "person", "李先生", True),
    (("座：请问是城东街道吗？", "客：我不清楚"), "location", None, False),
    (("座：是端州区还是鼎湖区？", "客：是，那边"), "location", None, False),
]


@pytest.mark.parametrize(("said", "field", "words", "by_agent"), READ_BACKS)
def test_a_read_back_counts_as_the_caller_answers_it(said, field, words, by_agent):
    call = turns(*said)
    found = form_of(call)[field]
    assert (found.text if found else None) == words
    if found:
        assert call.of_caller(found.start) != by_agent
        assert (found.confidence >= 0.9) or not by_agent


def test_the_end_of_a_number_is_said_anew():
    call = Call.of(text="我电话13800138000，错了，最后四位是5678")
    found = form_of(call)["phone"]
    assert found.value == "13800135678"
    assert call.text[found.start : found.end] == found.text


def test_what_is_heard_knows_its_places_in_the_call():
    call = turns("座：是3栋吗？", "客：不是，5栋，哦说错了是6栋")
    found = heard(call)
    assert [call.text[at] for at in found.positions if call.of_caller(at)] == list(found.text.strip())
    assert found.text.strip() == "不是，6栋"


def test_a_place_said_around_a_correction_is_put_together():
    call = Call.of(text="住在锦绣花园3栋，哦说错了是5栋，水管爆了")
    found = form_of(call)["location"]
    assert (found.value, found.text) == ("锦绣花园5栋", "锦绣花园3栋，哦说错了是5栋")
