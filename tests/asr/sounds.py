"""Recordings made on the fly: any codec and container that PyAV can write, no file of anybody."""

import io

import av
import numpy as np

# name: (container, codec, rate, layout)
FORMATS = {
    "pcm-8k-mono.wav": ("wav", "pcm_s16le", 8000, "mono"),
    "pcm-8k-stereo.wav": ("wav", "pcm_s16le", 8000, "stereo"),
    "pcm-16k-mono.wav": ("wav", "pcm_s16le", 16_000, "mono"),
    "pcm-16k-stereo.wav": ("wav", "pcm_s16le", 16_000, "stereo"),
    "alaw-8k-mono.wav": ("wav", "pcm_alaw", 8000, "mono"),
    "alaw-8k-stereo.wav": ("wav", "pcm_alaw", 8000, "stereo"),
    "alaw-16k-mono.wav": ("wav", "pcm_alaw", 16_000, "mono"),
    "mulaw-8k-mono.wav": ("wav", "pcm_mulaw", 8000, "mono"),
    "mulaw-8k-stereo.wav": ("wav", "pcm_mulaw", 8000, "stereo"),
    "mulaw-16k-stereo.wav": ("wav", "pcm_mulaw", 16_000, "stereo"),
    "pcm-44k-stereo.wav": ("wav", "pcm_s16le", 44_100, "stereo"),
    "mp3-16k-mono.mp3": ("mp3", "libmp3lame", 16_000, "mono"),
    "mp3-44k-stereo.mp3": ("mp3", "libmp3lame", 44_100, "stereo"),
    "amr-8k-mono.amr": ("amr", "libopencore_amrnb", 8000, "mono"),
    "opus-48k-mono.ogg": ("ogg", "libopus", 48_000, "mono"),
    "opus-48k-stereo.ogg": ("ogg", "libopus", 48_000, "stereo"),
    "flac-16k-stereo.flac": ("flac", "flac", 16_000, "stereo"),
    "aac-16k-mono.m4a": ("ipod", "aac", 16_000, "mono"),
}


def tone(seconds: float, *, rate: int, pitch: float = 440, level: float = 8000) -> np.ndarray:
    """int16 sine."""
    return (np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate) * level).astype(np.int16)


def encode(channels: list[np.ndarray], *, container: str, codec: str, rate: int) -> bytes:
    """The channels (int16) as a file of that kind."""
    target = io.BytesIO()
    layout = "stereo" if len(channels) == 2 else "mono"
    with av.open(target, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.stack(channels, axis=1).reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = rate
        for part in (frame, None):
            output.mux(stream.encode(part))
    return target.getvalue()


def made(name: str, *, seconds: float = 1.5) -> bytes:
    """A file of FORMATS: 440 Hz on the left or alone, 880 Hz on the right."""
    container, codec, rate, layout = FORMATS[name]
    pitches = (440, 880) if layout == "stereo" else (440,)
    return encode([tone(seconds, rate=rate, pitch=p) for p in pitches], container=container, codec=codec, rate=rate)


def wav(channels: list[np.ndarray], *, rate: int = 8000, codec: str = "pcm_s16le") -> bytes:
    """A WAV file of these channels."""
    return encode(channels, container="wav", codec=codec, rate=rate)


def pitch_of(samples: np.ndarray, rate: int) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    return float(np.argmax(spectrum) * rate / len(samples))
