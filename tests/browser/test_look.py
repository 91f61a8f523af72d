"""Look closely: one matrix and its partner, with their numbers in the cells."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, ViewportSize, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import DRAWN, active, call, delete_runs, is_shown, menu_of, panel, press
from tests.browser.test_accessibility import serious_in_both_themes
from tests.browser.test_network import tap, touched

WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
# Place and text of each cell that is shown, and the numbers of the whole matrix.
CELLS = """
(name) => [...document.querySelectorAll(`.look [data-tensor="${name}"] [role=gridcell]`)].map((cell) => ({
  row: Number(cell.parentElement.ariaRowIndex) - 1,
  col: Number(cell.ariaColIndex) - 1,
  text: cell.dataset.number ?? cell.textContent,
}))
"""
VALUES = """
async (name) => {
  const {forward, backward} = await backprop.state();
  const {data, shape} = [...forward.tensors, ...backward.tensors].find((tensor) => tensor.name === name);
  return {data: [...data].map(String), columns: shape.at(-1)};
}
"""


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once for all tests of this module, by a link to a cell."""
    with contexts.lent() as context:
        yield boot(context.new_page(), f"{site}#look=layers/1/weights,8,16")


@pytest.fixture
def page(booted: Page) -> Page:
    booted.set_viewport_size(WIDE)
    if is_shown(booted.locator(".look")):
        press(booted, "Back to the network")
    booted.keyboard.press("Escape")
    expect(booted.locator(".look")).to_have_count(0)
    booted.mouse.move(0, 0)
    return booted


def matrix(page: Page, tensor: str) -> Locator:
    return page.locator(f'.network canvas[data-tensor="{tensor}"]')


def follow(page: Page, fragment: str) -> None:
    page.evaluate("(hash) => { location.hash = hash; }", fragment)


def current(page: Page, name: str) -> Locator:
    """The cell of the keyboard."""
    return page.get_by_role("grid", name=name, exact=True).locator("[role=gridcell][tabindex='0']")


def shown(page: Page, tensor: str) -> list[dict[str, Any]]:
    page.evaluate(DRAWN)
    cells: list[dict[str, Any]] = page.evaluate(CELLS, tensor)
    assert cells
    return cells


def says(text: str, value: float) -> bool:
    """Whether a text in a cell says a number: it may have two digits less than three."""
    read = float(text.replace("−", "-"))
    return abs(read - value) <= abs(value) * (0.5 if "e" in text and "." not in text else 0.05) + 1e-30


def test_a_link_opens_it_at_the_start(booted: Page) -> None:
    cell = current(booted, "Layer 2 weights")
    expect(cell).to_be_focused()
    expect(cell).to_have_attribute("aria-colindex", "17")


@pytest.mark.parametrize("tensor", ["layers/1/weights", "inputs", "layers/2/biases", "layers/2/pre_activations"])
def test_the_numbers_in_the_cells_are_those_of_the_network(page: Page, tensor: str) -> None:
    call(page, "train_batch", {"update": True})
    follow(page, f"look={tensor},0,0")
    place, _, kind = tensor.rpartition("/")
    for name in (tensor, f"{place}/grad_{kind}" if place else f"grad_{kind}"):
        cells = shown(page, name)
        values = page.evaluate(VALUES, name)
        for cell in cells:
            value = float(values["data"][cell["row"] * values["columns"] + cell["col"]])
            assert says(cell["text"], value), (name, cell, value)


def open_by_double_click(page: Page) -> None:
    matrix(page, "layers/1/weights").dblclick(position={"x": 100, "y": 80})


def open_by_key(page: Page) -> None:
    matrix(page, "layers/1/weights").hover(position={"x": 100, "y": 80})
    page.keyboard.press("z")


def open_by_menu(page: Page) -> None:
    menu_of(page, "Layer 2 weights").get_by_role("menuitem", name="Look closely at Layer 2 weights").click()


def open_by_link(page: Page) -> None:
    follow(page, "look=layers/1/weights,8,16")


