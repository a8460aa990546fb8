"""The linear reader: ridge regression onto label indicators, on character n-grams and term vectors; solved in torch.

Solved in its dual (texts × texts), where leave-one-out predictions come for nothing (Rifkin and Lippert 2007); they fix
the sharpness that turns scores into probabilities. The plain baseline is the same model without vectors.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import csr_matrix, hstack

from models.vectors import TermVectors


@dataclass(frozen=True)
class LinearConfig:
    """`vector_weight` scales the term vectors beside the n-grams; `keep` is how many weights a label keeps."""

    longest: int = 4
    least: int = 2
    vector_weight: float = 1.0
    ridge: float = 0.3
    keep: int = 600


def grams(text: str, longest: int) -> Counter[str]:
    """Character n-grams of lengths 1 to `longest`, spaces left out, punctuation kept."""
    runs = text.replace(" ", "")
    return Counter(runs[at : at + n] for n in range(1, longest + 1) for at in range(len(runs) - n + 1))


class LinearReader:
    """Log probabilities of every head (`cells`, `nature`) for a text."""

    def __init__(
        self,
        *,
        config: LinearConfig,
        names: Sequence[str],
        idf: np.ndarray,
        vectors: TermVectors | None,
        weights: Mapping[str, csr_matrix],
        sharpness: Mapping[str, float],
    ) -> None:
        self.config, self.names, self.idf, self.vectors = config, list(names), idf, vectors
        self.index = {name: number for number, name in enumerate(self.names)}
        self.weights, self.sharpness = dict(weights), dict(sharpness)

    def features(self, texts: Sequence[str]) -> csr_matrix:
        """(texts, n-grams [+ vector dimensions]); the n-gram part has unit rows."""
        indptr, columns, values = [0], [], []
        for text in texts:
            found = [(self.index[g], n) for g, n in grams(text, self.config.longest).items() if g in self.index]
            at = np.array([column for column, _ in found], dtype=np.int64)
            row = (1 + np.log([count for _, count in found])) * self.idf[at] if found else np.zeros(0)
            columns.append(at)
            values.append(row / (np.linalg.norm(row) or 1))
            indptr.append(indptr[-1] + len(at))
        flat = np.concatenate(values) if values else np.zeros(0)
        shape = (len(texts), len(self.names))
        sparse = csr_matrix((flat, np.concatenate(columns), indptr), shape=shape, dtype=np.float32)
        if self.vectors is None:
            return sparse
        dense = self.vectors.transform(texts) * self.config.vector_weight
        return hstack([sparse, csr_matrix(dense.astype(np.float32))], format="csr")

    def log_probabilities(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """For every head (texts, labels), rows summing to one after exp."""
        matrix = self.features(texts)
        out = {}
        for head, weight in self.weights.items():
            scores = (matrix @ weight).toarray() * self.sharpness[head]
            scores -= scores.max(axis=1, keepdims=True)
            out[head] = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return out

    def save(self, path: Path) -> None:
        """One compressed file: n-grams, idf and the kept weights, each label's in 255 steps of its own largest."""
        data = {"names": np.array("\n".join(self.names)), "idf": self.idf.astype(np.float16)}
        for head, weight in self.weights.items():
            data[f"{head}.indptr"] = weight.indptr.astype(np.int32)
            data[f"{head}.indices"] = weight.indices.astype(np.int16 if weight.shape[1] < 32767 else np.int32)
            data[f"{head}.scale"] = scale = _scale(weight)
            data[f"{head}.values"] = np.round(weight.data / scale[weight.indices]).astype(np.int8)
            data[f"{head}.shape"] = np.array([weight.shape[1], self.sharpness[head]], dtype=np.float32)
        np.savez_compressed(path, **data)

    @classmethod
    def load(cls, path: Path, *, vectors: TermVectors | None, config: LinearConfig | None = None) -> "LinearReader":
        """Read a file written by `save`."""
        with np.load(path) as data:
            names, weights, factors = str(data["names"]).split("\n"), {}, {}
            idf = data["idf"].astype(np.float32)
            width = len(names) + (vectors.matrix.shape[1] if vectors else 0)
            for head in {key.split(".")[0] for key in data.files if "." in key}:
                labels, factors[head] = int(data[f"{head}.shape"][0]), float(data[f"{head}.shape"][1])
                values = data[f"{head}.values"] * data[f"{head}.scale"][data[f"{head}.indices"]]
                parts = (values, data[f"{head}.indices"], data[f"{head}.indptr"])
                weights[head] = csr_matrix(parts, shape=(width, labels))
        config = config or LinearConfig()
        return cls(config=config, names=names, idf=idf, vectors=vectors, weights=weights, sharpness=factors)


