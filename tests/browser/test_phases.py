"""Phase by phase on the real page: what is computed shows, all else is covered, and the update is that of the batch."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import DRAWN, active, call, choose_colors, choose_theme, fingerprint, meter, press
from tests.browser.test_accessibility import serious
from tests.browser.test_color_scales import Scale, check, sentence
from tests.browser.test_optimizer import as_arrays
from tests.python.explain.test_phases import Recomputation, Tensors
from tests.tiers import cases, usually

CONFIGS: dict[str, dict[str, Any]] = {
    "default": {},
    "embedding, mse": {
        "dataset": {"encoding": "embedding", "embedding_dim": 3},
        "model": {"hidden_dims": [7], "activation": "tanh"},
        "trainer": {"loss_type": "mse"},
    },
}
# Name, shape and numbers of every tensor, as the page's own calls tell them.
NUMBERS = """
async () => {
  const {forward, backward} = await backprop.state();
  return [...forward.tensors, ...backward.tensors].map(({name, shape, data}) => [name, shape, Array.from(data)]);
}
"""
# Of every matrix: whether it is covered, marked as new, how many colours it has, and what its cell says.
SEEN = """
() => Object.fromEntries([...document.querySelectorAll("canvas[data-tensor]")].map((canvas) => {
  const plot = canvas.closest(".plot");
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.dataset.tensor, {
    covered: plot.querySelector(".cover") !== null,
    fresh: plot.classList.contains("fresh"),
    colours: new Set(new Uint32Array(data.buffer)).size,
    said: plot.querySelector("[role=gridcell]").ariaLabel,
    place: [Number(plot.querySelector("[role=row]").ariaRowIndex) - 1,
            Number(plot.querySelector("[role=gridcell]").ariaColIndex) - 1],
  }];
}))
"""
# What the update added to each parameter, and its pixels.
CHANGES = """
async () => {
  const {changes} = await backprop.phases();
  await (DRAWN)();
  return changes.map(({name, change}) => {
    const canvas = document.querySelector(`.network canvas[data-tensor="${name}"]`);
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return {name, values: Array.from(change), pixels: Array.from(new Uint32Array(data.buffer))};
  });
}
""".replace("DRAWN", DRAWN)
TABLE = """
async () => {
  const main = document.querySelector("script[src$='main.js']").src;
  const {PALETTES} = await import(new URL("color/palettes.js", main).href);
  return Array.from(PALETTES.seed_surface.light.backward);
}
"""
# Whether something that is marked as new stands below the card and above the lower end of the screen.
IN_SIGHT = """
() => [...document.querySelectorAll(".fresh")].some((plot) => {
  const {top, bottom} = plot.getBoundingClientRect();
  return bottom > document.querySelector(".phases").getBoundingClientRect().bottom && top < innerHeight;
})
"""
NUMBER = re.compile(r"column \d+, (?:changed by )?(minus )?([\d.]+)(?: times 10 to the (minus )?(\d+))?")


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="Phase by phase", exact=True)


def details(page: Page) -> Locator:
    return page.get_by_role("region", name="Phase details", exact=True)


def numbers(page: Page) -> Tensors:
    return {name: np.array(data).reshape(shape) for name, shape, data in page.evaluate(NUMBERS)}


def heard(sentence: str) -> float:
    """Return the number that a cell says."""
    found = NUMBER.search(sentence)
    assert found is not None, sentence
    sign, digits, downward, power = found.groups()
    return float(f"{'-' if sign else ''}{digits}e{'-' if downward else ''}{power or 0}")


def begin(page: Page) -> None:
    press(page, "Phase by phase")
    expect(details(page).get_by_role("heading", name="The batch", exact=True)).to_be_visible()


def step_on(page: Page, title: str) -> None:
    press(page, "Next phase")
    expect(details(page).get_by_role("heading", name=title, exact=True)).to_be_visible()


def choose_face(page: Page, face: str) -> None:
    page.get_by_role("radiogroup", name="Weights and biases").get_by_text(face, exact=True).click()


def check_changes(page: Page, scale: Scale) -> None:
    """Choose a scale for the changes of the update: their pixels and their meter are those of it."""
    choose_colors(page, "changes", scale)
    tensors = page.evaluate(CHANGES)
    hidden, clipped = check(as_arrays(page.evaluate(TABLE), tensors), scale, diverging=True)
    assert meter(page, "changes").split(" · ")[1] == sentence(hidden, clipped).split(" · ")[1]
    assert "too small to see" in meter(page, "changes")


@pytest.fixture
def plain(booted: Page) -> Iterator[Page]:
    """A page on which no batch is under way, before and after."""
    booted.set_viewport_size({"width": 1280, "height": 900})
    yield booted
    call(booted, "run_single", {"update": False})  # another pass ends it
    expect(card(booted)).to_have_count(0)
    booted.get_by_label("Train", exact=True).check()


def only_by_day(name: str) -> list[Any]:
    """Return all configurations as cases; by day only this one."""
    return [usually(each == name, config) for each, config in CONFIGS.items()]


@pytest.mark.parametrize("config", only_by_day("embedding, mse"), ids=CONFIGS)
def test_layer_by_layer_what_is_computed_shows_and_all_else_is_covered(plain: Page, config: dict[str, Any]) -> None:
    """A separate recomputation computes each moment's tensors from those that show already; cells say the same."""
    call(plain, "create_run", {"config": config})
    call(plain, "train_batch", {"update": True})
    begin(plain)
    card(plain).get_by_label("Layer by layer").check()
    answer, shown = call(plain, "phases"), numbers(plain)
    samples = call(plain, "inspect_samples", {"count": 100})
    right = [samples[int(index)]["target"] for index in answer["batch"]]
    known = {name: values for name, values in shown.items() if name.endswith(("/weights", "/biases"))}
    blackboard = Recomputation(known, active(plain), right, call(plain, "dataset")["output_labels"])
    for phase in answer["phases"][:-1]:
        for moment in phase["moments"]:
            if phase["phase"] != "batch":
                step_on(plain, moment["title"])
            expect(card(plain).locator(".sentence")).to_have_text(moment["sentence"])
            expect(plain.locator("[data-said]")).to_have_text(f"{moment['title']}. {moment['sentence']}")
            for name in moment["tensors"]:
                blackboard.known[name] = shown[name] if name == "inputs" else blackboard.compute(name)
            seen = plain.evaluate(SEEN)
            assert {name for name, matrix in seen.items() if matrix["fresh"]} == set(moment["tensors"])
            assert {name for name, matrix in seen.items() if not matrix["covered"]} == blackboard.known.keys()
            for name, matrix in seen.items():
                if matrix["covered"]:
                    assert "not computed yet" in matrix["said"]
                    assert matrix["colours"] == 1
                else:
                    value = np.atleast_2d(blackboard.known[name])[tuple(matrix["place"])]
                    assert heard(matrix["said"]) == pytest.approx(value, rel=6e-3, abs=2e-6), name
            plain.wait_for_function(IN_SIGHT)
    call(plain, "delete_run", {"id": active(plain)["id"]})


