"""The local head: what a city's own closed tickets say of the lead, on top of the shipped reader, which stays as it is.

Multinomial logistic regression with the shipped reader as its prior:

    logits = a · log p_shipped + W · x        loss = Σ w · (−log p[lead]) + λ/2 · (‖W‖² + (a − 1)²)

W = 0 and a = 1 is the shipped reader, and it is what no tickets at all give: the penalty pulls there, tickets pull away.
x: the shipped probabilities by lead and by standard matter, the term vector, hashed character n-grams. A ticket that was
handed back counts 1/(1 + returns), and the unit that handed it back adds −log(1 − p[unit]) (complementary label, Ishida et
al. 2017).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from scipy.sparse import csr_matrix
from torch.nn import functional

from catalogue.entries import Clause
from catalogue.errors import HotlineError
from models.vectors import TermVectors

# A lead that the shipped reader rules out must stay within reach of W.
FLOOR = 1e-5
CARD, WEIGHTS_FILE = "local.json", "head.safetensors"


@dataclass(frozen=True)
class LocalConfig:
    """`penalty` is λ, on the scale of one ticket; `buckets` hash the n-grams of 2 to `longest` characters."""

    penalty: float = 1.0
    buckets: int = 1 << 14
    longest: int = 3
    steps: int = 60
    folds: int = 3
    seed: int = 0


@dataclass(frozen=True)
class Frame:
    """The columns of the features: `leads` (also the classes) and standard `matters`."""

    leads: tuple[str, ...]
    matters: tuple[str, ...]

    def sums(self, clauses: Sequence[Clause | None], cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities over clauses (texts, clauses) as ones by lead (texts, leads) and by matter (texts, matters)."""
        return (
            cells @ _indicator([clause and clause.lead for clause in clauses], self.leads),
            cells @ _indicator([clause and clause.standard for clause in clauses], self.matters),
        )


def _indicator(names: Sequence[str | None], columns: Sequence[str]) -> csr_matrix:
    place = {name: at for at, name in enumerate(columns)}
    pairs = [(row, place[name]) for row, name in enumerate(names) if name in place]
    rows, found = zip(*pairs, strict=True) if pairs else ((), ())
    return csr_matrix((np.ones(len(pairs), np.float32), (rows, found)), shape=(len(names), len(columns)))


@dataclass(frozen=True)
class Features:
    """`logs` (tickets, leads) of the shipped reader, `dense` (tickets, columns), `grams` in CSR form (tickets, buckets)."""

    logs: np.ndarray
    dense: np.ndarray
    grams: csr_matrix

    def __len__(self) -> int:
        return len(self.logs)

    def take(self, numbers: np.ndarray) -> "Features":
        """The same of some tickets."""
        return Features(self.logs[numbers], self.dense[numbers], self.grams[numbers])


@dataclass(frozen=True)
class Lessons:
    """Features with what is to be learnt: lead numbers and weights (tickets,), who handed back (tickets, leads)."""

    features: Features
    leads: np.ndarray
    weights: np.ndarray
    refused: np.ndarray

    def __len__(self) -> int:
        return len(self.leads)

    def take(self, numbers: np.ndarray) -> "Lessons":
        """Some of them."""
        return Lessons(self.features.take(numbers), self.leads[numbers], self.weights[numbers], self.refused[numbers])


def encode(
    texts: Sequence[str], by_lead: np.ndarray, by_matter: np.ndarray, *, vectors: TermVectors, config: LocalConfig
) -> Features:
    """Features of cleaned texts with the shipped probabilities (texts, leads) and (texts, matters)."""
    ones = np.ones((len(texts), 1))
    dense = np.hstack([ones, by_lead, by_matter, vectors.transform(texts)]).astype(np.float32)
    return Features(np.log(np.maximum(by_lead, FLOOR)).astype(np.float32), dense, hashed_grams(texts, config))


