"""The two columns as readers use them: what stands where, what it is called, what cells tell mouse, keys and touch."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, ViewportSize, expect

from tests.browser.hand import DRAWN, call_all, wait_for_steps
from tests.browser.scales import rounded_threshold

WIDE = ViewportSize(width=1280, height=900)
BETWEEN = ViewportSize(width=700, height=700)
NARROW = ViewportSize(width=360, height=740)
MOST = 14  # pixels of a cell

BOXES = """
() => [...document.querySelectorAll("canvas[data-tensor]")].map((canvas) => {
  const {left, top, width, height} = canvas.getBoundingClientRect();
  const {left: from, right: to, top: upper} = canvas.closest("section").getBoundingClientRect();
  return {
    name: canvas.dataset.tensor, left, top, width, height, from, to, upper, rows: canvas.height, columns: canvas.width,
  };
})
"""
CELL = """
async ([name, row, col]) => {
  const {forward, backward} = await window.backprop.state();
  const {data, shape} = [...forward.tensors, ...backward.tensors].find((tensor) => tensor.name === name);
  return data[row * shape.at(-1) + col];
}
"""


@pytest.fixture(scope="module")
def trained(booted: Page) -> Page:
    """A page with gradients."""
    call_all(booted, [("train_batch", {"update": True})])
    return booted


@pytest.fixture
def wide(trained: Page) -> Page:
    """The same, of desktop size and with nothing pointed at."""
    trained.set_viewport_size(WIDE)
    trained.mouse.move(0, 0)
    trained.evaluate("() => document.activeElement.blur()")
    expect(readout(trained)).to_contain_text("Point at a cell")
    return trained


def readout(page: Page) -> Locator:
    """Where the cell pointed at is put into words."""
    return page.get_by_role("group", name="Cell readout")


def heatmap(page: Page, tensor: str) -> Locator:
    """The canvas of a tensor."""
    return page.locator(f'canvas[data-tensor="{tensor}"]')


def grid(page: Page, name: str) -> Locator:
    """A matrix as the keyboard and screen readers meet it."""
    return page.get_by_role("grid", name=name, exact=True)


def cell(page: Page, name: str) -> Locator:
    """The one cell of a matrix that the keyboard stands on, or would come to."""
    return grid(page, name).get_by_role("gridcell")


def point_at(page: Page, tensor: str, row: int, col: int) -> None:
    """Move the mouse to the middle of a cell."""
    canvas = heatmap(page, tensor)
    canvas.scroll_into_view_if_needed()
    canvas.hover(position=middle(canvas, row, col))


def middle(canvas: Locator, row: int, col: int) -> Any:
    """Where a cell is on its canvas."""
    box = canvas.bounding_box()
    assert box is not None
    rows, columns = canvas.evaluate("(canvas) => [canvas.height, canvas.width]")
    return {"x": (col + 0.5) * box["width"] / columns, "y": (row + 0.5) * box["height"] / rows}


def digits(value: float) -> str:
    """Six significant digits, as ECMAScript's toPrecision writes them."""
    if value == 0:
        return "0"
    return to_precision(value, 6)


def to_precision(value: float, digits: int) -> str:
    """ECMAScript's toPrecision, which writes 0.0000123 as it is, where Python's "g" writes 1.23e-05."""
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    exponent = int(power)
    return f"{value:.{digits - 1 - exponent}f}" if -7 < exponent < digits else f"{mantissa}e{exponent:+d}"


def in_words(value: float) -> str:
    """Three significant digits, as they are spoken."""
    if value == 0:
        return "0"
    mantissa, _, exponent = to_precision(value, 3).partition("e")
    power = f" times 10 to the {int(exponent)}" if exponent else ""
    return f"{mantissa}{power}".replace("-", "minus ")


def tells(page: Page, forward: tuple[str, int, int], backward: tuple[str, int, int]) -> None:
    """Check that the readout has both values, and that both cells are outlined."""
    for name, row, col in (forward, backward):
        expect(readout(page)).to_contain_text(digits(page.evaluate(CELL, [name, row, col])))
        assert outlined(page, name) == (row, col)


