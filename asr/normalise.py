"""Recognised words to the text people write: no spaces between Chinese characters, figures where figures are meant.

A whitelist of situations (a unit, a date, a house number, a phone) decides, never the number word alone: 三水, 四会, 九市,
七星岩, 一个, 一直, 第一 stay as they are. Rules run in the order of `RULES`; each is one pattern and one function.
"""

import re
from collections.abc import Callable

from asr.numbers import DIGIT, NUMBER, cardinal, digits

Match = re.Match[str]
ONE_TO_NINE = "一二三四五六七八九"
# Not in the middle of a number: neither after a number word nor after 第 or 几.
FRESH = f"(?<![{NUMBER}幺点第几])"
NUM = f"{FRESH}(?P<num>[{ONE_TO_NINE}两十][{NUMBER}]*)"
TIME_WORDS = "早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|夜晚|凌晨|半夜|深夜|昨晚|今晚|今早|明早|每晚|当晚|从|到|至"
# Units after which a number of ten or more is written in figures; smaller ones read better as words (三个月).
UNITS = (
    "个|名|位|人|户|家|天|日|年|周|小时|分钟|秒|次|台|辆|条|件|米|公里|千米|平方|平米|亩|吨|斤|公斤|克|公分|厘米|笔|"
    "度|岁|层|盏|棵|只|头|根|间|张|份|本|期|课时|毫升|升|瓦|千瓦|兆|路公交|路车|路巴士|人次|套|批|箱|包|瓶|袋|卡|车"
)
# Words that begin like a quantity and are none.
FIXED = (
    "十天半个月",
    "十年树木",
    "百年树人",
    "一百八十度大",
    "十个手指",
    "十家九",
    "千家万户",
    "万户",
    "十有八九",
    "十人九",
)
NOT_MONEY = "地田砖板砖玻璃牌石土空肉布木"
HOTLINES = {"110", "119", "120", "122", "12345", "12315", "12333", "12369", "12388", "12368", "12309", "12348", "12329"}


def normalise(text: str) -> str:
    """The text as it would be typed. Figures that are already there are left alone."""
    text = _without_spaces(_half_width(text))
    for pattern, replace in RULES:
        text = pattern.sub(replace, text)
    return text


def _half_width(text: str) -> str:
    return text.translate({0xFF10 + n: 0x30 + n for n in range(10)})


