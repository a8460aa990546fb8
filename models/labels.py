"""The closed label set: a cell is a clause of the duty list, so that what the reader tells apart is who handles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalogue import Catalogue
from catalogue.entries import NATURES
from catalogue.loading import Exemplar
from catalogue.rulings import rule


@dataclass(frozen=True)
class Examples:
    """Exemplars as training data: texts as written, label numbers by head, the exemplars themselves."""

    texts: tuple[str, ...]
    targets: Mapping[str, np.ndarray]
    rows: tuple[Exemplar, ...]


@dataclass(frozen=True)
class Labels:
    """Names of the labels of each head, in the order of the model's outputs."""

    cells: tuple[str, ...]
    nature: tuple[str, ...] = NATURES

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Labels":
        """Every clause of the list, in file order."""
        return cls(cells=tuple(clause.id for clause in catalogue.clauses))

    @property
    def sizes(self) -> dict[str, int]:
        return {"cells": len(self.cells), "nature": len(self.nature)}


def examples(catalogue: Catalogue, rows: Sequence[Exemplar] | None = None) -> Examples:
    """Exemplars with their clause under the facts their words show; one whose matter has no clause is left out."""
    labels = Labels.of(catalogue)
    cell_number = {name: number for number, name in enumerate(labels.cells)}
    nature_number = {name: number for number, name in enumerate(labels.nature)}
    kept, cells, natures = [], [], []
    for row in catalogue.exemplars() if rows is None else rows:
        ruling = rule(catalogue.by_matter.get(row.matter, ()), facts=row.facts)
        if ruling is None:
            continue
        kept.append(row)
        cells.append(cell_number[ruling.clause.id])
        natures.append(nature_number[row.nature])
    targets = {"cells": np.array(cells), "nature": np.array(natures)}
    return Examples(texts=tuple(row.text for row in kept), targets=targets, rows=tuple(kept))
