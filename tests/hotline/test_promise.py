"""Keeping score: suggestions against what tickets came to, exact intervals, and who is to blame when a promise breaks."""

from datetime import timedelta

import pytest

import catalogue
from hotline.cli import build
from hotline.database import now
from hotline.tickets.promise import clopper_pearson, keep, score, words
from tests.hotline.factories import SuggestionFactory, TicketFactory

PROMISED = {"precision": 0.9, "coverage": 0.95}
LAMP, NOISE = "03050101", "04020138"


def settled(db, *, lead: str = "CGJ", suggested: str = "CGJ", matter: str = LAMP, verdict: str = "dispatch", **ticket):
    """A ticket that was suggested to one lead and ended at another."""
    made = TicketFactory.create(db, lead=lead, verdict=verdict, **{"state": "dispatched", **ticket})
    payload = {
        "verdict": verdict, "leads": [{"code": suggested}], "set": [suggested, "ZJJ"], "matters": [{"code": matter}],
    }  # fmt: skip
    made.suggestion_id = SuggestionFactory.create(db, ticket_id=made.id, payload=payload).id
    db.add(made)
    db.commit()


# hits, tickets, low, high: R's binom.test
INTERVALS = [
    (0, 0, 0.0, 1.0),
    (0, 10, 0.0, 0.3085),
    (10, 10, 0.6915, 1.0),
    (8, 10, 0.4439, 0.9748),
    (90, 100, 0.8238, 0.9510),
]


@pytest.mark.parametrize(("hits", "tickets", "low", "high"), INTERVALS)
def test_the_exact_interval(hits, tickets, low, high):
    assert clopper_pearson(hits, tickets) == pytest.approx((low, high), abs=1e-4)


VERDICTS = [
    (0, 0, "too few"),
    (10, 10, "too few"),
    (5, 10, "broken"),
    (95, 100, "kept"),
    (88, 100, "kept"),
    (80, 100, "broken"),
]


@pytest.mark.parametrize(("hits", "tickets", "verdict"), VERDICTS)
def test_a_promise_is_kept_broken_or_not_to_be_told(hits, tickets, verdict):
    assert keep(0.9, [True] * hits + [False] * (tickets - hits)).verdict == verdict


def test_nothing_settled_is_too_few(db):
    found = score(db, promised=PROMISED)
    assert (found.tickets, found.share) == (0, 0.0)
    assert {kept.verdict for kept in found.promises.values()} == {"too few"}


def test_what_counts_and_what_does_not(db):
    settled(db)
    settled(db, lead="ZJJ")
    settled(db, verdict="review")
    settled(db, lead="GAJ", verdict="review")
    settled(db, state="transferred")
    for state in ("pending", "joint", "asking", "answered"):
        settled(db, state=state)
    settled(db, received_at=now() - timedelta(days=31))
    TicketFactory.create(db, state="dispatched")
    db.commit()
    found = score(db, promised=PROMISED)
    assert (found.tickets, found.share) == (5, 0.6)
    precision, coverage = found.promises["precision"], found.promises["coverage"]
    assert (precision.hits, precision.tickets) == (1, 3), "right, changed, and one that had to leave the hotline"
    assert (coverage.hits, coverage.tickets) == (3, 4), "the set held the second lead of the changed one"
    assert score(db, promised=PROMISED, days=60).tickets == 6


def test_a_broken_promise_names_the_matters_to_blame(db):
    for _ in range(40):
        settled(db)
    for number in range(20):
        settled(db, matter=NOISE, suggested="GAJ", lead="CGJ" if number < 15 else "GAJ")
    found = score(db, promised=PROMISED)
    assert found.promises["precision"].verdict == "broken"
    assert [(one.matter, one.tickets, one.misses, one.excess) for one in found.blame] == [(NOISE[:6], 20, 15, 13.0)]
    assert "噪声污染：直派 20 件，错 15 件，比承诺多 13.0 件" in words(found, catalogue.load())[-1]


def test_a_kept_promise_blames_nobody(db):
    for number in range(60):
        settled(db, lead="ZJJ" if number < 3 else "CGJ")
    found = score(db, promised=PROMISED)
    assert found.promises["precision"].verdict == "kept" and not found.blame


def test_the_command_says_the_score(runner, monkeypatch, tmp_path):
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    said = runner.invoke(build(), ["models", "score"]).output
    assert "最近 30 天" in said and "件数太少，说不准" in said
