"""The copy of the site that a service worker keeps: without a network, through a deploy, cut off, deleted."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import COMPILE
from tests.browser.deploys import VERSION, publish
from tests.browser.faults import FaultyServer, cut, drop, faulty_site, status
from tests.browser.hand import choose_speed, press, readout
from tests.browser.keeping import wait_until_saved
from tools.site import build_folder

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


def keep_compiled(page: Page, url: str, folder: Path) -> None:
    """Let another tab keep what is compiled, which is half the work of each start: see `Contexts`."""
    keeper = page.context.new_page()
    keeper.goto(f"{url}{build_folder(folder).name}/python/manifest.json")
    keeper.evaluate(COMPILE)


def expect_what_a_cut_off_visit_says(visitor: Page, server: FaultyServer, url: str) -> None:
    """Retry then fetches only what is missing, and Help says that the copy is not whole."""
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


def use_the_new_version(visitor: Page, folder: Path) -> None:
    """Publish one while a run plays, and let it take over: no step is lost."""
    choose_speed(visitor, "5 steps per second")
    press(visitor, "Play")
    expect(readout(visitor, "Step")).not_to_have_text("0")
    publish(folder, "new")
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
    builds = {path.name for path in folder.glob("build-*")}
    assert visitor.evaluate("() => document.documentElement.dataset.build") in builds
    press(visitor, "Pause")


def test_a_copy_that_was_cut_off_is_completed_lives_through_a_deploy_and_needs_no_network(
    visitor: Page, host: tuple[FaultyServer, str], tmp_path: Path
) -> None:
    """No file is fetched twice, the copy is then that of the new version, and Help deletes it."""
    server, url = host
    expect_what_a_cut_off_visit_says(visitor, server, url)
    keep_compiled(visitor, url, tmp_path)
    server.faults.clear()
    server.asked.clear()
    open_page(visitor, url)
    expect_help(visitor, KEPT)
    # The page may ask for it, the copy does not.
    assert len([path for path in server.asked if path.endswith(".wasm")]) <= 1

    visitor.keyboard.press("Escape")
    use_the_new_version(visitor, tmp_path)
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
