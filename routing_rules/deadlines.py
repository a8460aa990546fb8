"""Deadlines in working days of the real Chinese calendar (chinesecalendar), from `deadlines.yaml`."""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import chinese_calendar
import yaml

from catalogue.errors import HotlineError

FILE = Path(__file__).with_name("deadlines.yaml")


@lru_cache(maxsize=4)
def parameters(path: Path = FILE) -> dict:
    """The parameters of a file, each with its source."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def due(start: datetime, *, nature: str, urgent: bool = False, matter: str = "", path: Path = FILE) -> datetime:
    """When a ticket is due, counted from the working day after `start`; urgent ones in hours on the clock.

    Raises `HotlineError` where the holiday table does not reach: guessing a holiday would promise a false date.
    """
    table = parameters(path)
    if urgent:
        return start + timedelta(hours=table["urgent_hours"]["value"])
    days = parameter(nature=nature, matter=matter, path=path)["days"]
    day = start
    while days:
        day += timedelta(days=1)
        days -= int(_working(day))
    return day


def parameter(*, nature: str, matter: str = "", path: Path = FILE) -> dict:
    """The entry that sets the days of a nature and matter: `days` and the `source` of the figure."""
    table = parameters(path)
    fitting = [
        entry
        for entry in table.get("matters") or ()
        if matter.startswith(entry["matter"]) and nature in entry.get("natures", [nature])
    ]
    plain = table["natures"].get(nature, table["natures"]["其他"])
    return max(fitting, key=lambda entry: len(entry["matter"]), default=plain)


def _working(day: datetime) -> bool:
    try:
        return chinese_calendar.is_workday(day.date())
    except NotImplementedError:
        raise HotlineError(
            "calendar.unknown", f"没有 {day.year} 年的放假安排，无法推算办理时限，请更新节假日表"
        ) from None
