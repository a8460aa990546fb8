"""hotline transcribe, hotline asr check, hotline asr install."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from asr.demo import CALLS_DIR, MODEL_DIR, SENTENCE
from hotline.cli import build
from tests.asr.sounds import tone, wav

CALL = CALLS_DIR / "06-residence-permit.wav"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs the command line on a machine whose only model is the demonstration model."""
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOTLINE_ASR_DEMO", "1")
    monkeypatch.delenv("HOTLINE_VOSK_MODEL", raising=False)
    return lambda *words: CliRunner().invoke(build(), [str(word) for word in words])


def test_a_call_is_printed_as_a_conversation(cli) -> None:
    done = cli("transcribe", CALL)
    assert done.exit_code == 0
    assert "话务员：您好，肇庆12345热线" in done.stdout
    assert "来电人：" in done.stdout
    assert SENTENCE in done.stderr


def test_json_is_one_line_a_file_and_nothing_else(cli) -> None:
    done = cli("transcribe", CALL, CALL, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["source"] for row in rows] == [CALL.name, CALL.name]
    assert rows[0]["demo"] is True
    assert rows[0]["turns"][0]["words"][0].keys() == {"word", "start", "end", "conf"}


def test_the_channels_can_be_swapped(cli) -> None:
    first = json.loads(cli("transcribe", CALL, "--json", "--channels", "caller,agent").stdout)["turns"][0]
    assert first["who"] == "caller"
    assert cli("transcribe", CALL, "--channels", "left,right").exit_code == 2


def test_a_file_that_fails_is_named_and_the_rest_is_done(cli, tmp_path: Path) -> None:
    (tmp_path / "photo.wav").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8)
    (tmp_path / "still.wav").write_bytes(wav([tone(1, rate=8000, level=0)]))
    done = cli("transcribe", tmp_path / "photo.wav", CALL, tmp_path / "still.wav", tmp_path / "none.wav", "--json")
    assert done.exit_code == 1
    assert [json.loads(line)["source"] for line in done.stdout.splitlines()] == [CALL.name, "still.wav"]
    assert "photo.wav" in done.stderr
    assert "none.wav" in done.stderr
    assert "still.wav：整段录音没有声音" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_names_the_model_in_use(cli) -> None:
    state = json.loads(cli("asr", "check", "--json").stdout)
    assert state["model"] == str(MODEL_DIR)
    assert state["demo"] is True
    assert state["self_test"]["cer"] <= 0.15
    assert "演示模型" in cli("asr", "check").stdout


def test_install_from_a_file(cli, tmp_path: Path) -> None:
    source = shutil.make_archive(str(tmp_path / "copy"), "zip", MODEL_DIR.parent, MODEL_DIR.name)
    done = cli("asr", "install", "--from", source)
    assert done.exit_code == 0
    assert "已安装" in done.stdout
