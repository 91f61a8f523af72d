"""Present mode, print and forced colours: numbers grow, controls are not printed, data keep their colours."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import DRAWN, call, press

PRESENT = ("data-present", "true")


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once for all tests of this module, by the address that turns the mode on."""
    with contexts.lent() as context:
        yield boot(context.new_page(), f"{site}#present")


@pytest.fixture
def page(booted: Page) -> Iterator[Page]:
    """Lend the module's page; afterwards it has its size and its media again."""
    usual = booted.viewport_size
    assert usual
    yield booted
    if booted.locator("html").get_attribute(PRESENT[0]) == PRESENT[1]:
        booted.keyboard.press("Shift+P")
    booted.emulate_media(media="null", color_scheme="null", forced_colors="null")
    booted.set_viewport_size(usual)


def font_size(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("(element) => getComputedStyle(element).fontSize"))


def test_the_address_turns_it_on_and_an_explanation_closes_first(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute(*PRESENT)
    page.locator('[data-tensor="layers/0/weights"]').first.click(position={"x": 3, "y": 3})
    why = page.get_by_role("region", name="Why this number?")
    expect(why).to_be_visible()
    assert "present" in page.url
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()
    expect(page.locator("html")).to_have_attribute(*PRESENT)
    page.keyboard.press("Escape")
    expect(page.locator("html")).to_have_attribute("data-present", "false")


def test_present_grows_what_is_read_from_afar(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator("html")).to_have_attribute("data-present", "false")
    page.keyboard.press("Shift+P")
    expect(page.locator("html")).to_have_attribute(*PRESENT)
    assert page.url.endswith("#present")
    page.wait_for_function("() => document.fullscreenElement === document.documentElement")
    page.locator('[data-tensor="layers/0/weights"]').first.hover(position={"x": 3, "y": 3})
    expect(page.locator(".network-reading output").first).to_be_visible()
    assert font_size(page, ".network-reading output") == "18px"
    bar = page.get_by_role("banner").bounding_box()
    assert bar
    assert bar["height"] >= 56
    page.keyboard.press("Escape")
    expect(page.locator("html")).to_have_attribute("data-present", "false")
    page.wait_for_function("() => document.fullscreenElement === null")
    assert "present" not in page.url
    page.keyboard.press("Shift+P")
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.evaluate("() => document.exitFullscreen()")  # as the browser's own Esc does
    expect(page.locator("html")).to_have_attribute("data-present", "false")
    page.mouse.move(0, 0)
    page.locator('[data-tensor="layers/0/weights"]').first.hover(position={"x": 3, "y": 3})
    assert font_size(page, ".network-reading output") != "18px"


def test_what_is_printed_has_no_controls_and_the_light_palette(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.evaluate(DRAWN)
    press(page, "Run batch")
    page.evaluate(DRAWN)
    page.emulate_media(media="print", color_scheme="dark")
    for region in ("Forward pass", "Backward pass", "Loss chart"):
        expect(page.get_by_role("region", name=region)).to_be_visible()
    for name in ("Play", "Run batch", "Help"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()
    expect(page.get_by_role("tablist")).to_be_hidden()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


# How many matrices are windows, the least width of a cell, and whether a column has a page of its own.
PRINTED = """
() => addEventListener("beforeprint", () => {
  const matrices = [...document.querySelectorAll(".network .plot")];
  const across = [...document.querySelectorAll(".network .cells")].map(
    (cells) => cells.getBoundingClientRect().width / Number(cells.style.getPropertyValue("--columns")),
  );
  window.printed = {
    windows: matrices.filter((plot) => plot.classList.contains("window")).length,
    least: Math.min(...across),
    pages: document.querySelector(".network.on-pages") !== null,
  };
})
"""


def test_matrices_are_printed_whole(page: Page) -> None:
    page.evaluate(PRINTED)
    page.pdf()
    usual = page.evaluate("() => printed")
    assert usual["windows"] == 0
    assert not usual["pages"]
    assert usual["least"] > 1.8  # half a millimetre
    wide_run = call(page, "create_run", {"config": {"model": {"hidden_dims": [1024]}}})[-1]
    page.evaluate(DRAWN)
    assert page.locator(".network .plot.window").count() > 0
    page.pdf()
    wide = page.evaluate("() => printed")
    assert (wide["windows"], wide["pages"]) == (0, True)
    page.evaluate(DRAWN)
    assert page.locator(".network .plot.window").count() > 0  # as it was
    call(page, "delete_run", {"id": wide_run["id"]})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_the_data_theirs(page: Page, scheme: str) -> None:
    page.emulate_media(forced_colors="active", color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate(DRAWN)
    style = "(element) => getComputedStyle(element)"
    canvas = page.locator('[data-tensor="layers/0/weights"] canvas, canvas').first
    assert canvas.evaluate(f"(element) => ({style})(element).forcedColorAdjust") == "none"
    tab = page.get_by_role("tab", selected=True)
    chosen, other = (
        each.evaluate(f"(element) => ({style})(element).backgroundColor")
        for each in (tab, page.get_by_role("tab", selected=False).first)
    )
    assert chosen != other
    outline = page.locator(".cells").first.evaluate(f"(element) => ({style})(element).outlineStyle")
    assert outline == "solid"
