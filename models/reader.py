"""The reader: one object that turns a call into a `Reading`; the models behind it are loaded once and shared."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from catalogue import Catalogue
from catalogue.errors import HotlineError
from models.corpus import clean
from models.dense import DenseReader
from models.fields import read_form
from models.labels import Labels
from models.linear import LinearReader
from models.network import NetworkReader
from models.reading import Call, Evidence, Reading
from models.vectors import TermVectors

WEIGHTS = Path(__file__).parent / "weights"
PRETRAINED = Path(__file__).parent / "pretrained"
LONGEST = 20_000
_URGENT = re.compile(
    "爆炸|漏气|触电|高空坠|坠落|随时(?:会|可能)?(?:塌|倒|掉)|危在旦夕|救命|生命危险|跳楼|砍人|持刀|泄漏|被困|快要塌|煤气.{0,4}漏|人命"
)


class Reader:
    """Reads calls with the models of one weights folder against one catalogue."""

    def __init__(
        self, *, catalogue: Catalogue, parts: Mapping[str, object], blend: Mapping[str, float], version: str
    ) -> None:
        self.catalogue, self.parts, self.blend, self.version = catalogue, dict(parts), dict(blend), version
        self.labels = Labels.of(catalogue)

    def probabilities(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """Blended probabilities of each head for cleaned texts: (texts, labels), rows sum to one.

        The parts' log probabilities are averaged with the weights of `blend` (a product of experts), then sharpened by
        the temperature that was fitted on tickets no part was trained on.
        """
        out: dict[str, np.ndarray] = {}
        for name, part in self.parts.items():
            for head, logs in part.log_probabilities(texts).items():
                out[head] = out.get(head, 0) + self.blend[name] * logs
        return {head: _softmax(logs * self.blend.get(f"{head}.sharpness", 1.0)) for head, logs in out.items()}

    def read(self, call: Call, *, call_time: datetime | None = None) -> Reading:
        """One call. An empty one reads as nothing at all: flat probabilities, an empty form."""
        return self.read_all([call], call_times=[call_time])[0]

    def read_all(self, calls: Sequence[Call], *, call_times: Sequence[datetime | None] = ()) -> list[Reading]:
        """Several calls at once; the models see them as one batch."""
        times = list(call_times) or [None] * len(calls)
        heads = self.probabilities([clean(call.read[:LONGEST]) or "空" for call in calls])
        return [
            self._reading(call, {head: rows[number] for head, rows in heads.items()}, times[number])
            for number, call in enumerate(calls)
        ]

    def _reading(self, call: Call, heads: Mapping[str, np.ndarray], call_time: datetime | None) -> Reading:
        cells = {name: float(p) for name, p in zip(self.labels.cells, heads["cells"], strict=True) if p > 1e-5}
        nature = {name: float(p) for name, p in zip(self.labels.nature, heads["nature"], strict=True)}
        fields = read_form(call, gazetteer=self.catalogue.gazetteer, call_time=call_time)
        return Reading(
            call=call,
            cells=cells,
            nature=nature,
            urgent=bool(_URGENT.search(call.caller)),
            fields=fields,
            facts=read_facts(call, self.catalogue),
            version=self.version,
        )


def read_facts(call: Call, catalogue: Catalogue) -> dict[str, Evidence]:
    """Deciding facts the caller's words show, each by the first cue that matches; values in the order of the list."""
    found = {}
    for fact in catalogue.facts.values():
        for value, patterns in fact.cues.items():
            hit = next(
                (m for pattern in patterns for m in pattern.finditer(call.text) if call.of_caller(m.start())), None
            )
            if hit:
                found[fact.id] = Evidence(value, hit.group(), hit.start(), hit.end(), 0.7)
                break
    return found


def digest(path: Path) -> str:
    """Twelve hex digits of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _softmax(scores: np.ndarray) -> np.ndarray:
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def read_card(folder: Path) -> dict:
    """`model.json` of a weights folder: versions, blend, lines, label set."""
    card = folder / "model.json"
    if not card.exists():
        raise HotlineError("model.missing", f"没有找到识别模型 {folder}，请先运行 hotline train", status=503)
    return json.loads(card.read_text(encoding="utf-8"))


def load(catalogue: Catalogue, folder: Path = WEIGHTS, pretrained: Path = PRETRAINED) -> Reader:
    """The reader of a weights folder; one trained for another list of clauses is refused."""
    meta = read_card(folder)
    if meta["cells"] != list(Labels.of(catalogue).cells):
        raise HotlineError(
            "model.catalogue", "识别模型与现行职责清单的条款不一致，请运行 hotline train 重新训练", status=503
        )
    if meta["vectors"] != digest(pretrained / "vectors.npz"):
        raise HotlineError(
            "model.vectors", "识别模型与词向量不是同一次训练的，请运行 hotline train 重新训练", status=503
        )
    sizes, vectors = Labels.of(catalogue).sizes, TermVectors.load(pretrained / "vectors.npz")
    parts = {
        "linear": LinearReader.load(folder / "linear.npz", vectors=vectors),
        "dense": DenseReader.load(folder / "dense.safetensors", vectors=vectors, sizes=sizes),
        "network": NetworkReader.load(folder / "network", sizes=sizes),
    }
    return Reader(catalogue=catalogue, parts=parts, blend=meta["blend"], version=meta["version"])
