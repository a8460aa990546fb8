"""拆单 on the desks: the button, the links, who may, what was typed, the recording, the API, the migration."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlmodel import select

from hotline import database
from hotline.database import make_engine
from hotline.tickets.suggesting import latest
from hotline.tickets.tables import Ticket
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.steps import LAMP, all_tickets, file_call, filed, press_split, shown_form, split, take_call
from tests.hotline.twins import BOTH, LAMP_PART, PHONE, WAGE_PART, PartingSuggester


@pytest.fixture
def suggester() -> PartingSuggester:
    """The twin of this module's apps."""
    return PartingSuggester()


def test_the_desk_shows_the_parts_and_splits_them(login_as, db):
    operator = login_as("operator")
    number = take_call(operator, BOTH)
    page = operator.page(f"/intake/{number}")
    for words in ("这通电话说了 2 件事", "拆成 2 张工单", LAMP_PART, WAGE_PART, "人社局"):
        assert words in page
    page = press_split(operator, number, latest(db, all_tickets(db)[0]).id).get_data(as_text=True)
    lamp, wage = all_tickets(db)
    assert "已拆成 2 张工单" in page
    assert "这通电话说了" not in page
    assert "同一来电拆出的工单" in page
    assert f'href="/intake/{wage.number}"' in page
    assert BOTH in page
    other = operator.page(f"/intake/{wage.number}")
    assert f'href="/intake/{lamp.number}"' in other
    assert f"由 {lamp.number} 拆出" in other
    assert (lamp.verdict, wage.verdict) == ("dispatch", "dispatch")


def test_each_ticket_is_filed_on_its_own_and_the_dispatcher_sees_the_others(login_as, db):
    operator, dispatcher = login_as("operator"), login_as("dispatcher")
    number = take_call(operator, BOTH)
    press_split(operator, number, latest(db, all_tickets(db)[0]).id)
    for ticket in all_tickets(db):
        assert file_call(operator, ticket.number).status_code == 302
    lamp, wage = all_tickets(db)
    assert [(t.state, t.lead, t.fields["summary"]["value"]) for t in (lamp, wage)] == [
        ("pending", "CGJ", LAMP_PART),
        ("pending", "RSJ", WAGE_PART),
    ]
    for one, other in ((lamp, wage), (wage, lamp)):
        page = dispatcher.page(f"/review/{one.number}")
        assert "同一来电拆出的工单" in page
        assert f'href="/review/{other.number}"' in page
        assert PHONE not in page


def test_a_second_press_of_the_button_goes_back_to_the_call_and_says_so(login_as, db):
    operator = login_as("operator")
    number = take_call(operator, BOTH)
    suggestion = latest(db, all_tickets(db)[0]).id
    press_split(operator, number, suggestion)
    answer = press_split(operator, number, suggestion)
    assert answer.status_code == 200
    assert "已经拆分过" in answer.get_data(as_text=True)
    assert len(all_tickets(db)) == 2


def test_an_answer_of_the_caller_after_the_page_was_opened_stops_the_split(login_as, db):
    operator = login_as("operator")
    number = take_call(operator, BOTH)
    seen = latest(db, all_tickets(db)[0]).id
    operator.get(f"/intake/{number}")
    fresh = operator.post(f"/intake/{number}/facts", json={"fact": "place", "value": "天宁北路8号"}).json
    assert "拆成 2 张工单" in fresh["panel"]
    assert "拆分建议已过时" in press_split(operator, number, seen).get_data(as_text=True)
    press_split(operator, number, latest(db, all_tickets(db)[0]).id)
    assert len(all_tickets(db)) == 2


@ON_SQLITE
@pytest.mark.parametrize("given", ["", "x", "999999"])
def test_a_post_without_a_suggestion_of_ours_is_refused(login_as, db, given):
    operator = login_as("operator")
    number = take_call(operator, BOTH)
    assert "已过时" in press_split(operator, number, given).get_data(as_text=True)
    assert len(all_tickets(db)) == 1


