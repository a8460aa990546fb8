"""What nobody has said yet, and the one question worth asking the caller."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue import Catalogue
from catalogue.entries import Matter
from catalogue.gazetteer import Location
from hotline.decision.leads import Weighed, best_question
from models.reading import Reading

# A party that could be anybody's: 小区物业, 楼上邻居.
_ANYBODY = re.compile("小区|我们|我家|一家|某|这家|那家|楼上|楼下|隔壁|邻居")
PLACE = "place"
COUNTY = "county"


@dataclass(frozen=True)
class Question:
    """The one question to the caller; `options` are the values an operator can click."""

    fact: str
    text: str
    options: Mapping[str, str]


def missing_facts(reading, location, weighed: Weighed, catalogue: Catalogue, facts) -> tuple[str, ...]:
    """What nobody has said yet and the work hangs on: the place, the county of a shared name, a clause's `ask`."""
    out = []
    matter = catalogue.matters[next(iter(weighed.matters))]
    nowhere = reading.fields.get("location") is None and location.region is None and PLACE not in facts
    if nowhere and _needs_place(matter, reading):
        out.append(PLACE)
    if location.rivals and COUNTY not in facts:
        out.append(COUNTY)
    top = weighed.clauses[0][0]
    out += [fact for fact in top.ask if fact not in facts and fact not in reading.facts]
    return tuple(out)


def _needs_place(matter: Matter, reading: Reading) -> bool:
    """Whether nobody can act without a place: as the matter says; where a place only helps, a complaint must name somebody."""
    if matter.place != "有用":
        return matter.place == "必需"
    party = reading.fields.get("target")
    named = party is not None and len(party.value) >= 4 and not _ANYBODY.match(party.value)
    return max(reading.nature, key=reading.nature.get) in ("投诉", "举报") and not named


def question_to_ask(missing, location: Location, weighed, catalogue, facts, leads, lines) -> Question | None:
    """The one question worth asking: the place first, then a fact nobody can act without, then the telling fact."""
    if COUNTY in missing:
        name = location.mention.text
        options = {code: catalogue.regions[code] for code in location.rivals}
        return Question(COUNTY, f"请问您说的{name}是{'还是'.join(options.values())}的{name}？", options)
    if PLACE in missing:
        return Question(PLACE, "请问具体在哪个县区、哪个镇街，什么路或者什么小区？", {})
    fact = next(iter(missing), None)
    if fact is None and leads[0][1] < max(lines.auto, 0.85):
        fact = (best_question(weighed, catalogue=catalogue, facts=facts) or (None,))[0]
    if fact is None:
        return None
    return Question(fact, catalogue.facts[fact].question, catalogue.facts[fact].values)
