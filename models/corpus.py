"""Texts as the models see them: one cleaning for pre-training, training and use."""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

_SPACE = re.compile(r"\s+")
_URL = re.compile(r"https?://\S+|[\w.-]+@[\w.-]+")
_DIGITS = re.compile(r"\d")
_REPEAT = re.compile(r"(.)\1{3,}")


def clean(text: str) -> str:
    """Fold width and case, mask digits and links: what a call is about does not hang on a telephone number.

    Every digit becomes `0`, so that no number of a person can be learnt; runs of one character are cut to three.
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = _URL.sub("#", text)
    text = _DIGITS.sub("0", text)
    return _REPEAT.sub(r"\1\1\1", _SPACE.sub(" ", text)).strip()


def read_texts(path: Path) -> Iterator[str]:
    """Cleaned texts of a corpus: JSON lines (`title`, `text`) or plain lines, either of them gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in filter(str.strip, lines):
            row = json.loads(line) if line.lstrip().startswith("{") else {"text": line}
            yield clean(f"{row.get('title') or ''} {row.get('text') or ''}")
