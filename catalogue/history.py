"""Versions of the lists: every one adopted is kept whole, with its date, its author and what he said of it.

`versions/log.jsonl` in the folder of the lists holds one line a version, oldest first; beside it lies a zip of its files.
"""

import json
import shutil
import tempfile
import zipfile
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from catalogue.entries import Matter
from catalogue.errors import HotlineError, InputError
from catalogue.loading import Catalogue, forget, load, read
from catalogue.writing import write_lists

SHIPPED = "随软件发布"


@dataclass(frozen=True)
class Version:
    """One version of the lists: its twelve digits, when it was adopted, by whom, and why."""

    version: str
    adopted_at: str
    author: str
    note: str


def versions(folder: Path) -> list[Version]:
    """All versions that were adopted in a folder, oldest first."""
    log = folder / "versions" / "log.jsonl"
    if not log.exists():
        return []
    return [Version(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]


def adopt(lists: Catalogue, *, author: str, note: str, at: datetime) -> Version:
    """Make lists (checked before) the ones in force in their folder; what was in force before is kept.

    Exemplars of a city matter that is gone fall to its standard matter. Raises InputError without an author.
    """
    if not author.strip():
        raise InputError("catalogue.author", "请写明是谁采用这一版（--author）")
    folder = lists.folder
    try:
        if not versions(folder):
            _keep(folder, Version(load(folder).version, at.isoformat(timespec="seconds"), SHIPPED, "修改前的版本"))
        write_lists(folder, lists.matters, lists.clauses)
        _retarget(folder, lists.matters)
        forget()
        version = Version(load(folder).version, at.isoformat(timespec="seconds"), author.strip(), note.strip())
        _keep(folder, version)
    except OSError as error:
        raise HotlineError(
            "catalogue.folder",
            f"不能写入清单目录 {folder}（{error.strerror}）；可用 hotline catalogue copy 复制一份，再设 HOTLINE_CATALOGUE",
        ) from None
    return version


def _keep(folder: Path, version: Version) -> None:
    store = folder / "versions"
    store.mkdir(exist_ok=True)
    with zipfile.ZipFile(store / f"{version.version}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in list_files(folder):
            archive.write(path, path.relative_to(folder))
    with (store / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(asdict(version), ensure_ascii=False) + "\n")


def list_files(folder: Path) -> list[Path]:
    """Every file that makes up the lists, exemplars among them."""
    found = (path for path in folder.rglob("*") if path.suffix in (".csv", ".yaml", ".tsv") and path.is_file())
    return sorted(path for path in found if "versions" not in path.relative_to(folder).parts)


def _retarget(folder: Path, matters: dict[str, Matter]) -> None:
    for path in (folder / "exemplars").glob("*.tsv"):
        lines = path.read_text(encoding="utf-8").split("\n")
        moved = [_moved(line, matters) for line in lines]
        if moved != lines:
            path.write_text("\n".join(moved), encoding="utf-8")


def _moved(line: str, matters: dict[str, Matter]) -> str:
    code, tab, rest = line.partition("\t")
    return f"{code[:6]}{tab}{rest}" if len(code) == 8 and code not in matters and code[:6] in matters else line


def open_version(folder: Path, version: str) -> Catalogue:
    """A kept version, or the lists as they are for `now`. Raises InputError for one that was never kept."""
    if version in ("now", load(folder).version):
        return load(folder)
    path = folder / "versions" / f"{version}.zip"
    if not path.is_file():
        known = "、".join(found.version for found in versions(folder)) or "无"
        raise InputError("catalogue.version", f"没有版本「{version}」，留存的版本：{known}")
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(path) as archive:
        archive.extractall(scratch)
        return read(Path(scratch))


def restore(folder: Path, version: str, *, author: str, at: datetime) -> Version:
    """Put a kept version in force again, as a new entry of the log."""
    old = open_version(folder, version)
    return adopt(replace(old, folder=folder), author=author, note=f"恢复版本 {version}", at=at)


def copy(folder: Path, target: Path) -> None:
    """A city's own copy of the lists, to be named by HOTLINE_CATALOGUE. Raises InputError where the target is not empty."""
    if target.exists() and any(target.iterdir()):
        raise InputError("catalogue.copy", f"目录 {target} 不是空的")
    for path in list_files(folder):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
