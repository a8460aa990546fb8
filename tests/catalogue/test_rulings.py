"""Which clause applies, under which facts: the golden table of the duty list."""

import pytest

import catalogue
from catalogue.entries import Clause
from catalogue.rulings import rule

# matter, facts, lead
DUTIES = [
    ("040201", {"noise_source": "construction"}, "ZJJ"),
    ("040201", {"noise_source": "social"}, "GAJ"),
    ("040201", {"noise_source": "industrial"}, "STHJJ"),
    ("040201", {"noise_source": "vehicle"}, "JJZD"),
    ("040202", {"odor_source": "kitchen"}, "CGJ"),
    ("040202", {"odor_source": "factory"}, "STHJJ"),
    ("051111", {"parking_place": "estate"}, "ZJJ"),
    ("051111", {"parking_place": "carriageway"}, "JJZD"),
    ("030501", {"owner": "power"}, "GDJ"),
    ("030501", {}, "CGJ"),
    ("080508", {}, "RSJ"),
    ("070402", {}, "XFZD"),
    ("030202", {}, "ZRZYJ"),
    ("110501", {}, "CZJ"),
]


@pytest.mark.parametrize(("matter", "facts", "lead"), DUTIES)
def test_lead(matter, facts, lead):
    assert rule(catalogue.load().families[matter], facts=facts).clause.lead == lead


def test_missing_facts_are_named():
    ruling = rule(catalogue.load().families["040201"], facts={})
    assert "noise_source" in ruling.missing


ROAD = Clause(id="a-1", matter="a", lead="CGJ")
ESTATE = Clause(id="a-2", matter="a", lead="ZJJ", when={"red_line": ("inside",)})
RULED = Clause(id="R-1", matter="a", lead="GAJ", when={"red_line": ("inside",)}, region="441202")


def test_more_specific_clause_wins():
    assert rule([ROAD, ESTATE], facts={"red_line": "inside"}).clause is ESTATE
    assert rule([ROAD, ESTATE], facts={"red_line": "outside"}).clause is ROAD


def test_meeting_goes_before_the_list_in_its_region_only():
    facts = {"red_line": "inside"}
    assert rule([ROAD, ESTATE], facts=facts, region="441202", overlay=[RULED]).clause is RULED
    assert rule([ROAD, ESTATE], facts=facts, region="441203", overlay=[RULED]).clause is ESTATE


def test_nothing_applies_to_an_unknown_matter():
    assert rule([], facts={}) is None
