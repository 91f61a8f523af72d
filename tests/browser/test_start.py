"""The page's own start: whatever does not arrive is said within seconds, and a reload cures it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import origin
from tests.browser.deploys import VERSION, publish
from tests.browser.faults import (
    Answer,
    FaultyServer,
    cut,
    drop,
    faulty_site,
    hold_all,
    hold_end,
    portal,
    replace,
    retype,
    stall,
    status,
    trickle,
    truncate,
)
from tests.browser.hand import DRAWN, press, readout
from tests.tiers import cases, pairs, usually
from tools.places import DIST
from tools.site import build_folder

pytestmark = pytest.mark.console_errors

UPDATED = "The page has been updated. Reload to get the new version."
READY = ("data-boot", "ready")


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FaultyServer, str]]:
    with faulty_site(DIST) as served:
        yield served


@pytest.fixture
def faults(served: tuple[FaultyServer, str]) -> Iterator[dict[str, Answer]]:
    """Give the faults of the server, and take them back at the end."""
    server, _ = served
    yield server.faults
    server.faults.clear()
    server.release.set()
    server.release.clear()


@pytest.fixture
def first_visit(visit: Callable[..., Page]) -> Page:
    """Open a page of a browser that has nothing in its cache."""
    return visit(locale="en-US")


@pytest.fixture
def compiled_visit(visit: Callable[..., Page], served: tuple[FaultyServer, str]) -> Page:
    """Open a page of a browser that has nothing in its cache, and has compiled Python's WebAssembly before."""
    page = visit()
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.send("Storage.clearDataForOrigin", {"origin": origin(served[1]), "storageTypes": "all"})
    session.detach()
    return page


def matcher(file: str) -> Callable[[Request], bool]:
    return lambda request: request.url.endswith(file)


def open_site(page: Page, url: str, file: str, said: Locator, *, stalled: bool) -> None:
    """Open the site; where a file does not arrive, let the page's clock run until the page says so."""
    if not stalled:
        page.goto(url, wait_until="commit")
        return
    page.clock.install()
    with page.context.expect_event("request", matcher(file)):
        page.goto(url, wait_until="commit")
    for _ in range(60):  # a file that arrives in between starts the wait again
        if said.is_visible():
            return
        page.clock.run_for(1_000)


SYNTAX = replace(b"export const = 1;\n")
NO_EXPORT = replace(b"export const nothing = 1;\n")
THROWS = replace(b"throw new Error('this browser is too old');\n")
KINDS = {
    "404": status(404),
    "500": status(500),
    "dropped": drop,
    "cut": cut,
    "truncated": truncate,
    "portal": portal,
    "stalled": stall,
}
MODULE_KINDS = {**KINDS, "syntax": SYNTAX, "no export": NO_EXPORT, "throws": THROWS}
MODULES = ["/main.js", "/engine/first_worker.js", "/vendor/lit-html/lit-html.js"]
STYLES = ["/page.css"]


@pytest.mark.parametrize(("file", "kind"), pairs(MODULES, [*MODULE_KINDS]))
def test_a_module_that_does_not_work_is_named_and_a_reload_cures_it(
    first_visit: Page, served: tuple[FaultyServer, str], faults: dict[str, Answer], file: str, kind: str
) -> None:
    page = first_visit
    faults[file] = MODULE_KINDS[kind]
    faults["/pyodide.asm.wasm"] = stall  # Python would only take time here
    alert = page.get_by_role("alert").filter(has_text=file.rpartition("/")[2])
    open_site(page, served[1], file, alert, stalled=kind == "stalled")
    expect(alert).to_be_visible()
    expect(alert.get_by_role("button", name="Reload")).to_be_visible()
    if kind == "stalled":
        expect(alert).to_contain_text("has not arrived for 13 seconds")
    del faults[file]
    # A connection that was dropped the browser may have tried again by now: then the page has started without a reload.
    page.evaluate(
        """() => [...document.querySelectorAll("button")].find(({textContent}) => textContent === "Reload")?.click()"""
    )
    expect(page.locator("html[data-drawn]")).to_be_attached()
    expect(page.locator(".start-fault")).to_have_count(0)