@ON_SQLITE
def test_what_was_typed_about_the_caller_goes_with_every_part(login_as, db):
    operator = login_as("operator")
    number = take_call(operator, BOTH)
    operator.get(f"/intake/{number}")
    typed = {"person": "李女士", "phone": "0758-2231234", "confidential": True, "summary": "路灯和欠薪"}
    operator.post(f"/intake/{number}/draft", json=typed)
    press_split(operator, number, latest(db, all_tickets(db)[0]).id)
    for ticket in all_tickets(db):
        assert file_call(operator, ticket.number).status_code == 302
    lamp, wage = all_tickets(db)
    assert (wage.person, wage.phone, wage.confidential) == ("李女士", "0758-2231234", True)
    assert (lamp.fields["summary"]["value"], wage.fields["summary"]["value"]) == ("路灯和欠薪", WAGE_PART)


@ON_SQLITE
@pytest.mark.parametrize("stale", [False, True])
def test_what_was_typed_a_moment_ago_comes_with_the_button_and_the_rest_is_suggested_anew(login_as, db, stale):
    operator = login_as("operator")
    number = take_call(operator, BOTH)
    seen = latest(db, all_tickets(db)[0]).id
    form = shown_form(operator.page(f"/intake/{number}")) | {"demand": "早点修好", "suggestion": seen}
    if stale:
        operator.post(f"/intake/{number}/facts", json={"fact": "place", "value": "天宁北路8号"})
    operator.post(f"/intake/{number}/split", form)
    assert len(all_tickets(db)) == (1 if stale else 2)
    form = shown_form(operator.page(f"/intake/{number}"))
    assert (form["demand"], form["summary"]) == ("早点修好", BOTH if stale else LAMP_PART)


@ON_SQLITE
def test_a_filed_ticket_is_not_split(login_as, db):
    operator = login_as("operator")
    number = filed(operator, BOTH)
    assert press_split(operator, number, latest(db, all_tickets(db)[0]).id).status_code == 409
    assert len(all_tickets(db)) == 1


@ON_SQLITE
def test_only_operators_split(login_as, db):
    number = take_call(login_as("operator"), BOTH)
    answer = press_split(login_as("dispatcher"), number, latest(db, all_tickets(db)[0]).id)
    assert answer.status_code == 403
    assert len(all_tickets(db)) == 1


@ON_SQLITE
def test_a_part_plays_the_recording_of_the_call(login_as, db, call, tmp_path):
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "a.wav").write_bytes(b"RIFF")
    found = split(db, call(recording="a.wav", channel="audio"))
    with login_as("operator").get(f"/intake/{found[1].number}/recording") as answer:
        assert answer.data == b"RIFF"


# ---- the API


def test_the_api_tells_where_a_ticket_was_split_from_and_of_the_others(client, login_as, db):
    operator = login_as("operator")
    number = take_call(operator, BOTH)
    single = filed(operator, LAMP)
    press_split(operator, number, latest(db, db.exec(select(Ticket).where(Ticket.number == number)).one()).id)
    token = {"Authorization": "Bearer test-token"}
    listed = {one["number"]: one for one in client.get("/api/v1/tickets", headers=token).json["tickets"]}
    (other,) = (one for one in listed.values() if one["split_from"])
    assert (other["split_from"], listed[single]["split_from"]) == (number, None)
    one = client.get(f"/api/v1/tickets/{number}", headers=token).json
    assert [part["number"] for part in one["parts"]] == [number, other["number"]]
    assert PHONE not in str(one)
    assert one["parts"][0]["text"].startswith("端州区天宁北路的路灯坏了三天")
    assert client.get(f"/api/v1/tickets/{single}", headers=token).json["parts"] == []


# ---- the tables


def test_the_migration_goes_down_and_up_again_and_keeps_the_tickets(app, db, call):
    number = call().number
    db.commit()
    db.close()
    url = app.config["DATABASE_URL"]
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).with_name("migrations")))
    config.attributes["url"] = url
    command.downgrade(config, "0001")
    engine = make_engine(url)
    columns = {column["name"] for column in sa.inspect(engine).get_columns("ticket")}
    assert not columns & {"split_from", "part_text"}
    database.upgrade(url)
    inspected = sa.inspect(engine)
    assert {column["name"] for column in inspected.get_columns("ticket")} == set(Ticket.__table__.columns.keys())
    assert "ix_ticket_split_from" in {index["name"] for index in inspected.get_indexes("ticket")}
    engine.dispose()
    (ticket,) = all_tickets(db)
    assert (ticket.number, ticket.text, ticket.split_from) == (number, BOTH, None)
