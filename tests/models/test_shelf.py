"""The shelf of model versions: what is on it, what is in use, what is refused, and the way back."""

import json

import pytest

from catalogue.errors import HotlineError, InputError
from models.shelf import SHIPPED, Ground, Shelf

HERE = Ground(catalogue="c1", shipped="s1")


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    """An empty shelf."""
    return Shelf(tmp_path / "models", weights=tmp_path / "weights")


def put(shelf: Shelf, name: str, *, made_at: str = "2026-11-01", **card) -> None:
    """A small local version."""
    base = {"kind": "local", "stands_on": "s1", "catalogue": "c1", "made_at": made_at, "promoted": True}
    shelf.add(name, base | card, lambda folder: (folder / "head").write_text(name))


def test_an_empty_shelf_has_what_came_with_the_program(shelf):
    assert [version.name for version in shelf.versions()] == [SHIPPED]
    assert shelf.current().folder == shelf.weights


def test_use_and_the_way_back(shelf):
    put(shelf, "a", made_at="2026-10-01")
    put(shelf, "b", made_at="2026-11-01")
    assert [version.name for version in shelf.versions()] == [SHIPPED, "a", "b"]
    shelf.use("a", HERE)
    shelf.use("b", HERE)
    shelf.use("b", HERE)
    assert shelf.current().name == "b"
    assert shelf.rollback(HERE).name == "a"
    assert shelf.rollback(HERE).name == SHIPPED
    with pytest.raises(InputError, match="没有更早的可退"):
        shelf.rollback(HERE)
    shelf.use("b", HERE)
    shelf.use(SHIPPED, HERE)
    assert shelf.rollback(HERE).name == "b"


MISFITS = [
    ({"catalogue": "c0"}, "按清单 c0 做的，现行清单是 c1"),
    ({"stands_on": "s0"}, "建在识别模型 s0 之上，随软件发布的是 s1"),
]


@pytest.mark.parametrize(("card", "reason"), MISFITS)
def test_a_version_of_other_lists_or_weights_is_refused_with_the_reason(shelf, card, reason):
    put(shelf, "a", **card)
    with pytest.raises(InputError, match=reason):
        shelf.use("a", HERE)
    assert shelf.current().name == SHIPPED


def test_the_way_back_to_what_does_not_fit_any_more_is_refused(shelf):
    put(shelf, "a")
    put(shelf, "b", catalogue="c2")
    shelf.use("a", HERE)
    now = Ground(catalogue="c2", shipped="s1")
    shelf.use("b", now)
    with pytest.raises(InputError, match=r"上一个模型 a 不能用.*use shipped"):
        shelf.rollback(now)
    assert shelf.current().name == "b"


def test_an_unknown_version_is_named_with_those_there_are(shelf):
    put(shelf, "a")
    with pytest.raises(InputError, match="没有模型版本「x」，现有：shipped、a"):
        shelf.use("x", HERE)


def test_a_version_made_again_takes_the_place_of_the_old(shelf):
    put(shelf, "a")
    put(shelf, "a", made_at="2026-12-01")
    assert [version.made_at for version in shelf.versions()] == ["", "2026-12-01"]


def test_a_version_that_fails_in_the_making_leaves_no_trace(shelf):
    put(shelf, "a")

    def full_disk(folder) -> None:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="space"):
        shelf.add("a", {}, full_disk)
    with pytest.raises(OSError, match="space"):
        shelf.add("b", {}, full_disk)
    assert [version.name for version in shelf.versions()] == [SHIPPED, "a"]
    assert (shelf.find("a").folder / "head").read_text() == "a"


def test_a_whole_weights_folder_is_a_version(shelf):
    (shelf.home / "city").mkdir(parents=True)
    (shelf.home / "city" / "model.json").write_text(json.dumps({"version": "x", "cells": {}}))
    assert shelf.use("city", HERE).kind == "weights"


@pytest.mark.parametrize("name", ["", "../evil", ".hidden", SHIPPED, "a" * 70])
def test_a_name_that_is_no_folder_of_the_shelf_is_refused(shelf, name):
    with pytest.raises(InputError, match="不能作模型版本的名称"):
        put(shelf, name)


@pytest.mark.parametrize("words", ["", "{", "[]", '{"used": 5}', '{"used": "a"}'])
def test_a_broken_note_of_what_is_in_use_is_said(shelf, words):
    shelf.home.mkdir()
    (shelf.home / "current.json").write_text(words)
    with pytest.raises(HotlineError, match="读不懂"):
        shelf.used()
