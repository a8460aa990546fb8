"""`hotline bench`: what can be measured by anybody with one command."""

import json
import resource
import statistics
import time
from collections.abc import Callable

import catalogue as lists
from hotline import __version__
from hotline.decision.bulk import BATCH
from hotline.decision.suggester import load


def bench_suggest(*, count: int, json_: bool) -> dict[str, float]:
    """Time `count` suggestions on the exemplars, every n-th so that all branches are in; prints and returns the figures.

    One by one as an operator meets them (milliseconds), then in batches as the bulk job makes them (texts a second); the
    memory is the peak of the whole process.
    """
    road = load()
    rows = road.catalogue.exemplars()
    calls = [{"text": row.text} for row in rows[:: max(1, len(rows) // count)]][:count]
    road.suggest(calls[0])
    spent = sorted(_seconds(road.suggest, call) * 1000 for call in calls)
    together = sum(_seconds(road.suggest_all, calls[at : at + BATCH]) for at in range(0, len(calls), BATCH))
    figures = {
        "texts": len(calls),
        "median_ms": round(statistics.median(spent), 1),
        "p99_ms": round(spent[max(0, int(0.99 * len(spent)) - 1)], 1),
        "batched_per_s": round(len(calls) / together, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "model": road.reader.version,
    }
    print(json.dumps(figures) if json_ else "  ".join(f"{key}={value}" for key, value in figures.items()))
    return figures


def _seconds(work: Callable, given: object) -> float:
    started = time.perf_counter()
    work(given)
    return time.perf_counter() - started


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
