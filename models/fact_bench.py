"""How well the deciding facts are read from words: cues against the facts that exemplars were labelled with.

Cues are written by hand and never fitted, so that every exemplar is a test. A fact counts as known of an exemplar where its
writer named it, or where its city matter stands for it.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from math import sqrt

from catalogue import Catalogue
from catalogue.files import Exemplar
from models.reader import read_facts
from models.reading import Call


@dataclass(frozen=True)
class FactFigures:
    """Of `known` exemplars that show a fact: the share read at all, and of those read the share read right, with interval."""

    fact: str
    known: int
    read: float
    right: float
    low: float
    high: float


def measure(catalogue: Catalogue) -> list[FactFigures]:
    """Figures of every fact, and of all together (`fact` empty), most exemplars first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in catalogue.exemplars():
        known = _known(catalogue, row)
        if not known:
            continue
        seen = read_facts(Call.of(text=row.text), catalogue)
        for fact, values in known.items():
            for key in (fact, ""):
                counts[key][0] += 1
                counts[key][1] += fact in seen
                counts[key][2] += fact in seen and seen[fact].value in values
    return sorted((_figures(fact, *found) for fact, found in counts.items()), key=lambda row: -row.known)


def _known(catalogue: Catalogue, row: Exemplar) -> dict[str, tuple[str, ...]]:
    matter = catalogue.matters.get(row.matter)
    return {**(matter.when if matter else {}), **{fact: (value,) for fact, value in row.facts.items()}}


def _figures(fact: str, known: int, read: int, right: int) -> FactFigures:
    low, high = wilson(right, read)
    return FactFigures(fact, known, read / known, right / read if read else 0.0, low, high)


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not n:
        return 0.0, 1.0
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return middle - half, middle + half


def data_hash(catalogue: Catalogue) -> str:
    """Twelve digits over the exemplars measured on."""
    lines = "\n".join(f"{row.matter}\t{sorted(row.facts.items())}\t{row.text}" for row in catalogue.exemplars())
    return hashlib.sha256(lines.encode()).hexdigest()[:12]
