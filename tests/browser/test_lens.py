"""The sample lens on the real page: small heatmaps that add up, muting and the next loss, and back to the last bit."""

import math
import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import (
    call,
    choose_colors,
    choose_theme,
    color_fields,
    fingerprint,
    is_shown,
    menu_of,
    meter,
    press,
)
from tests.browser.test_accessibility import serious
from tests.tiers import cases

LENS = """
async (params) => {
  const {parts, gradient, left, ...rest} = await backprop.sample_lens(params);
  return {...rest, parts: [...parts], gradient: [...gradient], left: [...left]};
}
"""
# The canvases of the lens as pixels, the last one the sum; and the colours that values would have on one scale.
PIXELS = """
(lens) => [...lens.querySelectorAll(".sum canvas")].map((canvas) => Array.from(new Uint32Array(
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)))
"""
COLOURS = """
async ([matrices, palette, chosen]) => {
  const at = (name) => import(new URL(name, document.querySelector("script[src$='main.js']").src).href);
  const files = ["color/palettes.js", "color/column_scale.js", "heatmap/paint.js"];
  const [{tablesOf}, {parted}, {paint}] = await Promise.all(files.map(at));
  const {backward, diverging} = tablesOf(palette, "light");
  const tensors = matrices.map((values) => ({name: "all", shape: [values.length], data: Float32Array.from(values)}));
  const {norm} = parted({tensors}, {scope: "tensor", ...chosen}, diverging)("all");
  return tensors.map(({data}) => {
    const pixels = new Uint32Array(data.length);
    paint(pixels, data, backward, norm);
    return Array.from(pixels);
  });
}
"""


