"""Exemplars that sound alike are found; those that only share a topic are not."""

import pytest

from catalogue.exemplar_check import alike

SAME = [
    ("楼下烧烤店每天晚上油烟很大，窗户都不敢开", "楼下烧烤店每天晚上油烟很大，窗户都不敢打开"),
    ("路灯坏了半个月没人修", "路灯坏了半个月，没人修！"),
]
OTHER = [
    ("楼下烧烤店每天晚上油烟很大，窗户都不敢开", "隔壁大排档炒菜的烟全飘进我家卧室，孩子咳了一星期"),
    ("小区里面的路灯坏了", "马路上的路灯坏了好几盏，晚上骑车看不见"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_nearly_the_same_words_are_found(one, other):
    assert [(a, b) for a, b, _ in alike([one, "完全不相干的一句话在这里", other])] == [(0, 2)]


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_one_topic_in_other_words_is_no_duplicate(one, other):
    assert alike([one, other]) == []
