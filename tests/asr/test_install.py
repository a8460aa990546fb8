"""Where the model is looked for, and what an archive may do."""

import shutil
import zipfile
from pathlib import Path

import pytest

from asr import install
from asr.demo import MODEL_DIR
from catalogue.errors import HotlineError, InputError


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty machine: no settings, Vosk's cache and HOTLINE_HOME below tmp_path."""
    for key in ("HOTLINE_VOSK_MODEL", "HOTLINE_ASR_DEMO"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("vosk.MODEL_DIRS", [None, tmp_path / "cache"])
    return tmp_path


def model_at(folder: Path) -> Path:
    for name in ("am/final.mdl", "graph/HCLr.fst"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def test_the_setting_comes_first_then_the_cache_then_home_then_the_demonstration(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert install.find_model().demo
    at_home = model_at(places / "home" / "asr" / "our-own")
    assert install.find_model().path == at_home
    cached = model_at(places / "cache" / install.DEFAULT_MODEL)
    model_at(places / "cache" / "vosk-model-small-en-us-0.15")
    assert install.find_model().path == cached
    chosen = model_at(places / "chosen")
    monkeypatch.setenv("HOTLINE_VOSK_MODEL", str(chosen))
    assert install.find_model() == install.ModelInfo(chosen, "chosen")
    monkeypatch.setenv("HOTLINE_ASR_DEMO", "1")
    assert install.find_model().path == MODEL_DIR


def test_a_wrong_setting_is_an_error_and_not_passed_over(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_VOSK_MODEL", str(places / "nothing"))
    with pytest.raises(HotlineError, match="HOTLINE_VOSK_MODEL"):
        install.find_model()


def test_without_any_model_the_message_says_what_to_do(places: Path) -> None:
    with pytest.raises(HotlineError, match="hotline asr install") as caught:
        install.find_model(demo=False)
    assert caught.value.code == "asr.no_model"


def test_a_folder_that_is_no_model_is_reported_when_it_is_used(places: Path) -> None:
    from asr.recognise import VoskRecogniser

    with pytest.raises(HotlineError, match="读不出来"):
        VoskRecogniser(places).stream(8000)


def packed(target: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def test_a_model_is_installed_from_a_file_and_then_found(places: Path) -> None:
    source = Path(shutil.make_archive(str(places / "demo-copy-cn"), "zip", MODEL_DIR.parent, MODEL_DIR.name))
    done = install.install(archive=source)
    assert install.is_model(done.path)
    assert done.path.parent == places / "home" / "asr"
    assert install.find_model().path == done.path
    assert install.install(archive=source) == done  # again: replaced, not doubled
    assert [p.name for p in done.path.parent.iterdir()] == [done.path.name]


GOOD = {"m/am/final.mdl": b"x", "m/graph/HCLG.fst": b"x"}
BAD_ARCHIVES = [
    ("outside", {**GOOD, "../evil": b"x"}, "不安全"),
    ("absolute", {**GOOD, "/etc/evil": b"x"}, "不安全"),
    ("windows", {**GOOD, "C:\\evil": b"x"}, "不安全"),
    ("other", {"readme.txt": b"x"}, "没有 Vosk 语音模型"),
]


@pytest.mark.parametrize(("name", "files", "words"), BAD_ARCHIVES, ids=[row[0] for row in BAD_ARCHIVES])
def test_a_bad_archive_installs_nothing(name: str, files: dict[str, bytes], words: str, places: Path) -> None:
    archive = packed(places / f"{name}.zip", files)
    with pytest.raises(InputError, match=words):
        install.install(archive=archive)
    assert not any((places / "home" / "asr").iterdir())
    assert not (places / "evil").exists()


def test_a_damaged_or_missing_archive_is_named(places: Path) -> None:
    whole = packed(places / "whole.zip", {**GOOD, "m/big": bytes(5000)}).read_bytes()
    for name, content in (("cut.zip", whole[:3000]), ("text.zip", b"hello")):
        (places / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            install.install(archive=places / name)
    with pytest.raises(InputError, match="找不到文件"):
        install.install(archive=places / "nowhere.zip")


def test_a_network_that_refuses_leads_to_the_offline_way(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vosk.MODEL_PRE_URL", "http://127.0.0.1:9/")
    with pytest.raises(HotlineError, match="--from") as caught:
        install.install()
    assert caught.value.code == "asr.download"
    with pytest.raises(InputError, match="模型名称"):
        install.install(name="../../etc")


def test_a_download_is_counted(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (places / "site").mkdir()
    packed(places / "site" / "small-cn.zip", {**GOOD, "m/big": bytes(600_000)})
    monkeypatch.setattr("vosk.MODEL_PRE_URL", (places / "site").as_uri() + "/")
    counted: list[tuple[int, int]] = []
    done = install.install(name="small-cn", progress=lambda now, total: counted.append((now, total)))
    assert done.name == "m"
    assert counted[-1][0] == counted[-1][1] > 600_000
