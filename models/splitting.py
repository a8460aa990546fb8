"""拆单: one call about several matters becomes several tickets. Pure; what a text is about is asked of a callable.

Where a call may be cut: numbered points (1、2、 一是 二是 第一 第二), words that open another matter (另外, 还有一个事, 顺便问一下),
paragraphs, and the agent's 还有其他问题吗. Where it is cut: only between parts that are surely about different matters, so
that the numbered details of one complaint stay one ticket.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalogue.gazetteer import Gazetteer
from models.fields.people import find_person
from models.fields.phones import find_phone
from models.fields.places import find_place
from models.fields.times import find_time, names_day
from models.fields.wording import is_general_question
from models.reading import Call, Evidence
from models.turns import Stretch, hear

Matters = Callable[[str], Mapping[str, float]]

LEAST, SURE, GROUP = 12, 0.5, 4
_EDGE = r"(?:(?<=[。；;！!？?\n，,：:、\s])|^)"
_NUMBERED = (
    r"[（(]?\d{1,2}[)）]\s*|\d{1,2}[、.．](?!\d)\s*|[（(][一二三四五六七八九][)）]|[①②③④⑤⑥]"
    r"|[一二三四五六]、|[一二三四五六](?:是|来|则)(?=[，,]?[\u4e00-\u9fff]{3})"
    r"|第[一二三四五六](?:个(?:问题|事情?|是)?|件(?:事情?)?|点|项|条)?(?:就?是|呢|[，,、：:])|首先|其次|再次|再者"
)
_ANOTHER = (
    r"另外(?!一[户家间边头])|此外|除此之外|顺便(?:再|也|想)?(?:问|反映|投诉|咨询|说|提|建议)|顺带"
    r"|还有(?:就是|(?:另外)?(?:一|两)?(?:个|件|样|点)?(?:别的)?(?:事情?|问题|情况|点|诉求)|(?=[，,])|一(?:个|件|点|样))|仲有(?:就系|一?(?:件事|样嘢|个问题)|(?=[，,]))"
    r"|(?:我)?(?:再|还想|还要|也想|另|想再|同时(?:也|还)?)(?:反映|投诉|举报|问|咨询|建议|说)(?:一)?(?:个|件|下|点)?|同时(?:反映|投诉|咨询|举报)|另一(?:个|件)(?:事|问题)|最后(?:一个|再|想|还)|多(?:问|讲|说)一(?:句|件|个)"
)
# Numbers in brackets or circles need no mark before them.
_CUT = re.compile(rf"{_EDGE}(?:{_NUMBERED}|{_ANOTHER})|[（(][\d一二三四五六][)）]|[①②③④⑤⑥]")
_MORE = re.compile(
    "(?:还有|有没有|有冇|仲有)(?:什么|其他|其它|别的|另外)?(?:的)?(?:问题|诉求|事情?|需要|要反映|可以帮)|其他(?:问题|诉求|事)"
)
_LIST_MARK = re.compile(f"^(?:{_NUMBERED}|{_ANOTHER}|(?:有|嗯|对|好的?)[，,]|[，,、：:。\\s])+")


@dataclass(frozen=True)
class Part:
    """What one ticket takes of a call: stretches of `call.text` in order, and the standard matter they are about."""

    spans: tuple[Stretch, ...]
    matter: str


def split(call: Call, *, matters: Matters) -> list[Part]:
    """The parts of a call, one where it is about one matter.

    `matters` gives for a text its standard matters with probabilities. Two neighbouring pieces are parted when both have
    `LEAST` characters and both top matters are at least `SURE` and differ in their first `GROUP` digits; a later piece
    about an earlier part's matter goes to that part.
    """
    pieces = _pieces(call)
    parts: list[Part] = []
    for piece in pieces:
        matter = _matter(call, (piece,), matters)
        home = _home(parts, matter)
        if parts and (home is None or matter is None):
            # Unsure or short pieces, and anything before a sure part exists, stay with what was said right before.
            home = len(parts) - 1 if matter is None or not parts[-1].matter else None
        if home is None:
            parts.append(Part((piece,), matter or ""))
        else:
            spans = _joined((*parts[home].spans, piece))
            parts[home] = Part(spans, parts[home].matter or _matter(call, spans, matters) or "")
    sure = [part for part in parts if part.matter]
    return parts if len(sure) > 1 else [Part(_joined(pieces), sure[0].matter if sure else "")]


def part_calls(call: Call, parts: Sequence[Part], *, gazetteer: Gazetteer) -> list[Call]:
    """A call for each part, with the place, time, person and telephone that were said once for all carried over.

    What is carried over is said in the caller's own words before (place, time) or after (person, telephone) the part's.
    """
    if len(parts) < 2:
        return [call]
    heard = hear(call, gazetteer=gazetteer)
    texts = [_plain("".join(heard.clean(*span) for span in part.spans)) for part in parts]
    # A place may be said last (地址是…); a day said with a later part is that part's own.
    shared = _shared(texts, lambda text: find_place(text, gazetteer=gazetteer)), _shared(texts[:1], _day)
    contact = [("联系人", find_person(heard.text)), ("联系电话", find_phone(heard.text))]
    tail = [(name, found.text) for name, found in contact if found]
    return [_call(text, shared, tail, gazetteer) for text in texts]


def _pieces(call: Call) -> list[Stretch]:
    """The call cut wherever it may be cut; agent turns go with what follows them."""
    cuts = {0}
    asked_for_more = False
    for number, (who, start, end) in enumerate(call.spans):
        if who == "agent":
            asked_for_more = bool(_MORE.search(call.text, start, end))
            continue
        if asked_for_more and number:
            cuts.add(start)
        asked_for_more = False
        cuts |= {m.start() for m in _CUT.finditer(call.text, start, end)}
        cuts |= {start + m.end() for m in re.finditer(r"\n+", call.text[start:end])}
    bounds = [*sorted(cuts), len(call.text)]
    return [(a, b) for a, b in pairwise(bounds) if call.text[a:b].strip()]


def _matter(call: Call, spans: Sequence[Stretch], matters: Matters) -> str | None:
    """The sure matter of some stretches, None where they are too short or unsure."""
    text = _of_caller(call)
    words = _plain("".join(text[start:end] for start, end in spans))
    if len(words) < LEAST:
        return None
    found = matters(_LIST_MARK.sub("", words))
    best = max(found, key=found.get, default=None)
    return best if best is not None and found[best] >= SURE else None


def _home(parts: Sequence[Part], matter: str | None) -> int | None:
    """The part a matter belongs to already."""
    same = (n for n, part in enumerate(parts) if matter and part.matter[:GROUP] == matter[:GROUP])
    return next(same, None)


def _of_caller(call: Call) -> str:
    out = list(call.text)
    for who, start, end in call.spans:
        if who == "agent":
            out[start:end] = "\n" * (end - start)
    return "".join(out)


def _plain(words: str) -> str:
    """Words without the line breaks that stand for the agent."""
    return re.sub(r"\n+", "\n", words).strip()


def _day(text: str) -> Evidence | None:
    """The time of a part if it names a day: an hour or a length (坏了半个月) is the part's own."""
    found = find_time(text)
    return found if found and names_day(found.text) else None


def _shared(texts: Sequence[str], find: Callable[[str], Evidence | None]) -> str:
    """The one place or day that the parts name between them; empty where they name several."""
    found = list(dict.fromkeys(evidence.text for words in texts if (evidence := find(words))))
    return found[0] if len(found) == 1 else ""


def _call(text: str, shared: tuple[str, str], contact: Sequence[tuple[str, str]], gazetteer: Gazetteer) -> Call:
    """A part's call: place and day before its words where it lacks them (a general question needs none), contact after."""
    words = _LIST_MARK.sub("", text).rstrip("，,；;。 \n")
    place, day = ("", "") if is_general_question(words) else shared
    head = [place] if place and not find_place(words, gazetteer=gazetteer) else []
    head += [day] if day and not find_time(words) else []
    tail = [f"{name}{said}" for name, said in contact if said not in words]
    return Call.of(text="，".join([*head, words]) + "。" + ("，".join(tail) + "。" if tail else ""))


def _joined(spans: Sequence[Stretch]) -> tuple[Stretch, ...]:
    out: list[Stretch] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
