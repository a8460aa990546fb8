"""Fitting the decision's lines on calibration tickets: a promised precision instead of a threshold set by hand.

The set is split conformal on the lead, within bands of the reader's certainty: the floor of probability above which the
right lead lies at the promised rate; departments with enough tickets have a floor of their own. The auto line is the lowest at which tickets above it keep the promised precision.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from math import log
from typing import Any

from scipy.stats import binom

from hotline.decision.decide import BANDS, Lines, band
from hotline.decision.evaluation import judge, without_gold
from hotline.decision.suggester import Road

# Fewer tickets than this say too little of a department's own quantile: the twentieth part of them is two.
ENOUGH = 40


def fit_lines(
    road: Road, tickets: Sequence[Mapping], *, precision: float = 0.9, coverage: float = 0.95
) -> dict[str, Any]:
    """Lines for a road with these weights, as numbers for `model.json`; the tickets' `gold` is not shown to the road."""
    calls = without_gold(tickets)
    readings = road.read_all(calls)

    def suggestions_at(lines: Lines) -> list[dict]:
        road.lines = lines
        return road.decide_all(calls, readings, whole=True)

    lines = Lines(auto=0.0)
    lines = replace(lines, doubted=_doubted(suggestions_at, tickets, lines))
    lines = replace(lines, answer=_answer_line(suggestions_at, tickets, lines))
    suggestions = suggestions_at(lines)
    scores = _scores(suggestions, tickets)
    lines = replace(
        lines,
        floors=tuple(
            quantile([p for _, at, p in scores if at == number], coverage) for number in range(len(BANDS) + 1)
        ),
        own=_own(scores, coverage),
        auto=_auto(suggestions, tickets, precision),
    )
    road.lines = lines
    return asdict(lines)


def _doubted(suggestions_at: Callable[[Lines], list[dict]], tickets, lines: Lines) -> float:
    """The share left to a clause that the words contradict under which the right leads are likeliest."""

    def likelihood(share: float) -> float:
        suggestions = suggestions_at(replace(lines, doubted=share))
        masses = (
            sum(lead["probability"] for lead in suggestion["leads"] if lead["code"] in ticket["gold"]["lead"])
            for suggestion, ticket in zip(suggestions, tickets, strict=True)
            if ticket["gold"]["lead"]
        )
        return sum(log(mass + 0.01) for mass in masses)

    return max((1.0, 0.7, 0.5, 0.35, 0.2, 0.1), key=likelihood)


def _answer_line(suggestions_at: Callable[[Lines], list[dict]], tickets, lines: Lines) -> float:
    """The probability of 咨询 above which answering agrees best with the tickets' verdicts."""

    def agreement(line: float) -> float:
        said = [suggestion["verdict"] == "answer" for suggestion in suggestions_at(replace(lines, answer=line))]
        return sum(one == (t["gold"]["verdict"] == "answer") for one, t in zip(said, tickets, strict=True))

    return max((0.3, 0.4, 0.5, 0.6, 0.7, 0.8), key=agreement)


def _scores(suggestions, tickets) -> list[tuple[str, int, float]]:
    """For each ticket with a gold lead: the acceptable lead likeliest of all, the band of the ticket, its probability."""
    out = []
    for suggestion, ticket in zip(suggestions, tickets, strict=True):
        given = {lead["code"]: lead["probability"] for lead in suggestion["leads"]}
        best = max(ticket["gold"]["lead"], key=lambda code: given.get(code, 0.0), default=None)
        if best is not None:
            out.append((best, band(suggestion["leads"][0]["probability"]), given.get(best, 0.0)))
    return out


def _own(scores: Sequence[tuple[str, int, float]], coverage: float) -> dict[str, float]:
    """Floors of the departments with tickets enough."""
    counts = Counter(code for code, _, _ in scores)
    known = sorted(code for code, count in counts.items() if count >= ENOUGH)
    return {code: quantile([p for lead, _, p in scores if lead == code], coverage) for code in known}


def quantile(scores: Sequence[float], coverage: float, *, trust: float = 0.9) -> float:
    """The floor above which the right lead lies at the promised rate, with `trust` over the draw of the tickets.

    The k-th smallest score covers a Beta-distributed share of fresh tickets; k is the largest for which that share reaches
    the promise with the wanted trust (Vovk 2012, training-conditional validity), the smallest score where none does.
    """
    ordered = sorted(scores)
    best = 0
    for rank in range(1, len(ordered)):
        # P(at least `coverage` of fresh scores lie above the score number `rank`) = P(Binomial(n, 1 − coverage) > rank).
        if binom.sf(rank, len(ordered), 1 - coverage) < trust:
            break
        best = rank
    return round(max(ordered[best], 0.005), 4) if ordered else 0.005


def _auto(suggestions, tickets, precision: float, least: int = 20) -> float:
    """The lowest lead probability at which dispatched tickets keep the promised precision."""
    rows = []
    for suggestion, ticket in zip(suggestions, tickets, strict=True):
        judged = judge(ticket["gold"], suggestion)
        if "auto precision" in judged:
            rows.append((suggestion["leads"][0]["probability"], judged["auto precision"]))
    rows.sort(reverse=True)
    best, hits = 1.0, 0
    for count, (p, right) in enumerate(rows, start=1):
        hits += right
        if count >= least and hits / count >= precision:
            best = p
    return round(best, 4)
