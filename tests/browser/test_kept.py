"""Runs that are never lost: closed, reloaded, killed mid-training, and gone on with as if nothing had happened."""

import random

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import (
    active,
    call,
    fingerprint,
    panel,
    press,
    readout,
    steps_while_asked,
    wait_for_steps,
)
from tests.browser.keeping import Keeping, keeping, notice, seen, start_over, wait_until_kept, wait_until_saved
from tests.conftest import Amounts

__all__ = ["keeping"]


# How each run is drawn: colour, dashes, whether its line is there; and which is the baseline.
LINES = """
() => [...document.querySelectorAll("#runs tr.run")].map((row) => {
  const {stroke, strokeDasharray} = getComputedStyle(row.querySelector("svg line"));
  const badges = [...row.querySelectorAll(".badge")].map((badge) => badge.textContent);
  return [row.querySelector(".name").textContent, stroke, strokeDasharray, row.querySelector("input").checked, badges];
})
"""


def names(page: Page) -> list[str]:
    return [run["name"] for run in call(page, "runs")]


@pytest.fixture
def page(booted: Page) -> Page:
    """The module's page with one run, as it is when it is opened for the first time."""
    start_over(booted)
    return booted


def test_best_weights_are_saved_where_nothing_else_shows_that_they_are_back(page: Page, site: str) -> None:
    """A run too large to be measured at once has the same summary before and after."""
    large = {"dataset": {"num_samples": 20_000}, "model": {"hidden_dims": [64, 64]}, "trainer": {"batch_size": 500}}
    call(page, "create_run", {"name": "Large", "config": large})
    call(page, "train_epoch")
    call(page, "train_batch")
    trained = fingerprint(page)
    call(page, "restore_best", {"id": active(page)["id"]})
    best = fingerprint(page)
    assert best != trained
    expect(page.locator("[data-saved]")).to_have_attribute("data-writing", "0")
    boot(page, site)
    assert active(page)["name"] == "Large"
    assert fingerprint(page) == best


def test_everything_is_back_and_goes_on_bit_for_bit(page: Page, site: str) -> None:
    """First where the last step is seen, and the newest run; then where one pass is, and an older run."""
    first = active(page)
    embedded = {"dataset": {"encoding": "embedding"}}
    call(page, "create_run", {"name": "Embedded", "config": embedded})
    call(page, "train_epoch")
    call(page, "create_run", {"name": "Third", "config": {"dataset": {"encoding": "one_hot"}}})
    call(page, "trainer_config", {"learning_rate": 0.03, "loss_type": "mse"})
    call(page, "train_epoch")
    call(page, "delete_run", {"id": first["id"]})
    press(page, "Baseline Embedded")
    panel(page, "Runs").get_by_label("Draw Embedded").uncheck()
    for look, name, drawn, said in (
        (
            "train_batch",
            "Third",
            [[False, ["baseline"]], [True, ["active"]]],
            ["This can no longer be undone: Deleted"],
        ),
        ("run_single", "Embedded", [[False, ["active", "baseline"]], [True, []]], []),
    ):
        if active(page)["name"] != name:
            press(page, f"Activate {name}")
        call(page, look, {"update": look == "train_batch"})  # seen is what other weights gave than those that are kept
        wait_until_saved(page)
        runs, before, lines = call(page, "runs"), seen(page), page.evaluate(LINES)
        assert [line[3:] for line in lines] == drawn
        boot(page, site)
        assert call(page, "runs") == runs
        panel(page, "Runs")
        assert page.evaluate(LINES) == lines
        assert active(page)["name"] == name
        assert seen(page) == before
        expect(page.locator("[data-notice]")).to_contain_text(said)
    for method in ("run_single", *["train_batch"] * 3):
        call(page, method)
    interrupted = fingerprint(page)
    call(page, "create_run", {"config": embedded})
    call(page, "train_epoch")
    call(page, "run_single", {"update": False})
    for method in ("run_single", *["train_batch"] * 3):
        call(page, method)
    assert fingerprint(page) == interrupted


def crash(page: Page, site: str) -> Page:
    """Let the tab crash, and open the site in another one."""
    context = page.context
    with page.expect_event("crash"), pytest.raises(Error):
        page.goto("chrome://crash")
    return boot(context.new_page(), site)


def test_killed_and_crashed_while_it_trains(keeping: Keeping, amounts: Amounts, page: Page) -> None:
    chance = random.Random(0)
    visited = keeping.visit()
    call(visited, "rename_run", {"id": active(visited)["id"], "name": "Bystander"})
    call(visited, "create_run", {"name": "Trained"})
    wait_until_saved(visited)
    press(visited, "Play")
    for number in range(amounts.kills + 1):
        wait_until_kept(visited, active(visited)["step"])  # it is saved without being asked
        wait_for_steps(visited, chance.randint(1, 4000))
        said = wait_until_kept(visited, 1)
        if number == amounts.kills:
            visited = crash(visited, keeping.site)
        else:
            keeping.kill()
            visited = keeping.visit()
        assert names(visited) == ["Bystander", "Trained"]
        run = active(visited)
        assert run["name"] == "Trained"
        assert run["step"] >= said  # what the page says is saved, is
        expect(notice(visited, "interrupted")).to_contain_text(f"“Trained” was interrupted at step {run['step']:,}")
        expect(visited.get_by_role("button", name="Play")).to_be_enabled()
        assert steps_while_asked(visited, run["id"]) == 0  # nothing trains by itself
        notice(visited, "interrupted").get_by_role("button", name="Resume").click()
        expect(notice(visited, "interrupted")).to_have_count(0)
        expect(visited.get_by_role("button", name="Pause")).to_be_visible()
    press(visited, "Pause")
    expect(visited.locator("[data-said]")).to_contain_text("Paused.")
    wanted, end_step = fingerprint(visited), active(visited)["step"]
    run_id = active(page)["id"]
    page.evaluate(
        """async ([id, steps]) => {
          for (; steps > 0; steps -= 5000) await backprop.advance({id, steps: Math.min(steps, 5000)});
        }""",
        [run_id, end_step],
    )
    assert fingerprint(page) == wanted


def test_what_is_reset_deleted_and_undone_while_a_run_trains_and_after_it_is_kept(page: Page, site: str) -> None:
    call(page, "train_epoch")
    call(page, "create_run", {"name": "Gone"})
    call(page, "create_run", {"name": "Trained"})
    first = call(page, "runs")[0]
    press(page, "Play")
    wait_for_steps(page, 100)
    press(page, "Reset Run 1")
    press(page, "Delete Gone")
    wait_for_steps(page, 100)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    press(page, "Activate Run 1")  # ends Play: what is trained is what is looked at
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    wait_until_saved(page)
    run, trained = call(page, "runs")
    assert (run["name"], run["step"], run["config"]) == ("Run 1", 0, first["config"])
    assert (trained["name"], trained["step"] >= 200) == ("Trained", True)

    call(page, "train_batch")
    before = fingerprint(page)
    press(page, "Reset Run 1")
    expect(readout(page, "Step")).to_have_text("0")
    wait_until_saved(page)
    press(page, "Undo")
    expect(readout(page, "Step")).to_have_text("1")
    press(page, "Delete Run 1")
    expect(page.get_by_text("Deleted “Run 1”.")).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_text("Deleted “Run 1”.")).to_be_hidden()
    wait_until_saved(page)
    boot(page, site)
    assert names(page) == ["Run 1", "Trained"]
    assert call(page, "runs")[1] == trained
    assert active(page)["name"] == "Run 1"
    assert fingerprint(page) == before
