"""拆单: which calls are several tickets and which are one. Extend the tables with what callers say."""

import re

import pytest

import catalogue
from models.reading import Call
from models.splitting import part_calls, split

# A reader for tests: the share of each matter's words in a text.
WORDS = {
    "030501": "路灯|井盖|照明",
    "030302": "垃圾|清运|保洁",
    "030303": "违建|加建|铁皮房",
    "030602": "电梯|物业|保安",
    "030703": "占道|摆摊|流动摊",
    "040201": "噪音|扰民|太吵|很吵|广场舞",
    "050204": "公交",
    "051111": "违停|乱停",
    "080101": "社保|养老金",
    "090403": "停水|水压|停电",
    "010203": "入学|学位|派位",
    "070201": "身份证|户口",
    "080501": "工资|欠薪",
}


def matters(text):
    counts = {code: len(re.findall(words, text)) for code, words in WORDS.items()}
    whole = sum(counts.values())
    return {code: count / whole for code, count in counts.items() if count}


# text, the matters of its tickets in order
SEVERAL = [
    ("星湖大道路灯坏了半个月没人修。另外，门口的垃圾也没有人清运，臭气熏天。", ("030501", "030302")),
    ("1、小区门口路灯坏了一个多月；2、垃圾每天都没人清运很臭；3、隔壁工地晚上噪音扰民睡不着。", ("030501", "030302", "040201")),
    ("一是楼下流动摊贩天天占道摆摊，二是路边汽车乱停乱放没人管，请处理。", ("030703", "051111")),
    ("第一，我们村的公交半天没有一班车。第二，村口的垃圾池满了半个月没人清。", ("050204", "030302")),
    ("我想问社保断缴了能不能补缴。顺便问一下小孩明年入学的学位怎么派。", ("080101", "010203")),
    ("楼下广场舞每晚都很吵，影响休息。还有一个事，三楼有人违建加建铁皮房。", ("040201", "030303")),
    ("我家停水三天了没有人通知。还有就是路口的井盖破了，差点摔到人。", ("090403", "030501")),
    ("公司拖欠我三个月工资一直不发。再反映一个，厂门口路灯全部不亮了。", ("080501", "030501")),
    ("首先反映小区电梯天天坏物业不修；其次小区门口的车违停堵住消防通道。", ("030602", "051111")),
    ("（1）人行道上路灯不亮已经两个月（2）旁边烧烤摊占道摆摊油烟很大", ("030501", "030703")),
    ("①公交站牌倒了半年没人扶起来②站台后面垃圾堆成山没人清运", ("050204", "030302")),
    ("路灯坏了几个月晚上一片漆黑\n\n隔壁工地噪音扰民一直到凌晨", ("030501", "040201")),
    ("身份证到期了要去哪里换领呢？另外社保卡上的养老金怎么查询？", ("070201", "080101")),
    ("我要投诉楼上加建铁皮房是违建。此外，楼下的摊贩占道摆摊也没人管。", ("030303", "030703")),
    ("小区停电一整天没有人来修。还想问一下公交改线以后站点在哪里。", ("090403", "050204")),
    ("物业电梯坏了不修很久了。还有，小区外面的路灯也全部不亮了。", ("030602", "030501")),
    ("工地半夜施工噪音很吵睡不着，顺带反映一下工地门口垃圾成堆没人清运", ("040201", "030302")),
    ("路灯不亮已经反映过三次了。另外垃圾没人清运非常臭。再说一下路灯，灯杆照明也漏电了很危险。", ("030501", "030302")),
    ("我系问下社保几时可以补缴㗎。仲有一样嘢，巷口路灯成个月唔着。", ("080101", "030501")),
    ("小区的水压很低经常停水。最后再反映一个，门口乱停的车挡住了出口。", ("090403", "051111")),
]  # fmt: skip

