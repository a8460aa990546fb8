"""The figures of one system on one labelled file: means, calibration of the lead, risk and coverage, set sizes, confusion.

Pure: everything here is arithmetic on what `evaluation.judge` said of every ticket. Intervals are percentile bootstrap
ones over tickets; two systems are compared on the same resamples.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.yardsticks import difference, interval, resamples

BINS = 10


@dataclass(frozen=True)
class Judged:
    """What was said of every ticket: figures by name, and of those with a gold lead how sure the first lead was.

    `sure` and `right` are (tickets,): the probability of the first suggested lead, and whether it is acceptable (1 or 0);
    both are NaN where the gold has no lead.
    """

    rows: Sequence[Mapping[str, float]]
    sure: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, float]], suggestions: Sequence[Mapping]) -> "Judged":
        """From judged tickets and the suggestions they were judged by."""
        right = np.array([row.get("lead@1", np.nan) for row in rows])
        sure = np.array([out["leads"][0]["probability"] if out["leads"] else 0.0 for out in suggestions])
        return cls(rows, np.where(np.isnan(right), np.nan, sure), right)

    def claims(self, chosen: np.ndarray | slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        """`sure` and `right` of the tickets that have a gold lead, among the chosen ones."""
        sure, right = self.sure[chosen], self.right[chosen]
        known = ~np.isnan(right)
        return sure[known], right[known]


@dataclass(frozen=True)
class Bin:
    """Tickets whose first lead was given a probability in (low, high]."""

    low: float
    high: float
    count: int
    sure: float
    right: float


def reliability(sure: np.ndarray, right: np.ndarray) -> list[Bin]:
    """Ten bins of equal width with mean probability and share right; an empty bin has count 0."""
    edges = np.linspace(0, 1, BINS + 1)
    places = np.digitize(sure, edges[1:-1], right=True)
    out = []
    for place in range(BINS):
        inside = places == place
        count = int(inside.sum())
        means = (float(sure[inside].mean()), float(right[inside].mean())) if count else (0.0, 0.0)
        out.append(Bin(float(edges[place]), float(edges[place + 1]), count, *means))
    return out


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: Σ over bins of (count / n) · |share right − mean probability| (Guo et al. 2017)."""
    if not len(sure):
        return float("nan")
    return sum(bin_.count * abs(bin_.right - bin_.sure) for bin_ in reliability(sure, right)) / len(sure)


def risk_coverage(sure: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(share of tickets taken, surest first; share wrong among them), both (n,).

    Tickets of the same probability stand for each other: each counts as their mean, so that the order of the file is
    of no account.
    """
    _, place, count = np.unique(-sure, return_inverse=True, return_counts=True)
    wrong = np.bincount(place, weights=1 - right) / count
    taken = np.arange(1, len(sure) + 1)
    return taken / len(sure), np.cumsum(np.repeat(wrong, count)) / taken


def area_under_risk(sure: np.ndarray, right: np.ndarray) -> float:
    """AURC: the mean risk over all coverages (Geifman and El-Yaniv 2017); 0 is best, a blind order gives 1 − accuracy."""
    return float(risk_coverage(sure, right)[1].mean()) if len(sure) else float("nan")


Measure = Callable[[np.ndarray | slice], float]


def measures(judged: Judged) -> dict[str, Measure]:
    """Every figure as a function of the tickets it is taken over; NaN where it applies to none of them."""
    names = dict.fromkeys(name for row in judged.rows for name in row)
    out = {name: _mean_of(np.array([row.get(name, np.nan) for row in judged.rows])) for name in names}
    if "lead@1" in out:
        out["ECE"] = lambda chosen: calibration_error(*judged.claims(chosen))
        out["AURC"] = lambda chosen: area_under_risk(*judged.claims(chosen))
    return out


def _mean_of(column: np.ndarray) -> Measure:
    def mean(chosen: np.ndarray | slice) -> float:
        values = column[chosen]
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else float("nan")

    return mean


def drawn(judged: Judged, samples: np.ndarray) -> dict[str, np.ndarray]:
    """Every figure on every resample: (resamples,) each."""
    return {name: np.array([measure(one) for one in samples]) for name, measure in measures(judged).items()}


def figures(judged: Judged, *, seed: int) -> dict[str, dict[str, float]]:
    """Every figure with the 2.5 % and 97.5 % points of 1,000 resamples, and the number of tickets it applies to."""
    over = drawn(judged, resamples(len(judged.rows), seed))
    out = {}
    for name, measure in measures(judged).items():
        low, high = interval(over[name])
        counted = "lead@1" if name in ("ECE", "AURC") else name
        n = sum(counted in row for row in judged.rows)
        out[name] = {"value": round(measure(slice(None)), 4), "low": round(low, 4), "high": round(high, 4), "n": n}
    return out


def differences(judged: Judged, other: Judged, *, seed: int) -> dict[str, dict[str, float]]:
    """This system's figures less the other's on the same tickets: value, and mean and interval of paired resamples."""
    samples = resamples(len(judged.rows), seed)
    ours, theirs = drawn(judged, samples), drawn(other, samples)
    here, there = measures(judged), measures(other)
    return {
        name: {"value": round(here[name](slice(None)) - there[name](slice(None)), 4)}
        | difference(ours[name], theirs[name])
        for name in ours
        if name in theirs
    }


def set_sizes(suggestions: Sequence[Mapping]) -> dict[int, int]:
    """How many tickets have a set of each size, from 1 to the largest."""
    counts = Counter(len(out["set"]) for out in suggestions)
    return {size: counts[size] for size in range(1, max(counts, default=0) + 1)}


OTHER = "其他"


@dataclass(frozen=True)
class Confusion:
    """Departments, commonest first, the rest as 其他; `cells[gold, suggested]` is (tickets, those not acceptable)."""

    codes: tuple[str, ...]
    cells: Mapping[tuple[str, str], tuple[int, int]]


def confusion(golds: Sequence[Mapping], suggestions: Sequence[Mapping], *, most: int = 15) -> Confusion:
    """Gold first lead against first suggested lead over the tickets that have both."""
    pairs = [
        (gold["lead"][0], out["leads"][0]["code"], out["leads"][0]["code"] not in gold["lead"])
        for gold, out in zip(golds, suggestions, strict=True)
        if gold.get("lead") and out["leads"]
    ]
    common = [code for code, _ in Counter(gold for gold, _, _ in pairs).most_common(most)]
    seen: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for gold, suggested, bad in pairs:
        cell = (gold if gold in common else OTHER, suggested if suggested in common else OTHER)
        seen[cell] += 1
        wrong[cell] += bad
    rest = (OTHER,) if any(OTHER in cell for cell in seen) else ()
    return Confusion((*common, *rest), {cell: (count, wrong[cell]) for cell, count in seen.items()})
