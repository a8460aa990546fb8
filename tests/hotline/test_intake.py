"""The operator's desk: calls of every kind come in, none is lost."""

import io

import pytest
from sqlmodel import select

from hotline.tickets import history, receiving
from hotline.tickets.suggesting import latest
from hotline.tickets.tables import Suggestion, Ticket, Utterance
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.steps import LAMP, NOISE, TOWER, file_call, filed, shown_form, take_call
from tests.hotline.twins import broken

DIALOGUE = """话务员：您好，请问有什么可以帮您？
市民：端州区天宁北路的路灯坏了
晚上很黑
话务员：请问联系电话？
市民：13812345678"""

# words of a text -> verdict, state after submitting without a change
OUTCOMES = {
    LAMP: ("直派", "pending"),
    TOWER: ("上会", "pending"),
    NOISE: ("追问", "asking"),
    "看不准的一件事，高要区有人堆东西": ("复核", "pending"),
    "请问社保卡怎么办理": ("直接解答", "answered"),
    "邻居占地，法院判决下来了": ("不受理并告知途径", "informed"),
    "我家楼下着火了": ("转紧急专线", "transferred"),
}

# What nobody can use, and what is said about it.
BAD_TEXT = {
    "": "内容为空",
    "  \n\t ": "内容为空",
    "路": "内容太短",
    "长" * 200_000: "内容太长（200000 字）",
    "abc\x00def": "内容不是文字",
    "\x01\x02\x03\x04\x05\x06 hello": "内容不是文字",
}
BAD_FILES = {
    "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(2000), "不支持文件「photo.jpg」"),
    "call.txt": (bytes(4000), "文件「call.txt」不是文字文件"),
    "empty.txt": (b"", "内容为空"),
    "program.exe": (b"MZ" + bytes(500), "不支持文件「program.exe」"),
}


def stored(db) -> list[Ticket]:
    db.expire_all()
    return list(db.exec(select(Ticket)))


@pytest.mark.parametrize(("text", "expected"), OUTCOMES.items())
def test_each_verdict_is_shown_and_leads_to_its_state(login_as, db, text, expected):
    operator = login_as("operator")
    number = take_call(operator, text)
    assert f">{expected[0]}<" in operator.page(f"/intake/{number}")
    assert file_call(operator, number).status_code == 302
    (ticket,) = stored(db)
    assert ticket.state == expected[1]


def test_what_was_suggested_and_what_was_filed_are_both_kept(login_as, db):
    number = filed(login_as("operator"), LAMP, location="端州区天宁北路12号", lead="GDJ")
    (ticket,) = stored(db)
    suggestion = db.get(Suggestion, ticket.suggestion_id)
    assert ticket.number == number
    assert (suggestion.payload["leads"][0]["code"], ticket.lead) == ("CGJ", "GDJ")
    assert ticket.fields["location"] == {"value": "端州区天宁北路12号", "edited": True}
    assert ticket.fields["phone"]["text"] == "13812345678"
    line = next(line for line in history.of(db, ticket) if line.what == "filed")
    assert set(line.detail["changed"]) == {"lead", "location"}
    assert line.detail["suggestion"] == suggestion.id
    assert suggestion.versions == {"model": "scripted-1", "catalogue": "scripted", "rules": "scripted"}


def test_a_pasted_dialogue_becomes_turns(login_as, db):
    operator = login_as("operator")
    number = take_call(operator, DIALOGUE)
    turns = list(db.exec(select(Utterance).order_by(Utterance.position)))
    assert [(turn.who, turn.text) for turn in turns][:2] == [
        ("agent", "您好，请问有什么可以帮您？"),
        ("caller", "端州区天宁北路的路灯坏了晚上很黑"),
    ]
    assert len(turns) == 4
    page = operator.page(f"/intake/{number}")
    (ticket,) = stored(db)
    start = ticket.text.index("13812345678")
    assert f'data-start="{start}" data-end="{start + 11}"' in page


@pytest.mark.parametrize("text", ["路灯坏了，市民：很多人投诉", "第一行\n市民：第二行", "市民：只有一句"])
def test_a_text_that_is_no_dialogue_stays_a_text(text):
    assert receiving.parse_dialogue(text) is None


