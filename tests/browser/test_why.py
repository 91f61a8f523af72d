"""Why this number: on the real page, any cell shows the terms it is the sum of, and each of them leads onward."""

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from backprop.activations import ACTIVATIONS
from tests.browser.conftest import Contexts, boot
from tests.browser.hand import DRAWN, call, is_shown, press, readout, wait_for_steps
from tests.browser.test_accessibility import serious_in_both_themes
from tests.tiers import cases

CONFIGS: dict[str, dict[str, Any]] = {
    "folded": {"model": {"hidden_dims": [20, 6]}},
    "embedding-mse": {
        "dataset": {"encoding": "embedding", "embedding_dim": 3, "vocabulary": ["<i>a</i>", "b&amp;", "c"]},
        "model": {"hidden_dims": [7], "activation": "tanh"},
        "trainer": {"loss_type": "mse"},
    },
    "linear": {
        "model": {"hidden_dims": [], "dtype": "float64"},
        "trainer": {"batch_size": 40, "optimizer": "momentum"},
    },
    "classification": {
        "dataset": {"task": "classification"},
        "model": {"hidden_dims": [30, 4], "activation": "silu", "dtype": "float64"},
        "trainer": {"batch_size": 32},
    },
    "deep": {
        "dataset": {"encoding": "embedding"},
        "model": {"hidden_dims": [5, 5, 5], "activation": "gelu_exact"},
        "trainer": {"optimizer": "adam", "weight_decay": 0.01, "clip_norm": 0.1},
    },
}

# Name and shape of every tensor that can be asked about, by kind.
TENSORS = """
async () => {
  const {forward, backward, optimizer} = await backprop.state();
  const named = ({tensors}) => tensors.map(({name, shape}) => ({name, shape}));
  return {all: [...named(forward), ...named(backward)], optimizer: named(optimizer)};
}
"""

# What the panel shows, to the last digit, and the same cell by the other way, over the wire.
SHOWN = """
async ([tensor, row, col]) => {
  const why = document.querySelector(".why");
  const numbers = (selector) => [...why.querySelectorAll(selector)].map(({value}) => value);
  const {forward, backward, optimizer} = await backprop.state();
  const tensors = [forward, backward, optimizer].flatMap((column) => column.tensors);
  const {data, shape} = tensors.find(({name}) => name === tensor);
  return {
    terms: numbers("data.term"),
    sum: numbers("data.sum")[0],
    value: numbers("h2 data")[0],
    bound: Number(why.querySelector("[data-bound]").dataset.bound),
    drawn: String(data[row * shape.at(-1) + col]),
  };
}
"""


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Why this number?", exact=True)


def ask(page: Page, tensor: str, row: int, col: int) -> Locator:
    """Open the explanation of a cell by its link, and wait for it."""
    page.evaluate("(hash) => { location.hash = hash; }", f"why={tensor},{row},{col}")
    expect(panel(page)).to_have_attribute("data-cell", f"why:{tensor},{row},{col}")
    return panel(page)


def heatmap(page: Page, tensor: str) -> Locator:
    return page.locator(f'canvas[data-tensor="{tensor}"]')


