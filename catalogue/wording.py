"""The lists in words and back: what sheets, comparisons and pages write, and what a sheet's cell is read as."""

import re
from collections.abc import Mapping, Sequence

from pypinyin import lazy_pinyin
from rapidfuzz.fuzz import ratio

from catalogue.entries import Basis, Clause, Fact
from catalogue.loading import Catalogue

TO_CONFIRM = "（待核）"
STATUS_WORDS = {"settled": "确定", "undesignated": "待指定", "contested": "有争议"}
PRACTICE = "，现行先派"
_LAW = re.compile(r"《(?P<law>[^》]+)》(?P<article>.*)")
_DUTY, _RESOLUTION = "部门职责：", "联席会议决定 "


class WordingError(ValueError):
    """A cell that cannot be read; the message says why, in words."""


def condition_words(catalogue: Catalogue, when: Mapping[str, Sequence[str]]) -> str:
    """噪声来源=建筑施工/室内装修；工程类别=市政道路工程."""
    out = []
    for fact, values in when.items():
        known = catalogue.facts.get(fact)
        words = [known.values.get(value, value) for value in values] if known else values
        out.append(f"{known.name if known else fact}={'/'.join(words)}")
    return "；".join(out)


def read_conditions(catalogue: Catalogue, cell: str) -> dict[str, tuple[str, ...]]:
    """The conditions of a cell; raises WordingError naming the fact or value that is not in the vocabulary."""
    out = {}
    for part in filter(None, (part.strip() for part in re.split("[；;\n]", cell))):
        name, sign, values = part.replace("＝", "=").partition("=")
        if not sign:
            raise WordingError(f"条件「{part}」应写作 定责事实=取值")
        fact = read_fact(catalogue, name.strip())
        out[fact.id] = tuple(_value(fact, value.strip()) for value in re.split("[/、]", values))
    return out


def read_fact(catalogue: Catalogue, word: str) -> Fact:
    """A deciding fact by its name or id; raises WordingError with the nearest name."""
    return catalogue.facts[_code(word, {fact.id: (fact.name,) for fact in catalogue.facts.values()}, "定责事实")]


def _value(fact: Fact, word: str) -> str:
    for value, label in fact.values.items():
        if word in (value, label):
            return value
    raise WordingError(f"「{fact.name}」没有取值「{word}」，应为 {'、'.join(fact.values.values())} 之一")


def read_department(catalogue: Catalogue, word: str) -> str:
    """The code of a department named by code, short or full name; raises WordingError with the nearest name."""
    return _code(word, {code: (d.short_name, d.name) for code, d in catalogue.departments.items()}, "单位")


def read_region(catalogue: Catalogue, word: str) -> str:
    """The code of a region; raises WordingError with the nearest name."""
    return _code(word, {code: (name,) for code, name in catalogue.regions.items()}, "区域")


def _code(word: str, names: Mapping[str, Sequence[str]], kind: str) -> str:
    """The code that a word stands for, itself or by one of its names; the first name is the one that is proposed."""
    for code, known in names.items():
        if word == code or word in known:
            return code
    raise WordingError(f"没有{kind}「{word}」{_nearest(word, [known[0] for known in names.values()])}")


def _nearest(word: str, known: Sequence[str]) -> str:
    """A question for what was probably meant: people mistype by sound as often as by shape."""
    sound = "".join(lazy_pinyin(word))
    scores = {name: ratio(word, name) + ratio(sound, "".join(lazy_pinyin(name))) for name in known}
    best = max(scores, key=scores.get, default="")
    return f"，是不是「{best}」？" if scores.get(best, 0) >= 100 else ""


def basis_words(basis: Basis) -> str:
    """One basis as a line of a cell: as a dispatcher reads it, and a ruling that is to be confirmed says so too."""
    return f"{basis.text}{TO_CONFIRM}" if basis.resolution and basis.grade != "A" else basis.text


def read_basis(line: str) -> Basis:
    """One line of the basis cell; raises WordingError."""
    words, grade = line.strip(), "A"
    if words.endswith(TO_CONFIRM):
        words, grade = words.removesuffix(TO_CONFIRM).strip(), "K"
    law = _LAW.fullmatch(words)
    if law:
        return Basis(law=law["law"], article=law["article"].strip() or None, grade=grade)
    for prefix, key in ((_DUTY, "duty"), (_RESOLUTION, "resolution")):
        if words.startswith(prefix.strip()):
            return Basis(**{key: words.removeprefix(prefix.strip()).strip()}, grade=grade)
    raise WordingError(f"依据「{line.strip()}」读不懂，应写作 《法律》第几条、部门职责：… 或 联席会议决定 文号")


def status_words(clause: Clause) -> str:
    """确定, 待指定, 有争议; with the practice where there is one."""
    return STATUS_WORDS.get(clause.status, clause.status) + (PRACTICE if clause.practice else "")


def read_status(cell: str) -> tuple[str, bool]:
    """Status and practice of a cell; raises WordingError."""
    words = cell.strip()
    practice = words.endswith(PRACTICE)
    for status, word in STATUS_WORDS.items():
        if words.removesuffix(PRACTICE) == word:
            return status, practice
    raise WordingError(f"状态「{cell}」应为 {'、'.join(STATUS_WORDS.values())}，先派的加「{PRACTICE}」")


def names(catalogue: Catalogue, codes: Sequence[str]) -> str:
    """Short names of departments in one phrase."""
    return "、".join(catalogue.short(code) for code in codes)