def _scale(weight: csr_matrix) -> np.ndarray:
    """One step of each label: its largest weight over 127."""
    largest = np.full(weight.shape[1], 1e-12, dtype=np.float32)
    np.maximum.at(largest, weight.indices, np.abs(weight.data))
    return largest / 127


def train_linear(
    texts: Sequence[str],
    targets: Mapping[str, np.ndarray],
    *,
    sizes: Mapping[str, int],
    vectors: TermVectors | None,
    config: LinearConfig | None = None,
) -> LinearReader:
    """Fit on cleaned texts; `targets[head]` are label numbers (texts,)."""
    config = config or LinearConfig()
    spread = Counter(gram for text in texts for gram in grams(text, config.longest))
    names = sorted(gram for gram, count in spread.items() if count >= config.least)
    idf = np.log((1 + len(texts)) / (1 + np.array([spread[name] for name in names], dtype=np.float32))) + 1
    reader = LinearReader(config=config, names=names, idf=idf, vectors=vectors, weights={}, sharpness={})
    matrix = reader.features(texts)
    inverse = _inverse(matrix, config.ridge, len(names))
    for head, size in sizes.items():
        target = torch.from_numpy(targets[head])
        ones = torch.nn.functional.one_hot(target, size).float()
        # The product with an indicator matrix is a sum of columns.
        dual = torch.zeros(size, len(target)).index_add_(0, target, inverse).T.contiguous()
        # A left-out text's score: its own indicator less the dual weight over the diagonal of the inverse.
        reader.sharpness[head] = sharpness(ones - dual / inverse.diagonal()[:, None], target)
        reader.weights[head] = _weights(matrix, dual.numpy(), config.keep, len(names))
    return reader


def _inverse(matrix: csr_matrix, ridge: float, sparse_rows: int, block: int = 2000) -> torch.Tensor:
    """The inverse of the ridged kernel (texts, texts).

    Filled block by block, as one sparse product would take five times the room; the vectors' part as a dense product.
    """
    kernel = torch.empty(matrix.shape[0], matrix.shape[0])
    grams_, vectors = matrix[:, :sparse_rows], torch.from_numpy(matrix[:, sparse_rows:].toarray())
    turned = grams_.T.tocsr()
    for at in range(0, len(kernel), block):
        kernel[at : at + block] = torch.from_numpy((grams_[at : at + block] @ turned).toarray())
        kernel[at : at + block] += vectors[at : at + block] @ vectors.T
    kernel.diagonal().add_(ridge)
    lower = torch.linalg.cholesky(kernel)
    del kernel
    return torch.cholesky_inverse(lower)


def _weights(matrix: csr_matrix, dual: np.ndarray, keep: int, sparse_rows: int, block: int = 400) -> csr_matrix:
    """Weights (features, labels) from the dual, pruned a block of labels at a time."""
    turned = matrix.T.tocsr()
    parts = [
        _prune((turned @ dual[:, at : at + block]).astype(np.float32), keep, sparse_rows)
        for at in range(0, dual.shape[1], block)
    ]
    return hstack(parts, format="csr")


def sharpness(scores: torch.Tensor, target: torch.Tensor) -> float:
    """The factor before the softmax that fits held-out scores best (smallest cross entropy over a grid)."""
    grid = [2.0 * 1.25**step for step in range(20)]
    losses = [float(torch.nn.functional.cross_entropy(scores * factor, target)) for factor in grid]
    return grid[int(np.argmin(losses))]


def _prune(weight: np.ndarray, keep: int, sparse_rows: int) -> csr_matrix:
    """Keep each label's largest n-gram weights and all its vector weights."""
    part = np.abs(weight[:sparse_rows])
    if keep < sparse_rows:
        floor = np.partition(part, sparse_rows - keep, axis=0)[sparse_rows - keep]
        weight[:sparse_rows][part < floor] = 0
    return csr_matrix(weight)
