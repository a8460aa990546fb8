"""Chosen tickets of a history as features, made in chunks that stay on disk until the run is over: a second start goes on.

A chunk holds numbers only. Its folder is named after everything the numbers hang on (the file, the reader, the lists, the
choice), so that what was made from another file is never taken for this one's.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack

from catalogue import Catalogue
from catalogue.errors import InputError
from models.corpus import clean
from models.history import ClosedTicket, Faults, HistoryReader, Survey
from models.local import Features, Frame, Lessons, LocalConfig, encode
from models.reader import LONGEST, Reader
from models.vectors import TermVectors

SIZE = 256


def frame_of(catalogue: Catalogue) -> Frame:
    """Every department and every standard matter of the lists."""
    standards = dict.fromkeys(matter.standard for matter in catalogue.matters.values())
    return Frame(leads=tuple(catalogue.departments), matters=tuple(standards))


class LessonMaker:
    """Turns tickets into lessons with one reader, one set of term vectors and one frame."""

    def __init__(self, *, reader: Reader, vectors: TermVectors, config: LocalConfig) -> None:
        self.reader, self.vectors, self.config = reader, vectors, config
        self.frame = frame_of(reader.catalogue)
        self._number = {code: at for at, code in enumerate(self.frame.leads)}

    def lessons(self, tickets: list[ClosedTicket]) -> Lessons:
        """Lessons of tickets, in their order."""
        texts = [clean(ticket.text[:LONGEST]) or "空" for ticket in tickets]
        sums = self.frame.sums(self.reader.clauses, self.reader.probabilities(texts)["cells"])
        refused = np.zeros((len(tickets), len(self.frame.leads)), dtype=bool)
        for row, ticket in enumerate(tickets):
            refused[row, [self._number[code] for code in ticket.refused]] = True
        return Lessons(
            features=encode(texts, *sums, vectors=self.vectors, config=self.config),
            leads=np.array([self._number[ticket.lead] for ticket in tickets]),
            weights=np.array([1 / (1 + ticket.returns) for ticket in tickets], dtype=np.float32),
            refused=refused,
        )

    def key(self, found: Survey, rows: np.ndarray) -> str:
        """Sixteen hex digits over all that the lessons of these rows hang on."""
        told = (found.digest, self.reader.version, self.reader.catalogue.version, SIZE, asdict(self.config))
        return hashlib.sha256(repr(told).encode() + rows.tobytes()).hexdigest()[:16]

    def encode_rows(
        self, found: Survey, rows: np.ndarray, *, folder: Path, done: Callable[[int], None] = lambda tickets: None
    ) -> Lessons:
        """Lessons of the tickets with these row numbers (rising), in that order; chunks that are in `folder` are not made again.

        `done` hears after each chunk how many tickets are finished.
        """
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{number:05d}.npz" for number in range(-(-len(rows) // SIZE))]
        finished = sum(path.exists() for path in paths)
        done(min(finished * SIZE, len(rows)))
        if finished < len(paths):
            chunks = zip(paths, _chosen(self.reader.catalogue, found, rows), strict=True)
            for path, tickets in chunks:
                if not path.exists():
                    _save(self.lessons(list(tickets)), path)
                    finished += 1
                    done(min(finished * SIZE, len(rows)))
        return joined([_load(path) for path in paths])


def _chosen(catalogue: Catalogue, found: Survey, rows: np.ndarray) -> Iterator[tuple[ClosedTicket, ...]]:
    """The tickets of these rows, read again from the file, a chunk at a time."""
    wanted = set(rows.tolist())
    reader = HistoryReader(catalogue, Faults(found.path.name))
    with found.path.open("rb") as source, closing(reader.tickets(source, found.path.name)) as tickets:
        chosen = (ticket for ticket in tickets if ticket.row in wanted)
        for at in range(0, len(rows), SIZE):
            part = tuple(islice(chosen, min(SIZE, len(rows) - at)))
            if [ticket.row for ticket in part] != rows[at : at + SIZE].tolist():
                raise InputError("history.changed", f"{found.path.name} 在读取过程中被改动了，请重新执行")
            yield part


def joined(parts: list[Lessons]) -> Lessons:
    """Several lessons as one, in their order."""
    features = Features(
        np.concatenate([part.features.logs for part in parts]),
        np.concatenate([part.features.dense for part in parts]),
        vstack([part.features.grams for part in parts], format="csr"),
    )
    rest = (np.concatenate([getattr(part, name) for part in parts]) for name in ("leads", "weights", "refused"))
    return Lessons(features, *rest)


def _save(lessons: Lessons, path: Path) -> None:
    """Half precision where it costs nothing; under a name of its own until it is whole."""
    grams = lessons.features.grams
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as sink:
        np.savez(
            sink,
            logs=lessons.features.logs, dense=lessons.features.dense.astype(np.float16),
            data=grams.data.astype(np.float16), indices=grams.indices, indptr=grams.indptr, width=grams.shape[1],
            leads=lessons.leads, weights=lessons.weights, refused=lessons.refused,
        )  # fmt: skip
    os.replace(unfinished, path)


def _load(path: Path) -> Lessons:
    with np.load(path) as data:
        parts = (data["data"].astype(np.float32), data["indices"], data["indptr"])
        grams = csr_matrix(parts, shape=(len(data["leads"]), int(data["width"])))
        features = Features(data["logs"], data["dense"].astype(np.float32), grams)
        return Lessons(features, data["leads"], data["weights"], data["refused"])
