"""Play ends only for a reason that is said, and what is said while it plays is so."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import (
    active,
    call,
    delete_runs,
    fill,
    fingerprint,
    is_shown,
    menu_of,
    panel,
    press,
    wait_for_runs,
    wait_for_steps,
)
from tests.browser.held_answers import HELD_ANSWERS, held
from tests.tiers import cases

# Every sentence that was said since.
LISTEN = """
() => {
  const said = document.querySelector("[data-said]");
  self.heard = [];
  const hear = new MutationObserver(() => self.heard.push(said.textContent));
  hear.observe(said, {characterData: true, childList: true, subtree: true});
}
"""


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once for all tests of this module; its answers can be held back."""
    with contexts.lent() as context:
        page = context.new_page()
        page.add_init_script(HELD_ANSWERS)
        yield boot(page, site)


@pytest.fixture
def paused(booted: Page) -> Iterator[Page]:
    """The module's page with one small run, no dialog open, and paused before and after."""
    call(booted, "create_run", {"name": "Playing", "config": {"model": {"hidden_dims": [8]}}})
    delete_runs(booted, call(booted, "runs")[:-1])
    yield booted
    if is_shown(booted.get_by_role("button", name="Pause", exact=True)):
        press(booted, "Pause")
        expect(booted.locator("[data-said]")).to_contain_text("Paused.")
    expect(booted.get_by_role("button", name="Play", exact=True)).to_be_visible()
    if is_shown(booted.locator("dialog[open]")):
        booted.keyboard.press("Escape")
    expect(booted.locator("dialog[open]")).to_have_count(0)


@pytest.fixture
def playing(paused: Page) -> Page:
    """The module's page with one run, which plays."""
    press(paused, "Play")
    wait_for_steps(paused, 50)
    return paused


def pause_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Pause", exact=True)


def expect_playing(page: Page) -> None:
    """It plays, and the page follows."""
    wait_for_steps(page, 50)
    expect(pause_button(page)).to_be_visible()


REFUSED = [
    ("restore_best", "{id}"),  # no epoch is complete yet
    ("create_run", "{config: {trainer: {learning_rate: -1}}}"),
    ("create_run", "{config: {model: {depth: 3}}}"),
    ("activate_run", "{id: 'nobody'}"),
    ("run_single", "{update: true, sample: 3}"),
    ("train_batch", "{update: 3}"),
    ("train_epoch", "{update: null}"),
    ("delete_run", "{id}"),  # the only one
    ("reset_run", "{id: 'nobody'}"),
    ("import_run", "{bytes: new Uint8Array(40), activate: true}"),
    ("restore_run", "{bytes: new Uint8Array(40), activate: true}"),
]
REFUSAL = "id => backprop.METHOD(PARAMS).then(() => null, ({message}) => message)"


def test_a_refused_call_does_not_end_play(paused: Page) -> None:
    config = {"dataset": {"num_samples": 20_000}, "trainer": {"batch_size": 1}}
    [before, run] = call(paused, "create_run", {"config": config})
    delete_runs(paused, [before])
    press(paused, "Play")
    wait_for_steps(paused, 5)
    for method, params in REFUSED:
        script = REFUSAL.replace("METHOD", method).replace("PARAMS", params)
        assert paused.evaluate(script, run["id"]), method
        expect(pause_button(paused)).to_be_visible()
        expect(paused.locator(".failure")).to_have_count(0)
    expect_playing(paused)  # as no press of Play came in between, none of them has ended it


def test_a_refused_new_run_does_not_end_play(playing: Page) -> None:
    panel(playing, "Runs").get_by_role("button", name="New run", exact=True).click()
    dialog = playing.get_by_role("dialog", name="New run")
    dialog.locator("details", has=playing.get_by_label("Learning rate", exact=True)).locator("summary").click()
    dialog.get_by_label("Learning rate", exact=True).fill("fast")
    dialog.get_by_role("button", name="Create run").click()
    expect(dialog).to_contain_text("must be a number")
    dialog.get_by_role("button", name="Cancel").click()  # which forgets the refused value
    expect(dialog).to_be_hidden()
    expect_playing(playing)
    assert [run["name"] for run in call(playing, "runs")] == ["Playing"]


BOTH = ["reset_run", "restore_first"]


@pytest.mark.parametrize(
    "methods", cases([3 * BOTH, *([method] * 5 for method in BOTH)], lambda methods: methods == 3 * BOTH)
)
def test_what_ends_play_is_the_last_thing_that_happens(playing: Page, methods: list[str]) -> None:
    """No slice that was asked for before comes after it."""
    page = playing
    run_id = active(page)["id"]
    for method in methods:
        call(page, method, {"id": run_id})
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        expect(page.locator("[data-said]")).to_have_text("Play stopped.")
        once = fingerprint(page)
        if method == "reset_run":
            assert active(page)["step"] == 0
        call(page, method, {"id": run_id})
        assert fingerprint(page) == once
        press(page, "Play")
        wait_for_steps(page, 50)


