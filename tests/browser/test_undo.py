"""Several actions can be undone, one after the other; one without an effect takes no way back away."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import (
    DRAWN,
    active,
    call,
    call_all,
    fingerprint,
    is_shown,
    press,
    readout,
    row_menu,
    wait_for_steps,
)
from tests.browser.keeping import notice, wait_until_saved
from tests.tiers import cases


@pytest.fixture
def page(booted: Page, site: str) -> Page:
    """Lend the module's page with nothing to undo; after a test that has failed, it is loaded again."""
    if is_shown(undo_button(booted)):
        boot(booted, site)
    return booted


def undo_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Undo")


def trained(page: Page, name: str) -> str:
    """Train another run for an epoch; return its fingerprint."""
    made(page, name)
    return fingerprint(page)


def made(page: Page, name: str) -> None:
    """Train another run for an epoch."""
    call_all(page, [("create_run", {"name": name}), ("train_epoch", {})])
    page.evaluate(DRAWN)
    assert active(page)["name"] == name
    expect(readout(page, "Step")).to_have_text("8")


def undo_the_last(page: Page) -> None:
    """Undo the only action that can be undone."""
    press(page, "Undo")
    expect(undo_button(page)).to_have_count(0)


def step(page: Page) -> int:
    return int(active(page)["step"])


def test_a_second_reset_changes_nothing_and_takes_nothing_away(page: Page) -> None:
    before = trained(page, "Reset thrice")
    for _ in range(3):
        page.locator("body").press("r")
        expect(readout(page, "Step")).to_have_text("0")
        call(page, "limits")
    undo_the_last(page)
    expect(readout(page, "Step")).to_have_text("8")
    assert fingerprint(page) == before


def test_what_is_asked_for_after_a_reset_comes_after_it(page: Page) -> None:
    trained(page, "Reset and on")
    run_id = active(page)["id"]
    call_all(
        page, [("reset_run", {"id": run_id}), ("train_batch", {}), ("reset_run", {"id": run_id}), ("train_batch", {})]
    )
    assert step(page) == 1
    expect(readout(page, "Step")).to_have_text("1")
    expect(undo_button(page)).to_have_count(0)


def test_undo_is_about_the_action_that_is_under_way(page: Page) -> None:
    """Both presses come before the page has answered the first: Undo must not take back an older action."""
    made(page, "Older")
    press(page, "Reset Older")
    expect(page.get_by_text("Reset “Older”.")).to_be_visible()
    before = trained(page, "Newer")
    row_menu(page, "Newer")
    page.evaluate(
        """() => {
          document.querySelector("button[aria-label='Reset to step 0: Newer']").click();
          document.querySelector("button[data-focus=undo]").click();
        }"""
    )
    expect(page.get_by_text("“Newer” is restored.")).to_have_count(1)
    assert (active(page)["name"], fingerprint(page)) == ("Newer", before)
    expect(page.get_by_text("Reset “Older”.")).to_be_visible()
    undo_the_last(page)


@pytest.mark.parametrize("method", ["restore_best", "restore_first"])
def test_weights_put_back_twice_can_be_undone(page: Page, method: str) -> None:
    made(page, method)
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text("9")
    before = fingerprint(page)
    for _ in range(3):
        call(page, method, {"id": active(page)["id"]})
    assert fingerprint(page) != before
    undo_the_last(page)
    assert fingerprint(page) == before


def test_several_actions_are_undone_one_after_the_other_newest_first(page: Page) -> None:
    made(page, "First")
    press(page, "Restore best weights")
    press(page, "Run batch")  # ends that way back
    expect(readout(page, "Step")).to_have_text("9")
    expect(undo_button(page)).to_have_count(0)
    second = trained(page, "Second")
    press(page, "Reset Second")
    expect(readout(page, "Step")).to_have_text("0")
    press(page, "Activate First")
    expect(readout(page, "Step")).to_have_text("9")
    first = fingerprint(page)
    press(page, "Reset First")
    expect(readout(page, "Step")).to_have_text("0")
    press(page, "Delete First")
    expect(page.get_by_text("Deleted “First”. 2 earlier actions can be undone too.")).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_text("Reset “First”. 1 earlier action can be undone too.")).to_be_visible()
    expect(undo_button(page)).to_be_focused()
    assert (active(page)["name"], step(page)) == ("First", 0)
    press(page, "Undo")
    expect(page.get_by_text("Reset “Second”.")).to_be_visible()
    assert (active(page)["name"], fingerprint(page)) == ("First", first)
    undo_the_last(page)
    assert (active(page)["name"], fingerprint(page)) == ("Second", second)


