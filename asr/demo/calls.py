"""Speaks the scripts of the sample calls: 8 kHz A-law stereo WAV, agent left, caller right, with line noise.

Beside the recordings, `timing.json` keeps when each turn was really spoken, so that a transcript's times can be checked.
"""

import json

import numpy as np
import soundfile
from scipy.signal import sosfilt

from asr.demo import CALLS_DIR
from asr.demo.texts import scripts
from asr.demo.voice import AGENT, CALLER, RATE, TELEPHONE_BAND, Voice, noise, phrases, speak

GAP, EDGE, BREATH = 0.35, 0.5, 0.3
NOISE_LEVEL = 0.0006
VOICES = {"agent": AGENT, "caller": CALLER}
SPEAKERS = ("agent", "caller")


def breathe(text: str, *, voice: Voice) -> np.ndarray:
    """A turn spoken phrase by phrase, with a breath where the script has a comma; the synthesizer's own is very short."""
    pieces: list[np.ndarray] = []
    for phrase in phrases(text):
        pieces += [speak(phrase, voice=voice), np.zeros(int(BREATH * RATE), np.float32)]
    return np.concatenate(pieces[:-1])


def perform(turns: list[dict], *, seed: int) -> tuple[np.ndarray, list[dict]]:
    """The call as float32 samples x 2, and {who, start, end} in seconds of each turn."""
    spoken = [(SPEAKERS.index(turn["who"]), breathe(turn["text"], voice=VOICES[turn["who"]])) for turn in turns]
    total = int((2 * EDGE + GAP * (len(turns) - 1)) * RATE) + sum(len(samples) for _, samples in spoken)
    rng = np.random.default_rng(seed)
    call = np.stack([noise(total, rng=rng, colour=0.6) * NOISE_LEVEL for _ in SPEAKERS], axis=1)
    timing, now = [], int(EDGE * RATE)
    for channel, samples in spoken:
        call[now : now + len(samples), channel] += sosfilt(TELEPHONE_BAND, samples) * 0.6
        timing.append(
            {"who": SPEAKERS[channel], "start": round(now / RATE, 3), "end": round((now + len(samples)) / RATE, 3)}
        )
        now += len(samples) + int(GAP * RATE)
    return call, timing


def write_calls() -> None:
    """Write every call of `scripts.yaml` and the timing."""
    timings = {}
    for number, script in enumerate(scripts(), start=1):
        call, timings[script["id"]] = perform(script["turns"], seed=number)
        soundfile.write(CALLS_DIR / f"{script['id']}.wav", np.clip(call, -1, 1), RATE, subtype="ALAW")
        print(f"{script['id']}.wav {len(call) / RATE:.1f} 秒")
    (CALLS_DIR / "timing.json").write_text(json.dumps(timings, indent=1) + "\n", encoding="utf-8")
