"""The place of the event as the caller said it: a name with a road, estate, village, office, firm or landmark word.

A span is grown leftwards from such a word to where the name begins, and rightwards over numbers, 门口, 附近 and the like;
phrases that name nothing (我们小区, 这条路) are no place. `full_name` puts the county and town before it that it implies.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import rjieba

import catalogue
from catalogue.gazetteer import COUNTY, Gazetteer, Mention
from models.reading import Evidence

_ESTATE = "小区|花园|花苑|名苑|豪庭|豪园|名城|华庭|华府|名邸|公馆|山庄|新村|公寓|大厦|家园|雅苑|雅居|嘉园|半岛|国际|国贸|华城|小城|新城|首府|御景|家苑|华苑|帝景|府邸|别墅|天地|中心|城邦|豪苑|山居|名都|世家|楼盘"
# Endings that name an estate only where a building, a stage or its people follow (翡翠湾3栋, 云栖台业主).
_SHORT_ESTATE = "(?:[湾台府郡轩阁苑居园庭邸峰岸城]|壹号)(?=[一二三四五六七八九十\\d]+(?:期|栋|座|幢|号楼)|小区|楼盘|业主|物业|地下车库|地下停车|的?电梯)"
# A character that may stand in a road's name: 的路, 这条路, 绕路 name no road.
_NAMED = "(?:(?![的这那条该些么哪段走绕修过问出进一在是唔到睇我你佢哋揾封每个座此拦沿比让条种])(?<!以)[\u4e00-\u9fff])"
_ROAD = (
    "大道|马路|公路|国道|省道|县道|高速|立交桥|立交|大桥|桥头|隧道|环路|东路|西路|南路|北路|中路|路段|路口|街道|大街|步行街|[一二三四五六七八九十\\d]街|[一二三四五六七八九十\\d]路|十字路口|交叉口|交汇处|交界处|"
    + _NAMED
    + "{2}(?:街道|(?<!道)路(?![边灯])|街|巷)"
)
_SITE = (
    "广场|商场|商城|市场|超市|工业园|工业区|科技园|产业园|开发区|小学|中学|幼儿园|学校|学院|医院|卫生院|卫生站|车站|客运站|汽车站|火车站|高铁站|公园|乐园|码头|水库|河涌|加油站|收费站|酒店|宾馆|酒楼|工地|花市|体育馆|图书馆|"
    "政务服务中心|办事大厅|服务大厅|营业厅|车管所|派出所|公安局|出入境|户政大厅|征地办|社保局|税务局|交警大队|检测站|垃圾站|变电站|水厂|景区|步道|绿道|堤路|养老院|玉器城|驾校|老厂区|在建楼盘"
)
_RURAL = "村委会|居委会|村民小组|自然村|社区|[\u4e00-\u9fff]{1,3}村|镇|乡|街道办"
_FIRM = "有限公司|公司|砖厂|纸厂|电镀厂|玻璃厂|家具厂|鞋厂|水泥厂|五金厂|塑料厂|养殖场|猪场|网吧|酒吧|大排档|夜宵档|KTV|饭店|餐厅|茶楼|健身房|体育用品店|专卖店|物业公司"
_ANCHOR = re.compile(f"({_ESTATE}|{_ROAD}|{_SITE}|{_SHORT_ESTATE}|{_RURAL}|{_FIRM})")
_SIDE = (
    "中段|路段|段|延长线|交汇处|交叉口|交界处|路口|周边|附近|一带|沿线|旁边|旁|对面|后门|正门|大门口|大门|[东西南北]门|门口|门前|后面|前面|背后|"
    "侧|出站口|出入口|入口|出口|里面|内|下|顶楼|天台|楼顶|负[一二三]楼|地下车库|停车场|公交站|后山|村口"
)
_TAIL = re.compile(
    r"(?:与|和|跟|、)?(?:"
    + _NAMED
    + r"{2,5}?(?:路(?![边灯面])|街|大道|交汇处|交叉口|交界处)(?:交汇处|交叉口|交界处|路口)?)?"
    r"(?:第?[\dA-Za-z一二三四五六七八九十]+(?:号楼|号|栋|幢|座|期|区|单元|楼|层|巷|室|房|组|队|街|铺|门|梯))*"
    rf"(?:\d{{3,4}})?(?:的?(?:{_SIDE}))*(?:{_NAMED}{{0,5}}窗口|往[东西南北]那?一?[片段])?"
    r"(?:从[\u4e00-\u9fff]{2,8}到[\u4e00-\u9fff]{2,8}?(?:那?一段|路段))?"
)
_STOP = re.compile(
    r"[，。！？；：、,.!?;:\s“”\"'（）()《》【】]|在|到|位于|于|是|从|的|了|对|请|向|把|被|有|和|跟|与|及|由|给|去|来|住|路过|经过|喺|系|嗰|畀|"
    r"我们|我|你们|你|他们|他|咱|本人|本|该|这个|这条|这|那个|那|某|每|就|都|也|又|还|等|但|因|为|叫|让|说|想|要|于是|反映|投诉|举报|建议|希望|关于|咨询|另外|听闻|听说|目前|购置|购买|随着|居住|家住|买|打|找|科查|全部|开始|以来|早上|上午|中午|下午|晚上|半夜|凌晨|昨天|昨晚|前天|今天|\d+月(?:\d+[日号])?"
)
_EMPTY = re.compile(
    r"^(?:什么|哪个|哪条|哪里|哪|具体|全市|每个|整个|全部|一个|一条|几个|十几个|很多|附近|周边|旁边|门口|楼下|隔壁|对面|其他|外面|里面|所有|多个|老旧|高档|新建|在建|"
    r"市政|人行|非机动车|机动车|消防|公共|农村|乡下|县城|市区|城区|城市|中国|全国|国家|广东省?|肇庆市?|各|大|小|新|老|水泥|高速|立交|护理|人才|小区|东面|西面|南面|北面|花园|绿地|代理记账|公积金|某|间|"
    r"上|下|前|后|东|西|南|北|中|主干|辅|慢|快|行|走|修|过|半|道|同|一|两|二|三|条|个|家|开发商|物业|购物|电话|服务|教育|民办|公办|公立|私立|会|天|菜|农贸|封|厂|饭|社)*$"
)
_WHOLE = re.compile(
    r"^(?:小区|社区|村|镇|路口|学校|医院|公司|工地|楼盘|市场|超市|马路|公路|大道|街道|国际|中心|新村|公园|广场|工业区)"
)
_NOWHERE = re.compile("怎么|如何|工业园区周边|农村$|人家|的人|人指|[天早晚]上|读完|留一块|密码|不修|没")
_TO = re.compile("^(?:到|至|往|转入?|去)$")
_FULL_ADMIN = re.compile("[区县市镇乡]$|街道$")

# What an estate's name without any telling ending is followed by.
_FREE = re.compile(
    f"(?:{_NAMED}){{2,7}}?(?=[一二三四五\\d]+期|[A-Z一二三四]区|的?业主|的?住户|售楼|楼盘|小区|的房|的时候|[一二三四五六七八九几]百多?户|共\\d|[，。]|\\d+[栋座幢])"
)
# An estate that nothing marks but that it stands alone (。翡翠湾。), or that is announced (小区是文华苑).
_ALONE = re.compile(
    r"(?:(?<=[。！？\n])|^)[\u4e00-\u9fff]{2,6}[湾台府郡轩阁苑居园庭邸峰岸城](?=[，。]|$)"
    r"|(?<=小区是|小区叫|楼盘是|楼盘叫|项目是)[\u4e00-\u9fff]{3,7}(?=[，。]|$)"
)

Sure = Callable[[int], bool]


def _never(_: int) -> bool:
    return False


def find_place(text: str, *, gazetteer: Gazetteer, sure: Sure = _never, general: bool = False) -> Evidence | None:
    """The best place phrase: named roads and estates before firms, with a known town before without, first before later.

    `sure` says whether a position was read back and confirmed; in a `general` question a county or town alone is no place.
    """
    mentions = gazetteer.find(text)
    spans = [span for span in _merge(text, list(_spans(text))) if _specific(text, *span)]
    spans = [_with_town(span, mentions, text) for span in spans]
    spans = [(start, _with_estate(text, end)) for start, end in spans]
    if general or mentions:
        spans = [span for span in spans if _located(text, span, mentions)]
    if not spans:
        return None if general else _town_alone(text, mentions, gazetteer, sure)
    start, end = max(spans, key=lambda span: _score(text, span, mentions) + 1.5 * sure(span[0]))
    best = (start, _to_clause_end(text, end))
    known = any(best[0] <= m.start < best[1] for m in mentions)
    return place(text, *best, confidence=0.95 if sure(best[0]) else 0.8 if known else 0.65, gazetteer=gazetteer)


_LAMP = re.compile("(?:大道|[路街桥])路[灯面牌]$")


def place(text: str, start: int, end: int, *, confidence: float, gazetteer: Gazetteer) -> Evidence:
    """The evidence of a place phrase, with its full name as value."""
    # 星湖大道路灯: the last character belongs to the lamp, not to the road.
    if _LAMP.search(text[start : end + 1]):
        end -= 1
    words = text[start:end]
    return Evidence(full_name(words, gazetteer=gazetteer), words, start, end, confidence)


def full_name(words: str, *, gazetteer: Gazetteer) -> str:
    """A place phrase with city, county and town before it as far as its own words imply them; else as it is said."""
    location = gazetteer.locate(words)
    regions = {place.region for m in gazetteer.find(words) for place in m.places if place.region}
    if location.region is None or location.region not in regions or _between_counties(words, gazetteer):
        return words
    county = catalogue.load().regions[location.region]
    city = "" if county.startswith("肇庆") else "肇庆市"
    mention = gazetteer.find(words)[0]
    if _FULL_ADMIN.search(mention.text):
        words = words[mention.start :]
    rest = _without_prefix(words.removeprefix("广东省").removeprefix("肇庆市").removeprefix("肇庆"), gazetteer)
    town = location.town or ""
    return f"{city}{county}{town if town not in rest else ''}{rest}"


def _unspecific(rest: str) -> bool:
    """Whether a kind of place is left without a name of its own."""
    return bool(_ANCHOR.search(rest)) and not _specific(rest, 0, len(rest))


def _between_counties(words: str, gazetteer: Gazetteer) -> bool:
    """Whether a phrase runs from one county into another (高要到肇庆东站)."""
    regions = [{place.region for place in m.places if place.region} for m in gazetteer.find(words)]
    known = [region for region in regions if region]
    return bool(known) and not set.intersection(*known)


def _without_prefix(words: str, gazetteer: Gazetteer) -> str:
    """The phrase without the counties and towns at its head; a short name stays where it is part of a name (四会中学)."""
    for mention in gazetteer.find(words):
        if mention.start or mention.places[0].kind not in (COUNTY, "镇街"):
            continue
        rest = words[mention.end :]
        if mention.places[0].kind != COUNTY and not _FULL_ADMIN.search(mention.text):
            rest = re.sub("^(?:镇|乡|街道)(?!街)", "", rest)
        generic = _WHOLE.match(rest) or re.match(f"{_SITE}|{_ESTATE}|大桥", rest) or _unspecific(rest)
        if _FULL_ADMIN.search(mention.text) or not generic or gazetteer.find(rest[:6]):
            return _without_prefix(rest, gazetteer) if rest else ""
    return words


def _town_alone(text: str, mentions: Sequence[Mention], gazetteer: Gazetteer, sure: Sure) -> Evidence | None:
    """A town, or else a county, said without anything finer; names that touch are one phrase."""
    found = [m for m in mentions if m.places[0].kind != COUNTY] or list(mentions)
    if not found:
        return None
    best = next((m for m in found if sure(m.start)), found[0])
    start, _ = _with_town((best.start, best.end), list(mentions), text)
    end = best.end + len(re.match(r"[街道镇县城区市]?(?:那边|这边)?", text[best.end :]).group())
    end = _with_estate(text, end)
    return place(text, start, end, confidence=0.9 if sure(best.start) else 0.4, gazetteer=gazetteer)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Candidate spans: from an anchor word left to where the name begins, right over numbers and 旁, 对面."""
    for anchor in _ANCHOR.finditer(text):
        left = max(0, anchor.start() - 14)
        stops = [m.end() for m in _STOP.finditer(text, left, anchor.start())]
        start = _name_start(text, max([left, *stops]), anchor.start())
        end = _TAIL.match(text, anchor.end()).end()
        yield start, end
    for alone in _ALONE.finditer(text):
        if not _STOP.search(alone.group()):
            yield alone.span()


