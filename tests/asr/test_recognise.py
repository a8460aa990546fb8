"""The recogniser's guard against silence, and its times."""

import time

import numpy as np
import pytest

from asr.decode import decode
from asr.demo import CALLS_DIR
from asr.recognise import Gate, Segment, VoskRecogniser
from asr.times import Word, put_right, shared_out
from tests.asr.sounds import tone


def heard(recogniser: VoskRecogniser, samples: np.ndarray, *, rate: int = 8000, step: int = 8000) -> list[Segment]:
    stream = recogniser.stream(rate)
    pcm = samples.astype("<i2").tobytes()
    found = [segment for place in range(0, len(pcm), step) for segment in stream.accept(pcm[place : place + step])]
    return found + stream.finish()


HOUR = 3600 * 8000
QUIET = [
    ("digital silence", np.zeros(HOUR, np.int16)),
    ("constant", np.full(HOUR, 1200, np.int16)),
    ("a bit of idle noise", np.random.default_rng(1).integers(-16, 17, HOUR).astype(np.int16)),
]


@pytest.mark.parametrize("samples", [row[1] for row in QUIET], ids=[row[0] for row in QUIET])
def test_an_hour_without_speech_takes_seconds(samples: np.ndarray, demo_recogniser: VoskRecogniser) -> None:
    begin = time.perf_counter()
    assert heard(demo_recogniser, samples, step=160_000) == []
    assert time.perf_counter() - begin < 20


@pytest.mark.parametrize("samples", [np.zeros(0, np.int16), np.zeros(1, np.int16), np.full(50, 9, np.int16)])
def test_next_to_nothing_is_nothing(samples: np.ndarray, demo_recogniser: VoskRecogniser) -> None:
    assert heard(demo_recogniser, samples) == []


def test_half_a_sample_is_dropped(demo_recogniser: VoskRecogniser) -> None:
    stream = demo_recogniser.stream(8000)
    assert stream.accept(b"\1\2\3") + stream.finish() == []


@pytest.mark.parametrize("level", [3000, 32_767])
def test_a_loud_constant_tone_neither_hangs_nor_speaks_much(level: int, demo_recogniser: VoskRecogniser) -> None:
    begin = time.perf_counter()
    heard(demo_recogniser, tone(60, rate=8000, level=level))
    heard(demo_recogniser, np.tile(np.array([level, -level], np.int16), 60 * 4000))
    assert time.perf_counter() - begin < 20


def test_silence_left_out_is_counted_in_the_times(demo_recogniser: VoskRecogniser) -> None:
    call = decode(CALLS_DIR / "06-residence-permit.wav").channels[0][: 6 * 8000]
    gap = np.zeros(100 * 8000, np.int16)
    first, second = (heard(demo_recogniser, samples)[0].words for samples in (call, np.concatenate([gap, call])))
    assert [word.word for word in first] == [word.word for word in second]
    for before, after in zip(first, second, strict=True):
        assert after.start - before.start == pytest.approx(100, abs=0.1)


def test_the_size_of_the_pieces_does_not_matter(demo_recogniser: VoskRecogniser) -> None:
    call = decode(CALLS_DIR / "06-residence-permit.wav").channels[1][: 12 * 8000]
    texts = {" ".join(s.text for s in heard(demo_recogniser, call, step=step)) for step in (320, 6400, 200_000)}
    assert len(texts) == 1


def test_what_is_being_said_can_be_asked_for(demo_recogniser: VoskRecogniser) -> None:
    call = decode(CALLS_DIR / "06-residence-permit.wav").channels[0]
    stream = demo_recogniser.stream(8000)
    stream.accept(call[: 4 * 8000].astype("<i2").tobytes())
    assert "您好" in stream.partial().replace(" ", "")


def test_a_whisper_passes_the_gate_and_line_noise_does_not() -> None:
    assert 10 < Gate().level < 100


def test_words_without_length_share_the_next_ones_time() -> None:
    words = [Word("有", 1.0, 1.0, 1.0), Word("三盏", 1.0, 1.9, 1.0), Word("灯", 1.9, 2.2, 1.0)]
    assert [(w.word, round(w.start, 2), round(w.end, 2)) for w in shared_out(words)] == [
        ("有", 1.0, 1.3), ("三盏", 1.3, 1.9), ("灯", 1.9, 2.2),
    ]  # fmt: skip


def test_a_boundary_moves_to_the_pause_beside_it() -> None:
    frame = 0.1
    sound = bytearray([0, 1, 1, 1, 0, 0, 1, 1, 1, 0])  # speech 0.1-0.4 and 0.6-0.9
    words = [Word("好的", 0.0, 0.72, 1.0), Word("请问", 0.72, 1.0, 1.0)]
    times = [(round(w.start, 2), round(w.end, 2)) for w in put_right(words, heard=sound, frame=frame, lag=0.1)]
    assert times == [(0.1, 0.4), (0.6, 0.9)]