@pytest.mark.parametrize("way", [open_by_double_click, open_by_key, open_by_menu, open_by_link])
def test_it_opens_in_each_way_and_back_returns_the_focus(page: Page, way: Callable[[Page], None]) -> None:
    way(page)
    cell = current(page, "Layer 2 weights")
    expect(cell).to_be_focused()
    page.wait_for_function("() => location.hash.includes('look=layers/1/weights,')")
    for name in ("Forward pass", "Backward pass", "Loss chart", "Panels"):
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
    where = cell.get_attribute("aria-label")
    page.keyboard.press("Escape")  # closes the explanation that a double click has opened, or this
    if is_shown(page.locator(".look")):
        page.keyboard.press("Escape")
    expect(page.locator(".look")).to_have_count(0)
    back = page.get_by_role("grid", name="Layer 2 weights", exact=True).get_by_role("gridcell")
    expect(back).to_be_focused()
    expect(back).to_have_attribute("aria-label", str(where))
    assert "look=" not in page.url


def test_keys_move_the_cell_and_the_view_follows(page: Page) -> None:
    follow(page, "look=layers/1/weights,8,16")
    cell = current(page, "Layer 2 weights")
    expect(cell).to_be_focused()
    grid = page.get_by_role("grid", name="Layer 2 weights", exact=True)
    expect(grid).to_have_attribute("aria-rowcount", "32")
    for key, row, col in [
        ("ArrowRight", 9, 18),
        ("ArrowDown", 10, 18),
        ("End", 10, 32),
        ("Control+Home", 1, 1),
        ("ArrowLeft", 1, 1),
        ("Control+End", 32, 32),
        ("Home", 32, 1),
    ]:
        page.keyboard.press(key)
        expect(cell).to_have_attribute("aria-colindex", str(col))
        expect(cell).to_be_focused()
        expect(cell.locator("..")).to_have_attribute("aria-rowindex", str(row))
    page.keyboard.press("PageUp")
    rows = grid.get_by_role("row").count()
    expect(cell.locator("..")).to_have_attribute("aria-rowindex", str(32 - rows))
    page.keyboard.press("g")
    expect(current(page, "Gradient of layer 2 weights")).to_be_focused()
    page.wait_for_function(f"() => location.hash === '#look=layers/1/grad_weights,{31 - rows},0'")
    page.keyboard.press("Enter")
    expect(panel(page, "Why this number?")).to_contain_text(f"row {32 - rows} column 1")
    page.keyboard.press("Escape")
    expect(current(page, "Gradient of layer 2 weights")).to_be_focused()
    page.keyboard.press("z")
    expect(page.locator(".look")).to_have_count(0)


def part(page: Page) -> str:
    page.evaluate(DRAWN)
    return page.locator(".look .forward .subtitle").inner_text()


def test_drag_wheel_and_overview_pan(page: Page) -> None:
    follow(page, "look=layers/1/weights,0,0")
    expect(current(page, "Layer 2 weights")).to_be_focused()
    assert part(page).startswith("rows 1–")
    box = page.locator(".look .forward .look-cells").bounding_box()
    assert box
    x, y = box["x"] + 300, box["y"] + 200
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 51 * 3 - 2, y - 23 * 2 - 2, steps=6)
    page.mouse.up()
    assert part(page).startswith("rows 3–")
    assert "columns 4–" in part(page)
    expect(page.locator("#panel-explain")).to_contain_text("Click any cell")  # a drag explains nothing
    page.mouse.wheel(0, 23 * 4)
    page.wait_for_function("() => document.querySelector('.look .forward .subtitle').textContent.startsWith('rows 7–')")
    page.locator(".look .forward .look-overview").click(position={"x": 35, "y": 35})
    assert part(page).endswith("–32 of 32×32")
    last = page.get_by_role("grid", name="Layer 2 weights", exact=True).get_by_role("gridcell").last
    last.click()
    expect(current(page, "Layer 2 weights")).to_be_focused()
    expect(panel(page, "Why this number?")).to_contain_text("row 32 column 32")


def test_zoom_changes_the_size_of_cells_and_the_digits(page: Page) -> None:
    follow(page, "look=layers/1/weights,8,16")
    cell = current(page, "Layer 2 weights")
    expect(cell).to_be_focused()
    usual = str(cell.get_attribute("data-number"))
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="64 px")).to_be_visible()
    for _ in range(3):
        press(page, "Smaller cells")
    expect(page.get_by_role("button", name="28 px")).to_be_visible()
    expect(cell).to_have_attribute("data-number", "")
    expect(cell).to_have_attribute("aria-colindex", "17")
    page.locator(".look .forward .look-cells").hover(position={"x": 60, "y": 60})
    page.keyboard.down("Control")
    page.mouse.wheel(0, -70)
    page.keyboard.up("Control")
    expect(page.get_by_role("button", name="36 px")).to_be_visible()
    page.keyboard.press("0")
    expect(cell).to_have_attribute("data-number", usual)


