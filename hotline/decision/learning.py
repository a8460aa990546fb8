"""Learning from a city's closed tickets: train a local head, measure it on the newest month, promote it if it is better."""

import csv
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from hotline import __version__
from hotline.clock import CHINA
from models import history
from models.history_chunks import LessonMaker
from models.label_check import near_copies, suspects
from models.local import Lessons, LocalConfig, LocalHead, choose_penalty, fit, log_losses, out_of_fold, softmax
from models.reader import Reader
from models.shelf import LOCAL, Ground, Shelf
from models.vectors import TermVectors

MOST = 30_000
SIZES = (100, 300, 1_000, 3_000, 10_000, 30_000)
SUSPECTS = "疑似错标.csv"
FIGURES = {"accuracy@1": "主办首选正确", "accuracy@3": "主办前三含正确", "log loss": "对数损失（越小越好）"}


@dataclass(frozen=True)
class Gathered:
    """A history as lessons, in order of time: to learn from (near copies of test tickets dropped) and to measure on."""

    found: history.Survey
    maker: LessonMaker
    train: Lessons
    train_at: np.ndarray
    test: Lessons
    test_at: np.ndarray
    copies: int

    def facts(self) -> dict[str, Any]:
        """What was read, for the card and the report."""
        days = [history.day_of(self.found.seconds[at]) for at in (0, self.test_at[0], -1)]
        return {
            "file": self.found.path.name, "digest": self.found.digest, "tickets": len(self.found),
            "learnt": len(self.train), "held_out": len(self.test), "near_copies": self.copies,
            "from": days[0], "held_out_from": days[1], "to": days[2],
        }  # fmt: skip


@contextmanager
def gathered(
    path: Path,
    *,
    reader: Reader,
    vectors: TermVectors,
    home: Path,
    most: int = MOST,
    seed: int = 0,
    progress: bool = False,
) -> Iterator[Gathered]:
    """Read, split and encode a history; the encoded chunks lie under `home` and go when the work is done.

    Broken off, they stay for the next start. Raises InputError where the file can't be read or nothing can be learnt from it.
    """
    maker = LessonMaker(reader=reader, vectors=vectors, config=LocalConfig(seed=seed))
    with _watched_file(path, progress) as source:
        found = history.survey(path, reader.catalogue, source)
    history.check(found)
    train_at, test_at = history.split(found, most=most, seed=seed)
    at = np.concatenate([train_at, test_at])
    in_file = np.argsort(found.rows[at])
    rows = found.rows[at][in_file]
    folder = home / ".encoding" / maker.key(found, rows)
    with _bar(len(rows), progress) as done:
        lessons = maker.encode_rows(found, rows, folder=folder, done=done).take(np.argsort(in_file))
    train, test = lessons.take(np.arange(len(train_at))), lessons.take(np.arange(len(train_at), len(at)))
    kept = np.flatnonzero(~near_copies(train.features.grams, test.features.grams))
    copies = len(train) - len(kept)
    yield Gathered(found, maker, train.take(kept), train_at[kept], test, test_at, copies)
    shutil.rmtree(folder)


def learn(
    path: Path,
    *,
    reader: Reader,
    vectors: TermVectors,
    shelf: Shelf,
    most: int = MOST,
    seed: int = 0,
    progress: bool = False,
) -> dict[str, Any]:
    """Train on a history, measure, put the head on the shelf, and into use if it is better. Returns the report as data.

    Raises HotlineError where nothing can be learnt or the training breaks; the model in use then stays in use.
    """
    with gathered(
        path, reader=reader, vectors=vectors, home=shelf.home, most=most, seed=seed, progress=progress
    ) as data:
        frame = data.maker.frame
        config = choose_penalty(data.train, frame=frame, config=data.maker.config)
        head = fit(data.train, frame=frame, config=config)
        figures = compare(shipped(data.test), head.probabilities(data.test.features), data.test.leads, seed=seed)
        better, reason = judge(figures)
        card = {
            "kind": LOCAL, "stands_on": reader.version, "catalogue": reader.catalogue.version, "code": __version__,
            "made_at": datetime.now(CHINA).isoformat(timespec="seconds"), "history": data.facts(),
            "config": asdict(config), "figures": figures, "promoted": better, "reason": reason,
        }  # fmt: skip
        wrong = doubtful(data, head, config)
        version = shelf.add(_name(card), card, lambda folder: _write(folder, head, wrong))
        if better:
            shelf.use(version.name, Ground(reader.catalogue.version, reader.version))
    return {
        **card,
        "version": version.name,
        "folder": str(version.folder),
        "faults": data.found.faults.lines(),
        "suspects": wrong,
    }