def outlined(page: Page, tensor: str) -> tuple[int, int]:
    """Row and column of the outline over a matrix."""
    outline = heatmap(page, tensor).locator("xpath=..").locator(".outline")
    expect(outline).to_have_count(1)
    row, col = outline.evaluate(
        """(outline) => {
          const canvas = outline.parentElement.querySelector("canvas[data-tensor]");
          const cell = outline.getBoundingClientRect();
          const all = canvas.getBoundingClientRect();
          return [(cell.top - all.top) / all.height * canvas.height, (cell.left - all.left) / all.width * canvas.width];
        }"""
    )
    assert (row, col) == (pytest.approx(round(row), abs=0.05), pytest.approx(round(col), abs=0.05))
    return round(row), round(col)


def twin(name: str) -> str:
    """Name of a tensor's gradient."""
    place, _, kind = name.rpartition("/")
    return f"{place}/grad_{kind}" if place else f"grad_{kind}"


@pytest.mark.parametrize("size", [WIDE, BETWEEN, NARROW], ids=["wide", "between", "narrow"])
def test_matrices_stand_beside_their_gradients(booted: Page, size: ViewportSize) -> None:
    """Same place in both columns, same cells; square, at most 14 px, never beyond the column."""
    booted.set_viewport_size(size)
    booted.evaluate(DRAWN)
    booted.evaluate(DRAWN)  # the frame after that in which the size is measured
    boxes = {box["name"]: box for box in booted.evaluate(BOXES)}
    assert len(boxes) == 24
    assert booted.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    for box in boxes.values():
        cell = box["width"] / box["columns"]
        assert box["height"] / box["rows"] == pytest.approx(cell, abs=0.02)
        assert 0 < cell <= MOST
        assert box["left"] >= box["from"]
        assert box["left"] + box["width"] <= box["to"]
    for name, box in boxes.items():
        if "grad_" not in name:
            gradient = boxes[twin(name)]
            assert gradient["left"] - gradient["from"] == pytest.approx(box["left"] - box["from"], abs=0.5)
            assert gradient["top"] == pytest.approx(box["top"], abs=0.5)
            assert (gradient["width"], gradient["height"]) == pytest.approx((box["width"], box["height"]))
    for layer in range(3):
        weights, biases = (boxes[f"layers/{layer}/{kind}"] for kind in ("weights", "biases"))
        assert 0 <= biases["top"] - weights["top"] - weights["height"] <= MOST
        assert (biases["left"], biases["width"]) == pytest.approx((weights["left"], weights["width"]))


def test_cells_are_whole_pixels(wide: Page) -> None:
    """On a desktop all cells of the default network are of one size."""
    cells = {box["width"] / box["columns"] for box in wide.evaluate(BOXES)}
    assert len(cells) == 1
    assert cells.pop() % 1 == 0


