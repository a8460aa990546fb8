"""Commands that make and measure the models: `pretrain`, `train`, `evaluate`, `bench`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.progress import say

Json = Annotated[bool, typer.Option("--json", help="只输出数据")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pretrain")(pretrain_)
    app.command("train")(train_)
    app.command("evaluate")(evaluate_)
    app.command("bench")(bench_)


def pretrain_(
    corpus: Annotated[Path, typer.Argument(help="未标注文本：JSONL（title、text）或每行一条，可为 .gz")],
    output: Annotated[Path, typer.Option(help="写到哪个文件夹")] = Path("models/pretrained"),
    minutes: Annotated[float, typer.Option(help="编码器最多训练多少分钟")] = 60,
    exemplars: Annotated[bool, typer.Option(help="同时读入例句")] = False,
    resume: Annotated[Path | None, typer.Option(help="接着这个文件夹里的编码器训练，词向量不动")] = None,
) -> None:
    """用一个城市自己的未标注文本重新制作词向量与文本编码器（只产出数字）。"""
    from models.pretraining import make

    make(corpus, output=output, minutes=minutes, exemplars=exemplars, resume=resume, report=say)


def train_(
    output: Annotated[Path, typer.Option(help="权重文件夹")] = Path("models/weights"),
    pretrained: Annotated[Path, typer.Option(help="词向量与编码器所在文件夹")] = Path("models/pretrained"),
    epochs: Annotated[int, typer.Option(help="网络训练轮数")] = 3,
    precision: Annotated[float, typer.Option(help="承诺的直派准确率")] = 0.9,
    seed: int = 0,
    only_lines: Annotated[bool, typer.Option("--only-lines", help="权重不动，只重新定线（改了规则之后用）")] = False,
) -> None:
    """用例句训练识别模型，并在校准工单上确定直派线与集合。"""
    import catalogue
    from hotline.decision.suggester import load
    from hotline.decision.training import refit_lines, train_road

    if only_lines:
        refit_lines(load(output), output, precision, say)
        return

    train_road(
        catalogue.load(), pretrained=pretrained, output=output, epochs=epochs, precision=precision, seed=seed, report=say
    )  # fmt: skip


def evaluate_(
    gold: Annotated[Path, typer.Argument(help="带 gold 的工单 JSONL")],
    json_: Json = False,
    baseline: Annotated[bool, typer.Option(help="同时给出线性基线")] = False,
    oracle_matter: Annotated[bool, typer.Option("--oracle-matter", help="告知正确的标准事项，只度量清单")] = False,
) -> None:
    """在一份带标注的工单上度量，附签名与 95% 区间。"""
    from hotline.decision.evaluation import evaluate, show

    show(evaluate(gold, baseline=baseline, oracle_matter=oracle_matter), json_=json_)


def bench_(
    what: Annotated[
        str, typer.Argument(help="suggest 建议的速度，facts 定责事实读得准不准，lists 清单的载入")
    ] = "suggest",
    count: int = 200,
    json_: Json = False,
) -> None:
    """度量：suggest 每条建议的时间；facts 由例句量线索；lists 载入和检查清单的时间与内存。"""
    if what == "lists":
        # Before anything heavier is loaded, so that the memory is that of the lists.
        from catalogue.bench import measure

        figures = measure()
        print(json.dumps(figures) if json_ else "  ".join(f"{key}={value}" for key, value in figures.items()))
        return
    from hotline.decision import bench

    benches = {
        "suggest": lambda: bench.bench_suggest(count=count, json_=json_),
        "facts": lambda: bench.bench_facts(json_=json_),
    }
    if what not in benches:
        raise typer.BadParameter("只有 suggest、facts、lists")
    benches[what]()
