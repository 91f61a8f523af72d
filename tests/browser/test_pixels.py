"""Every cell of every matrix has the colour that its value has in the table, on one scale for all of a column."""

import base64
import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import DRAWN, active, call, choose_palette, delete_runs, press, wait_for_steps
from tests.browser.records import add_record, record_of
from tests.browser.scales import rounded_threshold
from tests.browser.test_network import point_at, readout, to_precision
from tests.tiers import pairs

PALETTES = ["seed_surface", "blue_orange", "seed_plain"]
COLUMNS = ["forward", "backward"]
FIRST, MIDDLE, LAST = 1, 128, 255

Floats: TypeAlias = npt.NDArray[np.float64]

# Values and pixels of the same moment, as bytes: JSON is slow, and knows no infinities and no NaN.
SHOWN = """
async (palette) => {
  const packed = (data) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };
  const main = document.querySelector("script[src$='main.js']").src;
  const {tablesOf} = await import(new URL("color/palettes.js", main).href);
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const tables = tablesOf(palette, isDark ? "dark" : "light");
  const state = await window.backprop.state();
  await (DRAWN)();
  const pixels = (canvas) => packed(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
  const shown = ({name, shape, data}) => {
    const found = document.querySelectorAll(`canvas[data-tensor="${name}"]`);
    if (found.length !== 1) throw new Error(`${found.length} canvases show ${name}`);
    const [canvas] = found;
    const {width, height} = canvas;
    return {name, shape, values: packed(Float64Array.from(data)), width, height, pixels: pixels(canvas)};
  };
  const column = (side) => ({
    scale: state[side].scale,
    table: packed(Uint32Array.from(tables[side])),
    tensors: state[side].tensors.map(shown),
  });
  return {loss: String(state.loss), forward: column("forward"), backward: column("backward")};
}
""".replace("DRAWN", DRAWN)


def shown_on(page: Page, palette: str) -> dict[str, Any]:
    """Return the loss and both columns: the scale, the colour table, and of each tensor its values and pixels."""
    state: dict[str, Any] = page.evaluate(SHOWN, palette)
    for column in (state[side] for side in COLUMNS):
        column["table"] = integers(column["table"])
        for tensor in column["tensors"]:
            tensor["values"] = np.frombuffer(base64.b64decode(tensor["values"]), "<f8")
            tensor["pixels"] = integers(tensor["pixels"])
    return state


def integers(packed: str) -> npt.NDArray[np.int64]:
    return np.frombuffer(base64.b64decode(packed), "<u4").astype(np.int64)


PAINTED = """
async ({values, scale, palette, side}) => {
  const FILES = ["color/palettes.js", "color/scale.js", "heatmap/paint.js"];
  const at = (name) => import(new URL(name, document.querySelector("script[src$='main.js']").src).href);
  const [{tablesOf}, {norm, entry}, {paint}] = await Promise.all(FILES.map(at));
  const {[side]: table, diverging} = tablesOf(palette, "light");
  const numbers = Float32Array.from(values, Number);
  const chosen = norm(scale, diverging);
  const pixels = new Uint32Array(numbers.length);
  paint(pixels, numbers, table, chosen);
  return {pixels: Array.from(pixels), table: Array.from(table), entries: Array.from(numbers, (x) => entry(chosen, x))};
}
"""


def places(values: Floats, scale: dict[str, float], *, diverging: bool) -> Floats:
    """Place in the colour table of each finite value on a symlog scale (Webber 2013, eq. 1)."""
    low, high = scale["min"], scale["max"]
    reach = max(abs(low), abs(high))
    threshold = rounded_threshold(scale["magnitude_p25"], reach)

    def bent(x: Floats | float) -> Floats:
        return np.sign(x) * np.log1p(np.abs(x) / threshold)

    if diverging:
        return MIDDLE + 0.5 + (LAST - MIDDLE) * bent(values) / bent(reach)
    return FIRST + 0.5 + (LAST - FIRST) * (bent(values) - bent(low)) / (bent(high) - bent(low))


def assert_colors(
    pixels: npt.NDArray[np.int64], table: npt.NDArray[np.int64], values: Floats, scale: dict[str, float],
    *, diverging: bool = True,
) -> None:  # fmt: skip
    """Compare pixels with the table, but where rounding decides between two entries."""
    finite = np.isfinite(values)
    assert np.all(pixels[~finite] == table[0])
    at = places(values[finite], scale, diverging=diverging)
    clear = np.abs(at - np.round(at)) > 1e-6
    assert clear.mean() > 0.9 if clear.size else True
    entries = np.clip(np.floor(at), FIRST, LAST).astype(np.int64)
    assert np.array_equal(pixels[finite][clear], table[entries][clear])


