"""Training material: sentences spoken by the demo voices over random telephone lines, as MFCC frames and phones."""

import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import kaldi_native_fbank as knf
import numpy as np
from tqdm import tqdm

from asr.demo.phones import spell
from asr.demo.texts import words
from asr.demo.voice import AGENT, CALLER, RATE, Voice, over_the_line, speak

CEPSTRA = 32
# The same settings as Kaldi option lines, for the model's conf/mfcc.conf.
MFCC_CONF = (
    "--use-energy=false\n--sample-frequency=8000\n--num-mel-bins=32\n--num-ceps=32\n--low-freq=60\n"
    "--high-freq=3700\n--dither=0\n--allow-upsample=true\n--allow-downsample=true\n"
)


@dataclass
class Spoken:
    """One sentence as heard over two different lines: `takes` float16 frames x 32 each, `phones` numbered from 1."""

    takes: list[np.ndarray]
    phones: list[int]


def mfcc(samples: np.ndarray) -> np.ndarray:
    """MFCC of float samples (-1..1) at 8 kHz: frames (every 10 ms) x 32, float32."""
    options = knf.MfccOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = CEPSTRA
    options.mel_opts.low_freq = 60
    options.mel_opts.high_freq = 3700
    options.num_ceps = CEPSTRA
    options.use_energy = False
    reader = knf.OnlineMfcc(options)
    reader.accept_waveform(RATE, (samples * 32768).tolist())
    reader.input_finished()
    frames = [reader.get_frame(i) for i in range(reader.num_frames_ready)]
    return np.stack(frames) if frames else np.zeros((0, CEPSTRA), np.float32)


def random_voice(rng: random.Random) -> Voice:
    """Mostly one of the two demo voices at some speed and pitch, now and then a neighbour of them."""
    base = rng.choice([AGENT, CALLER])
    variant = base.variant if rng.random() < 0.9 else rng.choice(["f4", "f1", "m7", "m1"])
    return Voice(variant, speed=rng.randrange(140, 205), pitch=base.pitch + rng.randrange(-10, 11))


def _make(job: tuple[int, str]) -> Spoken:
    seed, sentence = job
    samples = speak(sentence, voice=random_voice(random.Random(seed)))
    rng = np.random.default_rng(seed)
    takes = [mfcc(over_the_line(samples, rng=rng)).astype(np.float16) for _ in range(2)]
    return Spoken(takes, spell(words(sentence)))


def material(sentences: list[str], *, workers: int = 2) -> list[Spoken]:
    """Every sentence spoken and heard; sentence i depends on i and its text alone."""
    with ProcessPoolExecutor(workers) as pool:
        made = tqdm(pool.map(_make, enumerate(sentences), chunksize=16), total=len(sentences), desc="合成训练语音")
        # CTC needs a frame (30 ms after subsampling) for each phone; what is spoken faster than that is left out.
        return [spoken for spoken in made if len(spoken.takes[0]) > 4 * len(spoken.phones) > 0]
