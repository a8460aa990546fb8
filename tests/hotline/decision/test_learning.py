"""Learning from a city's closed tickets: better is put into use, anything else is not, and the shipped reader stays beneath."""

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

import catalogue
from catalogue.errors import HotlineError
from catalogue.loading import forget
from hotline.cli import build
from hotline.decision.in_use import localised
from hotline.decision.leads import weigh
from hotline.decision.learning import SUSPECTS, compare, gathered, judge, learn, learning_curve, report_lines, shipped
from models.history_chunks import LessonMaker
from models.label_check import near_copies, suspects
from models.local import LocalConfig, LocalHead, fit, hashed_grams
from models.reader import PRETRAINED
from models.shelf import SHIPPED, Shelf
from models.vectors import TermVectors
from tests.models.histories import STORIES, WordReader, city_rows, row, surveyed, write


@pytest.fixture(scope="module")
def vectors() -> TermVectors:
    return TermVectors.load(PRETRAINED / "vectors.npz")


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    return Shelf(tmp_path / "models", weights=tmp_path / "weights")


@pytest.fixture
def taught(tmp_path, vectors, shelf):
    """Learn from rows with the twin of the reader."""
    return lambda rows, reader=None: learn(
        write(tmp_path / "h.csv", rows), reader=reader or WordReader(), vectors=vectors, shelf=shelf
    )


def lessons_of(rows, vectors, tmp_path):
    """Lessons of some rows, and what made them."""
    found = surveyed(write(tmp_path / "some.csv", rows))
    maker = LessonMaker(reader=WordReader(), vectors=vectors, config=LocalConfig())
    return maker.encode_rows(found, np.sort(found.rows), folder=tmp_path / "some"), maker


def test_without_tickets_the_head_is_the_shipped_reader(tmp_path, vectors):
    lessons, maker = lessons_of(city_rows(60), vectors, tmp_path)
    head = fit(lessons.take(np.zeros(0, dtype=int)), frame=maker.frame, config=LocalConfig())
    assert head.scale == 1
    assert np.allclose(head.probabilities(lessons.features), shipped(lessons), rtol=1e-5, atol=1e-9)


def test_the_same_tickets_give_the_same_head_which_survives_saving(tmp_path, vectors):
    lessons, maker = lessons_of(city_rows(120), vectors, tmp_path)
    one, other = (fit(lessons, frame=maker.frame, config=LocalConfig()) for _ in range(2))
    assert np.array_equal(one.dense, other.dense) and one.scale == other.scale
    one.save(tmp_path / "head")
    again = LocalHead.load(tmp_path / "head")
    assert np.allclose(one.probabilities(lessons.features), again.probabilities(lessons.features), atol=0.01)


def test_a_broken_head_is_said(tmp_path):
    (tmp_path / "local.json").write_text("{}")
    with pytest.raises(HotlineError, match="读不出来"):
        LocalHead.load(tmp_path)


def test_the_unit_that_handed_a_ticket_back_loses_and_a_returned_ticket_counts_less(tmp_path, vectors):
    dog = next(story for story in STORIES if "狗" in story).format("星湖路")
    rows = [row(dog, "城管局", returns=3), row(dog, "城管局", returns=3, refused="公安局、住建局")] * 4
    lessons, maker = lessons_of(rows, vectors, tmp_path)
    assert lessons.weights.tolist() == [0.25] * 8
    police, urban = (maker.frame.leads.index(code) for code in ("GAJ", "CGJ"))
    assert lessons.refused[:, police].tolist() == [False, True] * 4
    plain, told = (
        fit(lessons.take(np.arange(at, 8, 2)), frame=maker.frame, config=LocalConfig()).probabilities(lessons.features)[
            0
        ]
        for at in (0, 1)
    )
    assert told[police] < plain[police]
    assert plain[urban] > shipped(lessons)[0, urban]