def _located(text: str, span: tuple[int, int], mentions: Sequence[Mention]) -> bool:
    """Whether a phrase says where, not only who: a firm's name alone does not."""
    words = text[span[0] : span[1]]
    return any(span[0] <= m.start < span[1] for m in mentions) or not re.search(f"(?:{_FIRM})$", words)


def _name_start(text: str, start: int, anchor: int) -> int:
    """Where a name begins in a long run before its kind: after the last verb or adverb, its last four characters spared."""
    if anchor - start < 6:
        return start
    at = cut = start
    for word, flag in rjieba.tag(text[start : anchor - 4]):
        at += len(word)
        if flag[0] in "vdpcu" and flag != "vn":
            cut = at
    return cut


def _with_estate(text: str, end: int) -> int:
    """The end moved over a bare estate name right after a county or town (大沙镇翡翠星湖湾三百多户业主)."""
    found = _FREE.match(text, end) if text[end - 1] in "镇道县区市" else None
    return _TAIL.match(text, found.end()).end() if found else end


def _to_clause_end(text: str, end: int) -> int:
    """The end moved to the clause's end where only nouns are left of it (星湖大道|旧骑楼后座，)."""
    rest = re.match(r"(?!的)[\u4e00-\u9fffA-Za-z\d]{1,7}(?=[，。,；！\n]|$)", text[end:])
    if (
        not rest
        or re.search("[不没坏无被灯人]|业主|居民|先生|问题|交通|用房", rest.group())
        or any(flag[0] not in "nmqfsbrt" and word != "的" for word, flag in rjieba.tag(rest.group()))
    ):
        return end
    return end + rest.end()