def close(page: Page) -> None:
    if is_shown(panel(page)):
        press(page, "Close the explanation")
    expect(panel(page)).to_have_count(0)


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once for all tests of this module, by a link to a cell."""
    with contexts.lent() as context:
        yield boot(context.new_page(), f"{site}#why=layers/1/grad_weights,3,7")


@pytest.fixture
def closed(booted: Page) -> Iterator[Page]:
    """A page on which nothing is explained, before and after."""
    booted.set_viewport_size({"width": 1280, "height": 900})
    close(booted)
    yield booted
    close(booted)


def test_a_link_opens_the_same_explanation_after_a_reload_and_each_step_can_be_taken_back(
    booted: Page,
) -> None:
    """A link with which the page was opened."""
    page = booted
    expect(panel(page).get_by_role("heading")).to_be_focused()
    before = panel(page).inner_text()
    assert "Layer 2 weight gradient, row 4 column 8" in before
    assert page.evaluate("() => location.hash") == "#why=layers/1/grad_weights,3,7"
    link = panel(page).locator("tbody .operand").first
    target = link.get_attribute("data-focus")
    link.click()
    expect(panel(page)).to_have_attribute("data-cell", str(target))
    after = panel(page).inner_text()
    page.reload()
    expect(panel(page)).to_have_attribute("data-cell", str(target))
    assert panel(page).inner_text() == after  # the breadcrumbs too
    page.go_back()
    expect(panel(page)).to_have_attribute("data-cell", "why:layers/1/grad_weights,3,7")
    assert panel(page).inner_text() == before
    page.go_forward()
    expect(panel(page)).to_have_attribute("data-cell", str(target))
    press(page, "Close the explanation")
    expect(panel(page)).to_have_count(0)
    assert page.evaluate("() => location.hash") == ""
    page.go_back()
    expect(panel(page)).to_have_attribute("data-cell", str(target))


def test_cells_clicked_one_after_the_other_are_one_entry_of_the_history(closed: Page) -> None:
    page = closed
    depth = "() => history.length"
    before = page.evaluate(depth)
    for x in (5, 45, 85):
        heatmap(page, "layers/0/weights").click(position={"x": x, "y": 5})
    heatmap(page, "layers/1/grad_weights").click(position={"x": 5, "y": 45})
    expect(panel(page)).to_have_attribute("data-cell", re.compile("^why:layers/1/grad_weights,"))
    cell = str(panel(page).get_attribute("data-cell"))
    readout(page, "Batch loss").get_by_role("button").click()
    expect(panel(page)).to_have_attribute("data-cell", "why:loss,0,0")
    heatmap(page, "layers/1/grad_weights").click(position={"x": 5, "y": 45})
    expect(panel(page)).to_have_attribute("data-cell", cell)
    assert page.evaluate(depth) == before + 1
    panel(page).locator("tbody .operand").first.click()
    expect(panel(page)).not_to_have_attribute("data-cell", cell)
    assert page.evaluate(depth) == before + 2
    page.go_back()
    expect(panel(page)).to_have_attribute("data-cell", cell)
    page.go_back()
    expect(panel(page)).to_have_count(0)
    assert page.evaluate("() => location.hash") == ""


@pytest.mark.parametrize("name", cases(CONFIGS, lambda name: name in {"folded", "embedding-mse", "linear"}))
def test_the_terms_on_the_page_sum_to_the_cell(closed: Page, name: str) -> None:
    """Ten random cells of each run, just after an update and in a pass that changed nothing.

    With an optimizer that remembers, each time one cell is a weight and one is of its state. Each term may be off by a
    rounding, and a few more for the functions in them; the page may not allow itself more than that either.
    """
    config = CONFIGS[name]
    generator = np.random.default_rng(7)
    dtype = config["model"].get("dtype", "float32")
    call(closed, "create_run", {"config": config})
    for update in (True, False):
        call(closed, "train_batch", {"update": update})
        found = closed.evaluate(TENSORS)
        tensors, remembered = found["all"], found["optimizer"]
        weights = [tensor for tensor in tensors if tensor["name"].endswith("/weights")]
        chosen = [tensors[index] for index in generator.permutation(len(tensors))[:5]]
        if remembered:
            chosen[:2] = [kind[generator.integers(len(kind))] for kind in (weights, remembered)]
        for tensor in chosen:
            cell, (*rows, columns) = tensor["name"], tensor["shape"]
            row, col = int(generator.integers(rows[0] if rows else 1)), int(generator.integers(columns))
            why = ask(closed, cell, row, col)
            everything = why.get_by_role("button", name="Show all", exact=True)
            if is_shown(everything):
                everything.click()
                expect(everything).to_have_count(0)
            shown = closed.evaluate(SHOWN, [cell, row, col])
            value, terms = float(shown["value"]), [float(term) for term in shown["terms"]]
            assert np.float32(value) == np.float32(shown["drawn"])
            roundings = (len(terms) + 8) * float(np.finfo(dtype).eps) / 2
            most = 1.0001 * roundings * math.fsum(map(abs, terms)) + 1e-40
            assert abs(math.fsum(terms) - value) <= most, f"{cell}[{row}, {col}]: {shown}"
            assert shown["bound"] <= most
            assert float(shown["sum"]) == pytest.approx(math.fsum(terms), rel=1e-14)
    run = next(run for run in call(closed, "runs") if run["active"])
    call(closed, "delete_run", {"id": run["id"]})


def test_one_walks_from_the_loss_to_a_token_and_back_by_keyboard(closed: Page) -> None:
    call(closed, "train_batch", {"update": True})
    call(closed, "train_batch", {"update": False})
    state = call(closed, "state")
    loss = readout(closed, "Batch loss").get_by_role("button", name="Batch loss")
    expect(loss).to_have_text(f"{state['loss']:.4f}")
    loss.focus()
    closed.keyboard.press("Enter")
    way = [("loss", "0,0")]
    why = panel(closed)
    expect(why).to_have_attribute("data-cell", "why:loss,0,0")
    expect(why.get_by_role("heading")).to_be_focused()
    assert float(str(why.locator("h2 data").get_attribute("value"))) == state["loss"]
    expect(why.locator("tbody tr")).to_have_count(10)
    followed = []
    for tensor in (
        "sample_losses",
        "layers/2/pre_activations",
        "layers/1/activations",
        "layers/1/pre_activations",
        "layers/0/activations",
        "layers/0/pre_activations",
        "inputs",
    ):
        link = why.locator(f'tbody [data-focus^="why:{tensor},"]').first
        target = link.get_attribute("data-focus")
        for _ in range(200):
            closed.keyboard.press("Tab")
            if link.evaluate("(link) => link === document.activeElement"):
                break
        expect(link).to_be_focused()
        closed.keyboard.press("Enter")
        assert target is not None
        expect(why).to_have_attribute("data-cell", target)
        expect(why.get_by_role("heading")).to_be_focused()
        followed.append(target)
        way.append((tensor, target.partition(",")[2]))
    expect(why).to_contain_text("Given by the dataset: input")
    expect(why.get_by_role("navigation").locator("[aria-current=step]")).to_have_text(re.compile("^Input, row "))
    for place, link in zip(reversed(way[:-1]), reversed(followed), strict=True):
        closed.keyboard.press("Backspace")
        expect(why).to_have_attribute("data-cell", f"why:{place[0]},{place[1]}")
        expect(why.locator(f'[data-focus="{link}"]').first).to_be_focused()
    closed.keyboard.press("Backspace")
    expect(why).to_have_attribute("data-cell", "why:loss,0,0")
    assert closed.evaluate("() => location.hash") == "#why=loss,0,0"
    closed.keyboard.press("Escape")
    expect(why).to_have_count(0)
    expect(loss).to_be_focused()


def test_the_gradient_of_a_logit_leads_to_its_probability_and_its_target_by_keyboard(closed: Page) -> None:
    call(closed, "train_batch", {"update": True})
    logits = closed.get_by_role("grid", name="Gradient of output layer logits").get_by_role("gridcell")
    logits.focus()
    for key in ("Control+Home", "ArrowDown", "ArrowRight", "Enter"):
        closed.keyboard.press(key)
    why = panel(closed)
    for tensor in ("probabilities", "targets"):
        expect(why).to_have_attribute("data-cell", "why:layers/2/grad_pre_activations,1,1")
        why.locator(f'tbody [data-focus="why:{tensor},1,1"]').press("Enter")
        expect(why).to_have_attribute("data-cell", f"why:{tensor},1,1")
        closed.keyboard.press("Backspace")
    expect(why).to_have_attribute("data-cell", "why:layers/2/grad_pre_activations,1,1")
    assert closed.evaluate("() => location.hash") == "#why=layers/2/grad_pre_activations,1,1"
    closed.keyboard.press("Escape")
    expect(why).to_have_count(0)
    expect(logits).to_be_focused()
    expect(logits).to_have_accessible_name(re.compile("^output layer logit gradient, row 2 column 2, "))
    assert closed.evaluate("() => location.hash") == ""


# Where the middle of a cell is, from the corner of its canvas.
MIDDLE = """
({width, height, offsetWidth, offsetHeight}, [row, col]) =>
  ({x: (col + 0.5) * offsetWidth / width, y: (row + 0.5) * offsetHeight / height})