@pytest.mark.parametrize("config", only_by_day("default"), ids=CONFIGS)
def test_the_update_can_be_looked_at_before_and_after(plain: Page, config: dict[str, Any]) -> None:
    """What is shown before less the learning rate times the gradient is what is shown after; the change is that."""
    call(plain, "create_run", {"config": config})
    begin(plain)
    for title in ("Forward", "Loss", "Backward"):
        step_on(plain, title)
    before, first = numbers(plain), active(plain)
    step_on(plain, "Update")
    after, last = numbers(plain), active(plain)
    assert last["step"] == first["step"] + 1
    rate = last["config"]["trainer"]["learning_rate"]
    expect(card(plain)).to_have_attribute("data-face", "change")  # what the update is about is shown first
    faces = {}
    for face in ("Before", "Change", "After"):
        choose_face(plain, face)
        # The card is drawn after the matrices.
        expect(card(plain)).to_have_attribute("data-face", face.lower())
        faces[face] = plain.evaluate(SEEN)
    for name in before:
        if not name.endswith(("/weights", "/biases")):
            np.testing.assert_array_equal(before[name], after[name])
            continue
        place, _, kind = name.rpartition("/")
        gradient = after[f"{place}/grad_{kind}"]
        np.testing.assert_allclose(after[name], before[name] - rate * gradient, rtol=1e-5, atol=1e-7)
        where = tuple(faces["After"][name]["place"])
        expected = {
            "Before": before[name],
            "Change": -rate * gradient,
            "After": after[name],
        }
        for face, values in expected.items():
            value = np.atleast_2d(values)[where]
            assert heard(faces[face][name]["said"]) == pytest.approx(value, rel=6e-3, abs=2e-6), (name, face)
    assert faces["Before"] != faces["After"]
    choose_face(plain, "Change")
    check_changes(plain, ("column", "linear", False))
    check_changes(plain, ("layer", "symlog", True))
    check_changes(plain, ("column", "linear", False))
    choose_face(plain, "After")
    expect(plain.get_by_role("group", name="Colour scale, changes")).to_have_count(0)
    heatmap = plain.locator('canvas[data-tensor="layers/0/weights"]')
    heatmap.hover(position={"x": 5, "y": 5})
    expect(plain.get_by_role("group", name="Cell readout")).to_contain_text(
        re.compile(r"before [−\d.]+, change [+−\d.e]+, after [−\d.]+")
    )
    plain.mouse.move(0, 0)
    call(plain, "delete_run", {"id": last["id"]})