def check(column: dict[str, Any], *, diverging: bool) -> None:
    """Compare all pixels of a column with the table."""
    for tensor in column["tensors"]:
        shape = tensor["shape"]
        assert (tensor["height"], tensor["width"]) == (1 if len(shape) == 1 else shape[0], shape[-1])
        assert_colors(tensor["pixels"], column["table"], tensor["values"], column["scale"], diverging=diverging)


@pytest.fixture
def shown(booted: Page) -> Iterator[Page]:
    """Train a batch, so that no gradient is left at zero; the default palette is back afterwards."""
    booted.evaluate("() => window.backprop.train_batch({update: true})")
    yield booted
    choose_palette(booted, PALETTES[0])


@pytest.mark.parametrize("palette", PALETTES)
def test_every_pixel_is_the_colour_of_its_value(shown: Page, palette: str) -> None:
    """Both columns, all tensors, every palette."""
    choose_palette(shown, palette)
    state = shown_on(shown, palette)
    for column in COLUMNS:
        assert len(state[column]["tensors"]) == 12
        check(state[column], diverging=palette != "seed_plain")


def test_one_scale_reaches_to_the_largest_number_of_a_column(shown: Page) -> None:
    """Global normalisation: exactly the largest magnitude of all tensors has an end of the table."""
    state = shown_on(shown, PALETTES[0])
    for column in COLUMNS:
        values = np.concatenate([tensor["values"] for tensor in state[column]["tensors"]])
        pixels = np.concatenate([tensor["pixels"] for tensor in state[column]["tensors"]])
        end = LAST if values[np.abs(values).argmax()] > 0 else FIRST
        assert pixels[np.abs(values).argmax()] == state[column]["table"][end]
        assert np.all(pixels[values == 0] == state[column]["table"][MIDDLE])
        assert values.min() == state[column]["scale"]["min"]
        assert values.max() == state[column]["scale"]["max"]


def test_pixels_follow_training(shown: Page) -> None:
    """A batch later the picture is another, and again the right one."""
    before = shown_on(shown, PALETTES[0])
    shown.evaluate("() => window.backprop.train_batch({update: true})")
    after = shown_on(shown, PALETTES[0])
    for column in COLUMNS:
        pictures = [[tensor["pixels"].tolist() for tensor in moment[column]["tensors"]] for moment in (before, after)]
        assert pictures[0] != pictures[1]
        check(after[column], diverging=True)


# The first cell that each canvas shows.
WINDOWS = """
() => Object.fromEntries([...document.querySelectorAll("canvas[data-tensor]")].map((canvas) => {
  const cells = getComputedStyle(canvas.parentElement);
  const first = (edge, pitch) =>
    Math.round(-Number.parseFloat(cells[edge]) / Number.parseFloat(cells.getPropertyValue(pitch))) || 0;
  return [canvas.dataset.tensor, [first("top", "--down"), first("left", "--across")]];
}))
"""


def check_windows(page: Page) -> dict[str, list[int]]:
    """Compare the pixels of the forward pass with the cells of its windows; return where those begin."""
    forward = shown_on(page, PALETTES[0])["forward"]
    windows: dict[str, list[int]] = page.evaluate(WINDOWS)
    for tensor in forward["tensors"]:
        shape, (row, col) = tensor["shape"], windows[tensor["name"]]
        values = tensor["values"].reshape(1 if len(shape) == 1 else shape[0], shape[-1])
        shown = values[row : row + tensor["height"], col : col + tensor["width"]]
        assert shown.shape == (tensor["height"], tensor["width"])
        assert_colors(tensor["pixels"], forward["table"], shown.ravel(), forward["scale"])
        assert shown.size < 8000, "no more than fits on the screen"
    return windows


def test_a_window_has_the_colours_of_its_cells_and_no_others(booted: Page) -> None:
    call(booted, "create_run", {"name": "Wide", "config": {"model": {"hidden_dims": [1024]}}})
    call(booted, "train_batch", {"update": True})
    assert check_windows(booted)["layers/0/weights"] == [0, 0]
    booted.get_by_role("scrollbar", name="Units shown").first.click()
    windows = check_windows(booted)
    assert windows["layers/0/weights"][1] > 0
    assert windows["layers/1/weights"][0] > 0
    delete_runs(booted, [active(booted)])


