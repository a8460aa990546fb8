"""Chinese number words to values, strictly: what is not one well-formed number is no number."""

import re

DIGIT_VALUES = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "幺": 1, "两": 2, "洞": 0, "拐": 7}
UNIT_VALUES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
DIGIT = "零〇幺一二三四五六七八九"
NUMBER = "零〇一二两三四五六七八九十百千万亿"
SECTION = re.compile(
    r"(?:(?P<q>[一二两三四五六七八九])千)?(?:(?P<z1>零)?(?P<b>[一二两三四五六七八九])百)?"
    r"(?:(?P<z2>零)?(?P<s>[一二三四五六七八九])?(?P<ten>十))?(?:(?P<z3>零)?(?P<g>[一二两三四五六七八九]))?"
)


def digits(text: str) -> str:
    """Digits read one by one (幺三八 -> 138)."""
    return "".join(str(DIGIT_VALUES[character]) for character in text)


def cardinal(text: str) -> int | None:
    """The value of a number as it is said (十二, 三万五千, 一百零五, 三千五 = 3500), None for 两三百, 十几 and the like."""
    for unit in ("亿", "万"):
        head, found, rest = text.partition(unit)
        if found:
            return _joined(cardinal(head), rest, UNIT_VALUES[unit])
    return _section(text)


def _joined(head: int | None, rest: str, unit: int) -> int | None:
    """head x unit + rest; a lone digit after the unit is the next place (三万五 = 35000)."""
    if not head:
        return None
    if not rest:
        return head * unit
    if len(rest) == 1 and rest in "一二两三四五六七八九":
        return head * unit + DIGIT_VALUES[rest] * unit // 10
    tail = cardinal(rest.removeprefix("零"))
    return None if tail is None or tail >= unit else head * unit + tail


def _section(text: str) -> int | None:
    """A number below ten thousand."""
    match = SECTION.fullmatch(text)
    if not match or not text:
        return None
    value = sum(DIGIT_VALUES[match[name] or "零"] * size for name, size in (("q", 1000), ("b", 100)))
    value += (DIGIT_VALUES[match["s"]] if match["s"] else 1) * 10 if match["ten"] else 0
    ones = DIGIT_VALUES[match["g"] or "零"]
    return value + ones * _place(match)


def _place(match: re.Match[str]) -> int:
    """What the last digit counts: ones, or, said without 零 after 百 or 千, the next lower place (三千五 = 3500)."""
    if match["ten"] or match["z3"]:
        return 1
    return 10 if match["b"] else 100 if match["q"] else 1
