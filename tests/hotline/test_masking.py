"""The caller's phone: the operator sees it, nobody else does, wherever it stands."""

import json

import pytest

from hotline.access.masking import mask, mask_text
from hotline.database import now
from hotline.tickets import history
from tests.hotline.factories import DocketItemFactory, SuggestionFactory, TicketFactory, UtteranceFactory
from tests.hotline.steps import LAMP, TOWER, filed, send_to_meeting

MASKED = {
    "电话13812345678": "电话138****5678",
    "电话138-1234-5678": "电话138-****-5678",
    "电话138 1234 5678，谢谢": "电话138 **** 5678，谢谢",
    "+8613812345678": "+86138****5678",
    "１３８１２３４５６７８": "138****5678",
    "座机0758-2231234": "座机0758-22***34",
    "幺三八一二三四五六七八": "幺三八****五六七八",
    "身份证441202199001011234": "身份证441202********1234",
    "138，1234，5678": "138******5678",
}
KEPT = [
    "12345热线", "拨打110", "12315", "250912101108115409", "2025年11月3日", "35000元", "3栋201房", "国道321线K12+300",
    "一三五单号限行", "二〇二五年", "粤H12345",
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_numbers_are_masked_and_keep_their_length(text, masked):
    hidden = mask_text(text)
    assert len(hidden) == len(text)
    assert hidden == masked


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_phone_stays(text):
    assert mask_text(text) == text


def test_a_known_number_is_masked_wherever_it_stands():
    hidden = mask({"a": ["回拨2231234"], "words": [{"word": "2"}], "b": {"c": "2231234"}}, known=("2231234",))
    assert "2231234" not in json.dumps(hidden)
    assert hidden["words"] == []


PHONE = "13812345678"
ODD = "2288999"  # a short number that only the form knows to be a phone


@pytest.fixture
def ticket(db):
    """A ticket with a phone in every place where one can stand."""
    text = f"我的电话是{PHONE}，单位{ODD}，路灯坏了"
    form = {"phone": {"value": PHONE, "text": PHONE, "start": 5, "end": 16, "confidence": 0.9}}
    made = TicketFactory.create(
        db, text=text, title=f"路灯坏了{PHONE}", phone=ODD, person=f"李{PHONE}", state="joint", matter="040201",
        fields={**form, "summary": {"value": text}}, warnings=[f"听不清{PHONE}"],
    )  # fmt: skip
    UtteranceFactory.create(db, ticket_id=made.id, text=text, words=[{"word": digit} for digit in PHONE])
    payload = {
        "verdict": "dispatch", "form": form, "reasons": [{"kind": "x", "text": f"来电{PHONE}", "ref": None}],
        "question": {"fact": "noise_source", "text": f"是{ODD}吗"}, "knowledge_query": PHONE, "clauses": [],
        "leads": [{"code": "CGJ", "name": "城管", "unit": "CGJ", "probability": 0.9}],
        "matters": [{"code": "040201", "name": "噪声", "probability": 0.9}], "set": ["CGJ"],
    }  # fmt: skip
    SuggestionFactory.create(db, ticket_id=made.id, payload=payload)
    history.record(db, made, who="huawu", what="filed", note=f"回拨{PHONE}或{ODD}", detail={"phone": PHONE})
    DocketItemFactory.create(db, ticket_id=made.id)
    # A dispatched one of the same matter stands in lists of similar tickets.
    TicketFactory.create(db, text=text, title=text, matter="040201", state="dispatched", phone=ODD)
    TicketFactory.create(db, text=text, title="", matter="040201", phone=ODD, received_at=now())
    db.commit()
    return made


LOOKS = {
    "dispatcher": ["/review", "/review?state=joint", "/review?state=dispatched", "/review/{number}"],
    "meeting": ["/meetings", "/meetings/1"],
}
API = ["/api/v1/tickets", "/api/v1/tickets/{number}"]


@pytest.mark.parametrize("role", LOOKS)
def test_only_the_operator_sees_a_phone(login_as, ticket, role):
    desk = login_as(role)
    for path in LOOKS[role] + API:
        shown = desk.get(path.format(number=ticket.number)).get_data(as_text=True)
        assert "路灯坏了" in shown, path
        assert PHONE not in shown, path
        assert ODD not in shown, path


def test_a_machine_sees_no_phone_either(client, ticket):
    token = {"Authorization": "Bearer test-token"}
    for path in API:
        shown = client.get(path.format(number=ticket.number), headers=token).get_data(as_text=True)
        assert "138****5678" in shown
        assert PHONE not in shown
        assert ODD not in shown
    answer = client.post("/api/v1/suggest", json={"text": f"路灯坏了，电话{PHONE}"}, headers=token)
    assert answer.json["form"]["phone"]["value"] == "138****5678"
    assert PHONE not in answer.get_data(as_text=True)


def test_the_operator_sees_it(login_as, ticket):
    operator = login_as("operator")
    for path in API:
        assert PHONE in operator.get(path.format(number=ticket.number)).get_data(as_text=True)
    assert PHONE in operator.page(f"/intake/{ticket.number}")


def test_masked_from_the_first_word_to_the_ruling(login_as):
    number = filed(login_as("operator"), TOWER)
    dispatcher, member = login_as("dispatcher"), login_as("meeting")
    assert "13800138000" not in dispatcher.page(f"/review/{number}")
    send_to_meeting(dispatcher, number, question="电话13800138000的来电人问谁管")
    for path in ("/meetings", "/meetings/1"):
        assert "13800138000" not in member.page(path)


def test_who_asks_for_confidence_has_no_name_at_the_other_desks(login_as):
    number = filed(login_as("operator"), LAMP, person="李国强", confidential="1")
    for role, path in (("dispatcher", f"/review/{number}"), ("dispatcher", f"/api/v1/tickets/{number}")):
        shown = login_as(role).get(path).get_data(as_text=True)
        assert "李国强" not in shown
        assert "（保密）" in shown
    assert "李国强" in login_as("operator").page(f"/intake/{number}")