@pytest.mark.parametrize("kind", cases(KINDS, lambda kind: kind in {"truncated", "stalled"}))
@pytest.mark.parametrize("file", STYLES)
def test_a_stylesheet_that_does_not_arrive_is_named_and_the_page_works(
    first_visit: Page, served: tuple[FaultyServer, str], faults: dict[str, Answer], file: str, kind: str
) -> None:
    page = first_visit
    faults[file] = KINDS[kind]
    faults["/pyodide.asm.wasm"] = stall
    alert = page.get_by_role("alert").filter(has_text=file.rpartition("/")[2])
    open_site(page, served[1], file, alert, stalled=kind == "stalled")
    expect(alert).to_be_visible()
    expect(page.locator("html[data-drawn]")).to_be_attached()
    del faults[file]
    press(page, "Reload")
    expect(page.locator("html[data-drawn]")).to_be_attached()
    expect(page.locator(".start-fault")).to_have_count(0)
    assert page.evaluate("() => [...document.styleSheets].length") == 1


def test_a_slow_load_that_lives_is_left_alone(
    first_visit: Page, served: tuple[FaultyServer, str], faults: dict[str, Answer]
) -> None:
    page = first_visit
    page.add_init_script(SEEN)
    faults["/pyodide.asm.wasm"] = stall
    faults["/uPlot.esm.js"] = trickle(seconds=15)
    page.goto(served[1], wait_until="commit")
    expect(page.locator("html[data-drawn]")).to_be_attached()
    assert page.evaluate("() => performance.now()") > 14_000  # the last piece comes before its pause
    assert page.evaluate("() => faultsSeen") == 0


# Every sentence of start.js, however short it stood.
SEEN = """
self.faultsSeen = 0;
new MutationObserver(() => { faultsSeen += document.querySelectorAll(".start-fault").length; })
  .observe(document, {childList: true, subtree: true});
"""

# ---- Python's start ----

MANIFEST = json.loads((build_folder(DIST) / "python/manifest.json").read_text("utf-8"))
PYTHON_KINDS = {**KINDS, "taken by a download manager": status(204), "damaged": replace(b"x" * 1000)}
PACK = f"/{MANIFEST['pack']}"
PYTHON_FILES = ["/worker.js", "/manifest.json", "/pyodide.asm.mjs", "/pyodide.asm.wasm", PACK]


def expect_named(said: Locator) -> None:
    """What the page says has a way on, and nothing of a program's own words."""
    said.wait_for()
    words = status_of(said.page)
    assert "Retry" in words
    for raw in ("TypeError", "SyntaxError", "Unexpected token", "undefined", "nothing has happened"):
        assert raw not in words


def status_of(page: Page) -> str:
    """Wait for a way on, and return what the page says."""
    expect(page.locator(".boot").get_by_role("button", name="Retry")).to_be_visible()
    return page.locator(".boot").inner_text()


@pytest.mark.parametrize(("file", "kind"), pairs(PYTHON_FILES, [*PYTHON_KINDS]))
def test_a_file_of_python_that_does_not_arrive_is_named(
    first_visit: Page, served: tuple[FaultyServer, str], faults: dict[str, Answer], file: str, kind: str
) -> None:
    page = first_visit
    faults[file] = PYTHON_KINDS[kind]
    said = page.locator(".boot").get_by_text(file[1:])
    open_site(page, served[1], file, said, stalled=kind == "stalled")
    expect_named(said)


# Each before those that a browser asks for later.
FAULTS = [
    ("/worker.js", "404"),
    ("/manifest.json", "stalled"),
    ("/pyodide.asm.mjs", "cut"),
    (PACK, "truncated"),
    ("/pyodide.asm.wasm", "portal"),
]


def test_each_retry_finds_the_next_fault_and_the_last_one_finds_all_well(compiled_visit: Page) -> None:
    """In the end WebAssembly comes under another type, which is no fault."""
    page = compiled_visit
    page.route("**/recording.data", lambda route: route.abort())  # so that nothing is drawn meanwhile
    with faulty_site(DIST, max_age=0) as (server, url):
        for number, (file, kind) in enumerate(FAULTS):
            # Until its turn, what takes time to compile does not come.
            server.faults |= {"/pyodide.asm.wasm": hold_all, file: PYTHON_KINDS[kind]}
            said = page.locator(".boot").get_by_text(file[1:])
            with page.context.expect_event("request", matcher(file)):
                if number == 0:
                    page.goto(url)
                else:
                    press(page, "Retry")
            expect_named(said)
            if kind != "stalled":
                expect(page.locator("html")).to_have_attribute("data-boot", "failed")
                expect(page.locator("#banners")).to_contain_text("Python could not be started")
            expect(page.get_by_role("region", name="Forward pass")).to_be_visible()
            server.faults.clear()
        server.faults["/pyodide.asm.wasm"] = retype("text/plain")
        press(page, "Retry")
        expect(page.locator("html")).to_have_attribute(*READY)
        press(page, "Run batch")
        expect(readout(page, "Step")).to_have_text("1")


