"""Probabilities over clauses to probabilities over leads: facts move mass, a meeting's ruling takes it."""

from datetime import date

import pytest

import catalogue
from catalogue.entries import Basis, Clause
from hotline.decision.leads import best_question, entropy, weigh


def noise(**mass: float) -> dict[str, float]:
    """Mass on the clauses of 040201 by noise source; `unknown` is the default clause."""
    clauses = catalogue.load().families["040201"]
    source = {
        c.when.get("noise_source", ("unknown",))[0]: c.id for c in reversed(clauses) if set(c.when) <= {"noise_source"}
    }
    return {source[name]: p for name, p in mass.items()}


def test_a_given_fact_settles_the_lead():
    cells = noise(construction=0.4, industrial=0.3, social=0.3)
    weighed = weigh(cells, catalogue=catalogue.load(), facts={"noise_source": "industrial"})
    assert next(iter(weighed.leads)) == "STHJJ"
    assert weighed.leads["STHJJ"] == pytest.approx(1.0)


def test_the_question_is_the_fact_that_separates():
    cells = noise(construction=0.4, industrial=0.3, social=0.3)
    weighed = weigh(cells, catalogue=catalogue.load(), facts={})
    fact, bits = best_question(weighed, catalogue=catalogue.load(), facts={})
    assert fact == "noise_source" and bits > 1


def test_no_question_where_no_answer_changes_the_lead():
    weighed = weigh(noise(construction=1.0), catalogue=catalogue.load(), facts={})
    assert best_question(weighed, catalogue=catalogue.load(), facts={}) is None


def test_ruling_of_the_meeting_takes_the_case_it_covers():
    ruling = Clause(
        id="R-2026-1", matter="040201", lead="CGJ", when={"noise_source": ("commercial",)},
        basis=(Basis(resolution="肇联会〔2026〕1号"),), in_force_from=date(2026, 11, 1),
    )  # fmt: skip
    cells = noise(commercial=0.9, construction=0.1)
    before = weigh(cells, catalogue=catalogue.load(), facts={})
    after = weigh(cells, catalogue=catalogue.load(), facts={}, overlay=[ruling], day=date(2026, 11, 22))
    assert before.unsure > 0.8 and after.unsure < 0.01
    assert next(iter(after.leads)) == "CGJ"
    earlier = weigh(cells, catalogue=catalogue.load(), facts={}, overlay=[ruling], day=date(2026, 10, 1))
    assert earlier.leads == before.leads


def test_entropy_of_a_sure_lead_is_nothing():
    assert entropy({"CGJ": 1.0}) == 0
    assert entropy({"CGJ": 0.5, "GAJ": 0.5}) == 1
