"""Two legs of a call become one conversation."""

import numpy as np
import pytest

from asr.recognise import ScriptedRecogniser, say
from asr.transcribe import transcribe
from tests.asr.sounds import tone, wav

STEREO = wav([tone(20, rate=8000), tone(20, rate=8000, pitch=700)], codec="pcm_alaw")
MONO = wav([tone(20, rate=8000)])
AGENT = [say("您好 请讲", start=0.5), say("请问 在 哪里", start=6.0)]
CALLER = [say("路灯 坏 了", start=3.0), say("在 端州区 十二 号", start=9.0), say("三 栋 二零一", start=11.5)]
CONVERSATION = [
    ("agent", "您好请讲"),
    ("caller", "路灯坏了"),
    ("agent", "请问在哪里"),
    ("caller", "在端州区12号，3栋201"),
]


def test_a_stereo_call_is_two_speakers_in_time_order() -> None:
    transcript = transcribe(STEREO, recogniser=ScriptedRecogniser([AGENT, CALLER]), name="call.wav")
    assert [(turn.who, turn.text) for turn in transcript.turns] == CONVERSATION
    assert [turn.start for turn in transcript.turns] == sorted(turn.start for turn in transcript.turns)
    assert transcript.seconds == pytest.approx(20, abs=0.01)


def test_the_channels_can_be_the_other_way_round() -> None:
    transcript = transcribe(STEREO, recogniser=ScriptedRecogniser([CALLER, AGENT]), channels=("caller", "agent"))
    assert [(turn.who, turn.text) for turn in transcript.turns] == CONVERSATION


@pytest.mark.parametrize("who", ["caller", "agent"])
def test_a_mono_call_is_one_speaker(who: str) -> None:
    transcript = transcribe(MONO, recogniser=ScriptedRecogniser([CALLER]), mono=who)
    assert {turn.who for turn in transcript.turns} == {who}


def test_a_pause_of_some_seconds_ends_a_turn() -> None:
    far = [say("第一 句", start=1.0), say("第二 句", start=9.0)]
    assert len(transcribe(MONO, recogniser=ScriptedRecogniser([far])).turns) == 2


def test_the_json_holds_words_with_times_and_confidence() -> None:
    agent = [say("您好", start=0.5, conf=0.5), say("请讲 吧", start=1.2, conf=1.0)]
    data = transcribe(STEREO, recogniser=ScriptedRecogniser([agent]), name="call.wav").to_json()
    (turn,) = data["turns"]
    assert turn["words"][0] == {"word": "您好", "start": 0.5, "end": 1.0, "conf": 0.5}
    assert turn["raw_text"] == "您好 请讲 吧"
    assert turn["confidence"] == pytest.approx(0.8)
    assert (data["model"], data["demo"], data["source"], data["codec"]) == ("scripted", False, "call.wav", "pcm_alaw")


def test_progress_is_told_in_seconds() -> None:
    told: list[tuple[float, float]] = []
    transcribe(STEREO, recogniser=ScriptedRecogniser([]), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == pytest.approx((20, 20), abs=0.1)
    assert len(told) > 10


@pytest.mark.parametrize(
    ("samples", "words"), [(np.zeros(80_000, np.int16), "整段录音没有声音"), (tone(10, rate=8000), "没有识别到说话")]
)
def test_a_recording_without_speech_says_so(samples: np.ndarray, words: str) -> None:
    transcript = transcribe(wav([samples]), recogniser=ScriptedRecogniser([]), name="still.wav")
    assert transcript.turns == []
    assert transcript.warnings == [f"still.wav：{words}"]


def test_a_truncated_call_keeps_its_beginning() -> None:
    transcript = transcribe(STEREO[: len(STEREO) // 2], recogniser=ScriptedRecogniser([AGENT, CALLER]), name="cut.wav")
    assert transcript.turns
    assert "不完整" in transcript.warnings[0]
