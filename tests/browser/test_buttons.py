"""Training through the buttons only: to the best that the data allows, and one run beside another."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import (
    DRAWN,
    active,
    call,
    call_all,
    delete_runs,
    fill,
    fingerprint,
    new_run,
    panel,
    press,
    readout,
    steps_while_asked,
    wait_for_runs,
    wait_for_steps,
)
from tests.browser.records import parameters_of


def train_to_the_best(page: Page, epochs: int) -> None:
    """Press Run full epoch until no model could know more of these samples."""
    best = call(page, "dataset")["floor"]["accuracy"]
    for _ in range(epochs):
        press(page, "Run full epoch")
        if active(page)["metrics"]["accuracy"] >= best - 1e-12:
            break
    reached = active(page)["metrics"]["accuracy"]
    assert reached == pytest.approx(best, abs=1e-12)
    expect_accuracy(page, best)


def expect_accuracy(page: Page, best: float) -> None:
    """Expect the metrics to say that no accuracy is better."""
    percent = f"{round(100 * best, 1):g}%"
    row = panel(page, "Metrics").get_by_role("row", name="Training")
    expect(row.locator("[data-metric=accuracy]")).to_have_text(f"{percent} of {percent}")


# Train ten epochs of eight steps at a time until no model could know more.
ADVANCE = """
async ([id, steps, tens, best]) => {
  for (let ten = 0; ten < tens; ten++) {
    await backprop.advance({id, steps});
    await backprop.train_epoch(); // which measures
    const {metrics} = (await backprop.runs()).find((run) => run.id === id);
    if (metrics.accuracy >= best - 1e-12) return;
  }
}
"""


def advance_to_the_best(page: Page, epochs: int) -> None:
    """Train as `train_to_the_best` does, without a drawing of each epoch."""
    best = call(page, "dataset")["floor"]["accuracy"]
    page.evaluate(ADVANCE, [active(page)["id"], 72, epochs // 10, best])
    assert active(page)["metrics"]["accuracy"] == pytest.approx(best, abs=1e-12)
    expect_accuracy(page, best)


def test_the_seeds_default_reaches_the_best_accuracy(booted: Page) -> None:
    new_run(booted, Task="next_token", Encoding="one_hot")
    assert active(booted)["config"]["dataset"]["vocabulary"] == ["a", "b", "c", "d"]
    assert active(booted)["shape"] == [16, 32, 32, 4]
    press(booted, "Run full epoch")
    expect(readout(booted, "Step")).to_have_text("8")
    advance_to_the_best(booted, 400)


@pytest.mark.nightly
def test_run_full_epoch_alone_reaches_the_best_accuracy(booted: Page) -> None:
    call(booted, "create_run")
    train_to_the_best(booted, 400)


# Python learns all of them by day: tests/python/test_session.py.
@pytest.mark.nightly
@pytest.mark.parametrize(
    ("config", "epochs"),
    [
        ({"dataset": {"encoding": "embedding", "embedding_dim": 6}}, 400),
        ({"dataset": {"task": "classification"}}, 400),
        ({"trainer": {"loss_type": "mse", "learning_rate": 0.3}}, 1000),
    ],
    ids=["embedding", "classification", "mse"],
)
def test_every_kind_of_training_reaches_the_best_accuracy(booted: Page, config: dict[str, Any], epochs: int) -> None:
    call(booted, "create_run", {"config": config})
    advance_to_the_best(booted, epochs)


def test_own_masters_an_embedding_and_no_hidden_layer(booted: Page) -> None:
    new_run(
        booted,
        Name="Mine",
        Task="classification",
        Encoding="embedding",
        Embedding_dimensions="6",
        Hidden_layers="none",
        Sequences_come_from="explicit",
        Source_sequences="abccaabb\na d d a c c a d",
        Loss="mse",
        Learning_rate="0.3",
    )
    region = panel(booted, "Dataset")
    expect(region.get_by_text("abccaabb")).to_be_visible()
    expect(region.get_by_text("addaccad")).to_be_visible()
    expect(booted.locator('[data-tensor="embedding/weights"]')).to_be_visible()
    run = active(booted)
    assert (run["name"], run["shape"]) == ("Mine", [5 * 6, 2])
    trainer = run["config"]["trainer"]
    assert (trainer["loss_type"], trainer["learning_rate"]) == ("mse", 0.3)


def test_each_button_does_its_part(booted: Page) -> None:
    call(booted, "create_run")
    expect(readout(booted, "Step")).to_have_text("0")
    press(booted, "Run single step")
    expect(readout(booted, "Step")).to_have_text("1")
    expect(readout(booted, "Epoch")).to_have_text("0.01")
    press(booted, "Run batch")
    expect(readout(booted, "Step")).to_have_text("2")
    press(booted, "Run full epoch")
    expect(readout(booted, "Epoch")).to_have_text("1")
    expect(panel(booted, "Metrics").get_by_text("Last epoch")).to_contain_text(re.compile(r" \d+\.\d ms$"))
    expect(booted.locator("[data-said]")).to_contain_text("accuracy")


def test_visualize_only_changes_nothing(booted: Page) -> None:
    call_all(booted, [("create_run", {}), ("train_epoch", {})])
    expect(readout(booted, "Step")).to_have_text("8")
    weights = parameters_of(booted, active(booted)["id"])
    booted.get_by_role("radio", name="Visualize only").check()
    expect(booted.get_by_role("button", name="Play")).to_be_disabled()
    expect(booted.get_by_text("Visualize only changes no weights, so Play is off.")).to_be_visible()
    for name in ("Run single step", "Run batch", "Run full epoch"):
        press(booted, name)
        expect(booted.locator("#play-note")).not_to_contain_text("Running")
    expect(readout(booted, "Step")).to_have_text("8")
    assert parameters_of(booted, active(booted)["id"]) == weights
    booted.get_by_role("radio", name="Train", exact=True).check()


def test_play_and_pause_and_settings_in_between(booted: Page) -> None:
    call(booted, "create_run")
    press(booted, "Play")
    wait_for_steps(booted, 50)
    fill(booted, "Learning rate", "0.03")
    fill(booted, "Batch size", "7")
    press(booted, "All settings")
    booted.get_by_role("dialog", name="Settings").get_by_label("Loss", exact=True).select_option("mse")
    booted.keyboard.press("Escape")
    wait_for_steps(booted, 150)
    press(booted, "Pause")
    expect(booted.locator("[data-said]")).to_contain_text("Paused.")
    run = active(booted)
    expect(readout(booted, "Step")).to_have_text(f"{run['step']:,}")
    assert run["metrics"]["step"] == run["step"] >= 200
    config = run["config"]["trainer"]
    assert (config["learning_rate"], config["batch_size"], config["loss_type"]) == (0.03, 7, "mse")
    assert active(booted)["step"] == run["step"]


def test_arrow_keys_climb_the_ladder(booted: Page) -> None:
    call(booted, "create_run")
    field = booted.get_by_role("region", name="Controls").get_by_label("Learning rate")
    expect(field).to_have_value("0.1")
    field.press("ArrowUp")
    expect(field).to_have_value("0.3")
    field.press("ArrowUp")
    expect(field).to_have_value("1")
    for expected in ("0.3", "0.1", "0.03"):
        field.press("ArrowDown")
        expect(field).to_have_value(expected)
    wait_for_runs(booted, "(runs) => runs.find(({active}) => active).config.trainer.learning_rate === 0.03")


def step_of(page: Page, run_id: str) -> int:
    return int(next(run["step"] for run in call(page, "runs") if run["id"] == run_id))


def test_runs_are_activated_reset_and_deleted_while_one_trains(booted: Page) -> None:
    page, old = booted, call(booted, "runs")
    runs = [("create_run", {"name": name}) for name in ("Still", "Other", "Moving")]
    call_all(page, [runs[0], ("train_epoch", {}), *runs[1:]])
    delete_runs(page, old)
    still, _, moving = (run["id"] for run in call(page, "runs"))
    # Another one is activated: the run that trained stays where it was left, nothing goes on training unseen.
    press(page, "Play")
    wait_for_steps(page, 100)
    press(page, "Activate Still")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(readout(page, "Step")).to_have_text("8")
    assert active(page)["id"] == still
    assert active(page)["step"] == 8
    assert steps_while_asked(page, moving) == 0
    # Another one is reset, and one is deleted: training goes on.
    press(page, "Activate Moving")
    expect(page.get_by_role("button", name="Active run: Moving")).to_be_visible()
    press(page, "Play")
    wait_for_steps(page, 100)
    before = step_of(page, moving)
    press(page, "Reset Still")
    expect(page.get_by_text("Reset “Still”.")).to_be_visible()
    wait_for_steps(page, 100)
    assert step_of(page, still) == 0
    assert step_of(page, moving) >= before + 100
    press(page, "Delete Other")
    expect(page.get_by_text("Deleted “Other”.")).to_be_visible()
    wait_for_steps(page, 100)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert [run["id"] for run in call(page, "runs")] == [still, moving]
    # The one that trains is reset, and deleted: training ends.
    press(page, "Reset Moving")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(readout(page, "Step")).to_have_text("0")
    assert (active(page)["id"], active(page)["step"]) == (moving, 0)
    press(page, "Play")
    wait_for_steps(page, 100)
    press(page, "Delete Moving")
    expect(page.get_by_text("Deleted “Moving”.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(readout(page, "Step")).to_have_text("0")
    assert [run["id"] for run in call(page, "runs")] == [still]


def test_delete_and_reset_can_be_undone(booted: Page) -> None:
    call_all(booted, [("create_run", {"name": "Precious"}), ("train_epoch", {})])
    expect(readout(booted, "Step")).to_have_text("8")
    before = fingerprint(booted)
    for word in ("Delete", "Reset"):
        press(booted, f"{word} Precious")
        undo, toast = (
            booted.get_by_role("button", name="Undo"),
            booted.get_by_text(re.compile("(Deleted|Reset) “Precious”")),
        )
        expect(toast).to_be_visible()
        if word == "Delete":
            expect(undo).to_be_focused()
        undo.click()
        expect(toast).to_be_hidden()
        expect(booted.get_by_role("button", name="Actions of Precious")).to_have_count(1)
        assert active(booted)["name"] == "Precious"
        assert fingerprint(booted) == before


def test_renaming_in_place(booted: Page) -> None:
    call(booted, "create_run", {"name": "Old"})
    press(booted, "Rename Old")
    field = booted.get_by_label("New name of Old")
    expect(field).to_be_focused()
    field.fill("<b>Größer</b> & 新")
    field.press("Enter")
    expect(booted.get_by_role("rowheader", name="<b>Größer</b> & 新")).to_be_visible()
    expect(booted.get_by_role("button", name="Actions of <b>Größer</b> & 新")).to_be_focused()
    press(booted, "Rename <b>Größer</b> & 新")
    booted.get_by_label(re.compile("^New name of")).press("Escape")
    expect(booted.get_by_role("button", name="Actions of <b>Größer</b> & 新")).to_be_focused()


def test_cancel_forgets_what_was_typed_and_closing_does_not(booted: Page) -> None:
    new_run(booted, Task="next_token", Encoding="one_hot", Learning_rate="0.3", Hidden_layers="6")
    dialog = booted.get_by_role("dialog", name="New run")
    rate, hidden = dialog.get_by_label("Learning rate", exact=True), dialog.get_by_label("Hidden layers")
    press(booted, "New run")
    hidden.fill("7 5")
    expect(dialog.get_by_text("16 → 7 → 5 → 4 · 183 parameters · 8 steps per epoch")).to_be_visible()
    rate.fill("fast")
    expect(rate).to_have_attribute("aria-invalid", "true")
    opener = booted.get_by_role("button", name="New run", exact=True)
    for close in ("Escape", "Close New run"):
        if close == "Escape":
            dialog.press(close)
        else:
            press(booted, close)
        expect(dialog).to_be_hidden()
        opener.click()
        expect(rate).to_have_value("fast")
        expect(hidden).to_have_value("7 5")
    dialog.evaluate("(element) => element.dispatchEvent(new Event('close'))")  # a late one, of the time before
    booted.evaluate(f"() => ({DRAWN})()")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    opener.click()
    expect(rate).to_have_value("0.3")
    expect(hidden).to_have_value("6")
    expect(dialog.locator(".refusal:not(:empty)")).to_have_count(0)
    expect(dialog.get_by_text("16 → 6 → 4")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()


def test_looking_at_a_sample_trains_nothing(booted: Page) -> None:
    call(booted, "create_run")
    region = panel(booted, "Dataset")
    samples = region.locator("button.sample")
    expect(samples).to_have_count(50)
    samples.nth(3).click()
    expect(region.locator(".sample.marked")).to_have_count(1)
    expect(samples.nth(3)).to_contain_text("in the batch")
    expect(readout(booted, "Step")).to_have_text("0")
    region.get_by_role("button", name="Next 50").click()
    expect(region.get_by_text("51–100 of 100")).to_be_visible()


def test_keys(booted: Page) -> None:
    call(booted, "create_run")
    booted.get_by_role("heading", name="Backprop from Scratch").click()
    step = readout(booted, "Step")
    booted.keyboard.press("s")
    expect(step).to_have_text("1")
    booted.keyboard.press("b")
    expect(step).to_have_text("2")
    booted.keyboard.press("e")
    expect(readout(booted, "Epoch")).to_have_text("1")
    booted.keyboard.press(" ")
    expect(booted.get_by_role("button", name="Pause")).to_be_visible()
    booted.keyboard.press(" ")
    expect(booted.get_by_role("button", name="Play")).to_be_visible()
    booted.keyboard.press("r")
    expect(step).to_have_text("0")
    booted.keyboard.press("?")
    expect(booted.get_by_role("dialog", name="Help")).to_be_visible()
    booted.keyboard.press("s")
    booted.keyboard.press("Escape")
    expect(booted.get_by_role("dialog", name="Help")).to_be_hidden()
    field = booted.get_by_role("region", name="Controls").get_by_label("Batch size")
    field.press("s")
    field.press("b")
    field.fill("10")
    field.press("Enter")
    expect(step).to_have_text("0")


LISTEN_TO_CALLS = """
() => {
  const { postMessage } = Worker.prototype;
  self.calls = [];
  Worker.prototype.postMessage = function (message, ...more) {
    if (message.method) self.calls.push(message.method); // the storage has a worker too
    return postMessage.call(this, message, ...more);
  };
}
"""


def test_a_click_that_is_saved_is_three_calls_to_python(booted: Page) -> None:
    """The call itself, one for all that can have changed, and one for what is saved."""
    booted.evaluate(LISTEN_TO_CALLS)
    for button, method in (("Run batch", "train_batch"), ("Run single step", "run_single")):
        booted.evaluate("() => { self.calls = []; }")
        press(booted, button)
        booted.wait_for_function("() => self.calls.includes('checkpoint')")
        expect(booted.locator("[data-said]")).to_contain_text("Step")
        expect(booted.locator("#saved")).to_contain_text("Saved")
        assert booted.evaluate("() => self.calls") == [method, "overview", "checkpoint"]
    run_id = active(booted)["id"]
    booted.evaluate("() => { self.calls = []; }")
    call(booted, "advance", {"id": run_id, "steps": 5})
    booted.wait_for_function("() => self.calls.includes('checkpoint')")
    assert booted.evaluate("() => self.calls") == ["advance", "overview", "checkpoint"]
    booted.evaluate("() => { self.calls = []; }")
    fill(booted, "Learning rate", "0.01")
    booted.wait_for_function("() => self.calls.includes('checkpoint')")
    assert booted.evaluate("() => self.calls") == ["trainer_config", "overview", "checkpoint"]