# How a request ends for the page, where it does not come to a whole answer.
ENDS = {"dropped": "requestfailed", "cut": "requestfailed", "stalled": "request"}


# By day: tests/web/page/recording.test.mjs, and one that stalls in the next test.
@pytest.mark.nightly
@pytest.mark.parametrize("kind", PYTHON_KINDS)
def test_a_recording_that_does_not_arrive_is_done_without(
    compiled_visit: Page,
    served: tuple[FaultyServer, str],
    faults: dict[str, Answer],
    console_errors: list[str],
    kind: str,
) -> None:
    page = compiled_visit
    faults["/recording.data"] = PYTHON_KINDS[kind]
    faults["/pyodide.asm.wasm"] = hold_end
    with page.expect_event(ENDS.get(kind, "requestfinished"), lambda request: request.url.endswith("/recording.data")):
        page.goto(served[1])
    page.evaluate(DRAWN)
    expect(page.get_by_role("region", name="Forward pass")).to_contain_text("when Python has started")
    served[0].release.set()
    expect(page.locator("html")).to_have_attribute(*READY)
    assert [error for error in console_errors if error.startswith("uncaught")] == []
    expect(page.locator(".start-fault")).to_have_count(0)


def test_a_file_whose_end_is_held_back_is_awaited_and_a_recording_is_not(
    first_visit: Page, served: tuple[FaultyServer, str], faults: dict[str, Answer]
) -> None:
    page = first_visit
    held: list[Route] = []
    page.route("**/recording.data", lambda route: held.append(route))  # noqa: PLW0108  # playwright looks at its name
    faults["/pyodide.asm.wasm"] = hold_end
    with page.expect_request("**/recording.data"):
        page.goto(served[1])
    expect(page.get_by_role("region", name="Forward pass")).to_contain_text("when Python has started")
    waiting = page.locator(".boot").get_by_text("the page still waits for pyodide.asm.wasm")
    expect(waiting).to_be_visible()
    page.clock.install()
    page.clock.run_for(75_000)
    assert page.locator("html").get_attribute("data-boot") == "loading"
    expect(waiting).to_be_visible()
    served[0].release.set()
    expect(page.locator("html")).to_have_attribute(*READY)
    expect(page.locator(".start-fault")).to_have_count(0)


BROWSERS = {
    "no workers": ("delete self.Worker;", "(Worker is not defined)"),
    "workers throw": ("self.Worker = class { constructor() { throw new Error('blocked'); } };", "(blocked)"),
    "no module workers": (
        """self.Worker = class extends Worker {
          constructor(url, {name}) { super(url, {name, type: "classic"}); }
        };""",
        "(Uncaught SyntaxError: Cannot use import statement outside a module)",
    ),
    "silent workers": (
        """self.Worker = class extends EventTarget {
          postMessage() {}
          terminate() {}
        };""",
        "has not started Python's worker",
    ),
}


@pytest.mark.parametrize("browser_kind", cases(BROWSERS, lambda kind: kind != "workers throw"))
def test_a_browser_that_starts_no_module_worker_is_said(
    first_visit: Page, served: tuple[FaultyServer, str], browser_kind: str
) -> None:
    page = first_visit
    script, said = BROWSERS[browser_kind]
    page.add_init_script(script)
    page.clock.install()
    page.goto(served[1])
    page.clock.run_for(5_000)
    page.locator(".boot").get_by_text(said).wait_for()
    assert "Retry" in status_of(page)


WORKER = (build_folder(DIST) / "engine" / "worker.js").read_bytes()


# tests/web/engine/start_faults.test.mjs tells "off" and "blocked" apart.
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("delete self.WebAssembly;", "WebAssembly is turned off in this browser"),
        usually(
            False,
            "WebAssembly.Module = class { constructor() { throw new Error('blocked by a policy'); } };",
            "This browser did not start WebAssembly (blocked by a policy)",
        ),
        (
            "WebAssembly.compileStreaming = WebAssembly.compile = async () => { throw new Error('unknown opcode'); };",
            "(unknown opcode)",
        ),
    ],
    ids=["off", "blocked", "too old"],
)
def test_webassembly_that_does_not_run_is_said(
    first_visit: Page, served: tuple[FaultyServer, str], faults: dict[str, Answer], change: str, said: str
) -> None:
    """As a browser without it has it before any script: the worker's first import."""
    faults["/worker.js"] = replace(b'import "./before.js";\n' + WORKER)
    faults["/before.js"] = replace(change.encode())
    first_visit.goto(served[1])
    first_visit.locator(".boot").get_by_text(said).wait_for()
    assert "Retry" in status_of(first_visit)