def shipped(lessons: Lessons) -> np.ndarray:
    """What the shipped reader says of the lessons: (tickets, leads), no lead under the floor of the logarithm."""
    return softmax(lessons.features.logs)


def compare(
    before: np.ndarray, after: np.ndarray, leads: np.ndarray, *, seed: int = 0, draws: int = 1000
) -> dict[str, dict[str, float]]:
    """Each figure before and after on the same tickets, with the 95 % interval of the difference (paired bootstrap)."""
    rows = np.random.default_rng(seed).integers(0, len(leads), (draws, len(leads)))
    out = {}
    for name, (one, other) in {
        name: (_judged(before, leads, name), _judged(after, leads, name)) for name in FIGURES
    }.items():
        low, high = np.percentile((other - one)[rows].mean(axis=1), [2.5, 97.5])
        values = {
            "before": one.mean(),
            "after": other.mean(),
            "difference": (other - one).mean(),
            "low": low,
            "high": high,
        }
        out[name] = {key: round(float(value), 4) for key, value in values.items()}
    return out


def _judged(probabilities: np.ndarray, leads: np.ndarray, figure: str) -> np.ndarray:
    """A figure of each ticket: (tickets,)."""
    if figure == "log loss":
        return log_losses(probabilities, leads)
    own = probabilities[np.arange(len(leads)), leads]
    place = (probabilities > own[:, None]).sum(axis=1)
    return (place < int(figure.removeprefix("accuracy@"))).astype(float)


def judge(figures: Mapping[str, Mapping[str, float]]) -> tuple[bool, str]:
    """Whether a head is surely better on what it has not seen, and the reason in words."""
    right, loss = figures["accuracy@1"], figures["log loss"]
    if right["low"] > 0:
        return True, "首选正确率提高，95% 区间不含 0"
    if loss["high"] < 0 and right["difference"] >= 0:
        return True, "首选正确率没有下降，对数损失降低且 95% 区间不含 0"
    return False, "在最近的工单上没有确实变好，保留但不采用，仍用原来的模型"


def doubtful(data: Gathered, head: LocalHead, config: LocalConfig) -> list[dict[str, Any]]:
    """Tickets whose lead is likely wrong in the file, by row; of each the probabilities come from a head that has not seen it."""
    frame = data.maker.frame
    unseen = np.concatenate(
        [out_of_fold(data.train, frame=frame, config=config), head.probabilities(data.test.features)]
    )
    rows = data.found.rows[np.concatenate([data.train_at, data.test_at])]
    short = data.maker.reader.catalogue.short
    return [
        {
            "row": int(rows[one.position]), "lead": short(frame.leads[one.label]), "suggested": short(frame.leads[one.suggestion]),
            "lead_p": round(one.label_p, 4), "suggested_p": round(one.suggestion_p, 4),
        }
        for one in suspects(unseen, np.concatenate([data.train.leads, data.test.leads]))
    ]  # fmt: skip


def learning_curve(data: Gathered, *, seed: int = 0) -> list[dict[str, Any]]:
    """Figures on the held-out month after the newest 0, 100, 300, 1,000 … tickets before it, and after all of them."""
    sizes = [size for size in SIZES if size < len(data.train)]
    before, out = shipped(data.test), []
    for size in (0, *sizes, len(data.train)):
        lessons = data.train.take(np.arange(len(data.train) - size, len(data.train)))
        config = (
            choose_penalty(lessons, frame=data.maker.frame, config=data.maker.config) if size else data.maker.config
        )
        after = fit(lessons, frame=data.maker.frame, config=config).probabilities(data.test.features)
        out.append({"tickets": size, "figures": compare(before, after, data.test.leads, seed=seed)})
    return out


