"""Is the speech path working: which model is in use, and how it does on the sample calls."""

import time
from pathlib import Path

import yaml
from rapidfuzz.distance import Levenshtein

from asr.demo import CALLS_DIR
from asr.install import ModelInfo, find_model, load_recogniser
from asr.recognise import Recogniser
from asr.transcribe import transcribe


def sample_calls() -> list[dict]:
    """The scripts of the sample calls, each with the `path` of its recording."""
    scripts = yaml.safe_load((CALLS_DIR / "scripts.yaml").read_text(encoding="utf-8"))
    return [{**script, "path": CALLS_DIR / f"{script['id']}.wav"} for script in scripts]


def character_errors(said: str, heard: str) -> tuple[int, int]:
    """Errors and characters said, counted on Chinese characters alone."""
    said, heard = (_characters(text) for text in (said, heard))
    return Levenshtein.distance(said, heard), len(said)


def _characters(text: str) -> str:
    return "".join(character for character in text if "\u4e00" <= character <= "\u9fff")


def check(*, demo: bool | None = None, calls: int | None = None) -> dict:
    """{model, name, demo, bytes, note, self_test: {calls, cer, rtf}} of the model in use; `calls` limits the test."""
    model = find_model(demo=demo)
    return {**describe(model), "self_test": self_test(load_recogniser(demo=demo), sample_calls()[:calls])}


def describe(model: ModelInfo) -> dict:
    """What is known of a model without loading it."""
    return {"model": str(model.path), "name": model.name, "demo": model.demo, "bytes": model.bytes, "note": model.note}


def self_test(recogniser: Recogniser, calls: list[dict]) -> dict:
    """Character error rate and real-time factor on sample calls, speaker by speaker."""
    errors = characters = 0
    seconds, begin = 0.0, time.perf_counter()
    for call in calls:
        wrong, said, length = _call_errors(recogniser, call["path"], call["turns"])
        errors, characters, seconds = errors + wrong, characters + said, seconds + length
    worked = time.perf_counter() - begin
    return {
        "calls": len(calls),
        "cer": round(errors / max(1, characters), 4),
        "rtf": round(worked / max(1, seconds), 4),
    }


def _call_errors(recogniser: Recogniser, path: Path, turns: list[dict]) -> tuple[int, int, float]:
    heard = transcribe(path, recogniser=recogniser)
    errors = characters = 0
    for who in ("agent", "caller"):
        said = "".join(turn["text"] for turn in turns if turn["who"] == who)
        wrong, count = character_errors(said, "".join(turn.raw_text for turn in heard.turns if turn.who == who))
        errors, characters = errors + wrong, characters + count
    return errors, characters, heard.seconds
