"""Who calls: the name as given, the wish to stay unnamed, the wish for an answer."""

import re
from collections.abc import Callable

from models.reading import Evidence

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温欧区冼麦伍岑植聂邝关梅甘莘骆柯翁祝游凌霍简招禤欧司卓符阙湛甄庞容古"
_TITLE = "先生|女士|小姐|阿姨|太太|老师|同学|师傅|伯|婆婆|生|姨|姐"
_GIVEN = rf"(?:阳(?:{_TITLE})|{_TITLE}|某[\u4e00-\u9fff]?(?=[，。,、\s])|某某?|[\u4e00-\u9fff]{{1,2}}(?=[，。,、：:；！\s\d]|实名|反映|投诉|举报|$))"
# After 姓 a surname stands alone; after 我是 and 本人 only a whole name or one cut off by a mark is a name (本人于昨天…).
_SAID = re.compile(
    rf"(?:免贵姓|敝姓|我姓|本人姓|姓名[:：是]?|联系人[:：是]?|我叫|名字[叫是]|(?<=[，。！\s])姓(?!名|氏))\s*([{SURNAMES}]{_GIVEN}?)(?![的那])"
    r"|我叫((?![他她它你什这那人])[\u4e00-\u9fff]{2,4})(?=[，。,、\s])"
    rf"|我([{SURNAMES}](?:某|婆婆|伯|先生|女士|阿姨)(?:[\u4e00-\u9fff](?=[，。,]))?)"
    rf"|(?:我[是系]|本人叫?)\s*((?![于向曾])[{SURNAMES}](?:{_GIVEN}|(?=[，。,、：:；！\s]|$)))"
)
_CALLED = re.compile(
    rf"(?<![\u4e00-\u9fff])([{SURNAMES}](?:先生|女士|小姐))|([{SURNAMES}](?:先生|女士|小姐))(?=[，。,\s])|(?<=您是)([{SURNAMES}](?:先生|女士|小姐))"
)
_ANSWER = re.compile(rf"(?<=\n)([{SURNAMES}])(?=[，。,\s]|$)")
_SECRET = re.compile(
    "匿名|(?:要|请|帮我|替我|给我|为我|个人信息|身份|姓名)[^，。]{0,4}保密|保密(?=[，。！]|处理|$)|不(?:要|想|能|可以)(?:透露|泄露|公开|说是我|讲是我|告诉(?:他|对方|物业|老板|村))|唔好(?:讲系我|话系我|透露)|不愿(?:透露|公开)|怕.{0,6}报复|怕被(?:报复|穿小鞋)"
)
_NO_ANSWER = re.compile(
    "(?:不用|不需要|不必|无需|唔使|别)(?:再|给我|跟我)?(?:回复|回访|回电|打电话|打给我|答复|联系我)"
)
_ANSWER_WANTED = re.compile(
    "(?:请|要|需要|希望|麻烦|盼|望|尽快|及时|给我|给个|等)[^，。！？\n]{0,8}(?:回复|回访|回电|答复|回个?电话|打(?:给我|我(?:手机|电话)))|打我(?:手机|电话)|等(?:你们)?(?:的)?(?:回复|回电)"
)

Sure = Callable[[int], bool]


def find_person(text: str, *, sure: Sure = lambda _: False) -> Evidence | None:
    """The caller's name as given: 我姓李, 免贵姓黎, 联系人：王小姐, 陈先生."""
    for confidence, pattern in ((0.85, _SAID), (0.6, _CALLED), (0.5, _ANSWER)):
        found = next(iter(sorted(pattern.finditer(text), key=lambda m: not sure(m.start()))), None)
        if found:
            start, end = next(found.span(n) for n in range(1, pattern.groups + 1) if found.group(n))
            return Evidence(text[start:end], text[start:end], start, end, 0.95 if sure(start) else confidence)
    return None


def find_secret(text: str) -> Evidence | None:
    """Whether the caller asks to stay unnamed."""
    return _flag(_SECRET.search(text), yes="是")


def find_callback(text: str) -> Evidence | None:
    """Whether the caller wants an answer: 是 or 否 where he says so, the refusal first."""
    return _flag(_NO_ANSWER.search(text), yes="否") or _flag(_ANSWER_WANTED.search(text), yes="是")


def _flag(found: re.Match[str] | None, *, yes: str) -> Evidence | None:
    """A wish said in so many words, or None."""
    return Evidence(yes, found.group(), found.start(), found.end(), 0.9) if found else None
