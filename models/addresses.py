"""`hotline bench addresses`: the public yardstick for reading Chinese addresses (Li et al. 2019, NAACL), 21 kinds of parts.

Our pre-trained encoder with one layer for begin/inside tags is fine-tuned on the training file; the best legal sequence of
tags is decoded (Viterbi). Published for the task's own model: F1 89.93 over whole parts.
"""

import csv
import gzip
import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from catalogue.errors import InputError
from models.corpus import clean
from models.encoder import Encoder, half_precision
from models.reader import PRETRAINED

PUBLISHED = 0.8993
Part = tuple[int, int, str]


@dataclass(frozen=True)
class Address:
    """An address and its parts as (start, end, kind)."""

    text: str
    parts: tuple[Part, ...]


def read_addresses(path: Path) -> list[Address]:
    """Rows of a gzipped CSV (`text`, `entities` as JSON)."""
    if not path.exists():
        raise InputError("addresses.file", f"没有文件 {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as source:
        return [
            Address(row["text"], tuple((p["start"], p["end"], p["label"]) for p in json.loads(row["entities"])))
            for row in csv.DictReader(source)
        ]


class Tagger(torch.nn.Module):
    """The encoder with one linear layer over its characters."""

    def __init__(self, encoder: Encoder, kinds: Sequence[str]) -> None:
        super().__init__()
        self.encoder = encoder
        self.tags = ["O", *(f"{mark}-{kind}" for kind in kinds for mark in "BI")]
        self.layer = torch.nn.Linear(encoder.config.hidden, len(self.tags))
        self.dropout = torch.nn.Dropout(0.2)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(texts, time, tags) logits, the start mark left out."""
        return self.layer(self.dropout(self.encoder(ids, mask)))[:, 1:]

    def numbers(self, address: Address, width: int) -> list[int]:
        """The address's tags as numbers; -100 past its end."""
        out = [0] * len(address.text) + [-100] * (width - len(address.text))
        for start, end, kind in address.parts:
            for at in range(start, end):
                out[at] = self.tags.index(f"{'B' if at == start else 'I'}-{kind}")
        return out[:width]

    @torch.inference_mode()
    def parts(self, texts: Sequence[str]) -> list[set[Part]]:
        """The parts read in each text."""
        self.eval()
        logs = functional.log_softmax(self(*self.encoder.tokenise([_plain(text) for text in texts])), -1).numpy()
        legal = np.array([[_follows(one, other) for other in self.tags] for one in self.tags])
        return [_spans([self.tags[n] for n in _viterbi(logs[at, : len(text)], legal)]) for at, text in enumerate(texts)]


def _plain(text: str) -> str:
    """Cleaned character by character, so that places stay true."""
    return "".join((clean(character) or " ")[0] for character in text)


def _follows(one: str, other: str) -> float:
    return 0.0 if other[0] != "I" or one[1:] == other[1:] else -1e4


def _viterbi(logs: np.ndarray, legal: np.ndarray) -> list[int]:
    """The likeliest sequence of tags in which no part begins in its middle (an I at the start is read as a B)."""
    score, back = logs[0], []
    for row in logs[1:]:
        total = score[:, None] + legal
        back.append(total.argmax(0))
        score = total.max(0) + row
    path = [int(score.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]


def _spans(tags: Sequence[str]) -> set[Part]:
    out, start = set(), 0
    for at, tag in enumerate([*tags, "O"]):
        before = tags[at - 1] if at else "O"
        if before != "O" and tag != f"I-{before[2:]}":
            out.add((start, at, before[2:]))
        if tag == "O" or tag[0] == "B" or tag[2:] != before[2:]:
            start = at
    return out


def train_tagger(
    encoder: Encoder, rows: Sequence[Address], *, epochs: int, seed: int, report: Callable[[str], None]
) -> Tagger:
    """Fine-tune on addresses; deterministic for a seed on one thread."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    tagger = Tagger(encoder, sorted({kind for row in rows for _, _, kind in row.parts})).train()
    plan = [
        {"params": list(tagger.encoder.parameters()), "lr": 5e-4},
        {"params": list(tagger.layer.parameters()), "lr": 2e-3},
    ]
    optimiser = torch.optim.AdamW(plan, weight_decay=0.01)
    steps = epochs * -(-len(rows) // 32)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [5e-4, 2e-3], total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        order, losses = rng.sample(range(len(rows)), len(rows)), []
        for at in range(0, len(order), 32):
            batch = [rows[number] for number in order[at : at + 32]]
            ids, mask = tagger.encoder.tokenise([_plain(row.text) for row in batch])
            with half_precision():
                logits = tagger(ids, mask).float()
            wanted = torch.tensor([tagger.numbers(row, logits.shape[1]) for row in batch])
            loss = functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-100)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        report(f"epoch {epoch + 1}/{epochs} loss {np.mean(losses):.3f}")
    return tagger


def f1(gold: Sequence[set[Part]], found: Sequence[set[Part]]) -> float:
    """Micro-averaged F1 over whole parts: start, end and kind must all be right."""
    hits = sum(len(one & other) for one, other in zip(gold, found, strict=True))
    total = sum(map(len, gold)) + sum(map(len, found))
    return 2 * hits / total if total else 1.0


def measure(
    folder: Path, *, epochs: int = 12, seed: int = 0, report: Callable[[str], None] = lambda line: None
) -> Mapping[str, float | str]:
    """Train on `zh_address_train`, score `zh_address_test`; 95 % interval by 1,000 resamples of the addresses."""
    train, test = (read_addresses(folder / f"zh_address_{part}.csv.gz") for part in ("train", "test"))
    tagger = train_tagger(Encoder.load(PRETRAINED / "encoder"), train, epochs=epochs, seed=seed, report=report)
    gold = [set(row.parts) for row in test]
    found = [
        parts for at in range(0, len(test), 64) for parts in tagger.parts([row.text for row in test[at : at + 64]])
    ]
    rng = random.Random(seed)
    drawn = ([rng.randrange(len(test)) for _ in test] for _ in range(1000))
    means = sorted(f1([gold[n] for n in sample], [found[n] for n in sample]) for sample in drawn)
    digest = hashlib.sha256((folder / "zh_address_test.csv.gz").read_bytes()).hexdigest()[:12]
    return {
        "f1": round(f1(gold, found), 4),
        "low": round(means[25], 4),
        "high": round(means[974], 4),
        "published": PUBLISHED,
        "train": len(train),
        "test": len(test),
        "data": digest,
        "epochs": epochs,
        "seed": seed,
    }


def show(figures: Mapping[str, float | str], *, json_: bool) -> None:
    """Print the figures: data only, or one line."""
    print(json.dumps(figures) if json_ else "  ".join(f"{key}={value}" for key, value in figures.items()))