def test_a_city_of_other_habits_is_learnt_and_put_into_use(taught, shelf):
    result = taught(city_rows())
    assert result["promoted"] and shelf.current().name == result["version"]
    right = result["figures"]["accuracy@1"]
    assert right["before"] < 0.8 and right["after"] > 0.95 and right["low"] > 0
    assert result["history"]["held_out"] + result["history"]["learnt"] + result["history"]["near_copies"] == 240
    assert "已采用" in report_lines(result)[-1]
    assert not list((shelf.home / ".encoding").iterdir()), "encoded texts outlive their use"


def follows_the_list() -> list[tuple]:
    """A city that does as the list says."""
    return [(*line[:2], "公安局", *line[3:]) if "狗" in line[1] else line for line in city_rows()]


def test_what_is_no_better_is_kept_and_not_used(taught, shelf):
    rows, rng = follows_the_list(), random.Random(0)
    leads = [line[2] for line in rows]
    rng.shuffle(leads)
    result = taught([(*line[:2], lead, *line[3:5], "") for line, lead in zip(rows, leads, strict=True)])
    assert not result["promoted"] and shelf.current().name == SHIPPED
    assert result["version"] in [version.name for version in shelf.versions()]
    assert "未采用" in report_lines(result)[-1] and "没有确实变好" in report_lines(result)[-1]


def test_a_label_that_stands_against_all_others_is_listed_and_not_dropped(taught, shelf):
    rows = city_rows()
    planted = [at for at, line in enumerate(rows) if "路灯" in line[1]][5:20:5]
    for at in planted:
        rows[at] = (*rows[at][:2], "人社局", *rows[at][3:])
    result = taught(rows)
    listed = {one["row"]: one for one in result["suspects"]}
    assert {at + 2 for at in planted} <= listed.keys()
    assert listed[planted[0] + 2]["lead"] == "人社局" and listed[planted[0] + 2]["suggested"] == "城管局"
    table = (shelf.find(result["version"]).folder / SUSPECTS).read_text(encoding="utf-8-sig").splitlines()
    assert table[0].startswith("行号,现主办,建议主办") and len(table) == len(listed) + 1
    assert not any("路灯" in line for line in table), "a citizen's words leave the file"


class NaNReader(WordReader):
    """A reader whose numbers are broken."""

    def probabilities(self, texts):
        """NaN everywhere."""
        return {head: values * np.nan for head, values in super().probabilities(texts).items()}


def test_training_that_breaks_changes_nothing(taught, shelf):
    first = taught(city_rows())["version"]
    with pytest.raises(HotlineError, match=r"NaN.*仍用原来的模型"):
        taught(city_rows(120), NaNReader())
    assert shelf.current().name == first
    assert [version.name for version in shelf.versions()] == [SHIPPED, first]


def test_a_refused_history_changes_nothing(taught, shelf):
    with pytest.raises(HotlineError, match="至少要 50 件"):
        taught(city_rows(1))
    assert not shelf.home.exists()


def test_near_copies_of_a_test_ticket_are_not_learnt():
    texts = [
        "星湖路的路灯坏了三天没有人修晚上很黑",
        "饭店老板拖欠工资三个月一直不给",
        "星湖路的路灯坏了三天没有人修晚上很黑啊",
    ]
    grams = hashed_grams(texts, LocalConfig())
    assert near_copies(grams[:2], grams[2:]).tolist() == [True, False]


def test_a_suspect_is_what_the_confident_contradict():
    # Ten of each lead, seen at 0.9; the last of lead 1 is seen as lead 0.
    probabilities = np.array([[0.9, 0.1]] * 10 + [[0.1, 0.9]] * 9 + [[0.95, 0.05]])
    found = suspects(probabilities, np.array([0] * 10 + [1] * 10))
    assert [(one.position, one.label, one.suggestion) for one in found] == [(19, 1, 0)]


FIGURES = [
    # accuracy (difference, low), log loss (difference, high) → promoted
    ((0.05, 0.01), (0.1, 0.2), True),
    ((0.0, -0.01), (-0.2, -0.1), True),
    ((0.01, -0.01), (-0.2, 0.1), False),
    ((-0.01, -0.03), (-0.2, -0.1), False),
    ((0.0, 0.0), (0.0, 0.0), False),
]