def test_pointing_is_read_in_the_foot(page: Page) -> None:
    follow(page, "look=layers/1/weights,8,16")
    expect(current(page, "Layer 2 weights")).to_be_focused()
    foot = page.get_by_role("group", name="Cell readout")
    expect(foot).to_contain_text("Layer 2 weights, row 9 column 17")
    page.get_by_role("grid", name="Layer 2 weights", exact=True).get_by_role("gridcell").last.hover()
    expect(foot).not_to_contain_text("row 9 column 17")
    expect(foot).to_contain_text("Gradient of layer 2 weights, row")


def test_numbers_follow_while_training_plays(page: Page) -> None:
    follow(page, "look=layers/1/weights,8,16")
    expect(current(page, "Layer 2 weights")).to_be_focused()
    before = [cell["text"] for cell in shown(page, "layers/1/grad_weights")]
    press(page, "Play")
    changed = f"(before) => ({CELLS})('layers/1/grad_weights').some(({{text}}, i) => text !== before[i])"
    page.wait_for_function(changed, arg=before)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    call(page, "train_batch", {"update": True})
    cells = shown(page, "layers/1/grad_weights")
    values = page.evaluate(VALUES, "layers/1/grad_weights")
    for cell in cells:
        assert says(cell["text"], float(values["data"][cell["row"] * 32 + cell["col"]]))


def test_a_link_that_names_nothing_is_refused(page: Page) -> None:
    follow(page, "look=layers/9/weights,8,16")
    expect(page.locator("#banners")).to_contain_text("The link names a cell that is not there")
    page.keyboard.press("Escape")
    expect(page.locator("#banners")).to_be_empty()
    assert "look" not in page.url


def test_axe_finds_nothing_serious(page: Page) -> None:
    follow(page, "look=layers/1/weights,8,16")
    expect(current(page, "Layer 2 weights")).to_be_focused()
    assert serious_in_both_themes(page) == []


def test_a_wide_layer_has_only_the_cells_that_are_shown(page: Page) -> None:
    call(page, "create_run", {"config": {"model": {"hidden_dims": [1024]}}})
    follow(page, "look=layers/0/weights,3,900")
    cell = current(page, "Layer 1 weights")
    expect(cell).to_be_focused()
    expect(cell).to_have_attribute("aria-colindex", "901")
    assert page.locator(".look [role=gridcell]").count() < 1200
    page.keyboard.press("End")
    expect(cell).to_have_attribute("aria-colindex", "1024")
    delete_runs(page, [active(page)])
    expect(page.locator(".look [role=grid]").first).to_have_attribute("aria-colcount", "32")


def test_a_phone_shows_one_half_at_a_time(page: Page) -> None:
    page.get_by_role("tab", name="Explain").click()
    with touched(page, PHONE) as fingers:
        show_one_half(page, fingers)


def show_one_half(page: Page, fingers: CDPSession) -> None:
    follow(page, "look=layers/1/weights,8,16")
    weights = page.get_by_role("grid", name="Layer 2 weights", exact=True)
    gradient = page.get_by_role("grid", name="Gradient of layer 2 weights", exact=True)
    expect(weights).to_be_visible()
    expect(gradient).to_have_count(0)
    expect(weights.locator("[tabindex='0']")).to_be_focused()
    tapped = weights.get_by_role("gridcell").nth(8)
    tap(fingers, tapped)
    expect(tapped).to_be_focused()
    cell = weights.locator("[tabindex='0']")
    col = int(cell.get_attribute("aria-colindex") or 0)
    expect(page.locator("#panel-explain")).to_contain_text("Click any cell")  # a tap selects
    tap(fingers, page.get_by_role("button", name="Cell to the right"))
    expect(cell).to_have_attribute("aria-colindex", str(col + 1))
    tap(fingers, page.get_by_text("Gradient", exact=True))
    expect(gradient).to_be_visible()
    expect(weights).to_have_count(0)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert serious_in_both_themes(page) == []
    press(page, "Back to the network")
    expect(page.locator(".look")).to_have_count(0)
