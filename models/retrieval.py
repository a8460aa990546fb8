"""Retrieval over exemplars and clause texts: what the nearest known words were about. Measured beside the readers, not shipped.

Texts are near by what the network's heads see of them (`NetworkReader.embed`); the votes of the nearest are weighed by
exp(similarity / temperature), as in kNN language models (Khandelwal et al. 2020).
"""

from collections.abc import Sequence

import numpy as np

from catalogue import Catalogue
from models.corpus import clean
from models.labels import Labels, examples
from models.network import NetworkReader


class RetrievalReader:
    """Log probabilities of `cells` and `nature` by vote; the index is embedded when the reader is made (a minute or two)."""

    def __init__(
        self,
        network: NetworkReader,
        catalogue: Catalogue,
        labels: Labels,
        *,
        clauses: bool = True,
        nearest: int = 40,
        temperature: float = 0.05,
    ) -> None:
        self.network, self.labels, self.nearest, self.temperature = network, labels, nearest, temperature
        data = examples(catalogue)
        texts, cells = [clean(text) for text in data.texts], data.targets["cells"].tolist()
        self.nature = data.targets["nature"].tolist()
        if clauses:
            for number, cell in enumerate(labels.cells):
                matter = catalogue.matters[catalogue.by_id[cell].matter]
                texts.append(clean(f"{matter.name}，{matter.definition}，{'、'.join(matter.names)}"))
                cells.append(number)
                self.nature.append(labels.nature.index(matter.nature) if matter.nature in labels.nature else 0)
        self.cells = np.array(cells)
        self.index = network.embed(texts)

    def log_probabilities(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """(texts, labels) of both heads; a label without a vote among the nearest keeps a thousandth of the mass in all."""
        near = self.network.embed(texts) @ self.index.T
        nature = np.array(self.nature)
        out = {
            "cells": np.full((len(texts), len(self.labels.cells)), 1e-3 / len(self.labels.cells)),
            "nature": np.full((len(texts), len(self.labels.nature)), 1e-3),
        }
        for row, similarity in enumerate(near):
            best = np.argpartition(-similarity, self.nearest)[: self.nearest]
            votes = np.exp((similarity[best] - similarity[best].max()) / self.temperature)
            np.add.at(out["cells"][row], self.cells[best], votes / votes.sum())
            np.add.at(out["nature"][row], nature[best], votes / votes.sum())
        return {head: np.log(mass / mass.sum(1, keepdims=True)) for head, mass in out.items()}
