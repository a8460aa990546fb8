"""Every kind of recording a call centre has, and everything that only looks like one."""

import struct
from pathlib import Path

import numpy as np
import pytest

from asr.decode import AudioReader, decode
from catalogue.errors import InputError
from tests.asr.sounds import FORMATS, made, pitch_of, tone, wav


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_its_sound(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(made(name))
    audio = decode(path)
    _, _, rate, layout = FORMATS[name]
    assert audio.sample_rate == (8000 if rate < 16_000 else 16_000)
    assert len(audio.channels) == (2 if layout == "stereo" else 1)
    assert audio.seconds == pytest.approx(1.5, abs=0.15)
    assert audio.warnings == []
    assert all(channel.dtype == np.int16 and len(channel) == len(audio.channels[0]) for channel in audio.channels)
    for channel, pitch in zip(audio.channels, (440, 880), strict=False):
        assert pitch_of(channel, audio.sample_rate) == pytest.approx(pitch, abs=5)


def test_bytes_can_be_decoded_too() -> None:
    assert decode(made("amr-8k-mono.amr"), name="call.amr").codec.startswith(("amr", "libopencore"))


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + bytes(range(256)) * 8
EMPTY_WAV = wav([np.zeros(1, np.int16)])
HEADER_ONLY = EMPTY_WAV[: EMPTY_WAV.index(b"data") + 4] + bytes(4)
NOT_SOUND = [
    ("jpeg.wav", JPEG, "audio.format", "JPEG"),
    ("png.mp3", PNG, "audio.format", "PNG"),
    ("empty.wav", b"", "audio.empty", "空"),
    ("text.wav", "这不是录音".encode() * 50, "audio.format", "不是可以识别的录音"),
    ("random.amr", bytes(range(255, 0, -1)) * 20, "audio.format", "不是可以识别的录音"),
    ("header.wav", HEADER_ONLY, "audio.empty", "没有声音"),
    ("zip.wav", b"PK\x03\x04" + b"\0" * 100, "audio.format", "压缩包"),
    ("list.wav", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "audio.format", "不是可以识别的录音"),
    ("concat.wav", b"ffconcat version 1.0\nfile /etc/passwd\n", "audio.format", "不是可以识别的录音"),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), NOT_SOUND, ids=[row[0] for row in NOT_SOUND])
def test_what_is_no_recording_is_refused_by_name(
    name: str, content: bytes, code: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        decode(path)
    assert caught.value.code == code
    assert name in caught.value.message
    assert words in caught.value.message


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "nowhere.wav", "找不到"), (tmp_path, "打不开")):
        with pytest.raises(InputError, match=words):
            decode(path)


@pytest.mark.parametrize(
    "name", ["pcm-8k-stereo.wav", "alaw-8k-stereo.wav", "flac-16k-stereo.flac", "opus-48k-mono.ogg"]
)
def test_a_truncated_file_keeps_what_is_there_and_says_so(name: str) -> None:
    whole = made(name, seconds=10)
    audio = decode(whole[: len(whole) // 2], name=name)
    assert 2 < audio.seconds < 8
    if name != "opus-48k-mono.ogg":  # Ogg says nowhere how long it should be
        assert any("不完整" in warning for warning in audio.warnings)
        assert all(warning.startswith(f"{name}：") for warning in audio.warnings)


def test_a_truncated_m4a_has_no_index_and_is_refused() -> None:
    whole = made("aac-16k-mono.m4a", seconds=5)
    with pytest.raises(InputError):
        decode(whole[: len(whole) // 2], name="call.m4a")


def test_half_a_sample_at_the_end_is_dropped() -> None:
    audio = decode(wav([tone(1, rate=8000)])[:-1], name="half.wav")
    assert len(audio.channels[0]) >= 7990


def test_a_live_recorder_writes_no_length() -> None:
    content = bytearray(wav([tone(1, rate=8000)]))
    place = content.index(b"data") + 4
    content[place : place + 4] = struct.pack("<I", 0xFFFFFFFF)
    assert decode(bytes(content), name="live.wav").seconds == pytest.approx(1, abs=0.05)


def test_damage_inside_an_mp3_is_survived() -> None:
    content = bytearray(made("mp3-16k-mono.mp3", seconds=6))
    middle = len(content) // 2
    content[middle : middle + 400] = b"\0" * 400
    assert decode(bytes(content), name="damaged.mp3").seconds == pytest.approx(6, abs=1.0)


def test_a_recording_over_the_limit_is_refused_before_it_fills_the_memory() -> None:
    content = wav([tone(30, rate=8000)], codec="pcm_alaw")
    with pytest.raises(InputError, match="超过 10 秒"):
        decode(content, name="long.wav", max_seconds=10)


def test_blocks_are_about_a_second_each() -> None:
    with AudioReader(made("alaw-8k-stereo.wav", seconds=5), name="call.wav") as reader:
        sizes = [block.shape for block in reader.blocks()]
    assert sum(size[1] for size in sizes) == 5 * 8000
    assert all(size[0] == 2 and size[1] <= 2 * 8000 for size in sizes)


def test_of_three_channels_two_are_used() -> None:
    samples = np.stack([tone(1, rate=8000)] * 3, axis=1).astype("<i2").tobytes()
    head = (
        b"RIFF"
        + struct.pack("<I", 36 + len(samples))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 3, 8000, 48_000, 6, 16)
    )
    audio = decode(head + b"data" + struct.pack("<I", len(samples)) + samples, name="three.wav")
    assert len(audio.channels) == 2
    assert "3 个声道" in audio.warnings[0]
