"""A city's own closed tickets, read row by row from CSV, Excel or JSON lines; a fault is named by file, row and column.

Two million rows are never held as objects: `survey` keeps sixteen bytes of a ticket, and what is to be learnt from is read
again by row number.
"""

import hashlib
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from catalogue import Catalogue
from catalogue.errors import InputError
from catalogue.wording import WordingError, read_department
from models.cell_times import DAY_ONE, read_time
from models.history_files import records

# Headings by which a column is known, the most telling first: the unit that closed a ticket stands above the first sent to.
COLUMNS = {
    "text": ("诉求内容", "工单内容", "内容", "text"),
    "title": ("诉求标题", "工单标题", "标题", "title"),
    "lead": ("最终承办单位", "最终承办", "主办单位", "承办单位", "lead"),
    "time": ("受理时间", "来电时间", "time"),
    "closed": ("办结时间", "closed"),
    "returns": ("退单次数", "returns"),
    "refused": ("退单单位", "refused"),
}
# More unknown names than this are no slips of the pen: the column holds something else.
MOST_UNKNOWN = 200
# Fewer tickets can't be parted into some to learn from and some to measure on.
LEAST = 50
MONTH = 30 * 86_400


@dataclass(frozen=True)
class ClosedTicket:
    """A ticket with the department that ended up doing it; `row` counts as a spreadsheet does, `refused` handed it back."""

    row: int
    text: str
    lead: str
    time: datetime
    returns: int
    refused: tuple[str, ...]


@dataclass
class Faults:
    """What is wrong with a file, alike faults counted together under the first row that has them."""

    file: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, row: int, column: str, complaint: str) -> None:
        """Count a fault; `column` is the heading as the file writes it, "" for the whole row."""
        key = (column, complaint)
        self.counts[key] += 1
        self.first.setdefault(key, row)

    def lines(self) -> list[str]:
        """One Chinese line for each kind of fault, in the order of the file."""
        out = []
        for (column, complaint), row in sorted(self.first.items(), key=lambda item: item[1]):
            count = self.counts[column, complaint]
            where = f"{self.file} 第 {row} 行" + (f"「{column}」列" if column else "")
            out.append(f"{where}：{complaint}" + (f"（这样的共 {count} 行）" if count > 1 else ""))
        return out


@dataclass(frozen=True)
class Survey:
    """The usable tickets of a file, by time: row numbers, seconds and leads (numbers into `leads`), each (tickets,)."""

    path: Path
    digest: str
    rows: np.ndarray
    seconds: np.ndarray
    numbers: np.ndarray
    leads: tuple[str, ...]
    faults: Faults

    def __len__(self) -> int:
        return len(self.rows)


def department_names(catalogue: Catalogue) -> dict[str, str]:
    """Every name a department goes by, its own and its units', to its code."""
    names = {name: unit.department for unit in catalogue.units.values() for name in (unit.name, unit.code)}
    for code, department in catalogue.departments.items():
        names |= dict.fromkeys((department.name, department.short_name, code), code)
    return names


class HistoryReader:
    """Reads the tickets of files of one city; `faults` collects what could not be read."""

    def __init__(self, catalogue: Catalogue, faults: Faults) -> None:
        self.catalogue, self.faults = catalogue, faults
        self.names = department_names(catalogue)
        self._complaints: dict[str, str] = {}

    def tickets(self, source: BinaryIO, name: str) -> Iterator[ClosedTicket]:
        """The usable tickets in file order. Raises InputError where the file or its columns cannot be read at all."""
        columns: dict[tuple[str, ...], dict[str, str]] = {}
        for row, cells in records(source, name, self.faults.add):
            keys = tuple(cells)
            try:
                headings = columns.get(keys) or columns.setdefault(keys, find_columns(keys, name))
            except InputError:
                # The first record speaks for the file; a later one of JSON lines only for itself.
                if not columns:
                    raise
                self.faults.add(row, "", "缺少内容、单位或时间")
                continue
            ticket = self._ticket(row, {key: cells[heading] for key, heading in headings.items()}, headings)
            if ticket is not None:
                yield ticket

    def _ticket(self, row: int, cells: Mapping[str, Any], headings: Mapping[str, str]) -> ClosedTicket | None:
        text = " ".join(filter(None, (_words(cells.get("title")), _words(cells.get("text")))))
        if not text:
            self.faults.add(row, headings["text"], "没有内容")
            return None
        lead = self._department(row, headings["lead"], _words(cells["lead"]))
        time = self._time(row, cells, headings)
        if lead is None or time is None:
            return None
        handed_back = filter(None, re.split("[、，,；;\n]", _words(cells.get("refused"))))
        found = (self._department(row, headings["refused"], name.strip()) for name in handed_back)
        refused = tuple(code for code in dict.fromkeys(found) if code not in (None, lead))
        returns = self._count(row, headings.get("returns", ""), _words(cells.get("returns")))
        return None if returns is None else ClosedTicket(row, text, lead, time, max(returns, len(refused)), refused)

    def _department(self, row: int, heading: str, word: str) -> str | None:
        if not word:
            self.faults.add(row, heading, "没有填单位")
            return None
        code = self.names.get(word)
        if code is None:
            self.faults.add(row, heading, self._complaint(heading, word))
        return code

    def _complaint(self, heading: str, word: str) -> str:
        if word not in self._complaints:
            if len(self._complaints) >= MOST_UNKNOWN:
                raise InputError(
                    "history.units",
                    f"{self.faults.file}「{heading}」列有 {MOST_UNKNOWN} 多种不认识的单位，是不是选错了列",
                )
            try:
                read_department(self.catalogue, word)
            except WordingError as error:
                self._complaints[word] = str(error)
        return self._complaints[word]

    def _time(self, row: int, cells: Mapping[str, Any], headings: Mapping[str, str]) -> datetime | None:
        """When it came in; where that is not known, when it was closed."""
        key = next((key for key in ("time", "closed") if _words(cells.get(key))), None)
        if key is None:
            self.faults.add(row, headings.get("time") or headings["closed"], "没有填时间")
            return None
        found = read_time(cells[key])
        if found is None:
            self.faults.add(row, headings[key], f"时间「{_words(cells[key])[:30]}」读不懂，应写作 2026-03-05")
        return found

    def _count(self, row: int, heading: str, word: str) -> int | None:
        """A count of returns, 0 where nothing is written."""
        try:
            count = int(float(word or 0))
        except (ValueError, OverflowError):
            count = -1
        if count < 0:
            self.faults.add(row, heading, f"退单次数「{word[:30]}」不是数字")
            return None
        return count


