"""The debug panel under #debug: loaded on demand, the last calls and frames, closed by button and key."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import boot
from tests.browser.hand import call, press, wait_for_steps

OBSERVE = """
() => {
  window.measured = [];
  new PerformanceObserver((list) => measured.push(...list.getEntries().map(({name}) => name)))
    .observe({entryTypes: ["measure"]});
}
"""


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Addresses that the page has asked for."""
    found: list[str] = []

    def note(request: Request) -> None:
        found.append(request.url)

    page.on("request", note)
    return found


def test_it_is_loaded_on_demand_and_shows_calls_frames_and_saves(page: Page, site: str, asked: list[str]) -> None:
    boot(page, site)
    panel = page.get_by_role("region", name="Debug", exact=True)
    expect(panel).to_have_count(0)
    assert [url for url in asked if "/debug/" in url] == []
    page.evaluate(OBSERVE)
    page.goto(f"{site}#debug")
    expect(panel).to_be_focused()
    assert call(page, "runs")
    expect(panel.get_by_role("row", name="runs").first).to_be_visible()
    press(page, "Play")
    wait_for_steps(page, 20)
    press(page, "Pause")
    call(page, "limits")
    expect(panel.get_by_role("row", name="limits").first).to_be_visible()
    expect(panel.get_by_role("row", name="advance").first).to_contain_text("ms")
    expect(panel).to_contain_text("on average")
    expect(panel).to_contain_text("steps in")
    expect(panel).to_contain_text(re.compile(r"[1-9]\d* since this panel was opened"))
    page.wait_for_function("() => measured.includes('advance') && measured.includes('draw')")
    assert page.evaluate("() => performance.getEntriesByType('measure').length") == 0
    assert panel.evaluate("(element) => getComputedStyle(element).position") == "fixed"
    page.evaluate("() => backprop.advance({id: 'none', steps: 1}).catch(() => {})")
    expect(panel.get_by_role("row", name="advance (failed)")).to_be_visible()

    press(page, "Close debug panel")
    expect(panel).to_have_count(0)
    page.evaluate(OBSERVE)
    call(page, "train_batch")
    assert page.evaluate("() => measured") == []  # observed no longer


@pytest.mark.console_errors
def test_it_is_there_from_the_start_and_is_closed_by_its_button_and_by_escape(page: Page, site: str) -> None:
    page.route("**/pyodide.asm.wasm", lambda route: route.abort())  # it needs no Python
    page.goto(f"{site}#debug")
    panel = page.get_by_role("region", name="Debug", exact=True)
    panel.get_by_role("button", name="Close debug panel").click()
    expect(panel).to_have_count(0)
    assert page.url == site
    page.goto(f"{site}#debug")
    expect(panel).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Close debug panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert page.locator("link[href*='debug.css']").count() == 0
