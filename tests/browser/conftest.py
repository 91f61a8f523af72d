"""The built site in a real Chromium: fixtures for every browser test.

`site`             URL of dist/, served from a sub-path as GitHub Pages does; ends in a slash
`browser`          one Chromium for the whole run
`context_factory`  fresh contexts, each with its own storage: `context_factory(color_scheme="dark")`; closed at the end
`page`             one page of a fresh context, nothing loaded yet
`booted`           a page on which the site is ready; shared by the tests of a module
`console_errors`   uncaught exceptions and console errors so far. A test that ends with any fails,
                   unless it carries the marker `console_errors` and looks at them itself.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect, sync_playwright

from tools import chromium
from tools.places import DIST
from tools.serve import running, static_server

SUB_PATH = "/some/where/"
# Not a claim about speed: how long a state may stay away on a busy machine before the test is called stuck.
STUCK = 60_000  # milliseconds
# How often a page that is starting is asked: at each frame, as is usual, the asking makes it draw.
SELDOM = 100  # milliseconds
expect.set_options(timeout=STUCK)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def boot(page: Page, site: str) -> Page:
    """Load the site and wait until Python is ready; a failed start fails the test with what the page shows."""
    page.goto(site)
    state = page.wait_for_function(
        "() => document.documentElement.dataset.boot !== 'loading' && document.documentElement.dataset.boot",
        polling=SELDOM,
    )
    assert state.json_value() == "ready", page.locator("body").inner_text()
    return page


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve dist/ as a plain web host does, below a sub-path."""
    if not (DIST / "python" / "manifest.json").exists():
        pytest.fail("dist/ is not built. Run: python3 build.py")
    with running(static_server(DIST, prefix=SUB_PATH)) as url:
        yield url.rstrip("/") + SUB_PATH


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Launch the browser that tools/chromium.py chooses."""
    with sync_playwright() as playwright:
        chosen = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.arguments()))
        yield chosen
        chosen.close()


@pytest.fixture(scope="session")
def console_errors() -> list[str]:
    """Return the list that every watched context writes to."""
    return []


@pytest.fixture(autouse=True)
def no_console_errors(request: pytest.FixtureRequest, console_errors: list[str]) -> Iterator[None]:
    """Fail a test that leaves errors behind."""
    yield
    found = list(console_errors)
    console_errors.clear()
    if request.node.get_closest_marker("console_errors") is None:
        assert not found, "\n".join(found)


@pytest.fixture
def context_factory(browser: Browser, console_errors: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Make watched contexts, and close them after the test."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        contexts.append(watched_context(browser, console_errors, **options))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(context_factory: Callable[..., BrowserContext]) -> Page:
    """Open an empty page of a fresh context."""
    return context_factory().new_page()


@pytest.fixture(scope="module")
def booted(browser: Browser, site: str, console_errors: list[str]) -> Iterator[Page]:
    """Open the site once for all tests of a module."""
    context = watched_context(browser, console_errors)
    yield boot(context.new_page(), site)
    context.close()


def watched_context(browser: Browser, errors: list[str], **options: Any) -> BrowserContext:
    """Open a context whose uncaught exceptions and console errors are written down."""
    context = browser.new_context(**options)
    context.set_default_timeout(STUCK)

    def on_exception(error: WebError) -> None:
        errors.append(f"uncaught: {error.error}")

    def on_message(message: ConsoleMessage) -> None:
        place = message.location
        # Chromium asks every host for an icon where a bare document names none.
        if message.type == "error" and not place["url"].endswith("/favicon.ico"):
            errors.append(f"console: {message.text} ({place['url']}:{place['lineNumber']})")

    context.on("weberror", on_exception)
    context.on("console", on_message)
    return context
