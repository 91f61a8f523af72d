"""The two columns as readers use them: what stands where, what it is called, what cells tell mouse, keys and touch."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.hand import wait_for_steps

WIDE = ViewportSize(width=1280, height=900)
BETWEEN = ViewportSize(width=700, height=700)
NARROW = ViewportSize(width=360, height=740)
MOST = 10  # pixels of a cell

BOXES = """
() => [...document.querySelectorAll("canvas[data-tensor]")].map((canvas) => {
  const {left, top, width, height} = canvas.getBoundingClientRect();
  const {left: from, right: to} = canvas.closest("section").getBoundingClientRect();
  return {name: canvas.dataset.tensor, left, top, width, height, from, to, rows: canvas.height, columns: canvas.width};
})
"""
CELL = """
async ([name, row, col]) => {
  const {forward, backward} = await window.backprop.state();
  const {data, shape} = [...forward.tensors, ...backward.tensors].find((tensor) => tensor.name === name);
  return data[row * shape.at(-1) + col];
}
"""


@pytest.fixture
def wide(booted: Page) -> Page:
    """A page of desktop size, with nothing pointed at."""
    booted.set_viewport_size(WIDE)
    booted.mouse.move(0, 0)
    booted.evaluate("() => document.activeElement.blur()")
    booted.evaluate("() => window.backprop.train_batch({update: true})")
    expect(readout(booted)).to_contain_text("Point at a cell")
    return booted


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
    """Same height, same cells; square, at most 10 px, centred in the column, never beyond it."""
    booted.set_viewport_size(size)
    boxes = {box["name"]: box for box in booted.evaluate(BOXES)}
    assert len(boxes) == 24
    assert booted.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    for box in boxes.values():
        cell = box["width"] / box["columns"]
        assert box["height"] / box["rows"] == pytest.approx(cell, abs=0.02)
        assert 0 < cell <= MOST
        assert box["left"] >= box["from"]
        assert box["left"] + box["width"] <= box["to"]
        assert box["left"] + box["width"] / 2 == pytest.approx((box["from"] + box["to"]) / 2, abs=1)
    for name, box in boxes.items():
        if "grad_" not in name:
            gradient = boxes[twin(name)]
            assert gradient["left"] > box["left"]
            assert gradient["top"] == pytest.approx(box["top"], abs=0.5)
            assert (gradient["width"], gradient["height"]) == pytest.approx((box["width"], box["height"]))
    for layer in range(3):
        weights, biases = (boxes[f"layers/{layer}/{kind}"] for kind in ("weights", "biases"))
        assert 0 <= biases["top"] - weights["top"] - weights["height"] <= MOST
        assert (biases["left"], biases["width"]) == pytest.approx((weights["left"], weights["width"]))


def test_cells_are_whole_pixels_where_there_is_room(wide: Page) -> None:
    """At desktop size every cell of the default network has its full 10 px."""
    assert {box["width"] / box["columns"] for box in wide.evaluate(BOXES)} == {MOST}


def test_wide_and_tall_matrices_shrink(wide: Page) -> None:
    """Hundreds of units fit into the column; a matrix's cells stay square."""
    wide.evaluate("() => window.backprop.create_run({name: 'Wide', config: {model: {hidden_dims: [700, 3]}}})")
    expect(wide.get_by_role("heading", name="Layer 1 · 16 → 700 · GELU · 11,900 parameters")).to_be_visible()
    boxes = {box["name"]: box for box in wide.evaluate(BOXES)}
    assert boxes["layers/0/weights"]["columns"] == 700
    for box in boxes.values():
        assert box["from"] <= box["left"]
        assert box["left"] + box["width"] <= box["to"]
        assert box["width"] / box["columns"] == pytest.approx(box["height"] / box["rows"], abs=0.02)
    assert boxes["layers/1/weights"]["height"] < 700 * MOST / 2
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


