"""Who may do what: roles, CSRF, logging in."""

import pytest

from hotline.access import people
from hotline.access.roles import ROLES
from tests.hotline.conftest import ON_SQLITE, PASSWORD, Desk
from tests.hotline.factories import DocketItemFactory, RulingFactory, TicketFactory

NUMBER = "{number}"
# method, address, roles that may; {number} is a stored ticket
PAGES = [
    ("GET", "/intake", {"operator"}),
    ("POST", "/intake/calls", {"operator"}),
    ("POST", "/intake/draft", {"operator"}),
    ("GET", "/intake/{number}", {"operator"}),
    ("POST", "/intake/{number}/facts", {"operator"}),
    ("POST", "/intake/{number}/draft", {"operator"}),
    ("POST", "/intake/{number}/suggest", {"operator"}),
    ("POST", "/intake/{number}/split", {"operator"}),
    ("POST", "/intake/{number}/file", {"operator"}),
    ("GET", "/intake/{number}/recording", {"operator"}),
    ("GET", "/review", {"dispatcher"}),
    ("GET", "/review/{number}", {"dispatcher"}),
    ("POST", "/review/{number}/dispatch", {"dispatcher"}),
    ("POST", "/review/{number}/meeting", {"dispatcher"}),
    ("POST", "/review/{number}/ask", {"dispatcher"}),
    ("POST", "/review/{number}/return", {"dispatcher"}),
    ("GET", "/meetings", {"meeting"}),
    ("GET", "/meetings/1", {"meeting"}),
    ("POST", "/meetings/1/decide", {"meeting"}),
    ("POST", "/meetings/1/back", {"meeting"}),
    ("GET", "/meetings/rulings", {"meeting", "dispatcher"}),
    ("GET", "/meetings/rulings/1", {"meeting", "dispatcher"}),
    ("POST", "/meetings/rulings/1/settle", {"meeting"}),
    ("POST", "/meetings/rulings/1/withdraw", {"meeting"}),
    ("GET", "/users", {"admin"}),
    ("POST", "/users", {"admin"}),
    ("POST", "/users/huawu/active", {"admin"}),
    ("GET", "/answers", set(ROLES)),
    ("GET", "/answers/shebaoka-banli", set(ROLES)),
    ("GET", "/lists/departments.json", set(ROLES)),
    ("GET", "/catalogue", set(ROLES)),
    ("GET", "/catalogue/matters/040201", set(ROLES)),
    ("GET", "/catalogue/units", set(ROLES)),
    ("GET", "/catalogue/units/CGJ", set(ROLES)),
    ("GET", "/api/v1/tickets", {"operator", "dispatcher", "meeting"}),
    ("GET", "/api/v1/tickets/{number}", {"operator", "dispatcher", "meeting"}),
    ("POST", "/api/v1/tickets", {"operator"}),
    ("POST", "/api/v1/suggest", set(ROLES)),
    ("GET", "/api/v1/answers?q=社保", set(ROLES)),
]
PUBLIC = {"/login", "/logout", "/", "/healthz", "/metrics", "/api/v1/openapi.json", "/static/<path:filename>"}


@pytest.fixture
def number(db) -> str:
    ticket = TicketFactory.create(db)
    DocketItemFactory.create(db, ticket_id=ticket.id)
    RulingFactory.create(db)
    db.commit()
    return ticket.number


def ask(desk: Desk, method: str, path: str):
    if method == "GET":
        return desk.get(path)
    return (
        desk.post(path, json={}) if path.startswith("/api") or "/facts" in path or "draft" in path else desk.post(path)
    )


@ON_SQLITE
@pytest.mark.parametrize("role", ROLES)
def test_every_page_refuses_the_wrong_role(login_as, number, role):
    desk = login_as(role)
    desk.get("/answers")
    for method, path, allowed in PAGES:
        status = ask(desk, method, path.format(number=number)).status_code
        assert (status == 403) == (role not in allowed), (role, method, path, status)
        assert status < 500, (role, method, path, status)


def test_no_address_is_left_out_of_the_table(app):
    listed = {path.split("?")[0] for _, path, _ in PAGES}
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<number>", "{number}").replace("<int:item_id>", "1").replace("<int:ruling_id>", "1")
        path = path.replace("<article_id>", "shebaoka-banli").replace("<name>", "departments")
        path = path.replace("<username>", "huawu").replace("matters/<code>", "matters/040201").replace("<code>", "CGJ")
        assert path in listed | PUBLIC, path


