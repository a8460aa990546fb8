"""Term vectors by singular value decomposition of the unlabelled texts: `hotline pretrain` makes them beside the encoder.

Terms are single characters, character pairs and dictionary words, so none of them can carry a citizen's sentence or name;
a document's vector is the idf-weighted sum of its terms' vectors (latent semantic analysis, Deerwester et al. 1990).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import rjieba
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds


def terms(text: str) -> list[str]:
    """Characters, pairs and words (three characters and more) of a cleaned text."""
    runs = text.replace(" ", "")
    pairs = [runs[at : at + 2] for at in range(len(runs) - 1)]
    words = [word for word in rjieba.cut(text) if len(word) > 2]
    return [*runs, *pairs, *words]


class TermVectors:
    """Terms with idf and a small signed vector each; `matrix` is (terms, dimensions) int8 with one scale a dimension."""

    def __init__(self, *, names: Sequence[str], idf: np.ndarray, matrix: np.ndarray, scale: np.ndarray) -> None:
        self.names = list(names)
        self.index = {name: number for number, name in enumerate(self.names)}
        self.idf, self.matrix, self.scale = idf, matrix, scale

    @classmethod
    def fit(cls, texts: Iterable[str], *, size: int = 30_000, dimensions: int = 256, least: int = 20) -> "TermVectors":
        """Learn from cleaned texts; keeps the `size` commonest terms found in at least `least` of them."""
        counted = [Counter(terms(text)) for text in texts]
        spread = Counter(name for counts in counted for name in counts)
        names = [name for name, count in spread.most_common(size) if count >= least]
        idf = np.log(len(counted) / np.array([spread[name] for name in names], dtype=np.float32)).astype(np.float32)
        model = cls(names=names, idf=idf, matrix=np.zeros((len(names), 1), np.int8), scale=np.ones(1, np.float32))
        _, values, right = svds(model.weigh(counted), k=min(dimensions, len(names) - 1), random_state=0)
        # Dividing by the root of the singular value evens out the dimensions without letting noise dominate.
        dense = (right * np.sqrt(values.max() / values)[:, None] ** 0.5).T.astype(np.float32)
        model.scale = np.abs(dense).max(axis=0) / 127
        model.matrix = np.round(dense / model.scale).astype(np.int8)
        return model

    def weigh(self, counted: Sequence[Counter[str]]) -> csr_matrix:
        """Rows of unit length: (1 + log count) × idf."""
        rows, columns, values = [], [], []
        for row, counts in enumerate(counted):
            for name, count in counts.items():
                column = self.index.get(name)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append((1 + np.log(count)) * self.idf[column])
        matrix = csr_matrix((values, (rows, columns)), shape=(len(counted), len(self.names)), dtype=np.float32)
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
        lengths[lengths == 0] = 1
        matrix.data /= np.repeat(lengths, np.diff(matrix.indptr))
        return matrix

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        """Cleaned texts to unit vectors (texts, dimensions); zeros where no term is known."""
        dense = self.weigh([Counter(terms(text)) for text in texts]) @ self._floats()
        lengths = np.linalg.norm(dense, axis=1, keepdims=True)
        return dense / np.where(lengths == 0, 1, lengths)

    def _floats(self) -> np.ndarray:
        if not hasattr(self, "_dense"):
            # In row order: the product gathers rows, and strided ones cost it twentyfold.
            self._dense = np.ascontiguousarray(self.matrix.astype(np.float32) * self.scale)
        return self._dense

    def save(self, path: Path) -> None:
        """One compressed file of numbers and terms."""
        path.parent.mkdir(parents=True, exist_ok=True)
        names = np.array("\n".join(self.names))
        np.savez_compressed(path, names=names, idf=self.idf.astype(np.float16), matrix=self.matrix, scale=self.scale)

    @classmethod
    def load(cls, path: Path) -> "TermVectors":
        """Read a file written by `save`."""
        with np.load(path) as data:
            names = str(data["names"]).split("\n")
            return cls(names=names, idf=data["idf"].astype(np.float32), matrix=data["matrix"], scale=data["scale"])
