"""The Excel workbook a city office keeps: out and in again without loss, and every fault named by its cell."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import catalogue
from catalogue.errors import InputError
from catalogue.sheet_reading import read
from catalogue.sheets import CLAUSES, MATTERS, export
from tests.catalogue.conftest import branch


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    """The lists of one branch as a workbook."""
    path = tmp_path_factory.mktemp("sheets") / "清单.xlsx"
    export(branch("12"), path)
    return path


@pytest.fixture
def edit(exported, tmp_path):
    """Change a copy of the workbook: `edit(change)` with change(book), and read it back."""

    def edited(change):
        book = openpyxl.load_workbook(exported)
        change(book)
        path = tmp_path / "改.xlsx"
        book.save(path)
        return read(path, catalogue.load())

    return edited


@pytest.mark.slow
def test_import_and_export_are_each_other_s_inverse_on_the_whole_lists(tmp_path):
    lists = catalogue.load()
    export(lists, tmp_path / "清单.xlsx")
    again, faults = read(tmp_path / "清单.xlsx", lists)
    assert faults == []
    assert dict(again.matters) == dict(lists.matters) and again.clauses == lists.clauses
    export(again, tmp_path / "again.xlsx")
    one, other = (openpyxl.load_workbook(tmp_path / name, read_only=True) for name in ("清单.xlsx", "again.xlsx"))
    for name in (MATTERS, CLAUSES):
        assert list(one[name].values) == list(other[name].values)


def column(sheet, heading: str) -> int:
    """Number of a column by its heading."""
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def put(name: str, row: int, heading: str, value):
    """A change that writes one cell."""

    def change(book):
        book[name].cell(row, column(book[name], heading)).value = value

    return change


def drop(name: str, heading: str):
    """A change that deletes a column."""
    return lambda book: book[name].delete_cols(column(book[name], heading))


def repeat_row(name: str, row: int):
    """A change that says a row twice."""
    return lambda book: book[name].append([cell.value for cell in book[name][row]])


def many_rows(book):
    """Fifty thousand rows."""
    sheet = book[MATTERS]
    sheet.cell(50_001, 1).value = "990000"


# what somebody did to the workbook, where it is told, what it says
SPOILT = [
    (drop(MATTERS, "释义"), "事项目录!1", "缺少列「释义」"),
    (drop(CLAUSES, "主办单位"), "职责清单!1", "缺少列「主办单位」"),
    (lambda book: book.remove(book[CLAUSES]), "职责清单", "缺少工作表「职责清单」"),
    (repeat_row(MATTERS, 2), "事项目录!A", "与第 2 行重复"),
    (repeat_row(CLAUSES, 3), "职责清单!A", "与第 3 行重复"),
    (put(CLAUSES, 2, "主办单位", "城管句"), "职责清单!F2", "没有单位「城管句」，是不是「城管局」？"),
    (put(CLAUSES, 2, "主办单位", None), "职责清单!F2", "没有填主办单位"),
    (put(CLAUSES, 2, "适用情形", "噪音来源=建筑施工"), "职责清单!D2", "是不是「噪声来源」？"),
    (put(CLAUSES, 2, "适用情形", "噪声来源=放炮"), "职责清单!D2", "「噪声来源」没有取值「放炮」"),
    (put(CLAUSES, 2, "适用区域", "番禺区"), "职责清单!E2", "没有区域「番禺区」"),
    (put(CLAUSES, 2, "依据", "听说的"), "职责清单!K2", "依据「听说的」读不懂"),
    (put(CLAUSES, 2, "依据", "《没有这部法》"), "职责清单!A2", "不在 laws.csv 中"),
    (put(CLAUSES, 2, "职责状态", "差不多"), "职责清单!J2", "状态「差不多」"),
    (put(CLAUSES, 2, "施行日期", "去年"), "职责清单!O2", "日期「去年」"),
    (put(CLAUSES, 2, "主办单位", '=HYPERLINK("x")'), "职责清单!F2", "是公式"),
    (put(MATTERS, 2, "事项编码", "12A"), "事项目录!A2", "应为 6 位（标准）或 8 位（本市）数字"),
    (put(MATTERS, 2, "常见性质", "骂人"), "事项目录!A2", "常见性质「骂人」"),
    (lambda book: book[MATTERS].merge_cells("B2:B5"), "事项目录!B2:B5", "合并单元格"),
    (many_rows, "事项目录", "50001 行，超过上限"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "words"), SPOILT)
def test_a_fault_is_named_by_sheet_and_cell_and_nothing_is_adopted(edit, change, where, words):
    lists, faults = edit(change)
    assert lists is None
    assert any(fault.where.startswith(where) and words in fault.text for fault in faults), faults[:5]


def test_every_fault_is_named_at_once(edit):
    def change(book):
        put(CLAUSES, 2, "主办单位", "甲局")(book)
        put(CLAUSES, 3, "职责状态", "乙")(book)
        put(MATTERS, 4, "事项编码", "1")(book)

    _, faults = edit(change)
    assert {"职责清单!F2", "职责清单!J3", "事项目录!A4"} <= {fault.where for fault in faults}


def test_codes_that_excel_took_for_numbers_are_read(edit):
    def change(book):
        for row in range(2, 40):
            cell = book[MATTERS].cell(row, 1)
            cell.value = int(cell.value)

    lists, faults = edit(change)
    assert faults == [] and dict(lists.matters) == dict(branch("12").matters)


NO_WORKBOOK = [
    (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "旧版 .xls"),
    ("事项编码,事项名称\n".encode("gb18030"), "GBK 编码的文本"),
    ("事项编码,事项名称\n".encode(), "UTF-8 编码的文本"),
    (b"PK\x03\x04 broken", "打不开"),
    (b"\x89PNG\xff\xff\xff", "不是 Excel 工作簿"),
]


@pytest.mark.parametrize(("content", "words"), NO_WORKBOOK)
def test_what_is_no_workbook_is_told_what_it_is(tmp_path, content, words):
    path = tmp_path / "清单.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read(path, catalogue.load())


def test_a_text_that_looks_like_a_formula_leaves_as_text(tmp_path):
    lists = branch("12")
    first = lists.clauses[0]
    path = tmp_path / "公式.xlsx"
    export(replace(lists, clauses=(replace(first, note="=1+1"), *lists.clauses[1:])), path)
    assert read(path, lists)[0].clauses[0].note == "=1+1"
