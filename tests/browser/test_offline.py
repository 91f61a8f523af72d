"""The copy of the site that a service worker keeps: without a network, through a deploy, cut off, deleted."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.deploys import VERSION, publish
from tests.browser.faults import FaultyServer, cut, drop, faulty_site, status
from tests.browser.hand import choose_speed, press, readout
from tests.browser.keeping import wait_until_saved

pytestmark = pytest.mark.console_errors  # what does not arrive is an error there

READY = ("data-boot", "ready")
KEPT = "kept on this device and opens without a network"
EVERYTHING = ""  # every path ends in it
UPDATE = "() => navigator.serviceWorker.getRegistration().then((found) => found.update())"
LEFT = "async () => [(await navigator.serviceWorker.getRegistrations()).length, (await caches.keys()).length]"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[FaultyServer, str]]:
    """Serve a build under a name at which the page keeps a copy, as it does not at localhost."""
    publish(tmp_path, "old")
    with faulty_site(tmp_path) as (server, url):
        yield server, url.replace("localhost", "backprop.localhost")


@pytest.fixture
def visitor(visit: Callable[..., Page]) -> Page:
    return visit(locale="en-US")


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("html")).to_have_attribute(*READY)


def step(page: Page) -> int:
    return int(page.evaluate("() => backprop.state().then(({step}) => step)"))


def expect_help(page: Page, words: str) -> None:
    press(page, "Help")
    expect(page.get_by_role("dialog", name="Help")).to_contain_text(words)


def test_a_new_version_takes_over_while_training_and_the_next_visit_needs_no_network(
    visitor: Page, host: tuple[FaultyServer, str], tmp_path: Path
) -> None:
    """No step is lost, the copy is then that of the new version, and Help deletes it."""
    server, url = host
    open_page(visitor, url)
    expect_help(visitor, KEPT)
    visitor.keyboard.press("Escape")
    choose_speed(visitor, "20 steps per second")
    press(visitor, "Play")
    publish(tmp_path, "new")
    visitor.evaluate(UPDATE)
    use = visitor.get_by_role("button", name="Use the new version")
    expect(use).to_be_visible()
    assert visitor.evaluate(VERSION) == "old"  # until the visitor says so
    before = step(visitor)
    with visitor.expect_navigation(wait_until="commit"):
        use.click()
    expect(visitor.locator("html")).to_have_attribute(*READY)
    assert visitor.evaluate(VERSION) == "new"
    expect(visitor.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    assert step(visitor) >= before > 0
    expect(visitor.get_by_text(re.compile("interrupted"))).to_have_count(0)
    builds = {path.name for path in tmp_path.glob("build-*")}
    assert visitor.evaluate("() => document.documentElement.dataset.build") in builds
    press(visitor, "Pause")

    wait_until_saved(visitor)
    expect_help(visitor, KEPT)
    before = step(visitor)
    server.faults[EVERYTHING] = drop
    server.asked.clear()
    open_page(visitor, url)
    assert visitor.evaluate(VERSION) == "new"
    press(visitor, "Run batch")
    expect(readout(visitor, "Step")).to_have_text(f"{before + 1:,}")
    assert step(visitor) == before + 1
    assert [path for path in server.asked if not path.endswith("/sw.js")] == []  # for a new one it always asks
    expect_help(visitor, KEPT)
    visitor.get_by_role("button", name="Delete the kept copy").click()
    expect(visitor.get_by_role("button", name="Keep a copy on this device")).to_be_visible()
    assert visitor.evaluate(LEFT) == [0, 0]
    server.faults.clear()
    open_page(visitor, url)
    assert visitor.evaluate(LEFT) == [0, 0]  # and it stays so


def test_a_first_visit_and_a_copy_that_were_cut_off_say_so_and_go_on_from_what_they_have(
    visitor: Page, host: tuple[FaultyServer, str]
) -> None:
    server, url = host
    server.faults |= {"/pyodide.asm.wasm": cut, "/code/editor.js": status(503)}
    visitor.goto(url)
    banner = visitor.locator(".banner.boot")
    banner.get_by_text("pyodide.asm.wasm could not be downloaded").wait_for()
    expect(banner).to_contain_text(re.compile(r"\d+\.\d of \d+\.\d MB have arrived"))
    expect(banner).to_contain_text(re.compile(r"Retry fetches only what is missing: .*pyodide\.asm\.wasm"))
    del server.faults["/pyodide.asm.wasm"]
    server.asked.clear()
    press(visitor, "Retry")
    expect(visitor.locator("html")).to_have_attribute(*READY)
    again = {path.rpartition("/")[2] for path in server.asked}
    assert "pyodide.asm.wasm" in again
    assert not again & {"start.data", "pyodide.asm.mjs", "manifest.json"}

    expect_help(visitor, "The connection was cut; the next visit goes on from there.")
    server.faults.clear()
    server.asked.clear()
    open_page(visitor, url)
    expect_help(visitor, KEPT)
    # The page may ask for it, the copy does not.
    assert len([path for path in server.asked if path.endswith(".wasm")]) <= 1
