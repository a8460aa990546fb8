"""Who may see a caller's phone: the operator who talks to the caller, and nobody else.

`mask` keeps the length of every text, so that offsets into it still point at the same words.
"""

import re
from collections.abc import Mapping

_GAP = r"[ \-－–—·.]?"
# Mobile numbers, also grouped 138-0000-0000 and with the country's prefix; landlines with their area code.
_MOBILE = re.compile(rf"(?<![\d*])((?:86)?1[3-9]\d{_GAP})(\d{{4}})({_GAP}\d{{4}})(?!\d)")
_MOBILE_ODD = re.compile(r"(?<![\d])1[3-9](?:[ \-－–—·.,，、]?\d){9}(?![\d])")
_LANDLINE = re.compile(rf"(?<!\d)(0\d{{2,3}}{_GAP}\d{{1,2}})(\d{{2,4}})(\d{{2}})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)([1-9]\d{5})((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))(\d{3}[\dXx])(?!\d)")
_SPOKEN = re.compile(r"[零〇一二两三四五六七八九幺腰]{7,}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def mask(value: object, *, known: tuple[str, ...] = ()) -> object:
    """`value` (text, list, mapping, nested) with every phone and identity number hidden.

    `known` are numbers of this caller as the form holds them; they are hidden wherever they stand, short ones too.
    Word-by-word transcripts ("words") are left out: a number is spread over their entries.
    """
    if isinstance(value, str):
        return mask_text(value, known=known)
    if isinstance(value, Mapping):
        return {key: [] if key == "words" else mask(item, known=known) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask(item, known=known) for item in value]
    return value


def mask_text(text: str, *, known: tuple[str, ...] = ()) -> str:
    """138****5678 for every number that looks like a phone; the length stays."""
    narrow = text.translate(_FULL_WIDTH)
    if narrow != text and mask_text(narrow, known=known) != narrow:
        text = narrow
    for number in known:
        if len(number) >= 5:
            text = text.replace(number, mask_number(number))
    text = _IDENTITY.sub(lambda found: f"{found[1]}********{found[3]}", text)
    text = _MOBILE.sub(r"\1****\3", text)
    text = _MOBILE_ODD.sub(lambda found: _middle(found[0]), text)
    text = _LANDLINE.sub(lambda found: f"{found[1]}{'*' * len(found[2])}{found[3]}", text)
    return _SPOKEN.sub(lambda found: _middle(found[0]), text)


def mask_number(number: str) -> str:
    """One number on its own, whatever its form."""
    masked = _MOBILE.sub(r"\1****\3", number)
    return masked if masked != number else _middle(number)


def _middle(text: str) -> str:
    """The first three and the last four characters stay; of a short number only the last two."""
    head, tail = (3, 4) if len(text) >= 9 else (0, 2)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
