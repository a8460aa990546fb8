"""The shelf: versions of weights as folders under one home, and which of them is in use.

A version is a whole weights folder (`model.json`) or a local head (`local.json`), which stands on the shipped weights. Each
has a card of its figures. What came with the program is the version `shipped` and lies elsewhere. Which is in use is one small file,
replaced in one step: whoever reads it sees the old one or the new one.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogue.errors import HotlineError, InputError

SHIPPED = "shipped"
LOCAL, WHOLE = "local", "weights"
CARD, WEIGHTS_CARD, CURRENT = "card.json", "model.json", "current.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Version:
    """One version; `stands_on` is the shipped version under a local head, `figures` what was measured when it was made."""

    name: str
    kind: str
    folder: Path
    catalogue: str = ""
    stands_on: str = ""
    made_at: str = ""
    promoted: bool = False
    figures: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ground:
    """What versions have to fit: the lists of today and the shipped weights."""

    catalogue: str
    shipped: str


class Shelf:
    """The versions under `home`; `weights` is the folder that came with the program."""

    def __init__(self, home: Path, *, weights: Path) -> None:
        self.home, self.weights = home, weights

    def versions(self) -> list[Version]:
        """The shipped one, then the others, oldest first."""
        cards = {path.parent for name in (CARD, WEIGHTS_CARD) for path in self.home.glob(f"*/{name}")}
        found = [_version(folder) for folder in cards if not folder.name.startswith(".")]
        shipped = Version(SHIPPED, WHOLE, self.weights, promoted=True)
        return [shipped, *sorted(found, key=lambda version: (version.made_at, version.name))]

    def find(self, name: str) -> Version:
        """A version by name. Raises InputError."""
        versions = {version.name: version for version in self.versions()}
        if name not in versions:
            raise InputError("model.version", f"没有模型版本「{name}」，现有：{'、'.join(versions)}")
        return versions[name]

    def used(self) -> list[str]:
        """Names in the order they were put into use; the last one is in use now. `shipped` is always the first."""
        try:
            used = json.loads((self.home / CURRENT).read_text(encoding="utf-8"))["used"]
            if isinstance(used, str):
                raise TypeError(used)
            return [SHIPPED, *used]
        except FileNotFoundError:
            return [SHIPPED]
        except (ValueError, KeyError, TypeError):
            raise HotlineError(
                "model.current", f"{self.home / CURRENT} 读不懂，请删除它后重新选用模型", status=503
            ) from None

    def current(self) -> Version:
        """The version in use. Raises HotlineError where its folder is gone."""
        return self.find(self.used()[-1])

    def use(self, name: str, ground: Ground) -> Version:
        """Put a version into use from the next start on. Raises InputError where it does not fit; nothing is changed then."""
        version = self.find(name)
        reason = misfit(version, ground)
        if reason:
            raise InputError("model.misfit", f"模型 {name} 不能用：{reason}")
        if self.used()[-1] != name:
            self._write([*self.used(), name])
        return version

    def rollback(self, ground: Ground) -> Version:
        """Back to the version used before. Raises InputError where there is none, or where it does not fit any more."""
        used = self.used()
        if len(used) == 1:
            raise InputError("model.rollback", "正在使用的就是随软件发布的模型，没有更早的可退")
        version = self.find(used[-2])
        reason = misfit(version, ground)
        if reason:
            raise InputError(
                "model.misfit", f"上一个模型 {version.name} 不能用：{reason}；可执行 hotline models use shipped"
            )
        self._write(used[:-1])
        return version

    def add(self, name: str, card: Mapping[str, Any], write: Callable[[Path], None]) -> Version:
        """A new version: `write` fills its folder, which gets its name only when it is whole; one of the same name gives way."""
        if not _NAME.fullmatch(name) or name == SHIPPED:
            raise InputError("model.name", f"「{name}」不能作模型版本的名称")
        folder, making, old = self.home / name, self.home / f".making-{name}", self.home / f".old-{name}"
        for leftover in (making, old):
            shutil.rmtree(leftover, ignore_errors=True)
        making.mkdir(parents=True)
        write(making)
        (making / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        making.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
        return _version(folder)

    def _write(self, used: list[str]) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        unfinished = self.home / f".{CURRENT}.{os.getpid()}"
        # Two in a row of the same name would make the next rollback do nothing.
        names = [name for at, name in enumerate(used) if at and name != used[at - 1]]
        unfinished.write_text(json.dumps({"used": names}, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(unfinished, self.home / CURRENT)


def misfit(version: Version, ground: Ground) -> str:
    """Why a version can't be used under these lists and shipped weights; "" where it can."""
    if version.catalogue and version.catalogue != ground.catalogue:
        return f"它是按清单 {version.catalogue} 做的，现行清单是 {ground.catalogue}，请用现行清单重新训练"
    if version.kind == LOCAL and version.stands_on != ground.shipped:
        return f"它建在识别模型 {version.stands_on} 之上，随软件发布的是 {ground.shipped}，请重新执行 hotline train --history"
    return ""


def _version(folder: Path) -> Version:
    """A folder with a card of ours, or a weights folder as `hotline train --output` leaves it."""
    path = folder / CARD if (folder / CARD).exists() else folder / WEIGHTS_CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        kind = card.get("kind", WHOLE)
        keys = ("catalogue", "stands_on", "made_at", "promoted", "figures")
        return Version(name=folder.name, kind=kind, folder=folder, **{key: card[key] for key in keys if key in card})
    except (OSError, ValueError, TypeError) as error:
        raise HotlineError("model.card", f"模型 {folder.name} 的说明 {path.name} 读不懂：{error}", status=503) from None