def _specific(text: str, start: int, anchor_end: int) -> bool:
    """Whether something is named: not only 小区 or 这条路."""
    name = text[start:anchor_end]
    body = _ANCHOR.sub("", name, count=0) or name
    bare = re.sub(f"(?:{_SIDE})+$", "", name)
    bare = re.sub(f"({_ESTATE}|{_SITE}|{_RURAL}|大道|马路|公路|路段|路口|公司|街道)$", "", bare)
    return (
        len(bare) >= 2
        and not _NOWHERE.search(name)
        and not _EMPTY.match(bare)
        and not (_WHOLE.match(name) and len(body) < 2)
    )


def _merge(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that touch or overlap: town, road, number and estate said in one breath are one place."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        between = text[out[-1][1] : start] if out else ""
        after_town = out and text[out[-1][1] - 1] in "道镇" and between in ("，", ",", " ")
        route = out and _TO.match(between)
        if out and (start <= out[-1][1] or after_town or route or between in ("", "与", "和", "（", "(")):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _with_town(span: tuple[int, int], mentions: Sequence[Mention], text: str) -> tuple[int, int]:
    """Take in a county or town named right before the span."""
    start, end = span
    for mention in reversed(mentions):
        between = text[mention.end : start]
        if mention.start < start and (between in ("", " ", "的") or re.fullmatch("[县区市]?城?(?:到|至)?", between)):
            start = mention.start
    return start, end


def _score(text: str, span: tuple[int, int], mentions: Sequence[Mention]) -> float:
    words = text[span[0] : span[1]]
    score = 2.0 * any(span[0] <= m.start < span[1] for m in mentions) + 0.05 * min(len(words), 24)
    score += 1.2 * bool(re.search(f"{_ESTATE}|{_ROAD}|{_SHORT_ESTATE}", words)) + 0.6 * bool(re.search(_SITE, words))
    score += 0.8 * bool(re.search(r"\d+号|栋|幢|交汇|交叉|旁|对面|附近|门口", words))
    return score - 1.0 * bool(re.search("公司|政府|局$|派出所|法院", words)) - span[0] / max(400, len(text))
