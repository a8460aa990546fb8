"""The reader: one object that turns a call into a `Reading`; the models behind it are loaded once and shared."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from catalogue import Catalogue
from catalogue.errors import HotlineError
from catalogue.marks import SLOTS
from models.corpus import aligned
from models.dense import DenseReader
from models.fields import read_form
from models.labels import Labels, present_clause
from models.linear import LinearReader
from models.network import NetworkReader
from models.reading import Call, Evidence, Reading, Span
from models.tagging import best_spans
from models.vectors import TermVectors

WEIGHTS = Path(__file__).parent / "weights"
PRETRAINED = Path(__file__).parent / "pretrained"
LONGEST = 20_000
MOST_GONE = 0.1
URGENT = 0.8
# The fields that the network's slots fill, by slot; below `DENIED` at every character there is no such words, whatever rules find.
LEARNT = {"location": "location", "time": "event_time", "target": "target"}
DENIED = 0.1
_URGENT = re.compile(
    "爆炸|漏气|触电|高空坠|坠落|随时(?:会|可能)?(?:塌|倒|掉)|危在旦夕|救命|生命危险|跳楼|砍人|持刀|泄漏|被困|快要塌|煤气.{0,4}漏|人命"
)


class Reader:
    """Reads calls with the models of one weights folder against one catalogue."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        parts: Mapping[str, object],
        blend: Mapping[str, float],
        version: str,
        labels: Labels | None = None,
    ) -> None:
        self.catalogue, self.parts, self.blend, self.version = catalogue, dict(parts), dict(blend), version
        self.labels = labels or Labels.of(catalogue)
        self.clauses = [present_clause(catalogue, cell, when) for cell, when in self.labels.cells.items()]

    def under(self, catalogue: Catalogue) -> "Reader":
        """The same models under other lists."""
        return Reader(catalogue=catalogue, parts=self.parts, blend=self.blend, version=self.version, labels=self.labels)

    def probabilities(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """Blended probabilities of each head for cleaned texts: (texts, labels), rows sum to one.

        The parts' log probabilities are averaged with the weights of `blend` (a product of experts), then sharpened by
        the temperature that was fitted on tickets no part was trained on. The network's view of the standard matter, which
        it reads by a head of its own, counts for all cells of that matter.
        """
        return self.tell(texts).heads

    def tell(self, texts: Sequence[str]) -> "Told":
        """All that the parts say of cleaned texts."""
        out: dict[str, np.ndarray] = {}
        extra: dict = {}
        for name, part in self.parts.items():
            told = part.read(texts) if hasattr(part, "read") else part.log_probabilities(texts)
            for head, logs in told.items():
                if head in ("cells", "nature"):
                    out[head] = out.get(head, 0) + self.blend[name] * logs
                else:
                    extra[head] = logs
        if "standard" in extra:
            out["cells"] = (
                out["cells"] + self.blend.get("standard", 0.0) * extra["standard"][:, self.labels.standard_of]
            )
        heads = {head: _softmax(logs * self.blend.get(f"{head}.sharpness", 1.0)) for head, logs in out.items()}
        urgent = np.exp(extra["urgent"][:, 1]) if "urgent" in extra else np.zeros(len(texts))
        return Told(heads, urgent, extra.get("slots"))

    def read(self, call: Call, *, call_time: datetime | None = None) -> Reading:
        """One call. An empty one reads as nothing at all: flat probabilities, an empty form."""
        return self.read_all([call], call_times=[call_time])[0]

    def read_all(self, calls: Sequence[Call], *, call_times: Sequence[datetime | None] = ()) -> list[Reading]:
        """Several calls at once; the models see them as one batch."""
        times = list(call_times) or [None] * len(calls)
        cleaned = [aligned(call.read[:LONGEST]) for call in calls]
        told = self.tell([text or "空" for text, _ in cleaned])
        return [
            self._reading(call, told, number, cleaned[number][1], times[number]) for number, call in enumerate(calls)
        ]

    def _reading(self, call: Call, told: "Told", number: int, places: Sequence[int], call_time) -> Reading:
        cells: dict[str, float] = defaultdict(float)
        for clause, p in zip(self.clauses, told.heads["cells"][number], strict=True):
            if clause is not None and p > 1e-5:
                cells[clause.id] += float(p)
        nature = {name: float(p) for name, p in zip(self.labels.nature, told.heads["nature"][number], strict=True)}
        spans = _spans(call, told.slots[number], places) if told.slots and places else {}
        fields = read_form(
            call,
            gazetteer=self.catalogue.gazetteer,
            call_time=call_time,
            matter=self._matter_name(cells),
            nature=max(nature, key=nature.get),
            spans=spans,
        )
        facts = read_facts(call, self.catalogue)
        return Reading(
            call=call,
            cells=cells,
            nature=nature,
            urgent=bool(_URGENT.search(call.caller)) or told.urgent[number] >= URGENT,
            fields=fields,
            facts=facts,
            version=self.version,
        )

    def _matter_name(self, cells: Mapping[str, float]) -> str:
        """What the likeliest clause's matter is called."""
        best = max(cells, key=cells.get, default=None)
        return self.catalogue.matters[self.catalogue.by_id[best].matter].name if best else ""


@dataclass(frozen=True)
class Told:
    """What the parts say of several texts: blended `heads`, and what the network alone tells (None where there is none)."""

    heads: Mapping[str, np.ndarray]
    urgent: np.ndarray
    slots: Sequence[np.ndarray] | None


def _spans(call: Call, probabilities: np.ndarray, places: Sequence[int]) -> dict[str, Span | None]:
    """The tagger's spans, moved from the cleaned reading text into `call.text`; None where it is sure that there is none.

    A span that leaves a turn is no evidence. Names and telephones are left to the rules, which hardly ever fail there.
    """
    sources, found = call.sources, best_spans(probabilities)
    out: dict[str, Span | None] = {}
    for name, field in LEARNT.items():
        start, end, confidence = found.get(name, (0, 0, 0.0))
        inside = [sources[place] for place in places[start:end] if place < len(sources) and sources[place] >= 0]
        if inside and inside[-1] - inside[0] < 3 * (end - start) + 8:
            out[field] = Span(inside[0], inside[-1] + 1, confidence)
        elif probabilities[:, SLOTS.index(name)].max() < DENIED:
            out[field] = None
    return out


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
    """The reader of a weights folder; one trained for lists that have little in common with today's is refused."""
    meta = read_card(folder)
    labels = Labels(cells=meta["cells"], facts=tuple(meta.get("facts", ())))
    if meta["vectors"] != digest(pretrained / "vectors.npz"):
        raise HotlineError(
            "model.vectors", "识别模型与词向量不是同一次训练的，请运行 hotline train 重新训练", status=503
        )
    sizes, vectors = labels.sizes, TermVectors.load(pretrained / "vectors.npz")
    parts = {
        "linear": LinearReader.load(folder / "linear.npz", vectors=vectors),
        "dense": DenseReader.load(folder / "dense.safetensors", vectors=vectors, sizes=sizes),
        "network": NetworkReader.load(folder / "network", sizes=labels.wide if labels.facts else sizes),
    }
    reader = Reader(catalogue=catalogue, parts=parts, blend=meta["blend"], version=meta["version"], labels=labels)
    gone = reader.clauses.count(None)
    if gone > MOST_GONE * len(labels.cells):
        raise HotlineError(
            "model.catalogue",
            f"识别模型是按另一份目录训练的：它的 {len(labels.cells)} 个类别中有 {gone} 个在现行目录里找不到，"
            "请运行 hotline train 重新训练",
            status=503,
        )
    return reader
