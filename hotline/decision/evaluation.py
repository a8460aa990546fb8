"""`hotline evaluate`: the figures of a labelled file, with signature and 95 % intervals (bootstrap over tickets)."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalogue import Catalogue
from catalogue.errors import HotlineError, InputError
from catalogue.marks import SLOTS
from hotline import __version__
from hotline.decision import curves
from hotline.decision.asking import COUNTY, PLACE
from hotline.decision.bulk import BATCH
from hotline.decision.decide import VERDICTS, Lines
from hotline.decision.parts import alone, each_part
from hotline.decision.suggester import Road, call_time, load, read_call

Watch = Callable[[Sequence, str], Iterable]


@dataclass(frozen=True)
class Evaluation:
    """A labelled file measured: the tickets, what the road suggested for each, and the figures of every system."""

    tickets: Sequence[Mapping[str, Any]]
    suggestions: Sequence[Mapping[str, Any]]
    signature: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, Mapping[str, float]]]
    causes: Mapping[str, int]
    judged: curves.Judged
    catalogue: Catalogue
    lines: Lines
    differences: Mapping[str, Mapping[str, float]] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What `--json` prints: no word of any ticket."""
        out = {"signature": self.signature, "figures": self.figures, "causes": self.causes}
        return out if self.differences is None else {**out, "differences": self.differences}


def evaluate(
    gold: Path,
    *,
    baseline: bool = False,
    parts: bool = False,
    oracle_matter: bool = False,
    against: str | None = None,
    road: Road | None = None,
    seed: int = 0,
    watch: Watch = lambda rows, _: rows,
) -> Evaluation:
    """Figures of the shipped road (or `road`) on a gold file; with `baseline`, of the linear reader alone beside it.

    With `parts` of every reader alone: the same tickets, the same lists, rules and lines.

    `against` names another weights folder, or `linear`: the same tickets are measured with it and the paired differences
    given. With `oracle_matter` also the figures of the road that is told the gold matter: they measure the lists.
    """
    road = road or load()
    tickets, digest = read_gold(gold, road.catalogue)
    roads = {"road": road}
    if baseline or against == "linear":
        roads["linear"] = alone(road, "linear")
    if parts:
        roads |= each_part(road)
    if against not in (None, "linear"):
        roads["against"] = load(weights=Path(against))
    systems = {name: (tickets, _suggest(one, tickets, watch)) for name, one in roads.items()}
    if oracle_matter:
        systems["oracle matter"] = _told_the_matter(road, tickets)
    judged = {name: _judged(*system) for name, system in systems.items()}
    signature, gaps = _signature(road, digest, len(tickets), seed), None
    if against:
        rival = "linear" if against == "linear" else "against"
        signature["against"] = against if against == "linear" else roads[rival].reader.version
        gaps = curves.differences(judged["road"], judged[rival], seed=seed)
    return Evaluation(
        tickets=tickets,
        suggestions=systems["road"][1],
        signature=signature,
        figures={name: curves.figures(one, seed=seed) for name, one in judged.items()},
        causes=count_causes(*systems["road"], road.catalogue),
        judged=judged["road"],
        catalogue=road.catalogue,
        lines=road.lines,
        differences=gaps,
    )


def _signature(road: Road, digest: str, count: int, seed: int) -> dict[str, Any]:
    return {
        "code": __version__,
        "data": digest,
        "tickets": count,
        "model": road.reader.version,
        "catalogue": road.catalogue.version,
        "rules": road.rules.version,
        "lines": vars(road.lines),
        "seed": seed,
    }


def read_gold(path: Path, catalogue: Catalogue) -> tuple[list[dict[str, Any]], str]:
    """The tickets of a gold file and its digest; raises InputError naming the line that cannot be measured on."""
    raw = path.read_bytes()
    try:
        lines = enumerate(raw.decode("utf-8").splitlines(), start=1)
        rows = [(number, json.loads(line)) for number, line in lines if line.strip()]
    except ValueError:
        rows = []
    if not rows or not all(isinstance(row, dict) and isinstance(row.get("gold"), dict) for _, row in rows):
        raise InputError("gold.format", f"{path} 应是每行一个带 gold 的 JSON 对象")
    for number, ticket in rows:
        fault = _fault(ticket, catalogue)
        if fault:
            raise InputError("gold.line", f"{path} 第 {number} 行：{fault}")
    return [ticket for _, ticket in rows], hashlib.sha256(raw).hexdigest()[:12]


