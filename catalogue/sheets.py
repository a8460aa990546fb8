"""The two lists as the Excel workbook a city office keeps: 事项目录 and 职责清单, one row each, in words.

`export` and `sheet_reading.read` are each other's inverse on everything the files hold.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from catalogue.entries import Clause, Matter
from catalogue.loading import Catalogue
from catalogue.wording import basis_words, condition_words, names, status_words
from catalogue.writing import own_conditions

MATTERS, CLAUSES = "事项目录", "职责清单"


@dataclass(frozen=True)
class Column:
    """A column of a sheet: heading, width, and how an entry is written into it. `optional`: may be left out."""

    heading: str
    width: int
    write: Callable[[Catalogue, Matter | Clause], str]
    optional: bool = False


MATTER_COLUMNS = (
    Column("事项编码", 12, lambda c, m: m.code),
    Column("一级事项", 14, lambda c, m: m.level1_name),
    Column("二级事项", 14, lambda c, m: m.level2_name),
    Column("三级事项", 16, lambda c, m: c.matters[m.standard].name if m.level == 4 else ""),
    Column("事项名称", 24, lambda c, m: m.name),
    Column("释义", 48, lambda c, m: m.definition),
    Column("不含", 32, lambda c, m: m.excludes),
    Column("群众叫法", 32, lambda c, m: "；".join(m.names)),
    Column("关键词", 24, lambda c, m: "；".join(m.keywords)),
    Column("事项情形", 28, lambda c, m: condition_words(c, m.when)),
    Column("常见性质", 10, lambda c, m: m.nature),
    Column("紧急程度", 10, lambda c, m: m.urgency),
    Column("地点要求", 10, lambda c, m: m.place),
)
CLAUSE_COLUMNS = (
    Column("条款编号", 14, lambda c, x: x.id),
    Column("事项编码", 12, lambda c, x: x.matter),
    Column("事项名称", 24, lambda c, x: c.matters[x.matter].name if x.matter in c.matters else "", optional=True),
    Column("适用情形", 36, lambda c, x: condition_words(c, own_conditions(x, c.matters))),
    Column("适用区域", 10, lambda c, x: c.regions.get(x.region, x.region or "")),
    Column("主办单位", 14, lambda c, x: c.short(x.lead)),
    Column("协办单位", 20, lambda c, x: names(c, x.co)),
    Column("兜底单位", 14, lambda c, x: c.short(x.fallback) if x.fallback else ""),
    Column("办理层级", 8, lambda c, x: x.level),
    Column("职责状态", 16, lambda c, x: status_words(x)),
    Column("依据", 48, lambda c, x: "\n".join(map(basis_words, x.basis))),
    Column("候选单位", 20, lambda c, x: names(c, x.candidates)),
    Column("须先问清", 16, lambda c, x: "、".join(c.facts[f].name if f in c.facts else f for f in x.ask)),
    Column("说明", 36, lambda c, x: x.note),
    Column("施行日期", 12, lambda c, x: x.in_force_from.isoformat() if x.in_force_from else ""),
    Column("失效日期", 12, lambda c, x: x.in_force_until.isoformat() if x.in_force_until else ""),
)


def export(catalogue: Catalogue, path: Path) -> None:
    """Write the workbook; every cell is text, so that codes keep their leading noughts."""
    book = Workbook()
    book.remove(book.active)
    _sheet(book.create_sheet(MATTERS), MATTER_COLUMNS, catalogue, catalogue.matters.values())
    _sheet(book.create_sheet(CLAUSES), CLAUSE_COLUMNS, catalogue, catalogue.clauses)
    book.properties.title = f"事项目录与职责清单 {catalogue.version}"
    book.save(path)


def _sheet(
    sheet: Worksheet, columns: tuple[Column, ...], catalogue: Catalogue, entries: Iterable[Matter | Clause]
) -> None:
    sheet.append([column.heading for column in columns])
    for number, entry in enumerate(entries, start=2):
        for place, column in enumerate(columns, start=1):
            words = column.write(catalogue, entry)
            if words:
                cell = sheet.cell(number, place)
                # A text that begins with = is a text here, never a formula.
                cell.value, cell.data_type = words, "s"
                cell.number_format = "@"
    _dress(sheet, columns)


def _dress(sheet: Worksheet, columns: tuple[Column, ...]) -> None:
    """Heading in bold, columns wide enough to read, the first row and the code kept in view."""
    for place, column in enumerate(columns, start=1):
        heading = sheet.cell(1, place)
        heading.font, heading.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F3")
        heading.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