def test_the_loss_is_shown_sample_by_sample(plain: Page) -> None:
    begin(plain)
    for title in ("Forward", "Loss"):
        step_on(plain, title)
    answer = call(plain, "phases")
    table = details(plain).get_by_role("table")
    shown = [float(str(data.get_attribute("value"))) for data in table.locator("data").all()]
    assert shown == [*(row["loss"] for row in answer["losses"]), answer["loss"]]
    assert np.mean(shown[:-1]) == pytest.approx(answer["loss"], rel=1e-5)
    for row, sample in zip(table.locator("tbody tr").all(), answer["losses"], strict=True):
        expect(row.get_by_role("rowheader")).to_have_text(sample["name"])
        expect(row.locator(".scores li")).to_have_count(len(sample["scores"]))
        expect(row.locator(".right")).to_contain_text("the right one")
    table.get_by_role("button", name="Sample loss, row 3 column 1").click()
    why = plain.get_by_role("region", name="Why this number?", exact=True)
    expect(why).to_have_attribute("data-cell", "why:sample_losses,2,0")
    assert float(str(why.locator("h2 data").get_attribute("value"))) == shown[2]
    press(plain, "Close the explanation")


def test_back_only_covers_again_and_nothing_is_trained(plain: Page) -> None:
    call(plain, "create_run", {})
    before = fingerprint(plain)
    begin(plain)
    back = card(plain).get_by_role("button", name="Back")
    expect(back).to_be_disabled()
    for title in ("Forward", "Loss", "Backward"):
        step_on(plain, title)
    expect(plain.locator(".cover")).to_have_count(0)
    for title in ("Loss", "Forward", "The batch"):
        back.click()
        expect(details(plain).get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(back).to_be_disabled()
    covered = plain.locator(".cover").count()
    assert covered == 24 - 1 - 6  # all but the inputs and the parameters of three layers
    press(plain, "Exit phase by phase")
    expect(plain.locator(".cover")).to_have_count(0)
    expect(plain.get_by_role("button", name="Phase by phase")).to_be_focused()
    assert fingerprint(plain) == before


def test_visualize_only_ends_before_the_update(plain: Page) -> None:
    plain.get_by_label("Visualize only").check()
    before = fingerprint(plain)
    begin(plain)
    for title in ("Forward", "Loss", "Backward"):
        step_on(plain, title)
    expect(card(plain).get_by_role("button", name="Next phase")).to_be_disabled()
    expect(details(plain)).to_contain_text("Visualize only: the batch ends here, and no weight changes.")
    plain.keyboard.press("n")
    expect(plain.locator("[data-said]")).to_have_text("Visualize only: there is no update.")
    assert fingerprint(plain) == before


def test_by_keyboard_from_batch_to_batch(plain: Page) -> None:
    """N goes on, P goes back; what is covered is not explained; after the update the next batch begins."""
    steps = active(plain)["step"]
    plain.evaluate("() => document.activeElement.blur()")
    plain.keyboard.press("n")
    expect(details(plain).get_by_role("heading", name="The batch", exact=True)).to_be_visible()
    logits = plain.get_by_role("grid", name="Output layer logits", exact=True).get_by_role("gridcell")
    logits.focus()
    expect(plain.get_by_role("group", name="Cell readout")).to_contain_text("not computed yet")
    plain.keyboard.press("Enter")
    expect(plain.locator("[data-said]")).to_have_text("This has not been computed yet.")
    expect(plain.get_by_role("region", name="Why this number?")).to_have_count(0)
    for key, title in (
        ("n", "Forward"),
        ("n", "Loss"),
        ("p", "Forward"),
        ("n", "Loss"),
        ("n", "Backward"),
        ("n", "Update"),
    ):
        plain.keyboard.press(key)
        expect(details(plain).get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(logits).to_be_focused()
    assert active(plain)["step"] == steps + 1
    plain.keyboard.press("p")
    expect(card(plain).get_by_role("button", name="Back")).to_be_disabled()
    plain.keyboard.press("n")
    expect(details(plain).get_by_role("heading", name="The batch", exact=True)).to_be_visible()
    assert active(plain)["step"] == steps + 1


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("train_batch", {"update": True}),
        ("run_single", {"update": False}),
        ("update_batch_size", {"batch_size": 9}),
        ("update_loss_type", {"loss_type": "mse"}),
        ("create_run", {}),
    ],
)
def test_another_pass_ends_it(plain: Page, method: str, params: dict[str, Any]) -> None:
    """Nothing stays covered that is not of this batch any more."""
    call(plain, "create_run", {})
    begin(plain)
    call(plain, method, params)
    expect(card(plain)).to_have_count(0)
    expect(plain.locator(".cover")).to_have_count(0)


