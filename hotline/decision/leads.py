"""From probabilities over clauses to probabilities over leads, under the facts given and the meeting's rulings. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log2

from catalogue import Catalogue
from catalogue.entries import Clause
from catalogue.rulings import rule


@dataclass(frozen=True)
class Weighed:
    """Clauses with their probability, likeliest first; `leads` and `matters` are the same mass summed."""

    clauses: tuple[tuple[Clause, float], ...]
    leads: Mapping[str, float]
    matters: Mapping[str, float]

    @property
    def unsure(self) -> float:
        """The mass on clauses that the list leaves open and practice does not settle."""
        return sum(p for clause, p in self.clauses if not clause.sure)


def weigh(
    cells: Mapping[str, float],
    *,
    catalogue: Catalogue,
    facts: Mapping[str, str],
    region: str | None = None,
    day: date | None = None,
    overlay: Sequence[Clause] = (),
    seen: Mapping[str, str] | None = None,
) -> Weighed:
    """Move the mass of clauses that a fact contradicts to the clause of the same matter that applies instead.

    `facts` are facts the caller or operator has given, not guesses: the reader's own guess is already in `cells`.
    A joint-meeting ruling takes the mass of every clause whose case it covers; for that, facts that the words show (`seen`)
    count too, since the meeting chose its conditions among them.
    """
    mass: dict[str, float] = defaultdict(float)
    chosen: dict[str, Clause] = {}
    for name, p in cells.items():
        clause = _ruled(catalogue.by_id[name], seen or {}, facts, region, day, overlay)
        clause = clause or _applies(catalogue.by_id[name], catalogue, facts, region, day)
        mass[clause.id] += p
        chosen[clause.id] = clause
    total = sum(mass.values()) or 1.0
    ranked = sorted(((chosen[name], p / total) for name, p in mass.items()), key=lambda pair: -pair[1])
    leads: dict[str, float] = defaultdict(float)
    matters: dict[str, float] = defaultdict(float)
    for clause, p in ranked:
        leads[clause.lead] += p
        matters[clause.matter] += p
    return Weighed(tuple(ranked), _ranked(leads), _ranked(matters))


def _ranked(mass: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(mass.items(), key=lambda pair: -pair[1]))


def _shown(clause: Clause) -> dict[str, str]:
    """The facts a clause itself stands for."""
    return {fact: values[0] for fact, values in clause.when.items() if len(values) == 1}


def _ruled(clause, seen, facts, region, day, overlay) -> Clause | None:
    """The meeting's ruling on the case this clause stands for, if there is one."""
    above = [ruling for ruling in overlay if ruling.matter == clause.matter]
    found = (
        rule((), facts={**seen, **_shown(clause), **facts}, region=region, day=day, overlay=above) if above else None
    )
    return found.clause if found else None


def _applies(clause, catalogue, facts, region, day) -> Clause:
    """The clause itself, unless facts rule it out or a more specific one is proved."""
    sisters = catalogue.by_matter[clause.matter]
    relevant = {fact for sister in sisters for fact in sister.when}
    given = {fact: value for fact, value in facts.items() if fact in relevant}
    if not given:
        return clause
    if not clause.contradicted(given):
        given = {**_shown(clause), **given}
    ruled = rule(sisters, facts=given, region=region, day=day)
    return ruled.clause if ruled else clause


def entropy(leads: Mapping[str, float]) -> float:
    """Bits of doubt about the lead."""
    return -sum(p * log2(p) for p in leads.values() if p > 0)


def best_question(
    weighed: Weighed, *, catalogue: Catalogue, facts: Mapping[str, str], least: float = 0.3, reach: float = 0.7
) -> tuple[str, float] | None:
    """The missing fact whose answer is expected to lower the entropy of the lead most, and by how many bits.

    A clause stands for the answers its `when` names; one that says nothing of a fact is what any other answer leads to.
    Asked only if some answer would change the lead, the expected fall is at least `least` bits, and matters that hang on
    the fact hold at least `reach` of the mass: a question that fits only half of the readings would puzzle the caller.
    """
    head = weighed.clauses[:12]
    known = entropy(_leads(head))
    asked = {fact for clause, _ in head for fact in clause.when} - set(facts)
    best: tuple[str, float] | None = None
    for fact in asked:
        if sum(p for clause, p in head if clause.matter in catalogue.hanging.get(fact, ())) < reach * sum(
            p for _, p in head
        ):
            continue
        groups: dict[str, list] = defaultdict(list)
        for clause, p in head:
            groups[clause.when.get(fact, ("其他",))[0]].append((clause, p))
        total = sum(p for _, p in head)
        left = sum(sum(p for _, p in g) / total * entropy(_leads(g)) for g in groups.values())
        tops = {max(_leads(g), key=_leads(g).get) for g in groups.values()}
        if len(tops) > 1 and known - left >= least and (best is None or known - left > best[1]):
            best = (fact, known - left)
    return best


def _leads(pairs: Sequence[tuple[Clause, float]]) -> dict[str, float]:
    total = sum(p for _, p in pairs) or 1.0
    out: dict[str, float] = defaultdict(float)
    for clause, p in pairs:
        out[clause.lead] += p / total
    return dict(out)
