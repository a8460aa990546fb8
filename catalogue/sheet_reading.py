"""Reading the two lists from an Excel workbook. Every fault is named by sheet, cell and reason; one fault, and nothing counts."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from catalogue import wording
from catalogue.check import Fault, check_lists
from catalogue.entries import Clause, Matter
from catalogue.errors import InputError
from catalogue.files import words
from catalogue.loading import Catalogue, in_place
from catalogue.sheets import CLAUSE_COLUMNS, CLAUSES, MATTER_COLUMNS, MATTERS, Column

MOST_ROWS = 20_000
MOST_BYTES = 30 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One row of a sheet as texts by heading."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    places: Mapping[str, str]

    def at(self, heading: str) -> str:
        """Where a cell is: 职责清单!C12."""
        return f"{self.sheet}!{self.places.get(heading, '')}{self.number}"


def read(path: Path, base: Catalogue) -> tuple[Catalogue | None, list[Fault]]:
    """The lists of a workbook on top of the departments, facts, laws and places of `base`; None where anything is wrong.

    Raises InputError where the file is no workbook at all.
    """
    book = _open(path)
    faults: list[Fault] = []
    found = {name: _rows(book, name, columns, faults) for name, columns in _SHEETS.items()}
    if faults:
        return None, faults
    matters = _read_matters(found[MATTERS], base, faults)
    clauses = _read_clauses(found[CLAUSES], base, matters, faults)
    if faults:
        return None, faults
    lists = replace(base, matters=matters, clauses=tuple(clauses))
    faults = check_lists(lists)
    return (None, faults) if faults else (lists, [])


_SHEETS = {MATTERS: MATTER_COLUMNS, CLAUSES: CLAUSE_COLUMNS}


def _open(path: Path):
    """The workbook; says what the file is where it is none."""
    if not path.is_file():
        raise InputError("sheet.missing", f"没有文件 {path}")
    if path.stat().st_size > MOST_BYTES:
        raise InputError("sheet.size", f"{path.name} 有 {path.stat().st_size >> 20} MB，超过上限 {MOST_BYTES >> 20} MB")
    start = path.read_bytes()[:4096]
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError("sheet.old", f"{path.name} 是旧版 .xls 或加了密码的文件，请在 Excel 中另存为不加密的 .xlsx")
    if not start.startswith(b"PK"):
        raise InputError("sheet.format", f"{path.name} 不是 Excel 工作簿{_text_kind(start)}，请另存为 .xlsx")
    try:
        return load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError("sheet.broken", f"{path.name} 打不开，文件可能已损坏：{error}") from None


def _text_kind(start: bytes) -> str:
    for encoding, name in (("utf-8", "UTF-8"), ("gb18030", "GBK")):
        try:
            start[: len(start) - 4 if len(start) == 4096 else None].decode(encoding)
            return f"，看起来是 {name} 编码的文本（CSV）"
        except UnicodeDecodeError:
            continue
    return ""


def _rows(book, name: str, columns: Sequence[Column], faults: list[Fault]) -> list[Row]:
    """The rows of a sheet; adds to `faults` what is wrong with its form."""
    if name not in book.sheetnames:
        faults.append(Fault(name, f"缺少工作表「{name}」，现有：{'、'.join(book.sheetnames)}"))
        return []
    sheet: Worksheet = book[name]
    if sheet.max_row > MOST_ROWS + 1:
        faults.append(Fault(name, f"有 {sheet.max_row} 行，超过上限 {MOST_ROWS} 行，请检查是否误粘贴了空行或重复内容"))
        return []
    for merged in sheet.merged_cells.ranges:
        faults.append(Fault(f"{name}!{merged.coord}", "合并单元格，请取消合并并把内容填到每一行"))
    headings = {str(cell.value).strip(): cell.column for cell in sheet[1] if cell.value is not None}
    missing = [column.heading for column in columns if column.heading not in headings and not column.optional]
    faults += [Fault(f"{name}!1", f"缺少列「{heading}」") for heading in missing]
    if missing:
        return []
    places = {heading: get_column_letter(column) for heading, column in headings.items()}
    wanted = [(column.heading, headings[column.heading]) for column in columns if column.heading in headings]
    out = []
    for cells in sheet.iter_rows(min_row=2):
        texts = {heading: _text(cells[place - 1], name, faults) for heading, place in wanted}
        if any(texts.values()):
            out.append(Row(name, cells[0].row, texts, places))
    return out


def _text(cell: Cell, sheet: str, faults: list[Fault]) -> str:
    """A cell as text; a formula or an error value is a fault."""
    value: Any = cell.value
    if cell.data_type == "f":
        faults.append(Fault(f"{sheet}!{cell.coordinate}", "是公式，请粘贴为数值"))
        return ""
    if cell.data_type == "e":
        faults.append(Fault(f"{sheet}!{cell.coordinate}", f"是错误值 {value}"))
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _code(text: str) -> str:
    """Excel drops the leading nought of a code it takes for a number."""
    return text.zfill(len(text) + len(text) % 2) if text.isdigit() else text


def _read_matters(rows: Sequence[Row], base: Catalogue, faults: list[Fault]) -> dict[str, Matter]:
    read = _Reader(base, faults)
    standard, city, seen = {}, {}, {}
    for row in rows:
        code = _code(row.cells["事项编码"])
        if not (code.isdigit() and len(code) in (6, 8)):
            faults.append(Fault(row.at("事项编码"), f"事项编码「{code}」应为 6 位（标准）或 8 位（本市）数字"))
            continue
        if code in seen:
            faults.append(Fault(row.at("事项编码"), f"事项编码 {code} 与第 {seen[code]} 行重复"))
            continue
        seen[code] = row.number
        (city if len(code) == 8 else standard)[code] = read.matter(row, code)
    for code, matter in city.items():
        if code[:6] not in standard:
            faults.append(Fault(matter.where, f"事项 {code} 的上级标准事项 {code[:6]} 不在表中"))
    of = {parent: [m for m in city.values() if m.standard == parent] for parent in standard}
    return {m.code: m for parent in standard.values() for m in (parent, *of[parent.code])}


def _read_clauses(
    rows: Sequence[Row], base: Catalogue, matters: Mapping[str, Matter], faults: list[Fault]
) -> list[Clause]:
    read, out, seen = _Reader(base, faults), [], {}
    for row in rows:
        identity = row.cells["条款编号"]
        if identity in seen:
            faults.append(Fault(row.at("条款编号"), f"条款编号 {identity} 与第 {seen[identity]} 行重复"))
        seen[identity] = row.number
        clause = read.clause(row, identity, _code(row.cells["事项编码"]))
        if clause is not None:
            out.append(in_place(clause, matters, base.facts))
    return out


class _Reader:
    """Cells into entries; what cannot be read is a fault with its cell."""

    def __init__(self, base: Catalogue, faults: list[Fault]) -> None:
        self.base, self.faults = base, faults

    def cell(self, row: Row, heading: str, read: Callable[[str], Any], empty: Any = None) -> Any:
        text = row.cells[heading]
        if not text:
            return empty
        try:
            return read(text)
        except wording.WordingError as error:
            self.faults.append(Fault(row.at(heading), str(error)))
            return empty

    def matter(self, row: Row, code: str) -> Matter:
        cells = row.cells
        return Matter(
            code=code,
            name=cells["事项名称"],
            level1_name=cells["一级事项"],
            level2_name=cells["二级事项"],
            definition=cells["释义"],
            nature=cells["常见性质"],
            urgency=cells["紧急程度"],
            place=cells["地点要求"],
            excludes=cells["不含"],
            names=words(cells["群众叫法"]),
            keywords=words(cells["关键词"]),
            when=self.cell(row, "事项情形", self._conditions, {}),
            where=row.at("事项编码"),
        )

    def clause(self, row: Row, identity: str, matter: str) -> Clause | None:
        lead = self.cell(row, "主办单位", self._department)
        if not row.cells["主办单位"]:
            self.faults.append(Fault(row.at("主办单位"), "没有填主办单位"))
        status, practice = self.cell(row, "职责状态", wording.read_status, ("settled", False))
        lines = row.cells["依据"].splitlines()
        basis = self.cell(row, "依据", lambda _: tuple(wording.read_basis(line) for line in lines if line.strip()), ())
        if lead is None:
            return None
        return Clause(
            id=identity,
            matter=matter,
            lead=lead,
            when=self.cell(row, "适用情形", self._conditions, {}),
            region=self.cell(row, "适用区域", lambda text: wording.read_region(self.base, text)),
            co=self.cell(row, "协办单位", self._departments, ()),
            fallback=self.cell(row, "兜底单位", self._department),
            level=row.cells["办理层级"],
            status=status,
            basis=basis,
            candidates=self.cell(row, "候选单位", self._departments, ()),
            ask=self.cell(row, "须先问清", self._facts, ()),
            practice=practice,
            note=row.cells["说明"],
            in_force_from=self.cell(row, "施行日期", _day),
            in_force_until=self.cell(row, "失效日期", _day),
            where=row.at("条款编号"),
        )

    def _conditions(self, text: str) -> dict[str, tuple[str, ...]]:
        return wording.read_conditions(self.base, text)

    def _department(self, text: str) -> str:
        return wording.read_department(self.base, text)

    def _departments(self, text: str) -> tuple[str, ...]:
        return tuple(self._department(name.strip()) for name in text.replace("，", "、").split("、") if name.strip())

    def _facts(self, text: str) -> tuple[str, ...]:
        return tuple(wording.read_fact(self.base, name.strip()).id for name in text.split("、"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wording.WordingError(f"日期「{text}」应写作 2026-01-31") from None
