"""What a call takes back and what it confirms: self-corrections, read-backs denied, mended or confirmed. Pure.

A caller who corrects himself (3栋，哦说错了是5栋) names the wrong thing, a mark, and the right thing of the same kind; only
what has a kind (a number with its unit, a town, a road, a day, a clock, a name) is ever struck, for 不对 and 错了 are
also opinions. A read-back that the caller confirms is evidence like his own words.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from asr.numbers import DIGIT_VALUES
from catalogue.gazetteer import COUNTY, Gazetteer
from models.reading import Call, Evidence

Stretch = tuple[int, int]

_NUMBER = r"[\dA-Za-z〇零一二两三四五六七八九十百千万几半]"
_DAYS = "大前天|前天|前日|昨天|昨晚|昨日|昨夜|今天|今早|今晚|今朝|琴日|寻日|前晚|上上?个?(?:星期|周|礼拜)[一二三四五六日天]?|上上个?月|上个?月|本月|这个月|去年|今年|前年|(?:星期|周|礼拜)[一二三四五六日天]"
# A character of a name: no little word that stands before one.
_NAME = "(?:(?![在是于到从的了我你他她佢姓说讲住去来系喺有和跟与及由给把被这那某叫])[\u4e00-\u9fff])"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("phone", re.compile(r"(?<!\d)1[\d\s-]{10,14}(?!\d)|[幺一](?:[，、\s-]?[幺零〇一二三四五六七八九]){10}")),
    ("day", re.compile(rf"(?:20\d\d年|去年|今年|前年)?{_NUMBER}{{1,3}}月(?:份|底|初)?(?:{_NUMBER}{{1,3}}[日号])?|(?<![\d月]){_NUMBER}{{1,3}}[日号](?![楼栋线仓门院房铺])|{_DAYS}")),
    ("clock", re.compile(rf"(?:凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜)?{_NUMBER}{{1,3}}点(?:半|{_NUMBER}{{1,3}}分?)?")),
    ("part", re.compile("凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|半夜")),
    ("unit", re.compile(rf"{_NUMBER}+(?P<unit>号楼|[栋幢座]|单元|[楼层室房期组队巷班铺]|号线|路(?:公交)?车?|号)")),
    ("amount", re.compile(rf"{_NUMBER}+(?P<unit>万元|[万元块人户家次天年米平吨斤亩盏辆台岁]|个月|个小时|个(?!月|小时))")),
    ("road", re.compile(rf"{_NAME}{{2,4}}?(?P<unit>大道|[东西南北中]路|路|街(?!道)|巷)(?![上边口过灯面人])")),
    ("estate", re.compile(rf"{_NAME}{{2,5}}?(?:小区|花园|花苑|新村|家园|华庭|豪庭|名城|雅苑|雅居|公寓|苑)")),
    ("site", re.compile(rf"{_NAME}{{1,6}}?(?P<unit>广场|公园|市场|医院|小学|中学|幼儿园|工业园|大厦|村|社区|物业|公司|派出所)")),
    ("name", re.compile(r"(?<=姓)[\u4e00-\u9fff]|[\u4e00-\u9fff](?=先生|女士|小姐)")),
)  # fmt: skip
_HESITATION = "(?:哦|噢|喔|啊|呃|额|哎|诶|唉|嗯|唔|不好意思|对不起|等等|等一下)"
_THEN = "(?:[，,。、！!…\\s]*(?:我(?:要|想)?说的?是|我的意思是|说的是|讲的是|应该是|应该系|准确(?:地)?(?:说|来说|讲)?是?|正确的?是|其实是|而是|就是|改成|改为|是在|系|是|在|叫))*"
_STRONG = re.compile(
    rf"[，,。、；;！!…—\s]*(?:{_HESITATION}[，,、…\s]*)*"
    r"(?:不对不对|不对|唔啱|不不不?|不是不是|(?:我|刚才|刚刚)*(?:说|讲|记|搞|弄|打|写|念|报|听)错了?|错了|口误|(?:更正|纠正|改)一下|唔系唔系|不(?=[，,]))"
    rf"(?:了|哦|啊|呀|呢|的)*[，,。、！!…\s]*{_THEN}[，,\s]*"
)
_WEAK = re.compile(
    rf"[，,。、；;！!…—\s]+(?:{_HESITATION}[，,、…\s]*)*"
    r"(?:不是(?=[，,。])|唔系(?=[，,。])|我是说|我意思是|我的意思是|应该是|应该系|准确(?:地|来)?说是?|其实是)"
    rf"{_THEN}[，,。\s]*"
)
_NOT = re.compile("(?:并?不是|唔系|不系|并非)(?:在|叫|姓|说|住|住在)?(?![，,。、])")
_DENIAL = re.compile(r"^[\s，,哦啊喂诶嗯呃额]*(?:不是|不对|错了|唔系|唔啱|不系|没有没有|不不|你(?:听|记|写)错)")
_YES = re.compile(
    r"^[\s，,哦啊诶]*(?:对|是(?!不是)|嗯|没错|正确|系(?!咪)|啱|冇错)[的啊呀哦咯啦呢嘅]*(?:[，,。！!\s]|对|是|嗯|没错|$)"
)
_READ_BACK = re.compile(r"(?:吗|吧|么|对不对|是不是|系咪|对|是|[？?])[？?]?\s*$")
_OPEN = re.compile("还是|什么|哪|几(?!十)|多少|怎么|谁|有没有|有冇|贵姓|如何|边度|边个")
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?]?")


@dataclass(frozen=True)
class Phrase:
    """A thing of a kind said at `start:end`; two phrases are rivals when their `kind` is the same and their words differ."""

    kind: str
    text: str
    start: int
    end: int

    @cached_property
    def meaning(self) -> str:
        """The words with figures instead of number words."""
        return "".join(str(DIGIT_VALUES.get(c, c)) for c in self.text if not c.isspace())


@dataclass(frozen=True)
class Heard:
    """A call as the fields read it: without what was taken back, the agent's words as line breaks unless confirmed.

    `text[n]` is `call.text[positions[n]]`. `struck` and `confirmed` are stretches of `call.text`.
    """

    text: str
    positions: tuple[int, ...]
    struck: tuple[Stretch, ...]
    confirmed: tuple[Stretch, ...]

    def span(self, start: int, end: int) -> Stretch:
        """A stretch of `text` as a stretch of `call.text`; one that spans a correction takes it in."""
        return self.positions[start], self.positions[end - 1] + 1

    def clean(self, start: int, end: int) -> str:
        """What counts of `call.text[start:end]`."""
        return self.text[bisect_left(self.positions, start) : bisect_left(self.positions, end)]

    def back(self, found: Evidence | None, call: Call) -> Evidence | None:
        """Evidence found in `text`, proven by words of the call."""
        if found is None:
            return None
        start, end = self.span(found.start, found.end)
        return replace(found, text=call.text[start:end], start=start, end=end)

    def took_back(self, start: int, end: int) -> bool:
        """Whether a stretch of `call.text` holds words that were taken back."""
        return any(left < end and start < right for left, right in self.struck)

    def sure(self, place: int) -> bool:
        """Whether a place of `text` lies in words that were read back and confirmed."""
        return any(start <= self.positions[place] < end for start, end in self.confirmed)


def hear(call: Call, *, gazetteer: Gazetteer) -> Heard:
    """What counts of a call."""
    struck, confirmed = struck_out(call, gazetteer=gazetteer), read_back(call, gazetteer=gazetteer)
    out = list(call.text)
    for who, start, end in call.spans:
        if who == "agent":
            kept = {at for a, b in confirmed if start <= a < end for at in range(a, b)}
            out[start:end] = [c if at in kept else "\n" for at, c in enumerate(out[start:end], start)]
    gone = {at for start, end in struck for at in range(start, end) if out[at] != "\n"}
    positions = tuple(at for at in range(len(out)) if at not in gone)
    return Heard("".join(out[at] for at in positions), positions, struck, confirmed)


def struck_out(call: Call, *, gazetteer: Gazetteer) -> tuple[Stretch, ...]:
    """Stretches of `call.text` that the caller takes back, in order and without overlap."""
    found: list[Stretch] = []
    for _, start, end in _caller_turns(call):
        if not (
            _STRONG.search(call.text, start, end)
            or _WEAK.search(call.text, start, end)
            or _NOT.search(call.text, start, end)
        ):
            continue
        phrases = list(phrases_of(call.text, start, end, gazetteer))
        found += _self_corrections(call, phrases, start, end)
        found += _contrasts(call, phrases, start, end)
    for agent, caller in _exchanges(call):
        found += _mended(call, agent, caller, gazetteer)
    return _union(found)


def read_back(call: Call, *, gazetteer: Gazetteer) -> tuple[Stretch, ...]:
    """The agent's sentences that the caller's next words confirm: a question without alternatives, answered 对, 是的, 嗯."""
    out = []
    for agent, caller in _exchanges(call):
        last = _last_sentence(call.text, agent)
        words = call.text[last[0] : last[1]]
        if not _YES.match(call.text[caller[0] : caller[1]]) or _OPEN.search(words):
            continue
        if _READ_BACK.search(words) and not _rivals(call, last, caller, gazetteer):
            out.append(last)
    return tuple(out)


def phrases_of(text: str, start: int, end: int, gazetteer: Gazetteer) -> Iterator[Phrase]:
    """Things of a kind in `text[start:end]`, in order; a road's kind is its last word, a number's its unit."""
    part = text[start:end]
    places = gazetteer.find(part)
    found = [
        Phrase("county" if m.places[0].kind == COUNTY else "town", m.text, start + m.start, start + m.end)
        for m in places
    ]
    for kind, pattern in _KINDS:
        for m in pattern.finditer(part):
            unit = (m.groupdict().get("unit") or "").removesuffix("楼" if "号楼" in m.group() else "")
            found.append(Phrase(f"{kind}.{unit}" if unit else kind, m.group(), start + m.start(), start + m.end()))
    yield from sorted(found, key=lambda phrase: (phrase.start, -phrase.end))


def _self_corrections(call: Call, phrases: Sequence[Phrase], start: int, end: int) -> list[Stretch]:
    """OLD, a mark, NEW of the same kind. A weak mark (应该是) must follow OLD at once, a strong one within a clause or two."""
    out = []
    for pattern, reach in ((_STRONG, 16), (_WEAK, 2)):
        for mark in pattern.finditer(call.text, start, end):
            pair = _pair(phrases, mark.start(), mark.end(), reach)
            if pair is None:
                continue
            old, new = pair
            together = old.kind == "county" or mark.start() - old.end <= 2
            out += [(old.start, new.start)] if together else [(old.start, old.end), (mark.start(), new.start)]
            out += _said_before(call, old, old.start)
    return out


def _pair(phrases: Sequence[Phrase], left: int, right: int, reach: int) -> tuple[Phrase, Phrase] | None:
    """The nearest rivals around a mark at `left:right`."""
    olds = [p for p in phrases if p.end <= left and left - p.end <= reach]
    news = [p for p in phrases if p.start >= right and p.start - right <= 6]
    pairs = [(old, new) for new in news for old in olds if old.kind == new.kind and old.meaning != new.meaning]
    return min(pairs, key=lambda pair: (pair[1].start, -pair[0].end, pair[0].start), default=None)


def _contrasts(call: Call, phrases: Sequence[Phrase], start: int, end: int) -> list[Stretch]:
    """不是 OLD，是 NEW, and NEW，不是 OLD."""
    out = []
    for mark in _NOT.finditer(call.text, start, end):
        for old in (p for p in phrases if 0 <= p.start - mark.end() <= 4):
            rivals = [p for p in phrases if p.kind == old.kind and p.meaning != old.meaning]
            after = (p for p in rivals if 1 <= p.start - old.end <= 6 and _parted(call.text[old.end : p.start]))
            new = next(after, None)
            if new or any(0 <= mark.start() - p.end <= 4 for p in rivals):
                out.append((mark.start(), new.start if new else old.end))
                out += _said_before(call, old, mark.start())
                break
    return out


def _parted(between: str) -> bool:
    """一天两天 is one expression, 一天，是两天 two things."""
    return bool(re.search("[，,。、；;\\s是系]", between))


def _said_before(call: Call, old: Phrase, before: int) -> list[Stretch]:
    """The same words earlier in the call, both speakers'."""
    return [(m.start(), m.end()) for m in re.finditer(re.escape(old.text), call.text[:before])]


