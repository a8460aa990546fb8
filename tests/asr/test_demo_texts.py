"""What the demonstration model's own build rests on: how texts are spoken, cut and set aside."""

import numpy as np
import pytest

from asr.decode import decode
from asr.demo import texts
from asr.demo.phones import BLANK, PHONE_IDS, syllable_phones, word_phones
from asr.normalise import normalise
from tests.asr.sounds import tone, wav

SPOKEN = [
    ("肇庆12345热线", "肇庆一二三四五热线"),
    ("打110报警", "打幺幺零报警"),
    ("电话13800005678", "电话幺三八零零零零五六七八"),
    ("2025年3月", "二零二五年三月"),
    ("欠了35000元", "欠了三万五千元"),
    ("涨了12%", "涨了百分之十二"),
    ("3.5公里", "三点五公里"),
    ("205房", "二百零五房"),
    ("开wifi吗？", "开吗？"),
]


@pytest.mark.parametrize(("written", "said"), SPOKEN)
def test_a_written_text_is_read_aloud(written: str, said: str) -> None:
    assert texts.spoken(written) == said


@pytest.mark.parametrize(("written", "said"), SPOKEN[:7])
def test_and_comes_back_as_it_was_written(written: str, said: str) -> None:
    assert normalise(said) == written


SYLLABLES = [("zhi1", ["zh", "iR"]), ("zi4", ["z", "iZ"]), ("xue2", ["x", "ve"]), ("yu3", ["y", "v"]), ("er2", ["er"])]


@pytest.mark.parametrize(("syllable", "phones"), SYLLABLES)
def test_syllables_are_initial_and_final(syllable: str, phones: list[str]) -> None:
    assert syllable_phones(syllable) == phones


def test_every_word_of_the_scripts_can_be_spelled() -> None:
    words = {word for script in texts.scripts() for turn in script["turns"] for word in texts.words(turn["text"])}
    assert [word for word in words if not word_phones(word)] == []
    assert max(PHONE_IDS.values()) == BLANK - 1


def test_held_out_sentences_are_in_no_training_text() -> None:
    held = {texts.characters(line) for line in texts.lines("heldout")}
    assert len(held) >= 100
    sample = [*texts.exemplars(), *texts.hotline_sentences(2000, seed=7)]
    assert not held & {texts.characters(sentence) for sentence in texts.not_held_out(sample)}


def test_invented_sentences_are_the_same_for_the_same_seed() -> None:
    assert list(texts.hotline_sentences(20, seed=1)) == list(texts.hotline_sentences(20, seed=1))


def test_our_a_law_is_everyones() -> None:
    voice = pytest.importorskip(
        "asr.demo.voice", reason="缺演示模型的制作工具：pip install -r asr/demo/requirements.txt", exc_type=ImportError
    )
    samples = tone(1, rate=8000, level=20_000)
    ours = voice.alaw_decode(voice.alaw_encode(samples / 32767)) * 32768
    theirs = decode(wav([samples], codec="pcm_alaw")).channels[0]
    assert np.abs(ours - theirs).max() <= 1
