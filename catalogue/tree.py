"""The little decision tree of a matter: which fact to ask first, and who leads for each answer."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue.entries import Clause, Fact, Matter
from catalogue.loading import Catalogue
from catalogue.rulings import rule
from catalogue.wording import STATUS_WORDS, condition_words


@dataclass(frozen=True)
class Node:
    """What applies so far, and, where a fact could still change it, the fact and a node for each group of its values."""

    clause: Clause
    fact: Fact | None = None
    branches: tuple[tuple[tuple[str, ...], "Node"], ...] = ()

    @property
    def key(self) -> tuple:
        """Two nodes with one key decide alike."""
        return (self.clause.id, self.fact and self.fact.id, tuple((v, node.key) for v, node in self.branches))


def grow(catalogue: Catalogue, matter: Matter, facts: Mapping[str, str] | None = None) -> Node:
    """The tree of one matter; at each step the fact is asked that most of the clauses still in play name."""
    facts = matter.complete(facts or {})
    clauses = [clause for clause in catalogue.by_matter[matter.code] if not clause.contradicted(facts)]
    clause = rule(clauses, facts=facts).clause
    asked = Counter(fact for other in clauses if not other.holds(facts) for fact in other.when if fact not in facts)
    if not asked:
        return Node(clause)
    fact = catalogue.facts[asked.most_common(1)[0][0]]
    groups: dict[tuple, tuple[list[str], Node]] = {}
    for value in fact.values:
        node = grow(catalogue, matter, {**facts, fact.id: value})
        groups.setdefault(node.key, ([], node))[0].append(value)
    return Node(clause, fact, tuple((tuple(values), node) for values, node in groups.values()))


def lines(catalogue: Catalogue, code: str) -> Iterator[str]:
    """The tree in words; for a standard matter the trees of its city matters below it."""
    matter = catalogue.matters[code]
    yield f"{matter.code} {matter.level1_name}／{matter.level2_name}／{matter.name}"
    yield from _lines(catalogue, grow(catalogue, matter), "  ")
    for child in catalogue.children(code):
        when = condition_words(catalogue, child.when)
        yield f"  {child.code} {child.name}{f'（{when}）' if when else ''}"
        yield from _lines(catalogue, grow(catalogue, child), "    ")


def _lines(catalogue: Catalogue, node: Node, indent: str) -> Iterator[str]:
    if node.fact is None:
        yield f"{indent}→ {_lead(catalogue, node.clause)}"
        return
    yield f"{indent}问「{node.fact.name}」：{node.fact.question}"
    for values, child in node.branches:
        words = "、".join(node.fact.values[value] for value in values)
        if child.fact is None:
            yield f"{indent}  {words} → {_lead(catalogue, child.clause)}"
        else:
            yield f"{indent}  {words}："
            yield from _lines(catalogue, child, indent + "    ")
    yield f"{indent}  没问清 → {_lead(catalogue, node.clause)}"


def _lead(catalogue: Catalogue, clause: Clause) -> str:
    status = "" if clause.status == "settled" else f"，{STATUS_WORDS[clause.status]}"
    return f"{catalogue.short(clause.lead)}（{clause.id}{status}）"
