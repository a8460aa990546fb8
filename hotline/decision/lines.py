"""Fitting the decision's lines on calibration tickets: a promised precision instead of a threshold set by hand.

The set is split conformal on the lead: the floor of probability above which the right lead lies at the promised
rate, for departments with enough tickets a floor of their own. The auto line is the lowest at which tickets above it keep the promised precision.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from math import floor, log
from typing import Any

from hotline.decision.decide import Lines
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
        return road.decide_all(calls, readings)

    lines = Lines(auto=0.0, floor=0.0)
    lines = replace(lines, doubted=_doubted(suggestions_at, tickets, lines))
    lines = replace(lines, answer=_answer_line(suggestions_at, tickets, lines))
    suggestions = suggestions_at(lines)
    scores = _scores(suggestions, tickets)
    lines = replace(
        lines,
        floor=_quantile([p for own in scores.values() for p in own], coverage),
        floors={code: _quantile(own, coverage) for code, own in sorted(scores.items()) if len(own) >= ENOUGH},
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


def _scores(suggestions, tickets) -> dict[str, list[float]]:
    """For each department the probability it got on the tickets that are its own (of several acceptable, the likeliest)."""
    out: dict[str, list[float]] = defaultdict(list)
    for suggestion, ticket in zip(suggestions, tickets, strict=True):
        given = {lead["code"]: lead["probability"] for lead in suggestion["leads"]}
        best = max(ticket["gold"]["lead"], key=lambda code: given.get(code, 0.0), default=None)
        if best is not None:
            out[best].append(given.get(best, 0.0))
    return out


def _quantile(scores: Sequence[float], coverage: float) -> float:
    """The conformal quantile: all but 1 − coverage of the tickets give the right lead at least this probability."""
    rank = max(0, floor((len(scores) + 1) * (1 - coverage)) - 1)
    return round(max(sorted(scores)[rank], 0.005), 4)


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
