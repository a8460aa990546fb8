"""Commands that measure: `evaluate` on a labelled file, `bench` on what anybody has."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.progress import say

Json = Annotated[bool, typer.Option("--json", help="只输出数据")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("evaluate")(evaluate_)
    app.command("bench")(bench_)


def evaluate_(
    gold: Annotated[Path, typer.Argument(help="带 gold 的工单 JSONL")],
    json_: Json = False,
    baseline: Annotated[bool, typer.Option(help="同时给出线性基线")] = False,
    parts: Annotated[bool, typer.Option(help="同时给出每个读法单独的成绩（线性、向量、网络、检索）")] = False,
    oracle_matter: Annotated[bool, typer.Option("--oracle-matter", help="告知正确的标准事项，只度量清单")] = False,
    against: Annotated[
        str | None, typer.Option(help="在同一批工单上对比：另一个权重文件夹，或 linear（线性基线）")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="把图表和代价最大的错误写成一个网页（含来电原文，勿外传）")
    ] = None,
) -> None:
    """在一份带标注的工单上度量，附签名与 95% 区间。"""
    from hotline.decision.evaluation import evaluate, show

    if report is not None and not report.parent.is_dir():
        raise typer.BadParameter(f"没有文件夹「{report.parent}」", param_hint="--report")
    evaluation = evaluate(
        gold, baseline=baseline, parts=parts, oracle_matter=oracle_matter, against=against, watch=_bar
    )
    show(evaluation, json_=json_)
    if report is not None:
        from hotline.decision.report import write_report

        write_report(evaluation, report)
        say(f"报告写到 {report}（含来电原文，勿外传）")


def bench_(
    what: Annotated[
        str,
        typer.Argument(
            help="suggest 速度与内存，facts 定责事实，lists 清单，ingredients 训练各成分值多少，teddy 公开分类标尺，addresses 地址解析标尺，learning 学习曲线"
        ),
    ] = "suggest",
    path: Annotated[Path | None, typer.Argument(help="teddy：带标签的文件（.jsonl 或 .csv.gz）")] = None,
    count: Annotated[int, typer.Option(min=1, help="suggest：量多少条")] = 200,
    json_: Json = False,
) -> None:
    """度量：suggest 每条建议的时间、每秒成批多少条、内存；facts 由例句量线索；lists 载入和检查清单；teddy 与线性基线比。"""
    benches: Mapping[str, Callable[[], None]] = {
        "suggest": lambda: _suggest(count, json_),
        "facts": lambda: _facts(json_),
        "lists": lambda: _lists(json_),
        "teddy": lambda: _teddy(path, json_),
        "ingredients": lambda: _ingredients(path, json_),
        "addresses": lambda: _addresses(path, json_),
        "learning": lambda: _learning(path, json_),
    }
    if what not in benches:
        raise typer.BadParameter(f"只有 {'、'.join(benches)}")
    benches[what]()


def _lists(json_: bool) -> None:
    # Nothing heavier is loaded before, so that the memory is that of the lists.
    from catalogue.bench import measure

    figures = measure()
    print(json.dumps(figures) if json_ else "  ".join(f"{key}={value}" for key, value in figures.items()))


def _suggest(count: int, json_: bool) -> None:
    from hotline.decision.bench import bench_suggest

    bench_suggest(count=count, json_=json_)


def _facts(json_: bool) -> None:
    from hotline.decision.bench import bench_facts

    bench_facts(json_=json_)


def _teddy(path: Path | None, json_: bool) -> None:
    if path is None:
        raise typer.BadParameter("请给出文件：hotline bench teddy 文件.jsonl", param_hint="PATH")
    from models.yardsticks import measure, show

    show(measure(path, watch=_bar), json_=json_)


def _ingredients(path: Path | None, json_: bool) -> None:
    import catalogue
    from hotline import __version__
    from models.ingredients import measure
    from models.reader import PRETRAINED, digest
    from models.training import CALIBRATION

    gold, lists = path or CALIBRATION, catalogue.load()
    rows = measure(lists, gold, pretrained=PRETRAINED, watch=lambda rows: _bar(rows, "训练"))
    signature = {"code": __version__, "catalogue": lists.version, "data": digest(gold)}
    if json_:
        print(json.dumps({"signature": signature, "variants": rows}, ensure_ascii=False))
        return
    print("  ".join(f"{key}={value}" for key, value in signature.items()))
    for row in rows:
        print("  ".join(f"{key}={value}" for key, value in row.items()))


def _addresses(path: Path | None, json_: bool) -> None:
    if path is None or not path.is_dir():
        raise typer.BadParameter(
            "请给出文件夹：hotline bench addresses 文件夹（内有 zh_address_*.csv.gz）", param_hint="PATH"
        )
    from models.addresses import measure, show

    show(measure(path, report=say), json_=json_)


def _learning(path: Path | None, json_: bool) -> None:
    if path is None:
        raise typer.BadParameter("请给出办结工单：hotline bench learning 文件.csv", param_hint="PATH")
    from hotline.decision.learning import bench_learning

    bench_learning(path, json_=json_)


def _bar(rows: Sequence, what: str) -> Iterable:
    """The rows with a progress bar on stderr, where somebody looks at one."""
    from rich.console import Console
    from rich.progress import track

    return track(rows, what, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
