"""The start: readable at once, told in words, proven before it is ready, and locked down from the first byte."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import DRAWN, press, python_worker
from tools.places import DIST
from tools.site import build_folder

REGIONS = ["Controls", "Loss chart", "Forward pass", "Backward pass", "Panels"]


def test_the_shell_is_readable_without_scripts(visit: Callable[..., Page], site: str) -> None:
    page = visit(java_script_enabled=False)
    page.goto(site)
    expect(page.get_by_role("heading", name="Backprop from Scratch")).to_be_visible()
    for name in REGIONS:
        expect(page.get_by_role("region", name=name)).to_be_visible()
    left, right = (page.get_by_role("region", name=name).bounding_box() for name in ("Forward pass", "Backward pass"))
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"]
    assert left["y"] == right["y"]


# The pictures that a matrix has had so far.
PICTURES = """
self.pictures = new Set();
requestAnimationFrame(function look() {
  const canvas = document.querySelector("canvas[data-tensor='layers/0/weights']");
  if (canvas) pictures.add(canvas.toDataURL());
  requestAnimationFrame(look);
});
"""
FIRST_WEIGHT = """
() => backprop.state().then(({forward}) => forward.tensors.find(({name}) => name === "layers/0/weights").data[0])
"""


def held_wasm(page: Page) -> list[Route]:
    """Hold back the largest file from now on; the list gets its requests."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/pyodide.asm.wasm", hold)
    return held


def test_stages_and_bytes_are_told_and_a_recording_plays_on_a_first_visit_until_python_is_ready(
    page: Page, site: str
) -> None:
    manifest = json.loads((build_folder(DIST) / "python" / "manifest.json").read_text("utf-8"))
    sizes = {entry["file"]: entry["bytes"] for entry in manifest["files"]}
    total, arrived = sum(sizes.values()), sum(sizes.values()) - sizes["pyodide.asm.wasm"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    held = held_wasm(page)
    page.add_init_script(PICTURES)
    page.goto(site)
    assert page.locator("html").get_attribute("data-boot") == "loading"
    expect(page.locator("#status")).to_contain_text("Downloading Python and NumPy")
    expect(page.get_by_role("progressbar", name="Start of Python")).to_be_visible()
    # All but the largest file have arrived.
    page.wait_for_function("(arrived) => document.querySelector('progress').value === arrived", arg=arrived)
    expect(page.locator(".bytes")).to_have_text(f"{arrived / 1e6:.1f} of {total / 1e6:.1f} MB")
    for name in REGIONS:
        expect(page.get_by_role("region", name=name)).to_be_visible()
    for name in ("Run batch", "Play"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()

    forward, backward = (page.get_by_role("region", name=name) for name in ("Forward pass", "Backward pass"))
    expect(forward).to_contain_text("recording of a first run")
    expect(backward).to_contain_text("until Python is ready")
    page.wait_for_function("() => pictures.size > 2")
    assert page.locator("html").get_attribute("data-boot") == "loading"
    chart = page.get_by_role("region", name="Loss chart")
    expect(chart.get_by_text("The loss of a recorded first run")).to_have_count(1)
    expect(chart.locator("canvas")).to_be_visible()
    weights = page.locator("canvas[data-tensor='layers/0/weights']")
    weights.click(position={"x": 3, "y": 3})
    page.evaluate(DRAWN)
    assert page.evaluate("() => location.hash") == ""  # nothing is explained

    held[0].continue_()
    expect(page.locator("html")).to_have_attribute("data-boot", "ready")
    expect(forward).not_to_contain_text("recording")
    expect(backward).not_to_contain_text("until")
    expect(chart).to_contain_text("to start training")
    page.mouse.move(0, 0)
    weights.hover(position={"x": 3, "y": 3})
    first = page.evaluate(FIRST_WEIGHT)
    expect(page.get_by_role("group", name="Cell readout")).to_contain_text(f"{first:.6g}".lstrip("-"))
    assert len([url for url in asked if url.endswith("/recording.data")]) == 1

    asked.clear()
    page.reload()
    page.wait_for_function("(arrived) => document.querySelector('progress').value === arrived", arg=arrived)
    expect(forward).to_contain_text("The matrices appear here when Python has started.")
    assert [url for url in asked if url.endswith("/recording.data")] == []


# The URLs of blobs that have been made and not let go.
BLOBS = """
(() => {
  const {createObjectURL, revokeObjectURL} = URL;
  self.blobs = new Set();
  URL.createObjectURL = (blob) => { const url = createObjectURL(blob); blobs.add(url); return url; };
  URL.revokeObjectURL = (url) => { blobs.delete(url); revokeObjectURL(url); };
})();
"""


@pytest.fixture(scope="module")
def started(contexts: Contexts, site: str) -> Iterator[tuple[Page, list[str]]]:
    """Give a page that has just started, and all that it has asked for until then."""
    with contexts.lent() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(BLOBS)
        boot(page, site)
        yield page, list(asked)


def test_ready_means_tested_and_nothing_is_asked_of_another_host(started: tuple[Page, list[str]], site: str) -> None:
    page, asked = started
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator("#status")).to_contain_text("Ready: 7 of 7 gradients agree with central differences.")
    press(page, "Help")
    about = page.get_by_role("dialog", name="Help").get_by_text("All numbers are computed by")
    expect(about).to_contain_text("Python 3.14")
    expect(about).to_contain_text("NumPy 2.4.3")
    page.keyboard.press("Escape")
    test = page.evaluate("() => backprop.self_test()")
    assert test["passed"]
    assert max(check["relative_error"] for check in test["gradients"]) <= test["tolerance"] <= 1e-7
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((site, "blob:"))] == []
    # Each file of Python once: what is counted is what Pyodide uses. Modules are checked, then imported from the cache.
    python = [url for url in asked if "/python/" in url and not url.endswith(".mjs")]
    assert sorted(python) == sorted(set(python))


@pytest.mark.console_errors
def test_the_policy_binds_page_and_worker(started: tuple[Page, list[str]]) -> None:
    page, _ = started
    attack = """
    async () => {
      // The debugger's own evaluation is exempt from the policy; what runs after it is not.
      await new Promise((resolve) => setTimeout(resolve));
      const failed = [];
      const attempt = async (name, act) => { try { await act(); } catch { failed.push(name); } };
      await attempt("eval", () => (0, eval)("1"));
      await attempt("Function", () => new Function("return 1")());
      await attempt("fetch", () => fetch("https://example.org/"));
      return failed;
    }
    """
    inserted = '() => { document.body.innerHTML = "<p>markup</p>"; }'
    assert page.evaluate(attack) == ["eval", "Function", "fetch"]
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate(inserted)
    # No policy but the page's two can be made.
    with pytest.raises(Exception, match="another"):
        page.evaluate("() => { trustedTypes.createPolicy('another', {createHTML: (text) => text}); }")
    page.wait_for_function("() => blobs.size === 0")  # what a worker began with is let go
    worker = python_worker(page)
    assert worker.url.startswith("blob:")
    assert worker.evaluate(attack) == ["eval", "Function", "fetch"]
