"""`hotline train`: exemplars in, weights out, by one command and from one seed.

    hotline train --output models/weights

1. the linear reader (ridge on n-grams and term vectors), 2. the dense reader (a hidden layer on the term vector) and 3. the
network (encoder fine-tuned) learn from the exemplars; 4. their blend and sharpness, and the lines of the decision, are fitted on `calibration/tickets.jsonl`: tickets written by
another hand than the exemplars, so that confidence is not measured on its own handwriting.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import torch

import models
from catalogue import Catalogue
from models.corpus import clean
from models.dense import DenseReader, train_dense
from models.finetune import FinetuneConfig, finetune
from models.hub import open_encoder
from models.labels import Labels, examples
from models.linear import LinearConfig, LinearReader, train_linear
from models.network import NetworkReader
from models.reader import Reader, digest
from models.tagging import cleaned_marks
from models.vectors import TermVectors

CALIBRATION = Path(models.__file__).parent / "calibration" / "tickets.jsonl"
Report = Callable[[str], None]
WEIGHTS = (0.0, 0.25, 0.5, 1.0, 1.5)


def train(
    catalogue: Catalogue,
    *,
    pretrained: Path,
    output: Path,
    encoder: str | None = None,
    epochs: int = 8,
    seed: int = 0,
    report: Report = lambda line: None,
) -> Reader:
    """Train every part and write the weights; `pretrained` holds what `hotline pretrain` made (vectors, encoder).

    `encoder` names another encoder for the network: a hub id or a folder.
    """
    torch.manual_seed(seed)
    labels, data = Labels.of(catalogue), examples(catalogue)
    texts, marks = cleaned_marks(data.rows)
    report(f"例句 {len(texts)} 条，条款 {len(labels.cells)} 条")
    vectors = TermVectors.load(pretrained / "vectors.npz")
    config = LinearConfig(vector_weight=2.0, ridge=1.0)
    linear = train_linear(texts, data.targets, sizes=labels.sizes, vectors=vectors, config=config)
    report("线性模型完成")
    groups = cell_groups(catalogue, labels)
    dense = train_dense(texts, data.targets, sizes=labels.sizes, vectors=vectors, groups=groups)
    report("向量模型完成")
    network = finetune(
        open_encoder(encoder or pretrained / "encoder"),
        texts,
        data.targets,
        sizes=labels.wide,
        groups=groups,
        slots=marks,
        config=FinetuneConfig(epochs=epochs, seed=seed),
        report=report,
    )
    parts = {"linear": linear, "dense": dense, "network": network}
    blend = fit_blend(catalogue, labels, parts, load_tickets(CALIBRATION))
    report(f"融合权重 {blend}")
    version = hashlib.sha256(f"{catalogue.version}{len(texts)}{seed}{sorted(blend.items())}".encode()).hexdigest()[:12]
    card = {
        "version": version,
        "seed": seed,
        "exemplars": len(texts),
        "encoder": encoder or "pretrained",
        "vectors": digest(pretrained / "vectors.npz"),
        "blend": blend,
        "lines": {},
        "facts": labels.facts,
        "cells": labels.cells,
    }
    save(parts, output)
    write_card(output, card)
    return Reader(catalogue=catalogue, parts=parts, blend=blend, version=version, labels=labels)


def save(parts: Mapping[str, LinearReader | DenseReader | NetworkReader], output: Path) -> None:
    """Write the parts where `models.reader.load` looks for them."""
    output.mkdir(parents=True, exist_ok=True)
    for name, place in (("linear", "linear.npz"), ("dense", "dense.safetensors"), ("network", "network")):
        parts[name].save(output / place)


def cell_groups(catalogue: Catalogue, labels: Labels) -> list[np.ndarray]:
    """For each cell the number of its matter, of its standard matter, and of its lead."""
    clauses = [catalogue.by_id[name] for name in labels.cells]
    out = []
    for names in ([c.matter for c in clauses], [c.standard for c in clauses], [c.lead for c in clauses]):
        number = {name: at for at, name in enumerate(dict.fromkeys(names))}
        out.append(np.array([number[name] for name in names]))
    return out


def load_tickets(path: Path) -> list[dict]:
    """Labelled tickets, one JSON object a line; empty where the file is missing."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ticket_text(ticket: Mapping) -> str:
    """What the models read of a ticket: its title and the caller's words, cleaned."""
    from models.reading import Call

    call = Call.of(text=ticket.get("text") or "", title=ticket.get("title") or "", turns=ticket.get("turns") or ())
    return clean(call.read)


def fit_blend(
    catalogue: Catalogue, labels: Labels, parts: Mapping[str, object], tickets: Sequence[Mapping]
) -> dict[str, float]:
    """Weights of the parts and sharpness of each head that make the calibration tickets' gold likeliest.

    Every combination on a short grid is tried, the last part staying at one, each with the sharpness that suits it: moved one
    at a time, the weights stick where they began.
    """
    blend = {**dict.fromkeys(parts, 1.0), "standard": 0.0, "cells.sharpness": 1.0, "nature.sharpness": 1.0}
    if not tickets:
        return blend
    texts = [ticket_text(t) for t in tickets]
    logs = {name: part.log_probabilities(texts) for name, part in parts.items()}
    leads = [catalogue.by_id[name].lead for name in labels.cells]
    right = {
        "cells": np.array([[lead in t["gold"]["lead"] for lead in leads] for t in tickets]),
        "nature": np.array([[name == t["gold"]["nature"] for name in labels.nature] for t in tickets]),
    }
    free = list(parts)[:-1]
    if "standard" in logs[list(parts)[-1]]:
        views = {name: dict(part) for name, part in logs.items()}
        views["standard"] = {"cells": logs[list(parts)[-1]]["standard"][:, labels.standard_of]}
        free, logs = [*free, "standard"], views
    trials = [{**blend, **dict(zip(free, weights, strict=True))} for weights in product(WEIGHTS, repeat=len(free))]
    _, blend = min((_sharpened(trial, "cells", logs, right) for trial in trials), key=lambda found: found[0])
    return _sharpened(blend, "nature", logs, right)[1]


def _sharpened(
    blend: Mapping[str, float], head: str, logs: Mapping[str, Mapping[str, np.ndarray]], right: Mapping[str, np.ndarray]
) -> tuple[float, dict[str, float]]:
    """The least miss of a blend on a head, and the blend with the sharpness that reaches it."""
    mixed = sum(blend[name] * part[head] for name, part in logs.items() if head in part)
    miss, factor = min((_miss(mixed * factor, right[head]), factor) for factor in np.geomspace(0.2, 2.0, 20).tolist())
    return miss, {**blend, f"{head}.sharpness": factor}


def _miss(scores: np.ndarray, right: np.ndarray) -> float:
    """Mean negative log of the mass on acceptable labels; tickets with none are left out."""
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    mass = (exp * right).sum(axis=1) / exp.sum(axis=1)
    return float(-np.log(mass[right.any(axis=1)] + 1e-6).mean())


def write_card(folder: Path, meta: Mapping) -> None:
    """`model.json`: the version, what it was fitted to, the label set, the lines."""
    (folder / "model.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