def _fault(ticket: Mapping[str, Any], catalogue: Catalogue) -> str:
    """What is wrong with a ticket and its gold, in Chinese; empty where nothing is."""
    gold = ticket["gold"]
    for key in ("lead", "matter", "missing"):
        codes = gold.get(key) or []
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            return f"gold 的 {key} 应是代码的列表"
    unknown = next((code for code in gold.get("lead") or [] if code not in catalogue.departments), None)
    if unknown is not None:
        return f"主办「{unknown}」不在单位名录里"
    if gold.get("verdict") not in (None, *VERDICTS):
        return f"结论「{gold['verdict']}」应是 {'、'.join(VERDICTS)} 之一"
    if not isinstance(gold.get("slots") or {}, dict):
        return "gold 的 slots 应是字段到文字的对象"
    try:
        read_call(ticket)
        call_time(ticket)
    except HotlineError as error:
        return error.message
    return ""


def _suggest(road: Road, tickets: Sequence[Mapping], watch: Watch) -> list[dict[str, Any]]:
    calls, out = without_gold(tickets), []
    for at in watch(range(0, len(calls), BATCH), "度量"):
        out += road.suggest_all(calls[at : at + BATCH])
    return out


def without_gold(tickets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The tickets as calls: what a suggester may see of them."""
    return [{key: value for key, value in ticket.items() if key != "gold"} for ticket in tickets]


def _told_the_matter(road: Road, tickets: Sequence[Mapping]) -> tuple[list[Mapping], list[dict]]:
    """Tickets with a gold matter, and what the road says of each when it may only choose among that matter's clauses.

    The gold is given down to the standard matter; which city matter and case under it, the reader still has to see.
    """
    known = [ticket for ticket in tickets if ticket["gold"].get("matter") and ticket["gold"].get("lead")]
    calls = without_gold(known)
    readings = [
        replace(reading, cells=_within(road.catalogue, reading.cells, ticket["gold"]["matter"]))
        for ticket, reading in zip(known, road.read_all(calls), strict=True)
    ]
    return known, road.decide_all(calls, readings)


def _within(catalogue: Catalogue, cells: Mapping[str, float], matters: Sequence[str]) -> dict[str, float]:
    """The cells of these standard matters; where the reader gave none of them anything, their general clauses."""
    kept = {cell: p for cell, p in cells.items() if catalogue.by_id[cell].standard in matters}
    return kept or {catalogue.clause_for(code, {}).id: 1.0 for code in matters if code in catalogue.matters}


def judge(gold: Mapping[str, Any], out: Mapping[str, Any]) -> dict[str, float]:
    """Figures of one ticket; a figure that does not apply to it, or whose key the gold lacks, is left out."""
    leads = [lead["code"] for lead in out["leads"]]
    matter = out["matters"][0]["code"] if out["matters"] else ""
    row: dict[str, float] = {}
    if gold.get("lead"):
        row["lead@1"] = bool(leads) and leads[0] in gold["lead"]
        row["lead@3"] = any(code in gold["lead"] for code in leads[:3])
        row["set coverage"] = any(code in gold["lead"] for code in out["set"])
        row["set size"] = len(out["set"])
    for name, digits in (("matter@1", 6), ("matter L2", 4), ("matter L1", 2)):
        if gold.get("matter"):
            row[name] = any(matter[:digits] == code[:digits] for code in gold["matter"])
    sent, verdict = out["verdict"] == "dispatch", gold.get("verdict")
    row["auto share"] = sent
    if sent:
        row["auto precision"] = bool(row.get("lead@1")) and verdict not in ("joint", "inform", "transfer")
    if verdict in ("joint", "ask"):
        row["doubt recall"] = not sent
    if verdict:
        row["verdict accuracy"] = out["verdict"] == verdict
    if "region" in gold:
        row["region accuracy"] = (out.get("region") or None) == (gold["region"] or None)
    if gold.get("nature"):
        row["nature accuracy"] = out["nature"] == gold["nature"]
    row |= _slots(gold.get("slots") or {}, out.get("form") or {})
    return {name: float(value) for name, value in row.items()}


def _slots(wanted: Mapping[str, str | None], form: Mapping[str, Mapping | None]) -> dict[str, float]:
    """Overlap of every gold slot with the words that prove the form's field (its value, where it has none)."""
    fields = {slot: form.get(slot) or {} for slot in SLOTS if slot in wanted}
    return {
        f"slot F1 {slot}": overlap_f1(wanted[slot] or "", field.get("text", field.get("value")) or "")
        for slot, field in fields.items()
    }


def overlap_f1(wanted: str, given: str) -> float:
    """F1 of the multisets of characters of two strings: 2·shared / (length + length); 1 where both are empty."""
    if not wanted and not given:
        return 1.0
    return 2 * (Counter(wanted) & Counter(given)).total() / (len(wanted) + len(given))


def _judged(tickets: Sequence[Mapping], suggestions: Sequence[Mapping]) -> curves.Judged:
    pairs = zip(tickets, suggestions, strict=True)
    return curves.Judged.of([judge(ticket["gold"], out) for ticket, out in pairs], suggestions)


def cause(gold: Mapping[str, Any], out: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Why the first lead is wrong, guessed from the gold matter; empty where it is right or the gold has no lead."""
    if not gold.get("lead") or any(lead["code"] in gold["lead"] for lead in out["leads"][:1]):
        return ""
    known = [code[:6] for code in gold.get("matter") or ()]
    if not known:
        return "未标事项"
    if not any(code in catalogue.families for code in known):
        return "清单没有这个事项"
    guessed = [matter["code"][:6] for matter in out["matters"][:5]]
    if guessed[:1] and guessed[0] in known:
        return _list_cause(gold, out, catalogue)
    if any(code in gold["lead"] for code in out["set"]):
        return "事项认错（主办在集合里）"
    return "事项认错（次选对）" if any(code in known for code in guessed) else "事项认错"


def _list_cause(gold: Mapping[str, Any], out: Mapping[str, Any], catalogue: Catalogue) -> str:
    """The matter is right: a fact was open, or the list itself leaves it between the two leads, or the clause is wrong."""
    asked = (out.get("question") or {}).get("fact")
    if asked not in (None, PLACE, COUNTY) or any(fact in catalogue.facts for fact in gold.get("missing") or ()):
        return "缺事实"
    first = out["leads"][0]["code"] if out["leads"] else ""
    contested = [clause["candidates"] for clause in out.get("clauses") or () if first in clause["candidates"]]
    return "标注可商榷" if any(code in gold["lead"] for codes in contested for code in codes) else "条款不对"


def count_causes(tickets: Sequence[Mapping], suggestions: Sequence[Mapping], catalogue: Catalogue) -> dict[str, int]:
    """Wrong first leads by cause, commonest first."""
    pairs = zip(tickets, suggestions, strict=True)
    found = Counter(cause(ticket["gold"], out, catalogue) for ticket, out in pairs)
    del found[""]
    return dict(found.most_common())


def show(evaluation: Evaluation, *, json_: bool) -> None:
    """Print the result: data only, or tables with their signature and the causes of the wrong leads in one line."""
    if json_:
        print(json.dumps(evaluation.data, ensure_ascii=False))
        return
    print("  ".join(f"{key}={value}" for key, value in evaluation.signature.items()))
    for part, table in evaluation.figures.items():
        print(f"[{part}]")
        for name, row in table.items():
            print(f"{name:18s} {row['value']:.3f}  [{row['low']:.3f}, {row['high']:.3f}]  n={row['n']}")
    if evaluation.differences is not None:
        print(f"[road − {evaluation.signature['against']}]  差、重抽样平均差、95% 区间、差 ≤ 0 的比例")
        for name, row in evaluation.differences.items():
            gap = f"{row['value']:+.3f}  {row['mean']:+.3f}  [{row['low']:+.3f}, {row['high']:+.3f}]"
            print(f"{name:18s} {gap}  {row['not_above']:.3f}")
    causes = "，".join(f"{name} {count}" for name, count in evaluation.causes.items())
    print(f"主办首选错 {sum(evaluation.causes.values())} 件" + (f"：{causes}" if causes else ""))