"""


def test_a_click_explains_the_cell_under_it_and_breadcrumbs_lead_back(closed: Page) -> None:
    canvas = heatmap(closed, "layers/1/pre_activations")
    canvas.scroll_into_view_if_needed()
    canvas.click(position=canvas.evaluate(MIDDLE, [3, 7]))
    why = panel(closed)
    expect(why).to_have_attribute("data-cell", "why:layers/1/pre_activations,3,7")
    expect(why.get_by_role("heading")).to_contain_text("Layer 2 pre-activation, row 4 column 8")
    link = why.locator('tbody [data-focus^="why:layers/1/weights,"]').first
    link.hover()
    row = int(str(link.get_attribute("data-focus")).split(",")[1])
    expect(closed.get_by_role("group", name="Cell readout")).to_contain_text(f"Layer 2 weights, row {row + 1} column 8")
    link.click()
    expect(why).to_have_attribute("data-cell", f"why:layers/1/weights,{row},7")
    why.get_by_role("navigation").get_by_role("button", name="Layer 2 pre-activation, row 4 column 8").click()
    expect(why).to_have_attribute("data-cell", "why:layers/1/pre_activations,3,7")
    expect(why.get_by_role("button", name="Back")).to_be_disabled()


OUTLINES = """
(tensor) => {
  const canvas = document.querySelector(`canvas[data-tensor="${tensor}"]`);
  const box = canvas.getBoundingClientRect();
  const cells = (mark) => {
    const {left, top, width, height} = mark.getBoundingClientRect();
    const [x, y] = [canvas.width / box.width, canvas.height / box.height];
    return [(top - box.top) * y, (left - box.left) * x, height * y, width * x].map(Math.round);
  };
  const found = (kind) => [...canvas.parentElement.querySelectorAll(kind)].map(cells);
  return {explained: found(".explained"), contributing: found(".contributing")};
}
"""


def test_what_contributes_is_outlined(closed: Page) -> None:
    """Of a weight gradient one column of what went in and one of deltas; of a dot product a row and a column."""
    ask(closed, "layers/1/grad_weights", 3, 7)
    outlines = {tensor: closed.evaluate(OUTLINES, tensor) for tensor in ("layers/1/grad_weights", "layers/1/weights")}
    assert outlines["layers/1/grad_weights"] == {"explained": [[3, 7, 1, 1]], "contributing": []}
    assert outlines["layers/1/weights"] == {"explained": [], "contributing": []}
    assert closed.evaluate(OUTLINES, "layers/0/activations")["contributing"] == [[0, 3, 10, 1]]
    assert closed.evaluate(OUTLINES, "layers/1/grad_pre_activations")["contributing"] == [[0, 7, 10, 1]]
    ask(closed, "layers/1/pre_activations", 4, 9)
    assert closed.evaluate(OUTLINES, "layers/0/activations")["contributing"] == [[4, 0, 1, 32]]
    assert closed.evaluate(OUTLINES, "layers/1/weights")["contributing"] == [[0, 9, 32, 1]]
    assert closed.evaluate(OUTLINES, "layers/1/biases")["contributing"] == [[0, 9, 1, 1]]
    expect(closed.locator(".explained")).to_be_in_viewport()
    closed.keyboard.press("Escape")
    expect(closed.locator(".explained, .contributing")).to_have_count(0)


# Of each line from an operand: its ends, and the matrices in which any of its points lies.
LINES = """
() => {
  const svg = document.querySelector(".network-threads");
  const matrices = [...document.querySelectorAll(".network-matrix")].map((matrix) => matrix.getBoundingClientRect());
  const within = ({x, y}, {left, top, right, bottom}) => x > left + 1 && x < right - 1 && y > top + 1 && y < bottom - 1;
  return [...svg.querySelectorAll("path:not(.head)")].map((path) => {
    const length = path.getTotalLength();
    const points = Array.from({length: Math.ceil(length) + 1}, (_, i) =>
      path.getPointAtLength(Math.min(i, length)).matrixTransform(path.getScreenCTM()));
    const begin = points[0], end = points[points.length - 1];
    const near = ({x, y}, selector) => [...document.querySelectorAll(selector)].flatMap((outline) => {
      const biases = outline.closest(".network-block").querySelector("canvas[data-tensor$=biases]");  // under weights
      return [outline, ...(biases ? [biases] : [])];
    }).some((within) => {
      const {left, top, right, bottom} = within.closest(".network-matrix").getBoundingClientRect();
      return x > left - 2 && x < right + 2 && y > top - 2 && y < bottom + 2;
    });
    return {
      length,
      begins: near(begin, ".contributing"),
      ends: near(end, ".explained"),
      crosses: points.some((point) => matrices.some((matrix) => within(point, matrix))),
    };
  });
}
"""


SIZES = [(1280, 720), (1440, 900), (1920, 1080)]


@pytest.mark.parametrize("size", cases(SIZES, lambda size: size != (1440, 900)), ids=str)
def test_lines_lead_from_what_contributes_to_the_cell_and_cross_no_matrix(closed: Page, size: tuple[int, int]) -> None:
    """Of a weight gradient two: from the activations that went in and from the deltas. They go with the explanation."""
    closed.set_viewport_size({"width": size[0], "height": size[1]})
    ask(closed, "layers/1/grad_weights", 3, 7)
    expect(closed.locator(".network-threads path:not(.head)")).to_have_count(2)
    closed.evaluate(DRAWN)
    for line in closed.evaluate(LINES):
        assert line["length"] > 10, line
        assert (line["begins"], line["ends"], line["crosses"]) == (True, True, False), line
    assert closed.locator(".network-threads").get_attribute("aria-hidden") == "true"
    closed.keyboard.press("Escape")
    expect(closed.locator(".network-threads path")).to_have_count(0)


# What is no cell by its form is tested in tests/web/explain; Python refuses those that this network does not have.
NOWHERE = [
    "%3Cimg src=x onerror=alert(1)%3E,0,0",
    "layers/1/grad_weights,32,7",
    "constructor,0,0",
    "layers/1/grad_weights,3,9999999",
    "layers/9/weights,0,0",
    "__proto__,0,0",
    "a" * 100_000,
]


@pytest.mark.parametrize("text", cases(NOWHERE, lambda text: text in NOWHERE[:3]))
def test_a_link_to_no_cell_is_said_and_changes_nothing(closed: Page, text: str) -> None:
    closed.evaluate("(hash) => { location.hash = hash; }", f"why={text}")
    alert = closed.get_by_role("alert").filter(has_text="The link names a cell that is not there")
    expect(alert).to_be_visible()
    expect(panel(closed)).to_have_count(0)
    assert closed.evaluate("() => location.hash") == ""
    assert closed.get_by_role("img", name="Layer 1 weights, layers/0/weights").count() == 1
    press(closed, "Close")
    expect(alert).to_have_count(0)
    closed.evaluate("() => history.replaceState(null, '', location.pathname)")


def test_while_training_plays_an_explanation_stands_still_and_then_follows(closed: Page) -> None:
    call(closed, "train_batch", {"update": True})
    why = ask(closed, "layers/1/grad_weights", 3, 7)
    numbers = why.locator(".numbers")
    before = numbers.inner_text()
    step = re.search(r"Step ([\d,]+)", why.inner_text())
    assert step is not None
    press(closed, "Play")
    wait_for_steps(closed, 20)
    expect(why).to_contain_text(f"this explanation shows step {step[1]} until training pauses")
    assert numbers.inner_text() == before
    press(closed, "Show the latest")
    expect(why).not_to_contain_text(re.compile(rf"shows step {step[1]}\b"))
    press(closed, "Pause")
    expect(closed.locator("[data-said]")).to_contain_text("Paused.")
    expect(why).not_to_contain_text("this explanation shows")
    newest = next(run for run in call(closed, "runs") if run["active"])["step"]
    expect(why).to_contain_text(f"Step {newest:,} ")


def test_a_cell_that_is_gone_is_said_and_comes_back(closed: Page) -> None:
    """A batch of one sample has no row 3."""
    call(closed, "train_batch", {"update": False})
    why = ask(closed, "layers/0/pre_activations", 3, 0)
    call(closed, "run_single", {"update": False})
    expect(why).to_contain_text("Nothing to explain here now: the matrix on screen has no such cell")
    call(closed, "train_batch", {"update": False})
    expect(why).to_contain_text("Pre-activation of unit 1 of layer 1")


def test_formulas_are_mathml(closed: Page) -> None:
    formula = ask(closed, "layers/1/grad_weights", 0, 0).locator("math")
    expect(formula).to_have_attribute("alttext", "∂L/∂W_ij = ∑_n x_ni · ∂L/∂z_nj")
    names = formula.evaluate(
        "(math) => [math, ...math.querySelectorAll('*')].map(({namespaceURI, localName}) => namespaceURI + localName)"
    )
    mathml = "http://www.w3.org/1998/Math/MathML"
    elements = {"math", "mi", "mn", "mo", "mtext", "mrow", "msub", "msup", "munder", "mfrac", "msqrt"}
    assert set(names) <= {mathml + name for name in elements}
    assert len(names) > 20


def test_the_line_of_python_is_quoted(closed: Page) -> None:
    figure = (
        ask(closed, "layers/1/grad_weights", 0, 0).get_by_role("figure").filter(has_text="Layer.backward, in model.py")
    )
    assert "out=self.grad_weights" in figure.locator("pre").first.inner_text()


def test_a_file_that_the_code_panel_does_not_show_is_opened_beside_its_line(closed: Page) -> None:
    call(closed, "create_run", {"config": {"trainer": {"weight_decay": 0.1}}})
    call(closed, "train_batch", {"update": True})
    figure = ask(closed, "layers/0/weights", 0, 0).get_by_role("figure").filter(has_text="decay, in updates.py")
    line = figure.locator("pre").first.inner_text().strip()
    figure.get_by_text("All of updates.py").click()
    marked = figure.locator("mark")
    expect(marked.first).to_be_in_viewport()
    assert "".join("".join(marked.all_inner_texts()).split()) == "".join(line.split())
    expect(figure.locator(".file")).to_contain_text("def decay")


CURVES = """
async (zs) => {
  const main = document.querySelector("script[src$='main.js']").src;
  const {ACTIVATIONS} = await import(new URL("explain/activations.js", main).href);
  return Object.fromEntries(Object.entries(ACTIVATIONS).map(([name, value]) => [name, zs.map(value)]));
}
"""


def test_functions_are_drawn_as_they_are(booted: Page) -> None:
    zs = np.linspace(-8, 8, 81)
    drawn = booted.evaluate(CURVES, zs.tolist())
    assert drawn.keys() == ACTIVATIONS.keys()
    for name, values in drawn.items():
        np.testing.assert_allclose(values, ACTIVATIONS[name].value(zs), atol=1e-6, err_msg=name)


def test_the_point_lies_on_the_curve_and_the_tangent_goes_through_it(closed: Page) -> None:
    picture = ask(closed, "layers/0/activations", 2, 5).locator("svg")
    x, y = (float(picture.locator("circle").get_attribute(name) or "nan") for name in ("cx", "cy"))
    points = [
        tuple(map(float, point.split(",")))
        for point in str(picture.locator("polyline").get_attribute("points")).split()
    ]
    assert float(np.interp(x, *np.array(points).T)) == pytest.approx(y, abs=0.5)
    x1, y1, x2, y2 = (
        float(picture.locator(".tangent").get_attribute(name) or "nan") for name in ("x1", "y1", "x2", "y2")
    )
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((x, y), abs=1e-6)


def test_axe_finds_nothing_serious_in_an_explanation(closed: Page) -> None:
    """Of a dot product, of the loss's gradient, and of an activation with its curve."""
    tensors = "layers/1/pre_activations", "layers/2/grad_pre_activations", "layers/0/activations"
    for tensor, within in zip(tensors, (None, "#panels", "#panels"), strict=True):
        ask(closed, tensor, 1, 2)
        assert serious_in_both_themes(closed, within=within) == []


