"""What README promises exists: its commands, its test command, its figures' signature."""

import re
import shlex
from pathlib import Path

import click
import pytest
import typer

from hotline.cli import build

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""


def commands() -> list[str]:
    """Every `hotline …` line of README's code blocks, comments and placeholders cut."""
    blocks = re.findall(r"```(?:sh|bash|console)?\n(.*?)```", README, flags=re.S)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("hotline ")]


@pytest.mark.parametrize("line", commands())
def test_command_exists(line):
    command = typer.main.get_command(build())
    for word in shlex.split(line)[1:]:
        if not isinstance(command, click.Group) or word not in command.commands:
            break
        command = command.commands[word]
    assert not isinstance(command, click.Group), f"{line}: no such command"


def test_test_command_is_what_ci_runs():
    assert re.search(r"^<!-- test-command: make test -->$", README, flags=re.M)
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
