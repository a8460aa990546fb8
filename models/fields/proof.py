"""Nothing is invented: every place, number, name and content word of a written text must come from the call.

The text is covered from left to right with the longest pieces that the source holds; a word of a dictionary counts as
proven when it stands in the source, is a frame word (市民, 反映, 要求), or is put together from longer pieces of it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

import catalogue
from asr.normalise import normalise
from asr.numbers import cardinal
from catalogue.gazetteer import Gazetteer
from models.fields.people import SURNAMES
from models.fields.wording import standard

# Words that belong to the form, not to the story.
FRAME = frozenset((
    "市民", "反映", "投诉", "举报", "咨询", "建议", "求助", "要求", "表示", "感谢", "有关", "部门", "有关部门", "处理", "核实", "核实处理",
    "经确认", "确认", "肇庆", "肇庆市",
))  # fmt: skip
_LITTLE = frozenset("的了在是和与及等为由于被将把其，。、；：！？,.;:!?“”‘’（）()《》\"' \n…—-~～/%")
_NAMED = re.compile(
    r"[\u4e00-\u9fff]{2}(?:大道|[东西南北中]路|路(?![口灯面边人过上由])|街道|大街|小区|花园|花苑|新村|家园|华庭|豪庭|名城|广场|公园|大厦|医院|小学|中学|幼儿园|学校|市场|工业园|镇|村(?![里民委口])|公司|派出所)"
)
_PERSON = re.compile(rf"[{SURNAMES}](?:先生|女士|小姐|阿姨)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SPOKEN_NUMBER = re.compile("[零〇一二两三四五六七八九十百千万亿]{2,}")


def invented(value: str, source: str, *, gazetteer: Gazetteer | None = None) -> list[str]:
    """Words of `value` that `source` does not prove, in order; empty where all are.

    Figures count as their spoken form and the other way round, dialect as its standard form; a county or town counts as
    said where a place of the source implies it (`gazetteer`: by default that of the lists that came with the program).
    """
    faults = _faults(value, source, FRAME)
    # The names that places imply are looked up only where something is left to prove: the look-up is the slow part.
    return faults and _faults(value, source, FRAME | _implied(source, gazetteer or catalogue.load().gazetteer))


def _faults(value: str, source: str, allowed: frozenset[str]) -> list[str]:
    held = _readings(source)
    covered = _covered(value, held, allowed)
    faults = [word for word, start, end in _words(value) if not _proven(word, start, end, covered, held, allowed)]
    faults += [number for number in _numbers(value) if number not in _figures(source)]
    faults += [m.group() for m in _PERSON.finditer(value) if m.group() not in held]
    faults += [m.group() for m in _NAMED.finditer(value) if not _named(m, value, covered, held, allowed)]
    return list(dict.fromkeys(faults))


@lru_cache(maxsize=8)
def _readings(source: str) -> str:
    """The source as said, in standard words, and with figures."""
    plain = re.sub(r"\s+", "\n", source)
    joined = standard(plain)
    return "\n".join((source, joined, normalise(joined)))


@lru_cache(maxsize=8)
def _implied(source: str, gazetteer: Gazetteer) -> frozenset[str]:
    """Counties and towns that the places named in the source lie in."""
    regions = catalogue.load().regions
    found = {place for mention in gazetteer.find(source) for place in mention.places if place.region}
    names = {regions.get(place.region, "") for place in found} | {place.town or "" for place in found}
    names |= {name.removeprefix("肇庆") for name in names}
    return frozenset(names - {""})


def _covered(value: str, held: str, allowed: frozenset[str]) -> list[tuple[int, int]]:
    """Pieces of `value` from left to right, each the longest that is held or allowed (one character at least)."""
    out, at = [], 0
    longest = max(map(len, allowed))
    while at < len(value):
        end = at + 1
        while end < len(value) and value[at : end + 1] in held:
            end += 1
        frame = next((n for n in range(min(longest, len(value) - at), 1, -1) if value[at : at + n] in allowed), 0)
        end = max(end, at + frame)
        out.append((at, end))
        at = end
    return out


def _words(value: str) -> Iterator[tuple[str, int, int]]:
    """Dictionary words of two characters and more with their places, figures and punctuation left out."""
    at = 0
    for word in rjieba.cut(value):
        start, at = at, at + len(word)
        if len(word) > 1 and re.search(r"[\u4e00-\u9fffA-Za-z]", word):
            yield word, start, at


def _proven(word: str, start: int, end: int, covered, held: str, allowed: frozenset[str]) -> bool:
    """Whether a word is held as it is, allowed, or lies over pieces that are each more than a lone character."""
    if word in held or word in allowed or (_SPOKEN_NUMBER.fullmatch(word) and str(cardinal(word)) in held):
        return True
    return all(
        right - left > 1 or value_is_little
        for left, right, value_is_little in (
            (left, right, word[max(0, left - start) : right - start] in _LITTLE)
            for left, right in covered
            if left < end and right > start
        )
    )


def _named(found: re.Match[str], value: str, covered, held: str, allowed: frozenset[str]) -> bool:
    """Whether a name with its kind is held whole; a seam right before the kind is fine after a full name or a frame word."""
    if found.group() in held or any(found.group() in name or name.endswith(found.group()) for name in allowed):
        return True
    kind = found.start() + 2
    before = next((value[left:right] for left, right in covered if right in (kind, kind - 1)), "")
    return before in allowed or before in _LITTLE or len(before) >= 4 or before[-1:] in ("区", "县", "市", "镇", "号")


@lru_cache(maxsize=8)
def _figures(source: str) -> frozenset[str]:
    return frozenset(_numbers(_readings(source)))


def _numbers(text: str) -> list[str]:
    """Figures of a text, those said in number words among them."""
    return [*_NUMBER.findall(text), *_NUMBER.findall(" ".join(map(normalise, _SPOKEN_NUMBER.findall(text))))]
