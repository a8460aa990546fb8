"""The whole form. Values are words of the call, or are put together from such words: nothing else gets in."""

import re
from collections.abc import Mapping
from datetime import datetime

from catalogue.gazetteer import Gazetteer
from models.fields.people import find_no_callback, find_person, find_phone, find_secret, find_target
from models.fields.places import find_place
from models.fields.times import find_time
from models.reading import Call, Evidence

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_GREETING = re.compile(
    r"^(?:喂|你好|您好|尊敬的[^，,：:。]{0,12}|各位领导|领导好|请问一下|你们好|早上好|下午好|是12345吗|市民热线|，|,|：|:|！|!|。|\s)+"
)
_WISH = re.compile(
    r"(?:希望|请求|要求|恳请|强烈要求|望|建议|麻烦|请(?!问|假)|能不能|能否|可不可以|我想(?:问|知道|咨询|了解)|想问|请问|诉求[是：:])[^。！？!?\n]*"
)
_FILLER = re.compile(r"(?:嗯+|呃+|啊(?=，)|那个，|就是说，|这个，|然后呢|你知道吗，?)")


def read_form(
    call: Call, *, gazetteer: Gazetteer, call_time: datetime | None = None, matter: str = ""
) -> dict[str, Evidence | None]:
    """Every field of the form; `matter` is the name of the likeliest matter, used to pick the telling sentence."""
    text = _caller_only(call)
    fields: dict[str, Evidence | None] = {
        "location": find_place(text, gazetteer=gazetteer),
        "event_time": find_time(text, call_time=call_time),
        "target": find_target(text),
        "person": find_person(text),
        "phone": find_phone(text),
        "confidential": find_secret(text),
        "callback": find_no_callback(text),
    }
    fields["demand"] = _demand(text)
    fields["summary"] = _summary(text)
    fields["title"] = _title(call, text, fields)
    # The bench reads the time slot under this name as well.
    return {**fields, "time": fields["event_time"]}


def _caller_only(call: Call) -> str:
    """The call's text with the agent's words blanked out, so that positions stay true."""
    out = list(call.text)
    for who, start, end in call.spans:
        if who == "agent":
            out[start:end] = "\n" * (end - start)
    return "".join(out)


def _sentences(text: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in _SENTENCE.finditer(text) if m.group().strip()]


def _demand(text: str) -> Evidence | None:
    """What the caller wants, in his own words: the last sentence that asks."""
    found = list(_WISH.finditer(text))
    if not found:
        return None
    last = found[-1]
    return Evidence(last.group().strip(), last.group(), last.start(), last.end(), 0.7)


def _summary(text: str) -> Evidence | None:
    """The story: the caller's sentences without greetings and fillers, in order, up to 400 characters."""
    spans = _sentences(text)
    kept = [_FILLER.sub("", _GREETING.sub("", text[start:end].strip())) for start, end in spans]
    kept = [sentence for sentence in kept if len(sentence) > 1]
    if not kept:
        return None
    value = ""
    for sentence in kept:
        if len(value) + len(sentence) > 400:
            break
        value += sentence if sentence[-1] in "。！？!?；;" else sentence + "。"
    value = value or kept[0][:400]
    start, end = spans[0][0], spans[-1][1]
    return Evidence(value, text[start:end], start, end, 0.7)


def _title(call: Call, text: str, fields: Mapping[str, Evidence | None]) -> Evidence | None:
    """At most 30 characters: place and the telling clause, both in the caller's words."""
    if call.title and len(call.title) <= 30:
        return Evidence(call.title, "", 0, 0, 0.8)
    clause = _telling(text)
    if clause is None:
        return None
    start, end = clause
    words = _GREETING.sub("", text[start:end].strip("，,。！!？? \n"))
    place = fields["location"]
    lead = place.value if place and place.value not in words and len(place.value) + len(words) <= 30 else ""
    return Evidence((lead + words)[:30], text[start:end], start, end, 0.6)


_PROBLEM = re.compile(
    "不|没|无|坏|漏|堵|噪|吵|臭|味|乱|欠|拖|骗|违|占|停|破|脏|危|罚|怎么|如何|哪里|吗|？|能否|是否|投诉|举报|反映"
)


def _telling(text: str) -> tuple[int, int] | None:
    """The clause with most words of trouble or question, early ones first."""
    best, best_score = None, -1.0
    for m in re.finditer(r"[^，,。！？!?；;：:\n]+[？?]?", text):
        words = _GREETING.sub("", m.group().strip())
        if not 4 <= len(words) <= 40:
            continue
        score = len(_PROBLEM.findall(words)) + 0.03 * min(len(words), 20) - m.start() / 300
        if score > best_score:
            best, best_score = (m.start(), m.end()), score
    return best
