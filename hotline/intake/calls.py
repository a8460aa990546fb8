"""From what came in to a stored ticket with a suggestion: one way for the page, the shell and the API."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlmodel import Session

from catalogue.errors import HotlineError, InputError
from hotline.intake import files
from hotline.tickets import filing, history, receiving
from hotline.tickets.suggesting import Suggester, latest, suggest
from hotline.tickets.tables import Ticket
from hotline.web import plug


def limits() -> dict[str, int]:
    """The bounds of a text, for `receiving.check_text`."""
    return {
        "shortest": int(current_app.config["MIN_TEXT_CHARS"]),
        "longest": int(current_app.config["MAX_TEXT_CHARS"]),
    }


def take_text(
    session: Session, text: str, *, who: str, channel: str, suggester: Suggester, title: str = "", **more
) -> Ticket:
    """Store a text, or a dialogue written line by line, and ask for a suggestion. Raises InputError."""
    text = receiving.check_text(text, **limits())
    turns = receiving.parse_dialogue(text) or []
    return take_call(
        session, text=text, turns=turns, who=who, channel=channel, suggester=suggester, title=title, **more
    )


def take_call(
    session: Session,
    *,
    who: str,
    channel: str,
    suggester: Suggester,
    text: str = "",
    turns: Sequence[Mapping] = (),
    title: str = "",
    **more,
) -> Ticket:
    """Store a call given as text or turns and ask for a suggestion. Raises InputError; nothing is stored then."""
    if turns:
        turns = receiving.check_turns(turns, **limits())
    else:
        text = receiving.check_text(text, **limits())
    ticket = receiving.receive(session, who=who, channel=channel, text=text, turns=turns, title=title, **more)
    suggest(session, ticket, suggester, who=who)
    return ticket


def take_audio(
    session: Session, source: BinaryIO, *, name: str, who: str, channel: str, suggester: Suggester
) -> Ticket:
    """Keep a recording, store its ticket, then transcribe and suggest.

    Raises InputError for what is no sound, HotlineError without a model; nothing is stored then. A recogniser that
    breaks later leaves a ticket to be filled in by hand, with its recording.
    """
    recogniser = plug.recogniser()
    folder = Path(str(current_app.config["HOTLINE_HOME"])) / "recordings"
    path = files.keep(source, folder=folder, name=secrets.token_hex(12) + Path(name).suffix.lower())
    try:
        _check_sound(path, name)
    except HotlineError:
        path.unlink()
        raise
    ticket = receiving.receive(session, who=who, channel=channel, title="", recording=path.name)
    if _transcribe(session, ticket, path, recogniser, who=who, name=name):
        suggest(session, ticket, suggester, who=who)
    return ticket


def _check_sound(path: Path, name: str) -> None:
    from hotline.intake import speech

    if path.stat().st_size == 0:
        raise InputError("audio.empty", f"文件「{name}」是空的")
    speech.probe(path, name=name)


def _transcribe(session: Session, ticket: Ticket, path: Path, recogniser: object, *, who: str, name: str) -> bool:
    """Put the transcript on the ticket; False (and the ticket is manual) if the recogniser fails."""
    from hotline.intake import speech

    try:
        heard = speech.transcribe(path, recogniser=recogniser, name=name)
    except Exception as error:
        # As with the suggester: whatever breaks, the call stays, with its recording.
        current_app.logger.exception("transcription failed for %s", ticket.number)
        message = error.message if isinstance(error, HotlineError) else type(error).__name__
        ticket.state = "manual"
        note = f"录音未能转写（{message}），请听录音后人工填写"
        history.record(session, ticket, who=who, what="model_failed", before="draft", after="manual", note=note)
        session.commit()
        return False
    ticket.text = receiving.joined(heard["turns"])
    ticket.recogniser = heard["model"]
    ticket.warnings = heard["warnings"]
    receiving.add_turns(session, ticket, heard["turns"])
    history.record(session, ticket, who=who, what="transcribed", note=heard["model"])
    if not ticket.text:
        # Nobody was heard (the warnings say so): a person listens.
        ticket.state = "manual"
    session.commit()
    return bool(ticket.text)


def file_as_suggested(session: Session, ticket: Ticket, *, who: str) -> None:
    """File a draft with the suggested form, as its verdict says; without a suggestion it waits for a person."""
    if ticket.state != "draft":
        return
    form = filing.prefill(ticket, latest(session, ticket))
    filing.file(session, ticket, form, who=who)
