"""The shipped lists are whole, and `check` finds each kind of fault where it is."""

import time

import pytest

import catalogue
from catalogue.check import check, check_lists, stats
from catalogue.errors import InputError
from catalogue.loading import FOLDER, read


def test_shipped_lists_are_clean():
    assert [f"{fault.where} {fault.text}" for fault in check(catalogue.load())] == []


def test_lists_are_as_deep_as_promised():
    figures = stats(catalogue.load())
    assert figures["matters"] - figures["matters_level4"] == 515
    assert figures["matters_level4"] >= 2000 and figures["clauses"] >= 3000
    assert figures["facts"] >= 40 and figures["exemplars"] >= 25_000
    assert figures["clauses_undesignated"] > 0 and figures["clauses_contested"] > 0


def test_lists_load_within_a_second_or_two():
    started = time.perf_counter()
    read(FOLDER)
    assert time.perf_counter() - started < 5  # a bound against accidents; `hotline bench` measures


FAULTS = [
    ("duties/12.yaml", "- {id: 120101-9, matter: '120101', lead: XXX, when: {owner: power}, basis: [{duty: 试, grade: K}]}", "部门代码「XXX」不存在"),
    ("duties/12.yaml", "- {id: 999999-1, matter: '999999', lead: SFJ, basis: [{duty: 试, grade: K}]}", "不在目录中"),
    ("duties/12.yaml", "- {id: 120101-9, matter: '120101', lead: SFJ, when: {nose: big}, basis: [{duty: 试, grade: K}]}", "不在 facts.yaml 中"),
    ("duties/12.yaml", "- {id: 120101-9, matter: '120101', lead: SFJ, when: {owner: power}}", "没有依据"),
    ("duties/12.yaml", "- {id: 120101-9, matter: '120101', lead: SFJ, when: {owner: power}, basis: [{law: 没有这部法, grade: K}]}", "不在 laws.csv 中"),
    ("duties/12.yaml", "- {id: 120101-9, matter: '120101', lead: SFJ, basis: [{duty: 试, grade: K}]}", "只有一条无条件的条款"),
    ("duties/12.yaml", "- {id: 120101-9, matter: '120101', lead: SFJ, status: contested, when: {owner: power}, basis: [{duty: 试, grade: K}]}", "须写明候选单位"),
    ("exemplars/12.tsv", "120101\t\t咨询\t口语\t太短", ""),
    ("exemplars/12.tsv", "120999\t\t咨询\t口语\t请问这个事项在哪里", "不在目录中"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "line", "complaint"), FAULTS)
def test_fault_is_found_with_file_and_line(folder, file, line, complaint):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.rstrip("\n") + "\n" + line + "\n", encoding="utf-8")
    number = len(path.read_text(encoding="utf-8").splitlines())
    found = check_lists(read(folder)) if file.startswith("duties") else check(read(folder))
    if complaint:
        assert any(complaint in fault.text for fault in found), found
        assert any(fault.where.endswith(f":{number}") or "只有一条" in fault.text for fault in found)


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("duties/12.yaml", "- {id: 120101-9, lead: SFJ}", "条款缺少"),
        ("duties/12.yaml", "- {id: [", "不是合法的 YAML"),
        ("duties/12.yaml", "- {id: 120101-9, matter: '120101', lead: SFJ, colour: red}", "不认识的键"),
        ("exemplars/12.tsv", "120101 没有制表符", "应有 5 列"),
        ("units.csv", "a,b", "应有 5 列"),
    ],
)
def test_unreadable_line_is_an_error_with_its_place(folder, file, line, complaint):
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        check(read(folder))
