"""`hotline bench`: what can be measured by anybody with one command."""

import json
import statistics
import time

import catalogue as lists
from hotline import __version__
from hotline.decision.suggester import load


def bench_suggest(*, count: int, json_: bool) -> dict[str, float]:
    """Time `count` suggestions on the exemplars, every n-th so that all branches are in; prints and returns the figures."""
    road = load()
    rows = road.catalogue.exemplars()
    texts = [row.text for row in rows[:: max(1, len(rows) // count)]][:count]
    road.suggest({"text": texts[0]})
    spent = []
    for text in texts:
        started = time.perf_counter()
        road.suggest({"text": text})
        spent.append((time.perf_counter() - started) * 1000)
    spent.sort()
    figures = {
        "texts": len(spent),
        "median_ms": round(statistics.median(spent), 1),
        "p99_ms": round(spent[int(0.99 * len(spent)) - 1], 1),
        "model": road.reader.version,
    }
    print(json.dumps(figures) if json_ else "  ".join(f"{key}={value}" for key, value in figures.items()))
    return figures


def bench_facts(*, json_: bool) -> None:
    """How well cues read the deciding facts of the exemplars."""
    from models.fact_bench import data_hash, measure

    catalogue = lists.load()
    rows = measure(catalogue)
    signature = {"code": __version__, "catalogue": catalogue.version, "exemplars": data_hash(catalogue)}
    if json_:
        print(json.dumps({"signature": signature, "facts": [vars(row) for row in rows]}, ensure_ascii=False))
        return
    print("  ".join(f"{key}={value}" for key, value in signature.items()))
    for row in rows:
        name = catalogue.facts[row.fact].name if row.fact else "全部"
        print(
            f"{name}：例句 {row.known}，读出 {row.read:.3f}，读出的正确 {row.right:.3f} [{row.low:.3f}, {row.high:.3f}]"
        )
