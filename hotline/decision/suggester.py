"""The whole road from a call to a suggestion, as one function: live service, command line, rule tester, bulk job."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import catalogue as lists
from catalogue import Catalogue
from catalogue.entries import Clause
from catalogue.errors import InputError
from catalogue.gazetteer import Location
from hotline.clock import CHINA
from hotline.decision.asking import COUNTY, PLACE
from hotline.decision.decide import Decision, Lines, decide
from hotline.decision.in_use import InUse, Local, in_use
from hotline.decision.leads import Weighed, weigh
from models.corpus import clean
from models.reader import Reader, read_card
from models.reader import load as load_reader
from models.reading import Call, Evidence, Reading
from models.splitting import Part, part_calls, split
from routing_rules.engine import Outcome, RuleBook
from routing_rules.engine import load as load_rules

LONGEST = 100_000
NOISE = InputError("text.unreadable", "这段内容不是可读的文字（可能是二进制文件或编码不对），请检查后重试")


class Suggester(Protocol):
    """Anything that makes suggestions; the real one below, a scripted twin in tests."""

    def suggest(self, call: Mapping[str, Any], *, overlay: Sequence[Clause] = ()) -> dict[str, Any]:
        """A suggestion for one call, as `hotline suggest` prints it."""
        ...


class Road:
    """The real suggester: everything is loaded once, every call is independent of the one before."""

    def __init__(
        self, *, catalogue: Catalogue, reader: Reader, rules: RuleBook, lines: Lines, local: Local | None = None
    ) -> None:
        self.catalogue, self.reader, self.rules, self.lines, self.local = catalogue, reader, rules, lines, local

    def under(self, catalogue: Catalogue) -> "Road":
        """The same road under other lists."""
        reader = self.reader.under(catalogue)
        return Road(catalogue=catalogue, reader=reader, rules=self.rules, lines=self.lines, local=self.local)

    @property
    def version(self) -> str:
        """The model's version, the local head's behind it."""
        return f"{self.reader.version}+{self.local.name}" if self.local else self.reader.version

    def suggest(self, call: Mapping[str, Any], *, overlay: Sequence[Clause] = ()) -> dict[str, Any]:
        """Read, place, rule, decide; keys as in the contract of `hotline suggest`."""
        return self.suggest_all([call], overlay=overlay)[0]

    def suggest_all(
        self, calls: Sequence[Mapping[str, Any]], *, overlay: Sequence[Clause] = ()
    ) -> list[dict[str, Any]]:
        """The same for many calls, read as one batch."""
        return self.decide_all(calls, self.read_all(calls), overlay=overlay)

    def read_all(self, calls: Sequence[Mapping[str, Any]]) -> list[Reading]:
        """The readings of many calls: the slow half, which does not hang on the lines."""
        times = [call_time(call) for call in calls]
        return self.reader.read_all([read_call(call) for call in calls], call_times=times)

    def decide_all(
        self,
        calls: Sequence[Mapping[str, Any]],
        readings: Sequence[Reading],
        *,
        overlay: Sequence[Clause] = (),
        whole: bool = False,
    ) -> list[dict[str, Any]]:
        """Suggestions from readings made before; `whole` calls are not split any further."""
        suggestions = []
        for call, reading in zip(calls, readings, strict=True):
            parts = [] if whole else self._parts(reading.call)
            suggestions.append({**self._suggestion(call, reading, overlay), "parts": parts})
        return suggestions

    def context(self, text: str) -> dict[str, Any]:
        """What rules see of a text: the rule tester uses the same function as a live ticket."""
        call = {"text": text}
        reading = self.reader.read(read_call(call))
        location, facts, weighed = self._place(call, reading, ())
        return rule_context(call, reading, location, facts, weighed)

    def _place(self, call, reading: Reading, overlay) -> tuple[Location, dict[str, str], Weighed]:
        facts = dict(call.get("facts") or {})
        where = f"{facts.get(PLACE, '')}\n{reading.call.title}\n{reading.call.caller}"
        location = self.catalogue.gazetteer.locate(where, region=call.get("region") or facts.get(COUNTY))
        time = call_time(call)
        trusted = {fact: value for fact, value in reading.seen.items() if self.catalogue.facts[fact].trusted}
        weighed = weigh(
            reading.cells,
            catalogue=self.catalogue,
            facts={**trusted, **facts},
            region=location.region,
            day=time.date() if time else None,
            overlay=overlay,
            seen=reading.seen,
            doubted=self.lines.doubted,
        )
        if self.local is not None:
            weighed = self.local.apply(weighed, reading, self.catalogue)
        return location, facts, weighed

    def _suggestion(self, call: Mapping[str, Any], reading: Reading, overlay: Sequence[Clause]) -> dict[str, Any]:
        location, facts, weighed = self._place(call, reading, overlay)
        outcome = self.rules.evaluate(rule_context(call, reading, location, facts, weighed))
        decision = decide(
            reading,
            location=location,
            weighed=weighed,
            outcome=outcome,
            catalogue=self.catalogue,
            facts=facts,
            lines=self.lines,
        )
        return self._print(call, reading, location, weighed, outcome, decision)

    def _parts(self, call: Call) -> list[dict[str, Any]]:
        """拆单: what each ticket of a call about several matters would be; empty for a call about one."""
        parts = split(call, matters=self._standards)
        if len(parts) < 2:
            return []
        calls = part_calls(call, parts, gazetteer=self.catalogue.gazetteer)
        found = self.decide_all([{"text": one.text} for one in calls], self.reader.read_all(calls), whole=True)
        return [_part(part, one, suggestion) for part, one, suggestion in zip(parts, calls, found, strict=True)]

    def _standards(self, text: str) -> dict[str, float]:
        """Standard matters of a text with their mass."""
        mass: dict[str, float] = defaultdict(float)
        for clause, p in zip(self.reader.clauses, self.reader.probabilities([clean(text)])["cells"][0], strict=True):
            if clause is not None:
                mass[clause.standard] += float(p)
        return mass

    def _print(self, call, reading, location, weighed, outcome: Outcome, decision: Decision) -> dict[str, Any]:
        lists_ = self.catalogue
        decisive = outcome.decisive
        effect = dict(decisive.effect) if decisive else {}
        return {
            "id": call.get("id"),
            "verdict": decision.verdict,
            "nature": decision.nature,
            "leads": [_lead(code, p, location.region, lists_) for code, p in decision.leads[:5]],
            "co": list(decision.co),
            "set": list(decision.chosen),
            "matters": [
                {"code": code, "name": lists_.matters[code].name, "probability": round(p, 4)}
                for code, p in list(weighed.matters.items())[:5]
            ],
            "region": location.region,
            "town": location.town,
            "urgent": reading.urgent or decision.verdict == "transfer",
            "question": vars(decision.question) if decision.question else None,
            "form": _form(reading, call.get("facts") or {}),
            "facts": {name: vars(value) for name, value in reading.facts.items()},
            "missing": list(decision.missing),
            "reasons": [vars(reason) for reason in decision.reasons],
            "rules": [rule.id for rule in outcome.fired],
            "broken_rules": dict(outcome.broken),
            "confidential": outcome.of_kind("confidential") is not None,
            "transfer": {"line": effect["line"], "text": effect["say"]} if decision.verdict == "transfer" else None,
            "inform": {"route": effect["route"], "text": effect["say"]} if decision.verdict == "inform" else None,
            "clauses": [_clause(clause) for clause in decision.clauses],
            "knowledge_query": reading.call.read[:200],
            "versions": {"model": self.version, "catalogue": lists_.version, "rules": self.rules.version},
        }


def _part(part: Part, call: Call, suggestion: Mapping[str, Any]) -> dict[str, Any]:
    """What the desk needs of a part: its words as a call of their own, where they stand, and what would become of it."""
    title = suggestion["form"]["title"]
    return {
        "text": call.text,
        "spans": [list(span) for span in part.spans],
        "matter": suggestion["matters"][0]["code"][:6],
        "name": suggestion["matters"][0]["name"],
        "lead": suggestion["leads"][0]["code"],
        "verdict": suggestion["verdict"],
        "title": title["value"] if title else "",
    }


def read_call(call: Mapping[str, Any]) -> Call:
    """The call as the models see it; refuses what is not text, cuts nothing that is."""
    turns = call.get("turns") or []
    if not (isinstance(turns, list) and all(isinstance(turn, Mapping) and "who" in turn for turn in turns)):
        raise InputError("turns", 'turns 应是 [{"who": "agent|caller", "text": …}] 的列表')
    text, title = call.get("text") or "", call.get("title") or ""
    if (
        not isinstance(text, str)
        or not isinstance(title, str)
        or not all(isinstance(t.get("text"), str) for t in turns)
    ):
        raise InputError("text.type", "text 和 turns 里的内容必须是文字")
    whole = "".join(turn["text"] for turn in turns) if turns else text
    if not whole.strip() and not title.strip():
        raise InputError("text.empty", "没有内容：请填写来电内容")
    if len(whole) > LONGEST:
        raise InputError("text.long", f"内容有 {len(whole)} 字，超过上限 {LONGEST} 字，请拆分")
    noise = sum(not character.isprintable() and character not in "\r\n\t" for character in whole)
    if noise > max(2, 0.05 * len(whole)) or whole.count("\ufffd") > max(2, 0.05 * len(whole)):
        raise NOISE
    return Call.of(text=text, title=title, turns=turns)


def call_time(call: Mapping[str, Any]) -> datetime | None:
    """The call's time from its ISO text, on China's clock: 昨晚 and the day a ruling comes into force are local."""
    value = call.get("call_time")
    if not value:
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError("call_time", f"来电时间「{value}」应写作 2026-01-31T09:30:00") from None
    return moment.astimezone(CHINA) if moment.tzinfo else moment


def rule_context(call, reading: Reading, location: Location, facts, weighed: Weighed) -> dict[str, Any]:
    """The ticket as the rules see it (`routing_rules.engine.BLANK` names every key)."""
    clause = weighed.clauses[0][0]
    matter, p = next(iter(weighed.standards.items()))
    return {
        "text": reading.call.text,
        "caller": reading.call.read,
        "nature": max(reading.nature, key=reading.nature.get),
        "matter": matter,
        "matters": list(weighed.standards)[:5],
        "city_matter": next((code for code in weighed.matters if len(code) > 6 and code.startswith(matter)), ""),
        "region": location.region or "",
        "town": location.town or "",
        "lead": next(iter(weighed.leads)),
        "leads": list(weighed.leads)[:5],
        "facts": {**reading.seen, **facts},
        "urgent": reading.urgent,
        "repeat_of": call.get("repeat_of") or "",
        "recent": int(call.get("recent") or 0),
        "confident": p >= 0.5,
        "function_duty": clause.lead == "ZJ" and clause.level != "镇",
        "unit_level": clause.level,
    }


def _lead(code: str, p: float, region: str | None, catalogue: Catalogue) -> dict[str, Any]:
    unit = catalogue.unit(code, region)
    return {
        "code": code,
        "name": catalogue.short(code),
        "unit": unit.name if unit else catalogue.short(code),
        "probability": round(p, 4),
    }


def _form(reading: Reading, facts: Mapping[str, str]) -> dict[str, Any]:
    """The form; a place that the operator typed stands where the call itself named none."""
    form = {name: _field(value) for name, value in reading.fields.items()}
    if facts.get(PLACE) and form["location"] is None:
        form["location"] = {"value": facts[PLACE], "text": "", "start": 0, "end": 0, "confidence": 1.0}
    return form


def _field(value: Evidence | None) -> dict[str, Any] | None:
    return vars(value) if value else None


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "matter": clause.matter,
        "lead": clause.lead,
        "candidates": list(clause.candidates),
        "status": clause.status,
        "practice": clause.practice,
        "when": {fact: list(values) for fact, values in clause.when.items()},
        "basis": [{**asdict(item), "text": item.text} for item in clause.basis],
        "note": clause.note,
    }


@lru_cache(maxsize=2)
def load(weights: Path | None = None) -> Road:
    """The real suggester with the lists, the rules and the weights in use here (or those of a folder)."""
    catalogue = lists.load()
    used = InUse(weights) if weights else in_use(catalogue)
    lines = Lines(**read_card(used.weights)["lines"])
    reader = load_reader(catalogue, used.weights)
    return Road(catalogue=catalogue, reader=reader, rules=load_rules(), lines=lines, local=used.local)
