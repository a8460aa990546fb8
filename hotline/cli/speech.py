"""Commands: speech to text, the state of the speech model, its installation."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from asr.recognise import Recogniser
    from asr.transcribe import Transcript

SPEAKER_NAMES = {"agent": "话务员", "caller": "来电人"}
asr_app = typer.Typer(help="语音模型：检查、安装", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("transcribe", help="把录音转成文字")(transcribe_command)
    app.add_typer(asr_app, name="asr")


def speakers(channels: str) -> list[str]:
    """`agent,caller` as a list. Raises BadParameter unless it names two different speakers."""
    names = [name.strip() for name in channels.split(",")]
    if sorted(names) != sorted(SPEAKER_NAMES):
        raise typer.BadParameter("应为 agent,caller 或 caller,agent")
    return names


def transcribe_command(
    audio: Annotated[list[Path], typer.Argument(help="录音文件，可以有多个")],
    as_json: Annotated[bool, typer.Option("--json", help="只输出数据，每个文件一行")] = False,
    channels: Annotated[str, typer.Option(help="左、右声道各是谁")] = "agent,caller",
    demo: Annotated[bool, typer.Option("--demo", help="使用演示模型")] = False,
) -> None:
    """Transcribe each file; a file that fails is reported by name, the rest is done, the exit code is 1."""
    from asr.install import load_recogniser
    from catalogue.errors import HotlineError

    order = speakers(channels)
    recogniser = load_recogniser(demo=demo or None)
    _note(recogniser)
    failed = False
    with _progress() as progress:
        for path in audio:
            try:
                transcript = _transcribe_one(path, recogniser, order, progress)
            except HotlineError as error:
                failed = True
                typer.echo(f"错误[{error.code}]：{error.message}", err=True)
                continue
            _show(transcript, as_json=as_json)
    if failed:
        raise typer.Exit(1)


def _transcribe_one(path: Path, recogniser: "Recogniser", order: list[str], progress: "Progress") -> "Transcript":
    from asr.transcribe import transcribe

    task = progress.add_task(path.name, total=None)

    def moved(done: float, total: float) -> None:
        progress.update(task, completed=done, total=total or None)

    try:
        return transcribe(path, recogniser=recogniser, channels=order, progress=moved)
    finally:
        progress.remove_task(task)


def _progress() -> "Progress":
    """A bar on stderr, so that stdout holds the transcript alone."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _note(recogniser: "Recogniser") -> None:
    if recogniser.demo:
        from asr.demo import SENTENCE

        typer.echo(f"注意：正在使用演示模型。{SENTENCE}", err=True)


def _show(transcript: "Transcript", *, as_json: bool) -> None:
    for warning in transcript.warnings:
        typer.echo(f"提醒：{warning}", err=True)
    if as_json:
        typer.echo(json.dumps(transcript.to_json(), ensure_ascii=False))
        return
    typer.echo(f"{transcript.source}　{transcript.seconds:.1f} 秒　{transcript.model}")
    for turn in transcript.turns:
        typer.echo(f"  [{_clock(turn.start)}] {SPEAKER_NAMES.get(turn.who, turn.who)}：{turn.text}")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{seconds % 60:04.1f}"


@asr_app.command("check", help="正在使用哪个语音模型，能不能用")
def check_command(
    as_json: Annotated[bool, typer.Option("--json", help="只输出数据")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="检查演示模型")] = False,
) -> None:
    """Name the model in use and try it on the sample calls."""
    from asr.check import check

    state = check(demo=demo or None)
    if as_json:
        typer.echo(json.dumps(state, ensure_ascii=False))
        return
    typer.echo(f"语音模型：{state['name']}（{state['bytes'] / 1e6:.1f} MB）")
    typer.echo(f"文件夹：{state['model']}")
    test = state["self_test"]
    typer.echo(f"示例通话自检：{test['calls']} 段，字错率 {test['cer']:.1%}，耗时为录音时长的 {test['rtf']:.1%}")
    if state["note"]:
        typer.echo(f"注意：{state['note']}")
    elif test["cer"] > 0.3:
        typer.echo("说明：示例通话是合成声音，真人模型听不准是正常的。")


@asr_app.command("install", help="安装语音模型")
def install_command(
    archive: Annotated[Path | None, typer.Option("--from", help="已经下载好的 ZIP 文件（内网用）")] = None,
    model: Annotated[str, typer.Option("--model", help="要下载的模型名称")] = "vosk-model-small-cn-0.22",
) -> None:
    """Download or unpack a model."""
    from asr.install import install

    with _progress() as progress:
        task = progress.add_task(f"下载 {model}" if archive is None else f"解压 {archive.name}", total=None)
        done = install(
            archive=archive,
            name=model,
            progress=lambda now, total: progress.update(task, completed=now, total=total or None),
        )
    typer.echo(f"已安装 {done.name}：{done.path}")