def test_a_long_axis_is_a_window(wide: Page) -> None:
    """Seven hundred units keep to the column: a strip scrolls them, in both columns at once."""
    wide.evaluate("() => window.backprop.create_run({name: 'Wide', config: {model: {hidden_dims: [700, 3]}}})")
    expect(wide.get_by_role("heading", name="Layer 1 · 16 → 700 · GELU · 11,900 parameters")).to_be_visible()
    shown = wide.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".network-matrix")].map((place) => {
          const {left, width, height} = place.getBoundingClientRect();
          const {right} = place.closest("section").getBoundingClientRect();
          return [place.querySelector("canvas").dataset.tensor, {left, right, width, height}];
        }))"""
    )
    for box in shown.values():
        assert box["left"] + box["width"] <= box["right"]
    strip = wide.get_by_role("region", name="Forward pass").get_by_role("scrollbar", name="Units shown").first
    most = int(strip.get_attribute("aria-valuemax") or 0)
    assert 0 < most < 700
    strip.click(position={"x": strip.evaluate("(strip) => strip.clientWidth") - 2, "y": 3})
    expect(strip).to_have_attribute("aria-valuenow", str(most))
    for tensor in ("layers/0/weights", "layers/0/grad_activations"):
        cells = heatmap(wide, tensor).locator("xpath=..").bounding_box()
        place = heatmap(wide, tensor).locator("xpath=../..").bounding_box()
        assert cells is not None
        assert place is not None
        assert cells["x"] + cells["width"] == pytest.approx(place["x"] + place["width"], abs=0.5)
    cell(wide, "Layer 1 weights").focus()
    wide.keyboard.press("Control+Home")  # the window follows the cell
    expect(strip).to_have_attribute("aria-valuenow", "0")
    wide.evaluate(
        """async () => {
          const [{id}] = (await window.backprop.runs()).filter(({active}) => active);
          await window.backprop.delete_run({id});
        }"""
    )
    expect(wide.get_by_role("heading", name="Layer 1 · 16 → 32 · GELU · 544 parameters")).to_be_visible()


def test_columns_layers_and_matrices_are_named(wide: Page) -> None:
    """Landmarks, headings with shape and parameter count, and a label for every heatmap."""
    forward = wide.get_by_role("region", name="Forward pass", exact=True)
    backward = wide.get_by_role("region", name="Backward pass", exact=True)
    for heading in (
        "Inputs · 10 samples × 16",
        "Layer 1 · 16 → 32 · GELU · 544 parameters",
        "Layer 2 · 32 → 32 · GELU · 1,056 parameters",
        "Output layer · 32 → 4 · no activation · 132 parameters",
    ):
        expect(forward.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    for label in (
        "Inputs, inputs, 10 by 16",
        "Layer 1 weights, layers/0/weights, 16 by 32",
        "Layer 1 biases, layers/0/biases, 32",
        "Output layer logits, layers/2/pre_activations, 10 by 4",
    ):
        expect(forward.get_by_role("img", name=label, exact=True)).to_be_visible()
    for label in (
        "Gradient of inputs, grad_inputs, 10 by 16",
        "Gradient of layer 1 weights, layers/0/grad_weights, 16 by 32",
    ):
        expect(backward.get_by_role("img", name=label, exact=True)).to_be_visible()


def test_rows_and_columns_carry_their_names(wide: Page) -> None:
    """Positions under the inputs, samples beside them, classes under the logits; in both columns."""
    wide.set_viewport_size({"width": 1920, "height": 1300})
    samples = wide.evaluate(
        """async () => {
          const {batch} = await window.backprop.state();
          const all = await window.backprop.inspect_samples({start: 0, count: 100});
          return Array.from(batch, (index) => all.find((sample) => sample.index === index))
            .map(({input, target}) => `${input.join("")}→${target}`);
        }"""
    )
    for name in ("Forward pass", "Backward pass"):
        column = wide.get_by_role("region", name=name, exact=True)
        expect(column.locator(".network-position")).to_have_text([*"1234"])
        expect(column.locator(".network-class")).to_have_text([*"abcd"])
        lines = column.locator(".network-samples").all_text_contents()
        ends = [line[-2:] for text in lines for line in text.split("\n")]
        assert sorted(ends) == sorted(sample[-2:] for sample in samples)


def test_the_mouse_reads_a_cell_and_its_gradient(wide: Page) -> None:
    """From a matrix to its gradient: indices, names and values to six digits."""
    point_at(wide, "layers/0/weights", 7, 17)
    tells(wide, ("layers/0/weights", 7, 17), ("layers/0/grad_weights", 7, 17))
    expect(readout(wide)).to_contain_text("Layer 1 weights, row 8 column 18")
    expect(readout(wide)).to_contain_text("position 2, token d → unit 18")
    wide.mouse.move(0, 0)
    expect(wide.locator(".outline")).to_have_count(0)


def test_the_mouse_reads_a_gradient_and_its_matrix(wide: Page) -> None:
    """And back; biases have one row, outputs a name."""
    point_at(wide, "layers/2/grad_biases", 0, 2)
    tells(wide, ("layers/2/biases", 0, 2), ("layers/2/grad_biases", 0, 2))
    expect(readout(wide)).to_contain_text("Output layer biases, row 1 column 3")
    expect(readout(wide)).to_contain_text("output c")


def test_reading_a_cell_moves_nothing(wide: Page) -> None:
    """The readout has its place already."""
    heatmap(wide, "layers/0/weights").scroll_into_view_if_needed()
    before = wide.evaluate(BOXES)
    height = wide.evaluate("() => document.documentElement.scrollHeight")
    point_at(wide, "layers/0/weights", 0, 0)
    expect(wide.locator(".outline")).to_have_count(2)
    assert wide.evaluate(BOXES) == before
    assert wide.evaluate("() => document.documentElement.scrollHeight") == height


def test_both_halves_of_the_readout_stand_under_their_columns(wide: Page) -> None:
    point_at(wide, "layers/0/weights", 7, 17)
    for side, column in (("forward", "Forward pass"), ("backward", "Backward pass")):
        half = readout(wide).locator(f".network-foot.{side}").bounding_box()
        above = wide.get_by_role("region", name=column).bounding_box()
        assert half is not None
        assert above is not None
        assert half["x"] == pytest.approx(above["x"], abs=4)
        assert half["width"] == pytest.approx(above["width"], abs=8)


def test_keys_walk_through_a_matrix(wide: Page) -> None:
    """Arrows, Home and End, Page Up and Page Down, with Ctrl the corners; Escape lets go."""
    cell(wide, "Layer 1 weights").focus()
    walk = [
        ("ArrowRight", (0, 1)),
        ("ArrowDown", (1, 1)),
        ("End", (1, 31)),
        ("PageDown", (11, 31)),
        ("PageDown", (15, 31)),
        ("Home", (15, 0)),
        ("PageUp", (5, 0)),
        ("ArrowUp", (4, 0)),
        ("Control+End", (15, 31)),
        ("ArrowLeft", (15, 30)),
        ("Control+Home", (0, 0)),
    ]
    for key, (row, col) in walk:
        wide.keyboard.press(key)
        expect(readout(wide)).to_contain_text(f"Layer 1 weights, row {row + 1} column {col + 1}")
        tells(wide, ("layers/0/weights", row, col), ("layers/0/grad_weights", row, col))
        expect(cell(wide, "Layer 1 weights")).to_be_focused()
    wide.keyboard.press("Escape")
    expect(wide.locator(".outline")).to_have_count(0)


def test_keys_pressed_in_one_frame_all_count(wide: Page) -> None:
    """The cursor does not wait for the screen."""
    cell(wide, "Layer 1 weights").evaluate(
        """(cell) => {
          cell.focus();
          const press = (key, ctrlKey) =>
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, ctrlKey, bubbles: true}));
          press("Home", true);
          for (let i = 0; i < 5; i++) press("ArrowRight", false);
        }"""
    )
    expect(readout(wide)).to_contain_text("Layer 1 weights, row 1 column 6")
    expect(cell(wide, "Layer 1 weights")).to_be_focused()


def test_tab_goes_from_layer_to_layer_and_arrows_from_matrix_to_matrix(wide: Page) -> None:
    """Enter goes into the first matrix of a layer, arrows over its edges, Escape back to the layer."""
    forward = wide.get_by_role("region", name="Forward pass", exact=True)
    layers = {name: forward.get_by_role("group", name=name, exact=True) for name in ("Layer 1", "Layer 2")}
    layers["Layer 1"].focus()
    wide.keyboard.press("Tab")
    expect(layers["Layer 2"]).to_be_focused()
    wide.keyboard.press("Enter")
    expect(cell(wide, "Layer 2 weights")).to_be_focused()
    for key in ("Control+Home", "Control+End", "ArrowDown"):
        wide.keyboard.press(key)
    expect(cell(wide, "Layer 2 biases")).to_be_focused()
    expect(readout(wide)).to_contain_text("Layer 2 biases, row 1 column 32")
    wide.keyboard.press("ArrowDown")
    expect(cell(wide, "Layer 2 pre-activations")).to_be_focused()
    expect(readout(wide)).to_contain_text("Layer 2 pre-activations, row 1 column 32")
    wide.keyboard.press("ArrowRight")
    expect(cell(wide, "Output layer logits")).to_be_focused()
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp"):
        wide.keyboard.press(key)
    expect(cell(wide, "Layer 2 weights")).to_be_focused()
    expect(readout(wide)).to_contain_text("Layer 2 weights, row 32 column 32")
    wide.keyboard.press("Escape")
    expect(layers["Layer 2"]).to_be_focused()
    wide.keyboard.press("Shift+Tab")
    expect(layers["Layer 1"]).to_be_focused()


def test_the_menu_of_a_matrix(wide: Page) -> None:
    """By right click, Shift F10 and the button of its caption; the gradient of weights also by sample."""
    heatmap(wide, "layers/1/grad_weights").click(button="right")
    menu = wide.get_by_role("menu")
    for name in ("Distribution of Gradient of layer 2 weights", "Per sample: Gradient of layer 2 weights"):
        expect(menu.get_by_role("menuitem", name=name, exact=True)).to_be_visible()
    wide.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(cell(wide, "Gradient of layer 2 weights")).to_be_focused()
    wide.keyboard.press("Shift+F10")
    expect(menu.get_by_role("menuitem", name="Copy values (CSV)")).to_be_visible()
    wide.keyboard.press("Escape")
    wide.get_by_role("button", name="Menu of Layer 2 weights", exact=True).click()
    expect(menu.get_by_role("menuitem", name=re.compile("^Per sample"))).to_have_count(0)
    menu.get_by_role("menuitem", name="Distribution of Layer 2 weights", exact=True).click()
    expect(wide.get_by_role("region", name="Distributions", exact=True)).to_contain_text("Layer 2 weights")
    wide.get_by_role("tab", name="Explain").click()


def test_cells_are_zoomed(wide: Page) -> None:
    """By buttons and keys; both columns the same, and Fit is back with 0."""
    fit = wide.get_by_role("button", name=re.compile("^Fit · "))
    before = wide.evaluate(BOXES)[0]["width"]
    wide.get_by_role("button", name="Larger cells").click()
    expect(fit).to_have_count(0)
    boxes = {box["name"]: box for box in wide.evaluate(BOXES)}
    assert boxes["inputs"]["width"] > before
    assert boxes["grad_inputs"]["width"] == boxes["inputs"]["width"]
    wide.keyboard.press("0")
    expect(fit).to_be_visible()
    wide.keyboard.press("-")
    expect(fit).to_have_count(0)
    wide.keyboard.press("0")
    expect(fit).to_be_visible()
    assert wide.evaluate(BOXES)[0]["width"] == before


def test_a_matrix_is_a_grid_of_which_one_cell_is_there(wide: Page) -> None:
    """Each with its name and size; what it holds cannot be changed here. What the browser tells a screen reader."""
    boxes = wide.evaluate(BOXES)
    grids = wide.get_by_role("grid")
    expect(grids).to_have_count(len(boxes))
    for box, found in zip(boxes, grids.all(), strict=True):
        expect(found).to_have_attribute("aria-rowcount", str(box["rows"]))
        expect(found).to_have_attribute("aria-colcount", str(box["columns"]))
        expect(found).to_have_attribute("aria-readonly", "true")
        expect(found.get_by_role("row")).to_have_count(1)
        expect(found.get_by_role("gridcell")).to_have_attribute("tabindex", "-1")
    assert wide.locator("canvas[tabindex]").count() == 0
    cell(wide, "Gradient of layer 2 weights").focus()
    for key in ("Control+Home", *["ArrowDown"] * 3, *["ArrowRight"] * 7):
        wide.keyboard.press(key)
    value = re.escape(in_words(wide.evaluate(CELL, ["layers/1/grad_weights", 3, 7])))
    hidden = "(, too small to tell from zero)?"
    expect(grid(wide, "Gradient of layer 2 weights")).to_match_aria_snapshot(
        f"""
        - grid "Gradient of layer 2 weights":
          - row:
            - gridcell /^layer 2 weight gradient, row 4 column 8, {value}{hidden}, unit 4, unit 8$/
        """
    )
    expect(grid(wide, "Gradient of layer 2 weights").get_by_role("row")).to_have_attribute("aria-rowindex", "4")
    expect(cell(wide, "Gradient of layer 2 weights")).to_have_attribute("aria-colindex", "8")


def test_a_cell_is_spoken_with_its_place_value_and_partner(wide: Page) -> None:
    """Names where there are any, of tokens and samples; 'minus' as a word."""
    for name, tensor, keys, (row, col), words, partner in (
        ("Layer 1 weights", "layers/0/weights", ["ArrowRight"], (0, 1), "layer 1 weight", "its gradient"),
        ("Layer 2 biases", "layers/1/biases", ["End"], (0, 31), "layer 2 bias", "its gradient"),
        (
            "Gradient of layer 2 weights",
            "layers/1/grad_weights",
            [*["ArrowDown"] * 3, *["ArrowRight"] * 7],
            (3, 7),
            "layer 2 weight gradient",
            "its weight",
        ),
    ):
        cell(wide, name).focus()
        for key in ("Control+Home", *keys):
            wide.keyboard.press(key)
        place, _, kind = tensor.rpartition("/")
        other = f"{place}/{kind.removeprefix('grad_') if 'grad_' in kind else f'grad_{kind}'}"
        value, opposite = (in_words(wide.evaluate(CELL, [which, row, col])) for which in (tensor, other))
        expect(cell(wide, name)).to_have_accessible_name(
            re.compile(f"^{words}, row {row + 1} column {col + 1}, {re.escape(value)}, ")
        )
        expect(cell(wide, name)).to_have_accessible_description(f"{partner}, {opposite}")
    cell(wide, "Layer 1 weights").focus()
    wide.keyboard.press("Control+Home")
    expect(cell(wide, "Layer 1 weights")).to_have_accessible_name(re.compile(", position 1, token a, unit 1$"))
    cell(wide, "Output layer logits").focus()
    wide.keyboard.press("Control+Home")
    expect(cell(wide, "Output layer logits")).to_have_accessible_name(re.compile(r", sample \w{4} → \w, output a$"))


def test_the_arrows_go_on_from_a_cell_that_was_clicked(wide: Page) -> None:
    heatmap(wide, "layers/0/weights").click(position=middle(heatmap(wide, "layers/0/weights"), 4, 9))
    expect(cell(wide, "Layer 1 weights")).to_be_focused()
    wide.keyboard.press("ArrowRight")
    expect(readout(wide)).to_contain_text("Layer 1 weights, row 5 column 11")
    wide.keyboard.press("Escape")


def test_while_training_plays_a_cell_keeps_the_keyboard_and_its_name(wide: Page) -> None:
    """A new name would be said aloud at every frame: it follows when training pauses, or the cursor moves."""
    weight = cell(wide, "Layer 1 weights")
    weight.focus()
    wide.keyboard.press("Control+Home")
    wide.evaluate(
        """() => {
          window.names = [];
          window.watched = document.activeElement;
          const listen = () => names.push(document.activeElement.ariaLabel);
          new MutationObserver(listen).observe(watched, {attributeFilter: ["aria-label"]});
        }"""
    )
    before = weight.get_attribute("aria-label")
    shown = readout(wide).inner_text()
    wide.keyboard.press("Space")
    expect(readout(wide)).not_to_have_text(shown)
    wait_for_steps(wide, 200)
    assert wide.evaluate("() => document.activeElement === watched")
    assert wide.evaluate("() => names") == []
    wide.keyboard.press("Space")
    expect(weight).not_to_have_attribute("aria-label", str(before))
    value = re.escape(in_words(wide.evaluate(CELL, ["layers/0/weights", 0, 0])))
    expect(weight).to_have_accessible_name(
        re.compile(
            rf"^layer 1 weight, row 1 column 1, {value}(, too small to tell from zero)?, position 1, token a, unit 1$"
        )
    )
    expect(weight).to_be_focused()
    assert len(wide.evaluate("() => names")) == 1


@contextmanager
def touched(page: Page, size: ViewportSize) -> Iterator[CDPSession]:
    """Make a page one of a phone until the block ends, and lend it fingers."""
    usual = page.viewport_size
    assert usual
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 1, "mobile": True})
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.evaluate(DRAWN)
    yield session
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.send("Emulation.clearDeviceMetricsOverride")
    session.detach()
    page.set_viewport_size({"width": 800, "height": 600})  # another one, or it would be left as it is
    page.set_viewport_size(usual)


def tap(fingers: CDPSession, at: Locator, position: dict[str, float] | None = None) -> None:
    """Touch an element for a moment: in the middle, or at a place from its corner."""
    at.scroll_into_view_if_needed()
    box = at.bounding_box()
    assert box
    place = position or {"x": box["width"] / 2, "y": box["height"] / 2}
    point = {"x": box["x"] + place["x"], "y": box["y"] + place["y"]}
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_reads_a_cell_that_stays(wide: Page) -> None:
    """A tap leaves the cell outlined; a tap elsewhere lets go."""
    with touched(wide, NARROW) as fingers:
        read_by_finger(wide, fingers)


def read_by_finger(page: Page, fingers: CDPSession) -> None:
    canvas = heatmap(page, "layers/0/weights")
    tap(fingers, canvas, middle(canvas, 4, 9))
    expect(readout(page)).to_contain_text("Layer 1 weights, row 5 column 10")
    assert outlined(page, "layers/0/grad_weights") == (4, 9)
    tap(fingers, page.get_by_role("heading", name="Forward pass", exact=True))
    expect(page.locator(".outline")).to_have_count(0)
    box = canvas.bounding_box()
    assert box
    at = {"x": box["x"] + 30, "y": box["y"] + 20}
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    bubble = page.locator(".network-bubble")
    expect(bubble).to_be_visible()
    first = bubble.inner_text()
    # The finger that is held reads the next cells, and the page does not scroll.
    down = {"x": at["x"] + 12, "y": at["y"] + 40}
    fingers.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [down]})
    expect(bubble).not_to_have_text(first)
    place = bubble.bounding_box()
    assert place
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= NARROW["width"]
    assert place["y"] + place["height"] <= down["y"] - 40
    assert canvas.bounding_box() == box
    said = page.locator(".network-foot.forward output").inner_text()
    assert bubble.locator("b").inner_text() == said
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(bubble).to_have_count(0)
    expect(page.get_by_role("menu")).to_have_count(0)
    tap(fingers, page.get_by_role("heading", name="Forward pass", exact=True))
    expect(page.locator(".outline")).to_have_count(0)


@pytest.mark.parametrize("column", ["forward", "backward"])
def test_the_legend_marks_five_numbers_where_they_fall(wide: Page, column: str) -> None:
    """Min, quartiles and max to three digits, their ticks in proportion, zero in the middle."""
    scale = wide.evaluate("async (column) => (await window.backprop.state())[column].scale", column)
    legend = wide.get_by_role("group", name=f"Colour scale, {column} pass")
    names, values = legend.locator("dt").all_text_contents(), legend.locator("dd span:first-child").all_text_contents()
    assert names == ["min", "p25", "p50", "p75", "max"]
    numbers = [float(value.strip().replace("−", "-")) for value in values]
    assert numbers == pytest.approx([scale[name] for name in names], rel=5e-3)
    reach = max(abs(scale["min"]), abs(scale["max"]))
    bend = rounded_threshold(scale["magnitude_p25"], reach)
    shares = [math.copysign(math.log1p(abs(scale[name]) / bend), scale[name]) for name in names]
    places = [float(line.get_attribute("x1") or "nan") for line in legend.locator(".legend-ticks line").all()]
    assert places == pytest.approx([50 + 50 * share / math.log1p(reach / bend) for share in shares], abs=0.01)


def test_an_embedding_has_its_own_place(wide: Page) -> None:
    """A table with one row per token, its activations, and their gradients; tokens themselves have none."""
    wide.evaluate("() => window.backprop.create_run({config: {dataset: {encoding: 'embedding', embedding_dim: 3}}})")
    expect(
        wide.get_by_role("heading", name="Embedding · 4 tokens → 3 dimensions · 12 parameters", exact=True)
    ).to_be_visible()
    expect(wide.get_by_role("img", name="Embedding weights, embedding/weights, 4 by 3", exact=True)).to_be_visible()
    expect(heatmap(wide, "grad_inputs")).to_have_count(0)
    expect(wide.get_by_role("region", name="Backward pass")).to_contain_text("No gradient")
    point_at(wide, "embedding/weights", 1, 2)
    tells(wide, ("embedding/weights", 1, 2), ("embedding/grad_weights", 1, 2))
    expect(readout(wide)).to_contain_text("token b → dimension 3")
    wide.evaluate(
        """async () => {
          const [{id}] = (await window.backprop.runs()).filter(({active}) => active);
          await window.backprop.delete_run({id});
        }"""
    )
