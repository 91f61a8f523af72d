"""Optimizers on the page: chosen in the controls, their state drawn, read, explained and kept, and changes marked."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import (
    DRAWN,
    active,
    call,
    choose_colors,
    choose_twin_field,
    fill,
    fingerprint,
    meter,
    new_run,
    press,
    unfold,
)
from tests.browser.keeping import seen, wait_until_saved
from tests.browser.test_accessibility import serious
from tests.browser.test_chart import line_color, pixel, tick
from tests.browser.test_chart import region as chart
from tests.browser.test_color_scales import USUAL, Scale, check, sentence
from tests.browser.test_pixels import FIRST, LAST, MIDDLE, assert_colors
from tests.tiers import cases

# Values and pixels of the optimizer's state, with the colour table and the scale of each vector.
SHOWN = """
async (vector) => {
  const main = document.querySelector("script[src$='main.js']").src;
  const {PALETTES} = await import(new URL("color/palettes.js", main).href);
  const {optimizer} = await window.backprop.state();
  await (DRAWN)();
  const pixels = (canvas) => Array.from(new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer));
  const shown = ({name, shape, data}) => {
    const [canvas, ...others] = document.querySelectorAll(`canvas[data-tensor="${name}"]`);
    if (!canvas || others.length) throw new Error(`not one canvas shows ${name}`);
    return {name, shape, values: Array.from(data), pixels: pixels(canvas)};
  };
  const isOf = ({name}) => name.includes(`/${vector}_`);
  const table = Array.from(PALETTES.seed_surface.light.backward);
  return {table, scales: optimizer.scales, tensors: optimizer.tensors.filter(isOf).map(shown)};
}
""".replace("DRAWN", DRAWN)


# Names of the vectors in the switch that shows them in the place of the parameters.
SHORT = {"velocity": "velocity", "first_moment": "1st moment", "second_moment": "2nd moment"}


def region(page: Page) -> Locator:
    return page.get_by_role("region", name="Forward pass")


def switch(page: Page) -> Locator:
    return page.get_by_role("radiogroup", name="Parameters show")


def show(page: Page, vector: str) -> None:
    """Show a vector of the state in the place of the parameters."""
    switch(page).get_by_text(SHORT[vector], exact=True).click()
    expect(switch(page).get_by_role("radio", name=SHORT[vector])).to_be_checked()


def shown_state(page: Page) -> dict[str, Any]:
    """Values and pixels of all vectors, one after the other."""
    vectors = page.evaluate("async () => Object.keys((await backprop.state()).optimizer.scales)")
    answers = []
    for vector in vectors:
        show(page, vector)
        answers.append(page.evaluate(SHOWN, vector))
    return {**answers[0], "tensors": [tensor for answer in answers for tensor in answer["tensors"]]}


def as_arrays(table: list[int], tensors: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a colour table and tensors of numbers and pixels as `check` takes them."""
    columns = [
        {**each, "values": np.array(each["values"], dtype=np.float64), "pixels": np.array(each["pixels"], np.int64)}
        for each in tensors
    ]
    return {"table": np.array(table, np.int64), "tensors": columns}


def named(page: Page) -> Locator:
    """Return the button that names the optimizer."""
    return page.get_by_role("region", name="Controls").get_by_role("button", name="Optimizer")


def panel(page: Page) -> Locator:
    return page.locator(".why")


def choose(page: Page, optimizer: str) -> None:
    """Open the optimizer in the controls, and choose one."""
    unfold(page, "Optimizer").get_by_label("Optimizer", exact=True).select_option(optimizer)
    expect(named(page)).to_have_text(re.compile(rf"^\s*Optimizer\s*{optimizer}\b", re.IGNORECASE))


def legend(page: Page, vector: str) -> Locator:
    return page.get_by_role("group", name=f"Colour scale, {vector.replace('_', ' ')}")


@pytest.fixture
def small(booted: Page) -> Page:
    """A small run, untrained, and nothing explained."""
    booted.keyboard.press("Escape")
    call(booted, "create_run", {"config": {"model": {"hidden_dims": [6, 5]}}})
    return booted


