"""Two and three tabs: one trains and saves a run, the others look on, and take it over without losing a step."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import active, call, choose_speed, fingerprint, panel, press, readout, wait_for_steps
from tests.browser.keeping import notice, wait_until_saved

SLOW = "20 steps per second"


@pytest.fixture(scope="module")
def second(booted: Page, site: str) -> Page:
    """Open the site in a second tab, which looks on at the first one's run; both play at a speed that leaves time."""
    choose_speed(booted, SLOW)
    tab = another(booted, site)
    expect_to_look_on(tab)
    return tab


@pytest.fixture
def run(request: pytest.FixtureRequest, booted: Page, second: Page) -> dict[str, Any]:
    """Make a run that the first tab trains and the second looks on at, active in both."""
    call(booted, "create_run", {"name": request.node.name})
    made = active(booted)
    wait_until_saved(booted)
    expect(panel(second, "Runs").get_by_text(made["name"], exact=True)).to_be_visible()
    call(second, "activate_run", {"id": made["id"]})
    expect_to_look_on(second)
    return made


def another(page: Page, site: str) -> Page:
    """Open the site in a further tab."""
    return boot(page.context.new_page(), site)


def expect_to_look_on(page: Page) -> None:
    """The active run is another tab's: said in words, and nothing here trains it."""
    expect(page.locator("[data-saved]")).to_have_attribute("data-saved", "elsewhere")
    for name in ("Play", "Run single step", "Run batch", "Run full epoch"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    expect(page.get_by_label("Learning rate").first).to_be_disabled()
    expect(page.locator("#play-note")).to_contain_text("This run is open in another tab, so it is view-only here.")


def expect_to_own(page: Page) -> None:
    expect(page.get_by_role("button", name="Run batch")).to_be_enabled()
    expect(page.get_by_role("button", name="Take over here")).to_have_count(0)


def test_the_second_tab_looks_on_and_follows(booted: Page, second: Page, run: dict[str, Any]) -> None:
    first, run_id = booted, run["id"]
    assert active(second)["id"] == run_id
    for method, params in (
        ("train_batch", {}),
        ("stopping_config", {"patience": 3}),
        ("restore_best", {"id": run_id}),
        ("twin_run", {"id": run_id, "changes": {"batch_size": 7}}),
    ):
        refused = second.evaluate(
            "([method, params]) => backprop[method](params).catch(({name, message}) => `${name}: ${message}`)",
            [method, params],
        )
        assert refused == "ElsewhereError: This run is open in another tab. Take it over here first.", method
    press(first, "Play")
    wait_for_steps(second, 10)
    press(first, "Pause")
    expect(first.locator("[data-said]")).to_contain_text("Paused.")
    wait_until_saved(first)
    expect(readout(second, "Step")).to_have_text(f"{active(first)['step']:,}")
    assert fingerprint(second) == fingerprint(first)
    call(first, "create_run", {"name": "New there"})
    expect(panel(second, "Runs").get_by_text("New there", exact=True)).to_be_visible()
    call(first, "delete_run", {"id": active(first)["id"]})
    expect(second.get_by_text("New there", exact=True)).to_have_count(0)
    call(second, "create_run", {"name": "New here"})
    expect_to_own(second)
    expect(panel(first, "Runs").get_by_text("New here", exact=True)).to_be_visible()


def test_a_run_is_taken_over_while_it_trains(booted: Page, second: Page, run: dict[str, Any], site: str) -> None:
    third = another(booted, site)
    expect_to_look_on(third)
    tabs = [booted, second, third]
    for tab in tabs[:2]:
        choose_speed(tab, "As fast as possible")
    for i, steps in enumerate((20, 100, 20, 20), start=1):
        owner, other = tabs[(i - 1) % 3], tabs[i % 3]
        press(owner, "Play")
        wait_for_steps(owner, steps)
        press(other, "Take over here")
        expect_to_own(other)
        expect_to_look_on(owner)
        expect(notice(owner, "taken").filter(has_text=run["name"])).to_contain_text("is now open in another tab")
        # Nothing is lost: the former owner saved its last step first, and both show it.
        expect(readout(owner, "Step")).to_have_text(f"{active(other)['step']:,}")
        assert fingerprint(owner) == fingerprint(other)
    last = tabs[4 % 3]
    wait_until_saved(last)
    wanted, steps = fingerprint(last), active(last)["step"]
    call(last, "create_run")  # the same training in one tab
    call(last, "advance", {"id": active(last)["id"], "steps": steps})
    assert fingerprint(last) == wanted
    third.close()
    for tab in tabs[:2]:
        choose_speed(tab, SLOW)


def test_a_twin_that_another_tab_has_is_not_trained_with_the_run(
    booted: Page, second: Page, run: dict[str, Any]
) -> None:
    first = booted
    twin = call(first, "twin_run", {"id": run["id"], "changes": {"batch_size": 7}})[-1]
    wait_until_saved(first)
    expect(panel(second, "Runs").get_by_text(twin["name"], exact=True)).to_be_visible()
    call(second, "activate_run", {"id": twin["id"]})
    press(second, "Take over here")
    expect_to_own(second)
    expect(notice(first, "taken").filter(has_text=twin["name"])).to_be_visible()
    refused = first.evaluate(
        "id => backprop.advance({id, steps: 3, twins: true}).catch(({name, message}) => `${name}: ${message}`)",
        run["id"],
    )
    assert refused == "ElsewhereError: A twin of this run is open in another tab. Take it over here first."
    press(first, "Play")
    wait_for_steps(first, 5)
    press(first, "Pause")
    expect(first.locator("[data-said]")).to_contain_text("Paused.")
    trained = {it["id"]: it["step"] > 0 for it in call(first, "runs")}
    assert (trained[run["id"]], trained[twin["id"]]) == (True, False)


def test_a_run_is_free_when_its_tab_is_closed(booted: Page, second: Page, run: dict[str, Any]) -> None:
    """The last test of this module: it closes the first tab."""
    call(booted, "train_epoch")
    wait_until_saved(booted)
    step, wanted = str(active(booted)["step"]), fingerprint(booted)
    booted.close()
    expect_to_own(second)
    expect(readout(second, "Step")).to_have_text(step)
    assert active(second)["id"] == run["id"]
    assert fingerprint(second) == wanted
    call(second, "train_batch")
    wait_until_saved(second)
