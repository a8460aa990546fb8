"""Nothing is invented: what the form writes comes from the call, and what does not is caught."""

import pytest

import catalogue
from models.fields import read_form
from models.fields.proof import invented
from models.reading import Call

SAID = "我在端州区星湖大道12号，路灯不亮已经三十天了，我姓李，物业说不归他们管，希望尽快修好。"

# what is written, what is caught in it
PLANTED = [
    ("端州区星湖大道路灯不亮，已造成三人受伤", "造成"),
    ("鼎湖区星湖大道路灯不亮", "鼎湖区"),
    ("端州区端州大道路灯不亮", "端州大道"),
    ("星湖花园路灯不亮", "星湖花园"),
    ("星湖大道18号路灯不亮", "18"),
    ("路灯不亮已经40天", "40"),
    ("陈先生反映路灯不亮", "陈先生"),
    ("路灯不亮，万佳物业公司说不归他们管", "公司"),
    ("市民反映交警说不归他们管", "交警"),
    ("要求赔偿损失", "赔偿"),
    ("星湖大道电梯不亮", "电梯"),
    ("黄岗街道星湖大道路灯不亮", "黄岗街道"),
    ("2026年路灯不亮", "2026"),
]


@pytest.mark.parametrize(("written", "caught"), PLANTED)
def test_a_planted_invention_is_caught(written, caught):
    assert any(caught in word or word in caught for word in invented(written, SAID))


# what is written, what was said
PROVEN = [
    ("端州区星湖大道12号路灯不亮", SAID),
    ("市民反映：路灯不亮已经30天了，物业说不归他们管。", SAID),
    ("要求尽快修好", SAID),
    ("肇庆市端州区黄岗街道建设三路", "我在黄岗街道建设三路"),
    ("市民家里停水", "我屋企停水"),
    ("肇庆市四会市大沙镇富溪工业园", "四会大沙镇富溪工业园后面有人倒垃圾"),
    ("每晚10点吵", "每晚十点吵"),
    ("路灯坏了没人修", "路灯坏了，嗯，没人修"),
]


@pytest.mark.parametrize(("written", "said"), PROVEN)
def test_what_was_said_is_proven(written, said):
    assert invented(written, said) == []


def test_no_form_of_an_exemplar_invents_anything():
    lists = catalogue.load()
    exemplars = lists.exemplars()[::100]
    assert len(exemplars) >= 300
    for exemplar in exemplars:
        for nature in ("", exemplar.nature):
            form = read_form(Call.of(text=exemplar.text), gazetteer=lists.gazetteer, nature=nature)
            for name in ("title", "summary", "demand"):
                value = form[name].value if form[name] else ""
                assert invented(value, exemplar.text) == [], f"{exemplar.where} {name}：{value}"


def test_every_proof_is_in_the_call():
    lists = catalogue.load()
    for exemplar in lists.exemplars()[::200]:
        for name, field in read_form(Call.of(text=exemplar.text), gazetteer=lists.gazetteer).items():
            if field:
                assert exemplar.text[field.start : field.end] == field.text, f"{exemplar.where} {name}"
