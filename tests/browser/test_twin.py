"""Twins on the page: made in a dialog, trained under one Play, and sealed only while hashes prove it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import (
    call,
    choose_twin_field,
    delete_runs,
    fill,
    panel,
    press,
    wait_for_runs,
    wait_for_steps,
)
from tests.tiers import usually

BATCHES = "✓ same start, same batches"
ORDER = "✓ same start, same order"


def row(page: Page, name: str) -> Locator:
    """The row of the run with exactly this name."""
    return panel(page, "Runs").locator("tr.run").filter(has=page.locator(f'.name:text-is("{name}")'))


FIELDS = {
    "learning_rate": "Learning rate",
    "batch_size": "Batch size",
    "loss_type": "Loss",
    "activation": "Activation",
    "optimizer": "Optimizer",
    "weight_decay": "Weight decay",
    "clip_norm": "Clip gradients",
}


def twin(page: Page, of: str, field: str, value: str) -> None:
    """Make a twin through the dialog."""
    press(page, f"Twin {of}")
    dialog = page.get_by_role("dialog", name="Twin")
    choose_twin_field(page, FIELDS[field])
    control = dialog.get_by_label(f"{FIELDS[field]} of the twin")
    if control.evaluate("element => element.localName") == "select":
        control.select_option(value)
    else:
        control.fill(value)
    name = dialog.get_by_role("textbox", name="Name", exact=True)
    # The name follows the value a frame later, and would change the selection that is typed over.
    expect(name).to_have_value(re.compile(f"^{of}, .*{value}$", re.IGNORECASE))
    name.fill(f"{of} twin")
    dialog.get_by_role("button", name="Create twin").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name=f"Actions of {of}", exact=True)).to_be_focused()


def called_twin(page: Page, field: str, value: Any) -> None:
    """Make a twin of One by a call, where the dialog is not the subject."""
    call(page, "twin_run", {"id": runs(page)["One"]["id"], "changes": {field: value}, "name": "One twin"})
    expect(row(page, "One twin")).to_be_visible()


def runs(page: Page) -> dict[str, dict[str, Any]]:
    return {run["name"]: run for run in call(page, "runs")}


@pytest.fixture
def one(booted: Page) -> Page:
    """One run, called One, with nothing trained."""
    call(booted, "create_run", {"name": "One"})  # which ends any Play of before
    delete_runs(booted, call(booted, "runs")[:-1])
    expect(panel(booted, "Runs").locator("tr.run")).to_have_count(1)  # drawn a frame after it is so
    return booted


def test_twins_train_under_one_play_and_the_seal_stands(one: Page) -> None:
    twin(one, "One", "learning_rate", "0.03")
    for name, difference in (("One", "lr 0.1 vs 0.03"), ("One twin", "lr 0.03 vs 0.1")):
        expect(row(one, name)).to_contain_text(difference)
        expect(row(one, name).locator(".seal")).to_have_text(BATCHES)
    first = call(one, "state")["batch"]
    press(one, "Activate One twin")
    expect(row(one, "One twin")).to_have_attribute("aria-current", "true")
    assert call(one, "state")["batch"] == first
    press(one, "Play")
    wait_for_steps(one, 100)
    expect(row(one, "One").locator("[data-column=status]")).to_have_text("training")
    expect(row(one, "One twin").locator("[data-column=status]")).to_have_text("training")
    press(one, "Pause")
    expect(one.locator("[data-said]")).to_contain_text("Paused.")
    found = runs(one)
    assert found["One"]["step"] == found["One twin"]["step"] >= 100
    assert found["One"]["loss"] != found["One twin"]["loss"]
    expect(row(one, "One").locator(".seal")).to_have_text(BATCHES)


def test_twins_with_the_same_value_have_the_same_losses(one: Page) -> None:
    call(one, "twin_run", {"id": runs(one)["One"]["id"], "changes": {"learning_rate": 0.1}})
    expect(row(one, "One")).to_contain_text("twin, no setting differs")
    call(one, "advance", {"id": runs(one)["One"]["id"], "steps": 100, "twins": True})
    first, second = call(one, "run_losses")
    assert len(first["losses"]) >= 100
    assert first["losses"] == second["losses"]


def test_training_one_alone_breaks_the_seal_and_play_lets_the_other_catch_up(one: Page) -> None:
    twin(one, "One", "activation", "tanh")
    expect(row(one, "One twin")).to_contain_text("activation tanh vs gelu")
    call(one, "run_single")
    expect(one.locator(".seal")).to_have_count(0)
    expect(row(one, "One")).to_contain_text("still catching up (0 of 1)")
    press(one, "Play")
    wait_for_steps(one, 20)
    press(one, "Pause")
    expect(one.locator("[data-said]")).to_contain_text("Paused.")
    found = runs(one)
    assert found["One"]["step"] == found["One twin"]["step"]
    # Level again, but the first batch was one sample here and ten there.
    expect(row(one, "One").locator(".seal")).to_have_text(ORDER)


def test_a_twin_of_a_trained_run_catches_up_to_the_very_same_batches(one: Page) -> None:
    call(one, "train_epoch")
    called_twin(one, "loss_type", "mse")
    expect(one.locator(".seal")).to_have_count(0)
    press(one, "Play")
    wait_for_steps(one, 20)
    press(one, "Pause")
    expect(one.locator("[data-said]")).to_contain_text("Paused.")
    expect(row(one, "One").locator(".seal")).to_have_text(BATCHES)


def test_another_batch_size_changes_what_the_seal_says(one: Page) -> None:
    called_twin(one, "learning_rate", 0.3)
    expect(row(one, "One").locator(".seal")).to_have_text(BATCHES)
    fill(one, "Batch size", "7")
    expect(row(one, "One").locator(".seal")).to_have_text(ORDER)
    expect(row(one, "One")).to_contain_text("lr 0.1 vs 0.3, batch 7 vs 10")


def test_the_name_follows_the_setting_until_it_is_typed(one: Page) -> None:
    press(one, "Twin One")
    dialog = one.get_by_role("dialog", name="Twin")
    name = dialog.get_by_role("textbox", name="Name", exact=True)
    dialog.get_by_label("Learning rate of the twin").fill("0.3")
    expect(name).to_have_value("One, learning rate 0.3")
    choose_twin_field(one, "Optimizer")
    dialog.get_by_label("Optimizer of the twin").select_option("adam")
    expect(name).to_have_value("One, optimizer Adam")
    name.fill("\u200b")
    dialog.get_by_role("button", name="Create twin").click()
    expect(dialog.locator(".refusal:not(:empty)")).to_have_text("Name must have a character that can be seen.")
    expect(name).to_be_focused()
    name.fill("Other")
    choose_twin_field(one, "Learning rate")
    dialog.get_by_label("Learning rate of the twin").fill("0.2")
    expect(name).to_have_value("Other")
    dialog.get_by_role("button", name="Create twin").click()
    expect(dialog).to_be_hidden()
    assert list(runs(one)) == ["One", "Other"]


def test_what_python_refuses_is_said_in_the_dialog(one: Page) -> None:
    press(one, "Twin One")
    dialog = one.get_by_role("dialog", name="Twin")
    choose_twin_field(one, "Batch size")
    field = dialog.get_by_label("Batch size of the twin")
    expect(field).to_have_value("10")
    field.fill("0")
    dialog.get_by_role("button", name="Create twin").click()
    expect(dialog.locator(".refusal:not(:empty)")).to_have_text(
        "Batch size of the twin must be between 1 and 80 (the number of training samples), got 0."
    )
    expect(field).to_be_focused()
    dialog.press("Escape")
    expect(dialog).to_be_hidden()
    assert list(runs(one)) == ["One"]


SAME = [
    *[("learning_rate", typed) for typed in ("0.1", "0,1", "1e-1", "10%", "0.10")],
    *[("batch_size", "10"), ("loss_type", "cross_entropy"), ("activation", "gelu"), ("optimizer", "sgd")],
    *[("weight_decay", "0,0"), ("clip_norm", "None"), ("clip_norm", "")],
]


# By day a few of each kind of field, and of each way to write a number.
USUAL = [("learning_rate", "0,1"), ("learning_rate", "10%"), ("loss_type", "cross_entropy"), ("clip_norm", "None")]


@pytest.mark.parametrize("same_values", [usually(True, USUAL), usually(False, SAME)], ids=["a few", "all"])
def test_a_twin_without_a_difference_is_refused(one: Page, same_values: list[tuple[str, str]]) -> None:
    press(one, "Twin One")
    dialog = one.get_by_role("dialog", name="Twin")
    refusal = dialog.locator(".refusal:not(:empty)")
    for field, same in same_values:
        choose_twin_field(one, FIELDS[field])
        control = dialog.get_by_label(f"{FIELDS[field]} of the twin")
        if control.evaluate("element => element.localName") == "input":
            control.fill("7")
            control.fill(same)
        expect(control).to_have_value(same)
        expect(refusal).to_have_count(0)
        control.press("Enter")
        press(one, "Create twin")
        expect(refusal).to_have_text(re.compile("^Same value as in the original run"))
        expect(control).to_be_focused()
    assert list(runs(one)) == ["One"]
    press(one, "Cancel")
    expect(dialog).to_be_hidden()


def test_a_twin_cannot_differ_in_a_setting_that_changes_nothing(one: Page) -> None:
    press(one, "Twin One")
    dialog = one.get_by_role("dialog", name="Twin")
    expect(dialog.get_by_role("radio", name="Learning rate")).to_be_checked()
    for label in ("Momentum", "Beta 1", "Beta 2", "Epsilon"):
        expect(dialog.get_by_role("radio", name=label)).to_have_count(0)
    press(one, "Cancel")
    call(one, "trainer_config", {"optimizer": "momentum"})
    press(one, "Twin One")
    expect(dialog.get_by_role("radio", name="Momentum")).to_have_count(1)
    for label in ("Beta 1", "Beta 2", "Epsilon"):
        expect(dialog.get_by_role("radio", name=label)).to_have_count(0)
    press(one, "Cancel")


@pytest.fixture
def playing(one: Page) -> Page:
    """One and its twin, while they train."""
    called_twin(one, "learning_rate", 0.03)
    press(one, "Play")
    wait_for_steps(one, 50)
    return one


HELD_CALLS = """
(() => {
  const post = Worker.prototype.postMessage;
  self.held = [];
  self.holds = null;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (!self.holds?.(message)) return post.call(this, message, ...rest);
    self.held.push(() => post.call(this, message, ...rest));
  };
  self.release = () => {
    self.holds = null;
    for (const send of self.held.splice(0)) send();
  };
})();
"""


ASKED = ["method === 'overview' && params.ids?.length > 1", "method === 'checkpoint' && 'generation' in params"]


def test_deleting_the_twin_of_the_run_that_trains(one: Page) -> None:
    """Training goes on, also where something has just been asked of the twin."""
    page = one
    page.evaluate(HELD_CALLS)
    for asked in ASKED:
        called_twin(page, "learning_rate", 0.03)
        press(page, "Play")
        wait_for_steps(page, 50)
        page.evaluate(f"() => {{ self.holds = ({{method, params}}) => {asked}; }}")
        page.wait_for_function("() => self.held.length > 0")
        press(page, "Delete One twin")
        expect(page.get_by_text("Deleted “One twin”.")).to_be_visible()
        page.evaluate("self.release()")
        wait_for_steps(page, 50)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        expect(page.get_by_text("Training has stopped")).to_have_count(0)
        press(page, "Pause")
        expect(page.locator("[data-said]")).to_contain_text("Paused.")
        assert list(runs(page)) == ["One"]
        press(page, "Undo")
        expect(row(page, "One twin")).to_contain_text("lr 0.03 vs 0.1")
        delete_runs(page, [runs(page)["One twin"]])


def test_the_twin_of_the_run_that_trains_is_reset_and_archived(playing: Page) -> None:
    press(playing, "Reset One twin")
    expect(playing.get_by_text("Reset “One twin”.")).to_be_visible()  # another Undo may stand there from before
    before = runs(playing)["One"]["step"]
    wait_for_runs(playing, f"(runs) => runs.every(({{step}}) => step > {before + 50})")
    # It trains on at once, and can be brought back still: by the message, or by the bar after that.
    expect(playing.get_by_role("button", name="Undo", exact=True)).to_be_visible()
    press(playing, "Pause")
    expect(playing.locator("[data-said]")).to_contain_text("Paused.")
    expect(row(playing, "One").locator(".seal")).to_have_text(BATCHES)
    press(playing, "Play")
    press(playing, "Archive One twin")
    expect(row(playing, "One twin")).to_have_count(0)
    wait_for_steps(playing, 50)
    rests = runs(playing)["One twin"]["step"]
    wait_for_steps(playing, 50)
    assert runs(playing)["One twin"]["step"] == rests
    expect(playing.locator(".seal")).to_have_count(0)
    press(playing, "Pause")


def test_resetting_the_run_that_trains_leaves_its_twin(playing: Page) -> None:
    press(playing, "Reset One")
    expect(playing.get_by_text("Reset “One”.")).to_be_visible()
    expect(playing.get_by_role("button", name="Play")).to_be_visible()
    found = runs(playing)
    assert found["One"]["step"] == 0
    assert found["One twin"]["step"] >= 50
    press(playing, "Undo")
    expect(playing.get_by_text("Reset “One”.")).to_be_hidden()
    expect(row(playing, "One").locator(".seal")).to_have_text(BATCHES)
