"""Metrics on the page: both sets, the floor, why a run stopped, the best weights and the way back."""

import math
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import active, call, panel, press, unfold
from tests.browser.records import parameters_of

NOTICE = "[data-stopped]"


def played(page: Page, reason: str) -> None:
    press(page, "Play")
    expect(page.locator(NOTICE)).to_have_attribute("data-stopped", reason)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_early_stopping_ends_play_and_says_why(booted: Page) -> None:
    stopping = {"early_stopping": True, "patience": 5}
    config = {"dataset": {"sequence_length": 4}, "trainer": {"learning_rate": 0.3}, "stopping": stopping}
    call(booted, "create_run", {"name": "Early", "config": config})
    played(booted, "early_stopping")
    run = active(booted)
    expect(booted.locator(NOTICE)).to_contain_text("has not improved by more than 0.0001 for 5 epochs")
    expect(booted.locator("[data-said]")).to_have_text(run["stopped"]["sentence"])
    assert run["metrics"]["held_out_loss"] == pytest.approx(run["stopped"]["best_value"], rel=1e-5)
    rows = panel(booted, "Runs").locator("tr.run")
    status = rows.filter(has=booted.locator('.name:text-is("Early")')).locator("[data-column=status]")
    expect(status).to_have_text("stopped early")


def test_both_sets_stand_beside_the_best_possible(booted: Page) -> None:
    call(booted, "create_run")
    call(booted, "train_epoch")
    run, data = active(booted), call(booted, "dataset")
    panel(booted, "Metrics")
    rows = {"Training": ("", "floor"), "Held out": ("held_out_", "held_out_floor")}
    for name, (prefix, floor) in rows.items():
        loss, best = run["metrics"][f"{prefix}loss"], data[floor]["cross_entropy"]
        assert loss >= best - 1e-5
        cells = booted.locator("table.measured").get_by_role("row", name=name)
        expect(cells.locator("[data-metric=loss]")).to_have_text(f"{loss:.4f}")
        expect(cells.locator("[data-metric=perplexity]")).to_have_text(f"{math.exp(loss):.4f}")
        lowest = f"{best:.4f}" if best else "0"
        expect(booted.locator(".gap")).to_contain_text(f"{name}: loss {loss:.4f} nats (best possible {lowest})")


SETS = {"Training samples": "train", "Held-out samples": "held_out"}
COUNTS = """
async () => {
  const {train, held_out} = await backprop.confusion();
  return {train: [...train], held_out: [...held_out]};
}
"""
# Whether a set's canvas has the colours of these numbers, from the colour of none upwards to that of the most.
IS_PAINTED = """
async ([title, numbers, most]) => {
  const canvas = document.querySelector(`canvas[aria-label^="Confusion matrix, ${title.toLowerCase()}, "]`);
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const main = document.querySelector("script[src$='main.js']").src;
  const {PALETTES} = await import(new URL("color/palettes.js", main).href);
  const table = PALETTES.seed_surface.light.forward;
  const wanted = numbers.map((number) => table[Math.floor(128.5 + 127 * number / most)]);
  return String([...new Uint32Array(data.buffer)]) === String(wanted);
}
"""


def in_words(counts: list[int], row: int, col: int) -> str:
    of = sum(counts[4 * row : 4 * row + 4])
    return f"{counts[4 * row + col]} of {of} sample{'' if of == 1 else 's'}"


def cell_of(page: Page, title: str) -> Locator:
    return (
        panel(page, "Metrics")
        .get_by_role("grid", name=f"Confusion matrix, {title.lower()}", exact=True)
        .get_by_role("gridcell")
    )


def test_classes_taken_for_others_are_heatmaps_for_eyes_ears_and_keyboard(booted: Page) -> None:
    metrics = panel(booted, "Metrics")
    metrics.get_by_text("Confusion matrix", exact=True).click()
    metrics.get_by_text("As tables", exact=True).click()
    answer, readout = booted.evaluate(COUNTS), metrics.locator(".taken")
    for title, name in SETS.items():
        counts = answer[name]
        assert booted.evaluate(IS_PAINTED, [title, counts, max(counts)])
        cells = metrics.get_by_role("group", name=f"Table of {title.lower()} by class").locator("td")
        expect(cells).to_have_count(16)
        assert [int(text.split()[0]) for text in cells.all_inner_texts()] == counts
        cell_of(booted, title).focus()
        for key in ("End", "ArrowDown"):
            booted.keyboard.press(key)
        expect(cell_of(booted, title)).to_be_focused()
        spoken = f"true b, predicted d, {in_words(counts, 1, 3)}"
        expect(cell_of(booted, title)).to_have_attribute("aria-label", spoken)
        for other in SETS:
            expect(readout).to_contain_text(f"{other} {in_words(answer[SETS[other]], 1, 3)}")
    metrics.locator("canvas[role=img]").first.hover(position={"x": 3, "y": 3})
    expect(readout).to_contain_text("true a, predicted a")
    metrics.get_by_label("Colour by").select_option(label="Share of row")
    expect(metrics.locator(".count-scale").first).to_contain_text("100%")
    for title, name in SETS.items():
        rows = [answer[name][k : k + 4] for k in range(0, 16, 4)]
        shares = [number / max(1, sum(row)) for row in rows for number in row]
        assert booted.evaluate(IS_PAINTED, [title, shares, 1])


