"""Searching the two lists: by code, name, usual name, pinyin initials, unit or law."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from catalogue import Catalogue
from catalogue.entries import Clause, Matter
from hotline.web.words import initials

LIMIT = 300


@dataclass(frozen=True)
class Found:
    """A matter, why it was found (rank 0 best), and the clauses that the search is about (all where it is the matter)."""

    matter: Matter
    rank: int
    clauses: tuple[Clause, ...]


def search(catalogue: Catalogue, query: str, *, limit: int = LIMIT) -> list[Found]:
    """Matters for what somebody typed, best first, codes in order among equals."""
    query = query.strip()
    if not query:
        return []
    found = filter(None, (_match(catalogue, matter, query) for matter in catalogue.matters.values()))
    return sorted(found, key=lambda item: (item.rank, item.matter.code))[:limit]


def _match(catalogue: Catalogue, matter: Matter, query: str) -> Found | None:
    clauses = catalogue.by_matter.get(matter.code, ())
    ranks = (
        (0, query.isdigit() and matter.code.startswith(query)),
        (0, matter.name == query),
        (1, query in matter.name),
        (2, re.fullmatch("[a-z]{2,}", query.lower()) and query.lower() in _keys(matter.name)),
        (3, any(query in name for name in matter.names)),
        (5, query in matter.definition or any(query in word for word in matter.keywords)),
    )
    rank = next((rank for rank, hit in ranks if hit), None)
    if rank is not None:
        return Found(matter, rank, clauses)
    about = tuple(clause for clause in clauses if _about(catalogue, clause, query))
    return Found(matter, 4, about) if about else None


def _about(catalogue: Catalogue, clause: Clause, query: str) -> bool:
    """Whether a clause is the one asked for by its id, rests on the law asked for, or is led by the unit."""
    if clause.id == query or query in (clause.lead, catalogue.short(clause.lead)):
        return True
    plain = query.strip("《》")
    return any(
        (basis.law and (plain in basis.law or plain in catalogue.laws.get(basis.law, "")))
        or (basis.duty and plain in basis.duty)
        for basis in clause.basis
    )


@lru_cache(maxsize=8192)
def _keys(name: str) -> str:
    return initials(name)


@dataclass(frozen=True)
class Duties:
    """What a department leads, helps with, catches, and may be designated for."""

    leads: tuple[Clause, ...]
    helps: tuple[Clause, ...]
    catches: tuple[Clause, ...]
    candidate: tuple[Clause, ...]


def duties_of(catalogue: Catalogue, department: str, region: str | None = None) -> Duties:
    """The clauses that name a department; of those for one region only the unit's own."""
    here = [clause for clause in catalogue.clauses if region is None or clause.region in (None, region)]
    return Duties(
        leads=tuple(clause for clause in here if clause.lead == department),
        helps=tuple(clause for clause in here if department in clause.co),
        catches=tuple(clause for clause in here if clause.fallback == department),
        candidate=tuple(c for c in here if department in c.candidates and c.lead != department),
    )


def branches(catalogue: Catalogue) -> dict[str, str]:
    """The level-1 branches, code to name."""
    return {matter.code[:2]: matter.level1_name for matter in catalogue.matters.values()}


def groups(catalogue: Catalogue, branch: str) -> Iterator[tuple[str, list[Matter]]]:
    """The level-2 groups of a branch, each with its standard matters."""
    out: dict[str, list[Matter]] = {}
    for matter in catalogue.matters.values():
        if matter.code.startswith(branch) and matter.level == 3:
            out.setdefault(matter.level2_name, []).append(matter)
    yield from out.items()
