"""Command line: thin wrappers over functions that a test can call.

Exit codes: 0 done, 1 failed, 2 wrong usage. `--json` prints data only.
"""

import sys
from importlib import import_module

import typer

from catalogue.errors import HotlineError

# Each module has a `register(app)`; its heavy imports wait until a command of it runs.
GROUPS = ("suggest", "lists", "rules", "learn", "models", "measure", "speech", "desk", "demo")


def build() -> typer.Typer:
    """The command line application with every group of commands."""
    app = typer.Typer(
        help="12345 热线智能派单", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    for name in GROUPS:
        import_module(f"hotline.cli.{name}").register(app)
    return app


def main() -> None:
    """Entry point of the `hotline` script: a known error is one Chinese line on stderr and exit code 1."""
    try:
        build()()
    except HotlineError as error:
        _fail(error.code, error.message)
    except OSError as error:
        if error.filename is None:
            raise
        _fail("file", f"「{error.filename}」{_WHY.get(type(error), f'打不开：{error.strerror}')}")


_WHY = {FileNotFoundError: "不存在", IsADirectoryError: "是文件夹，不是文件", PermissionError: "没有权限打开"}


def _fail(code: str, message: str) -> None:
    print(f"错误[{code}]：{message}", file=sys.stderr)
    raise SystemExit(1) from None
