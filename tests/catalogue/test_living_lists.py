"""Versions of the lists: adopted with author and date, compared in words, brought back whole."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalogue import diff, history
from catalogue.errors import InputError
from catalogue.loading import forget, load, read
from catalogue.writing import write_lists

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh():
    """Lists in force are cached; a test must not leave its own behind."""
    yield
    forget()


def changed(lists, clause_id: str, **what):
    """The lists with one clause changed."""
    return replace(lists, clauses=tuple(replace(c, **what) if c.id == clause_id else c for c in lists.clauses))


def test_writing_and_reading_is_the_identity(folder):
    lists = load(folder)
    write_lists(folder, lists.matters, lists.clauses)
    again = read(folder)
    assert dict(again.matters) == dict(lists.matters) and again.clauses == lists.clauses


def test_an_adopted_version_is_kept_with_date_author_and_note(folder):
    lists = load(folder)
    identity = lists.clauses[0].id
    adopted = history.adopt(changed(lists, identity, lead="CGJ"), author="张三", note="市府会议", at=NOON)
    assert load(folder).by_id[identity].lead == "CGJ"
    kept = history.versions(folder)
    assert [entry.author for entry in kept] == ["随软件发布", "张三"]
    assert kept[-1].note == "市府会议" and kept[-1].adopted_at.startswith("2026-11-22T12:00")
    assert adopted.version == load(folder).version != kept[0].version


def test_an_old_version_can_be_compared_and_restored(folder):
    lists = load(folder)
    first, identity = lists.version, lists.clauses[0].id
    history.adopt(changed(lists, identity, lead="CGJ", co=()), author="张三", note="", at=NOON)
    words = [change.text for change in diff.compare(history.open_version(folder, first), load(folder))]
    assert any(f"条款 {identity}" in text and "主办单位由" in text and "改为「城管局」" in text for text in words)
    history.restore(folder, first, author="李四", at=NOON)
    assert diff.compare(lists, load(folder)) == []
    assert len(history.versions(folder)) == 3


def test_nobody_adopts_without_a_name(folder):
    with pytest.raises(InputError, match="谁采用"):
        history.adopt(load(folder), author=" ", note="", at=NOON)


def test_an_unknown_version_is_named(folder):
    with pytest.raises(InputError, match="没有版本「abc」"):
        history.open_version(folder, "abc")


def test_new_and_removed_entries_are_told(folder):
    lists = load(folder)
    child = next(matter for matter in lists.matters.values() if matter.level == 4)
    less = replace(
        lists,
        matters={code: m for code, m in lists.matters.items() if code != child.code},
        clauses=tuple(c for c in lists.clauses if c.matter != child.code),
    )
    gone = [change.text for change in diff.compare(lists, less)]
    assert f"删除事项 {child.code} {child.name}" in gone
    back = [change.text for change in diff.compare(less, lists)]
    assert any(text.startswith(f"新增事项 {child.code} {child.name}") for text in back)
    assert diff.counts(diff.compare(less, lists))["新增事项"] == 1


def test_exemplars_of_a_removed_city_matter_fall_to_the_standard_one(folder):
    lists = load(folder)
    child = next(matter for matter in lists.matters.values() if matter.level == 4)
    count = sum(row.matter == child.code for row in lists.exemplars())
    before = sum(row.matter == child.standard for row in lists.exemplars())
    less = replace(
        lists,
        matters={code: m for code, m in lists.matters.items() if code != child.code},
        clauses=tuple(c for c in lists.clauses if c.matter != child.code),
    )
    history.adopt(less, author="张三", note="", at=NOON)
    after = load(folder).exemplars()
    assert sum(row.matter == child.standard for row in after) == before + count
    assert not any(row.matter == child.code for row in after)


def test_a_copy_is_a_city_s_own(folder, tmp_path, monkeypatch):
    own = tmp_path / "own"
    history.copy(folder, own)
    monkeypatch.setenv("HOTLINE_CATALOGUE", str(own))
    assert load().folder == own.resolve() and load().version == load(folder).version
    with pytest.raises(InputError, match="不是空的"):
        history.copy(folder, own)


def test_a_folder_without_lists_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_CATALOGUE", str(tmp_path))
    with pytest.raises(InputError, match=r"没有 matters\.csv"):
        load()
