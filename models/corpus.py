"""Texts as the models see them: one cleaning for pre-training, training and use."""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_SPACE = re.compile(r"\s+")
_URL = re.compile(r"https?://\S+|[\w.-]+@[\w.-]+")
_DIGITS = re.compile(r"\d")


def clean(text: str) -> str:
    """Fold width and case, mask digits and links: what a call is about does not hang on a telephone number.

    Every digit becomes `0`, so that no number of a person can be learnt; runs of one character are cut to three.
    """
    return aligned(text)[0]


def aligned(text: str) -> tuple[str, list[int]]:
    """The cleaned text, and for each of its characters the place in `text` it comes from."""
    if "://" in text or "@" in text:
        folded, places = _without_links(text)
    else:
        folded, places = text, list(range(len(text)))
    out: list[str] = []
    kept: list[int] = []
    for character, place in zip(folded, places, strict=True):
        plain = character if "\u4e00" <= character <= "\u9fff" else _plain(character)
        for one in plain:
            repeated = out[-3:] == [one] * 3 or (one == " " and (not out or out[-1] == " "))
            if not repeated:
                out.append(one)
                kept.append(place)
    while out and out[-1] == " ":
        out.pop(), kept.pop()
    return "".join(out), kept


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).lower()
    return _SPACE.sub(" ", _DIGITS.sub("0", folded))


def _without_links(text: str) -> tuple[str, list[int]]:
    """Links and mail addresses as one mark each."""
    folded, places, at = "", [], 0
    for link in _URL.finditer(text):
        folded += text[at : link.start()] + "#"
        places += range(at, link.start() + 1)
        at = link.end()
    return folded + text[at:], [*places, *range(at, len(text))]


def read_texts(path: Path) -> Iterator[str]:
    """Cleaned texts of a corpus: JSON lines (`title`, `text`) or plain lines, either of them gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in filter(str.strip, lines):
            row = json.loads(line) if line.lstrip().startswith("{") else {"text": line}
            yield clean(f"{row.get('title') or ''} {row.get('text') or ''}")
