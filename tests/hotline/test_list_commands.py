"""`hotline catalogue …` as a city office uses it: out to Excel, changed there, looked at, adopted, taken back."""

import json

import openpyxl
import pytest

import catalogue
from catalogue.loading import forget
from catalogue.sheets import CLAUSES
from hotline.cli import build
from tests.catalogue.conftest import folder  # noqa: F401  (a fixture)


@pytest.fixture
def office(folder, runner, monkeypatch, tmp_path):  # noqa: F811
    """Run a command on the office's own lists; returns exit code and what was said."""
    monkeypatch.setenv("HOTLINE_CATALOGUE", str(folder))
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))

    def run(*words: object) -> tuple[int, str]:
        result = runner.invoke(build(), ["catalogue", *map(str, words)])
        return result.exit_code, f"{result.output}{result.exception or ''}"

    yield run
    forget()


def lead_column(sheet) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == "主办单位")


def changed_sheet(path, lead: str) -> str:
    """Name another lead in the first clause of an exported workbook; returns the clause."""
    book = openpyxl.load_workbook(path)
    sheet = book[CLAUSES]
    sheet.cell(2, lead_column(sheet)).value = lead
    book.save(path)
    return sheet.cell(2, 1).value


def test_a_change_goes_out_and_in_and_back(office, tmp_path):
    sheet = tmp_path / "清单.xlsx"
    assert office("export", sheet)[0] == 0
    assert "没有差别" in office("import", sheet)[1]
    identity = changed_sheet(sheet, "信访局")
    before = catalogue.load().version
    code, output = office("import", sheet)
    assert code == 0 and f"条款 {identity}" in output and "改为「信访局」" in output and "未采用" in output
    assert catalogue.load().version == before
    assert "谁采用" in office("import", sheet, "--adopt")[1]
    assert catalogue.load().version == before
    code, output = office("import", sheet, "--adopt", "--author", "张三", "--note", "编办来函")
    assert code == 0 and catalogue.load().by_id[identity].lead == "XFJ"
    assert "张三" in office("versions")[1] and "编办来函" in office("versions")[1]
    assert identity in office("diff", before)[1]
    assert office("restore", before, "--author", "李四")[0] == 0
    assert catalogue.load().version == before
    rows = json.loads(office("versions", "--json")[1])
    assert [row["author"] for row in rows] == ["随软件发布", "张三", "李四"]


def test_a_faulty_sheet_is_told_and_not_adopted(office, tmp_path):
    sheet = tmp_path / "清单.xlsx"
    office("export", sheet)
    changed_sheet(sheet, "信仿局")
    before = catalogue.load().version
    code, output = office("import", sheet, "--adopt", "--author", "张三")
    assert code == 1 and "职责清单!F2" in output and "是不是「信访局」" in output
    assert catalogue.load().version == before


def test_facts_and_show_tell_what_the_list_says(office):
    assert "→" in office("facts", "120101")[1]
    assert "依据" in office("show", "120101")[1]
    assert office("facts", "999")[0] == 1


def test_rulings_of_the_meeting_go_into_the_sheet(office, tmp_path):
    assert "并入联席会议决定 0 条" in office("export", tmp_path / "清单.xlsx", "--rulings")[1]


def test_a_copy_for_the_city(office, tmp_path):
    assert office("copy", tmp_path / "ours")[0] == 0
    assert (tmp_path / "ours" / "matters.csv").is_file()
