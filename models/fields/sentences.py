"""The three written fields: title, summary and demand, each checked against the call before it is shown."""

import re
from collections.abc import Iterator, Mapping

import rjieba

from catalogue.gazetteer import Gazetteer
from models.fields.proof import invented
from models.fields.wording import is_contact, opened, third_person, tidy
from models.reading import Call, Evidence
from models.turns import Heard

TITLE, SUMMARY, DEMAND = 30, 400, 40
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_CLAUSE = re.compile(r"[^，,。！？!?；;：:\n]+[？?]?")
_VERB = {"咨询": "咨询", "建议": "建议", "举报": "举报", "求助": "求助", "投诉": "反映", "感谢": "表示感谢"}
_ASKED = re.compile(
    r"^(?:请问(?:一下)?|好的?[，,]?|您(?:说的)?(?:是|说)?|那您?|是不是|是|地址(?:是|在)|位置(?:是|在))+|(?:对不对|对吗|对吧|是吗|是吧|是不是|吗|吧|对|么)?[？?。]*$"
)
_WISH = re.compile(
    r"(?:希望|请求|恳请|恳求|强烈要求|要求|望(?=尽快|相关|有关|政府|领导|早日)|盼|建议(?![，。])|麻烦(?!事)|(?<![申邀聘敬宴])请(?!问|假|了|人|客|师|过|的|来的|个)|能不能|能否|可不可以|可否|诉求[是：:])[^。！？!?\n；;]*"
)
_QUERY = re.compile(
    r"(?:请问|咨询(?:一下|下)?|想问(?:一下|下)?|想知道|想了解|问下|问一下)[^。！？!?\n]*[？?]?|[^，。！？!?\n]*(?:怎么|如何|吗|哪里|多少|需要什么|什么时候)[^，。！？!?\n]*[？?]?"
)
_HEAD = re.compile(
    r"^(?:希望|请求|恳请|恳求|强烈要求|要求|望|盼|建议|麻烦|请(?:问)?|能不能|能否|可不可以|可否|诉求[是：:]|咨询(?:一下|下)?|想(?:咨询|问|知道|了解)(?:一下|下)?|问(?:一下|下)|你们|有关部门|相关部门|有关单位|各级部门|政府部门|政府|领导|贵单位|贵局|帮忙|帮我们?|帮|我们?|能够|能|可以|给予|予以|[，,：:])+"
)
_GOES_ON = re.compile(
    "并|且|和|及|尽快|尽早|早日|不要|别|不能|返|退|赔|开|给|同时|让|重新|要|对|把|将|恢复|依法|严|查|公开|公布|还|以|加|或|增|安排|派|督促|协调|在|需|怎|如何|哪|多少|能|可|是不是|什么|有没有"
)
_TROUBLE = re.compile(
    "不|没|无|坏|漏|堵|噪|吵|臭|味|乱|欠|拖|骗|违|占|停|破|脏|危|罚|怎么|如何|哪里|吗|？|能否|是否|塌|扰|黑|倒|断|跑路|收费|涨|拒|推|打人|死|丢|裂|淹|污|烟|超"
)
_LOOSE = re.compile(
    "^(?:然后|但是|但|而且|因为|所以|还有|结果|就|也|又|还(?!好|是|在|没)|都|他们?|她们?|它|你们?|说|叫|让|并|且|后来|现在|如果|再|却|可是|请|希望|麻烦|谢谢|难道|反而|其实|问)+"
)
_DROPPED = re.compile(
    "^(?:我们?|本人|咱们?|我家|市民|其|现在|目前|最近|近期|关于|因为|因|由于|对于|今天|昨天|反映|投诉|举报|建议|请问|想问|就是|位于|在)+"
)


