"""The words of the form's fields: from probabilities at every character to one span a field.

The network says of each character how likely it lies in the place, the time, the party, the caller's name, the telephone
(`catalogue.marks.SLOTS`). A field's span is the run of characters whose probabilities exceed a line by most in sum (Bentley
1984, maximum subarray): the line is where adding a character begins to cost more overlap than it brings.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from catalogue.files import Exemplar
from catalogue.marks import SLOTS
from models.corpus import aligned

LINE = 0.35


def cleaned_marks(rows: Sequence[Exemplar]) -> tuple[list[str], list[Mapping[int, tuple[int, int]] | None]]:
    """Cleaned texts of exemplars, and their marks as slot number → (start, end) in the cleaned text."""
    texts, marks = [], []
    for row in rows:
        text, places = aligned(row.text)
        texts.append(text)
        marks.append(None if row.slots is None else _moved(row.slots, places))
    return texts, marks


def _moved(slots: Mapping[str, tuple[int, int]], places: Sequence[int]) -> dict[int, tuple[int, int]]:
    out = {}
    for name, (start, end) in slots.items():
        inside = [at for at, place in enumerate(places) if start <= place < end]
        if inside:
            out[SLOTS.index(name)] = (inside[0], inside[-1] + 1)
    return out


def best_spans(probabilities: np.ndarray, *, line: float = LINE) -> dict[str, tuple[int, int, float]]:
    """Of (characters, slots) probabilities each slot's best run: (start, end, mean probability); absent where none."""
    out = {}
    for number, name in enumerate(SLOTS):
        best, total, start = (0.0, 0, 0), 0.0, 0
        for at, gain in enumerate((probabilities[:, number] - line).tolist()):
            if total <= 0:
                total, start = 0.0, at
            total += gain
            if total > best[0]:
                best = (total, start, at + 1)
        if best[0] > 0:
            out[name] = (best[1], best[2], float(probabilities[best[1] : best[2], number].mean()))
    return out