@ON_SQLITE
@pytest.mark.parametrize(("text", "complaint"), BAD_TEXT.items(), ids=range(len(BAD_TEXT)))
def test_a_bad_text_is_explained_kept_as_a_draft_and_not_stored(login_as, db, text, complaint):
    operator = login_as("operator")
    operator.get("/intake")
    # As the browser sends it: the form may carry a file.
    form = {"text": text, "file": (io.BytesIO(), "")}
    answer = operator.post("/intake/calls", form, content_type="multipart/form-data", follow_redirects=True)
    assert complaint in answer.get_data(as_text=True)
    assert stored(db) == []


@ON_SQLITE
@pytest.mark.parametrize(("name", "case"), BAD_FILES.items())
def test_a_bad_file_is_explained_and_not_stored(login_as, db, name, case):
    operator = login_as("operator")
    operator.get("/intake")
    upload = {"file": (io.BytesIO(case[0]), name)}
    answer = operator.post("/intake/calls", upload, content_type="multipart/form-data", follow_redirects=True)
    assert case[1] in answer.get_data(as_text=True)
    assert stored(db) == []


@ON_SQLITE
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_in_any_usual_encoding(login_as, db, encoding):
    operator = login_as("operator")
    operator.get("/intake")
    upload = {"file": (io.BytesIO(LAMP.encode(encoding)), "call.txt")}
    assert operator.post("/intake/calls", upload, content_type="multipart/form-data").status_code == 302
    assert stored(db)[0].text == LAMP


def test_script_in_a_field_stays_text(login_as):
    operator = login_as("operator")
    number = filed(operator, '路灯坏了<script>alert("x")</script>', title="<img src=x onerror=alert(1)>", lead="CGJ")
    for page in (operator.page(f"/intake/{number}"), login_as("dispatcher").page(f"/review/{number}")):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


@ON_SQLITE
@pytest.mark.parametrize(
    "change", [{"lead": "XXX"}, {"matter": "1"}, {"region": "9"}, {"co": "YYY"}, {"outcome": "joint"}]
)
def test_a_form_with_a_code_of_no_list_is_refused(login_as, db, change):
    operator = login_as("operator")
    number = take_call(operator, LAMP)
    assert file_call(operator, number, **change).status_code == 400
    assert stored(db)[0].state == "draft"


def test_an_old_page_can_not_file_twice(login_as, db):
    operator = login_as("operator")
    number = take_call(operator, LAMP)
    form = shown_form(operator.page(f"/intake/{number}"))
    assert operator.post(f"/intake/{number}/file", form).status_code == 302
    assert operator.post(f"/intake/{number}/file", {**form, "title": "又一次"}).status_code == 409
    assert stored(db)[0].title != "又一次"


# ---- answers of the caller


def test_an_answer_asks_the_machine_again_at_once(login_as, db, suggester):
    operator = login_as("operator")
    number = take_call(operator, NOISE)
    assert "请追问" in operator.page(f"/intake/{number}")
    answer = operator.post(f"/intake/{number}/facts", json={"fact": "noise_source", "value": "construction"})
    assert answer.json["verdict"] == "dispatch"
    assert answer.json["form"]["lead"] == "ZJJ"
    assert "请追问" not in answer.json["panel"]
    assert "噪声来源：建筑施工" in answer.json["panel"]
    assert suggester.calls[-1][0]["facts"] == {"noise_source": "construction"}
    back = operator.post(f"/intake/{number}/facts", json={"fact": "noise_source", "value": None})
    assert back.json["verdict"] == "ask"
    assert len(list(db.exec(select(Suggestion)))) == 3


@ON_SQLITE
@pytest.mark.parametrize("given", [{}, {"fact": "x", "value": "y"}, {"fact": "noise_source", "value": "x"}, [1], "x"])
def test_a_fact_of_no_list_is_refused(login_as, given):
    operator = login_as("operator")
    number = take_call(operator, NOISE)
    operator.get("/intake")
    if not isinstance(given, dict):
        assert operator.post(f"/intake/{number}/facts", json=given).status_code in (400, 422)
        return
    assert operator.post(f"/intake/{number}/facts", json=given).json["error"]["code"] == "fact.unknown"


