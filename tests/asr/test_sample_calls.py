"""The sample calls, end to end: sound file, real Vosk library, demonstration model, transcript."""

import json

import pytest

from asr.check import character_errors, check, sample_calls
from asr.decode import decode
from asr.demo import CALLS_DIR, MODEL_DIR, SENTENCE
from asr.recognise import VoskRecogniser
from asr.transcribe import Transcript, transcribe

CALLS = {call["id"]: call for call in sample_calls()}
TIMING = json.loads((CALLS_DIR / "timing.json").read_text(encoding="utf-8"))
KEY_WORDS = {
    "01-streetlamp": ["12345热线", "端州区天宁北路", "三盏路灯", "13800005678"],
    "02-night-site": ["工地", "半夜", "打桩", "凌晨2点"],
    "03-cooling-tower": ["鼎湖区桂城街道", "超市", "中央空调的冷却塔", "社会生活噪音"],
    "04-court-judgment": ["法院", "判决", "强制执行", "35000元"],
    "05-gas-leak": ["煤气管正在漏气", "高要区南岸街道", "12号", "3栋201"],
    "06-residence-permit": ["居住证", "租房合同", "派出所"],
    "07-wage-arrears": ["农民工", "拖欠", "四会市东城街道", "12个人", "18000元", "15012340000"],
}


@pytest.fixture(scope="module")
def transcripts(demo_recogniser: VoskRecogniser) -> dict[str, Transcript]:
    return {name: transcribe(call["path"], recogniser=demo_recogniser) for name, call in CALLS.items()}


@pytest.mark.parametrize("name", CALLS)
def test_the_call_is_understood(name: str, transcripts: dict[str, Transcript]) -> None:
    turns = transcripts[name].turns
    errors = characters = 0
    for who in ("agent", "caller"):
        said = "".join(turn["text"] for turn in CALLS[name]["turns"] if turn["who"] == who)
        wrong, count = character_errors(said, "".join(turn.raw_text for turn in turns if turn.who == who))
        errors, characters = errors + wrong, characters + count
    assert errors / characters <= 0.15


@pytest.mark.parametrize("name", CALLS)
def test_the_words_that_decide_survive(name: str, transcripts: dict[str, Transcript]) -> None:
    text = transcripts[name].text
    assert [word for word in KEY_WORDS[name] if word not in text] == []


@pytest.mark.parametrize("name", CALLS)
def test_the_turns_come_in_the_order_and_at_the_times_they_were_spoken(
    name: str, transcripts: dict[str, Transcript]
) -> None:
    turns = transcripts[name].turns
    assert [turn.who for turn in turns] == [turn["who"] for turn in TIMING[name]]
    for turn, truth in zip(turns, TIMING[name], strict=True):
        assert turn.start == pytest.approx(truth["start"], abs=0.3)
        assert turn.end == pytest.approx(truth["end"], abs=0.3)
        assert all(0 < word.end - word.start < 1.5 for word in turn.words)
        assert all(before.end <= after.start + 1e-6 for before, after in zip(turn.words, turn.words[1:], strict=False))


@pytest.mark.parametrize("name", CALLS)
def test_the_call_is_a_telephone_recording_of_20_to_60_seconds(name: str) -> None:
    audio = decode(CALLS[name]["path"])
    assert (audio.sample_rate, audio.codec, len(audio.channels)) == (8000, "pcm_alaw", 2)
    assert 20 <= audio.seconds <= 60


def test_every_outcome_is_shown() -> None:
    assert {call["verdict"] for call in CALLS.values()} >= {"dispatch", "ask", "joint", "inform", "transfer", "answer"}


def test_the_model_is_small_and_named_for_what_it_is() -> None:
    state = check(demo=True, calls=1)
    assert state["bytes"] < 8_000_000
    assert (state["name"], state["demo"], state["note"]) == ("演示模型", True, SENTENCE)
    assert state["self_test"]["cer"] <= 0.15
    assert SENTENCE in (MODEL_DIR / "README.md").read_text(encoding="utf-8")