def find_columns(headings: Iterable[str], name: str) -> dict[str, str]:
    """The file's own heading of each column that we read. Raises InputError naming what is missing."""
    present = {str(heading).strip().lower(): heading for heading in headings}
    found = {key: present[known] for key, names in COLUMNS.items() for known in reversed(names) if known in present}
    for wanted in (("text",), ("lead",), ("time", "closed")):
        if not found.keys() & set(wanted):
            names = "、".join(known for key in wanted for known in COLUMNS[key])
            raise InputError(
                "history.columns",
                f"{name} 缺少列：{names}（有一个即可）；现有的列：{'、'.join(map(str, present.values()))}",
            )
    return found


def _words(value: Any) -> str:
    """A cell as text; a whole number without the point that Excel gives it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def survey(path: Path, catalogue: Catalogue, source: BinaryIO) -> Survey:
    """What a file holds; `source` is the opened file. Raises InputError where it cannot be read as a history."""
    faults = Faults(path.name)
    leads = tuple(catalogue.departments)
    number = {code: at for at, code in enumerate(leads)}
    rows, seconds, numbers = array("q"), array("q"), array("h")
    for ticket in HistoryReader(catalogue, faults).tickets(source, path.name):
        rows.append(ticket.row)
        seconds.append(round((ticket.time - DAY_ONE).total_seconds()))
        numbers.append(number[ticket.lead])
    columns = [np.frombuffer(column, dtype=column.typecode) for column in (rows, seconds, numbers)]
    # Of two tickets of one instant the one further up in the file came first.
    order = np.lexsort((columns[0], columns[1])) if len(rows) else np.zeros(0, dtype=np.int64)
    return Survey(path, file_digest(path), *(column[order] for column in columns), leads, faults)


def check(found: Survey) -> None:
    """Refuse a history from which nothing can be learnt; the reason names the file and what is wrong with it."""
    said = "；".join(found.faults.lines()[:3])
    if len(found) < LEAST:
        raise InputError(
            "history.few",
            f"{found.path.name} 只有 {len(found)} 件可用的工单，至少要 {LEAST} 件" + (f"。{said}" if said else ""),
        )
    if len(np.unique(found.numbers)) == 1:
        only = found.leads[found.numbers[0]]
        raise InputError("history.one_class", f"{found.path.name} 里所有工单的主办都是 {only}，没有可学的分别")


def split(found: Survey, *, most: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions to learn from and to measure on; no ticket measured on is older than one learnt from.

    Held out are the newest thirty days, or the newest fifth where the whole is under two months (or the days hold too few).
    Of more than `most` tickets to learn from, and a fifth of that to measure on, a random sample of each is taken.
    """
    newest = found.seconds[-1]
    cut = int(np.searchsorted(found.seconds, newest - MONTH, side="right"))
    if newest - found.seconds[0] < 2 * MONTH or min(cut, len(found) - cut) < LEAST // 5:
        cut = len(found) * 4 // 5
    rng = np.random.default_rng(seed)

    def sample(positions: np.ndarray, limit: int) -> np.ndarray:
        return positions if len(positions) <= limit else np.sort(rng.choice(positions, limit, replace=False))

    return sample(np.arange(cut), most), sample(np.arange(cut, len(found)), max(1, most // 5))


def day_of(seconds: int) -> str:
    """The day of an instant of a survey: 2026-03-05."""
    return (DAY_ONE + timedelta(seconds=int(seconds))).date().isoformat()


def file_digest(path: Path) -> str:
    """Twelve hex digits of a file of any size."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()[:12]