def find_summary(
    call: Call, heard: Heard, fields: Mapping[str, Evidence | None], *, nature: str, gazetteer: Gazetteer
) -> Evidence | None:
    """The story in written style, sentences in order, at most 400 characters; one that is not proven stays as it was said."""
    spans = [m.span() for m in _SENTENCE.finditer(heard.text) if m.group().strip()]
    kept: list[tuple[str, tuple[int, int]]] = []
    for start, end in spans:
        written = _sentence(heard, start, end, first=not kept, nature=nature, source=_source(call), gazetteer=gazetteer)
        if len(written) > 1 and not any(written.rstrip("。？！") in before for before, _ in kept):
            kept.append((written, (start, end)))
    if not kept:
        return None
    head = f"{_who(fields)}{_VERB.get(nature, '反映')}："
    chosen = _fitting([written for written, _ in kept], SUMMARY - len(head))
    start, end = heard.span(kept[0][1][0], kept[-1][1][1])
    return Evidence(head + "".join(chosen), call.text[start:end], start, end, 0.7)


def _sentence(
    heard: Heard, start: int, end: int, *, first: bool, nature: str, source: str, gazetteer: Gazetteer
) -> str:
    """One sentence of the summary, ended with a full stop where it has no mark of its own."""
    said = heard.text[start:end]
    if heard.sure(start):
        fact = _ASKED.sub("", _ASKED.sub("", said.strip()))
        return f"经确认，{fact}。" if fact and not is_contact(fact) else ""
    clauses = [clause for clause in re.split("(?<=[，,])", tidy(said)) if clause and not is_contact(clause)]
    words = "".join(clauses).strip("，, ")
    words = third_person(opened(words) if first else words).removeprefix("建议" if first and nature == "建议" else "")
    if invented(words, source, gazetteer=gazetteer):
        words = said.strip()
    return words if not words or words[-1] in "。！？!?；;" else words + "。"


def _fitting(sentences: list[str], room: int) -> list[str]:
    """The most telling sentences that fit, in their order; of one that is too long its first clauses."""
    order = sorted(
        range(len(sentences)), key=lambda n: (-min(len(_TROUBLE.findall(sentences[n])), 3) - (n == 0) * 3, n)
    )
    chosen: dict[int, str] = {}
    for number in order if sum(map(len, sentences)) > room else range(len(sentences)):
        words = sentences[number]
        if len(words) > room and not chosen:
            words = words[:room].rpartition("，")[0] or words[: room - 1]
            words += "。"
        if len(words) <= room:
            chosen[number] = words
            room -= len(words)
    return [chosen[number] for number in sorted(chosen)]


def _who(fields: Mapping[str, Evidence | None]) -> str:
    person = fields.get("person")
    return person.value if person and re.search("先生|女士|小姐", person.value) else "市民"


def find_demand(
    call: Call, heard: Heard, *, nature: str, title: Evidence | None, gazetteer: Gazetteer
) -> Evidence | None:
    """What the caller wants, as 要求…, 咨询… or 建议…; where he names no wish a complaint asks to be looked into."""
    asks = nature == "咨询"
    found = [
        m
        for m in (_QUERY if asks else _WISH).finditer(heard.text)
        if len(m.group().strip()) > 3 and not heard.sure(m.start())
    ]
    if not found and not asks and not nature:
        found = [m for m in _QUERY.finditer(heard.text) if m.group().startswith(("请问", "咨询", "想"))][:1]
        asks = bool(found)
    if not found:
        return _default_demand(nature, title)
    best = found[0] if asks else found[-1]
    verb = (
        "咨询" if asks else "建议" if nature == "建议" or (not nature and best.group().startswith("建议")) else "要求"
    )
    words = _wish(third_person(tidy(_HEAD.sub("", tidy(best.group())))).rstrip("。！!？? "))
    if len(words) < 3:
        return _default_demand(nature, title)
    value = verb + _shortened(words, DEMAND - 2)
    if invented(value, _source(call), gazetteer=gazetteer):
        value = best.group().strip()
    start, end = heard.span(*best.span())
    return Evidence(value, call.text[start:end], start, end, 0.7)


def _default_demand(nature: str, title: Evidence | None) -> Evidence | None:
    if nature not in ("投诉", "举报", "求助", "咨询") or title is None:
        return None
    value = f"咨询{title.value.removeprefix('咨询')}" if nature == "咨询" else "要求核实处理"
    return Evidence(value, title.text, title.start, title.end, 0.3)


