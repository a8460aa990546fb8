"""When it happens: the telling time phrase, and its ISO 8601 value where the call's own time is known (jionlp)."""

import contextlib
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from models.reading import Evidence

_NUMBER = r"[\d一二两三四五六七八九十几半多]"
_CLOCK_WORD = (
    "大清早|清早|一早|清晨|凌晨|早上|早晨|朝早|上午|上昼|中午|晏昼|下午|下昼|傍晚|晚上|晚间|夜里|夜晚|半夜|深夜|夜间|晚"
)
_DAY = (
    r"(?:20\d\d年|\d{2}年|今年|去年|前年|明年)?(?:\d{1,2}|十?[一二三四五六七八九十])月(?:份|初|底|中旬|上旬|下旬)?(?:\d{1,2}[日号]|[一二三]?十?[一二三四五六七八九十][日号])?"
    r"|20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|(?:19|20)\d\d年(?:底|初|上半年|下半年)?|\d{1,2}\.\d{1,2}(?=[日号在办去])|\d{1,2}[日号](?=凌晨|早上|上午|下午|晚上)|(?:腊|正|冬)月(?:[初廿]?[一二三四五六七八九十]+)?"
)
_CLOCK = (
    rf"(?:{_CLOCK_WORD})(?:{_NUMBER}+(?:点|时)(?:半|多|钟|{_NUMBER}+分?)*|\d{{1,2}}[:：]\d\d)?"
    rf"|{_NUMBER}+点(?:半|多|钟|{_NUMBER}+分)(?:多|钟)?|(?<![一有差])[\d二两三四五六七八九十]+点(?!都|五|击|评|钱|心|儿|子)|\d{{1,2}}[:：]\d\d"
)
_LATE = "大前天|前天|昨天|昨晚|昨日|昨夜|前晚|琴日|琴晚|寻日|今天|今早|今晚|今日|今朝|刚才|刚刚|刚|前几天|前段时间|前两天|前些天|前阵子|这几天|这两天|这段时间|呢排|近日|近期|近来|最近(?:几个月|一段时间|几天|半年|半个月|一周|一个月|几晚)?|近(?:几|两|三|半)(?:个月|年|天)|上上个月|上个月|上月|这个月|本月|上上?个?(?:星期|周|礼拜)[一二三四五六日天]?|这个?(?:星期|周|礼拜)[一二三四五六日天]?|(?:星期|周|礼拜)[一二三四五六日天]+|周末|节假日|去年|今年|前年|暑假|寒假|国庆(?:期间|节)?|中秋(?:节)?|春节(?:期间)?|过年(?:前|后)?|五一|元旦|现在|而家|目前"
_CUE = "已经?|将近|快要?|长达|连续|持续|整整|足足|等了|等咗|拖了|停了|坏了|争了|放咗|差不多|一连|接近|超过|大概|至少|交楼|过去"
_UNIT = "(?:个(?:多|几)?(?:月|星期|礼拜|小时|钟头?)|天|日|晚|年|周|小时)"
_SPAN = (
    rf"(?:(?:{_CUE})+(?:有|了)?{_NUMBER}+(?:来|多)?{_UNIT}(?:多|半)?(?:了|来|以来|以上)?"
    rf"|{_NUMBER}+(?:来|多)?{_UNIT}(?:多|半)?(?:了(?!一|半)|来(?!回)|以来|冇|没有?人?(?=来|修|清|换|收|回|处|管|通|发))"
    rf"|常年|长期|一直以来|多年(?:来)?|好(?:几)?(?:年|个月|天)了?|成(?:个月|日|晚|年))"
)
_HABIT = f"(?:每(?:到|逢)?(?:天|晚|日|周末?|个?(?:星期|礼拜)|年|隔{_NUMBER}+天|个月)|日日|晚晚|天天|夜夜|经常|时常|隔三差五|三天两头|日夜|白天|不分昼夜|通宵|彻夜|整晚|整天|整夜|一天到晚|从早到晚|一到(?:晚上|下雨天?|夏天|周末)|一下雨|常常|逢[一二三四五六七八九十、]+|节假日)(?:[一二三四五六日天](?![天次个]))?(?:放学|上学|上下班(?:高峰期?)?)?"
_PIECE = re.compile(f"(?:{_HABIT}|{_DAY}|{_LATE}|{_SPAN}|{_CLOCK})")
_JOIN = re.compile(
    r"^(?:的|的?(?:时候)?|到|至|从|—|-|~|～|，|、|和|左右|前后|开始|以后|之后|后|起|都|也|唱K唱到|亮到|吵到|一直到|持续到|到了|又|大概|大约|差不多)?$"
)
_BEFORE = re.compile("(?:自从|自|从|婚期)$")
_AFTER = re.compile(
    r"^(?:左右|前后|开始|以前|之前|以后|之后|以来|至今|到现在|到今天|到而家|一直到现在|开业至今|起|期间|后|底|初|多|半|一夜之间|凌晨)+"
)