def lens(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Per sample", exact=True)


def open_lens(page: Page, name: str) -> Locator:
    menu_of(page, f"Gradient of {name}").get_by_role("menuitem", name=f"Per sample: Gradient of {name}").click()
    expect(lens(page).locator("figure.total")).to_be_visible()
    return lens(page)


def losses(page: Page) -> list[str]:
    return lens(page).locator(".next-loss").first.locator("dd").all_inner_texts()


@pytest.fixture
def plain(booted: Page) -> Iterator[Page]:
    booted.set_viewport_size({"width": 1280, "height": 900})
    call(booted, "train_batch", {"update": False})
    yield booted
    if is_shown(lens(booted)):
        press(booted, "Close Per sample")
    expect(lens(booted)).to_be_hidden()


def test_its_numbers_are_read_and_asked_about_by_keyboard(plain: Page) -> None:
    shown = open_lens(plain, "layer 2 weights")
    answer = plain.evaluate(LENS, {"tensor": "layers/1/grad_weights"})
    cell = shown.get_by_role("grid", name="Numbers: Contribution of sample 2, ").get_by_role("gridcell")
    cell.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        plain.keyboard.press(key)
    expect(cell).to_have_accessible_name(re.compile("^layer 2 weight gradient, row 2 column 3, "))
    expect(shown.locator(".outline")).to_have_count(11)
    expect(shown.locator("figure.total figcaption span")).to_have_text("Gradient of the batch, row 2 column 3")
    matrices = np.array([*answer["parts"], *answer["gradient"]]).reshape(11, *answer["shape"])
    read = [float(text.replace("−", "-")) for text in shown.locator("output").all_inner_texts()]
    assert read == pytest.approx(matrices[:, 1, 2].tolist(), rel=6e-3)  # three digits
    plain.keyboard.press("Enter")
    why = plain.get_by_role("region", name="Why this number?", exact=True)
    expect(why).to_have_attribute("data-cell", "why:layers/1/grad_weights,1,2")
    expect(why.get_by_role("heading")).to_be_focused()
    expect(lens(plain)).to_be_hidden()
    press(plain, "Close the explanation")


def test_one_heatmap_per_sample_and_they_add_up(plain: Page) -> None:
    """The numbers sum to the gradient, and the pixels are those of these numbers on one scale."""
    shown = open_lens(plain, "layer 2 weights")
    answer = plain.evaluate(LENS, {"tensor": "layers/1/grad_weights"})
    expect(shown.locator("figure.part")).to_have_count(10)
    assert shown.locator("figure.part figcaption span").all_inner_texts() == answer["names"]
    parts = np.array(answer["parts"]).reshape(10, -1)
    bound = 20 * 2**-24 * np.abs(parts).sum(axis=0) + 1e-40
    assert np.all(np.abs(parts.sum(axis=0) - answer["gradient"]) <= bound)
    palette = color_fields(plain, "lens").get_by_label("Colours", exact=True).input_value()
    matrices = [*parts.tolist(), answer["gradient"]]
    fields = color_fields(plain, "lens")
    expect(fields.get_by_label("Scale", exact=True)).to_have_value("symlog")
    expect(fields.get_by_label("Same scale for")).to_have_count(0)
    choose_colors(plain, "lens", ("", "linear", False))
    linear = plain.evaluate(COLOURS, [matrices, palette, {"transform": "linear", "clip": False}])
    assert shown.evaluate(PIXELS) == linear
    assert re.fullmatch(r"\d+% too small to see · none beyond the scale", meter(plain, "lens"))
    choose_colors(plain, "lens", ("", "symlog", True))
    assert "4% beyond the scale" in meter(plain, "lens")
    assert shown.evaluate(PIXELS) == plain.evaluate(COLOURS, [matrices, palette, {"transform": "symlog", "clip": True}])
    choose_colors(plain, "lens", ("", "linear", False))
    assert "none beyond the scale" in meter(plain, "lens")
    assert shown.evaluate(PIXELS) == linear


def test_a_muted_sample_is_left_out_and_heard_again_to_the_last_bit(plain: Page) -> None:
    before = fingerprint(plain)
    shown = open_lens(plain, "layer 1 weights")
    first, told = shown.evaluate(PIXELS), losses(plain)
    assert len(told) == 2
    mute = shown.get_by_role(
        "button", name=f"Leave out sample 3, {shown.locator('figure.part span').nth(2).inner_text()}"
    )
    mute.focus()
    plain.keyboard.press("Space")
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(mute).to_be_focused()
    expect(shown.get_by_role("img", name="Sum without 1 sample")).to_be_visible()
    answer = plain.evaluate(LENS, {"tensor": "layers/0/grad_weights", "muted": [2]})
    assert shown.evaluate(PIXELS)[-1] != first[-1]
    numbers = [float(text.split()[0].replace("−", "-")) for text in losses(plain)]
    expected = [answer["loss"][name] for name in ("now", "whole", "left")]
    assert all(math.isclose(one, other, rel_tol=1e-5) for one, other in zip(numbers, expected, strict=True))
    plain.keyboard.press("Space")
    expect(mute).to_have_attribute("aria-pressed", "false")
    expect(shown.get_by_role("img", name="Gradient of the batch")).to_be_visible()
    assert shown.evaluate(PIXELS) == first
    assert losses(plain) == told
    mute.click()
    press(plain, "Include all")
    expect(shown.get_by_role("img", name="Gradient of the batch")).to_be_visible()
    assert shown.evaluate(PIXELS) == first
    assert fingerprint(plain) == before


def test_another_matrix_of_the_same_samples_and_the_keyboard_comes_back(plain: Page) -> None:
    grid = plain.get_by_role("grid", name="Gradient of output layer weights", exact=True)
    grid.get_by_role("gridcell").focus()
    plain.keyboard.press("Shift+F10")
    plain.get_by_role("menuitem", name="Per sample: Gradient of output layer weights").press("Enter")
    shown = lens(plain)
    expect(shown.locator("figure.part")).to_have_count(10)
    shown.get_by_role("button", name="Leave out sample 1,").click()
    shown.get_by_label("Matrix").select_option(label="Gradient of output layer biases")
    expect(shown.locator("canvas").first).to_have_attribute("height", "1")
    expect(shown.get_by_role("button", name="Leave out sample 1,")).to_have_attribute("aria-pressed", "true")
    plain.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(grid.get_by_role("gridcell")).to_be_focused()


def test_a_large_batch_is_paged_through(plain: Page) -> None:
    call(plain, "create_run", {"config": {"trainer": {"batch_size": 30}, "dataset": {"encoding": "embedding"}}})
    shown = open_lens(plain, "embedding weights")
    expect(shown).to_contain_text("1 – 12 of 30 samples")
    expect(shown).to_contain_text("and 18 other samples")
    for text, number in (("13 – 24 of 30", 12), ("25 – 30 of 30", 6)):
        press(plain, "Next samples")
        expect(shown).to_contain_text(text)
        expect(shown.locator("figure.part")).to_have_count(number)
    expect(shown.get_by_role("button", name="Next samples")).to_be_disabled()
    press(plain, "Close Per sample")
    run = next(run for run in call(plain, "runs") if run["active"])
    call(plain, "delete_run", {"id": run["id"]})


@pytest.mark.parametrize("theme", cases(["light", "dark"], lambda theme: theme == "dark"))
def test_axe_finds_nothing_serious(plain: Page, theme: str) -> None:
    choose_theme(plain, theme)
    shown = open_lens(plain, "layer 1 weights")
    shown.get_by_role("button", name="Leave out sample 1,").click()
    expect(shown.locator(".next-loss .left")).to_have_count(2)
    assert serious(plain) == []


def test_a_narrow_screen_needs_no_sideways_scrolling(plain: Page, narrow: Page) -> None:
    shown = open_lens(narrow, "layer 2 weights")
    assert shown.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
