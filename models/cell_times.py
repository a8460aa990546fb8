"""Instants as people and spreadsheets write them."""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

DAY_ONE = datetime(1899, 12, 30)
_SERIALS = (36_526, 73_050)  # Excel's numbers of 2000-01-01 and 2099-12-31
_YEARS = range(2000, 2100)
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?(.*)")
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(.*)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{6})?")
_CLOCK = re.compile(r"[T\s]*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2})?)?[\s秒]*(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")


def read_time(value: Any) -> datetime | None:
    """An instant from a cell: 2026-03-05, 2026/3/5 8:05, 20260305, 2026年3月5日, Excel's serial number or its date cell.

    None where it is none of these, or no day between 2000 and 2099.
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=None) if value.year in _YEARS else None
    text = str(value).strip()
    with suppress(ValueError):
        if _SERIALS[0] <= float(text) < _SERIALS[1] + 1:
            return DAY_ONE + timedelta(days=float(text))
    if compact := _COMPACT.fullmatch(text.removesuffix(".0")):
        year, month, day, clock = compact.groups()
        return _instant(year, month, day, f"{clock[:2]}:{clock[2:4]}:{clock[4:]}" if clock else "")
    if dashed := _DATE.fullmatch(text):
        year, _, month, day, clock = dashed.groups()
        return _instant(year, month, day, clock)
    written = _CHINESE_DATE.fullmatch(text)
    return _instant(*written.groups()) if written else None


def _instant(year: str, month: str, day: str, clock: str) -> datetime | None:
    parts = _CLOCK.fullmatch(clock) if clock.strip() else None
    if (clock.strip() and parts is None) or int(year) not in _YEARS:
        return None
    try:
        return datetime(
            int(year), int(month), int(day), *(int(part or 0) for part in (parts.groups() if parts else ()))
        )
    except ValueError:
        return None
