"""`hotline bench suggest`: milliseconds a suggestion, model loaded, one text at a time."""

import json
import statistics
import time

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
