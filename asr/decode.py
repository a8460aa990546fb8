"""Sound files to samples: WAV (PCM, A-law, µ-law), MP3, AMR, OGG/Opus, FLAC, M4A and the like, block by block.

A call recorder's file is trusted in nothing: what can be read is kept and a warning says what is missing; a file with
no sound in it is an `InputError` that names it.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from catalogue.errors import InputError

MAX_SECONDS = 4 * 3600.0
TELEPHONE, WIDE = 8000, 16_000
BLOCK_SECONDS = 1.0
# Containers that hold recordings; playlists and scripts, which could make the reader open other files, are not here.
FORMATS = "wav,w64,mp3,amr,amrnb,amrwb,ogg,flac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,aac,au,caf,asf"
OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": ""}


@dataclass
class Audio:
    """A whole recording: `channels` are int16 arrays of equal length at `sample_rate`; `seconds` is their length."""

    sample_rate: int
    channels: list[np.ndarray]
    seconds: float
    codec: str
    warnings: list[str] = field(default_factory=list)


class AudioReader:
    """An opened recording that gives its samples in blocks, so that hours of sound take no more memory than a second.

    `sample_rate` is 8000 or 16000, `channel_count` 1 or 2, `seconds` what was read so far, `declared` the length the
    file claims (0 if unknown). `warnings` is complete once the blocks are read.
    """

    def __init__(
        self, source: str | Path | bytes, *, name: str | None = None, max_seconds: float = MAX_SECONDS
    ) -> None:
        self.name = name or (Path(source).name if isinstance(source, str | Path) else "录音")
        self.max_seconds = max_seconds
        self.warnings: list[str] = []
        self.samples_read = 0
        self._file = self._open_file(source)
        self._riff_shortfall = _riff_shortfall(self._file)
        self._container, self._stream = self._open_container()
        self.codec = self._stream.codec_context.name
        self.sample_rate = WIDE if self._stream.codec_context.sample_rate >= WIDE else TELEPHONE
        found = self._stream.codec_context.channels
        self.channel_count = min(found, 2)
        if found > 2:
            self.warnings.append(f"{self.name}：有 {found} 个声道，只识别前两个")
        self.declared = self._declared_seconds()

    def __enter__(self) -> "AudioReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def seconds(self) -> float:
        """Length of what was read so far."""
        return self.samples_read / self.sample_rate

    def close(self) -> None:
        """Release the file."""
        self._container.close()
        self._file.close()

    def blocks(self) -> Iterator[np.ndarray]:
        """int16 blocks of channels x about one second. Raises InputError if nothing can be read or it is too long."""
        size = int(BLOCK_SECONDS * self.sample_rate)
        waiting: list[np.ndarray] = []
        held = 0
        for piece in self._pieces():
            waiting.append(piece)
            held += piece.shape[1]
            if held >= size:
                yield self._count(np.concatenate(waiting, axis=1))
                waiting, held = [], 0
        if held:
            yield self._count(np.concatenate(waiting, axis=1))
        self._check_end()

    def _count(self, block: np.ndarray) -> np.ndarray:
        self.samples_read += block.shape[1]
        if self.seconds > self.max_seconds:
            raise InputError("audio.too_long", f"{self.name}：录音超过 {_length(self.max_seconds)}，请先切分再上传")
        return block

    def _pieces(self) -> Iterator[np.ndarray]:
        resampler, used = AudioResampler(format="s16p", rate=self.sample_rate), False
        for frame in self._frames():
            used = True
            for converted in resampler.resample(frame):
                yield converted.to_ndarray()[: self.channel_count]
        for converted in resampler.resample(None) if used else ():
            yield converted.to_ndarray()[: self.channel_count]

    def _frames(self) -> Iterator[av.AudioFrame]:
        """Decoded frames; a damaged packet is skipped and reported, a broken end ends the sound."""
        damaged = 0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                break
            except FFmpegError:
                self.warnings.append(f"{self.name}：文件在 {self.seconds:.1f} 秒附近损坏，只识别了前面的部分")
                break
            try:
                yield from packet.decode()
            except FFmpegError:
                damaged += 1
        if damaged:
            self.warnings.append(f"{self.name}：有 {damaged} 处数据损坏，已跳过")

    def _check_end(self) -> None:
        if not self.samples_read:
            raise InputError("audio.empty", f"{self.name}：没有声音内容")
        missing = max(self.declared - self.seconds, self._riff_shortfall)
        if missing > max(0.5, 0.02 * self.declared):
            self.warnings.append(
                f"{self.name}：录音不完整，应有 {self.seconds + missing:.0f} 秒，读到 {self.seconds:.0f} 秒"
            )

    def _open_file(self, source: str | Path | bytes) -> BinaryIO:
        if isinstance(source, bytes):
            file: BinaryIO = io.BytesIO(source)
        else:
            try:
                file = Path(source).open("rb")  # noqa: SIM115 (closed with the reader)
            except OSError as error:
                reason = "找不到文件" if isinstance(error, FileNotFoundError) else "文件打不开"
                raise InputError("audio.unreadable", f"{self.name}：{reason}") from None
        if not file.read(1):
            file.close()
            raise InputError("audio.empty", f"{self.name}：文件是空的")
        file.seek(0)
        return file

    def _open_container(self) -> tuple[av.container.InputContainer, av.AudioStream]:
        try:
            container = av.open(self._file, mode="r", options=OPTIONS, metadata_errors="ignore")
        except (FFmpegError, ValueError):
            guess = _guess(self._head())
            self._file.close()
            raise InputError("audio.format", f"{self.name}：不是可以识别的录音文件（{guess}）") from None
        streams = [stream for stream in container.streams.audio if stream.codec_context and stream.sample_rate]
        if not streams:
            container.close()
            raise InputError("audio.no_sound", f"{self.name}：文件里没有声音")
        return container, streams[0]

    def _head(self) -> bytes:
        self._file.seek(0)
        return self._file.read(16)

    def _declared_seconds(self) -> float:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / av.time_base if self._container.duration else 0.0


def decode(source: str | Path | bytes, *, name: str | None = None, max_seconds: float = MAX_SECONDS) -> Audio:
    """A whole recording in memory (a 40 s call takes 1.3 MB); for long ones iterate over `AudioReader.blocks()`.

    Raises InputError (`audio.unreadable|empty|format|no_sound|too_long`) with a message that names the file.
    """
    with AudioReader(source, name=name, max_seconds=max_seconds) as reader:
        blocks = list(reader.blocks())
        channels = [np.ascontiguousarray(row) for row in np.concatenate(blocks, axis=1)]
        return Audio(reader.sample_rate, channels, reader.seconds, reader.codec, reader.warnings)


def _riff_shortfall(file: BinaryIO) -> float:
    """Seconds of sound that a WAV header promises and the file does not hold; 0 for other files."""
    head = file.read(64 * 1024)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return 0.0
    place, rate = 12, 0
    while place + 8 <= len(head):
        length = int.from_bytes(head[place + 4 : place + 8], "little")
        if head[place : place + 4] == b"fmt ":
            rate = int.from_bytes(head[place + 16 : place + 20], "little")
        if head[place : place + 4] == b"data":
            promised = 0 if length in (0, 0xFFFFFFFF) else place + 8 + length  # 0 and -1: written by a live recorder
            return max(0, promised - size) / rate if rate else 0.0
        place += 8 + length + length % 2
    return 0.0


SIGNATURES = (
    (b"\xff\xd8\xff", "看起来是 JPEG 图片"),
    (b"\x89PNG", "看起来是 PNG 图片"),
    (b"PK", "看起来是压缩包或 Office 文档"),
)


def _guess(head: bytes) -> str:
    kinds = (
        *SIGNATURES,
        (b"%PDF", "看起来是 PDF 文档"),
        (b"#!SILK", "SILK 语音要先转成 WAV"),
        (b"\x02#!SILK", "SILK 语音要先转成 WAV"),
    )
    return next((name for mark, name in kinds if head.startswith(mark)), "支持 WAV、MP3、AMR、OGG、FLAC、M4A")


def _length(seconds: float) -> str:
    return f"{seconds / 3600:g} 小时" if seconds >= 3600 else f"{seconds:g} 秒"