ONE = [
    "物业收费不透明：1、电梯经常坏没有人修；2、物业保安经常不在岗；3、物业不公布账目。",
    "星湖大道路灯坏了半个月没人修，晚上很黑，还有老人摔跤了。",
    "1、路灯坏了。2、垃圾很多。",
    "楼下很吵，另外一户人家也说受不了广场舞的噪音。",
    "电梯坏了半个月。另外，物业的保安态度很差，电梯里也没有人打扫。",
    "我反映过三次垃圾没人清运，一是打给社区，二是打给城管，三是打给环卫，都没有人来清运垃圾。",
    "路灯坏了，顺便问一下什么时候能修好这些路灯？",
    "工地噪音扰民一个月了。还有，请问你们什么时候给我回复？",
    "第一次打电话说会修路灯，第二次打电话又说没有材料修路灯。",
    "公司拖欠工资三个月，另外同事十几个人也没有领到工资。",
    "停水三天了，一家老小没有水用，另外希望尽快恢复供水不要再停水。",
    "你好，我想咨询社保怎么补缴，需要什么材料，在哪里办理？",
]


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_different_matters_are_different_tickets(text, expected):
    call = Call.of(text=text)
    parts = split(call, matters=matters)
    assert tuple(part.matter for part in parts) == expected
    spans = sorted(span for part in parts for span in part.spans)
    assert "".join(text[start:end] for start, end in spans) == text


@pytest.mark.parametrize("text", ONE)
def test_details_of_one_matter_stay_one_ticket(text):
    assert len(split(Call.of(text=text), matters=matters)) == 1


TURNS = [
    {"who": "agent", "text": "您好，请讲。"},
    {"who": "caller", "text": "6月3日开始黄岗街道建设三路的路灯全部不亮，很危险，我姓李。"},
    {"who": "agent", "text": "好的，已经登记，请问还有其他问题吗？"},
    {"who": "caller", "text": "有，门口的垃圾站没人清运，臭得很。"},
]


def test_the_agents_question_for_more_parts_the_turns():
    parts = split(Call.of(turns=TURNS), matters=matters)
    assert [part.matter for part in parts] == ["030501", "030302"]


def test_what_was_said_once_belongs_to_all():
    gazetteer = catalogue.load().gazetteer
    call = Call.of(turns=TURNS)
    lamps, refuse = part_calls(call, split(call, matters=matters), gazetteer=gazetteer)
    assert "路灯" in lamps.text and "垃圾" not in lamps.text
    assert refuse.text.startswith("黄岗街道建设三路，6月3日开始，") and "路灯" not in refuse.text
    assert "联系人李" in refuse.text


def test_a_day_said_with_a_later_part_is_that_parts_own():
    text = "星湖大道路灯坏了半个月没人修。另外，昨天门口的垃圾没有人清运，臭气熏天。"
    call = Call.of(text=text)
    first, _ = part_calls(call, split(call, matters=matters), gazetteer=catalogue.load().gazetteer)
    assert "昨天" not in first.text


def test_each_part_keeps_its_own_place():
    text = "星湖大道路灯坏了半个月没人修。另外，端州大道的垃圾也没有人清运，臭气熏天。"
    call = Call.of(text=text)
    first, second = part_calls(call, split(call, matters=matters), gazetteer=catalogue.load().gazetteer)
    assert "端州大道" not in first.text and "星湖大道" not in second.text


def test_a_general_question_gets_no_place():
    text = "端州区星湖大道路灯坏了半个月没人修。顺便问一下，社保断缴了可以补缴吗？"
    call = Call.of(text=text)
    _, question = part_calls(call, split(call, matters=matters), gazetteer=catalogue.load().gazetteer)
    assert "星湖大道" not in question.text


def test_one_matter_is_the_call_itself():
    call = Call.of(text=ONE[0])
    assert part_calls(call, split(call, matters=matters), gazetteer=catalogue.load().gazetteer) == [call]


@pytest.mark.parametrize("text", ["", " ", "啊", "1、2、3、", "另外"])
def test_nothing_to_split(text):
    assert len(split(Call.of(text=text), matters=matters)) == 1
