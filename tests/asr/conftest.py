"""What all speech tests share: the demonstration model, loaded once."""

import pytest

from asr.install import load_recogniser
from asr.recognise import VoskRecogniser


@pytest.fixture(scope="session")
def demo_recogniser() -> VoskRecogniser:
    """The real Vosk library with the demonstration model."""
    return load_recogniser(demo=True)
