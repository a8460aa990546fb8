"""Samples to words: the recogniser behind a small interface, with Vosk as the real one and a scripted twin for tests.

A live gateway (`asr/gateway.py`, to come) uses the same `Recogniser`: one shared model, one stream a leg of the call.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from asr.times import Word, put_right

LAG = 0.13


@dataclass(frozen=True)
class Segment:
    """What was said between two pauses."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words as the recogniser gives them, joined by spaces."""
        return " ".join(word.word for word in self.words)


class Stream(Protocol):
    """One leg of one call."""

    def accept(self, pcm: bytes) -> list[Segment]:
        """Take int16 little-endian samples; give the segments that ended with them."""
        ...

    def partial(self) -> str:
        """What is being said right now, as far as understood."""
        ...

    def finish(self) -> list[Segment]:
        """The end of the sound: give what is left."""
        ...


class Recogniser(Protocol):
    """Makes streams; `name` is the model's name, `demo` whether it is the demonstration model."""

    name: str
    demo: bool

    def stream(self, sample_rate: int) -> Stream:
        """A new stream of that rate (8000 or 16000)."""
        ...


@dataclass(frozen=True)
class Gate:
    """When sound is worth recognising: above `level` (RMS of int16) or less than `hold` seconds after it.

    A recogniser that is fed silence for hours burns processor time and can blow up on constant samples. The level is
    58 dB below full scale: the idle noise of a line stays under it, a whisper does not.
    """

    level: float = 40.0
    hold: float = 1.2
    lead: float = 0.3
    frame: float = 0.03


class _Clock:
    """Where the fed samples lie in the real stream: silence that was left out has to be added again."""

    def __init__(self) -> None:
        self.fed_at: list[float] = [0.0]
        self.left_out: list[float] = [0.0]

    def skip(self, fed_seconds: float, skipped: float) -> None:
        if fed_seconds == self.fed_at[-1]:
            self.left_out[-1] += skipped
            return
        self.fed_at.append(fed_seconds)
        self.left_out.append(self.left_out[-1] + skipped)

    def real(self, fed_seconds: float, *, end: bool = False) -> float:
        place = bisect_right(self.fed_at, fed_seconds - (1e-3 if end else -1e-3)) - 1
        return fed_seconds + self.left_out[max(place, 0)]


