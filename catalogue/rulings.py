"""From a matter and the facts given to the clause that applies, and to what is still missing. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalogue.entries import Clause


@dataclass(frozen=True)
class Ruling:
    """The clause that applies to a matter now; `open` are clauses that `missing` facts could still bring into play."""

    clause: Clause
    open: tuple[Clause, ...] = ()
    missing: tuple[str, ...] = ()


def rule(
    clauses: Sequence[Clause],
    *,
    facts: Mapping[str, str],
    region: str | None = None,
    day: date | None = None,
    overlay: Sequence[Clause] = (),
) -> Ruling | None:
    """Choose among the clauses of one matter, or of a standard matter with its city matters; None where none applies.

    A joint-meeting ruling (`overlay`) goes before the list; then a clause that names a fact of the first rank (a case
    before a court); then the one with more conditions, then the one for this region, then the ruling on the finer matter
    and the list's clause on the broader, then the later in the file.
    """
    live = [clause for clause in clauses if _possible(clause, facts, region, day)]
    above = [clause for clause in overlay if _possible(clause, facts, region, day)]
    held = [(1, clause) for clause in above if clause.holds(facts)]
    held += [(0, clause) for clause in live if clause.holds(facts)]
    if not held:
        return None
    _, chosen = max(enumerate(held), key=lambda item: (item[1][0], *_weight(item[1][1], item[1][0]), item[0]))
    chosen = chosen[1]
    further = tuple(c for c in (*above, *live) if not c.holds(facts) and len(c.when) > len(chosen.when))
    missing = tuple(dict.fromkeys(fact for clause in further for fact in clause.when if fact not in facts))
    return Ruling(clause=chosen, open=further, missing=missing)


def _weight(clause: Clause, above: int) -> tuple[int, ...]:
    """What is known only in general is ruled in general; a ruling on the very matter goes before one on its heading."""
    return clause.rank, len(clause.when), int(clause.region is not None), len(clause.matter) * (1 if above else -1)


def _possible(clause: Clause, facts: Mapping[str, str], region: str | None, day: date | None) -> bool:
    """A clause still in play: in force, for this region, and contradicted by nothing given."""
    if clause.region is not None and clause.region != region:
        return False
    return clause.in_force(day) and not clause.contradicted(facts)
