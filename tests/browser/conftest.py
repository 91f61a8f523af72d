"""The built site in a real Chromium: fixtures for every browser test.

`site`             URL of dist/, served from a sub-path as GitHub Pages does; ends in a slash
`files`            URL of the folder in it that holds the build's files; ends in a slash
`browser`          one Chromium for the whole run
`visit`            opens a page of an empty context: `visit()`; with options, such as `locale="en-US"`, of a new one
`page`             one such page, nothing loaded yet
`booted`           a page on which the site is ready; shared by the tests of a module
`console_errors`   uncaught exceptions and console errors so far. A test that ends with any fails,
                   unless it carries the marker `console_errors` and looks at them itself.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect, sync_playwright

from tools import chromium
from tools.places import DIST
from tools.serve import running, static_server
from tools.site import build_folder

SUB_PATH = "/some/where/"
# Not a claim about speed: how long a state may stay away on a busy machine before the test is called stuck.
STUCK = 60_000  # milliseconds
# How often a page that is starting is asked: at each frame, as is usual, the asking makes it draw.
SELDOM = 100  # milliseconds
# All pages of a context share what is compiled, see `Contexts`.
ONE_PROCESS = "--process-per-site"
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


def origin(site: str) -> str:
    """Return whose storage a page of the site has: "http://localhost:8000"."""
    return "/".join(site.split("/")[:3])


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve dist/ as GitHub Pages does: below a sub-path, and to be kept for ten minutes."""
    if not (DIST / "index.html").exists():
        pytest.fail("dist/ is not built. Run: python3 build.py")
    with running(static_server(DIST, prefix=SUB_PATH, max_age=600)) as url:
        yield url.rstrip("/") + SUB_PATH


@pytest.fixture(scope="session")
def files(site: str) -> str:
    """Return where all files of the build are but index.html and start.js."""
    return f"{site}{build_folder(DIST).name}/"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Launch the browser that tools/chromium.py chooses."""
    with sync_playwright() as playwright:
        arguments = [*chromium.arguments(), ONE_PROCESS]
        chosen = playwright.chromium.launch(executable_path=chromium.find(), args=arguments)
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


# Python in a worker of its own, which no page of the site knows.
COMPILE = """
() => new Promise((resolve, reject) => {
  self.engine = new Worker("../engine/worker.js", {type: "module", name: "compiled"});
  self.engine.onmessage = ({data: {id, error}}) => id === 1 && (error ? reject(error) : resolve());
  self.engine.postMessage({id: 1, method: "limits"});
})
"""
# Whoever used the context has gone: each page and worker of the site holds a lock while it lives.
GONE = "() => navigator.locks.query().then(({held, pending}) => held.length + pending.length === 1)"
OWN_CLOCK = "() => /native code/.test(setTimeout.toString())"
EMPTY = """
async () => {
  const files = await (await navigator.storage.getDirectory()).keys().next();
  const left = [await indexedDB.databases(), await caches.keys(), Object.keys(localStorage)];
  return [...left.flat(), ...(files.done ? [] : [files.value])];
}
"""


class Contexts:
    """Contexts that are lent, emptied and lent again.

    Compiling Python's WebAssembly is half the work of a start. Chromium does it once for all pages of a process, as
    long as one of them has it; so each context has a page that keeps it, and what a test gets is empty, yet compiled.
    """

    def __init__(self, browser: Browser, site: str, errors: list[str]) -> None:
        self.browser, self.site, self.errors = browser, site, errors
        self.free: list[BrowserContext] = []

    @contextmanager
    def lent(self) -> Iterator[BrowserContext]:
        """Lend an empty context for as long as the block lasts."""
        context = self.free.pop() if self.free else self._make()
        yield context
        self._empty(context)
        if context.pages[0].evaluate(OWN_CLOCK):
            self.free.append(context)
        else:  # a clock that a test has installed stays
            context.close()

    def _make(self) -> BrowserContext:
        context = watched_context(self.browser, self.errors)
        keeper = context.new_page()
        keeper.goto(f"{self.site}{build_folder(DIST).name}/python/manifest.json")
        keeper.evaluate(COMPILE)
        return context

    def _empty(self, context: BrowserContext) -> None:
        """Close all that was opened in a lent context, and delete all that was kept there."""
        keeper, *used = context.pages
        for page in used:
            page.close()
        context.unroute_all()
        context.clear_permissions()
        keeper.wait_for_function(GONE, polling=SELDOM)
        session = context.new_cdp_session(keeper)
        left = ["unknown"]
        for _ in range(10):  # a worker that has just ended may finish a write
            session.send("Storage.clearDataForOrigin", {"origin": origin(self.site), "storageTypes": "all"})
            left = keeper.evaluate(EMPTY)
            if not left:
                break
        session.detach()
        assert left == []


@pytest.fixture(scope="session")
def contexts(browser: Browser, site: str, console_errors: list[str]) -> Contexts:
    """Return the contexts that this run of the tests has made so far."""
    return Contexts(browser, site, console_errors)


@pytest.fixture(scope="session")
def kept_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the browsers with a profile keep files and compiled WebAssembly."""
    return tmp_path_factory.mktemp("kept_files")


@pytest.fixture
def visit(browser: Browser, contexts: Contexts, console_errors: list[str]) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a context of its own, until the test has ended."""
    with ExitStack() as end:

        def new_page(**options: Any) -> Page:
            if not options:
                return end.enter_context(contexts.lent()).new_page()
            return end.enter_context(watched_context(browser, console_errors, **options)).new_page()

        yield new_page


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """Open a page of an empty context."""
    return visit()


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once for all tests of a module."""
    with contexts.lent() as context:
        yield boot(context.new_page(), site)


@pytest.fixture(autouse=True)
def no_hover(request: pytest.FixtureRequest) -> None:
    """Take the pointer off what an earlier test of the module has left it on."""
    if "booted" in request.fixturenames:
        request.getfixturevalue("booted").mouse.move(0, 0)


@pytest.fixture(scope="module")
def linked(booted: Page, site: str) -> Page:
    """Open a first link on the module's page, to the run that is there: every later link asks."""
    booted.goto(f"{site}#name=Run%201")
    expect(booted.locator(".shared li").filter(has_text="already exists")).to_have_count(1)
    booted.locator(".shared").get_by_role("button", name="Dismiss").click()
    return booted


# Plays as fast as it can, as the page does for a visitor who has been here: the first Play of a new one is slow.
RETURNING = f"""
(() => {{
  if (location.pathname === "{SUB_PATH}") localStorage["backprop:{SUB_PATH}:speed"] ??= '{{"played":true}}';
}})()
"""


@pytest.fixture
def narrow(booted: Page) -> Iterator[Page]:
    """Lend the module's page, as wide as a phone."""
    usual = booted.viewport_size
    assert usual
    booted.set_viewport_size({"width": 360, "height": 740})
    yield booted
    booted.set_viewport_size(usual)


def watched_context(browser: Browser, errors: list[str], **options: Any) -> BrowserContext:
    """Open a context whose uncaught exceptions and console errors are written down."""
    context = browser.new_context(**options)
    context.add_init_script(RETURNING)
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
