"""Yardsticks: intervals for any figure by the bootstrap, and topic classification of public petitions against a baseline.

The bootstrap is the percentile one over texts (Efron 1979); two systems are compared on the same resamples (Koehn 2004).
`hotline bench teddy FILE` measures what our readers add to a linear model on a labelled file of seven topics
(Teddy Cup 2020, problem C): stratified folds, features of the readers as shipped, no label of the file seen before.
"""

import csv
import gzip
import hashlib
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.linalg import solve

import catalogue as lists
from catalogue.errors import InputError
from models.corpus import clean
from models.encoder import Encoder
from models.reader import PRETRAINED, WEIGHTS, Reader
from models.reader import load as load_reader
from models.vectors import TermVectors

RESAMPLES = 1000
FOLDS = 10
BATCH = 64
# What each block's scores count beside those of the n-grams; this, the ridge and the machine's C were chosen by
# cross-validation on 1,400 petitions of the segmented file that are not in the raw one.
WEIGHT = {"vectors": 0.5, "states": 0.3, "matters": 0.5}
Watch = Callable[[Sequence, str], Iterable]


def resamples(count: int, seed: int) -> np.ndarray:
    """Numbers drawn with replacement, (1000, count), from Python's generator: the same draws as the plain scorer's."""
    rng = random.Random(seed)
    return np.array([[rng.randrange(count) for _ in range(count)] for _ in range(RESAMPLES)], dtype=np.int32)


def interval(drawn: np.ndarray) -> tuple[float, float]:
    """The 95 % percentile interval of a figure's resampled values; those where it does not apply (NaN) are left out."""
    known = np.sort(drawn[~np.isnan(drawn)])
    return (
        (float(known[int(0.025 * len(known))]), float(known[int(0.975 * len(known)) - 1])) if len(known) else (0.0, 0.0)
    )