def test_a_narrow_screen_needs_no_sideways_scrolling(closed: Page) -> None:
    call(closed, "create_run")
    closed.set_viewport_size({"width": 360, "height": 740})
    tensors = "layers/1/pre_activations", "layers/1/grad_weights", "layers/2/grad_pre_activations"
    for tensor in (*tensors, "layers/0/activations", "inputs"):
        why = ask(closed, tensor, 3, 2)
        expect(why.get_by_role("heading")).to_be_in_viewport()
        assert closed.evaluate("() => document.documentElement.scrollWidth") <= 360
        assert why.evaluate("(why) => why.querySelector('.body').scrollWidth <= why.clientWidth")
        expect(closed.locator(".explained")).to_be_in_viewport()


# What the page asks of Python's worker, by name.
LISTEN = """
() => {
  window.asked = [];
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message && message.method) window.asked.push(message.method);
    return post.call(this, message, ...rest);
  };
}
"""


def test_closed_it_costs_nothing_while_training(closed: Page) -> None:
    """Nothing is asked of Python for explanations, phases or the sample lens that nobody looks at."""
    call(closed, "create_run")
    closed.evaluate(LISTEN)
    press(closed, "Play")
    wait_for_steps(closed, 200)
    press(closed, "Pause")
    expect(closed.locator("[data-said]")).to_contain_text("Paused.")
    asked = set(closed.evaluate("() => asked"))
    assert "advance" in asked
    assert not asked & {"explain_cell", "phases", "sample_lens", "source"}
    ask(closed, "layers/1/grad_weights", 3, 7)
    assert "explain_cell" in closed.evaluate("() => asked")
