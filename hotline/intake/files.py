"""What an operator hands over as a file: text in any usual Chinese encoding, or a recording."""

import shutil
from pathlib import Path
from typing import BinaryIO

from catalogue.errors import InputError

AUDIO = {".wav", ".mp3", ".amr", ".ogg", ".oga", ".opus", ".flac", ".m4a", ".aac", ".wma"}
TEXT = {".txt", ".md", ".text", ".log", ""}


def is_audio(name: str) -> bool:
    """Whether a file of this name is a recording."""
    return Path(name).suffix.lower() in AUDIO


def decode_text(raw: bytes, *, name: str) -> str:
    """The text of a file. Raises InputError for something that is not text."""
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("text.binary", f"文件「{name}」不是文字文件")
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("text.encoding", f"文件「{name}」的文字编码无法识别，请另存为 UTF-8 后再试")


def keep(source: BinaryIO, *, folder: Path, name: str) -> Path:
    """Copy a recording into `folder` under a name of our own; the given name only lends its ending."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / name
    with target.open("xb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)
    target.chmod(0o600)
    return target