def _without_spaces(text: str) -> str:
    """Spaces go unless both sides are Latin letters or figures."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])", "", text)


def _year(match: Match) -> str:
    said = match["digits"]
    values = digits(said)
    between = len(said) == 2 and (int(values[1]) == int(values[0]) + 1 or values == "35")  # 七八年, 三五年: some years
    return match[0] if between else f"{values}年"


def _date(match: Match) -> str:
    month = cardinal(match["month"])
    day = cardinal(match["day"] or "") if match["day"] else None
    if not month or month > 12:
        return match[0]
    if match["day"] is None:
        return f"{month}月"
    return f"{month}月{day}日" if day and day <= 31 else match[0]


def _phone(match: Match) -> str:
    figures = digits(re.sub(r"[，、\s-]", "", match[0]))
    return figures if re.fullmatch(r"1[3-9]\d{9}", figures) else match[0]


def _digits(match: Match) -> str:
    return digits(match[0])


def _run(match: Match) -> str:
    """A run of digits said one by one: long, or with a 零 or 幺 in it, or a service number."""
    said = match[0]
    figures = digits(said)
    plain = len(said) < 5 and not re.search("[零〇幺]", said) and figures not in HOTLINES
    return said if plain else figures


def _figure(match: Match, *, least: int = 0) -> str:
    """The matched text with its number in figures."""
    value = cardinal(match["num"])
    if value is None or value < least or any(match.string.startswith(word, match.start()) for word in FIXED):
        return match[0]
    return match[0].replace(match["num"], written(value), 1)


def _quantity(match: Match) -> str:
    # 放八万一年 is 80,000 for one year, not 81,000 years: a digit right after 百, 千 or 万 counts only before 元.
    shortened = re.search(f"[百千万][{ONE_TO_NINE}]$", match["num"])
    return match[0] if shortened else _figure(match, least=10)


def _price(match: Match) -> str:
    return _figure(match, least=20)


def _bare(match: Match) -> str:
    """A number without a unit, sure to be one because two places are named (一万八千)."""
    said = match["num"]
    return _figure(match) if sum(said.count(unit) for unit in "十百千万亿") >= 2 else said


def written(value: int) -> str:
    """Figures; whole ten thousands and hundred millions as people write them (5万, 3亿)."""
    for size, name in ((100_000_000, "亿"), (10_000, "万")):
        if value >= size and value % size == 0:
            return f"{value // size}{name}"
    return str(value)


def _money(match: Match) -> str:
    value = cardinal(match["num"])
    single = len(match["num"]) == 1 and match["num"] != "十"
    # 一块 may be a piece of anything: below ten only 块钱 or 元 is money.
    if value is None or (single and match["unit"] == "块"):
        return match[0]
    return f"{written(value)}{match['more'] or ''}元"


def _money_and_tenths(match: Match) -> str:
    value = cardinal(match["num"])
    return match[0] if value is None else f"{value}.{digits(match['tenth'])}元"


def _percent(match: Match) -> str:
    return "100%" if match["value"] == "百" else _decimal_or_whole(match["value"], match[0], "%")


def _decimal(match: Match) -> str:
    return _decimal_or_whole(match["value"], match[0], "")


def _decimal_or_whole(said: str, whole: str, unit: str) -> str:
    before, _, after = said.partition("点")
    value = 0 if before in {"零", "〇"} else cardinal(before)
    if value is None:
        return whole
    return f"{value}.{digits(after)}{unit}" if after else f"{value}{unit}"


def _clock(match: Match) -> str:
    hour = cardinal(match["hour"])
    said = match["minute"]
    after = match.string[match.end() : match.end() + 1]
    a_little = hour == 1 and not said and match.string[match.start() - 1] in "从到至" and after not in "到至半钟，"
    if hour is None or hour > 24 or a_little:
        return match[0]
    if not said:
        return f"{hour}点"
    minute = cardinal(said.lstrip("零〇"))
    if minute is None or minute > 59:
        return match[0]
    return f"{hour}点{minute:02d}" if said[0] in "零〇" else f"{hour}点{minute}"


SMALL = f"[{ONE_TO_NINE}十]"
MINUTE = (
    f"[零〇]?[{ONE_TO_NINE}十]{{1,3}}(?=分)|[二三四五]?十[{ONE_TO_NINE}]?(?![{NUMBER}个来多几])"
    f"|[零〇][{ONE_TO_NINE}](?![{NUMBER}])"
)
HOUR = f"(?P<hour>[{ONE_TO_NINE}两十]{{1,3}})点"
CLOCK = f"{HOUR}(?P<minute>{MINUTE})?"
BOX = f"[{DIGIT}]"
RULES: tuple[tuple[re.Pattern[str], Callable[[Match], str]], ...] = tuple(
    (re.compile(pattern), function)
    for pattern, function in (
        (r"十二三四五(?=热线|电话|$)", lambda _: "12345"),
        (rf"(?<![{NUMBER}])[幺一](?:[，、\s-]?[{DIGIT}洞拐]){{10}}(?![{NUMBER}幺])", _phone),
        (rf"{FRESH}(?P<digits>{BOX}{{4}}|{BOX}{{2}})年(?!级|纪|前|后|多|来|内|以|期|度|的)", _year),
        (rf"{FRESH}(?P<month>{SMALL}{{1,2}})月(?:(?P<day>{SMALL}{{1,3}})[号日](?![楼栋线仓门院房铺]))?", _date),
        (rf"百分之(?P<value>百|[{NUMBER}]+(?:点{BOX}+)?)", _percent),
        (rf"{FRESH}(?P<value>[{NUMBER}]+点{BOX}+)(?=万|亿|元|块|米|公里|度|吨|平方|倍|公斤|斤|亩|级)", _decimal),
        (rf"(?<=[栋幢座元楼号])(?<![{NUMBER}]){BOX}{{3,4}}(?![{NUMBER}个])", _digits),
        (rf"(?<![{NUMBER}几第]){BOX}{{3,4}}(?=国道|省道|县道|路公交|号线|室|房)", _digits),
        (rf"(?<![{NUMBER}几第点]){BOX}{{3,}}(?![十百千万亿])", _run),
        (rf"{NUM}块(?P<tenth>[{ONE_TO_NINE}])(?:毛钱?|角)?(?![{NUMBER}个元])", _money_and_tenths),
        (rf"{NUM}(?P<more>多)?(?P<unit>块钱|块|元)(?![{NOT_MONEY}里])(?P<coin>钱)?", _money),
        (rf"(?:{'|'.join(f'(?<={word})' for word in TIME_WORDS.split('|'))}){CLOCK}", _clock),
        (rf"{FRESH}(?!一点十分){HOUR}(?P<minute>{MINUTE})", _clock),
        (rf"{FRESH}{CLOCK}(?=半|钟|左右|以后|之后|以前|之前|开始|一刻)", _clock),
        (rf"{FRESH}(?P<hour>二?十[{ONE_TO_NINE}]?)点(?P<minute>{MINUTE})?(?![{NUMBER}])", _clock),
        (rf"{NUM}(?=号|[栋幢](?![楼别房大小老旧新高烂危居])|单元|楼|室)", _figure),
        (rf"{NUM}(?=座{BOX}|座\d)", _figure),
        (rf"{NUM}(?=岁)", _figure),
        (rf"{NUM}(?=多?(?:{UNITS}))", _quantity),
        (rf"(?<=[收扣罚付交赔欠借捐刷骗贷卖价额款金费])(?P<num>[{ONE_TO_NINE}两][{NUMBER}]+)", _price),
        (NUM, _bare),
    )
)
