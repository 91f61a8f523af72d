"""The SIMD loops of NumPy: in force at once, a switch in Help, and NumPy's own wherever anything is odd."""

import json

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import boot
from tests.browser.hand import press
from tools.archive import sha256
from tools.places import DIST
from tools.site import build_folder

IN_FORCE = "() => backprop.loops().then(({name}) => name)"
LOOPS = build_folder(DIST) / "python" / "loops.wasm"


def help_of(page: Page) -> Locator:
    press(page, "Help")
    return page.get_by_role("dialog", name="Help")


def test_explanation_and_phases_say_that_a_formula_ran_as_one_loop(booted: Page) -> None:
    page = booted
    page.evaluate("() => backprop.train_batch()")
    note = page.get_by_text("this formula runs as one compiled loop")
    for tensor, count in (("layers/0/activations", 1), ("layers/0/weights", 0)):
        page.evaluate("(hash) => { location.hash = hash; }", f"why={tensor},0,0")
        expect(page.locator(".why")).to_have_attribute("data-cell", f"why:{tensor},0,0")
        expect(note).to_have_count(count)
    press(page, "Phase by phase")
    for title, count in (("The batch", 0), ("Forward", 0), ("Loss", 1)):
        expect(page.locator(".phase-details").get_by_role("heading", name=title)).to_be_visible()
        expect(note).to_have_count(count)
        press(page, "Next phase")


def test_a_switch_in_help_chooses_the_loops_and_is_remembered(booted: Page, site: str) -> None:
    page = booted
    assert page.evaluate(IN_FORCE) == "simd 1"
    switch = help_of(page).get_by_role("checkbox", name="Compute with SIMD instructions")
    expect(switch).to_be_checked()
    switch.uncheck()
    page.wait_for_function(f"() => ({IN_FORCE})().then((name) => name === 'plain')")
    boot(page, site)
    assert page.evaluate(IN_FORCE) == "plain"
    switch = help_of(page).get_by_role("checkbox", name="Compute with SIMD instructions")
    expect(switch).not_to_be_checked()
    switch.check()
    page.wait_for_function(f"() => ({IN_FORCE})().then((name) => name === 'simd 1')")
    page.keyboard.press("Escape")


def swapped(one: str, other: str) -> bytes:
    """The module with two of its loops under each other's names, which are of equal length."""
    first, second = f"{one}_f32".encode(), f"{other}_f32".encode()
    away = b"?" * len(first)
    return LOOPS.read_bytes().replace(first, away).replace(second, first).replace(away, second)


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        pytest.param(
            swapped("minimum", "maximum"),
            "minimum of float32 differs from NumPy's own",
            id="a loop that computes something else",
        ),
        # By day: test_a_loop_that_differs_from_its_formula_is_found of test_formulas.py, in WebAssembly too.
        pytest.param(
            swapped("gelu", "silu"),
            "gelu as one loop differs from its formula",
            id="a loop of another formula",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            LOOPS.read_bytes()[:-9], "this browser has no SIMD instructions", id="instructions that are not known"
        ),
    ],
)
def test_numpys_own_loops_run_where_the_others_fail(page: Page, site: str, module: bytes, reason: str) -> None:
    def answer_manifest(route: Route) -> None:
        manifest = json.loads((LOOPS.parent / "manifest.json").read_text("utf-8"))
        for entry in manifest["files"]:
            if entry["file"] == LOOPS.name:
                entry |= {"bytes": len(module), "sha256": sha256(module)}
        route.fulfill(json=manifest)

    page.route("**/python/manifest.json", answer_manifest)
    page.route("**/loops.wasm", lambda route: route.fulfill(body=module, content_type="application/wasm"))
    boot(page, site)
    assert page.evaluate(IN_FORCE) == "plain"
    text, plain = help_of(page), "NumPy computes with its own loops, not with the faster SIMD ones of this page"
    expect(text).to_contain_text(f"{plain}: {reason}.")
    expect(text.get_by_role("checkbox", name="Compute with SIMD instructions")).to_have_count(0)
    losses = page.evaluate("() => backprop.train_batch().then(({loss}) => loss)")
    assert 0 < losses < 10
