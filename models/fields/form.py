"""The whole form. Values are words of the call, or are put together from such words: nothing else gets in."""

from collections.abc import Mapping
from datetime import datetime

from catalogue.gazetteer import Gazetteer
from models.fields.parties import find_target
from models.fields.people import find_callback, find_person, find_secret
from models.fields.phones import digits_of, find_phone
from models.fields.places import find_place, place
from models.fields.sentences import find_demand, find_summary, find_title
from models.fields.times import find_time, moment
from models.fields.wording import is_general_question
from models.reading import Call, Evidence, Span
from models.turns import Heard, hear

# A tagger's span below this confidence gives way to the rules.
TRUSTED = 0.35

DENIES_NOTHING = Span(0, 0, 0.0)

Fields = dict[str, Evidence | None]


def read_form(
    call: Call,
    *,
    gazetteer: Gazetteer,
    call_time: datetime | None = None,
    matter: str = "",
    nature: str = "",
    spans: Mapping[str, Span | None] | None = None,
) -> Fields:
    """Every field of the form.

    `matter` is the name of the likeliest matter and `nature` the likeliest nature, where known: they choose the telling
    clause and the verb of the demand. `spans` are a tagger's, by field (location, event_time, target); None where it is sure
    that there is none.
    """
    heard = hear(call, gazetteer=gazetteer)
    found = _by_rules(heard, gazetteer=gazetteer, call_time=call_time, nature=nature)
    fields = {name: heard.back(evidence, call) for name, evidence in found.items()}
    for name in ("location", "event_time", "target"):
        if _denied(call, fields[name], (spans or {}).get(name, DENIES_NOTHING)):
            fields[name] = None
    fields |= _by_tagger(call, heard, spans or {}, gazetteer=gazetteer, call_time=call_time)
    title = find_title(call, heard, fields["location"], nature=nature, matter=matter, gazetteer=gazetteer)
    fields |= {
        "title": title,
        "summary": find_summary(call, heard, fields, nature=nature, gazetteer=gazetteer),
        "demand": find_demand(call, heard, nature=nature, title=title, gazetteer=gazetteer),
    }
    # The bench reads the time slot under this name as well.
    return {**fields, "time": fields["event_time"]}


def _by_rules(heard: Heard, *, gazetteer: Gazetteer, call_time: datetime | None, nature: str) -> Fields:
    text, general = heard.text, is_general_question(heard.text, nature)
    fields: Fields = {
        "location": find_place(text, gazetteer=gazetteer, sure=heard.sure, general=general),
        "event_time": find_time(text, call_time=call_time, sure=heard.sure, general=general),
        "target": find_target(text, general=general),
        "person": find_person(text, sure=heard.sure),
        "phone": find_phone(text, sure=heard.sure),
    }
    return fields | {"confidential": find_secret(text), "callback": find_callback(text)}


def _denied(call: Call, found: Evidence | None, span: Span | None) -> bool:
    """Whether the tagger saw nothing where the rules found words of the caller's; an agent's it has not read."""
    return span is None and found is not None and call.of_caller(found.start)


def _by_tagger(
    call: Call, heard: Heard, spans: Mapping[str, Span | None], *, gazetteer: Gazetteer, call_time: datetime | None
) -> Fields:
    """The tagger's spans that are trusted, hold nothing taken back, and make a value."""
    out: Fields = {}
    for name, span in spans.items():
        if span is None:
            continue
        words = call.text[span.start : span.end]
        if span.confidence < TRUSTED or not words.strip() or heard.took_back(span.start, span.end):
            continue
        if name == "location":
            out[name] = place(call.text, span.start, span.end, confidence=span.confidence, gazetteer=gazetteer)
        elif name in ("time", "event_time"):
            confidence = span.confidence
            out["event_time"] = moment(call.text, span.start, span.end, confidence=confidence, call_time=call_time)
        else:
            value = digits_of(words) if name == "phone" else words
            out[name] = Evidence(value, words, span.start, span.end, span.confidence)
    return out
