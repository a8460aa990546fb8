"""The little decision tree of a matter asks what separates, and says who leads for each answer."""

import catalogue
from catalogue.entries import Clause
from catalogue.tree import grow, lines


def leaves(node, path=()):
    """Every answer path of a tree with the clause it ends at."""
    if node.fact is None:
        yield dict(path), node.clause
        return
    for values, child in node.branches:
        for value in values:
            yield from leaves(child, (*path, (node.fact.id, value)))


def test_every_path_of_every_tree_agrees_with_the_list():
    lists = catalogue.load()
    for matter in lists.matters.values():
        for facts, clause in leaves(grow(lists, matter)):
            assert isinstance(clause, Clause)
            assert lists.clause_for(matter.code, facts) is clause


def test_a_standard_matter_shows_its_city_matters():
    words = "\n".join(lines(catalogue.load(), "040201"))
    assert "噪声污染" in words and "04020101" in words and "→ 住建局" in words