def difference(drawn: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Of paired resamples: mean difference, 95 % interval, share of resamples in which it is not above zero."""
    gaps = (drawn - other)[~np.isnan(drawn - other)]
    low, high = interval(gaps)
    mean, below = (float(gaps.mean()), float((gaps <= 0).mean())) if len(gaps) else (0.0, 1.0)
    return {"mean": round(mean, 4), "low": round(low, 4), "high": round(high, 4), "not_above": round(below, 4)}


def macro_f1(truth: np.ndarray, guess: np.ndarray, classes: int) -> float:
    """Mean over classes of F1 = 2·TP / (2·TP + FP + FN); a class neither there nor guessed is left out."""
    table = np.bincount(truth * classes + guess, minlength=classes * classes).reshape(classes, classes)
    sides = table.sum(0) + table.sum(1)
    return float((2 * table.diagonal()[sides > 0] / sides[sides > 0]).mean())


@dataclass(frozen=True)
class Topics:
    """A labelled file: texts as written, label numbers (texts,), names of the labels, digest of the file."""

    texts: tuple[str, ...]
    targets: np.ndarray
    names: tuple[str, ...]
    digest: str


def read_topics(path: Path) -> Topics:
    """JSONL with `text`, `label` (and `title`), or CSV with `tokens`, `label`; either may be `.gz`.

    Raises InputError for a row without text or label, and where a label has fewer texts than there are folds.
    """
    raw = path.read_bytes()
    try:
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError):
        raise InputError("bench.format", f"{path} 读不出来：应是 UTF-8 的文本，或它的 .gz") from None
    reading = _csv_rows if ".csv" in path.name else _json_rows
    rows = [(number, *row) for number, row in enumerate(reading(text, path), start=1)]
    for number, words, label in rows:
        if not words.strip() or not label:
            raise InputError("bench.format", f"{path} 第 {number} 条没有文字或没有标签")
    counts = Counter(label for _, _, label in rows)
    few = [f"「{label}」{count} 条" for label, count in counts.items() if count < FOLDS]
    if few or len(counts) < 2:
        raise InputError(
            "bench.few", f"{path}：要有至少两类、每类至少 {FOLDS} 条；不够的：{'，'.join(few) or '只有一类'}"
        )
    names = tuple(sorted(counts))
    targets = np.array([names.index(label) for _, _, label in rows])
    return Topics(tuple(words for _, words, _ in rows), targets, names, hashlib.sha256(raw).hexdigest()[:12])


def _json_rows(text: str, path: Path) -> list[tuple[str, str]]:
    try:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        return [(f"{row.get('title') or ''} {row['text']}".strip(), str(row["label"])) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError("bench.format", f"{path} 应是每行一个带 text、label 的 JSON 对象") from None


def _csv_rows(text: str, path: Path) -> list[tuple[str, str]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    if rows and not {"tokens", "label"} <= set(rows[0]):
        raise InputError("bench.format", f"{path} 应有 tokens、label 两列")
    return [((row["tokens"] or "").replace(" ", ""), row["label"] or "") for row in rows]


def features(texts: Sequence[str], reader: Reader, *, watch: Watch) -> dict[str, np.ndarray]:
    """What the shipped readers see in cleaned texts, each (texts, …): nothing here has seen a label of the file.

    `vectors` term vectors, `states` mean and maximum of the fine-tuned encoder's states, `matters` probabilities of the
    standard matters.
    """
    vectors = TermVectors.load(PRETRAINED / "vectors.npz")
    encoder = Encoder.load(WEIGHTS / "network").eval()
    found: dict[str, list[np.ndarray]] = {"vectors": [], "states": [], "matters": []}
    order = np.argsort([len(text) for text in texts], kind="stable")  # texts of like length in one batch
    for at in watch(range(0, len(order), BATCH), "读文本"):
        batch = [texts[number] for number in order[at : at + BATCH]]
        found["vectors"].append(vectors.transform(batch))
        found["states"].append(pooled(encoder, batch))
        found["matters"].append(_matters(reader, batch))
    back = np.argsort(order)
    return {name: np.vstack(parts)[back].astype(np.float32) for name, parts in found.items()}


@torch.inference_mode()
def pooled(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """Mean and maximum of the states over the characters: (texts, 2 × hidden)."""
    ids, mask = encoder.tokenise(texts)
    states, seen = encoder(ids, mask), mask.unsqueeze(-1).bool()
    mean = states.masked_fill(~seen, 0).sum(1) / seen.sum(1)
    return torch.cat([mean, states.masked_fill(~seen, -1e4).amax(1)], -1).numpy()


def _matters(reader: Reader, texts: Sequence[str]) -> np.ndarray:
    """Square root of the readers' probability of every standard matter: unit rows, whose products are likeness."""
    standards = [cell[:6] for cell in reader.labels.cells]
    columns = {name: number for number, name in enumerate(dict.fromkeys(standards))}
    mass = np.zeros((len(columns), len(texts)))
    np.add.at(mass, [columns[name] for name in standards], reader.probabilities(texts)["cells"].T)
    return np.sqrt(mass.T)


def measure(path: Path, *, reader: Reader | None = None, watch: Watch = lambda rows, _: rows, seed: int = 0) -> dict:
    """Macro-F1 of the linear baseline and of ours on the same folds, each with its interval, and their difference."""
    _need_sklearn()
    topics = read_topics(path)
    reader = reader or load_reader(lists.load())
    texts = [clean(text) or "空" for text in topics.texts]
    blocks = features(texts, reader, watch=watch)
    guesses = {"linear": np.zeros_like(topics.targets), "ours": np.zeros_like(topics.targets)}
    for train, test in watch(folds(topics.targets, seed), "交叉验证"):
        for name, guess in fold_guesses(texts, blocks, topics.targets, train, test).items():
            guesses[name][test] = guess
    signature = {"data": topics.digest, "texts": len(texts), "topics": len(topics.names), "folds": FOLDS, "seed": seed}
    return {"signature": {**signature, "model": reader.version}, **compared(topics, guesses, seed)}


def folds(targets: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Ten stratified folds: (numbers to train on, numbers to test on) of each."""
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(targets, targets))


def fold_guesses(
    texts: Sequence[str],
    blocks: Mapping[str, np.ndarray],
    targets: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> dict[str, np.ndarray]:
    """Labels of the test texts by the baseline and by ours, both learnt on the training texts alone.

    `linear`: a linear support vector machine on TF-IDF of character n-grams. `ours`: the scores of one ridge regression
    on the same n-grams and of one on every block of features, with a Gaussian kernel, summed.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    learnt, tested = grams.fit_transform([texts[n] for n in train]), grams.transform([texts[n] for n in test])
    machine = LinearSVC(C=3.0, random_state=0).fit(learnt, targets[train])
    known = np.eye(targets.max() + 1)[targets[train]]
    scores = _ridge((learnt @ learnt.T).toarray(), (tested @ learnt.T).toarray(), known)
    for name, block in blocks.items():
        rows = block - block[train].mean(0)
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        kernel = np.exp(2 * (rows @ rows[train].T) - 2)  # exp(−distance²) of unit rows
        scores += WEIGHT[name] * _ridge(kernel[train], kernel[test], known)
    return {"linear": machine.predict(tested), "ours": scores.argmax(1)}


def _ridge(kernel: np.ndarray, across: np.ndarray, known: np.ndarray, ridge: float = 0.2) -> np.ndarray:
    """Scores of the test texts (test, labels) by kernel ridge regression onto label indicators."""
    middle = known.mean(0)
    return across @ solve(kernel + ridge * np.eye(len(kernel)), known - middle, assume_a="pos") + middle


def compared(topics: Topics, guesses: Mapping[str, np.ndarray], seed: int) -> dict[str, Any]:
    """Macro-F1 of every system with its interval, and the paired difference `ours` − `linear`."""
    samples, classes = resamples(len(topics.targets), seed), len(topics.names)
    figures, drawn = {}, {}
    for name, guess in guesses.items():
        drawn[name] = np.array([macro_f1(topics.targets[sample], guess[sample], classes) for sample in samples])
        low, high = interval(drawn[name])
        value = macro_f1(topics.targets, guess, classes)
        figures[name] = {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4), "n": len(guess)}
    gap = {"value": round(figures["ours"]["value"] - figures["linear"]["value"], 4)}
    return {"macro_f1": figures, "difference": gap | difference(drawn["ours"], drawn["linear"])}


def _need_sklearn() -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise InputError("bench.sklearn", "线性基线需要 scikit-learn：pip install -r requirements-dev.txt") from None


def show(result: Mapping[str, Any], *, json_: bool) -> None:
    """Print the result: data only, or a table with its signature."""
    if json_:
        print(json.dumps(result, ensure_ascii=False))
        return
    print("  ".join(f"{key}={value}" for key, value in result["signature"].items()))
    for name, row in result["macro_f1"].items():
        print(f"{name:18s} macro-F1 {row['value']:.4f}  [{row['low']:.4f}, {row['high']:.4f}]  n={row['n']}")
    gap = result["difference"]
    print(f"ours − linear      {gap['value']:+.4f}  [{gap['low']:+.4f}, {gap['high']:+.4f}]  ≤0 {gap['not_above']:.3f}")