def test_an_optimizer_is_chosen_and_only_its_own_settings_are_there(small: Page) -> None:
    controls = small.get_by_role("region", name="Controls")
    expect(switch(small)).to_have_count(0)
    choose(small, "adam")
    for label in ("Beta 1", "Beta 2", "Epsilon", "Weight decay", "Clip gradients"):
        expect(controls.get_by_label(label, exact=True)).to_be_visible()
    expect(controls.get_by_label("Momentum", exact=True)).to_have_count(0)
    fill(small, "Beta 1", "2")
    sentence = "Beta 1 must be a number between 0 and 0.9999, got 2."
    expect(controls.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    fill(small, "Beta 1", "0.8")
    fill(small, "Clip gradients", "0.5")
    expect(named(small)).to_contain_text("Adam 0.8, 0.999 · clip 0.5")
    fill(small, "Clip gradients", "none")
    expect(named(small)).to_have_text(re.compile(r"Adam 0\.8, 0\.999\s*$"))
    assert active(small)["config"]["trainer"]["clip_norm"] is None
    expect(switch(small).get_by_role("radio")).to_have_count(3)
    choose(small, "sgd")
    expect(switch(small)).to_have_count(0)


def test_a_new_run_has_the_optimizer_that_its_form_names(booted: Page) -> None:
    new_run(booted, Optimizer="momentum", Momentum="0.5", Weight_decay="0.01", Clip_gradients="2")
    trainer = active(booted)["config"]["trainer"]
    assert {name: trainer[name] for name in ("optimizer", "momentum", "weight_decay", "clip_norm")} == {
        "optimizer": "momentum",
        "momentum": 0.5,
        "weight_decay": 0.01,
        "clip_norm": 2,
    }


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_every_pixel_of_the_state_is_the_colour_of_its_value_on_its_own_scale(small: Page, optimizer: str) -> None:
    call(small, "trainer_config", {"optimizer": optimizer})
    call(small, "train_epoch", {"update": True})
    shown = shown_state(small)
    table = np.array(shown["table"], dtype=np.int64)
    assert len(shown["tensors"]) == 6 * len(shown["scales"])
    for vector, scale in shown["scales"].items():
        tensors = [tensor for tensor in shown["tensors"] if f"/{vector}_" in tensor["name"]]
        values = np.concatenate([np.array(tensor["values"]) for tensor in tensors])
        pixels = np.concatenate([np.array(tensor["pixels"], dtype=np.int64) for tensor in tensors])
        assert (values.min(), values.max()) == (scale["min"], scale["max"])
        assert_colors(pixels, table, values, scale)
        end = LAST if values[np.abs(values).argmax()] > 0 else FIRST
        assert pixels[np.abs(values).argmax()] == table[end]  # each vector fills its scale, however small it is
        assert np.all(pixels[values == 0] == table[MIDDLE])
        show(small, vector)
        expect(legend(small, vector)).to_be_visible()


# By day: all three choices in one; test_color_scales.py has each scope and transform.
SCALES: list[Scale] = [
    ("tensor", "symlog", True),
    ("layer", "symlog", False),
    ("tensor", "linear", True),
    ("column", "symlog", True),
]


@pytest.mark.parametrize("scale", cases(SCALES, lambda scale: scale == SCALES[0]))
def test_each_vector_of_the_state_has_a_scale_that_is_chosen_for_it(small: Page, scale: Scale) -> None:
    """Its pixels, its meter and the ends of its scales; the other vector stays as it is."""
    call(small, "trainer_config", {"optimizer": "adam"})
    call(small, "train_epoch", {"update": True})
    before = shown_state(small)
    show(small, "second_moment")
    choose_colors(small, "second_moment", scale)
    shown = shown_state(small)
    for vector, chosen in (("first_moment", USUAL), ("second_moment", scale)):
        tensors = [tensor for tensor in shown["tensors"] if f"/{vector}_" in tensor["name"]]
        hidden, clipped = check(as_arrays(shown["table"], tensors), chosen, diverging=True)
        show(small, vector)
        assert meter(small, vector).split(" · ")[1] == sentence(hidden, clipped).split(" · ")[1]
        assert (clipped > 0) == chosen[2]
    others = [[one for one in answer["tensors"] if "/first_" in one["name"]] for answer in (before, shown)]
    assert others[0] == others[1]
    ranges = region(small).locator(".network-caption .range")
    expect(ranges).to_have_count(0 if scale[0] == "column" else 3)
    choose_colors(small, "second_moment", USUAL)
    expect(ranges).to_have_count(0)


def test_the_state_is_read_by_keyboard_and_explains_itself(small: Page) -> None:
    call(small, "trainer_config", {"optimizer": "adam"})
    call(small, "train_batch", {"update": True})
    show(small, "second_moment")
    grid = region(small).get_by_role("grid", name="Second moment of layer 1 weights", exact=True)
    grid.get_by_role("gridcell").focus()
    small.keyboard.press("ArrowRight")
    expect(grid.get_by_role("gridcell")).to_have_attribute(
        "aria-label", re.compile("^layer 1 weight second moment, row 1 column 2, ")
    )
    readout = small.get_by_role("group", name="Cell readout")
    for text in (
        "Layer 1 weights, row 1 column 2",
        "Gradient of layer 1 weights, row 1 column 2",
        "First moment",
        "Second moment",
    ):
        expect(readout).to_contain_text(text)
    for kind in ("grad_weights", "second_moment_weights"):
        cells = small.locator(".cells", has=small.locator(f'canvas[data-tensor="layers/0/{kind}"]'))
        expect(cells.locator(".outline")).to_have_attribute("style", re.compile("^--row: 0; --column: 1;"))
    small.keyboard.press("Enter")
    expect(panel(small)).to_have_attribute("data-cell", "why:layers/0/second_moment_weights,0,1")
    expect(panel(small).locator(".facts")).to_contain_text("the second moment of the weight")
    expect(panel(small).locator('.facts [data-focus="why:layers/0/weights,0,1"]')).to_be_visible()
    expect(panel(small).get_by_role("heading").first).to_contain_text("Layer 1 weight second moment, row 1 column 2")
    expect(panel(small)).to_contain_text("optimizers.py")
    panel(small).locator('tbody [data-focus^="why:layers/0/grad_weights,0,1"]').first.click()
    expect(panel(small)).to_have_attribute("data-cell", "why:layers/0/grad_weights,0,1")
    small.evaluate("() => { location.hash = 'why=layers/1/weights,2,3'; }")
    expect(panel(small)).to_have_attribute("data-cell", "why:layers/1/weights,2,3")
    panel(small).locator('tbody [data-focus="why:layers/1/first_moment_weights,2,3"]').click()
    expect(panel(small)).to_have_attribute("data-cell", "why:layers/1/first_moment_weights,2,3")
    assert serious(small, ".why") == []
    small.evaluate("() => { location.hash = 'why=layers/1/weights,2,3'; }")
    expect(panel(small)).to_have_attribute("data-cell", "why:layers/1/weights,2,3")
    choose(small, "momentum")
    expect(panel(small).locator(".sentence")).to_contain_text("The last update was made by another optimizer")
    small.keyboard.press("Escape")


def test_a_change_on_the_way_leaves_a_mark_on_the_chart(small: Page) -> None:
    call(small, "advance", {"id": active(small)["id"], "steps": 1200})
    fill(small, "Learning rate", "0.03")
    call(small, "train_epoch", {"update": True})
    words = "learning rate 0.1 → 0.03 at step 1,200"
    tick(small, "Loss as a table")
    expect(chart(small).get_by_role("row", name=re.compile("^changes"))).to_contain_text(words)
    expect(chart(small)).to_contain_text("▾ marks a changed setting.")
    tick(small, "Loss as a table", is_on=False)
    assert pixel(small, 1200, None, -6) == line_color(small, active(small)["name"])


def test_twins_may_differ_in_their_optimizer(small: Page) -> None:
    call(small, "rename_run", {"id": active(small)["id"], "name": "Plain"})
    press(small, "Twin Plain")
    dialog = small.get_by_role("dialog", name="Twin")
    choose_twin_field(small, "Optimizer")
    dialog.get_by_label("Optimizer of the twin").select_option("adam")
    dialog.get_by_role("button", name="Create twin").click()
    expect(dialog).to_be_hidden()
    call(small, "advance", {"id": active(small)["id"], "steps": 5, "twins": True})
    legend = chart(small).locator("#chart-settings .legend-runs")
    expect(legend).to_contain_text("Plain (optimizer sgd vs adam)")


def test_the_state_is_kept_and_training_goes_on_bit_for_bit(booted: Page, site: str) -> None:
    """The same training twice: once undisturbed, once with a reload in its middle."""
    ends = []
    for disturbed in (False, True):
        call(booted, "create_run")
        call(
            booted,
            "trainer_config",
            {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.01, "clip_norm": 0.5},
        )
        call(booted, "advance", {"id": active(booted)["id"], "steps": 17})
        call(booted, "trainer_config", {"learning_rate": 0.02})
        call(booted, "train_batch", {"update": True})
        if disturbed:
            wait_until_saved(booted)
            before, why = seen(booted), call(booted, "explain_cell", {"tensor": "layers/1/weights", "row": 3, "col": 7})
            boot(booted, site)
            assert seen(booted) == before
            assert call(booted, "explain_cell", {"tensor": "layers/1/weights", "row": 3, "col": 7}) == why
            expect(switch(booted)).to_be_visible()
            assert [mark["to"] for mark in active(booted)["marks"]] == [0.02]
        call(booted, "advance", {"id": active(booted)["id"], "steps": 33})
        ends.append(fingerprint(booted))
        press(booted, "Run batch")
    assert ends[0] == ends[1]
