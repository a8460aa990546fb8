"""Commands that make and measure the models: `pretrain`, `train`, `evaluate`, `bench`."""

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
) -> None:
    """用一个城市自己的未标注文本重新制作词向量与文本编码器（只产出数字）。"""
    from models.pretraining import make

    make(corpus, output=output, minutes=minutes, exemplars=exemplars, report=say)


def train_(
    output: Annotated[Path, typer.Option(help="权重文件夹")] = Path("models/weights"),
    pretrained: Annotated[Path, typer.Option(help="词向量与编码器所在文件夹")] = Path("models/pretrained"),
    epochs: Annotated[int, typer.Option(help="网络训练轮数")] = 5,
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
) -> None:
    """在一份带标注的工单上度量，附签名与 95% 区间。"""
    from hotline.decision.evaluation import evaluate, show

    show(evaluate(gold, baseline=baseline), json_=json_)


def bench_(
    what: Annotated[str, typer.Argument(help="suggest")] = "suggest",
    count: int = 200,
    json_: Json = False,
) -> None:
    """度量速度：每条文本给出建议的时间（不含启动）。"""
    from hotline.decision.bench import bench_suggest

    if what != "suggest":
        raise typer.BadParameter("目前只有 suggest")
    bench_suggest(count=count, json_=json_)