@ON_SQLITE
def test_nobody_is_sent_to_the_login_page_and_a_program_gets_401(client, number):
    for method, path, _ in PAGES:
        if method == "GET":
            answer = client.get(path.format(number=number))
            if path.startswith("/api"):
                assert (answer.status_code, answer.json["error"]["code"]) == (401, "access.login")
            else:
                assert answer.status_code == 302, path
                assert answer.location.startswith("/login?next=")


def test_the_page_of_the_wrong_role_is_a_chinese_page(login_as):
    answer = login_as("dispatcher").get("/intake")
    assert "您的角色无权使用此功能（仅限话务员）" in answer.get_data(as_text=True)


# ---- CSRF


@ON_SQLITE
@pytest.mark.parametrize("role", ROLES)
def test_every_change_needs_the_token(login_as, number, role):
    desk = login_as(role)
    for method, path, allowed in PAGES:
        if method == "POST" and role in allowed:
            answer = desk.client.post(path.format(number=number), headers={"Accept": "application/json"})
            assert answer.json["error"]["code"] == "access.csrf", path


def test_login_and_logout_need_the_token_too(client, login_as):
    assert client.post("/login", data={"username": "huawu", "password": PASSWORD}).status_code == 400
    desk = login_as("operator")
    assert desk.client.post("/logout").status_code == 400
    desk.get("/intake")
    desk.post("/logout")
    assert desk.get("/intake").status_code == 302


# ---- logging in


@ON_SQLITE
@pytest.mark.parametrize(("username", "password"), [("huawu", "wrong-one"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_login_does_not_say_what_was_wrong(client, username, password):
    desk = Desk(client)
    desk.get("/login")
    answer = desk.post("/login", {"username": username, "password": password})
    assert answer.status_code == 401
    assert "用户名或密码不对，或账号已停用" in answer.get_data(as_text=True)


def test_logins_are_limited(client):
    desk = Desk(client)
    desk.get("/login")
    codes = [desk.post("/login", {"username": "huawu", "password": "x"}).status_code for _ in range(12)]
    assert codes[:10] == [401] * 10
    assert codes[10:] == [429] * 2


@ON_SQLITE
@pytest.mark.parametrize(("target", "lands"), [
    ("/answers?q=1", "/answers?q=1"), ("//evil.example", "/intake"), ("https://evil.example/", "/intake"),
    ("/\\evil.example", "/intake"),
])  # fmt: skip
def test_after_login_one_lands_inside(client, target, lands):
    desk = Desk(client)
    desk.get("/login")
    answer = desk.client.post(
        "/login",
        query_string={"next": target},
        data={"csrf_token": desk.token, "username": "huawu", "password": PASSWORD},
    )
    assert answer.location == lands


def test_a_new_password_or_a_closed_account_ends_open_sessions(login_as, db):
    operator, dispatcher, admin = login_as("operator"), login_as("dispatcher"), login_as("admin")
    people.reset(db, username="huawu", password="another-one")
    assert operator.get("/intake").status_code == 302
    admin.get("/users")
    admin.post("/users/paidan/active", {"active": "0"})
    assert dispatcher.get("/review").status_code == 302


def test_the_admin_adds_a_person_who_can_then_log_in(login_as, client):
    admin = login_as("admin")
    admin.get("/users")
    form = {"username": "wang", "name": "王敏", "role": "operator", "password": "long-enough"}
    assert admin.post("/users", form).status_code == 302
    assert "王敏" in admin.page("/users")
    desk = Desk(client)
    desk.get("/login")
    assert desk.post("/login", {"username": "wang", "password": "long-enough"}).location == "/intake"


@ON_SQLITE
@pytest.mark.parametrize(("change", "complaint"), [
    ({"password": "short"}, "密码至少 8 位"), ({"role": "king"}, "没有「king」这个角色"),
    ({"username": "张三"}, "用户名须为小写字母开头"), ({"username": "huawu"}, "用户名 huawu 已有人使用"),
])  # fmt: skip
def test_the_admin_is_told_what_is_wrong(login_as, change, complaint):
    admin = login_as("admin")
    admin.get("/users")
    admin.post("/users", {"username": "wang", "name": "王敏", "role": "operator", "password": "long-enough", **change})
    assert complaint in admin.page("/users")


def test_passwords_are_argon2_hashes(db):
    assert all(user.password_hash.startswith("$argon2id$") for user in people.everybody(db))


def test_pages_carry_a_strict_policy_and_no_inline_script(login_as):
    answer = login_as("operator").get("/intake")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = answer.get_data(as_text=True)
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert " onclick=" not in html
    assert "<style" not in html
    assert answer.headers["Cache-Control"] == "no-store"
