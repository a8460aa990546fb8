"""拆单: a call about several matters becomes a ticket for each, once, and the call itself stays whole."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, select

from catalogue.errors import HotlineError
from hotline.database import ENGINE
from hotline.tickets import history, moves, numbers, splitting
from hotline.tickets.suggesting import call_of, latest, located, suggest
from hotline.tickets.tables import Ticket
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.steps import LAMP, all_tickets, press_split, refused, split, take_call
from tests.hotline.twins import BOTH, DIALOGUE, LAMP_PART, PHONE, WAGE_PART, PartingSuggester


@pytest.fixture
def suggester() -> PartingSuggester:
    """The twin of this module's apps."""
    return PartingSuggester()


def test_the_original_keeps_the_whole_call_and_each_further_part_gets_a_ticket(db, call):
    original = call(channel="audio", recording="a.wav", recogniser="听写", warnings=["有杂音"])
    number = original.number
    found = split(db, original)
    assert all_tickets(db) == found
    lamp, wage = found
    assert (lamp.number, lamp.text, lamp.recording, lamp.split_from) == (number, BOTH, "a.wav", None)
    assert (lamp.part_text, lamp.request) == (LAMP_PART, LAMP_PART)
    assert (wage.text, wage.split_from, wage.part_text, wage.recording) == (WAGE_PART, number, None, None)
    assert (wage.state, wage.phone, wage.verdict) == ("draft", PHONE, None)
    for key in ("channel", "received_at", "call_time", "operator", "recogniser", "warnings"):
        assert getattr(wage, key) == getattr(lamp, key)
    assert len({lamp.number, wage.number}) == 2


def test_both_sides_tell_of_the_split(db, call):
    lamp = call()
    suggestion = latest(db, lamp)
    lamp, wage = splitting.split(db, lamp, suggestion, who="huawu")
    line = history.of(db, lamp)[-1]
    assert (line.who, line.what, line.note) == ("huawu", "split", f"拆出 {wage.number}")
    assert line.detail["suggestion"] == suggestion.id
    assert line.detail["parts"][1] == {"number": wage.number, "spans": [[15, len(BOTH)]]}
    (line,) = history.of(db, wage)
    assert (line.what, line.note) == ("received", f"由 {lamp.number} 拆出")


def test_a_split_ticket_is_read_by_its_own_words_and_without_the_turns(db, login_as, suggester):
    operator = login_as("operator")
    number = take_call(operator, DIALOGUE)
    (ticket,) = all_tickets(db)
    assert len(call_of(db, ticket)["turns"]) == 4
    press_split(operator, number, latest(db, ticket).id)
    lamp, wage = all_tickets(db)
    assert (call_of(db, lamp)["text"], call_of(db, wage)["text"]) == (LAMP_PART, WAGE_PART)
    assert all("turns" not in call_of(db, each) for each in (lamp, wage))
    assert [asked["text"] for asked, _ in suggester.calls[-2:]] == [LAMP_PART, WAGE_PART]
    assert [latest(db, each).payload["leads"][0]["code"] for each in (lamp, wage)] == ["CGJ", "RSJ"]


def test_the_evidence_of_a_part_counts_in_the_whole_call(db, call):
    found = split(db, call())
    assert LAMP_PART.index(PHONE) != BOTH.index(PHONE)
    phone = suggest(db, found[0], PartingSuggester()).payload["form"]["phone"]
    assert BOTH[phone["start"] : phone["end"]] == PHONE == phone["value"]
    gone = located({"form": {"title": {"value": "路灯", "text": "联系电话"}, "person": None}}, BOTH)
    assert gone["form"] == {"title": {"value": "路灯", "text": "联系电话", "start": None, "end": None}, "person": None}


def test_tickets_of_one_call_are_no_repeats_of_each_other_and_count_once(db, call, suggester):
    found = split(db, call())
    for ticket in found:
        moves.move(db, ticket, to="pending", who="huawu")
    assert (call_of(db, found[0])["recent"], call_of(db, found[0])["repeat_of"]) == (0, "")
    again = call(text=WAGE_PART)
    assert (call_of(db, again)["recent"], call_of(db, again)["repeat_of"]) == (1, found[1].number)


@pytest.mark.parametrize("state", ["manual", "asking", "pending", "dispatched", "answered"])
@ON_SQLITE
def test_only_a_draft_is_split(db, call, state):
    ticket = call(state=state)
    ticket.state = state
    assert splitting.parts_of(ticket, latest(db, ticket)) == []
    assert "不是草稿" in refused(db, ticket, latest(db, ticket), "split.state")


@ON_SQLITE
def test_a_call_about_one_matter_is_not_split(db, call):
    ticket = call(text=LAMP)
    assert "只有一件事" in refused(db, ticket, latest(db, ticket), "split.single")


def test_a_second_click_makes_nothing_twice(db, call):
    ticket = call()
    suggestion = latest(db, ticket)
    lamp, wage = splitting.split(db, ticket, suggestion, who="huawu")
    assert "已经拆分过" in refused(db, lamp, suggestion, "split.again")
    suggest(db, wage, PartingSuggester())
    assert "已经拆分过" in refused(db, wage, latest(db, wage), "split.again")


@pytest.mark.parametrize("change", [{"text": BOTH + "，快点"}, {"facts": {"noise_source": "social"}}])
def test_a_suggestion_of_older_words_or_facts_is_refused(db, call, change):
    ticket = call()
    for key, value in change.items():
        setattr(ticket, key, value)
    assert "已过时" in refused(db, ticket, latest(db, ticket), "split.stale")


def test_an_older_suggestion_and_that_of_another_ticket_are_refused(db, call, suggester):
    ticket, other = call(), call()
    older = latest(db, ticket)
    suggest(db, ticket, suggester)
    for wrong in (older, latest(db, other), None):
        refused(db, ticket, wrong, "split.stale")


def test_without_a_free_number_nothing_is_split(db, call, monkeypatch):
    ticket = call()
    suggestion, taken = latest(db, ticket), ticket.number
    db.commit()
    monkeypatch.setattr(numbers, "number_at", lambda moment, digits: taken)
    refused(db, ticket, suggestion, "ticket.number")
    assert ticket.part_text is None


def test_a_number_that_is_taken_is_drawn_again(db, call, monkeypatch):
    ticket = call()
    drawn = iter([ticket.number, ticket.number, "261122101108999999"])
    monkeypatch.setattr(numbers, "number_at", lambda moment, digits: next(drawn))
    found = split(db, ticket)
    assert [other.number for other in found] == [ticket.number, "261122101108999999"]


def test_of_many_clicks_at_once_one_splits(app, db, call):
    number = call().number
    db.commit()
    both_read = threading.Barrier(4)

    def click(who: str) -> int:
        with Session(app.extensions[ENGINE]) as session:
            ticket = session.exec(select(Ticket).where(Ticket.number == number)).one()
            suggestion = latest(session, ticket)
            both_read.wait(timeout=30)
            try:
                return len(splitting.split(session, ticket, suggestion, who=who))
            except HotlineError as error:
                assert error.status == 409
                return 0

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(click, [f"h{i}" for i in range(4)])) == [0, 0, 0, 2]
    db.expire_all()
    assert len(all_tickets(db)) == 2
