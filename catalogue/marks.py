"""Marks in an exemplar's text: `{地:星湖大道12号}路灯不亮` says which words name the place.

An exemplar that carries marks (or the column `urgent`) teaches the form's fields; one without teaches only the matter.
"""

import re

MARKS = {"地": "location", "时": "time", "方": "target", "人": "person", "话": "phone"}
SLOTS = tuple(MARKS.values())
_MARK = re.compile(r"\{([地时方人话]):([^{}]+)\}")


def unmark(text: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """The bare text, and (start, end) in it of every marked field."""
    bare, slots, at = "", {}, 0
    for mark in _MARK.finditer(text):
        bare += text[at : mark.start()]
        slots[MARKS[mark.group(1)]] = (len(bare), len(bare) + len(mark.group(2)))
        bare += mark.group(2)
        at = mark.end()
    return bare + text[at:], slots
