"""A throwaway PostgreSQL for the session: HOTLINE_TEST_PG names one, or the server's binaries start one here."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TRUSTED = ("postgres", "nobody")


@contextmanager
def server() -> Iterator[str]:
    """Address of a server on which databases may be made; skips the test where there is none."""
    given = os.environ.get("HOTLINE_TEST_PG")
    if given:
        yield given.rstrip("/")
        return
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        pytest.skip("没有 PostgreSQL：设 HOTLINE_TEST_PG=postgresql://用户:密码@主机 或安装 postgresql")
    with _cluster(binaries[-1]) as url:
        yield url


@contextmanager
def _cluster(binaries: Path) -> Iterator[str]:
    """A cluster of our own in a temporary folder. PostgreSQL refuses to run as root, so root lends it to another."""
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
    try:
        folder.chmod(0o700)
        if user:
            shutil.chown(folder, user)
        _run(user, folder, binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", "hotline", "-E", "UTF8")
        port = _free_port()
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        _run(
            user, folder, binaries / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start"
        )
        try:
            yield f"postgresql://hotline@127.0.0.1:{port}"
        finally:
            _run(user, folder, binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in TRUSTED if name in names), None)


def _run(user: str | None, folder: Path, *command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command], user=user, cwd=folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"PostgreSQL 启动不了：{done.stderr.decode(errors='replace')[-300:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
