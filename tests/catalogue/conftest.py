"""Copies of the shipped lists that a test may spoil."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import Catalogue, load
from catalogue.loading import FOLDER
from catalogue.writing import write_lists


def branch(code: str) -> Catalogue:
    """The shipped lists of one branch: what holds of the whole shows as well on a short one."""
    lists = load()
    matters = {key: matter for key, matter in lists.matters.items() if key.startswith(code)}
    return replace(lists, matters=matters, clauses=tuple(c for c in lists.clauses if c.matter in matters))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the shipped lists of branch 12 (司法行政) and all they rest on."""
    target = tmp_path / "catalogue"
    unwanted = shutil.ignore_patterns("*.py", "__pycache__", "versions", "duties", "matters", "exemplars")
    shutil.copytree(FOLDER, target, ignore=unwanted)
    for name in ("duties", "matters", "exemplars"):
        (target / name).mkdir()
    lists = branch("12")
    write_lists(target, lists.matters, lists.clauses)
    for path in (FOLDER / "exemplars").glob("12*.tsv"):
        shutil.copyfile(path, target / "exemplars" / path.name)
    return target