def test_a_large_network_plays_on_through_the_ends_of_its_epochs(paused: Page) -> None:
    config: dict[str, Any] = {
        "dataset": {"num_samples": 500, "held_out": 0.8},
        "model": {"hidden_dims": [400, 400]},
        "trainer": {"batch_size": 50, "learning_rate": 0.001},
    }
    call(paused, "create_run", {"name": "Large", "config": config})
    paused.evaluate(LISTEN)
    press(paused, "Play")
    wait_for_runs(paused, "runs => runs.at(-1).epoch >= 5")
    expect(pause_button(paused)).to_be_visible()
    assert paused.evaluate("() => self.heard") == ["Playing"]
    press(paused, "Pause")
    expect(paused.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_it_says_why_it_has_stopped_with_a_twin_too(paused: Page) -> None:
    call(paused, "create_run", {"name": "Short", "config": {"stopping": {"max_epochs": 5}}})
    call(paused, "twin_run", {"id": active(paused)["id"], "changes": {"learning_rate": 0.2}})
    press(paused, "Play")
    expect(paused.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(paused.locator("[data-said]")).to_contain_text("5 epochs")
    assert {run["stopped"]["reason"] for run in call(paused, "runs")[1:]} == {"max_epochs"}


def test_paused_is_not_said_while_it_plays(paused: Page) -> None:
    page = paused
    press(page, "Play")
    wait_for_steps(page, 50)
    for more in (0, 1):
        page.evaluate(LISTEN)
        with held(page):
            for _ in range(2 + 2 * more):  # pause, play, and again
                page.locator("body").press("Space")
        expect_playing(page)
        call(page, "limits")
        assert not [text for text in page.evaluate("() => self.heard") if text.startswith("Paused")]
        expect(page.locator("[data-said]")).to_have_text("Playing")
    page.locator("body").press("Space")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")


def test_two_presses_between_two_drawings_both_count(playing: Page) -> None:
    """What the button does depends on the state when it is pressed, not when it was drawn."""
    pause_button(playing).evaluate("button => { button.click(); button.click(); }")
    expect_playing(playing)


def test_an_explanation_stands_still_while_it_plays_whatever_is_set(playing: Page) -> None:
    page = playing
    cell = '[data-tensor="layers/0/weights"]'
    page.locator(f"{cell} canvas, canvas{cell}").first.click(position={"x": 5, "y": 5})
    words = page.locator(".why .held")
    expect(words).to_contain_text("this explanation shows step")
    before, body = words.inner_text(), page.locator(".why .body").inner_text()
    fill(page, "Learning rate", "0.03")
    wait_for_runs(page, "([{config}]) => config.trainer.learning_rate === 0.03")
    call(page, "rename_run", {"id": active(page)["id"], "name": "Renamed"})
    call(page, "duplicate_run", {"id": active(page)["id"]})
    expect_playing(page)
    assert (words.inner_text(), page.locator(".why .body").inner_text()) == (before, body)
    press(page, "Pause")
    expect(words).to_have_count(0)
    shown = re.findall(r"Step [\d,]+", body)[0]
    expect(page.locator(".why .body")).not_to_contain_text(shown)
    page.keyboard.press("Escape")


def test_a_lens_that_was_closed_stays_closed(paused: Page) -> None:
    page = paused
    lens = page.get_by_role("dialog", name="Per sample", exact=True)

    def open_lens() -> None:
        menu_of(page, "Gradient of layer 1 weights").get_by_role("menuitem", name=re.compile("^Per sample: ")).click()

    with held(page):
        open_lens()
        page.keyboard.press("Escape")
    call(page, "limits")
    expect(lens).to_be_hidden()
    open_lens()
    expect(lens).to_be_visible()
    with held(page):
        lens.get_by_role("button", name=re.compile("^Leave out sample 1,")).click()
        page.keyboard.press("Escape")
        expect(lens).to_be_hidden()
    call(page, "limits")
    expect(lens).to_be_hidden()
    with held(page):
        open_lens()
        press(page, "New run")
    call(page, "limits")
    expect(page.get_by_role("dialog", name="New run")).to_be_visible()
    expect(lens).to_be_hidden()


def test_a_new_run_that_is_made_late_closes_no_other_dialog(paused: Page) -> None:
    page = paused
    press(page, "New run")
    with held(page):
        page.get_by_role("button", name="Create run").click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="New run")).to_be_hidden()
        page.locator("body").press("?")
    wait_for_runs(page, "({length}) => length === 2")
    call(page, "limits")
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()


def test_the_only_run_is_not_deleted_and_a_plain_sentence_says_why(playing: Page) -> None:
    page = playing
    press(page, "Delete Playing")
    alert = page.get_by_role("alert").filter(has_text="could not be deleted")
    expect(alert).to_contain_text("The run could not be deleted: It is the only run. Create another one first.")
    expect_playing(page)
    press(page, "Close")
    call(page, "create_run", {"name": "Other"})
    press(page, "Delete Playing")
    expect(page.get_by_text("Deleted “Playing”.")).to_be_visible()
    assert [run["name"] for run in call(page, "runs")] == ["Other"]
