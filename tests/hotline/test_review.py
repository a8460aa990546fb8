"""The dispatcher's desk: order of the queue, decisions, and never two dispatchers on one ticket."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.database import now
from hotline.tickets import history, queries
from hotline.tickets.tables import DocketItem, Ticket
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.factories import TicketFactory
from tests.hotline.steps import LAMP, NOISE, TOWER, dispatch, filed, send_to_meeting, version_on

# (verdict, urgent, hours to the deadline), as they should stand in the queue
QUEUE = [
    (None, False, 90),
    ("joint", True, 20),
    ("joint", False, 50),
    ("review", False, 10),
    ("ask", False, 70),
    ("dispatch", True, 80),
    ("dispatch", False, 5),
    ("dispatch", False, 60),
]


def test_the_doubtful_come_first_then_the_urgent_then_the_nearest_deadline(db):
    made = [
        TicketFactory.create(db, verdict=verdict, urgent=urgent, deadline=now() + timedelta(hours=hours)).id
        for verdict, urgent, hours in reversed(QUEUE)
    ]
    assert [ticket.id for ticket in queries.queue(db)] == made[::-1]


def test_the_queue_counts_by_reason_of_doubt_and_filters(login_as, db):
    for verdict in ("joint", "joint", "review", "dispatch"):
        TicketFactory.create(db, verdict=verdict, title=f"这是{verdict}")
    db.commit()
    page = login_as("dispatcher").page("/review?doubt=list")
    counts = dict(re.findall(r"doubt=(\w+)\"[^>]*>[^<]*<b>(\d+)</b>", page))
    assert counts == {"manual": "0", "list": "2", "reading": "1", "fact": "0", "none": "1"}
    assert page.count("这是joint") == 2
    assert "这是review" not in page


def test_accepting_sends_the_ticket_and_opens_the_next(login_as, db):
    operator, dispatcher = login_as("operator"), login_as("dispatcher")
    first, second = filed(operator, TOWER), filed(operator, LAMP)
    answer = dispatch(dispatcher, first, lead="GAJ")
    assert answer.location == f"/review/{second}"
    ticket = queries.by_number(db, first)
    assert (ticket.state, ticket.lead, ticket.dispatched_by) == ("dispatched", "GAJ", "paidan")


def test_the_leads_of_the_set_have_keys(login_as):
    page_of = login_as("dispatcher").page
    page = page_of(f"/review/{filed(login_as('operator'), TOWER)}")
    assert re.findall(r'data-lead="(\w+)" data-key="(\d)"', page) == [("GAJ", "1"), ("CGJ", "2"), ("STHJJ", "3")]


def test_changing_the_lead_is_written_as_a_change(login_as, db):
    number = filed(login_as("operator"), LAMP)
    dispatch(login_as("dispatcher"), number, lead="GDJ")
    line = history.of(db, queries.by_number(db, number))[-1]
    assert (line.what, line.detail["before"], line.detail["lead"]) == ("changed", "CGJ", "GDJ")


@ON_SQLITE
@pytest.mark.parametrize("lead", ["", "XXX"])
def test_a_lead_of_no_list_is_refused(login_as, db, lead):
    number = filed(login_as("operator"), LAMP)
    assert dispatch(login_as("dispatcher"), number, lead=lead).status_code == 400
    assert queries.by_number(db, number).state == "pending"


def test_sending_to_the_meeting_names_who_works_meanwhile(login_as, db):
    number = filed(login_as("operator"), TOWER)
    send_to_meeting(login_as("dispatcher"), number, question="商业噪声该谁管")
    ticket = queries.by_number(db, number)
    assert (ticket.state, ticket.lead) == ("joint", "GAJ")
    assert db.exec(select(DocketItem)).one().question == "商业噪声该谁管"
    assert "会商期间由公安局先行办理" in history.of(db, ticket)[-1].note


def test_questioned_back_it_is_on_the_operators_desk(login_as, db):
    operator, dispatcher = login_as("operator"), login_as("dispatcher")
    number = filed(operator, LAMP)
    version = version_on(dispatcher.page(f"/review/{number}"))
    dispatcher.post(f"/review/{number}/ask", {"version": version, "question": "请问是哪一盏灯"})
    assert queries.by_number(db, number).state == "asking"
    page = operator.page(f"/intake/{number}")
    assert "请问是哪一盏灯" in page
    assert "提交派单" in page


def test_a_question_must_say_what(login_as):
    dispatcher = login_as("dispatcher")
    number = filed(login_as("operator"), LAMP)
    version = version_on(dispatcher.page(f"/review/{number}"))
    assert dispatcher.post(f"/review/{number}/ask", {"version": version, "question": " "}).status_code == 400


def test_a_returned_ticket_waits_again_and_counts(login_as, db):
    dispatcher = login_as("dispatcher")
    number = filed(login_as("operator"), LAMP)
    dispatch(dispatcher, number, lead="CGJ")
    version = version_on(dispatcher.page(f"/review/{number}"))
    dispatcher.post(f"/review/{number}/return", {"version": version, "reason": "灯杆属供电部门产权"})
    ticket = queries.by_number(db, number)
    assert (ticket.state, ticket.returns) == ("pending", 1)
    assert "退1" in dispatcher.page("/review")
    assert "灯杆属供电部门产权" in dispatcher.page(f"/review/{number}")


def test_without_a_version_nothing_is_decided(login_as, db):
    dispatcher = login_as("dispatcher")
    number = filed(login_as("operator"), LAMP)
    dispatcher.get("/review")
    assert dispatcher.post(f"/review/{number}/dispatch", {"lead": "CGJ"}).status_code == 400
    assert queries.by_number(db, number).state == "pending"


def test_the_second_dispatcher_is_told_that_the_ticket_is_taken(login_as, db):
    one, two = login_as("dispatcher"), login_as("dispatcher")
    number = filed(login_as("operator"), LAMP)
    version = version_on(two.page(f"/review/{number}"))
    dispatch(one, number, lead="CGJ")
    answer = dispatch(two, number, lead="GDJ", version=version)
    assert answer.status_code == 409
    assert "已被他人处理" in answer.get_data(as_text=True)
    assert queries.by_number(db, number).lead == "CGJ"


def test_dispatchers_at_the_same_instant_never_take_the_same_ticket(login_as, db):
    operator = login_as("operator")
    desks = [login_as("dispatcher") for _ in range(4)]
    for text in (LAMP, TOWER, NOISE + "看不准"):
        number = filed(operator, text, outcome="pending")
        version = version_on(desks[0].page(f"/review/{number}"))
        for desk in desks:
            desk.get("/review")
        start = threading.Barrier(len(desks))

        def press(desk, lead, *, number=number, version=version, start=start):
            start.wait(timeout=30)
            return dispatch(desk, number, lead=lead, version=version).status_code

        with ThreadPoolExecutor(len(desks)) as pool:
            codes = list(pool.map(press, desks, ["CGJ", "GAJ", "ZJJ", "GDJ"]))
        assert sorted(codes) == [302, 409, 409, 409]
        db.expire_all()
        ticket = db.exec(select(Ticket).where(Ticket.number == number)).one()
        sent = [line for line in history.of(db, ticket) if line.after == "dispatched"]
        assert [line.detail["lead"] for line in sent] == [ticket.lead]
        assert ticket.lead == ["CGJ", "GAJ", "ZJJ", "GDJ"][codes.index(302)]
