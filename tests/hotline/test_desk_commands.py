"""The command line of the desks: serve's parts, intake, db, users."""

import json
import sqlite3
import urllib.request
from multiprocessing import get_context

import pytest

from catalogue.errors import HotlineError
from hotline.cli import build
from tests.hotline.steps import LAMP, NOISE

TWIN = "tests.hotline.twins:scripted"


@pytest.fixture
def run(runner, tmp_path, monkeypatch):
    """Run the command line over a home of its own."""
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOTLINE_SUGGESTER", TWIN)
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)

    def call(*arguments: str, given: str | None = None):
        return runner.invoke(build(), list(arguments), input=given)

    return call


def tickets(tmp_path) -> list:
    path = tmp_path / "home" / "hotline.db"
    if not path.exists():
        return []
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT text, state FROM ticket").fetchall()
    finally:
        connection.close()


def test_intake_of_a_text_stores_files_and_prints_it(run, tmp_path):
    printed = run("intake", LAMP).output
    for words in ("待派", "结论：直派", "建议主办：城管局 94%", "联系电话：13812345678", "事项：", "期限："):
        assert words in printed, words
    assert tickets(tmp_path) == [(LAMP, "pending")]


def test_intake_as_json_prints_data_only(run):
    data = json.loads(run("intake", NOISE, "--json").output)
    assert data["state"] == "asking"
    assert data["suggestion"]["question"]["fact"] == "noise_source"


def test_intake_of_a_text_file(run, tmp_path):
    path = tmp_path / "来电.txt"
    path.write_text(LAMP, encoding="gb18030")
    assert "结论：直派" in run("intake", str(path)).output
    assert tickets(tmp_path) == [(LAMP, "pending")]


BAD = {
    "": "内容为空",
    "路": "内容太短",
    "长" * 200_000: "内容太长",
    "no-such.wav": "找不到文件",
    "no-such.txt": "找不到文件",
}


@pytest.mark.parametrize(("what", "complaint"), BAD.items(), ids=range(len(BAD)))
def test_intake_of_what_is_unusable_stores_nothing(run, tmp_path, what, complaint):
    run("intake", LAMP)
    result = run("intake", what)
    assert result.exit_code == 1
    assert isinstance(result.exception, HotlineError)
    assert complaint in result.exception.message
    assert tickets(tmp_path) == [(LAMP, "pending")]


@pytest.mark.parametrize("name", ["photo.jpg", "binary.txt", "photo.wav", "empty.wav"])
def test_intake_of_a_bad_file_names_it(run, tmp_path, name):
    pytest.importorskip("asr.install")
    path = tmp_path / name
    path.write_bytes(b"" if name == "empty.wav" else b"\xff\xd8\xff\xe0" + bytes(500))
    result = run("intake", str(path))
    assert isinstance(result.exception, HotlineError)
    assert name in result.exception.message
    assert tickets(tmp_path) == []


def test_intake_when_the_model_fails_says_that_the_call_is_kept(run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_SUGGESTER", "tests.hotline.twins:broken")
    result = run("intake", LAMP)
    assert result.exit_code == 0
    assert "模型未能给出建议，来电已保存" in result.output
    assert tickets(tmp_path) == [(LAMP, "manual")]


def test_users(run):
    added = run("users", "add", "wang", "--role", "operator", "--name", "王敏", given="long-enough\nlong-enough\n")
    assert "已添加 王敏（话务员）" in added.output
    assert "wang　王敏　话务员" in run("users", "list").output
    assert json.loads(run("users", "list", "--json").output)[0]["role"] == "operator"
    assert "wang 的密码已重设" in run("users", "reset", "wang", given="another-one\nanother-one\n").output
    assert run("users", "reset", "li", given="another-one\nanother-one\n").exit_code == 1


def test_db_upgrade_can_be_repeated(run):
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").output.strip() == "数据库已是最新"


def _serve(home: str, port: int) -> None:
    import os

    os.environ |= {"HOTLINE_HOME": home, "HOTLINE_SUGGESTER": TWIN}
    from hotline.cli.desk import serve

    serve(port=port, host="127.0.0.1", threads=4, demo=True)


@pytest.mark.slow
def test_serve_answers_at_its_address(tmp_path):
    from tests.hotline.postgres import _free_port

    port = _free_port()
    process = get_context("spawn").Process(target=_serve, args=(str(tmp_path), port))
    process.start()
    try:
        page = _wait_for(f"http://127.0.0.1:{port}/login", process)
    finally:
        process.terminate()
        process.join(20)
    assert "演示账号" in page
    assert "demo-12345" in page


def _wait_for(url: str, process) -> str:
    import time

    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            assert process.is_alive()
            time.sleep(0.2)
    raise AssertionError("serve did not come up")
