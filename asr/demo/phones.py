"""Phones of the demonstration model: pinyin initials and finals without tone, and how a word is spelled with them."""

import re
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s y w".split()  # noqa: SIM905
# "iR" and "iZ" are the buzzing vowels of zhi and zi; "v" is ü.
FINALS = (  # noqa: SIM905
    "a o e ai ei ao ou an en ang eng ong er i ia ie iao iu ian in iang ing iong "
    "u ua uo uai ui uan un uang v ve van vn iR iZ"
).split()
PHONES = INITIALS + FINALS
PHONE_IDS = {phone: number for number, phone in enumerate(PHONES, start=1)}
BLANK = len(PHONES) + 1


def syllable_phones(syllable: str) -> list[str]:
    """The phones of one pinyin syllable (`zhi1` -> zh, iR); unknown syllables give a phone outside PHONES."""
    plain = re.sub(r"\d", "", syllable).replace("ü", "v")
    initial = next((i for i in ("zh", "ch", "sh") if plain.startswith(i)), plain[:1] if plain[:1] in INITIALS else "")
    final = plain[len(initial) :]
    if initial in {"j", "q", "x", "y"} and final.startswith("u"):
        final = "v" + final[1:]
    if final == "i" and initial in {"zh", "ch", "sh", "r"}:
        final = "iR"
    if final == "i" and initial in {"z", "c", "s"}:
        final = "iZ"
    return [phone for phone in (initial, final) if phone]


def word_pinyin(word: str) -> list[str]:
    """Numbered pinyin of a word, one syllable a character, as espeak-ng wants it (neutral tone is 5)."""
    return lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore", v_to_u=False)


def word_phones(word: str) -> tuple[str, ...]:
    """The phones of a word, or an empty tuple where it has a sound the model does not know."""
    phones = tuple(phone for syllable in word_pinyin(word) for phone in syllable_phones(syllable))
    return phones if all(phone in PHONE_IDS for phone in phones) else ()


def spell(words: Iterable[str]) -> list[int]:
    """Phone numbers (1..) of a sentence given as words; sounds the model does not know are left out."""
    return [PHONE_IDS[phone] for word in words for phone in word_phones(word)]