def test_names_of_classes_are_text(booted: Page) -> None:
    tokens = ["<i>a</i>", "b&amp;", "שלום"]
    call(booted, "create_run", {"name": "Names", "config": {"dataset": {"vocabulary": tokens}}})
    panel(booted, "Metrics")
    for place in (".class-names.across", ".class-names.up", ".tables thead"):
        names = booted.locator(f".confusion {place}").first.locator("bdi")
        expect(names).to_have_text(tokens)
    cell_of(booted, "Training samples").focus()
    booted.keyboard.press("Control+Home")
    spoken = re.compile("^true <i>a</i>, predicted <i>a</i>, ")
    expect(cell_of(booted, "Training samples")).to_have_attribute("aria-label", spoken)
    assert booted.locator(".confusion i").count() == 0
    call(booted, "delete_run", {"id": active(booted)["id"]})


def test_banners_come_one_at_a_time_and_are_counted(booted: Page) -> None:
    call(booted, "create_run", {"name": "Two banners", "config": {"stopping": {"max_epochs": 1}}})
    played(booted, "max_epochs")
    banners = booted.get_by_role("alert").locator(".banner")
    expect(banners).to_have_count(1)
    expect(booted.get_by_role("button", name="show the next one")).to_have_count(0)
    booted.evaluate("() => { location.hash = 'why=layers/9/weights,0,0'; }")
    expect(banners).to_contain_text(["The link names a cell that is not there"])
    press(booted, "Message 1 of 2: show the next one")
    expect(banners).to_have_count(1)
    expect(banners).to_have_attribute("data-stopped", "max_epochs")
    press(booted, "Message 2 of 2: show the next one")
    banners.get_by_role("button", name="Close").click()
    expect(banners).to_have_count(1)
    expect(banners).to_have_attribute("data-stopped", "max_epochs")
    call(booted, "delete_run", {"id": active(booted)["id"]})


def test_play_goes_on_and_the_best_weights_come_back_and_go_again(booted: Page) -> None:
    call(booted, "create_run", {"name": "Worse", "config": {"stopping": {"max_epochs": 1}}})
    played(booted, "max_epochs")
    call(booted, "trainer_config", {"learning_rate": 3})  # after which its first epoch stays its best
    before = active(booted)["step"]
    press(booted, "Run full epoch")
    expect(booted.locator(NOTICE)).to_have_count(0)
    after = parameters_of(booted, active(booted)["id"])
    assert active(booted)["step"] == before + 8
    press(booted, "Restore best weights")
    expect(booted.get_by_role("button", name="Undo")).to_be_focused()
    run = active(booted)
    assert run["metrics"]["held_out_loss"] == pytest.approx(run["best_value"], rel=1e-5)
    assert parameters_of(booted, run["id"]) != after
    press(booted, "Undo")
    expect(booted.locator("[data-said]")).to_contain_text("is restored")
    assert parameters_of(booted, run["id"]) == after


def test_a_run_that_diverges_stops_and_names_the_tensor(booted: Page) -> None:
    trainer = {"learning_rate": 500, "loss_type": "mse"}
    call(booted, "create_run", {"name": "Wild", "config": {"trainer": trainer}})
    played(booted, "diverged")
    run = active(booted)
    assert run["stopped"]["tensor"]
    expect(booted.locator(NOTICE)).to_contain_text(f"Diverged: step {run['step'] + 1} was not made")
    step = run["step"]
    booted.get_by_role("button", name=re.compile("^Go back to the (best|initial) weights")).click()
    expect(booted.get_by_role("button", name="Undo")).to_be_visible()
    assert active(booted)["step"] == step
    assert math.isfinite(active(booted)["metrics"]["loss"])


def test_it_can_be_told_to_stop_while_it_exists(booted: Page) -> None:
    call(booted, "create_run", {"name": "Short"})
    booted.set_viewport_size({"width": 1600, "height": 900})
    field = unfold(booted, "Stop").get_by_label("Stop after epochs")
    field.fill("3.5")
    field.press("Enter")
    expect(booted.get_by_text("Stop after epochs must be a whole number between")).to_be_visible()
    field.fill("3")
    field.press("Enter")
    expect(booted.get_by_role("button", name="Stop after 3 epochs")).to_be_visible()
    played(booted, "max_epochs")
    assert active(booted)["step"] == 24
