"""Steps that many tests share, told as the people of the desks would."""

import re

import pytest
from sqlmodel import select

from catalogue.errors import HotlineError
from hotline.tickets import splitting
from hotline.tickets.suggesting import latest
from hotline.tickets.tables import Ticket
from tests.hotline.conftest import Desk

LAMP = "端州区天宁北路的路灯坏了三天，晚上很黑，我姓李，电话13812345678"
TOWER = "鼎湖区桂城街道楼下餐厅的冷却塔从早响到晚，小孩没法睡，电话13800138000"
NOISE = "晚上十一点多还有噪音，轰轰响，睡不着，能不能管管"


def take_call(operator: Desk, text: str) -> str:
    """Register a call; the number of its ticket."""
    operator.get("/intake")
    answer = operator.post("/intake/calls", {"text": text})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.location.rsplit("/", 1)[-1]


def file_call(operator: Desk, number: str, **changes: object):
    """Submit the form as the page shows it, with changes."""
    page = operator.page(f"/intake/{number}")
    return operator.post(f"/intake/{number}/file", {**shown_form(page), **changes})


def shown_form(page: str) -> dict:
    """What the form of a page holds: the part of it that a browser would send."""
    form = re.search(r'<form[^>]*id="ticket-form".*?</form>', page, re.S)[0]
    values = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', form))
    values |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        values[name] = (chosen[1] or chosen[2]) if chosen else ""
    values["outcome"] = re.search(r'name="outcome" value="(\w+)" checked', form)[1]
    for flag in ("urgent", "confidential", "callback"):
        if not re.search(rf'name="{flag}" value="1" checked', form):
            values.pop(flag, None)
    return values


def version_on(page: str) -> str:
    """The ticket's version that a page carries."""
    return re.search(r'name="version" value="(\d+)"', page)[1]


def filed(operator: Desk, text: str, **changes: object) -> str:
    """Register and submit; the number."""
    number = take_call(operator, text)
    assert file_call(operator, number, **changes).status_code == 302
    return number


def dispatch(dispatcher: Desk, number: str, *, lead: str, version: str | None = None):
    """Send a ticket to a lead."""
    version = version or version_on(dispatcher.page(f"/review/{number}"))
    return dispatcher.post(f"/review/{number}/dispatch", {"version": version, "lead": lead})


def send_to_meeting(dispatcher: Desk, number: str, *, question: str = "该归谁管") -> None:
    """Lay a ticket before the joint meeting."""
    version = version_on(dispatcher.page(f"/review/{number}"))
    answer = dispatcher.post(f"/review/{number}/meeting", {"version": version, "question": question, "lead": "GAJ"})
    assert answer.status_code == 302


def rule(member: Desk, item: int, **changes: object):
    """Decide a docket item: commercial noise goes to the urban management."""
    version = version_on(member.page(f"/meetings/{item}"))
    form = {"version": version, "matter": "040201", "lead": "CGJ", "co": "GAJ", "when-noise_source": "commercial"}
    return member.post(f"/meetings/{item}/decide", {**form, "basis": "热线联席会议纪要〔2026〕1号", **changes})


def press_split(operator: Desk, number: str, suggestion: int):
    """The button of the desk, with the suggestion that it was shown for."""
    operator.get(f"/intake/{number}")
    return operator.post(f"/intake/{number}/split", {"suggestion": suggestion}, follow_redirects=True)


def all_tickets(db) -> list[Ticket]:
    """Every ticket in the order of their making."""
    return list(db.exec(select(Ticket).order_by(Ticket.id)))


def split(db, ticket: Ticket) -> list[Ticket]:
    """Split as the newest suggestion says."""
    return splitting.split(db, ticket, latest(db, ticket), who="huawu")


def refused(db, ticket: Ticket, suggestion, code: str) -> str:
    """The message of a refused split, after which nothing has changed."""
    before = len(all_tickets(db))
    with pytest.raises(HotlineError) as error:
        splitting.split(db, ticket, suggestion, who="huawu")
    assert error.value.code == code
    assert len(all_tickets(db)) == before
    return error.value.message
