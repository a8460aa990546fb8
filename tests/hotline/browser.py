"""A real headless Chromium on the desks, and the steps a person takes there.

The fixtures are registered once, in `conftest.py`: a session can hold only one Playwright.
"""

import os
import shutil
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from hotline.access import people

SAMPLES = Path(__file__).parents[2] / "asr" / "demo" / "calls"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
PASSWORD = people.DEMO_PASSWORD
NAMES = {role: username for username, (_, role) in people.DEMO_PEOPLE.items()}


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium; skips where there is none."""
    path = os.environ.get("HOTLINE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("没有 Chromium：apt-get install chromium，或设 HOTLINE_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(app):
    """The service at an address of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_as(chromium, address):
    """`open_as("operator")`: a page on that person's desk. What a browser complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(role: str):
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=address)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.on("request", lambda request: request.url.startswith(address) or complaints.append(request.url))
        page.goto("/login")
        page.fill("#username", NAMES[role])
        page.fill("#password", PASSWORD)
        page.click("button:has-text('登录')")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def type_call(page, text: str) -> str:
    """Register a call by keyboard; the number of its ticket."""
    page.goto("/intake")
    page.fill("#text", text)
    page.press("#text", "Control+Enter")
    page.wait_for_selector("#ticket-form")
    return page.get_attribute("#ticket-form", "data-number")


def submit(page) -> None:
    """Send the form by keyboard."""
    page.press("#f-title", "Control+Enter")
    page.wait_for_url("**/intake")


def rule_for_cgj(member) -> None:
    """Decide the open docket item for 城管局 under the proposed conditions."""
    lead = member.locator("#ruling-form .picker[data-picker=departments]").first.locator("input[type=text]")
    lead.fill("cgj")
    member.wait_for_selector(".picker-list li.here")
    lead.press("Enter")
    member.fill("#basis", "热线联席会议纪要〔2026〕1号")
    member.click("button:has-text('作出决定并派单')")
    member.wait_for_url("**/meetings/rulings/*")