# Whether a canvas has stayed the same while another one has changed three times.
STAYS = """
([away, changing]) => {
  const pixels = (name) => {
    const canvas = document.querySelector(`canvas[data-tensor="${name}"]`);
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.join();
  };
  const [still, moving] = [pixels(away), pixels(changing)];
  const seen = window.stays ??= {still, moving, changes: 0};
  if (seen.still !== still) Object.assign(seen, {still, moving, changes: 0});
  else if (seen.moving !== moving) Object.assign(seen, {moving, changes: seen.changes + 1});
  return seen.changes >= 3;
}
"""


def test_what_is_scrolled_away_is_drawn_when_it_comes_into_sight(booted: Page) -> None:
    """While training plays; at Pause all is drawn."""
    first, last = "layers/0/weights", "layers/2/weights"
    booted.evaluate("() => document.activeElement.blur()")
    while booted.get_by_role("button", name="24 px", exact=True).count() == 0:
        booted.get_by_role("button", name="Larger cells", exact=True).click()
        booted.evaluate(DRAWN)
    press(booted, "Play")
    for away, changing, edge in ((last, first, 0), (first, last, 100_000)):
        booted.evaluate(
            """(edge) => {
              delete window.stays;
              document.querySelector("#network-forward").scrollTo(edge, edge);
            }""",
            edge,
        )
        booted.wait_for_function(STAYS, arg=[away, changing])
    press(booted, "Pause")
    expect(booted.locator("[data-said]")).to_contain_text("Paused.")
    state = shown_on(booted, PALETTES[0])
    for column in COLUMNS:
        check(state[column], diverging=True)
    booted.keyboard.press("0")
    expect(booted.get_by_role("button", name="Fit · ")).to_be_visible()


def add_changed(page: Page, run: dict[str, Any], place: slice, values: Any) -> None:
    """Add a run, activated, with other parameters at a place of all of them."""
    made = call(page, "create_run", run)[-1]["id"]
    record = record_of(page, made)
    record["parameters"][place] = values
    add_record(page, record, activate=True)
    call(page, "delete_run", {"id": made})


def test_a_diverged_run_shows_its_numbers_that_are_none(booted: Page) -> None:
    """Weights that are NaN, as a file may hold them: those cells have the marked colour, and the page goes on."""
    add_changed(booted, {"name": "Too fast"}, slice(0, 100), math.nan)
    state = shown_on(booted, PALETTES[0])
    logits = state["forward"]["tensors"][-1]
    assert not np.all(np.isfinite(logits["values"]))
    assert state["forward"]["table"][0] in logits["pixels"]
    for column in COLUMNS:
        if max(abs(state[column]["scale"]["min"] or 0), abs(state[column]["scale"]["max"] or 0)) > 0:
            check(state[column], diverging=True)
    booted.evaluate(
        """async () => {
          const [{id}] = (await window.backprop.runs()).filter(({active}) => active);
          await window.backprop.delete_run({id});
        }"""
    )


# Biases of the logits: beyond float32 on both sides. A run with them, and back.
FAR = {"name": "Far", "config": {"model": {"dtype": "float64"}}}