def _mended(call: Call, agent: Stretch, caller: Stretch, gazetteer: Gazetteer) -> list[Stretch]:
    """What the agent read back and the caller denies or says otherwise; the caller's own slip of before goes with it."""
    last = _last_sentence(call.text, agent)
    if not _READ_BACK.search(call.text[last[0] : last[1]]):
        return []
    denied = _DENIAL.match(call.text[caller[0] : caller[1]])
    rivals = _rivals(call, last, caller, gazetteer)
    olds = [old for old, _ in rivals] if rivals else list(phrases_of(call.text, *last, gazetteer)) if denied else []
    out = [(old.start, old.end) for old in olds]
    if denied and rivals:
        out += [stretch for old in olds for stretch in _said_before(call, old, old.start)]
    return out


def _rivals(call: Call, agent: Stretch, caller: Stretch, gazetteer: Gazetteer) -> list[tuple[Phrase, Phrase]]:
    """Pairs of one kind that the agent's question and the start of the answer say differently."""
    asked = list(phrases_of(call.text, *agent, gazetteer))
    said = list(phrases_of(call.text, caller[0], min(caller[1], caller[0] + 30), gazetteer))
    same = {(p.kind, p.meaning) for p in said}
    return [
        (old, new)
        for old in asked
        for new in said
        if old.kind == new.kind and (old.kind, old.meaning) not in same and old.meaning not in new.meaning
    ]


def _caller_turns(call: Call) -> Iterator[tuple[str, int, int]]:
    return (span for span in call.spans if span[0] != "agent")


def _exchanges(call: Call) -> Iterator[tuple[Stretch, Stretch]]:
    """Each turn of the agent's with the caller's answer to it."""
    for (who, start, end), (next_who, left, right) in zip(call.spans, call.spans[1:], strict=False):
        if who == "agent" and next_who != "agent" and end > start:
            yield (start, end), (left, right)


def _last_sentence(text: str, stretch: Stretch) -> Stretch:
    start, end = stretch
    found = [m for m in _SENTENCE.finditer(text, start, end) if m.group().strip()]
    return (found[-1].start(), found[-1].end()) if found else stretch


def _union(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    out: list[Stretch] = []
    for start, end in sorted(set(stretches)):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif end > start:
            out.append((start, end))
    return tuple(out)