def test_what_is_dismissed_can_be_undone_after_the_next_action(page: Page) -> None:
    before = {run["name"] for run in call(page, "runs")}
    made(page, "Kept")
    press(page, "Reset Kept")
    made(page, "Put away")
    press(page, "Delete Put away")
    expect(page.get_by_text("Deleted “Put away”.")).to_be_visible()
    press(page, "Dismiss")
    expect(undo_button(page)).to_have_count(0)
    made(page, "Last")
    press(page, "Delete Last")
    expect(page.get_by_text("Deleted “Last”. 2 earlier actions can be undone too.")).to_be_visible()
    for left in ("Deleted “Put away”.", "Reset “Kept”."):
        press(page, "Undo")
        expect(page.get_by_text(left)).to_be_visible()
    assert {run["name"] for run in call(page, "runs")} - before == {"Kept", "Put away", "Last"}
    undo_the_last(page)


def test_training_ends_every_way_back_of_its_run_and_of_no_other(page: Page) -> None:
    made(page, "Other")
    press(page, "Reset Other")
    made(page, "Trained")
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text("9")
    press(page, "Restore best weights")
    expect(page.get_by_text("Best weights restored")).to_be_visible()
    press(page, "Reset Trained")
    expect(page.get_by_text("Reset “Trained”. 2 earlier")).to_be_visible()
    press(page, "Run batch")  # at a step below that of the older action
    expect(page.get_by_text("Reset “Trained”.")).to_have_count(0)
    expect(page.get_by_text("Reset “Other”.")).to_be_visible()
    expect(page.get_by_text("Best weights restored")).to_have_count(0)
    undo_the_last(page)


def test_an_undo_beside_play_does_not_end_it(page: Page) -> None:
    made(page, "Beside")
    made(page, "Playing")
    press(page, "Play")
    wait_for_steps(page, 20)
    press(page, "Reset Beside")
    undo_the_last(page)
    wait_for_steps(page, 20)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert next(run["step"] for run in call(page, "runs") if run["name"] == "Beside") == 8
    press(page, "Pause")


def test_after_a_reload_the_page_says_what_can_no_longer_be_undone(page: Page, site: str) -> None:
    made(page, "Before the reload")
    press(page, "Reset Before the reload")
    made(page, "Gone")
    press(page, "Delete Gone")
    expect(page.get_by_text("Deleted “Gone”.")).to_be_visible()
    wait_until_saved(page)
    boot(page, site)
    expect(notice(page, "final")).to_contain_text("can no longer be undone: Deleted “Gone”. Reset “Before the reload”.")
    notice(page, "final").get_by_role("button", name="Dismiss").click()
    expect(notice(page, "final")).to_have_count(0)
    press(page, "Reset Before the reload")  # nothing to undo, and nothing to tell
    boot(page, site)
    expect(notice(page, "final")).to_have_count(0)


PLANTED = ["{", "7", '{"actions": 3}', '{"actions": [{}, null, 7]}', '{"actions": ["%s"]}' % ("x" * 999)]


# By day one of them: test_runs_table.py, which loads the page with other nonsense.
@pytest.mark.nightly
@pytest.mark.parametrize("planted", PLANTED)
def test_whatever_stands_where_the_actions_are_remembered_is_only_text(page: Page, site: str, planted: str) -> None:
    page.evaluate(
        "text => sessionStorage.setItem(`backprop:${new URL('.', location.href).pathname}:undo`, text)", planted
    )
    boot(page, site)
    expect(notice(page, "final")).to_have_count(0)
    before = active(page)["step"]
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text(f"{before + 1:,}")


