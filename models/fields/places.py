"""The place of the event as the caller said it: a name with a road, estate, village, firm or landmark word.

A span is grown leftwards from such a word to where the name begins; phrases that name nothing (我们小区, 这条路) are no place.
"""

import re
from collections.abc import Iterator

from catalogue.gazetteer import COUNTY, Gazetteer
from models.reading import Evidence

_ESTATE = "小区|花园|花苑|名苑|豪庭|豪园|名城|华庭|华府|名邸|公馆|山庄|新村|公寓|大厦|家园|雅苑|雅居|嘉园|半岛|国际|国贸|华城|小城|新城|首府|御景|家苑|华苑|帝景|府邸|别墅|天地|中心|城邦"
# A character that may stand in a road's name: 的路, 这条路, 绕路 name no road.
_NAMED = "(?:(?![的这那条该些么哪段走绕修过问出进一在是])[\u4e00-\u9fff])"
_ROAD = (
    "大道|马路|公路|国道|省道|县道|高速|立交桥|立交|大桥|桥头|隧道|环路|东路|西路|南路|北路|中路|路段|路口|街道|大街|步行街|[一二三四五六七八九十\\d]街|[一二三四五六七八九十\\d]路|十字路口|交叉口|交汇处|交界处|"
    + _NAMED
    + "{2}(?:街道|[路街巷])"
)
_SITE = "广场|商场|商城|市场|超市|工业园|工业区|科技园|产业园|开发区|小学|中学|幼儿园|学校|学院|医院|卫生院|车站|客运站|汽车站|火车站|公园|码头|水库|河涌|加油站|收费站|酒店|宾馆|酒楼|营业厅|工地|楼盘|花市|体育馆|图书馆|政务服务中心|车管所|派出所"
_RURAL = "村委会|居委会|村民小组|自然村|社区|[\u4e00-\u9fff]{1,3}村|镇|乡|街道办"
_FIRM = "有限公司|公司|砖厂|纸厂|电镀厂|玻璃厂|家具厂|鞋厂|水泥厂|五金厂|塑料厂|养殖场|猪场|驾校|网吧|酒吧|大排档|KTV|饭店|餐厅|茶楼|健身房|体育用品店|专卖店|物业公司"
_ANCHOR = re.compile(f"({_ESTATE}|{_ROAD}|{_SITE}|{_RURAL}|{_FIRM})")
_TAIL = re.compile(
    r"(?:与|和|跟|、)?(?:" + _NAMED + r"{2,5}(?:路|街|大道|交汇处|交叉口|交界处)(?:交汇处|交叉口|交界处|路口)?)?"
    r"(?:第?[\dA-Za-z一二三四五六七八九十]+(?:号楼|号|栋|幢|座|期|区|单元|楼|层|巷|室|房|组|队|街|铺|门))*"
    r"(?:\d{3,4})?(?:路段|路口|段|交汇处|交叉口|交界处|周边|附近|旁边|旁|对面|门口|门前|后面|前面|背后|侧|入口|出口|里面|内|下)?"
)
_STOP = re.compile(
    r"[，。！？；：、,.!?;:\s“”\"'（）()《》【】]|在|到|位于|于|是|从|的|了|对|请|向|把|被|有|和|跟|与|及|由|给|去|来|住|路过|经过|"
    r"我们|我|你们|你|他们|他|咱|本人|本|该|这个|这条|这|那个|那|某|每|就|都|也|又|还|等|但|因|为|叫|让|说|想|要|于是|反映|投诉|举报|建议|希望|关于|居住|家住|买"
)
_EMPTY = re.compile(
    r"^(?:什么|哪个|哪条|哪里|整个|全部|一个|一条|几个|很多|附近|周边|旁边|门口|楼下|隔壁|对面|其他|外面|里面|所有|多个|老旧|高档|新建|在建|"
    r"市政|人行|非机动车|机动车|消防|公共|农村|乡下|县城|市区|城区|城市|中国|全国|国家|广东省?|肇庆市?|各|大|小|新|老|"
    r"上|下|前|后|东|西|南|北|中|主干|辅|慢|快|行|走|修|过|半|道|同|一|两|二|三|条|个|家|间|开发商|物业|购物|电话|服务|教育|民办|公办|公立|私立)*$"
)
_WHOLE = re.compile(
    r"^(?:小区|社区|村|镇|路口|学校|医院|公司|工地|楼盘|市场|超市|马路|公路|大道|街道|国际|中心|新村|公园|广场|工业区)"
)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Candidate spans: from an anchor word left to where the name begins, right over numbers and 旁, 对面."""
    for anchor in _ANCHOR.finditer(text):
        left = max(0, anchor.start() - 14)
        stops = [m.end() for m in _STOP.finditer(text, left, anchor.start())]
        start = max([left, *stops])
        end = _TAIL.match(text, anchor.end()).end()
        yield start, end


def _specific(text: str, start: int, anchor_end: int) -> bool:
    """Whether something is named: not only 小区 or 这条路."""
    name = text[start:anchor_end]
    body = _ANCHOR.sub("", name, count=0) or name
    bare = re.sub(f"({_ESTATE}|{_SITE}|{_RURAL}|大道|马路|公路|路段|路口|公司)$", "", name)
    return len(bare) >= 2 and not _EMPTY.match(bare) and not (_WHOLE.match(name) and len(body) < 2)


def find_place(text: str, *, gazetteer: Gazetteer) -> Evidence | None:
    """The best place phrase: named roads and estates before firms, with a known town before without, first before later."""
    mentions = gazetteer.find(text)
    spans = [span for span in _merge(text, list(_spans(text))) if _specific(text, *span)]
    spans = [_with_town(span, mentions, text) for span in spans]
    if not spans:
        towns = [m for m in mentions if m.places[0].kind != COUNTY]
        found = towns or mentions
        return _evidence(text, found[0].start, found[0].end, 0.4) if found else None
    best = max(spans, key=lambda span: _score(text, span, mentions))
    return _evidence(text, *best, 0.8 if any(best[0] <= m.start < best[1] for m in mentions) else 0.65)


def _merge(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that touch or overlap: town, road, number and estate said in one breath are one place."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        after_town = out and text[out[-1][1] - 1] in "道镇" and text[out[-1][1] : start] in ("，", ",", " ")
        if out and (start <= out[-1][1] or after_town or text[out[-1][1] : start] in ("", "与", "和", "（", "(")):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _with_town(span: tuple[int, int], mentions: list, text: str) -> tuple[int, int]:
    """Take in a county or town named right before the span."""
    start, end = span
    for mention in reversed(mentions):
        if mention.start < start and start - mention.end <= 1 and not _STOP.search(text[mention.end : start]):
            start = mention.start
    return start, end


def _score(text: str, span: tuple[int, int], mentions: list) -> float:
    words = text[span[0] : span[1]]
    score = 2.0 * any(span[0] <= m.start < span[1] for m in mentions) + 0.05 * min(len(words), 24)
    score += 1.2 * bool(re.search(f"{_ESTATE}|{_ROAD}", words)) + 0.6 * bool(re.search(_SITE, words))
    score += 0.8 * bool(re.search(r"\d+号|栋|幢|交汇|交叉|旁|对面|附近|门口", words))
    return score - 1.0 * bool(re.search("公司|政府|局$|派出所|法院", words)) - span[0] / max(400, len(text))


def _evidence(text: str, start: int, end: int, confidence: float) -> Evidence:
    words = text[start:end]
    return Evidence(value=words, text=words, start=start, end=end, confidence=confidence)
