"""A recording to a transcript: who said what, when, in time order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from asr.decode import MAX_SECONDS, AudioReader
from asr.normalise import normalise
from asr.recognise import Recogniser, Segment
from asr.times import Word

SPEAKERS = ("agent", "caller")
# Two segments of one speaker closer than this, with nobody between them, are one turn; a turn ends after LONGEST.
JOIN_GAP, LONGEST = 1.2, 30.0
# A breath this long inside a turn is written as a comma: Vosk gives no punctuation, and the readers of texts want some.
BREATH = 0.15
Progress = Callable[[float, float], None]


@dataclass
class Turn:
    """One speaker's uninterrupted speech: times in seconds, `text` normalised, `raw_text` as recognised."""

    who: str
    start: float
    end: float
    text: str
    raw_text: str
    words: list[Word]
    confidence: float


@dataclass
class Transcript:
    """The turns in time order; `model` is the model's name, `demo` whether it is the demonstration model."""

    turns: list[Turn]
    seconds: float
    model: str
    demo: bool = False
    warnings: list[str] = field(default_factory=list)
    source: str = ""
    codec: str = ""

    def to_json(self) -> dict:
        """Plain data: {source, seconds, codec, model, demo, warnings, turns: [{who, start, end, text, …}]}."""
        return asdict(self)

    @property
    def text(self) -> str:
        """The turns' texts, one a line."""
        return "\n".join(turn.text for turn in self.turns)


def transcribe(
    source: str | Path | bytes,
    *,
    recogniser: Recogniser,
    channels: Sequence[str] = SPEAKERS,
    name: str | None = None,
    mono: str = "caller",
    max_seconds: float = MAX_SECONDS,
    progress: Progress | None = None,
) -> Transcript:
    """Recognise a recording.

    `channels` says who speaks on the first and the second channel of a stereo file; a mono file is all `mono`'s.
    `progress(done, total)` is called in seconds of sound. Raises InputError for what is no recording.
    """
    with AudioReader(source, name=name, max_seconds=max_seconds) as reader:
        speakers = list(channels) if reader.channel_count == len(channels) == 2 else [mono]
        legs = [recogniser.stream(reader.sample_rate) for _ in speakers]
        spoken: list[tuple[str, Segment]] = []
        loud = False
        for block in reader.blocks():
            loud = loud or bool(np.ptp(block) > 2)
            rows = block if len(speakers) == len(block) else block.astype(np.int32).mean(axis=0)[None]
            for who, leg, row in zip(speakers, legs, rows, strict=True):
                spoken += [(who, segment) for segment in leg.accept(row.astype("<i2").tobytes())]
            if progress:
                progress(reader.seconds, reader.declared)
        for who, leg in zip(speakers, legs, strict=True):
            spoken += [(who, segment) for segment in leg.finish()]
        turns = merge(spoken)
        warnings = reader.warnings + _silence_warning(reader.name, turns, loud=loud)
        return Transcript(
            turns, round(reader.seconds, 3), recogniser.name, recogniser.demo, warnings, reader.name, reader.codec
        )


def _silence_warning(name: str, turns: list[Turn], *, loud: bool) -> list[str]:
    if turns:
        return []
    return [f"{name}：没有识别到说话" if loud else f"{name}：整段录音没有声音"]


def merge(spoken: Iterable[tuple[str, Segment]]) -> list[Turn]:
    """Segments of all speakers as turns in time order, neighbours of one speaker joined."""
    groups: list[tuple[str, list[Word]]] = []
    for who, segment in sorted(spoken, key=lambda item: item[1].words[0].start):
        last = groups[-1] if groups else None
        if last and last[0] == who and _continues(last[1], segment):
            last[1].extend(segment.words)
        else:
            groups.append((who, list(segment.words)))
    return [_turn(who, words) for who, words in groups]


def _continues(words: list[Word], segment: Segment) -> bool:
    near = segment.words[0].start - words[-1].end < JOIN_GAP
    return near and segment.words[-1].end - words[0].start < LONGEST


def _turn(who: str, words: list[Word]) -> Turn:
    raw = " ".join(word.word for word in words)
    sizes = [len(word.word) for word in words]
    confidence = float(np.average([word.conf for word in words], weights=sizes))
    start, end = round(words[0].start, 3), round(words[-1].end, 3)
    said = words[0].word + "".join(
        ("，" if now.start - before.end >= BREATH else " ") + now.word for before, now in pairwise(words)
    )
    tidy = [Word(word.word, round(word.start, 3), round(word.end, 3), word.conf) for word in words]
    return Turn(who, start, end, normalise(said), raw, tidy, round(confidence, 3))
