"""One call through the three desks in a real browser, as the people there would do it."""

import pytest

from tests.hotline.browser import SAMPLES, rule_for_cgj, submit, type_call
from tests.hotline.conftest import ON_SQLITE
from tests.hotline.steps import LAMP, NOISE, TOWER
from tests.hotline.twins import BOTH, WAGE_PART, PartingSuggester

pytestmark = [pytest.mark.browser, ON_SQLITE]


@pytest.fixture
def suggester() -> PartingSuggester:
    """The twin that also hears a second matter in a call."""
    return PartingSuggester()


LIKE = "端州区城东街道商场的冷却塔整晚轰轰响，电话13700137000"


def test_a_call_goes_from_the_operator_over_the_meeting_to_the_next_like_call(open_as):
    operator, dispatcher, member = open_as("operator"), open_as("dispatcher"), open_as("meeting")

    number = type_call(operator, TOWER)
    assert operator.inner_text(".verdict-line .chip") == "上会"
    operator.focus("#f-phone")
    assert operator.inner_text("#transcript mark") == "13800138000"
    submit(operator)

    dispatcher.goto("/review")
    assert "清单无归属或有争议" in dispatcher.inner_text("tr.here")
    dispatcher.keyboard.press("Enter")
    dispatcher.wait_for_url(f"**/review/{number}")
    assert "13800138000" not in dispatcher.content()
    dispatcher.keyboard.press("j")
    dispatcher.fill("textarea[name=question]", "酒楼冷却塔噪声归谁")
    dispatcher.click("button:has-text('提请会商')")
    dispatcher.wait_for_url("**/review")

    member.goto("/meetings")
    member.click("tr[data-href]")
    member.wait_for_selector("#ruling-form")
    assert "酒楼冷却塔噪声归谁" in member.inner_text(".notice-ask")
    rule_for_cgj(member)
    assert "城管局主办" in member.inner_text("h1")

    following = type_call(operator, LIKE)
    assert operator.inner_text(".verdict-line .chip") == "直派"
    assert "联席会议决定 热线联席会议纪要〔2026〕1号" in operator.inner_text("#panel")
    submit(operator)
    dispatcher.goto(f"/review/{following}")
    dispatcher.keyboard.press("1")
    dispatcher.wait_for_url("**/review")
    assert "已派 城管局" in dispatcher.inner_text(".flash-success")


def test_an_answer_of_the_caller_changes_the_suggestion_and_spares_what_was_typed(open_as):
    operator = open_as("operator")
    type_call(operator, NOISE)
    operator.fill("#f-location", "江滨路8号")
    operator.click("#question >> text=建筑施工")
    operator.wait_for_selector(".verdict-line .verdict-dispatch")
    assert operator.input_value("#f-location") == "江滨路8号"
    assert operator.input_value("input[name=lead] + input") == "住建局"
    assert operator.is_checked("input[name=outcome][value=pending]")
    operator.reload()
    assert operator.input_value("#f-location") == "江滨路8号"


def press_alt(page, key: str) -> None:
    """Alt and a letter as a keyboard sends it: Playwright leaves out the character, by which Chromium finds an access key."""
    event = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper()), "modifiers": 1}
    session = page.context.new_cdp_session(page)
    for sent in ({"type": "rawKeyDown"}, {"type": "char", "text": key, "unmodifiedText": key}, {"type": "keyUp"}):
        session.send("Input.dispatchKeyEvent", event | sent)


def test_a_call_about_two_matters_is_split_by_keyboard(open_as):
    operator = open_as("operator")
    number = type_call(operator, BOTH)
    assert "这通电话说了 2 件事" in operator.inner_text("#split")
    # Also while typing; what was typed about the caller goes with both.
    operator.fill("#f-person", "李女士")
    press_alt(operator, "s")
    operator.wait_for_selector("#panel nav")
    assert "已拆成 2 张工单" in operator.inner_text(".flash-success")
    assert operator.locator("#split").count() == 0
    assert operator.input_value("#f-person") == "李女士"
    assert "路灯坏了三天" in operator.input_value("#f-summary")
    assert operator.inner_text("#transcript").strip() == BOTH
    operator.focus("#f-phone")
    assert operator.inner_text("#transcript mark") == "13812345678"
    operator.focus("#panel nav a")
    operator.keyboard.press("Enter")
    operator.wait_for_url(lambda url: number not in url)
    assert (operator.input_value("#f-summary"), operator.input_value("#f-person")) == (WAGE_PART, "李女士")
    assert operator.inner_text(f"#panel nav a[href='/intake/{number}']") == number
    submit(operator)


def test_the_desks_fit_a_small_screen(open_as):
    """1366 by 768: the page itself never scrolls, and the submit button is in sight."""
    operator = open_as("operator")
    type_call(operator, LAMP)
    size = operator.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [1366, 768]
    box = operator.locator(".submit-bar .btn-primary").bounding_box()
    assert box["y"] + box["height"] <= 768


def test_a_recording_is_heard_read_and_lands_in_the_queue(open_as, monkeypatch):
    sample = next(iter(sorted(SAMPLES.glob("*.wav"))), None)
    if sample is None:
        pytest.skip("没有示例通话：python -m asr.demo.build calls")
    monkeypatch.setenv("HOTLINE_ASR_DEMO", "1")
    operator, dispatcher = open_as("operator"), open_as("dispatcher")
    operator.set_input_files("#file", sample)
    assert operator.inner_text("#file-name") == sample.name
    operator.click("button:has-text('登记并生成建议')")
    operator.wait_for_selector("#ticket-form", timeout=120_000)
    assert "演示模型只听得懂演示用的合成声音" in operator.inner_text(".model-note")
    assert "路灯" in operator.inner_text("#transcript")
    number = operator.get_attribute("#ticket-form", "data-number")
    submit(operator)
    dispatcher.goto("/review")
    assert number in dispatcher.inner_text("table.queue")