def _wish(words: str) -> str:
    """The clauses of a wish up to the first that goes back to the story."""
    first, *more = re.split("[，,]", words)
    kept = [first]
    for clause in more:
        if not _GOES_ON.match(clause):
            break
        kept.append(clause)
    return "，".join(kept)


def _shortened(words: str, room: int) -> str:
    """The first clauses that fit, or as many whole words."""
    if len(words) <= room:
        return words
    clauses = words[: room + 1].rpartition("，")[0]
    return clauses if len(clauses) >= 6 else _whole_words(words, room)


def _whole_words(words: str, room: int) -> str:
    out = ""
    for word in rjieba.cut(words):
        if len(out) + len(word) > room:
            break
        out += word
    return out.rstrip("的了在和与，、")


def find_title(
    call: Call, heard: Heard, place: Evidence | None, *, nature: str, matter: str, gazetteer: Gazetteer
) -> Evidence | None:
    """At most 30 characters: place, object and problem; the web form's own title where it is a short one."""
    if 4 <= len(call.title) <= TITLE:
        return Evidence(call.title, "", 0, 0, 0.8)
    best: tuple[float, str, int, int] | None = None
    where = heard.clean(place.start, place.end) if place else ""
    for clause_start, clause_end, words in _clauses(heard, where):
        said = heard.text[clause_start:clause_end]
        start, end = heard.span(clause_start, clause_end)
        value = _titled(words, place, where, said, nature)
        score = _telling(words, start, matter, whole=value is not None, asks=nature == "咨询")
        score += 0.6 * bool(place and start <= place.start and place.end <= end)
        score += 3.0 * bool(nature == "建议" and re.match("另外|[^，]{0,6}(?:建议|希望)", said))
        if best is None or score > best[0]:
            best = (score, value or _whole_words(words, TITLE), start, end)
    if best is None:
        return None
    _, value, start, end = best
    if invented(value, _source(call), gazetteer=gazetteer):
        value = _whole_words(tidy(heard.clean(start, end)), TITLE)
    return Evidence(value, call.text[start:end], start, end, 0.6)


def _clauses(heard: Heard, where: str) -> Iterator[tuple[int, int, str]]:
    """Clauses that may stand in a title, tidied, without the place and without the caller's I."""
    for m in _CLAUSE.finditer(heard.text):
        if heard.sure(m.start()) or is_contact(m.group()):
            continue
        words = opened(tidy(m.group()))
        if where and where in words:
            before, after = words.split(where, 1)
            words = after if len(after) >= 4 else f"{before}{after}"
        words = _DROPPED.sub("", third_person(_LOOSE.sub("", words))).strip("的，, ")
        if len(words) >= 3:
            yield m.start(), m.end(), words


def _titled(words: str, place: Evidence | None, where: str, said: str, nature: str) -> str | None:
    """Place and words together, or None where they do not fit; a question stands without a place it does not name."""
    words = words.rstrip("。！!？? ")
    head = "咨询" if nature == "咨询" and not words.startswith("咨询") else ""
    if place is None or (nature == "咨询" and where not in said):
        return head + words if len(head + words) <= TITLE else None
    for name in (place.value.removeprefix("肇庆市"), where, re.sub(r"^.*?(?:区|县|市)(?=.{4})", "", where)):
        if len(head + name + words) <= TITLE:
            return head + name + words
    return None


def _telling(words: str, start: int, matter: str, *, whole: bool, asks: bool) -> float:
    """How well a clause tells the matter: trouble or question, a noun, words of the matter's name, early, and fitting."""
    score = min(len(_TROUBLE.findall(words)), 3) + 0.03 * min(len(words), 20) - start / 90
    score += (
        0.8 * any(flag[0] == "n" for _, flag in rjieba.tag(words)) + 0.5 * sum(c in words for c in set(matter)) ** 0.5
    )
    score -= 1.5 * (not asks and bool(re.search("[吗？?]|怎么|多少", words)))
    return (
        score
        + (1.5 if whole else 0)
        - 1.0 * bool(re.search("[他她它你您谁]|希望|建议|要求|谢谢|难道|凭什么|到底|市民|^作为", words))
    )


def _source(call: Call) -> str:
    return f"{call.title}\n{call.text}"
