"""The real road in a real browser: sound in, real recogniser, real model, three desks, a ruling, the next like call."""

import pytest

from tests.hotline.browser import SAMPLES, rule_for_cgj, submit, type_call
from tests.hotline.conftest import ON_SQLITE

pytestmark = [pytest.mark.browser, pytest.mark.slow, ON_SQLITE]
NEXT = "鼎湖区桂城街道金色花园楼下超市的中央空调冷却塔整天轰轰响，对着我家窗户，电话13700137000"


@pytest.fixture
def app(make_app, monkeypatch):
    """The service as it is shipped, with the demonstration voice."""
    monkeypatch.setenv("HOTLINE_ASR_DEMO", "1")
    return make_app(SUGGESTER="hotline.decision.suggester:load")


def upload(page, name: str) -> str:
    """Hand in a sample call; the number of its ticket."""
    page.goto("/intake")
    page.set_input_files("#file", SAMPLES / name)
    page.click("button:has-text('登记并生成建议')")
    page.wait_for_selector("#ticket-form", timeout=120_000)
    return page.get_attribute("#ticket-form", "data-number")


# sample call, verdict on the operator's screen
SHOWN = [
    ("01-streetlamp.wav", "直派"),
    ("02-night-site.wav", "追问"),
    ("03-cooling-tower.wav", "上会"),
    ("04-court-judgment.wav", "不受理"),
    ("05-gas-leak.wav", "转紧急"),
    ("06-residence-permit.wav", "直接解答"),
    ("07-wage-arrears.wav", "直派"),
]


def test_sample_calls_show_every_outcome(open_as):
    operator = open_as("operator")
    for name, verdict in SHOWN:
        upload(operator, name)
        assert operator.inner_text(".verdict-line .chip").startswith(verdict), name


def test_a_sample_call_goes_from_sound_to_the_queue_to_the_unit(open_as):
    operator, dispatcher = open_as("operator"), open_as("dispatcher")
    number = upload(operator, "01-streetlamp.wav")
    submit(operator)
    dispatcher.goto(f"/review/{number}")
    assert "13800005678" not in dispatcher.content()
    dispatcher.keyboard.press("1")
    dispatcher.wait_for_url("**/review")
    assert "已派 城管局" in dispatcher.inner_text(".flash-success")


def test_a_ruling_decides_the_next_like_call(open_as):
    operator, dispatcher, member = open_as("operator"), open_as("dispatcher"), open_as("meeting")
    number = upload(operator, "03-cooling-tower.wav")
    submit(operator)
    dispatcher.goto(f"/review/{number}")
    dispatcher.keyboard.press("j")
    dispatcher.click("button:has-text('提请会商')")
    dispatcher.wait_for_url("**/review")
    member.goto("/meetings")
    member.click("tr[data-href]")
    member.wait_for_selector("#ruling-form")
    rule_for_cgj(member)
    type_call(operator, NEXT)
    assert operator.inner_text(".verdict-line .chip") == "直派"
    assert "热线联席会议纪要〔2026〕1号" in operator.inner_text("#panel")
