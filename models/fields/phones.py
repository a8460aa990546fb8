"""The caller's telephone: typed, said in Chinese digits, in groups over several turns, mended at its end."""

import re
from collections.abc import Callable

from asr.normalise import normalise
from asr.numbers import DIGIT_VALUES
from models.reading import Evidence

_DIGIT = "[\\d〇零幺一二三四五六七八九洞拐]"
_TYPED = re.compile(
    r"(?<!\d)(1[\d][\d][\s-]?\d{4}[\s-]?\d{4}|1\d{2}[*＊xX×]{4}\d{4}|0\d{2,3}[-\s]?\d{7,8}|(?<=[话机系打拨：:])[2-8]\d{6})(?!\d)"
)
# Groups of digits, between which only pauses and line breaks stand (the agent's echo is blanked to line breaks).
_SAID = re.compile(rf"{_DIGIT}(?:(?:[\s，,、。啊嗯哦…-]|然后|再|最后是)*{_DIGIT}){{6,12}}")
_MEND = re.compile(
    rf"(?:最后|后面|尾号|末尾|尾数)(?:的)?(?:{_DIGIT}|两)?[位个]?(?:数字?|号码?)?(?:应该)?(?:是|系|：|,|，)*\s*(?P<digits>{_DIGIT}(?:[\s，-]*{_DIGIT}){{1,7}})"
)
_NOT_ONES_OWN = re.compile(
    "(?:(?:他|她|对方|客服|老板|陌生|诈骗|广告|打来|咨询|窗口|服务|投诉|公布|官方|公开|传真)(?:的)?(?:电话|手机|号码|来电)?|(?:工单|订单|单|编|账|卡|证|文|车牌|身份证|案件)号(?:码)?)(?:是|为|：|:|,|，)*$"
)

Sure = Callable[[int], bool]


def digits_of(words: str) -> str:
    """Figures of digits typed or said: 幺三八 零零 → 13800."""
    figures = normalise(words)
    return "".join(str(DIGIT_VALUES.get(c, c)) for c in figures if c.isdigit() or c in DIGIT_VALUES or c == "*")


def find_phone(text: str, *, sure: Sure = lambda _: False) -> Evidence | None:
    """The caller's telephone as digits: one read back and confirmed first, then mobile before landline, first before later."""
    found = [(m.start(), m.end(), digits_of(m.group())) for m in _TYPED.finditer(text)]
    found += [(m.start(), m.end(), digits_of(m.group())) for m in _SAID.finditer(text) if m.group()[0] in "1一幺"]
    found = [item for item in found if _is_phone(item[2]) and not _NOT_ONES_OWN.search(text[: item[0]][-12:])]
    if not found:
        return None
    start, end, digits = min(found, key=lambda item: (not sure(item[0]), item[2][0] != "1", item[0]))
    mended = _mended(text, start, end, digits)
    if mended:
        return mended
    confidence = 0.98 if sure(start) else 0.95 if digits[0] == "1" else 0.6
    return Evidence(digits, text[start:end], start, end, confidence)


def _is_phone(digits: str) -> bool:
    return bool(re.fullmatch(r"1[03-9]\d(?:\d{8}|\*{4}\d{4})|0[1-9]\d{8,10}|[2-8]\d{6}", digits))


def _mended(text: str, start: int, end: int, digits: str) -> Evidence | None:
    """The number with its last figures said anew (错了，最后四位是 5678); the proof runs from the number to the mending."""
    found = _MEND.search(text, end, end + 40)
    if not found:
        return None
    last = digits_of(found["digits"])
    if not 2 <= len(last) <= 8 or len(last) >= len(digits):
        return None
    return Evidence(digits[: -len(last)] + last, text[start : found.end()], start, found.end(), 0.85)
