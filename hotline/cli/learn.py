"""Commands that make the models: `pretrain`, `train`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.progress import say


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pretrain")(pretrain_)
    app.command("train")(train_)


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
    encoder: Annotated[
        str | None, typer.Option(help="网络用别的编码器：本地文件夹或模型库编号（BERT 类、逐字中文），如 BGE、RoBERTa")
    ] = None,
    epochs: Annotated[int, typer.Option(help="网络训练轮数")] = 8,
    precision: Annotated[float, typer.Option(help="承诺的直派准确率")] = 0.98,
    coverage: Annotated[float, typer.Option(help="承诺主办落在候选集合里的比例")] = 0.95,
    seed: int = 0,
    only_lines: Annotated[bool, typer.Option("--only-lines", help="权重不动，只重新定线（改了规则之后用）")] = False,
    history: Annotated[
        Path | None, typer.Option(help="只学本市自己的办结工单（.csv、.xlsx、.jsonl）：随附模型不动，变好了才采用")
    ] = None,
    most: Annotated[int, typer.Option(min=100, help="--history：最多学多少件，再多则随机抽取")] = 30_000,
    json_: Annotated[bool, typer.Option("--json", help="--history：只输出数据")] = False,
) -> None:
    """用例句训练识别模型，并在校准工单上确定直派线与集合；--history 则从本市办结工单学主办单位。"""
    import catalogue

    if history is not None:
        _learn(history, most=most, seed=seed, json_=json_)
        return
    from hotline.decision.suggester import load
    from hotline.decision.training import refit_lines, train_road

    if only_lines:
        refit_lines(load(output), output, precision=precision, coverage=coverage, report=say)
        return

    train_road(
        catalogue.load(),
        pretrained=pretrained,
        output=output,
        encoder=encoder,
        epochs=epochs,
        precision=precision,
        coverage=coverage,
        seed=seed,
        report=say,
    )


def _learn(history: Path, *, most: int, seed: int, json_: bool) -> None:
    import catalogue
    from hotline.decision.in_use import shelf
    from hotline.decision.learning import learn, report_lines
    from models.reader import PRETRAINED, load
    from models.vectors import TermVectors

    result = learn(
        history,
        reader=load(catalogue.load()),
        vectors=TermVectors.load(PRETRAINED / "vectors.npz"),
        shelf=shelf(),
        most=most,
        seed=seed,
        progress=sys.stderr.isatty() and not json_,
    )
    print(json.dumps(result, ensure_ascii=False) if json_ else "\n".join(report_lines(result)))
