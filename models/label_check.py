"""What of a history must not be believed blindly: near copies of a test ticket, and labels that are likely wrong."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

# Cosine over character n-grams: two tellings of one story by one caller lie above, different stories far below.
NEAR = 0.8
# Where nearly all tickets of a lead are clear, their mean would hide what is merely very sure.
SURE = 0.9


@dataclass(frozen=True)
class Suspect:
    """A ticket by position, its label, what the model suggests instead, and the probability of each (leads by number)."""

    position: int
    label: int
    suggestion: int
    label_p: float
    suggestion_p: float


def near_copies(grams: csr_matrix, of: csr_matrix, *, block: int = 500) -> np.ndarray:
    """Which rows of `grams` are nearly the same as some row of `of`: (rows,) bool. Rows are unit vectors."""
    near = np.zeros(grams.shape[0], dtype=bool)
    for at in range(0, of.shape[0], block):
        likeness = (grams @ of[at : at + block].T).tocsr()
        if likeness.nnz:
            near |= likeness.max(axis=1).toarray().ravel() >= NEAR
    return near


def suspects(probabilities: np.ndarray, labels: np.ndarray, *, least: int = 5) -> list[Suspect]:
    """Labels that out-of-fold probabilities (tickets, leads) contradict, the most striking first.

    Confident learning (Northcutt, Jiang and Chuang 2021): a lead counts as confidently seen where its probability reaches the
    mean it has among its own tickets (or `SURE`); a ticket whose likeliest such lead is another than its label is a suspect. A lead of
    fewer than `least` tickets has no mean worth the name and is never suggested.
    """
    counts = np.bincount(labels, minlength=probabilities.shape[1])
    own = probabilities[np.arange(len(labels)), labels]
    means = np.bincount(labels, weights=own, minlength=probabilities.shape[1]) / np.maximum(counts, 1)
    confident = np.where((probabilities >= np.minimum(means, SURE)) & (counts >= least), probabilities, -1.0)
    best = confident.argmax(axis=1)
    found = np.flatnonzero((confident.max(axis=1) > own) & (best != labels))
    out = [
        Suspect(*map(int, (at, labels[at], best[at])), float(own[at]), float(probabilities[at, best[at]]))
        for at in found
    ]
    return sorted(out, key=lambda suspect: suspect.label_p - suspect.suggestion_p)