def test_play_ends_it_and_a_new_learning_rate_does_not(plain: Page) -> None:
    begin(plain)
    call(plain, "trainer_config", {"learning_rate": 0.07})
    expect(details(plain).get_by_role("heading", name="The batch", exact=True)).to_be_visible()
    press(plain, "Play")
    expect(card(plain)).to_have_count(0)
    expect(plain.locator(".cover")).to_have_count(0)
    press(plain, "Pause")
    expect(plain.locator("[data-said]")).to_contain_text("Paused.")


@pytest.mark.parametrize("theme", cases(["light", "dark"], lambda theme: theme == "dark"))
def test_axe_finds_nothing_serious(plain: Page, theme: str) -> None:
    """The whole page at the first phase and at the last; in between what a phase brings."""
    choose_theme(plain, theme)
    begin(plain)
    assert serious(plain) == []
    for title in ("Forward", "Loss", "Backward"):
        step_on(plain, title)
        assert serious(plain, ".phases, .phase-details") == []
    step_on(plain, "Update")
    assert serious(plain) == []


def test_a_narrow_screen_needs_no_sideways_scrolling(plain: Page, narrow: Page) -> None:
    press(narrow, "All settings")
    narrow.get_by_role("dialog", name="Settings").get_by_role("button", name="Phase by phase").click()
    expect(narrow.get_by_role("dialog")).to_have_count(0)
    expect(details(narrow).get_by_role("heading", name="The batch", exact=True)).to_be_visible()
    for title in ("Forward", "Loss", "Backward", "Update"):
        step_on(narrow, title)
        assert narrow.evaluate("() => document.documentElement.scrollWidth") <= 360
        narrow.wait_for_function(IN_SIGHT)
