"""The closed label set: a cell is a clause of the duty list, so that what the reader tells apart is who handles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalogue import Catalogue
from catalogue.entries import NATURES, Clause
from catalogue.files import Exemplar
from catalogue.rulings import rule


@dataclass(frozen=True)
class Examples:
    """Exemplars as training data: texts as written, label numbers by head, the exemplars themselves."""

    texts: tuple[str, ...]
    targets: Mapping[str, np.ndarray]
    rows: tuple[Exemplar, ...]


@dataclass(frozen=True)
class Labels:
    """Names of the labels of each head, in the order of the model's outputs; a cell's with the conditions of its clause."""

    cells: Mapping[str, Mapping[str, Sequence[str]]]
    nature: tuple[str, ...] = NATURES

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Labels":
        """Every clause that some exemplar shows, in file order; what nobody ever says cannot be learnt."""
        shown = (catalogue.clause_for(row.matter, row.facts) for row in catalogue.exemplars())
        ids = {clause.id for clause in shown if clause is not None}
        return cls(cells={clause.id: clause.when for clause in catalogue.clauses if clause.id in ids})

    @property
    def sizes(self) -> dict[str, int]:
        return {"cells": len(self.cells), "nature": len(self.nature)}


def examples(catalogue: Catalogue, rows: Sequence[Exemplar] | None = None) -> Examples:
    """Exemplars with their clause under the facts their words show, those of one clause together.

    One whose matter has no clause is left out.
    """
    labels = Labels.of(catalogue)
    cell_number = {name: number for number, name in enumerate(labels.cells)}
    nature_number = {name: number for number, name in enumerate(labels.nature)}
    chosen = catalogue.exemplars() if rows is None else rows
    found = ((row, catalogue.clause_for(row.matter, row.facts)) for row in chosen)
    pairs = sorted(((cell_number[clause.id], row) for row, clause in found if clause), key=lambda pair: pair[0])
    targets = {
        "cells": np.array([cell for cell, _ in pairs]),
        "nature": np.array([nature_number[row.nature] for _, row in pairs]),
    }
    return Examples(texts=tuple(row.text for _, row in pairs), targets=targets, rows=tuple(row for _, row in pairs))


def present_clause(catalogue: Catalogue, cell: str, when: Mapping[str, Sequence[str]]) -> Clause | None:
    """The clause that a trained cell stands for in the lists of today.

    A list lives on after a model was trained: a cell whose clause is gone or cut anew is its matter's clause under the
    same facts, or what the standard matter and its city matters say of them; None where even this has left the list.
    """
    same = catalogue.by_id.get(cell)
    if same is not None and dict(same.when) == {fact: tuple(values) for fact, values in when.items()}:
        return same
    facts = {fact: values[0] for fact, values in when.items()}
    matter = cell.rsplit("-", 1)[0]
    if len(matter) > 6 and matter in catalogue.matters:
        return catalogue.clause_for(matter, facts)
    found = rule(catalogue.families.get(matter[:6], ()), facts=facts)
    return found.clause if found else None
