"""Where a text speaks of. A dispatcher can read and extend the table."""

import pytest

import catalogue

# text, region, town
PLACES = [
    ("我住端州区黄岗街道，楼下路灯不亮", "441202", "黄岗街道"),
    ("禄步镇菜市场门口乱摆卖", "441204", "禄步镇"),
    ("冷坑富康一街晚上很吵", "441224", "冷坑镇"),
    ("大旺这边的工厂排废气", "GX", None),
    ("肇庆新区没有公交车", "XQ", None),
    ("在四会市城区办证", "441284", None),
    # 回龙镇 is in 高要 and in 德庆: undecided until the county is known.
    ("回龙镇的路烂了很久", None, None),
    ("高要区回龙镇的路烂了很久", "441204", "回龙镇"),
    ("德庆回龙镇的路烂了很久", "441226", "回龙镇"),
    # 坑口街道 (鼎湖) is not 坑口镇 (广宁); the bare name is neither.
    ("坑口街道垃圾没人收", "441203", "坑口街道"),
    ("坑口镇垃圾没人收", "441223", "坑口镇"),
    ("坑口这边垃圾没人收", None, None),
    # Ordinary words that hold a name.
    ("小区物业高要求大家交费", None, None),
    ("第四会议室", None, None),
    ("阅江大桥上有散落的垃圾", None, None),
    ("这家店在哪里投诉", None, None),
]


@pytest.mark.parametrize(("text", "region", "town"), PLACES)
def test_region_and_town(text, region, town):
    found = catalogue.load().gazetteer.locate(text)
    assert (found.region, found.town) == (region, town)


def test_shared_name_keeps_its_rivals():
    found = catalogue.load().gazetteer.locate("回龙镇的路烂了很久")
    assert set(found.rivals) == {"441204", "441226"}
    assert found.mention.text == "回龙镇"


def test_known_county_settles_a_shared_name():
    found = catalogue.load().gazetteer.locate("回龙镇的路烂了", region="441226")
    assert (found.region, found.town) == ("441226", "回龙镇")


def test_all_104_towns_are_known():
    towns = {(place.region, place.town) for place in catalogue.load().places if place.kind == "镇街"}
    assert len(towns) == 104
