"""The party complained of or concerned: a firm, shop, office, neighbour, driver or vehicle, with its name where it has one.

Candidates are words for parties grown leftwards to where the name begins. What the caller accuses, who says no, who does
the nuisance counts for a candidate; an authority he went to for help (打城管, 找了派出所) counts against it.
"""

import re
from collections.abc import Iterator

from models.reading import Evidence

_FIRMS = (
    "有限公司|公司|开发商|物业管理处|物业|物管|管理处|业委会|驾校|俱乐部|健身房|旅行社|培训机构|机构|医院|诊所|药店|药房|学校|学院|幼儿园|小学|中学|酒吧|KTV|大排档|烧烤店|烧烤档|餐厅|饭店|酒楼|酒店|网吧|超市|专卖店|经营部|美容院|"
    "店铺|商铺|商家|中介|房东|二房东|包工头|银行|工厂|作坊|饭堂|食堂|砖厂|纸厂|搅拌站|养殖场|养猪场|猪场|石场|厂|工地|营业厅|客运|汽修|铝窗|建筑队|施工队|施工单位|施工方|施工|总包|项目部|运营商|电信|移动|联通|地产|楼盘|停车场|茶楼|档口|店"
)
_PEOPLE = "流动摊贩|摊贩|小贩|商贩|摊主|老板娘|老板|司机|师傅|医生|护士|老师|校长|班主任|教练|导游|保安|销售|客服|工作人员|民警|辅警|村书记|村委书记|村干部|村支书|书记|村主任|队长|中介|租客|住户|业主|一户人家|邻居|隔壁|男子|楼上|楼下"
_VEHICLES = "泥头车|渣土车|大货车|货车|大车|校车|公交车|公交|出租车|的士|网约车|三轮车|摩托车|电动车|僵尸车|私家车|小车|黑车|收废品的|跳舞的|广场舞"
_OFFICES = "派出所|交警大队|交警中队|交警|城管|村委会|村委|居委会|居委|街道办|镇政府|社区|教育局|住建局|车管所|社保局|征地办|办事大厅|窗口|供电局|供电所|供电公司|自来水公司|水务公司|燃气公司"
_PARTY = re.compile(
    rf"[\u4e00-\u9fffA-Za-z0-9]{{0,12}}?(?:(?P<firm>{_FIRMS})|(?P<man>{_PEOPLE})|(?P<car>{_VEHICLES})|(?P<office>{_OFFICES}))"
)
_TRIM = re.compile(
    r"^.*(?:在|到|是|系|被|畀|对|的|嘅|向|让|请|跟|与|和|由|给|把|将|于|了|咗|着|说|话|找|搵|打|问|投诉|举报|我们|我哋|我|你们|但|就|因为|因|现|叫|有|冇|从|及|去|住|买|每天|经常|天天|附近|旁边|对面|楼下|门口|那个|这个|那家|这家|嗰间|嗰个|一家|一间|间|要|想|建议|希望|要求|这种|这些|那些|那几|没|不|还|都|又|也|后|个)(?=[\u4e00-\u9fffA-Za-z0-9]{2})"
)
_PLACE_HEAD = re.compile(
    r"^.*(?:县城|县|市|区|镇|街道|大道|[一二三四五六七八九东西南北中]路|路|[\d一二三四五]号)(?=[\u4e00-\u9fffA-Za-z0-9]{3,})"
)
_ACCUSED = re.compile(r"(?:投诉|举报|反映|告|控诉)[^，。]{0,4}$")
_SOUGHT = re.compile(
    "(?:打|找|搵|问|向|报|去|给|请|叫|跟|联系|咨询|反映到|投诉到|打给|麻烦|建议|希望|要求|被)(?:了|过|咗)?(?:电话给)?$"
)
_DOES = re.compile(
    "^(?:又|就|都|却|还|一直|总是|每天|天天|长期|经常|突然|只|也|没有|没|冇|)*(?:说|不|拒|推|拖|乱|收|扣|欠|骗|排|放|占|停|倒|跑|关|态度|违|无证|偷|强|擅自|私自|施工|开工|加装|唔|话|半夜|通宵|直接|把|将|以|用|威胁|骂|打人|卖|做|摆|养|唱|跳)"
)
_ANSWERED = re.compile(
    "^(?:那边)?(?:说归|说属于|说不归|说不属于|答复|回复|让我?(?:找|去|打)|说让|来了|来过|说是经济|要求前)"
)
LEAST = 1.4
_HELPER = re.compile("^(?:派|来|过来|处理|管|查|执法|牵头|出面|帮)")


def find_target(text: str, *, general: bool = False) -> Evidence | None:
    """The party that fits best; a `general` question has none."""
    if general:
        return None
    scored = [(_score(text, *span), span) for span in _candidates(text)]
    scored = [item for item in scored if item[0] > LEAST]
    if not scored:
        return None
    _, (start, end, _) = max(scored, key=lambda item: item[0])
    words = text[start:end]
    return Evidence(words, words, start, end, 0.5)


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of each party, cut to where its name begins."""
    for found in _PARTY.finditer(text):
        kind = found.lastgroup
        start = found.start()
        for trim in (_TRIM, _PLACE_HEAD):
            cut = trim.match(text[start : found.end()])
            if cut and cut.end() <= found.start(kind) - start:
                start += cut.end()
        start = max(start, found.start(kind) - (8 if kind == "firm" else 4))
        if found.end() - start >= 2:
            yield start, found.end(), kind


def _score(text: str, start: int, end: int, kind: str) -> float:
    """How likely a candidate is the one complained of; below `LEAST` nobody is better than him."""
    before, after = text[max(0, start - 10) : start], text[end : end + 8]
    named = min(end - start, 7) * 0.15 if kind == "firm" else 0.2
    score = 1.0 + named - start / 250 - (1.2 if kind == "office" else 0)
    score += 1.5 * bool(_ACCUSED.search(before)) + 1.0 * bool(_DOES.match(after))
    score -= 1.5 * bool(_SOUGHT.search(before)) + 1.2 * bool(_ANSWERED.match(after)) + 1.0 * bool(_HELPER.match(after))
    return score
