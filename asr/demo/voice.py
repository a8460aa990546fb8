"""The demo voices: espeak-ng reads numbered pinyin; then a telephone line does to it what telephone lines do."""

import math
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from scipy.signal import butter, lfilter, sosfilt

from asr.demo.phones import word_pinyin
from asr.demo.texts import words

RATE = 8000
PAUSES = str.maketrans("，、；：。？！", ",,,,.,.")
TELEPHONE_BAND = butter(4, [250, 3500], "bandpass", fs=RATE, output="sos")


@dataclass(frozen=True)
class Voice:
    """One synthetic speaker: an espeak-ng variant, its speed (words a minute) and pitch (0..99)."""

    variant: str
    speed: int = 155
    pitch: int = 50


AGENT = Voice("f2", speed=192, pitch=55)
CALLER = Voice("m3", speed=188, pitch=45)


def pinyin_line(text: str) -> str:
    """A sentence as numbered pinyin with pauses, word by word so that it agrees with the lexicon."""
    pieces: list[str] = []
    for part in phrases(text):
        pieces.append(" ".join(syllable for word in words(part) for syllable in word_pinyin(word)))
    return " , ".join(piece for piece in pieces if piece)


def phrases(text: str) -> list[str]:
    """The parts of a sentence between its punctuation marks."""
    return [part for part in text.translate(PAUSES).replace(".", ",").split(",") if part]


def speak(text: str, *, voice: Voice) -> np.ndarray:
    """The sentence in that voice: float32 at 8 kHz, peak 0.7, no silence at either end."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "speech.wav"
        name = f"cmn-latn-pinyin+{voice.variant}"
        options = ["-v", name, "-s", str(voice.speed), "-p", str(voice.pitch), "-w", str(target)]
        subprocess.run(["espeak-ng", *options, pinyin_line(text)], check=True, capture_output=True)
        samples, rate = soundfile.read(target, dtype="float32")
    samples = soxr.resample(samples, rate, RATE)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    samples = samples[loud[0] : loud[-1] + 1] if loud.size else samples
    return (samples * (0.7 / max(float(np.abs(samples).max(initial=0.0)), 1e-6))).astype(np.float32)


def noise(count: int, *, rng: np.random.Generator, colour: float) -> np.ndarray:
    """`count` samples of unit-power noise; `colour` 0 is white, towards 1 it rumbles."""
    raw = lfilter([1.0], [1.0, -colour], rng.standard_normal(count))
    return (raw / (np.sqrt(np.mean(raw**2)) + 1e-9)).astype(np.float32)


def alaw_encode(samples: np.ndarray) -> np.ndarray:
    """float (-1..1) to G.711 A-law bytes."""
    linear = np.clip(samples, -1, 1) * 32767
    magnitude = np.minimum(np.abs(linear).astype(np.int32) >> 3, 4095)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    mantissa = np.where(exponent > 0, (magnitude >> np.maximum(exponent, 1)) & 15, (magnitude >> 1) & 15)
    # Segment 0 and 1 share a step of two; the segment number is one more than the shift above them.
    segment = np.where(magnitude >= 32, exponent, 0)
    code = (segment << 4) | mantissa
    return ((np.where(linear >= 0, 0x80, 0) | code) ^ 0x55).astype(np.uint8)


def alaw_decode(coded: np.ndarray) -> np.ndarray:
    """G.711 A-law bytes to float32 (-1..1)."""
    value = coded.astype(np.int32) ^ 0x55
    segment, mantissa = (value >> 4) & 7, value & 15
    magnitude = np.where(segment == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(segment - 1, 0))
    return (np.where(value & 0x80, magnitude, -magnitude) / 32768).astype(np.float32)


def over_the_line(samples: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """A random telephone: silence around, gain, noise, band, A-law."""
    around = [np.zeros(int(RATE * rng.uniform(0.15, 0.7)), np.float32) for _ in range(2)]
    samples = np.concatenate([around[0], samples, around[1]])
    samples = samples * 10 ** (rng.uniform(-18, 2) / 20)
    power = math.sqrt(float(np.mean(samples**2)) + 1e-9)
    ratio = 10 ** (-rng.uniform(14, 45) / 20)
    samples = samples + noise(len(samples), rng=rng, colour=rng.uniform(0, 0.95)) * power * ratio
    if rng.random() < 0.6:
        samples = sosfilt(TELEPHONE_BAND, samples).astype(np.float32)
    return alaw_decode(alaw_encode(samples)) if rng.random() < 0.7 else np.clip(samples, -1, 1)
