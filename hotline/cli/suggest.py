"""`hotline suggest`: texts or dialogues in, suggestions out, one JSON object a line."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `suggest`."""

    @app.command("suggest")
    def suggest_(
        input_: Annotated[Path | None, typer.Option("--input", help="JSONL 文件；不写则读标准输入")] = None,
        output: Annotated[Path | None, typer.Option("--output", help="写到哪个文件；不写则标准输出")] = None,
        text: Annotated[str | None, typer.Option("--text", help="只给一段文字")] = None,
        readable: Annotated[bool, typer.Option("--readable", help="印成一张看得懂的单子")] = False,
    ) -> None:
        """给出建议：事项、主办及理由、表单、要追问的一句话。"""
        from hotline.decision.bulk import suggest_lines
        from hotline.decision.printing import readable_suggestion
        from hotline.decision.suggester import load

        road = load()
        lines = _source(input_, text)
        sink = output.open("w", encoding="utf-8") if output else sys.stdout
        render = readable_suggestion if readable else None
        faults = suggest_lines(road, lines, sink, render=render, progress=sys.stderr.isatty())
        for fault in faults:
            print(fault, file=sys.stderr)
        raise typer.Exit(1 if faults else 0)


def _source(input_: Path | None, text: str | None):
    """What to read: the one text, the file, or standard input."""
    if text is not None:
        return [{"id": None, "text": text}]
    return input_.open("rb") if input_ else sys.stdin.buffer