_DATED = re.compile(rf"{_DAY}|昨|前天|今天|今早|今晚|琴日|寻日|上个?(?:月|周|星期|礼拜)")
# A phrase that names a point in time or an event rather than a length or a habit counts most.
_WEIGHT = (
    (re.compile(_DAY), 3.0),
    (re.compile(r"昨|前天|前晚|琴|寻日|上个?(?:月|周|星期|礼拜)|今早|今朝|今天|今晚|星期|周[一二三四五六日]"), 2.4),
    (re.compile(_HABIT), 2.4),
    (re.compile(_SPAN), 1.8),
    (re.compile(r"点|[:：]|凌晨|半夜|晚|早"), 1.6),
    (re.compile("最近|近|前几天|前段|这几天"), 1.6),
)
_WISH = re.compile(
    "要求|希望|建议|能不能|请|可以|应该|答复|回复|承诺|说[^，。]{0,4}$|规定|合同|不超过|之内|保修|免检|有效期"
)
_ASKS = re.compile("^[^，。]{0,6}(?:来?投诉|打(?:了)?(?:电话|12345)|反映|回复|答复|查询|咨询)")
# A habit or a length is no point in time, though a parser will make one of it.
_VAGUE = re.compile(
    "每|天天|日日|晚晚|经常|时常|一直|以来|连续|持续|[几近]|多[天年月]|现在|目前|刚|期间|^(?:去年|今年|前年|(?:19|20)..年)$|了$|整|通宵|日夜|常|一到|白天"
)
_SPOKEN = (("琴日", "昨天"), ("寻日", "昨天"), ("琴晚", "昨晚"), ("前晚", "前天晚上"), ("今朝", "今天早上"), ("今早", "今天早上"), ("下昼", "下午"), ("上昼", "上午"), ("晏昼", "中午"), ("朝早", "早上"), ("夜晚", "晚上"), ("礼拜", "星期"), ("昨晚", "昨天晚上"))  # fmt: skip


Sure = Callable[[int], bool]


def find_time(
    text: str, *, call_time: datetime | None = None, sure: Sure = lambda _: False, general: bool = False
) -> Evidence | None:
    """The most telling time phrase, neighbouring pieces joined: a date or habit of the event before a bare clock or length.

    `sure` says whether a position was read back and confirmed. A `general` question has no event, so only a full date
    counts in it.
    """
    spans: list[list[int]] = []
    for m in _PIECE.finditer(text):
        if spans and _JOIN.match(text[spans[-1][1] : m.start()]):
            spans[-1][1] = m.end()
        else:
            spans.append([m.start(), m.end()])
    scored = [(_weight(text, start, end), start, end) for start, end in spans]
    scored = [item for item in scored if item[0] >= (3.0 if general else 0.9)]
    if not scored:
        return None
    _, start, end = max(scored, key=lambda item: item[0] - item[1] / 250 + 1.5 * sure(item[1]))
    end += len((_AFTER.match(text[end:]) or [""])[0])
    start -= len((_BEFORE.search(text[:start]) or [""])[0])
    return moment(text, start, end, confidence=0.9 if sure(start) else 0.7, call_time=call_time)


