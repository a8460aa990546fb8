"""`hotline demo`: six calls come in as sound and end on a desk, printed as they go; then the desks are served."""

import os
from collections import Counter
from pathlib import Path

from asr import demo as voice
from hotline.tickets.states import STATES

CALLS = Path(voice.__file__).parent / "calls"


def run(*, port: int = 8080, serve: bool = True) -> list[str]:
    """Take every sample call through the road, print each; returns the ticket numbers. Then serve until stopped."""
    os.environ.setdefault("HOTLINE_ASR_DEMO", "1")
    from hotline.access import people
    from hotline.app import create_app
    from hotline.database import session, upgrade

    app = create_app({"DEMO": True})
    upgrade(app.config["DATABASE_URL"])
    with app.app_context():
        numbers = _calls(session())
        accounts = people.create_demo_people(session())
    if serve:
        _serve(app, accounts, port)
    return numbers


def _calls(session) -> list[str]:
    from hotline.intake.shell import as_text, take

    print("演示：样例来电由演示模型识别（演示模型只听得懂演示用的合成声音，不代表真实识别效果）\n")
    numbers, states = [], Counter()
    for path in sorted(CALLS.glob("*.wav")):
        print(f"── {path.name} ──")
        ticket = take(session, str(path))
        for utterance in ticket_words(session, ticket):
            print(f"  {utterance}")
        print(as_text(session, ticket) + "\n")
        numbers.append(ticket.number)
        states[STATES[ticket.state]] += 1
    print("样例走完：" + "，".join(f"{state} {count} 件" for state, count in states.items()))
    return numbers


def ticket_words(session, ticket) -> list[str]:
    """The transcript, a line a turn."""
    from hotline.tickets.receiving import turns_of

    who = {"agent": "话务员", "caller": "来电人"}
    return [f"{who.get(row.who, row.who)}：{row.text}" for row in turns_of(session, ticket)]


def _serve(app, accounts, port: int) -> None:
    from hotline.serving import run as listen

    print("\n演示账号（仅演示用）：")
    for role, username, password in accounts:
        print(f"  {role}　用户名 {username}　密码 {password}")
    print(f"\n三张工作台已开启：http://127.0.0.1:{port}/　（Ctrl+C 停止）", flush=True)
    listen(app, host="127.0.0.1", port=port)
