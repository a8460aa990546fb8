"""From probabilities over clauses to probabilities over leads, under the facts given and the meeting's rulings. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    def standards(self) -> dict[str, float]:
        """The mass by standard matter, likeliest first."""
        mass: dict[str, float] = defaultdict(float)
        for matter, p in self.matters.items():
            mass[matter[:6]] += p
        return _ranked(mass)

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
    doubted: float = 1.0,
) -> Weighed:
    """Move the mass of clauses that a fact contradicts to what applies instead, within the same standard matter.

    `facts` are facts the caller or operator has given, not guesses: the reader's own guess is already in `cells`.
    A joint-meeting ruling takes the mass of every clause whose case it covers; for that, facts that the words show (`seen`)
    count too, since the meeting chose its conditions among them. A clause that these contradict keeps the share `doubted` of
    its mass: what the words show is evidence, not proof.
    """
    if seen and doubted < 1:
        by_id = catalogue.by_id
        cells = {name: p * (doubted if by_id[name].contradicted(seen) else 1.0) for name, p in cells.items()}
    mass: dict[str, float] = defaultdict(float)
    chosen: dict[str, Clause] = {}
    for listed, p in _conditioned(cells, catalogue, Known(facts, region, day)):
        clause = _ruled(listed, seen or {}, facts, region, day, overlay) or listed
        mass[clause.id] += p
        chosen[clause.id] = clause
    total = sum(mass.values()) or 1.0
    ranked = sorted(((chosen[name], p / total) for name, p in mass.items()), key=lambda pair: -pair[1])
    leads: dict[str, float] = defaultdict(float)
    matters: dict[str, float] = defaultdict(float)
    for clause, p in ranked:
        leads[clause.lead] += p
        matters[clause.matter] += p
    return Weighed(tuple(ranked), _ranked(leads), _by_standard(matters))


def _by_standard(matters: Mapping[str, float]) -> dict[str, float]:
    """Matters in the order of their standard matters' mass, the likeliest of each first.

    What a call is about in general is surer than which city matter it is; the first of all is the best of the best group.
    """
    groups = Weighed((), {}, matters).standards
    places = {standard: number for number, standard in enumerate(groups)}
    order = sorted(matters, key=lambda code: (places[code[:6]], -matters[code]))
    return {code: matters[code] for code in order}


def _ranked(mass: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(mass.items(), key=lambda pair: -pair[1]))


@dataclass(frozen=True)
class Known:
    """What is given of a case."""

    facts: Mapping[str, str]
    region: str | None = None
    day: date | None = None


def _conditioned(cells: Mapping[str, float], catalogue: Catalogue, known: Known) -> list[tuple[Clause, float]]:
    families: dict[str, list[tuple[Clause, float]]] = defaultdict(list)
    for name, p in cells.items():
        clause = catalogue.by_id[name]
        families[clause.standard].append((clause, p))
    out = []
    for standard, pairs in families.items():
        family = catalogue.families[standard]
        relevant = {fact for clause in family for fact in clause.when}
        given = {fact: value for fact, value in known.facts.items() if fact in relevant}
        out += _settled(pairs, family, catalogue, replace(known, facts=given)) if given else pairs
    return out


def _settled(pairs, family: Sequence[Clause], catalogue: Catalogue, known: Known) -> list[tuple[Clause, float]]:
    """The family's mass under given facts.

    A matter that the facts allow keeps its mass, on the clause of its own that applies. A matter they contradict, and
    the general clause of the standard matter once something finer is proved, give theirs up to the clauses that name most
    of the given facts, in proportion to what these hold already.
    """
    proofs = {clause.id: _proofs(clause, known) for clause in family}
    most = max(proofs.values())
    kept, freed = [], 0.0
    for clause, p in pairs:
        stays = _applies(clause, catalogue, known)
        if stays is None or (stays.general and most > proofs[stays.id]):
            freed += p
        else:
            kept.append((stays, p))
    return kept if not freed else kept + _shared(freed, kept, family, proofs, known)


def _proofs(clause: Clause, known: Known) -> int:
    """How many of the given facts a clause names; -1 where they contradict it."""
    out_of_reach = clause.region not in (None, known.region) or not clause.in_force(known.day)
    return -1 if out_of_reach or clause.contradicted(known.facts) else len(clause.when.keys() & known.facts.keys())


def _applies(clause: Clause, catalogue: Catalogue, known: Known) -> Clause | None:
    """The clause of the same matter that holds under the given facts; None where they contradict the whole matter."""
    if catalogue.matters[clause.matter].contradicted(known.facts):
        return None
    shown = {} if clause.contradicted(known.facts) else _shown(clause)
    return catalogue.clause_for(clause.matter, {**shown, **known.facts}, region=known.region, day=known.day)


def _shared(freed: float, kept, family, proofs: Mapping[str, int], known: Known) -> list[tuple[Clause, float]]:
    """Hand freed mass to the clauses that the facts prove best."""
    most = max(proofs.values())
    held: dict[str, float] = defaultdict(float)
    for clause, p in kept:
        held[clause.id] += p
    best = [clause for clause in family if proofs[clause.id] == most]
    total = sum(held[clause.id] for clause in best)
    if total > 0:
        return [(clause, freed * held[clause.id] / total) for clause in best if held[clause.id]]
    return [(min(best, key=lambda clause: len(clause.when)), freed)] if best else []


def _shown(clause: Clause) -> dict[str, str]:
    """The facts a clause itself stands for."""
    return {fact: values[0] for fact, values in clause.when.items() if len(values) == 1}


def _ruled(clause, seen, facts, region, day, overlay) -> Clause | None:
    """The meeting's ruling on the case this clause stands for, if there is one."""
    above = [ruling for ruling in overlay if ruling.matter in (clause.matter, clause.standard)]
    found = (
        rule((), facts={**seen, **_shown(clause), **facts}, region=region, day=day, overlay=above) if above else None
    )
    return found.clause if found else None


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
        if sum(p for clause, p in head if clause.standard in catalogue.hanging.get(fact, ())) < reach * sum(
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