# What of the page a box of messages lies over: the readout, the explanation, and cells of matrices that are looked at.
COVERED = """
(seen) => {
  const message = [...document.querySelectorAll(".message")].map((it) => it.getBoundingClientRect());
  const over = (box) => message.some((it) =>
    it.left < box.right - 1 && box.left < it.right - 1 && it.top < box.bottom - 1 && box.top < it.bottom - 1);
  const looked = [...document.querySelectorAll(seen)];
  return looked.filter((it) => over(it.getBoundingClientRect())).map((it) => it.className || it.role);
}
"""
# All of it, once what is known has been drawn: the readout of this cell may have another height.
COVERED_NOW = f"""
async (steps) => {{
  await ({DRAWN})();
  return steps.flatMap(([seen, place]) => {{
    if (place) document.querySelector(place).scrollIntoView({{block: "nearest"}});
    return ({COVERED})(seen);
  }});
}}
"""
CELLS = ".outline, .explained, [role=gridcell]:focus"
READOUT = ".network-feet"
PANEL = ".panel:not([hidden])"


def covered(page: Page, *, is_phone: bool) -> list[str]:
    """Return what of the matrices, the readout and the panel is covered; a phone's page scrolls to one at a time."""
    steps = [[f"{READOUT}, {PANEL}, {CELLS}", None]] if not is_phone else [[CELLS, None], [READOUT, READOUT]]
    found: list[str] = page.evaluate(COVERED_NOW, steps)
    return found


# By day every other matrix.
@pytest.mark.parametrize("every", cases([2, 1], lambda every: every == 2))
@pytest.mark.parametrize(
    "size",
    cases([(1440, 900), (1280, 720), (390, 844)], lambda size: size != (1440, 900)),
    ids=["wide", "projector", "phone"],
)
def test_the_message_covers_no_number_that_is_looked_at(page: Page, size: tuple[int, int], every: int) -> None:
    usual = page.viewport_size
    assert usual
    page.set_viewport_size({"width": size[0], "height": size[1]})
    name = f"A name of some length, as run {every} of {size[0]} px may have"
    made(page, name)
    press(page, f"Reset {name}")
    undo = undo_button(page)
    expect(undo).to_be_visible()
    page.locator(".message").filter(has=undo).hover()  # it stays as long
    grids = page.locator(".network [role=gridcell]")
    assert grids.count() > 10
    for index in range(grids.count() - 1, -1, -every):
        grids.nth(index).focus()
        for key in ("Control+End", "ArrowLeft"):
            page.keyboard.press(key)
            expect(page.get_by_role("group", name="Cell readout")).not_to_contain_text("Point at")
            assert covered(page, is_phone=size[0] == 390) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Why this number?")).to_be_visible()
    assert page.evaluate(COVERED, f"{PANEL}, {CELLS}") == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Why this number?")).to_have_count(0)
    expect(undo).to_be_visible()  # one press, one thing
    expect(undo).to_be_in_viewport(ratio=1)
    undo_the_last(page)
    page.set_viewport_size(usual)


def test_escape_puts_the_message_away_and_u_undoes_all_the_same(page: Page) -> None:
    before = trained(page, "Put back by a key")
    page.locator("body").press("r")
    undo = undo_button(page)
    expect(undo).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).focus()
    page.keyboard.press("Escape")
    expect(undo).to_have_count(0)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
    page.keyboard.press("u")
    expect(readout(page, "Step")).to_have_text("8")
    assert fingerprint(page) == before


def test_the_message_ends_and_undo_stays_in_the_bar(page: Page) -> None:
    before = trained(page, "Precious to the end")
    page.locator("body").press("r")
    message = page.get_by_text("Reset “Precious to the end”.")
    expect(message).to_be_visible()
    expect(message).to_have_count(0)
    page.get_by_role("banner").get_by_role("button", name="Undo", exact=True).click()
    expect(readout(page, "Step")).to_have_text("8")
    assert fingerprint(page) == before
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_count(0)
