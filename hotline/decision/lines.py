"""Fitting the decision's lines on calibration tickets: a promised precision instead of a threshold set by hand.

The set is split conformal on the lead: the floor of probability above which the right lead lies at the promised
rate. The auto line is the lowest at which tickets above it keep the promised precision.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from math import floor, log

from hotline.decision.decide import Lines
from hotline.decision.evaluation import judge, without_gold
from hotline.decision.suggester import Road


def fit_lines(
    road: Road, tickets: Sequence[Mapping], *, precision: float = 0.9, coverage: float = 0.95
) -> dict[str, float]:
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
    lines = replace(lines, floor=_floor(suggestions, tickets, coverage), auto=_auto(suggestions, tickets, precision))
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


def _floor(suggestions, tickets, coverage: float) -> float:
    """The conformal quantile: all but 1 − coverage of the tickets give an acceptable lead at least this probability."""
    scores = sorted(
        max(
            (lead["probability"] for lead in suggestion["leads"] if lead["code"] in ticket["gold"]["lead"]), default=0.0
        )
        for suggestion, ticket in zip(suggestions, tickets, strict=True)
        if ticket["gold"]["lead"]
    )
    rank = max(0, floor((len(scores) + 1) * (1 - coverage)) - 1)
    return max(scores[rank], 0.005)


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