class VoskStream:
    """One Vosk recogniser behind a voice gate; times are those of the stream, silences included."""

    def __init__(self, model: object, *, sample_rate: int, gate: Gate, lag: float = 0.0) -> None:
        import vosk

        self._recogniser = vosk.KaldiRecognizer(model, sample_rate)
        self._recogniser.SetWords(True)
        self.rate, self.gate, self._lag = sample_rate, gate, lag
        self.frame = int(gate.frame * sample_rate)
        self._step_size = 5 * self.frame
        self._rest = np.zeros(0, np.int16)
        self._lead: list[np.ndarray] = []
        self._quiet = float("inf")
        self._fed = 0
        self._clock = _Clock()
        self._heard = bytearray()  # one byte a frame: whether there was sound in it
        self._random = np.random.default_rng(0)

    def accept(self, pcm: bytes) -> list[Segment]:
        """Take samples; an odd last byte is dropped."""
        samples = np.concatenate([self._rest, np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2")])
        count = len(samples) // self.frame
        self._rest = samples[count * self.frame :]
        frames = samples[: count * self.frame].reshape(count, self.frame)
        ready: list[np.ndarray] = []
        segments: list[Segment] = []
        louds = self._loud(frames)
        self._heard += louds.astype(np.uint8).tobytes()
        for frame, loud in zip(frames, louds, strict=True):
            segments += self._step(frame, bool(loud), ready)
        return segments + self._feed(ready)

    def partial(self) -> str:
        """The words under way."""
        return json.loads(self._recogniser.PartialResult()).get("partial", "")

    def finish(self) -> list[Segment]:
        """Feed what is left and close."""
        segments = self._feed([self._rest]) if self._quiet < self.gate.hold and self._rest.size else []
        return segments + self._segments(self._recogniser.FinalResult()) if self._fed else segments

    def _loud(self, frames: np.ndarray) -> np.ndarray:
        moving = frames.astype(np.float32)
        moving -= moving.mean(axis=1, keepdims=True)
        return np.sqrt((moving**2).mean(axis=1)) > self.gate.level

    def _step(self, frame: np.ndarray, loud: bool, ready: list[np.ndarray]) -> list[Segment]:
        """Put the frame where it belongs: to the recogniser, or to the lead that is fed if speech follows."""
        was_open = self._quiet < self.gate.hold
        self._quiet = 0.0 if loud else self._quiet + self.gate.frame
        if loud and not was_open:
            ready += self._lead
            self._lead = []
        if self._quiet < self.gate.hold:
            ready.append(frame)
            return []
        segments = self._close(ready) if was_open else []
        self._keep_lead(frame)
        return segments

    def _close(self, ready: list[np.ndarray]) -> list[Segment]:
        segments = self._feed(ready) + self._segments(self._recogniser.Result())
        ready.clear()
        return segments

    def _keep_lead(self, frame: np.ndarray) -> None:
        self._lead.append(frame)
        if len(self._lead) * self.gate.frame > self.gate.lead:
            self._lead.pop(0)
            self._clock.skip(self._fed / self.rate, self.frame / self.rate)

    def _feed(self, pieces: list[np.ndarray]) -> list[Segment]:
        if not pieces:
            return []
        samples = np.concatenate(pieces).astype(np.int32)
        # One bit of noise: exactly constant samples can make the decoder's lattice explode.
        dithered = np.clip(samples + self._random.integers(-1, 2, len(samples)), -32768, 32767).astype("<i2")
        segments: list[Segment] = []
        # Vosk looks for a pause only at the end of what it is given, so it is given little at a time.
        for start in range(0, len(dithered), self._step_size):
            piece = dithered[start : start + self._step_size]
            self._fed += len(piece)
            if self._recogniser.AcceptWaveform(piece.tobytes()):
                segments += self._segments(self._recogniser.Result())
        return segments

    def _segments(self, result: str) -> list[Segment]:
        words = [
            Word(w["word"], self._clock.real(w["start"]), self._clock.real(w["end"], end=True), round(w["conf"], 3))
            for w in json.loads(result).get("result", [])
        ]
        righted = put_right(words, heard=self._heard, frame=self.gate.frame, lag=self._lag)
        return [Segment(tuple(righted))] if words else []


class VoskRecogniser:
    """Vosk with one model for all streams; the model is read when the first stream is asked for."""

    def __init__(self, path: Path, *, name: str | None = None, demo: bool = False, gate: Gate | None = None) -> None:
        self.path, self.name, self.demo = path, name or path.name, demo
        self.gate = gate or Gate()
        # Without word boundaries in the graph, a word's end is known only from the next word's first phone.
        self._lag = 0.0 if (path / "graph" / "phones" / "word_boundary.int").exists() else LAG
        self._model: object | None = None

    def stream(self, sample_rate: int) -> VoskStream:
        """A new stream. Raises HotlineError `asr.model_broken` if the folder is no model."""
        return VoskStream(self._load(), sample_rate=sample_rate, gate=self.gate, lag=self._lag)

    def _load(self) -> object:
        if self._model is None:
            import vosk

            from catalogue.errors import HotlineError

            vosk.SetLogLevel(-1)
            try:
                self._model = vosk.Model(str(self.path))
            except Exception as error:  # vosk raises a bare Exception
                message = f"语音模型读不出来：{self.path}。请重新运行 hotline asr install"
                raise HotlineError("asr.model_broken", message, status=503) from error
        return self._model


class ScriptedStream:
    """Gives the scripted segments as the sound reaches their ends."""

    def __init__(self, segments: Iterable[Segment], *, sample_rate: int) -> None:
        self._waiting = sorted(segments, key=lambda segment: segment.words[-1].end)
        self._rate, self._heard = sample_rate, 0

    def accept(self, pcm: bytes) -> list[Segment]:
        """Count samples; give the segments that lie before them."""
        self._heard += len(pcm) // 2
        ended = [s for s in self._waiting if s.words[-1].end <= self._heard / self._rate]
        self._waiting = self._waiting[len(ended) :]
        return ended

    def partial(self) -> str:
        """The script knows only whole segments."""
        return ""

    def finish(self) -> list[Segment]:
        """Everything that is left."""
        ended, self._waiting = self._waiting, []
        return ended


class ScriptedRecogniser:
    """A recogniser for tests: the n-th stream it makes gives the n-th script."""

    name, demo = "scripted", False

    def __init__(self, scripts: Iterable[Iterable[Segment]]) -> None:
        self._scripts = iter(scripts)

    def stream(self, sample_rate: int) -> ScriptedStream:
        """A stream that gives the next script."""
        return ScriptedStream(next(self._scripts, ()), sample_rate=sample_rate)


def say(text: str, *, start: float, each: float = 0.25, conf: float = 1.0) -> Segment:
    """A segment for scripts: the space-separated words of `text` evenly from `start`, `each` seconds a character."""
    words, now = [], start
    for word in text.split():
        end = now + each * len(word)
        words.append(Word(word, round(now, 3), round(end, 3), conf))
        now = end
    return Segment(tuple(words))
