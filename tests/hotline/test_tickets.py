"""The ticket: its number, its moves, its history, who wins a race."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from hotline.database import ENGINE, make_engine, now
from hotline.tickets import deadlines, history, moves, numbers, rulings
from hotline.tickets.states import MOVES, OUTCOME, STATES
from hotline.tickets.tables import Event, Ticket
from hotline.web.labels import VERDICTS
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.factories import RulingFactory, TicketFactory

# from -> where a ticket may go; everything else is refused.
ALLOWED = {
    "draft": {"pending", "asking", "answered", "informed", "transferred", "manual"},
    "manual": {"pending", "asking", "answered", "informed", "transferred", "draft"},
    "asking": {"pending", "asking", "answered", "informed", "transferred", "manual"},
    "pending": {"dispatched", "joint", "asking", "answered", "informed", "transferred"},
    "joint": {"dispatched", "pending"},
    "dispatched": {"pending"},
    "answered": set(),
    "informed": set(),
    "transferred": set(),
}


def test_the_table_of_moves_is_the_one_we_agreed_on():
    assert {state: set(to) for state, to in MOVES.items()} == ALLOWED
    assert set(MOVES) == set(STATES)
    assert set(OUTCOME) == set(VERDICTS)


@ON_SQLITE
@pytest.mark.parametrize("state", STATES)
def test_a_move_outside_the_table_is_refused_and_changes_nothing(db, state):
    for to in set(STATES) - ALLOWED[state]:
        ticket = TicketFactory.create(db, state=state)
        with pytest.raises(moves.MoveError):
            moves.move(db, ticket, to=to, who="paidan")
        assert ticket.state == state
        assert history.of(db, ticket) == []


def test_a_move_writes_history_and_raises_the_version(db):
    ticket = TicketFactory.create(db)
    moves.move(db, ticket, to="dispatched", who="paidan", what="dispatched", note="主办：城管局")
    (line,) = history.of(db, ticket)
    assert (line.who, line.what, line.before, line.after) == ("paidan", "dispatched", "pending", "dispatched")
    assert ticket.version == 2


def test_a_page_of_an_older_version_is_refused(db):
    ticket = TicketFactory.create(db)
    with pytest.raises(moves.ConflictError):
        moves.move(db, ticket, to="dispatched", who="paidan", version=ticket.version - 1)


# ---- history


def test_history_refuses_the_orm(db):
    ticket = TicketFactory.create(db)
    line = history.record(db, ticket, who="huawu", what="received")
    db.commit()
    line.note = "改写"
    with pytest.raises(history.HistoryError):
        db.flush()
    db.rollback()
    db.delete(line)
    with pytest.raises(history.HistoryError):
        db.flush()
    db.rollback()


@pytest.mark.parametrize("statement", ["UPDATE event SET note = 'x'", "DELETE FROM event"])
def test_history_refuses_plain_sql(app, db, statement):
    ticket = TicketFactory.create(db)
    history.record(db, ticket, who="huawu", what="received")
    db.commit()
    with app.extensions[ENGINE].begin() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.execute(sa.text(statement))


def test_history_refuses_bulk_changes_of_the_orm(db):
    ticket = TicketFactory.create(db)
    history.record(db, ticket, who="huawu", what="received")
    db.commit()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.exec(sa.delete(Event))
    db.rollback()


# ---- numbers


def test_a_number_is_the_time_in_china_and_six_digits():
    moment = datetime(2025, 9, 12, 2, 11, 8, tzinfo=UTC)
    assert numbers.number_at(moment, "115409") == "250912101108115409"


def test_a_number_that_is_taken_is_drawn_again(db, monkeypatch):
    # Freeze the second, so that the two draws really clash.
    monkeypatch.setattr(numbers, "now", lambda: datetime(2025, 9, 12, 2, 11, 8, tzinfo=UTC))
    digits = iter(["000001", "000001", "000001", "000002"])
    first = numbers.store(db, Ticket(number=""), digits=lambda: next(digits))
    second = numbers.store(db, Ticket(number=""), digits=lambda: next(digits))
    assert (first.number[-6:], second.number[-6:]) == ("000001", "000002")


def _draw_many(url: str, digits: int, count: int) -> list[str]:
    """Store tickets from few possible numbers, so that they clash all the time."""
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        draw = lambda: f"{numbers.secrets.randbelow(digits):06d}"  # noqa: E731
        found = [numbers.store(session, Ticket(number=""), digits=draw).number for _ in range(count)]
    engine.dispose()
    return found


def test_numbers_are_unique_between_threads(app):
    url = app.config["DATABASE_URL"]
    with ThreadPoolExecutor(6) as pool:
        drawn = [n for found in pool.map(lambda _: _draw_many(url, 400, 10), range(6)) for n in found]
    assert len(set(drawn)) == len(drawn) == 60


def test_numbers_are_unique_between_processes(app):
    url = app.config["DATABASE_URL"]
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        drawn = [n for found in pool.starmap(_draw_many, [(url, 400, 15)] * 3) for n in found]
    assert len(set(drawn)) == len(drawn) == 45


# ---- races


def test_two_sessions_that_read_the_same_version_never_both_write(app, db):
    number = TicketFactory.create(db).number
    db.commit()
    engine, both_read = app.extensions[ENGINE], threading.Barrier(8)

    def dispatch(who: str) -> str:
        with Session(engine) as session:
            ticket = session.exec(select(Ticket).where(Ticket.number == number)).one()
            both_read.wait(timeout=30)
            try:
                moves.move(session, ticket, to="dispatched", who=who, version=ticket.version)
                return who
            except (moves.ConflictError, moves.MoveError):
                return ""

    with ThreadPoolExecutor(8) as pool:
        winners = [who for who in pool.map(dispatch, [f"d{i}" for i in range(8)]) if who]
    assert len(winners) == 1
    db.expire_all()
    ticket = db.exec(select(Ticket).where(Ticket.number == number)).one()
    assert [line.who for line in history.of(db, ticket)] == winners


# ---- times


def test_instants_come_back_aware_and_in_utc(db):
    ticket = TicketFactory.create(db, received_at=datetime(2026, 1, 2, 8, tzinfo=numbers.CHINA))
    db.commit()
    db.expire_all()
    assert ticket.received_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert ticket.received_at.utcoffset() == timedelta(0)


def test_a_deadline_counts_from_the_day_in_china():
    # 17:30 in London's winter is already tomorrow in China.
    late = datetime(2025, 9, 11, 17, 30, tzinfo=UTC)
    assert deadlines.deadline(late, nature="投诉", urgent=False)[0].date() == date(2025, 9, 19)


def test_a_year_without_a_holiday_table_leaves_the_date_open_and_says_why():
    moment, why = deadlines.deadline(datetime(2034, 12, 30, tzinfo=UTC), nature="投诉", urgent=False)
    assert moment is None
    assert "没有 2034 年的放假安排" in why


# ---- rulings as clauses


def test_a_ruling_is_laid_over_the_list_while_it_is_in_force(db):
    today = rulings.today()
    standing = RulingFactory.create(db)
    RulingFactory.create(db, in_force_from=today + timedelta(days=1))
    RulingFactory.create(db, in_force_from=today - timedelta(days=9), in_force_until=today - timedelta(days=1))
    RulingFactory.create(db, withdrawn_at=now())
    (clause,) = rulings.overlay(db)
    assert clause.id == f"R-{standing.id}"
    assert clause.sure
    assert clause.holds({"noise_source": "commercial"})
    assert clause.basis[0].text == "联席会议决定 纪要〔2026〕1号"
