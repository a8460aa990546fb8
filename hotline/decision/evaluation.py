"""`hotline evaluate`: the figures of a labelled file, with signature and 95 % intervals (bootstrap over tickets)."""

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalogue import Catalogue
from catalogue.errors import InputError
from hotline import __version__
from hotline.decision.suggester import Road, load


def evaluate(
    gold: Path, *, baseline: bool = False, oracle_matter: bool = False, road: Road | None = None, seed: int = 0
) -> dict[str, Any]:
    """Figures of the shipped road (or `road`) on a gold file; with `baseline`, of the linear reader alone beside it.

    With `oracle_matter` also those of the road that is told the gold matter: they measure the lists.
    """
    raw = gold.read_bytes()
    try:
        tickets = [json.loads(line) for line in raw.decode("utf-8").splitlines() if line.strip()]
    except ValueError:
        tickets = []
    if not tickets or not all(isinstance(ticket, dict) and "gold" in ticket for ticket in tickets):
        raise InputError("gold.format", f"{gold} 应是每行一个带 gold 的 JSON 对象")
    road = road or load()
    calls = without_gold(tickets)
    table = {"road": figures(tickets, road.suggest_all(calls), seed=seed)}
    if baseline:
        table["linear"] = figures(tickets, _linear(road).suggest_all(calls), seed=seed)
    if oracle_matter:
        table["oracle matter"] = figures(*_told_the_matter(road, tickets), seed=seed)
    signature = {
        "code": __version__,
        "data": hashlib.sha256(raw).hexdigest()[:12],
        "tickets": len(tickets),
        "model": road.reader.version,
        "catalogue": road.catalogue.version,
        "rules": road.rules.version,
        "lines": vars(road.lines),
        "seed": seed,
    }
    return {"signature": signature, "figures": table}


def without_gold(tickets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The tickets as calls: what a suggester may see of them."""
    return [{key: value for key, value in ticket.items() if key != "gold"} for ticket in tickets]


def _linear(road: Road) -> Road:
    """The same road with the linear reader alone."""
    from models.reader import Reader

    reader = road.reader
    parts = {"linear": reader.parts["linear"]}
    alone = Reader(
        catalogue=reader.catalogue, parts=parts, blend={"linear": 1.0}, version=reader.version, labels=reader.labels
    )
    return Road(catalogue=road.catalogue, reader=alone, rules=road.rules, lines=road.lines)


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
    """Figures of one ticket; a figure that does not apply to it is left out."""
    leads = [lead["code"] for lead in out["leads"]]
    matter = out["matters"][0]["code"] if out["matters"] else ""
    row: dict[str, float] = {}
    if gold.get("lead"):
        row["lead@1"] = leads[:1] and leads[0] in gold["lead"]
        row["lead@3"] = any(code in gold["lead"] for code in leads[:3])
        row["set coverage"] = any(code in gold["lead"] for code in out["set"])
        row["set size"] = len(out["set"])
    for name, digits in (("matter@1", 6), ("matter L2", 4), ("matter L1", 2)):
        if gold.get("matter"):
            row[name] = any(matter[:digits] == code[:digits] for code in gold["matter"])
    sent = out["verdict"] == "dispatch"
    row["auto share"] = sent
    if sent:
        row["auto precision"] = bool(row.get("lead@1")) and gold["verdict"] not in ("joint", "inform", "transfer")
    if gold["verdict"] in ("joint", "ask"):
        row["doubt recall"] = not sent
    row["verdict accuracy"] = out["verdict"] == gold["verdict"]
    row["region accuracy"] = (out.get("region") or None) == (gold.get("region") or None)
    row["nature accuracy"] = out["nature"] == gold["nature"]
    return {name: float(value) for name, value in row.items()}


def figures(tickets: Sequence[Mapping], suggestions: Sequence[Mapping], *, seed: int) -> dict[str, dict[str, float]]:
    """Mean of every figure with the 2.5 % and 97.5 % points of 1,000 resamples of the tickets."""
    rows = [judge(ticket["gold"], out) for ticket, out in zip(tickets, suggestions, strict=True)]
    rng = random.Random(seed)
    samples = [[rng.randrange(len(rows)) for _ in rows] for _ in range(1000)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: _interval(rows, name, samples) for name in names}


def _interval(rows: Sequence[Mapping[str, float]], name: str, samples: Sequence[Sequence[int]]) -> dict[str, float]:
    values = [row[name] for row in rows if name in row]
    means = []
    for sample in samples:
        drawn = [rows[at][name] for at in sample if name in rows[at]]
        if drawn:
            means.append(sum(drawn) / len(drawn))
    means.sort()
    low, high = means[int(0.025 * len(means))], means[int(0.975 * len(means)) - 1]
    return {
        "value": round(sum(values) / len(values), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n": len(values),
    }


def show(result: Mapping[str, Any], *, json_: bool) -> None:
    """Print the result: data only, or a table with its signature."""
    if json_:
        print(json.dumps(result, ensure_ascii=False))
        return
    print("  ".join(f"{key}={value}" for key, value in result["signature"].items()))
    for part, table in result["figures"].items():
        print(f"[{part}]")
        for name, row in table.items():
            print(f"{name:18s} {row['value']:.3f}  [{row['low']:.3f}, {row['high']:.3f}]  n={row['n']}")
