"""The closed label set: a cell is a clause of the duty list, so that what the reader tells apart is who handles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from catalogue import Catalogue
from catalogue.entries import NATURES, Clause
from catalogue.files import Exemplar
from catalogue.marks import SLOTS
from catalogue.rulings import rule


@dataclass(frozen=True)
class Examples:
    """Exemplars as training data: texts as written, label numbers by head, the exemplars themselves.

    `targets` has (texts,) label numbers for `cells`, `standard`, `nature` and `urgent` (-1: nobody said), and for `facts`
    (texts, fact values) ones and zeros.
    """

    texts: tuple[str, ...]
    targets: Mapping[str, np.ndarray]
    rows: tuple[Exemplar, ...]


@dataclass(frozen=True)
class Labels:
    """Names of the labels of each head, in the order of the model's outputs; a cell's with the conditions of its clause.

    `facts` are values of deciding facts, `fact=value`.
    """

    cells: Mapping[str, Mapping[str, Sequence[str]]]
    facts: tuple[str, ...] = ()
    nature: tuple[str, ...] = NATURES

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Labels":
        """Every clause that some exemplar shows, in file order; what nobody ever says cannot be learnt."""
        shown = (catalogue.clause_for(row.matter, row.facts) for row in catalogue.exemplars())
        ids = {clause.id for clause in shown if clause is not None}
        values = tuple(f"{fact.id}={value}" for fact in catalogue.facts.values() for value in fact.values)
        return cls(cells={clause.id: clause.when for clause in catalogue.clauses if clause.id in ids}, facts=values)

    @cached_property
    def standards(self) -> tuple[str, ...]:
        """The standard matters of the cells, in their order."""
        return tuple(dict.fromkeys(cell[:6] for cell in self.cells))

    @cached_property
    def standard_of(self) -> np.ndarray:
        """For each cell the number of its standard matter."""
        number = {code: at for at, code in enumerate(self.standards)}
        return np.array([number[cell[:6]] for cell in self.cells])

    @property
    def sizes(self) -> dict[str, int]:
        """What every reader tells."""
        return {"cells": len(self.cells), "nature": len(self.nature)}

    @property
    def wide(self) -> dict[str, int]:
        """What the network tells in one pass."""
        return {
            **self.sizes,
            "standard": len(self.standards),
            "urgent": 2,
            "facts": len(self.facts),
            "slots": len(SLOTS),
        }


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
    cells = np.array([cell for cell, _ in pairs])
    kept = tuple(row for _, row in pairs)
    targets = {
        "cells": cells,
        "standard": labels.standard_of[cells],
        "nature": np.array([nature_number[row.nature] for row in kept]),
        "urgent": np.array([-1 if row.urgent is None else int(row.urgent) for row in kept]),
        "facts": _fact_targets(catalogue, labels, cells, kept),
    }
    return Examples(texts=tuple(row.text for row in kept), targets=targets, rows=kept)


def _fact_targets(catalogue: Catalogue, labels: Labels, cells: np.ndarray, rows: Sequence[Exemplar]) -> np.ndarray:
    """The facts an exemplar shows: those it names, those its matter and its clause stand for."""
    number = {name: at for at, name in enumerate(labels.facts)}
    names = list(labels.cells)
    out = np.zeros((len(rows), len(labels.facts)), dtype=np.float32)
    for at, (cell, row) in enumerate(zip(cells.tolist(), rows, strict=True)):
        stands = {fact: values[0] for fact, values in labels.cells[names[cell]].items() if len(values) == 1}
        for pair in catalogue.matters[row.matter].complete({**stands, **row.facts}).items():
            if "=".join(pair) in number:
                out[at, number["=".join(pair)]] = 1
    return out


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
