"""A city's history file: dates and columns as people write them, faults by row and column, nothing learnt from a bad file."""

import json
from datetime import datetime

import numpy as np
import pytest

import catalogue
from catalogue.errors import HotlineError, InputError
from models.cell_times import read_time
from models.history import check, day_of, find_columns, split
from models.history_chunks import SIZE, LessonMaker
from models.local import LocalConfig
from models.reader import PRETRAINED
from models.vectors import TermVectors
from tests.models.histories import WordReader, city_rows, row, surveyed, write

TIMES = [
    ("2026-03-05", datetime(2026, 3, 5)),
    ("2026-03-05T08:05:09", datetime(2026, 3, 5, 8, 5, 9)),
    ("2026/3/5 8:05", datetime(2026, 3, 5, 8, 5)),
    ("2026.3.5", datetime(2026, 3, 5)),
    ("20260305", datetime(2026, 3, 5)),
    (20260305, datetime(2026, 3, 5)),
    ("20260305080509", datetime(2026, 3, 5, 8, 5, 9)),
    ("2026年3月5日", datetime(2026, 3, 5)),
    ("2026年3月5日 8时5分", datetime(2026, 3, 5, 8, 5)),
    (46086, datetime(2026, 3, 5)),
    ("46086.5", datetime(2026, 3, 5, 12)),
    (datetime(2026, 3, 5, 8), datetime(2026, 3, 5, 8)),
    ("2026-02-30", None),
    ("2026/13/5", None),
    ("1926-03-05", None),
    ("昨天", None),
    ("3月5日", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "meant"), TIMES)
def test_times_as_people_write_them(written, meant):
    assert read_time(written) == meant


HEADINGS = [
    (("诉求内容", "主办单位", "受理时间"), {"text": "诉求内容", "lead": "主办单位", "time": "受理时间"}),
    (("内容", "主办单位", "最终承办", "办结时间"), {"text": "内容", "lead": "最终承办", "closed": "办结时间"}),
    (("Text", "LEAD", "time", "别的"), {"text": "Text", "lead": "LEAD", "time": "time"}),
]


@pytest.mark.parametrize(("headings", "found"), HEADINGS)
def test_columns_by_chinese_or_english_names(headings, found):
    assert find_columns(headings, "h.csv") == found


@pytest.mark.parametrize("missing", ["诉求内容", "最终承办", "受理时间"])
def test_a_missing_column_is_named(tmp_path, missing):
    kept = [heading for heading in ("诉求内容", "最终承办", "受理时间") if heading != missing]
    path = write(tmp_path / "h.csv", [("x", "y")], tuple(kept))
    with pytest.raises(InputError, match=f"缺少列：.*{missing}"):
        surveyed(path)


LEADS = [
    ("城管局", "CGJ"),
    ("CGJ", "CGJ"),
    ("肇庆市城市管理和综合执法局", "CGJ"),
    ("端州区教育局", "JYJ"),
    ("JYJ-441202", "JYJ"),
]


@pytest.mark.parametrize(("written", "code"), LEADS)
def test_a_lead_by_any_of_its_names(tmp_path, written, code):
    found = surveyed(write(tmp_path / "h.csv", [row("路灯不亮", written)]))
    assert [found.leads[number] for number in found.numbers] == [code]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_every_format_says_the_same(tmp_path, ending):
    rows = [row("路灯不亮", "城管局", "2026-03-05"), row("欠薪", "人社局", datetime(2026, 1, 2, 8))]
    found = surveyed(write(tmp_path / f"h.{ending}", rows))
    assert [found.leads[number] for number in found.numbers] == ["RSJ", "CGJ"]
    assert [day_of(seconds) for seconds in found.seconds] == ["2026-01-02", "2026-03-05"]
    first = 1 if ending == "jsonl" else 2
    assert found.rows.tolist() == [first + 1, first]
    assert not found.faults.lines()


def test_what_chinese_excel_writes_is_read(tmp_path):
    path = tmp_path / "h.csv"
    path.write_bytes("诉求内容,最终承办,受理时间\n路灯不亮,城管局,2026/3/5 8:05\n".encode("gb18030"))
    assert len(surveyed(path)) == 1


FAULTS = [
    (row("", "城管局"), "第 3 行「诉求内容」列：没有内容"),
    (row("路灯不亮", ""), "第 3 行「最终承办」列：没有填单位"),
    (row("路灯不亮", "城关局"), "第 3 行「最终承办」列：没有单位「城关局」，是不是「城管局」？"),
    (row("路灯不亮", "城管局", "昨天"), "第 3 行「受理时间」列：时间「昨天」读不懂，应写作 2026-03-05"),
    (row("路灯不亮", "城管局", ""), "第 3 行「受理时间」列：没有填时间"),
    (row("路灯不亮", "城管局", returns="两次"), "第 3 行「退单次数」列：退单次数「两次」不是数字"),
    ((*row("路灯不亮", "城管局"), "多", "出"), "第 3 行：应有 6 列，实有 8 列"),
]


@pytest.mark.parametrize(("bad", "complaint"), FAULTS)
def test_a_fault_is_named_by_row_and_column_and_the_rest_is_read(tmp_path, bad, complaint):
    found = surveyed(write(tmp_path / "h.csv", [row("欠薪", "人社局"), bad, row("停水", "水务集团")]))
    assert f"h.csv {complaint}" in found.faults.lines()
    assert found.rows[0] == 2


