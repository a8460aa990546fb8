"""Taking rulings of the joint meeting into the lists themselves. Pure: lists and rulings in, lists out."""

from collections.abc import Sequence
from dataclasses import replace

from catalogue import Catalogue
from catalogue.entries import Clause, Matter


def with_rulings(lists: Catalogue, rulings: Sequence[Clause]) -> Catalogue:
    """The lists as they decide with these rulings laid over them, later ones over earlier ones.

    A ruling goes before every clause whose case it covers, so that it is written over those that have just its conditions,
    and beside each that is more special, under the conditions of both.
    """
    clauses = {matter: list(found) for matter, found in lists.by_matter.items()}
    for ruling in rulings:
        for matter in _covered(lists, ruling):
            clauses[matter.code] = _ruled(clauses.get(matter.code, []), matter, ruling)
    ordered = (clause for code in lists.matters for clause in clauses.get(code, ()))
    return replace(lists, clauses=tuple(ordered))


def _covered(lists: Catalogue, ruling: Clause) -> list[Matter]:
    """The matter ruled on; for a standard matter also its city matters that the conditions allow."""
    own = [lists.matters[ruling.matter]] if ruling.matter in lists.matters else []
    children = lists.children(ruling.matter) if own and own[0].level == 3 else []
    return [
        *_plain(own, children, ruling),
        *(child for child in children if _meet(child.when, ruling.when) is not None),
    ]


def _plain(own: list[Matter], children: list[Matter], ruling: Clause) -> list[Matter]:
    """A standard matter that is cut further keeps only its general clause, which a ruling under conditions leaves alone."""
    return own if not (children and ruling.when) else []


def _ruled(clauses: list[Clause], matter: Matter, ruling: Clause) -> list[Clause]:
    out, number = list(clauses), max((int(c.id.rsplit("-", 1)[1]) for c in clauses), default=0)
    bases = [{**matter.when, **ruling.when}]
    bases += [
        meet for c in clauses if c.region in (None, ruling.region) and (meet := _meet(c.when, ruling.when)) is not None
    ]
    for when in _once(bases):
        same = next((c for c in out if dict(c.when) == when and c.region == ruling.region), None)
        if same is not None:
            out[out.index(same)] = _decided(same, ruling)
        else:
            number += 1
            fresh = Clause(
                id=f"{matter.code}-{number}", matter=matter.code, lead=ruling.lead, when=when, region=ruling.region
            )
            out.append(_decided(fresh, ruling))
    return out


def _once(whens: list[dict]) -> list[dict]:
    return [when for at, when in enumerate(whens) if when not in whens[:at]]


def _meet(one, other) -> dict[str, tuple[str, ...]] | None:
    """Conditions that meet both; None where nothing can."""
    out = {**one, **other}
    for fact in one.keys() & other.keys():
        shared = tuple(value for value in one[fact] if value in other[fact])
        if not shared:
            return None
        out[fact] = shared
    return out


def _decided(clause: Clause, ruling: Clause) -> Clause:
    """The clause as the meeting decided it; what it rested on before stands behind the ruling."""
    return replace(
        clause,
        lead=ruling.lead,
        co=ruling.co,
        fallback=ruling.fallback or clause.fallback,
        status="settled",
        practice=False,
        candidates=(),
        ask=(),
        basis=(*ruling.basis, *(basis for basis in clause.basis if basis.resolution is None)),
        note=ruling.note,
        in_force_from=ruling.in_force_from,
        in_force_until=ruling.in_force_until,
    )