def test_rows_and_columns_carry_their_tokens(wide: Page) -> None:
    """Inputs by position and token, outputs by token, batch rows by sample."""
    samples = wide.evaluate(
        """async () => {
          const {batch} = await window.backprop.state();
          const all = await window.backprop.inspect_samples({start: 0, count: 100});
          return Array.from(batch, (index) => all.find((sample) => sample.index === index))
            .map(({input, target}) => `${input.join("")} → ${target}`);
        }"""
    )

    def names(tensor: str, kind: str) -> list[str]:
        """Texts beside one matrix, line by line."""
        plot = heatmap(wide, tensor).locator("xpath=ancestor::*[contains(@class, 'plot')]")
        return [line for text in plot.locator(kind).all_text_contents() for line in text.split("\n")]

    assert names("inputs", ".column-names .position") == ["1", "2", "3", "4"]
    assert names("inputs", ".column-names .name") == [*"abcd"] * 4
    assert names("inputs", ".row-names .lines") == samples
    assert names("layers/0/weights", ".row-names .lines") == [*"abcd"] * 4
    assert names("layers/2/weights", ".column-names .name") == [*"abcd"]
    assert names("layers/2/pre_activations", ".column-names .name") == [*"abcd"]
    assert names("layers/2/grad_pre_activations", ".row-names .lines") == samples


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
        half = readout(wide).locator(f".{side}").bounding_box()
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
        ("ArrowRight", (1, 31)),
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


def test_tab_goes_from_matrix_to_matrix(wide: Page) -> None:
    """One stop for each; a matrix that gets the keyboard shows where its cursor is, and keeps it."""
    cell(wide, "Layer 2 weights").focus()
    for key in ("Control+Home", "ArrowDown", "Tab"):
        wide.keyboard.press(key)
    expect(cell(wide, "Layer 2 biases")).to_be_focused()
    expect(readout(wide)).to_contain_text("Layer 2 biases, row 1 column 1")
    wide.keyboard.press("Tab")
    expect(cell(wide, "Layer 2 pre-activations")).to_be_focused()
    for _ in range(2):
        wide.keyboard.press("Shift+Tab")
    expect(cell(wide, "Layer 2 weights")).to_be_focused()
    expect(readout(wide)).to_contain_text("Layer 2 weights, row 2 column 1")


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
        expect(found.get_by_role("gridcell")).to_have_attribute("tabindex", "0")
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


def test_a_finger_reads_a_cell_that_stays(visit: Callable[..., Page], site: str) -> None:
    """A tap leaves the cell outlined; a tap elsewhere lets go."""
    page = visit(has_touch=True, viewport=NARROW)
    page.goto(site)
    expect(page.locator("html")).to_have_attribute("data-boot", "ready")
    canvas = heatmap(page, "layers/0/weights")
    canvas.scroll_into_view_if_needed()
    canvas.tap(position=middle(canvas, 4, 9))
    expect(readout(page)).to_contain_text("Layer 1 weights, row 5 column 10")
    assert outlined(page, "layers/0/grad_weights") == (4, 9)
    page.get_by_role("heading", name=re.compile("^Layer 1 ·")).tap()
    expect(page.locator(".outline")).to_have_count(0)


@pytest.mark.parametrize("column", ["forward", "backward"])
def test_the_legend_marks_five_numbers_where_they_fall(wide: Page, column: str) -> None:
    """Min, quartiles and max to three digits, their ticks in proportion, zero in the middle."""
    scale = wide.evaluate("async (column) => (await window.backprop.state())[column].scale", column)
    legend = wide.get_by_role("group", name=f"Colour scale, {column} pass")
    names, values = (legend.locator(kind).all_text_contents() for kind in ("dt", "dd"))
    assert names == ["min", "p25", "p50", "p75", "max"]
    assert [float(value) for value in values] == pytest.approx([scale[name] for name in names], rel=5e-3)
    reach = max(abs(scale["min"]), abs(scale["max"]))
    places = [float(line.get_attribute("x1") or "nan") for line in legend.locator(".ticks line").all()]
    assert places == pytest.approx([50 + 50 * scale[name] / reach for name in names], abs=0.01)
    expect(legend).to_contain_text("NaN or ∞")
    bar = legend.locator(".ramp").bounding_box()
    zero = legend.locator(".zero").bounding_box()
    assert bar is not None
    assert zero is not None
    assert zero["x"] == pytest.approx(bar["x"] + bar["width"] / 2, abs=1)


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