def hashed_grams(texts: Sequence[str], config: LocalConfig) -> csr_matrix:
    """Unit rows of 1 + log count over hashed character n-grams (texts, buckets); the same on every machine."""
    indptr, columns, values = [0], [], []
    for text in texts:
        codes = np.frombuffer(text.replace(" ", "").encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
        found, counts = np.unique(_hashes(codes, config), return_counts=True)
        row = 1 + np.log(counts)
        columns.append(found)
        values.append(row / (np.linalg.norm(row) or 1))
        indptr.append(indptr[-1] + len(found))
    shape = (len(texts), config.buckets)
    parts = (np.concatenate(values), np.concatenate(columns), indptr) if texts else ([], [], indptr)
    return csr_matrix(parts, shape=shape, dtype=np.float32)


def _hashes(codes: np.ndarray, config: LocalConfig) -> np.ndarray:
    """Bucket numbers of the n-grams of a text given as code points (polynomial hash, mixed by a Fibonacci multiplier)."""
    out = []
    for length in range(2, config.longest + 1):
        mixed = np.zeros(max(0, len(codes) - length + 1), dtype=np.uint64)
        for at in range(length):
            mixed = mixed * np.uint64(1_000_003) + codes[at : at + len(mixed)]
        out.append((mixed * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32))
    return np.concatenate(out).astype(np.int64) % config.buckets


@dataclass(frozen=True)
class LocalHead:
    """A trained head: `scale` is a, `dense` (columns, leads) and `grams` (buckets, leads) are W."""

    frame: Frame
    config: LocalConfig
    scale: float
    dense: np.ndarray
    grams: np.ndarray

    def shift(self, features: Features) -> np.ndarray:
        """What is added to the shipped log probabilities (texts, leads); zeros where nothing was learnt."""
        return (self.scale - 1) * features.logs + features.dense @ self.dense + features.grams @ self.grams

    def probabilities(self, features: Features) -> np.ndarray:
        """Of every lead: (texts, leads), rows sum to one."""
        return softmax(features.logs + self.shift(features))

    def factors(
        self, text: str, cells: Mapping[str, float], clauses: Mapping[str, Clause], *, vectors: TermVectors
    ) -> dict[str, float]:
        """By how much the odds of each lead change for one cleaned text, given the shipped probabilities of its clauses by id."""
        names = list(cells)
        mass = np.array([[cells[name] for name in names]], dtype=np.float32)
        sums = self.frame.sums([clauses[name] for name in names], mass)
        shift = self.shift(encode([text], *sums, vectors=vectors, config=self.config))[0]
        return dict(zip(self.frame.leads, np.exp(np.clip(shift, -30, 30)).tolist(), strict=True))

    def save(self, folder: Path) -> None:
        """Weights in half precision and what they belong to."""
        folder.mkdir(parents=True, exist_ok=True)
        weights = {"dense": self.dense, "grams": self.grams}
        save_file(
            {name: torch.from_numpy(value).half().contiguous() for name, value in weights.items()},
            folder / WEIGHTS_FILE,
        )
        card = {"frame": asdict(self.frame), "config": asdict(self.config), "scale": self.scale}
        (folder / CARD).write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LocalHead":
        """Read a folder written by `save`. Raises HotlineError where it is broken."""
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            weights = {name: value.float().numpy() for name, value in load_file(folder / WEIGHTS_FILE).items()}
            frame = Frame(**{name: tuple(values) for name, values in card["frame"].items()})
            return cls(frame, LocalConfig(**card["config"]), card["scale"], weights["dense"], weights["grams"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HotlineError("local.broken", f"本地模型 {folder.name} 读不出来：{error}", status=503) from None


def fit(lessons: Lessons, *, frame: Frame, config: LocalConfig) -> LocalHead:
    """The head of these tickets: smooth and small enough for full L-BFGS; the same tickets give the same head.

    Raises HotlineError `learn.nan` as soon as the loss is no number any more.
    """
    # A bucket that no ticket has keeps its zeros; without it the steps are several times as fast.
    seen, columns = np.unique(lessons.features.grams.indices, return_inverse=True)
    leads, grams = len(frame.leads), np.zeros((config.buckets, len(frame.leads)), dtype=np.float32)
    shapes = (), (lessons.features.dense.shape[1], leads), (len(seen), leads)
    weights = [torch.full(shape, float(shape == ()), requires_grad=True) for shape in shapes]
    if len(lessons):
        _minimise(_loss(lessons, columns, weights, config.penalty), weights, config.steps)
    scale, dense, hashed = (weight.detach().numpy() for weight in weights)
    grams[seen] = hashed
    return LocalHead(frame, config, float(scale), dense, grams)


def _minimise(loss: Callable[[], torch.Tensor], weights: Sequence[torch.Tensor], steps: int) -> None:
    optimiser = torch.optim.LBFGS(
        weights, max_iter=steps, history_size=10, line_search_fn="strong_wolfe", tolerance_change=1e-6
    )

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        value = loss()
        if not torch.isfinite(value):
            raise HotlineError("learn.nan", "训练中出现了无效的数值（NaN），已停止；仍用原来的模型", status=500)
        value.backward()
        return value

    optimiser.step(closure)


def _loss(
    lessons: Lessons, columns: np.ndarray, weights: Sequence[torch.Tensor], penalty: float
) -> Callable[[], torch.Tensor]:
    """The penalised loss per unit of ticket weight, as a function of the weights as they are; `columns` number the buckets seen."""
    scale, dense, grams = weights
    sparse = lessons.features.grams
    buckets, starts = torch.from_numpy(columns), torch.from_numpy(sparse.indptr[:-1].astype(np.int64))
    counts, inputs = torch.from_numpy(sparse.data), torch.from_numpy(lessons.features.dense)
    prior, leads = torch.from_numpy(lessons.features.logs), torch.from_numpy(lessons.leads.astype(np.int64))
    share = torch.from_numpy(lessons.weights.astype(np.float32))
    handed_back = torch.from_numpy(lessons.refused.astype(np.float32))

    def loss() -> torch.Tensor:
        hashed = functional.embedding_bag(buckets, grams, starts, mode="sum", per_sample_weights=counts)
        logs = functional.log_softmax(scale * prior + inputs @ dense + hashed, -1)
        misses = functional.nll_loss(logs, leads, reduction="none")
        misses = misses - (handed_back * torch.log1p(-logs.exp().clamp(max=1 - 1e-6))).sum(1)
        bound = dense.square().sum() + grams.square().sum() + (scale - 1).square()
        return ((share * misses).sum() + penalty / 2 * bound) / share.sum()

    return loss


def out_of_fold(lessons: Lessons, *, frame: Frame, config: LocalConfig) -> np.ndarray:
    """Probabilities (tickets, leads), each ticket's by a head that has not seen it."""
    folds = np.random.default_rng(config.seed).permutation(len(lessons)) % config.folds
    out = np.zeros((len(lessons), len(frame.leads)), dtype=np.float32)
    for fold in range(config.folds):
        head = fit(lessons.take(np.flatnonzero(folds != fold)), frame=frame, config=config)
        unseen = np.flatnonzero(folds == fold)
        out[unseen] = head.probabilities(lessons.features.take(unseen))
    return out


def choose_penalty(lessons: Lessons, *, frame: Frame, config: LocalConfig, most: int = 3000) -> LocalConfig:
    """The penalty with the least out-of-fold log loss; on the newest `most` tickets, as it hardly changes with more."""
    newest = lessons.take(np.arange(max(0, len(lessons) - most), len(lessons)))
    trials = [replace(config, penalty=penalty) for penalty in (0.3, 1.0, 3.0)]

    def miss(trial: LocalConfig) -> float:
        return float(log_losses(out_of_fold(newest, frame=frame, config=trial), newest.leads).mean())

    return min(trials, key=miss)


def log_losses(probabilities: np.ndarray, leads: np.ndarray) -> np.ndarray:
    """−log of the probability of each ticket's own lead: (tickets,)."""
    return -np.log(np.maximum(probabilities[np.arange(len(leads)), leads], FLOOR))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Rows that sum to one."""
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)
