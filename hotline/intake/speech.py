"""The desk's side of the speech package; the rest of the desk works without it."""

from pathlib import Path


def probe(path: Path, *, name: str) -> None:
    """Raise InputError (naming the file as the user knows it) unless there is sound to decode."""
    from asr.decode import AudioReader

    with AudioReader(path, name=name) as reader:
        next(iter(reader.blocks()), None)


def transcribe(path: Path, *, recogniser: object, name: str) -> dict:
    """`{"turns": [{who, start, end, text, confidence, words}], "warnings": [..], "model": words on screen}`."""
    from asr.demo import SENTENCE
    from asr.transcribe import transcribe as recognise

    heard = recognise(path, recogniser=recogniser, name=name).to_json()
    return {
        "turns": [turn for turn in heard["turns"] if turn["text"].strip()],
        "warnings": list(heard["warnings"]),
        # The demonstration model is never shown without the sentence that says what it is.
        "model": SENTENCE if heard["demo"] else heard["model"],
    }
