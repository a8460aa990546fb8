"""The API: one error shape, no echo of what people said, a description that matches what is there."""

import json

import pytest
from sqlmodel import select

from hotline.tickets.tables import Suggestion, Ticket
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.steps import LAMP, NOISE
from tests.hotline.twins import broken

TOKEN = {"Authorization": "Bearer test-token"}
CONTRACT = {
    "id", "verdict", "nature", "leads", "co", "set", "matters", "region", "town", "urgent", "question", "form",
    "reasons", "rules", "versions",
}  # fmt: skip

# request -> status and code; the body of every one has the one shape
WRONG = [
    ("POST", "/api/v1/suggest", {"text": ""}, 400, "text.empty"),
    ("POST", "/api/v1/suggest", {"text": "路"}, 400, "text.short"),
    ("POST", "/api/v1/suggest", {"text": "长" * 200_000}, 400, "text.long"),
    ("POST", "/api/v1/suggest", {"text": "a\x00b"}, 400, "text.binary"),
    ("POST", "/api/v1/suggest", {"text": 13812345678}, 422, "request.invalid"),
    ("POST", "/api/v1/suggest", {"turns": [{"who": "13812345678", "text": "x"}]}, 422, "request.invalid"),
    ("POST", "/api/v1/suggest", {"text": LAMP, "region": "13812345678"}, 400, "request.region"),
    ("POST", "/api/v1/suggest", {"text": LAMP, "facts": {"13812345678": "x"}}, 400, "request.facts"),
    ("POST", "/api/v1/suggest", {"text": LAMP, "facts": {"noise_source": 13812345678}}, 422, "request.invalid"),
    ("POST", "/api/v1/suggest", {"text": LAMP, "call_time": "13812345678x"}, 422, "request.invalid"),
    ("POST", "/api/v1/tickets", ["13812345678"], 422, "request.invalid"),
    ("GET", "/api/v1/tickets?limit=0", None, 422, "request.invalid"),
    ("GET", "/api/v1/tickets?state=13812345678", None, 400, "request.state"),
    ("GET", "/api/v1/tickets/13812345678", None, 404, "ticket.unknown"),
    ("GET", "/api/v1/answers", None, 422, "request.invalid"),
    ("GET", "/api/v1/13812345678", None, 404, "http.404"),
    ("DELETE", "/api/v1/tickets", None, 405, "http.405"),
]


@ON_SQLITE
@pytest.mark.parametrize(("method", "path", "body", "status", "code"), WRONG)
def test_every_error_has_the_one_shape_and_repeats_nothing(client, method, path, body, status, code):
    answer = client.open(path, method=method, json=body, headers=TOKEN)
    assert answer.status_code == status
    assert answer.json == {"error": {"code": code, "message": answer.json["error"]["message"]}}
    assert "13812345678" not in answer.get_data(as_text=True)
    assert any("一" <= char <= "鿿" for char in answer.json["error"]["message"])


@ON_SQLITE
@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe\x00", b"null", b'"x"'])
def test_a_body_that_is_no_json_object_is_refused(client, raw):
    answer = client.post("/api/v1/suggest", data=raw, content_type="application/json", headers=TOKEN)
    assert 400 <= answer.status_code < 500
    assert set(answer.json) == {"error"}


@ON_SQLITE
@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Bearer test-token2"])
def test_a_wrong_token_is_refused(client, header):
    answer = client.get("/api/v1/tickets", headers={"Authorization": header})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "access.token")


@ON_SQLITE
def test_without_a_token_in_the_settings_no_token_is_right(make_app):
    answer = make_app().test_client().get("/api/v1/tickets", headers={"Authorization": "Bearer "})
    assert answer.status_code == 401


def test_a_suggestion_keeps_the_contract_and_stores_nothing(client, db):
    answer = client.post("/api/v1/suggest", json={"id": "a1", "text": LAMP, "gold": {"x": 1}}, headers=TOKEN)
    assert answer.status_code == 200
    assert set(answer.json) >= CONTRACT
    assert (answer.json["id"], answer.json["verdict"]) == ("a1", "dispatch")
    assert db.exec(select(Ticket)).all() == []


def test_a_dialogue_with_facts_reaches_the_suggester_whole(client, suggester):
    turns = [{"who": "agent", "text": "您好"}, {"who": "caller", "text": NOISE}]
    body = {"turns": turns, "region": "441202", "facts": {"noise_source": "social"}, "call_time": "2025-09-12T10:11:08"}
    assert client.post("/api/v1/suggest", json=body, headers=TOKEN).json["verdict"] == "dispatch"
    call = suggester.calls[-1][0]
    assert call["turns"] == turns
    assert (call["region"], call["call_time"]) == ("441202", "2025-09-12T10:11:08+08:00")


@pytest.mark.parametrize(("text", "state"), [(LAMP, "pending"), (NOISE, "asking"), ("请问社保卡怎么办", "answered")])
def test_a_posted_call_is_stored_and_filed_as_its_verdict_says(client, db, text, state):
    answer = client.post("/api/v1/tickets", json={"text": text}, headers=TOKEN)
    assert (answer.status_code, answer.json["state"]) == (201, state)
    assert db.exec(select(Suggestion)).one().payload["verdict"]
    listed = client.get(f"/api/v1/tickets?state={state}", headers=TOKEN).json["tickets"]
    assert [ticket["number"] for ticket in listed] == [answer.json["number"]]
    one = client.get(f"/api/v1/tickets/{answer.json['number']}", headers=TOKEN).json
    assert [line["what"] for line in one["history"]] == ["received", "suggested", "filed"]


@ON_SQLITE
def test_a_model_that_fails_is_503_for_a_suggestion_and_201_for_a_ticket(make_app, db):
    client = make_app(SUGGESTER=broken, HOTLINE_API_TOKEN="test-token").test_client()
    answer = client.post("/api/v1/suggest", json={"text": LAMP}, headers=TOKEN)
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "model.failed")
    answer = client.post("/api/v1/tickets", json={"text": LAMP}, headers=TOKEN)
    assert (answer.status_code, answer.json["state"]) == (201, "manual")
    assert db.exec(select(Ticket)).one().text == LAMP


def test_answers(client):
    found = client.get("/api/v1/answers?q=社保卡怎么办理", headers=TOKEN).json
    assert found["answers"][0]["source_date"]
    assert found["message"] is None
    nothing = client.get("/api/v1/answers?q=量子引力的重整化", headers=TOKEN).json
    assert nothing == {"answers": [], "message": "知识库里没有合适的答案，请转人工核实后答复"}


@ON_SQLITE
def test_the_description_names_every_endpoint(app, client):
    described = client.get("/api/v1/openapi.json").json
    assert described["openapi"].startswith("3.1")
    rules = {rule.rule.replace("<number>", "{number}") for rule in app.url_map.iter_rules() if "/api/v1/" in rule.rule}
    assert set(described["paths"]) == rules - {"/api/v1/openapi.json"}
    text = json.dumps(described, ensure_ascii=False)
    assert "ErrorBody" in text
    assert "ValidationErrorModel" not in text


def test_health_and_metrics(client):
    assert client.get("/healthz").json == {"status": "ok"}
    client.post("/api/v1/tickets", json={"text": LAMP}, headers=TOKEN)
    assert 'hotline_tickets{state="pending"} 1' in client.get("/metrics").get_data(as_text=True)