# ---- Deploys ----


@pytest.fixture
def deploy(tmp_path: Path) -> Callable[[str], None]:
    """Replace all that is served by another build."""
    return lambda version: publish(tmp_path, version)


def reload_to(page: Page, version: str) -> None:
    """Reload as the page says, which gets past the cache."""
    press(page, "Reload")
    page.wait_for_function(
        "(version) => document.querySelector('meta[name=version]')?.content === version", arg=version
    )
    expect(page.locator("html[data-drawn]")).to_be_attached()
    expect(page.locator(".start-fault")).to_have_count(0)


def test_files_of_two_builds_never_mix(compiled_visit: Page, tmp_path: Path, deploy: Callable[[str], None]) -> None:
    """Deploys before a page from the cache, then between page and worker, then between worker and manifest."""
    page = compiled_visit
    deploy("old")
    with faulty_site(tmp_path, max_age=600) as (server, url):
        server.faults["/main.js"] = status(503)  # index.html alone comes into the cache
        page.goto(url)
        expect(page.get_by_role("alert").filter(has_text="main.js")).to_be_visible()
        deploy("second")
        server.faults.clear()
        page.goto("about:blank")
        page.goto(url)
        assert page.evaluate(VERSION) == "old"  # from the cache
        expect(page.get_by_role("alert").filter(has_text=UPDATED)).to_be_visible()

        server.faults["/worker.js"] = stall
        with page.expect_request("**/worker.js"):
            reload_to(page, "second")
        expect(page.get_by_text(UPDATED)).to_have_count(0)
        deploy("third")
        server.faults.clear()
        server.release.set()  # to find its file gone
        page.locator(".boot").get_by_text(UPDATED).wait_for()

        manifest = json.loads((build_folder(tmp_path) / "python/manifest.json").read_text("utf-8"))
        server.faults["/manifest.json"] = replace(json.dumps({**manifest, "build": "build-another"}).encode())
        with page.expect_request("**/manifest.json"):
            reload_to(page, "third")
        page.locator(".boot").get_by_text(UPDATED).wait_for()
        deploy("new")
        server.faults.clear()
        reload_to(page, "new")
        expect(page.locator("html")).to_have_attribute(*READY)
        expect(page.get_by_text(UPDATED)).to_have_count(0)


def test_a_cached_manifest_that_names_a_file_that_is_gone(
    compiled_visit: Page, tmp_path: Path, deploy: Callable[[str], None]
) -> None:
    page = compiled_visit
    deploy("new")
    python = build_folder(tmp_path) / "python"
    whole = (python / "manifest.json").read_bytes()
    pack = json.loads(whole)["pack"]
    with faulty_site(tmp_path, max_age=600) as (server, url):
        (python / "manifest.json").write_bytes(whole.replace(pack.encode(), b"older.data"))
        server.faults["/worker.js"] = status(503)
        page.goto(url)
        page.locator(".boot").get_by_text("503").wait_for()
        page.evaluate(
            "async (url) => { await (await fetch(url)).text(); }", f"{url}{python.parent.name}/python/manifest.json"
        )
        (python / "manifest.json").write_bytes(whole)
        server.faults.clear()
        server.faults["/pyodide.asm.wasm"] = hold_all  # what follows is a start as any other
        press(page, "Retry")
        arrived = sum(it["bytes"] for it in json.loads(whole)["files"] if it["file"] != "pyodide.asm.wasm")
        page.wait_for_function("(arrived) => document.querySelector('progress')?.value === arrived", arg=arrived)
        assert page.locator("html").get_attribute("data-boot") == "loading"
        asked = [path.rpartition("/")[2] for path in server.asked]
        assert asked.index("older.data") < asked.index(pack)


def test_a_module_of_an_older_build_is_not_run(
    first_visit: Page, served: tuple[FaultyServer, str], faults: dict[str, Answer]
) -> None:
    page = first_visit
    faults["/main.js"] = replace((build_folder(DIST) / "main.js").read_bytes() + b"// an older build\n")
    page.goto(served[1])
    expect(page.get_by_role("alert").filter(has_text="main.js could not be loaded (it is damaged)")).to_be_visible()
