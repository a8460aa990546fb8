"""When it happens: the first telling time phrase, and its ISO value where the call's own time is known (jionlp)."""

import contextlib
import io
import re
from datetime import datetime

from models.reading import Evidence

_NUMBER = r"[\d一二两三四五六七八九十几半多]"
_DAY = (
    r"(?:20\d\d年|\d{2}年|今年|去年|前年|明年)?(?:\d{1,2}|十?[一二三四五六七八九十])月(?:份|初|底|中旬|上旬|下旬)?(?:\d{1,2}[日号]|[一二三]?十?[一二三四五六七八九十][日号])?"
    r"|20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|20\d\d年(?:底|初|上半年|下半年)?|\d{1,2}\.\d{1,2}(?=[日号在办去])"
)
_CLOCK = (
    rf"(?:清晨|凌晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜|夜间|夜晚|晚)(?:{_NUMBER}+(?:点|时)(?:半|多|钟|{_NUMBER}+分?)*|\d{{1,2}}[:：]\d\d)?"
    rf"|{_NUMBER}+点(?:半|多|钟|{_NUMBER}+分)?|\d{{1,2}}[:：]\d\d"
)
_LATE = "大前天|前天|昨天|昨晚|昨日|今天|今早|今晚|今日|前几天|前段时间|前两天|前些天|这几天|这两天|这段时间|近日|近期|近来|最近(?:几个月|一段时间|几天|半年)?|近(?:几|两|三)个月|上个月|上月|这个月|本月|上个?(?:星期|周|礼拜)[一二三四五六日天]?|这个?(?:星期|周|礼拜)[一二三四五六日天]?|(?:星期|周)[一二三四五六日天]|周末|去年|今年|前年|暑假|寒假|国庆(?:期间|节)?|春节(?:期间)?|五一|元旦"
_SPAN = rf"(?:已经?|将近|长达|连续|持续)*{_NUMBER}+(?:来|多)?(?:个(?:多)?(?:月|星期|小时)|天|年|周|小时)(?:多)?(?:了|以来|以上)?|常年|长期|一直以来|多年(?:来)?"
_HABIT = "每天|每晚|每日|天天|经常|每周|每个?(?:星期|月|周末)|日夜|白天|不分昼夜|通宵|彻夜|一到晚上|常常"
_PIECE = re.compile(f"(?:{_DAY}|{_LATE}|{_HABIT}|{_CLOCK}|{_SPAN})")
_JOIN = re.compile(r"^(?:的|到|至|从|—|-|~|，|、|和|左右|前后|开始|以后|之后|后|起|都|也)?$")
_AFTER = re.compile(r"^(?:左右|前后|开始|以后|之后|以来|至今|开业至今|起|期间|后)+")


# A habit, a span or a bare year is no point in time, though a parser will make one of it.
_VAGUE = re.compile("每|天天|经常|一直|到|至|多|几|近|以来|连续|持续|^(?:去年|今年|前年|20..年)$")


def find_time(text: str, *, call_time: datetime | None = None) -> Evidence | None:
    """The first time phrase, neighbouring pieces joined; a span of habit counts less than a date or a clock."""
    pieces = [(m.start(), m.end()) for m in _PIECE.finditer(text)]
    spans: list[list[int]] = []
    for start, end in pieces:
        if spans and _JOIN.match(text[spans[-1][1] : start]):
            spans[-1][1] = end
        else:
            spans.append([start, end])
    if not spans:
        return None
    start, end = max(spans, key=lambda span: min(span[1] - span[0], 6) - span[0] / 60)
    end += len((_AFTER.match(text[end:]) or [""])[0])
    words = text[start:end]
    return Evidence(value=iso(words, call_time) or words, text=words, start=start, end=end, confidence=0.7)


def iso(words: str, call_time: datetime | None) -> str | None:
    """ISO time of a phrase seen from the call's time; None where it names no point in time."""
    if call_time is None or _VAGUE.search(words):
        return None
    with contextlib.redirect_stdout(io.StringIO()):  # jionlp greets on import
        import jionlp
    base = {"year": call_time.year, "month": call_time.month, "day": call_time.day, "hour": call_time.hour}
    try:
        found = jionlp.parse_time(words, time_base=base)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None  # not a phrase that jionlp can date; the words themselves stay as the value
    if found["type"] not in ("time_point", "time_span") or not isinstance(found["time"], list):
        return None
    moment = found["time"][0]
    return moment.replace(" ", "T") if re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d", str(moment)) else None
