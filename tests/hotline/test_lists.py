"""The two lists on screen, what a change would move, and rulings taken into the lists."""

from dataclasses import replace

import pytest

import catalogue
from catalogue.check import check_lists
from catalogue.entries import Basis, Clause
from catalogue.rulings import rule
from hotline.decision.suggester import load as load_road
from hotline.lists.impact import moved_tickets, open_tickets
from hotline.lists.ruled import with_rulings
from hotline.lists.search import duties_of, search
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.factories import TicketFactory

# what somebody types -> a matter among the first ten
FOUND = {
    "井盖": "井盖",
    "噪声污染": "噪声污染",
    "040201": "噪声污染",
    "zswr": "噪声污染",
    "公积金中心": "公积金",
}


@pytest.mark.parametrize(("query", "name"), FOUND.items())
def test_a_matter_is_found(query, name):
    assert any(name in item.matter.name for item in search(catalogue.load(), query)[:10])


def test_a_law_leads_to_the_clauses_that_rest_on_it():
    found = search(catalogue.load(), "《物业管理条例》")
    assert len(found) > 10
    assert all(any("物业管理条例" in (b.law or "") for b in clause.basis) for item in found for clause in item.clauses)


@pytest.mark.parametrize("query", ["", "   ", "量子引力", "'; drop table", "[", "z" * 500])
def test_what_is_not_there_is_not_found(query):
    assert search(catalogue.load(), query) == []


def test_a_unit_has_all_its_duties():
    lists = catalogue.load()
    duties = duties_of(lists, "CGJ")
    assert len(duties.leads) == sum(clause.lead == "CGJ" for clause in lists.clauses)
    assert all("CGJ" in clause.co for clause in duties.helps)


@ON_SQLITE
def test_pages_show_lists_matter_and_unit(login_as):
    desk = login_as("operator")
    assert "事项目录与职责清单" in desk.page("/catalogue")
    assert "噪声污染" in desk.page("/catalogue?branch=04")
    assert "噪声污染" in desk.page("/catalogue?q=噪声")
    page = desk.page("/catalogue/matters/040201")
    assert "职责条款" in page and "本市四级事项" in page
    assert "主办" in desk.page("/catalogue/units/CGJ") and "端州" in desk.page("/catalogue/units/CGJ-441202")
    assert "按单位查职责" in desk.page("/catalogue/units")
    assert desk.get("/catalogue/matters/123").status_code == 404
    assert desk.get("/catalogue/units/XYZ").status_code == 404


@ON_SQLITE
def test_the_pages_need_a_login(client):
    assert client.get("/catalogue").status_code == 302


def ruling(matter: str, lead: str, when=None, region=None) -> Clause:
    """A ruling of the meeting."""
    basis = (Basis(resolution="肇联会〔2026〕9号", grade="A"),)
    return Clause(id="R-1", matter=matter, lead=lead, when=when or {}, region=region, basis=basis)


def open_clause() -> Clause:
    """A clause of the shipped list that waits for a designation."""
    return next(c for c in catalogue.load().clauses if c.status == "undesignated" and c.when)


@pytest.mark.parametrize("region", [None, "441202"])
@pytest.mark.parametrize("whole", [False, True])
def test_a_ruling_taken_into_the_lists_decides_as_it_did_over_them(region, whole):
    lists, clause = catalogue.load(), open_clause()
    above = ruling(clause.matter, "SWJ", {} if whole else clause.when, region)
    taken = with_rulings(lists, [above])
    own = lists.by_matter[clause.matter]
    for facts in ({f: v[0] for f, v in c.when.items()} for c in own):
        for place in ("441202", "441203"):
            wanted = rule(own, facts=facts, region=place, overlay=[above]).clause.lead
            assert rule(taken.by_matter[clause.matter], facts=facts, region=place).clause.lead == wanted
    assert [fault.text for fault in check_lists(taken)] == []


def test_a_ruling_on_a_heading_covers_its_city_matters():
    lists = catalogue.load()
    taken = with_rulings(lists, [ruling("030705", "STHJJ")])
    assert {clause.lead for clause in taken.families["030705"]} == {"STHJJ"}
    assert taken.families["030302"] == lists.families["030302"]


def test_a_later_ruling_is_written_over_an_earlier_one():
    clause = open_clause()
    both = [ruling(clause.matter, "SWJ", clause.when), ruling(clause.matter, "CGJ", clause.when)]
    taken = with_rulings(catalogue.load(), both)
    assert taken.by_id[clause.id].lead == "CGJ"
    assert replace(taken, clauses=()).matters == catalogue.load().matters


@ON_SQLITE
def test_a_change_shows_which_open_tickets_it_would_move(db):
    road = load_road()
    lamp = TicketFactory.create(db, text="端州区天宁北路路灯坏了三天没人修，晚上一片黑", state="pending")
    TicketFactory.create(db, text="我想问下公积金提取买房要什么材料", state="pending")
    TicketFactory.create(db, text="端州区天宁北路路灯坏了三天没人修，晚上一片黑", state="answered")
    before = road.suggest({"text": lamp.text})["leads"][0]["code"]
    lists = road.catalogue
    moved_to = "SWJT"
    clauses = tuple(replace(c, lead=moved_to) if c.lead == before else c for c in lists.clauses)
    moves = list(moved_tickets(open_tickets(db), road=road, lists=replace(lists, clauses=clauses), session=db))
    assert [(move.number, move.before, move.after) for move in moves] == [(lamp.number, before, moved_to)]