def bench_learning(path: Path, *, json_: bool) -> None:
    """`hotline bench learning HISTORY`: print the learning curve with its signature."""
    import catalogue
    from hotline.decision.in_use import shelf
    from models.reader import PRETRAINED, load

    reader, vectors = load(catalogue.load()), TermVectors.load(PRETRAINED / "vectors.npz")
    with gathered(path, reader=reader, vectors=vectors, home=shelf().home, progress=sys.stderr.isatty()) as data:
        curve = learning_curve(data)
        signature = {
            "code": __version__,
            "model": reader.version,
            "catalogue": reader.catalogue.version,
            **data.facts(),
        }
    if json_:
        print(json.dumps({"signature": signature, "curve": curve}, ensure_ascii=False))
        return
    print("  ".join(f"{key}={value}" for key, value in signature.items()))
    for point in curve:
        print(
            f"本地工单 {point['tickets']:>6} 件  "
            + "  ".join(_figure_words(name, row) for name, row in point["figures"].items())
        )


def report_lines(result: Mapping[str, Any], *, most: int = 10) -> list[str]:
    """The report of `learn` for a person."""
    read = result["history"]
    lines = [*result["faults"], ""] if result["faults"] else []
    lines += [
        f"可用工单 {read['tickets']} 件（{read['from']} 至 {read['to']}）；学习 {read['learnt']} 件，"
        f"检验 {read['held_out']} 件（{read['held_out_from']} 起），去掉与检验工单近似重复的 {read['near_copies']} 件",
        *(_figure_words(name, row) for name, row in result["figures"].items()),
    ]
    if result["suspects"]:
        lines.append(
            f"疑似错标 {len(result['suspects'])} 件，全部列在 {Path(result['folder']) / SUSPECTS}，未从学习中剔除："
        )
        lines += [f"  第 {one['row']} 行 {one['lead']} → {one['suggested']}？" for one in result["suspects"][:most]]
    verdict = "已采用，重启服务后生效" if result["promoted"] else "未采用"
    return [*lines, f"模型 {result['version']} {verdict}：{result['reason']}"]


def _figure_words(name: str, row: Mapping[str, float]) -> str:
    interval = f"[{row['low']:+.3f}, {row['high']:+.3f}]"
    return f"{FIGURES[name]} {row['before']:.3f} → {row['after']:.3f}（{row['difference']:+.3f} {interval}）"


def _name(card: Mapping[str, Any]) -> str:
    """Of the same tickets, ground and settings comes the same head, under the same name."""
    told = [card[key] for key in ("stands_on", "catalogue", "code", "config")] + [
        card["history"]["digest"],
        card["history"]["learnt"],
    ]
    return f"local-{card['history']['to']}-{hashlib.sha256(repr(told).encode()).hexdigest()[:8]}"


def _write(folder: Path, head: LocalHead, wrong: Sequence[Mapping[str, Any]]) -> None:
    head.save(folder)
    # The byte order mark makes Excel read it as UTF-8; no words of a citizen are in it.
    with (folder / SUSPECTS).open("w", encoding="utf-8-sig", newline="") as sink:
        table = csv.writer(sink)
        table.writerow(["行号", "现主办", "建议主办", "现主办的概率", "建议主办的概率"])
        table.writerows(one.values() for one in wrong)


@contextmanager
def _watched_file(path: Path, progress: bool):
    from rich.console import Console
    from rich.progress import open as watched

    console = Console(stderr=True)
    with watched(path, "rb", description="读工单", console=console, transient=True, disable=not progress) as source:
        yield source


@contextmanager
def _bar(total: int, progress: bool):
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not progress) as bar:
        task = bar.add_task("编码", total=total)
        yield lambda tickets: bar.update(task, completed=tickets)