def names_day(words: str) -> bool:
    """Whether a phrase names a day or month, not only an hour, a habit or a length."""
    return bool(_DATED.search(words))


def moment(text: str, start: int, end: int, *, confidence: float, call_time: datetime | None) -> Evidence:
    """The evidence of a time phrase, its ISO value where it has one."""
    words = text[start:end]
    return Evidence(iso(words, call_time) or words, words, start, end, confidence)


def _weight(text: str, start: int, end: int) -> float:
    """How telling a phrase is: the best of its pieces, a little for its length, less in a wish or about the call itself."""
    words = text[start:end]
    clause = re.split("[，。！？；\n]", text[max(0, start - 16) : start])[-1]
    weight = max((value for pattern, value in _WEIGHT if pattern.search(words)), default=0.5)
    weight += 0.1 * min(end - start, 10)
    if re.fullmatch("今年|去年|现在|目前|明年.*|刚|刚刚|经常|长期|天天|一晚|白天", words):
        weight -= 1.0
    return weight - 1.8 * bool(_WISH.search(clause)) - 1.2 * bool(_ASKS.match(text[end : end + 14]))


def iso(words: str, call_time: datetime | None) -> str | None:
    """ISO 8601 value of a phrase seen from the call's time: as fine as it was said and no finer.

    A day is a date, a month `YYYY-MM`, a clock a date with time, a stretch `start/end`. None where no point is named.
    """
    if call_time is None or _VAGUE.search(words):
        return None
    said = re.sub("左右|前后|大概|大约|的时候|许$|份", "", words)
    said = re.sub("点多", "点", said)
    for spoken, standard in _SPOKEN:
        said = said.replace(spoken, standard)
    call_time = call_time.replace(tzinfo=None)  # the caller speaks of the clock on his wall
    bounds = _parsed(_with_year(said, call_time), call_time)
    if bounds is None:
        return None
    first, last = bounds
    # The event lies behind the caller: a month without a year that is still to come was last year's.
    if first > call_time + timedelta(days=1) and not re.search("年|明|下", said):
        first, last = first.replace(year=first.year - 1), last.replace(year=last.year - 1)
    return _written(first, last, said)


def _with_year(said: str, call_time: datetime) -> str:
    """A bare month with its year, which jionlp wants: 6月, 上个月, 本月."""
    if re.match(r"(?:\d{1,2}|十?[一二三四五六七八九十])月(?![初底上中下\d一二三四五六七八九十])", said):
        return f"{call_time.year}年{said}"
    before = call_time.replace(day=1) - timedelta(days=1)
    said = re.sub("上个?月", f"{before.year}年{before.month}月", said)
    return re.sub("这个月|本月", f"{call_time.year}年{call_time.month}月", said)


def _parsed(said: str, call_time: datetime) -> tuple[datetime, datetime] | None:
    """First and last second of a phrase, by jionlp."""
    base = {"year": call_time.year, "month": call_time.month, "day": call_time.day, "hour": call_time.hour}
    try:
        found = _parser()(said, time_base=base)
        if found["type"] not in ("time_point", "time_span") or not isinstance(found["time"], list):
            return None
        first, last = (datetime.fromisoformat(moment) for moment in found["time"])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None  # not a phrase that jionlp can date; the words themselves stay as the value
    return first, last


@cache
def _parser():
    with contextlib.redirect_stdout(io.StringIO()):  # jionlp greets on import
        import jionlp
    return jionlp.parse_time


def _written(first: datetime, last: datetime, said: str) -> str:
    hours = (last - first).total_seconds() / 3600
    if re.search("点|时(?!候)|[:：]", said) and hours <= 1:
        return first.isoformat()
    if first.date() == last.date():
        whole = (first.hour, last.hour) == (0, 23)
        return first.date().isoformat() if whole else f"{first.isoformat()}/{last.isoformat()}"
    month = first.day == 1 and (last + timedelta(seconds=1)).day == 1 and hours < 32 * 24
    return first.strftime("%Y-%m") if month else f"{first.date()}/{last.date()}"
