"""Character error rates of the demonstration model, with 95 % intervals.

    python -m asr.demo.build score

The sample calls, whose sentences the language model knows; the same calls with a language model that does not; and
`corpus/heldout.txt`, clauses of exemplars that neither training nor the language model has seen. Both are the demo voices: nothing here says how well people are heard.
"""

import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asr.check import character_errors, sample_calls
from asr.demo import MODEL_DIR
from asr.demo.texts import characters
from asr.recognise import Recogniser, VoskRecogniser
from asr.transcribe import transcribe


@dataclass(frozen=True)
class Score:
    """Errors and characters of each item."""

    errors: list[int]
    lengths: list[int]

    @property
    def rate(self) -> float:
        """Character error rate over all items."""
        return sum(self.errors) / max(1, sum(self.lengths))

    def interval(self, *, draws: int = 2000, seed: int = 0) -> tuple[float, float]:
        """95 % bootstrap interval over items."""
        rng = np.random.default_rng(seed)
        picks = rng.integers(0, len(self.errors), (draws, len(self.errors)))
        rates = np.array(self.errors)[picks].sum(1) / np.array(self.lengths)[picks].sum(1)
        low, high = np.quantile(rates, [0.025, 0.975])
        return float(low), float(high)


def score(pairs: list[tuple[str, str]]) -> Score:
    """Score (spoken, heard) pairs on their Chinese characters."""
    counted = [character_errors(spoken, heard) for spoken, heard in pairs]
    return Score([errors for errors, _ in counted], [length for _, length in counted])


def call_pairs(recogniser: Recogniser) -> list[tuple[str, str]]:
    """(spoken, heard) of each speaker of each sample call."""
    pairs = []
    for call in sample_calls():
        heard = transcribe(call["path"], recogniser=recogniser)
        for who in ("agent", "caller"):
            said = "".join(turn["text"] for turn in call["turns"] if turn["who"] == who)
            pairs.append((said, "".join(turn.raw_text for turn in heard.turns if turn.who == who)))
    return pairs


def held_out_pairs(recogniser: Recogniser) -> tuple[list[tuple[str, str]], float]:
    """(spoken, heard) of the held-out sentences over 8 kHz A-law, and seconds of work per second of sound."""
    from asr.demo.texts import lines
    from asr.demo.voice import AGENT, CALLER, RATE, alaw_decode, alaw_encode, speak

    pairs, worked, sound = [], 0.0, 0.0
    rng = random.Random(3)
    edge = np.zeros(RATE // 2, np.float32)
    for sentence in lines("heldout"):
        samples = np.concatenate([edge, speak(sentence, voice=rng.choice([AGENT, CALLER])) * 0.6, edge])
        pcm = (alaw_decode(alaw_encode(samples)) * 32768).astype("<i2").tobytes()
        begin = time.perf_counter()
        stream = recogniser.stream(RATE)
        heard = [*stream.accept(pcm), *stream.finish()]
        worked, sound = worked + time.perf_counter() - begin, sound + len(samples) / RATE
        pairs.append((sentence, "".join(segment.text for segment in heard)))
    return pairs, worked / sound


def figures(name: str, result: Score) -> dict:
    """One line of the report."""
    low, high = result.interval()
    return {
        "set": name, "items": len(result.errors), "characters": sum(result.lengths),
        "cer": round(result.rate, 4), "low": round(low, 4), "high": round(high, 4),
    }  # fmt: skip


def report(model: Path, blind: Path | None = None) -> list[dict]:
    """Measure, print and keep the figures in the model's `scores.json`.

    `blind` is the same model with a language model that does not know the sample calls' sentences.
    """
    recogniser = VoskRecogniser(model, demo=True)
    held_out, factor = held_out_pairs(recogniser)
    rows = [figures("sample calls", score(call_pairs(recogniser)))]
    if blind:
        rows.append(figures("sample calls, not in the language model", score(call_pairs(VoskRecogniser(blind)))))
    rows.append({**figures("held-out", score(held_out)), "rtf": round(factor, 4)})
    (model / "scores.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        print(row)
    for spoken, heard in held_out[:12]:
        print(characters(spoken), "→", characters(heard))
    return rows


if __name__ == "__main__":
    report(MODEL_DIR, Path(sys.argv[1]) if len(sys.argv) > 1 else None)
