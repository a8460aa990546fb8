"""Where the speech model is, and how one gets there.

Search order: `HOTLINE_VOSK_MODEL`; the folders the Vosk library itself looks in; `HOTLINE_HOME`/asr; last, clearly
named, the demonstration model. `HOTLINE_ASR_DEMO=1` asks for the demonstration model outright.
"""

import os
import shutil
import stat
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from asr.demo import MODEL_DIR, SENTENCE
from asr.recognise import VoskRecogniser
from catalogue.errors import HotlineError, InputError

DEFAULT_MODEL = "vosk-model-small-cn-0.22"
DEMO_NAME = "演示模型"
LARGEST_UNPACKED = 8 * 1024**3
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ModelInfo:
    """A model folder: `name` is what people read, `demo` whether it is the demonstration model."""

    path: Path
    name: str
    demo: bool = False

    @property
    def note(self) -> str:
        """What a person must know about this model; empty for a real one."""
        return SENTENCE if self.demo else ""

    @property
    def bytes(self) -> int:
        """Size of the folder."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())


def is_model(folder: Path) -> bool:
    """Whether the folder looks like a Vosk model (both of its layouts)."""
    acoustic = (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()
    graph = folder / "graph" if (folder / "graph").is_dir() else folder
    return acoustic and any((graph / name).is_file() for name in ("HCLG.fst", "HCLr.fst"))


def home() -> Path:
    """The folder models are installed into: `HOTLINE_HOME`/asr."""
    return Path(os.environ.get("HOTLINE_HOME") or "~/.hotline12345").expanduser() / "asr"


def vosk_folders() -> list[Path]:
    """The folders the Vosk library keeps models in."""
    import vosk

    return [Path(folder) for folder in vosk.MODEL_DIRS if folder]


def installed() -> list[ModelInfo]:
    """Every Chinese model found in Vosk's folders and in ours, the default model first, then by name."""
    folders = [folder for root in [*vosk_folders(), home()] if root.is_dir() for folder in sorted(root.iterdir())]
    ours = [folder for folder in folders if folder.is_dir() and ("-cn" in folder.name or folder.parent == home())]
    found = [ModelInfo(folder, folder.name) for folder in ours if is_model(folder)]
    return sorted(found, key=lambda model: model.name != DEFAULT_MODEL)


def find_model(*, demo: bool | None = None) -> ModelInfo:
    """The model in use.

    `demo=True` takes the demonstration model, `demo=False` never does, None takes it only where nothing else is.
    Raises HotlineError `asr.model_setting` (a wrong `HOTLINE_VOSK_MODEL`) or `asr.no_model`.
    """
    if demo or (demo is None and os.environ.get("HOTLINE_ASR_DEMO", "") not in {"", "0"}):
        return _demo_model()
    setting = os.environ.get("HOTLINE_VOSK_MODEL")
    if setting:
        return _from_setting(Path(setting).expanduser())
    found = installed()
    if found:
        return found[0]
    if demo is None and is_model(MODEL_DIR):
        return _demo_model()
    raise _no_model()


def _demo_model() -> ModelInfo:
    if not is_model(MODEL_DIR):
        raise _no_model()
    return ModelInfo(MODEL_DIR, DEMO_NAME, demo=True)


def _from_setting(folder: Path) -> ModelInfo:
    if not is_model(folder):
        message = f"HOTLINE_VOSK_MODEL 指向的 {folder} 不是 Vosk 语音模型文件夹，请改正或去掉这个设置"
        raise HotlineError("asr.model_setting", message, status=503)
    return ModelInfo(folder, folder.name, demo=folder.resolve() == MODEL_DIR)


def _no_model() -> HotlineError:
    message = (
        "还没有语音模型，其他功能不受影响。请运行 hotline asr install 下载；"
        f"内网请先下载 {DEFAULT_MODEL}.zip，再运行 hotline asr install --from 文件.zip"
    )
    return HotlineError("asr.no_model", message, status=503)


def load_recogniser(*, demo: bool | None = None) -> VoskRecogniser:
    """A recogniser over `find_model`; the model itself is read when the first recording comes."""
    model = find_model(demo=demo)
    return VoskRecogniser(model.path, name=model.name, demo=model.demo)


def install(*, archive: Path | None = None, name: str = DEFAULT_MODEL, progress: Progress | None = None) -> ModelInfo:
    """Put a model into `HOTLINE_HOME`/asr, from a ZIP file or from the Vosk project's site.

    `progress(done, total)` counts bytes. Raises HotlineError `asr.download`, InputError `asr.archive`.
    """
    target = home()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".install-") as work:
        if archive is None:
            archive = Path(work) / "model.zip"
            download(name, archive, progress=progress)
        unpacked = unpack(archive, Path(work) / "unpacked")
        final = target / (unpacked.name if unpacked.name != "unpacked" else archive.stem)
        if final.exists():
            shutil.rmtree(final)
        shutil.move(unpacked, final)
    return ModelInfo(final, final.name)


def download(name: str, target: Path, *, progress: Progress | None = None) -> None:
    """Fetch a model's ZIP file."""
    import vosk

    if not name.replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise InputError("asr.model_name", f"模型名称「{name}」不对，例如 {DEFAULT_MODEL}")
    try:
        with urllib.request.urlopen(f"{vosk.MODEL_PRE_URL}{name}.zip", timeout=30) as answer, target.open("wb") as file:
            total, done = int(answer.headers.get("Content-Length") or 0), 0
            while piece := answer.read(1 << 18):
                file.write(piece)
                done += len(piece)
                if progress:
                    progress(done, total)
    except (urllib.error.URLError, OSError) as error:
        raise HotlineError("asr.download", _refused(name, error), status=503) from None


def _refused(name: str, error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError) and error.code == 404:
        return f"没有名为 {name} 的模型，请核对名称"
    return (
        f"下载 {name} 失败：连不上模型网站或连接中断。请检查网络后再试；"
        f"内网请在能上网的电脑下载 {name}.zip，再运行 hotline asr install --from {name}.zip"
    )


def unpack(archive: Path, folder: Path) -> Path:
    """Check and unpack a model's ZIP file below `folder`; the model's own folder is returned.

    Nothing is written outside `folder`, whatever names the archive holds; a damaged archive leaves nothing behind.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            _check(packed, archive.name)
            packed.extractall(folder)
    except FileNotFoundError:
        raise InputError("asr.archive", f"找不到文件 {archive}") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise InputError("asr.archive", f"{archive.name}：不是完整的 ZIP 文件，请重新下载（{error}）") from None
    for candidate in (folder, *sorted(folder.iterdir())):
        if is_model(candidate):
            return candidate
    raise InputError("asr.archive", f"{archive.name}：里面没有 Vosk 语音模型")


def _check(packed: zipfile.ZipFile, name: str) -> None:
    """Refuse archives that reach outside their folder, hold links, or unpack to absurd sizes."""
    for item in packed.infolist():
        path = PurePosixPath(item.filename.replace("\\", "/"))
        link = stat.S_ISLNK(item.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or ":" in item.filename or link:
            raise InputError("asr.archive", f"{name}：含有不安全的路径 {item.filename}，没有安装")
    if sum(item.file_size for item in packed.infolist()) > LARGEST_UNPACKED:
        raise InputError("asr.archive", f"{name}：解压后过大，没有安装")
    broken = packed.testzip()
    if broken:
        raise InputError("asr.archive", f"{name}：文件 {broken} 校验不符，请重新下载")
