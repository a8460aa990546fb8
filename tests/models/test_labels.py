"""A model trained yesterday reads under the lists of today: its cells find the clauses that stand for them now."""

from dataclasses import replace

import pytest

import catalogue
from models.labels import Labels, examples, present_clause

LISTS = catalogue.load()


def divided():
    """A city matter with a conditional clause, its default and the conditional one."""
    for code, clauses in LISTS.by_matter.items():
        special = [c for c in clauses if len(c.when) == len(LISTS.matters[code].when) + 1 and not c.region]
        if len(code) == 8 and special:
            return code, LISTS.clause_for(code, {}), special[0]
    raise LookupError("no divided matter")


def without(*clauses):
    """The lists without these clauses."""
    gone = {clause.id for clause in clauses}
    return replace(LISTS, clauses=tuple(c for c in LISTS.clauses if c.id not in gone))


def test_an_unchanged_list_gives_every_cell_its_own_clause():
    labels = Labels.of(LISTS)
    assert all(present_clause(LISTS, cell, when) is LISTS.by_id[cell] for cell, when in labels.cells.items())


def test_a_clause_that_left_the_list_falls_to_its_matter():
    _, default, special = divided()
    assert present_clause(without(special), special.id, special.when).id == default.id


def test_a_matter_that_left_the_list_falls_to_the_standard_one():
    code, default, _ = divided()
    matters = {key: matter for key, matter in LISTS.matters.items() if key != code}
    less = replace(without(*LISTS.by_matter[code]), matters=matters)
    assert present_clause(less, default.id, default.when).matter == code[:6]


def test_what_even_the_standard_lost_is_nothing():
    assert present_clause(LISTS, "000000-1", {}) is None


def test_a_clause_renumbered_is_found_by_its_conditions():
    _, _, special = divided()
    moved = replace(special, id=f"{special.matter}-77")
    lists = replace(LISTS, clauses=tuple(moved if c is special else c for c in LISTS.clauses))
    assert present_clause(lists, special.id, special.when).id == moved.id


@pytest.mark.parametrize("head", ["cells", "nature"])
def test_every_exemplar_has_a_label(head):
    found = examples(LISTS)
    assert len(found.targets[head]) == len(found.texts) == len(LISTS.exemplars())