@pytest.mark.parametrize(("right", "loss", "promoted"), FIGURES)
def test_only_what_is_surely_better_is_promoted(right, loss, promoted):
    figures = {
        "accuracy@1": {"difference": right[0], "low": right[1]},
        "log loss": {"difference": loss[0], "high": loss[1]},
    }
    assert judge(figures)[0] is promoted


def test_figures_of_the_same_tickets_before_and_after():
    leads = np.array([0, 1, 2, 3])
    before = np.tile([0.4, 0.3, 0.2, 0.1], (4, 1))
    figures = compare(before, np.eye(4) * 0.96 + 0.01, leads)
    assert (figures["accuracy@1"]["before"], figures["accuracy@1"]["after"]) == (0.25, 1.0)
    assert (figures["accuracy@3"]["before"], figures["accuracy@3"]["difference"]) == (0.75, 0.25)
    assert figures["log loss"]["high"] < 0


def test_the_curve_begins_at_the_shipped_reader_and_rises(tmp_path, vectors, shelf):
    path = write(tmp_path / "h.csv", city_rows(480))
    with gathered(path, reader=WordReader(), vectors=vectors, home=shelf.home) as data:
        curve = learning_curve(data)
    right = [point["figures"]["accuracy@1"] for point in curve]
    assert [point["tickets"] for point in curve][:3] == [0, 100, 300]
    assert right[0]["difference"] == 0 and right[-1]["after"] > right[0]["after"]


def test_a_ruling_of_the_meeting_stands_above_local_habit():
    lists = catalogue.load()
    clause = next(clause for clause in lists.cases("040201") if clause.lead == "GAJ" and clause.sure)
    weighed = weigh({clause.id: 1.0}, catalogue=lists, facts={})
    factors = {code: 1.0 for code in lists.departments} | {"CGJ": 1e9}
    assert next(iter(localised(weighed, factors).leads)) == "CGJ"
    assert localised(weighed, factors).matters == weighed.matters
    ruling = replace(clause, id="R-1", lead="STHJJ")
    ruled = weigh({clause.id: 1.0}, catalogue=lists, facts={}, overlay=[ruling])
    assert next(iter(localised(ruled, factors).leads)) == "STHJJ"


@pytest.fixture
def office(runner, monkeypatch, tmp_path):
    """Run a command in an office of its own; what it printed, as data where it is JSON."""
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))

    def run(*words: object):
        result = runner.invoke(build(), [*map(str, words)])
        assert not result.exception or isinstance(result.exception, (SystemExit, HotlineError)), result.output
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return json.loads(result.stdout) if "--json" in words else result.stdout

    yield run
    forget()


def exemplar_history(path, count: int = 600):
    """Exemplars as a city's tickets of six months, all about dogs closed by the urban management."""
    lists, rng = catalogue.load(), random.Random(1)
    rows = [(line, lists.clause_for(line.matter, line.facts)) for line in lists.exemplars()]
    dogs = [(line.text, "城管局") for line, clause in rows if clause and "犬" in lists.matters[line.matter].name]
    rest = [(line.text, lists.short(clause.lead)) for line, clause in rows if clause]
    chosen = dogs + rng.sample(rest, count - len(dogs))
    rng.shuffle(chosen)
    day = date(2026, 1, 1)
    return write(path, [row(*pair, str(day + timedelta(days=at * 180 // count))) for at, pair in enumerate(chosen)])


@pytest.mark.slow
def test_the_office_trains_looks_and_goes_back(office, tmp_path):
    history = exemplar_history(tmp_path / "历史.xlsx")
    learnt = office("train", "--history", history, "--json")
    assert (
        learnt["history"]["tickets"] == 600
        and learnt["figures"]["log loss"]["after"] < learnt["figures"]["log loss"]["before"]
    )
    versions = {one["version"]: one for one in office("models", "list", "--json")}
    assert versions.keys() == {"shipped", learnt["version"]}
    assert versions[learnt["version"]]["current"] is learnt["promoted"]
    assert office("models", "use", learnt["version"], "--json") == {"current": learnt["version"]}
    assert office("models", "rollback", "--json") == {"current": "shipped"}
    assert office("models", "list").startswith("*  shipped")