def test_an_unknown_unit_is_named_once_with_its_count(tmp_path):
    rows = [row("路灯不亮", "城关局")] * 7 + [row("欠薪", "人社局")]
    assert surveyed(write(tmp_path / "h.csv", rows)).faults.lines() == [
        "h.csv 第 2 行「最终承办」列：没有单位「城关局」，是不是「城管局」？（这样的共 7 行）"
    ]


def test_a_column_that_holds_no_units_is_refused(tmp_path):
    rows = [row("路灯不亮", f"工单{number}") for number in range(300)]
    with pytest.raises(InputError, match="「最终承办」列有 200 多种不认识的单位"):
        surveyed(write(tmp_path / "h.csv", rows))


def test_a_broken_line_of_json_is_a_fault_of_that_line(tmp_path):
    good = json.dumps({"text": "路灯不亮", "lead": "CGJ", "time": "20260305"}, ensure_ascii=False)
    (tmp_path / "h.jsonl").write_text(f'{good}\n{{"text": \n[1]\n{{"text": "x"}}\n{good}\n', encoding="utf-8")
    found = surveyed(tmp_path / "h.jsonl")
    assert found.rows.tolist() == [1, 5]
    assert [line.split("：")[0] for line in found.faults.lines()] == [f"h.jsonl 第 {number} 行" for number in (2, 3, 4)]


NO_TABLE = [("h.xls", "应是 .csv、.xlsx 或 .jsonl"), ("h.xlsx", "打不开，文件可能已损坏")]


@pytest.mark.parametrize(("name", "complaint"), NO_TABLE)
def test_what_is_no_table_is_refused(tmp_path, name, complaint):
    (tmp_path / name).write_bytes(b"\x00nonsense" * 50)
    with pytest.raises(InputError, match=complaint):
        surveyed(tmp_path / name)


REFUSED = [
    ([row("路灯不亮", "城管局")], "只有 1 件可用的工单，至少要 50 件"),
    ([row("路灯不亮", "城关局")] * 60, "只有 0 件可用的工单.*城关局"),
    ([row("路灯不亮", "城管局")] * 60, "所有工单的主办都是 CGJ"),
]


@pytest.mark.parametrize(("rows", "reason"), REFUSED)
def test_a_history_that_teaches_nothing_is_refused(tmp_path, rows, reason):
    with pytest.raises(InputError, match=reason):
        check(surveyed(write(tmp_path / "h.csv", rows)))


@pytest.mark.parametrize(("days", "held_out"), [(180, 40), (30, 48), (0, 48)])
def test_no_ticket_measured_on_is_older_than_one_learnt_from(tmp_path, days, held_out):
    found = surveyed(write(tmp_path / "h.csv", city_rows(240, days=days)))
    train, test = split(found, most=10_000, seed=0)
    assert len(test) == held_out and len(train) == 240 - held_out
    assert found.seconds[train].max() <= found.seconds[test].min()


def test_of_a_long_history_a_sample_is_learnt(tmp_path):
    found = surveyed(write(tmp_path / "h.csv", city_rows(240)))
    train, test = split(found, most=100, seed=0)
    assert (len(train), len(test)) == (100, 20)
    assert np.array_equal(train, split(found, most=100, seed=0)[0])


def test_a_second_start_goes_on_where_the_first_broke_off(tmp_path):
    found = surveyed(write(tmp_path / "h.csv", city_rows(600)))
    reader = WordReader()
    maker = LessonMaker(reader=reader, vectors=TermVectors.load(PRETRAINED / "vectors.npz"), config=LocalConfig())
    rows, folder = np.sort(found.rows), tmp_path / "encoding"

    def pull_the_plug(done: int) -> None:
        if done >= SIZE:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maker.encode_rows(found, rows, folder=folder, done=pull_the_plug)
    assert reader.read == SIZE
    again = maker.encode_rows(found, rows, folder=folder)
    assert reader.read == 600
    whole = maker.encode_rows(found, rows, folder=tmp_path / "afresh")
    assert np.array_equal(again.leads, whole.leads) and np.array_equal(again.features.dense, whole.features.dense)
    assert maker.key(found, rows) != maker.key(found, rows[:-1])


def test_a_file_that_changes_meanwhile_is_noticed(tmp_path):
    found = surveyed(write(tmp_path / "h.csv", city_rows(60)))
    write(tmp_path / "h.csv", city_rows(30))
    maker = LessonMaker(reader=WordReader(), vectors=TermVectors.load(PRETRAINED / "vectors.npz"), config=LocalConfig())
    with pytest.raises(HotlineError, match="被改动了"):
        maker.encode_rows(found, np.sort(found.rows), folder=tmp_path / "encoding")


def test_every_department_of_the_lists_is_known_by_its_own_names(tmp_path):
    departments = catalogue.load().departments.values()
    names = [name for department in departments for name in (department.code, department.name, department.short_name)]
    found = surveyed(write(tmp_path / "h.csv", [row("路灯不亮", name) for name in names]))
    assert len(found) == len(names)