@ON_SQLITE
def test_a_place_is_answered_in_the_callers_words_and_a_county_from_the_list(login_as, suggester):
    operator = login_as("operator")
    number = take_call(operator, NOISE)
    answer = operator.post(f"/intake/{number}/facts", json={"fact": "place", "value": "黄岗街道康乐北路"})
    assert "具体地点：黄岗街道康乐北路" in answer.json["panel"]
    answer = operator.post(f"/intake/{number}/facts", json={"fact": "county", "value": "441202"})
    assert "所在县区：端州区" in answer.json["panel"]
    assert suggester.calls[-1][0]["facts"] == {"place": "黄岗街道康乐北路", "county": "441202"}
    for wrong in (
        {"fact": "county", "value": "440100"},
        {"fact": "place", "value": "  "},
        {"fact": "place", "value": 5},
    ):
        assert operator.post(f"/intake/{number}/facts", json=wrong).json["error"]["code"] == "fact.unknown"


# ---- drafts


def test_a_draft_survives_and_does_not_stop_the_rest_from_being_filled(login_as):
    operator = login_as("operator")
    number = take_call(operator, NOISE)
    operator.get("/intake")
    operator.post(f"/intake/{number}/draft", json={"location": "江滨路8号", "urgent": True, "co": ["CGJ"]})
    again = login_as("operator")
    form = shown_form(again.page(f"/intake/{number}"))
    assert (form["location"], form["urgent"]) == ("江滨路8号", "1")
    assert "城管局" in again.page(f"/intake/{number}")
    answer = again.post(
        f"/intake/{number}/facts", json={"fact": "noise_source", "value": "social", "draft": {"location": "江滨路9号"}}
    )
    assert answer.json["form"]["location"]["value"] == "江滨路9号"
    assert answer.json["form"]["lead"] == "GAJ"


def test_the_draft_of_the_empty_desk_survives_until_the_call_is_taken(login_as):
    operator = login_as("operator")
    operator.get("/intake")
    operator.post("/intake/draft", json={"text": "刚打到一半"})
    assert "刚打到一半" in login_as("operator").page("/intake")
    take_call(operator, LAMP)
    assert "刚打到一半" not in operator.page("/intake")


def test_a_draft_that_is_none_is_refused(login_as):
    operator = login_as("operator")
    operator.get("/intake")
    assert operator.post("/intake/draft", json=["x"]).status_code == 400


# ---- models that fail


def test_a_model_that_fails_leaves_a_ticket_to_be_filled_in_by_hand(make_app, login_as, db):
    app = make_app(SUGGESTER=broken)
    operator = login_as("operator", at=app)
    number = take_call(operator, LAMP)
    (ticket,) = stored(db)
    assert (ticket.state, ticket.text, ticket.doubt) == ("manual", LAMP, "manual")
    assert latest(db, ticket).error == "BrokenError: out of memory"
    page = operator.page(f"/intake/{number}")
    assert "模型未能给出建议" in page
    assert "out of memory" not in page
    assert file_call(operator, number, summary="路灯坏了", lead="CGJ", matter="030501").status_code == 302
    assert "模型未能给出建议" in login_as("dispatcher", at=app).page("/review")


def test_a_model_that_can_not_even_load_fails_the_same_way(make_app, login_as, db):
    def factory():
        raise OSError("model file is missing")

    operator = login_as("operator", at=make_app(SUGGESTER=factory))
    take_call(operator, LAMP)
    assert stored(db)[0].state == "manual"


def test_the_call_is_on_disk_before_the_model_runs(make_app, login_as, db):
    seen = []

    class Spy:
        def suggest(self, call, *, overlay=()):
            seen.extend(ticket.text for ticket in stored(db))
            raise RuntimeError

    take_call(login_as("operator", at=make_app(SUGGESTER=Spy)), LAMP)
    assert seen == [LAMP]


def test_once_the_model_is_back_it_can_be_asked_again(make_app, login_as, db, app):
    number = take_call(login_as("operator", at=make_app(SUGGESTER=broken)), LAMP)
    operator = login_as("operator")
    operator.get("/intake")
    assert operator.post(f"/intake/{number}/suggest").status_code == 302
    assert (stored(db)[0].state, stored(db)[0].verdict) == ("draft", "dispatch")


# ---- callers who call again


def test_a_repeat_of_an_open_ticket_is_named_to_the_machine(login_as, suggester):
    operator = login_as("operator")
    first = filed(operator, LAMP)
    take_call(operator, LAMP.replace("三天", "四天") + "，还没有人来修")
    call = suggester.calls[-1][0]
    assert (call["repeat_of"], call["recent"]) == (first, 1)
    take_call(operator, "四会市工地欠薪，电话13812345678")
    call = suggester.calls[-1][0]
    assert (call["repeat_of"], call["recent"]) == ("", 2)