@pytest.mark.parametrize(
    ("palette", "far"),
    pairs(["seed_surface", "seed_plain"], [[-2.9e107, 1e-60, -5e-324, 1.0], [1.7e308, -1.7e308, 1e-60, 0.0]]),
)
def test_numbers_beyond_float32_are_shown_as_they_are(booted: Page, far: list[float], palette: str) -> None:
    add_changed(booted, FAR, slice(-len(far), None), far)
    choose_palette(booted, palette)
    state = shown_on(booted, palette)
    (biases, logits), table = state["forward"]["tensors"][-2:], state["forward"]["table"]
    assert biases["values"].tolist() == far
    values = logits["values"].reshape(-1, 4)
    assert np.all(np.isfinite(values))
    assert not set(table[:1]) & {*biases["pixels"], *logits["pixels"]}  # no colour of what is not finite
    largest, scale = float(np.abs(values).max()), state["forward"]["scale"]
    assert max(-scale["min"], scale["max"]) == largest
    for value, pixel in zip(far, biases["pixels"], strict=True):
        if abs(value) > 1e100:
            assert pixel == table[FIRST if value < 0 else LAST]
        elif palette == "seed_surface":
            assert pixel in table[MIDDLE - 1 : MIDDLE + 2]
    for col, value in enumerate(far):
        point_at(booted, "layers/2/biases", 0, col)
        expect(readout(booted)).to_contain_text(to_precision(value, 6) if value else "0")
        explained = booted.evaluate("(col) => backprop.explain_cell({tensor: 'layers/2/biases', row: 0, col})", col)
        assert explained["cell"]["value"] == value
    choose_palette(booted, PALETTES[0])
    call(booted, "delete_run", {"id": active(booted)["id"]})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_answer_has_the_precision_of_its_run(booted: Page, dtype: str) -> None:
    kinds = booted.evaluate(
        """async (dtype) => {
          await backprop.create_run({name: dtype, config: {model: {dtype}}});
          const {id} = (await backprop.runs()).find(({active}) => active);
          const {values} = await backprop.advance({id, steps: 1});
          const {changes} = await backprop.phases();
          const {parts, gradient, left} = await backprop.sample_lens({tensor: "layers/0/grad_weights"});
          await backprop.delete_run({id});
          const all = [values, parts, gradient, left, ...changes.map(({change}) => change)];
          return all.map((data) => data.constructor.name);
        }""",
        dtype,
    )
    assert set(kinds) == {dtype.capitalize() + "Array"}


NUMBERS = ["-4", "-1", "0", "1", "3", "NaN", "Infinity", "-Infinity"]


@pytest.mark.parametrize(
    ("scale", "palette", "wanted"),
    [
        ((-4, 3), "seed_surface", [1, 96, 128, 160, 223, 0, 0, 0]),
        ((-4, 3), "seed_plain", [1, 110, 146, 182, 255, 0, 0, 0]),
        ((-1, 1), "seed_surface", [1, 1, 128, 255, 255, 0, 0, 0]),
        ((0, 0), "seed_surface", [128, 128, 128, 128, 128, 0, 0, 0]),
        ((0, 0), "seed_plain", [128, 128, 128, 128, 128, 0, 0, 0]),
        (("NaN", "NaN"), "seed_surface", [128, 128, 128, 128, 128, 0, 0, 0]),
    ],
)
def test_values_at_the_borders(booted: Page, scale: tuple[object, object], palette: str, wanted: list[int]) -> None:
    """Ends, zero, values beyond the scale, columns of zeros only or without a number, NaN and infinities."""
    low, high = scale
    painted = booted.evaluate(
        PAINTED, {"values": NUMBERS, "scale": {"min": low, "max": high}, "palette": palette, "side": "forward"}
    )
    assert painted["entries"] == wanted
    assert painted["pixels"] == [painted["table"][entry] for entry in wanted]


# Layers that the browser composites, but for the canvases: page, tree of accessibility, chart, a scale per column.
OTHER_LAYERS = 8


def drawn_layers(page: Page) -> Iterator[tuple[int, int]]:
    """Give, of tree after tree, how many layers with something to draw are canvases, and how many are not."""
    session = page.context.new_cdp_session(page)
    trees: list[list[dict[str, int]]] = []
    session.on("LayerTree.layerTreeDidChange", lambda event: trees.append(event.get("layers", [])))
    session.send("DOM.enable")
    session.send("LayerTree.enable")
    names: dict[int, str] = {}
    while True:
        page.evaluate("() => new Promise(requestAnimationFrame)")
        nodes = [layer.get("backendNodeId", 0) for layer in (trees or [[]])[-1] if layer["drawsContent"]]
        for node in {*nodes} - names.keys() - {0}:
            names[node] = session.send("DOM.describeNode", {"backendNodeId": node})["node"]["localName"]
        canvases = sum(names.get(node) == "canvas" for node in nodes)
        yield canvases, len(nodes) - canvases


def test_captions_are_not_layers_of_their_own(booted: Page) -> None:
    """Each canvas is a layer; what lies between two of them would be one too, and be put together in each picture."""
    page = booted
    press(page, "Play")
    wait_for_steps(page, 50)
    matrices = page.locator("canvas[data-tensor]").count()
    others = next(others for canvases, others in drawn_layers(page) if canvases >= matrices)
    press(page, "Pause")
    assert others <= OTHER_LAYERS
