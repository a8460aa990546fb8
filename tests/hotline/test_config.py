"""Settings: one default, four layers, no unknown key."""

import stat

import pytest

from catalogue.errors import HotlineError
from hotline.app import create_app
from hotline.config import DEFAULT, settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for key in DEFAULT:
        monkeypatch.delenv(key if key.startswith("HOTLINE_") else f"HOTLINE_{key}", raising=False)


def test_an_unknown_key_is_an_error_wherever_it_stands(tmp_path):
    with pytest.raises(HotlineError, match="DATABSE_URL"):
        settings({"HOTLINE_HOME": str(tmp_path), "DATABSE_URL": "x"})
    (tmp_path / "config.toml").write_text('CITTY = "x"', encoding="utf-8")
    with pytest.raises(HotlineError, match="CITTY"):
        settings({"HOTLINE_HOME": str(tmp_path)})


def test_later_layers_win(tmp_path, monkeypatch):
    (tmp_path / "config.toml").write_text('CITY = "文件"\nBRAND = "文件"', encoding="utf-8")
    monkeypatch.setenv("HOTLINE_CITY", "环境")
    monkeypatch.setenv("HOTLINE_MAX_TEXT_CHARS", "99")
    monkeypatch.setenv("HOTLINE_DEMO", "true")
    found = settings({"HOTLINE_HOME": str(tmp_path), "MAX_TEXT_CHARS": 7})
    assert (found["BRAND"], found["CITY"], found["MAX_TEXT_CHARS"], found["DEMO"]) == ("文件", "环境", 7, True)


@pytest.mark.parametrize(("text", "complaint"), [("CITY = ", "读不懂"), ("\xff", "读不懂")])
def test_a_broken_file_is_named(tmp_path, text, complaint):
    (tmp_path / "config.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(HotlineError, match=complaint):
        settings({"HOTLINE_HOME": str(tmp_path)})


def test_a_number_that_is_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_MAX_TEXT_CHARS", "很多")
    with pytest.raises(HotlineError, match="MAX_TEXT_CHARS"):
        settings({"HOTLINE_HOME": str(tmp_path)})


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path):
    first = settings({"HOTLINE_HOME": str(tmp_path)})
    again = settings({"HOTLINE_HOME": str(tmp_path)})
    assert first["SECRET_KEY"] == again["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) == 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert first["DATABASE_URL"] == f"sqlite:///{tmp_path / 'hotline.db'}"


def test_making_an_app_touches_no_database_and_loads_no_model(tmp_path):
    create_app({"HOTLINE_HOME": str(tmp_path), "SUGGESTER": "no.such:thing", "RECOGNISER": "no.such:thing"})
    assert not (tmp_path / "hotline.db").exists()


def test_every_default_is_explained():
    import inspect

    import hotline.config

    source = inspect.getsource(hotline.config)
    for key in set(DEFAULT) - {"RECOGNISER", "CITY", "MIN_TEXT_CHARS", "SECRET_KEY", "TESTING"}:
        before = source.split(f'"{key}":')[0].rstrip().splitlines()[-1]
        assert before.strip().startswith("#"), key
