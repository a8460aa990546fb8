"""Word times put right: what a recogniser says about when a word began is only roughly so.

Input are words with times in seconds and `heard`, one byte a frame that says whether there was sound in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

# A silence this long between words is a pause; a boundary this near to it belongs to it (seconds).
PAUSE, NEAR = 0.12, 0.16


@dataclass(frozen=True)
class Word:
    """A recognised word: `start` and `end` in seconds from the beginning of the stream, `conf` 0..1."""

    word: str
    start: float
    end: float
    conf: float


def put_right(words: list[Word], *, heard: bytearray, frame: float, lag: float) -> list[Word]:
    """The words with better times: none empty, `lag` seconds earlier, boundaries at the pauses, no silence at the edges."""
    if not words:
        return []
    shifted = _earlier(shared_out(words), lag)
    return [_trimmed(word, heard, frame) for word in _at_pauses(shifted, heard, frame)]


def shared_out(words: list[Word]) -> list[Word]:
    """Words of no length share the time of the next one, each by its characters."""
    result: list[Word] = []
    group: list[Word] = []
    for word in words:
        group.append(word)
        if word.end - word.start < 0.02 and word is not words[-1]:
            continue
        start, size = group[0].start, sum(len(member.word) for member in group)
        for member in group:
            end = start + (word.end - group[0].start) * len(member.word) / size
            result.append(replace(member, start=start, end=end))
            start = end
        group = []
    return result


def _earlier(words: list[Word], lag: float) -> list[Word]:
    """Inner boundaries moved to the left; the first start and the last end stay, trimming sees to them."""
    bounds = [words[0].start, *(max(words[0].start, word.end - lag) for word in words[:-1]), words[-1].end]
    return _with_bounds(words, bounds)


def _with_bounds(words: list[Word], bounds: list[float]) -> list[Word]:
    return [replace(w, start=bounds[i], end=bounds[i + 1]) for i, w in enumerate(words)]


def _pauses(words: list[Word], heard: bytearray, frame: float) -> Iterator[tuple[float, float]]:
    """(start, end) of every silence between the first and the last sound of the words."""
    first, last = int(words[0].start / frame), int(np.ceil(words[-1].end / frame))
    loud = np.flatnonzero(np.frombuffer(heard[first:last], np.uint8)) + first
    for place in np.flatnonzero(np.diff(loud) * frame > PAUSE):
        yield float(loud[place] + 1) * frame, float(loud[place + 1]) * frame


def _at_pauses(words: list[Word], heard: bytearray, frame: float) -> list[Word]:
    """Each pause takes the nearest word boundary to itself, if one is near."""
    words = list(words)
    for start, end in _pauses(words, heard, frame):
        places = [i for i in range(1, len(words)) if start - NEAR <= words[i].start <= end + NEAR]
        places = [i for i in places if words[i - 1].start < start and words[i].end > end]
        if places:
            nearest = min(places, key=lambda i: abs(words[i].start - (start + end) / 2))
            words[nearest - 1] = replace(words[nearest - 1], end=start)
            words[nearest] = replace(words[nearest], start=end)
    return words


def _trimmed(word: Word, heard: bytearray, frame: float) -> Word:
    """The word without the silence before and after it, which a recogniser counts to the words beside a pause."""
    first, last = int(word.start / frame), int(np.ceil(word.end / frame))
    start, end = heard.find(1, first, last), heard.rfind(1, first, last)
    if start < 0:
        return word
    return replace(word, start=max(word.start, start * frame), end=min(word.end, (end + 1) * frame))
