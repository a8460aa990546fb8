"""Who: the caller's name and telephone, the party complained of, the wish to stay unnamed."""

import re

from models.reading import Evidence

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温欧区冼麦伍岑植聂"
_TITLE = "先生|女士|小姐|阿姨|太太|老师|同学|师傅"
_PERSON = (
    re.compile(rf"(?:我(?:是|叫|姓)|本人(?:姓|叫)?|姓名[:：]?|联系人[:：]?|免贵姓|敝姓)\s*(([{_SURNAMES}])(?:{_TITLE}|[\u4e00-\u9fff]{{1,2}}(?=[，。,、：:\s]|$))?)"),
    re.compile(rf"([{_SURNAMES}](?:{_TITLE}))"),
)  # fmt: skip
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}[-\s]?\d{7,8}|[2-8]\d{6})(?!\d)")
_PARTY = (
    "有限公司|公司|开发商|物业|物管|管理处|业委会|村委会|村委|居委会|居委|驾校|派出所|交警大队|交警|城管|医院|诊所|学校|幼儿园|小学|中学|"
    "酒吧|KTV|大排档|烧烤店|烧烤档|餐厅|饭店|酒楼|网吧|超市|专卖店|店铺|商铺|商家|中介|房东|包工头|老板|银行|工厂|砖厂|纸厂|厂|店|工地|公交车|出租车|网约车|司机|民警|老师|村书记|村委书记|书记|营业厅|档口|摊贩|流动摊贩|楼上住户|楼上|邻居"
)
_TARGET = re.compile(rf"[\u4e00-\u9fffA-Za-z0-9]{{0,12}}?(?:{_PARTY})")
_TRIM = re.compile(
    r"^.*?(?:在|到|是|被|对|的|向|让|请|跟|与|和|由|给|把|于|了|说|找|投诉|举报|我们|我|你们|但|就|因为|因|现|叫|有|从|及|去|住|每天|经常|附近|旁边|楼下|门口)(?=[\u4e00-\u9fffA-Za-z0-9]{2})"
)
_SECRET = re.compile("匿名|保密|不要(?:透露|泄露|公开|告诉)|不愿(?:透露|公开)|怕.{0,4}报复")
_NO_CALLBACK = re.compile("(?:不用|不需要|无需|别)(?:回复|回访|回电|打电话)")


def find_phone(text: str) -> Evidence | None:
    """The caller's telephone as digits; a mobile number goes before a landline."""
    found = sorted(_PHONE.finditer(text), key=lambda m: (not m.group(1).startswith("1"), m.start()))
    if not found:
        return None
    digits = re.sub(r"\D", "", found[0].group(1))
    return Evidence(digits, found[0].group(1), found[0].start(1), found[0].end(1), 0.95 if digits[0] == "1" else 0.6)


def find_person(text: str) -> Evidence | None:
    """The caller's name as given: 陈先生, 我姓李, 联系人：王小姐."""
    for confidence, pattern in zip((0.85, 0.5), _PERSON, strict=True):
        found = pattern.search(text)
        if found:
            return Evidence(found.group(1), found.group(1), found.start(1), found.end(1), confidence)
    return None


def find_target(text: str) -> Evidence | None:
    """The party complained of: the most specific of the firms, shops, offices and people named."""
    best: tuple[float, int, int] | None = None
    for found in _TARGET.finditer(text):
        start = found.start()
        cut = _TRIM.match(found.group())
        start += cut.end() if cut else 0
        length = found.end() - start
        score = min(length, 8) - start / 80
        if length >= 2 and (best is None or score > best[0]):
            best = (score, start, found.end())
    if best is None:
        return None
    words = text[best[1] : best[2]]
    return Evidence(words, words, best[1], best[2], 0.55)


def flag(text: str, pattern: re.Pattern[str], *, yes: str) -> Evidence | None:
    """A wish said in so many words, or None."""
    found = pattern.search(text)
    return Evidence(yes, found.group(), found.start(), found.end(), 0.9) if found else None


def find_secret(text: str) -> Evidence | None:
    """Whether the caller asks to stay unnamed."""
    return flag(text, _SECRET, yes="是")


def find_no_callback(text: str) -> Evidence | None:
    """Whether the caller wants no follow-up call."""
    return flag(text, _NO_CALLBACK, yes="否")
