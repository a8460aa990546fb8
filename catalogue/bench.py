"""`hotline bench lists`: how long the lists take to read and to check, and what they take of memory."""

import resource
import time

from catalogue.loading import load


def measure() -> dict[str, float | int | str]:
    """Seconds to read and to check, and MB of the whole process once they are read (nothing heavier is loaded by then)."""
    started = time.perf_counter()
    lists = load()
    loaded = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    from catalogue.check import check

    faults = check(lists)
    return {
        "catalogue": lists.version,
        "matters": len(lists.matters),
        "clauses": len(lists.clauses),
        "load_s": round(loaded - started, 3),
        "memory_mb": round(memory),
        "check_s": round(time.perf_counter() - loaded, 2),
        "faults": len(faults),
    }
