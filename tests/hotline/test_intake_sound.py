"""A recording comes in: it is kept, heard, read; what is no sound is refused by its name."""

import io
import wave
from pathlib import Path

import pytest
from sqlmodel import select
from werkzeug.test import EnvironBuilder

from catalogue.errors import HotlineError
from hotline.intake import calls
from hotline.tickets import history
from hotline.tickets.tables import Ticket, Utterance
from tests.hotline.conftest import ON_SQLITE, Desk
from tests.hotline.twins import scripted

recognise = pytest.importorskip("asr.recognise")
pytestmark = ON_SQLITE
SAMPLES = Path(__file__).parents[2] / "asr" / "demo" / "calls"


def recording(seconds: float = 6.0, channels: int = 2) -> bytes:
    """A WAV with a faint tone on each channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x08\x00\xf8" * int(seconds * 4000) * channels)
    return out.getvalue()


def upload(desk: Desk, content: bytes, name: str = "call.wav"):
    """Hand over a file on the operator's desk."""
    desk.get("/intake")
    form = {"csrf_token": desk.token, "file": (io.BytesIO(content), name)}
    environ = EnvironBuilder(path="/intake/calls", method="POST", data=form).get_environ()
    # A large upload lies in a temporary file of the test client, which nobody else would close.
    with environ["wsgi.input"]:
        return desk.client.open(environ)


def stored(db) -> list[Ticket]:
    """All tickets."""
    return list(db.exec(select(Ticket)))


def test_a_stereo_call_becomes_turns_a_ticket_and_a_recording(make_app, login_as, db):
    agent = [recognise.say("您好 请 讲", start=0.2)]
    caller = [recognise.say("端州区 天宁北路 路灯 坏 了", start=2.0)]
    operator = login_as("operator", at=make_app(RECOGNISER=lambda: recognise.ScriptedRecogniser([agent, caller])))
    number = upload(operator, recording()).location.rsplit("/", 1)[-1]
    turns = db.exec(select(Utterance).order_by(Utterance.position)).all()
    assert [(turn.who, turn.text, turn.start) for turn in turns] == [
        ("agent", "您好请讲", 0.2),
        ("caller", "端州区天宁北路路灯坏了", 2.0),
    ]
    (ticket,) = stored(db)
    assert (ticket.state, ticket.verdict, ticket.recogniser) == ("draft", "dispatch", "scripted")
    page = operator.page(f"/intake/{number}")
    assert 'data-seek="2.00"' in page
    with operator.get(f"/intake/{number}/recording") as sound:
        assert sound.data == recording()


@pytest.mark.slow
def test_a_sample_call_with_the_demonstration_model(make_app, login_as, db, monkeypatch):
    sample = next(iter(sorted(SAMPLES.glob("*.wav"))), None)
    if sample is None:
        pytest.skip("没有示例通话：python -m asr.demo.build calls")
    monkeypatch.setenv("HOTLINE_ASR_DEMO", "1")
    operator = login_as("operator", at=make_app())
    number = upload(operator, sample.read_bytes(), sample.name).location.rsplit("/", 1)[-1]
    (ticket,) = stored(db)
    assert "路灯" in ticket.text
    assert "演示模型只听得懂演示用的合成声音" in operator.page(f"/intake/{number}")


def test_a_call_in_which_nobody_speaks_is_left_to_a_person(make_app, login_as, db):
    operator = login_as("operator", at=make_app(RECOGNISER=lambda: recognise.ScriptedRecogniser([])))
    upload(operator, recording())
    (ticket,) = stored(db)
    assert ticket.state == "manual"
    assert "没有" in ticket.warnings[0]


class Heard:
    """What a recogniser's module gives back."""

    name = "演示模型"


def test_without_a_recogniser_the_page_says_so_and_stores_nothing(make_app, login_as, db):
    def none():
        raise HotlineError("asr.model", "没有语音模型，请运行 hotline asr install", status=503)

    operator = login_as("operator", at=make_app(RECOGNISER=none))
    upload(operator, recording())
    assert "没有语音模型，请运行 hotline asr install" in operator.page("/intake")
    assert stored(db) == []


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0" + bytes(3000), b"RIFF"])
def test_what_is_no_sound_is_refused_by_its_name(make_app, login_as, db, tmp_path, content):
    operator = login_as("operator", at=make_app(RECOGNISER=Heard))
    upload(operator, content, "photo.wav")
    assert "photo.wav" in operator.page("/intake")
    assert stored(db) == []
    assert list((tmp_path / "recordings").iterdir()) == []


def test_a_recogniser_that_breaks_leaves_a_ticket_with_its_recording(make_app, db, tmp_path):
    class Breaking:
        name, demo = "坏的", False

        def stream(self, sample_rate):
            raise RuntimeError("lattice")

    with make_app(RECOGNISER=Breaking).app_context():
        sound = io.BytesIO(recording())
        ticket = calls.take_audio(db, sound, name="a.wav", who="huawu", channel="audio", suggester=scripted())
    assert ticket.state == "manual"
    assert Path(tmp_path / "recordings" / ticket.recording).read_bytes() == recording()
    assert history.of(db, ticket)[-1].what == "model_failed"
