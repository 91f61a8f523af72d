"""The table of runs: sorted, filtered, arranged, compared; and what can be done to a run from it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SUB_PATH, boot
from tests.browser.hand import (
    SCHEMES,
    active,
    call,
    call_all,
    delete_runs,
    fingerprint,
    is_shown,
    item_in,
    panel,
    press,
    row_menu,
    wait_for_runs,
    wait_for_steps,
)
from tests.browser.keeping import notice
from tests.browser.test_accessibility import serious
from tests.browser.test_chart import close_settings, entry, parts
from tests.tiers import cases


def region(page: Page) -> Locator:
    return panel(page, "Runs")


def names(page: Page) -> list[str]:
    return region(page).locator(".name").all_inner_texts()


def expect_names(page: Page, expected: list[str]) -> None:
    expect(region(page).locator(".name")).to_have_text(expected)


def header(page: Page, label: str) -> Locator:
    return region(page).get_by_role("columnheader", name=label, exact=True)


def cell(page: Page, name: str, column: str) -> Locator:
    run = region(page).locator("tr.run").filter(has=page.locator(f'.name:text-is("{name}")'))
    return run.locator(f'[data-column="{column}"]')


def choose(page: Page, *labels: str) -> None:
    """Show these columns too."""
    menu = columns(page)
    for label in labels:
        item = menu.get_by_role("menuitemcheckbox", name=label, exact=True)
        if item.get_attribute("aria-checked") == "false":
            item.click()
        expect(item).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def columns(page: Page) -> Locator:
    """Open the menu of columns."""
    region(page).get_by_role("button", name="Columns").click()
    return page.get_by_role("menu", name="Columns to show")


@pytest.fixture
def three(booted: Page) -> Page:
    """Three runs: A trained for one epoch, B for two, C not at all; C is active. Those of an earlier test will do."""
    if not are_there(booted, THREE):
        with only_new_runs(booted):
            for name, rate, epochs in THREE:
                config = {"trainer": {"learning_rate": rate}}
                call_all(booted, [("create_run", {"name": name, "config": config}), *[("train_epoch", {})] * epochs])
    expect_names(booted, ["A", "B", "C"])
    return booted


# Names, learning rates and epochs, of 8 steps each.
THREE = [("A", 0.1, 1), ("B", 0.3, 2), ("C", 0.03, 0)]


def are_there(page: Page, wanted: list[tuple[str, float, int]]) -> bool:
    """Tell whether the page has exactly these runs, as they were made, and the last one active."""
    found = call(page, "runs")
    trainers = [run["config"]["trainer"] for run in found]
    if any(run["archived"] for run in found) or not found[-1]["active"]:
        return False
    rates = [trainer["learning_rate"] for trainer in trainers]
    return [(run["name"], rate, run["step"] / 8) for run, rate in zip(found, rates, strict=True)] == wanted


@contextmanager
def only_new_runs(page: Page) -> Iterator[None]:
    """Leave no other runs than those that the block makes, and no message."""
    old = call(page, "runs")
    yield
    delete_runs(page, old)
    if is_shown(page.get_by_role("button", name="Dismiss", exact=True)):
        press(page, "Dismiss")


@pytest.fixture
def sixteen(booted: Page) -> Iterator[Page]:
    """Sixteen runs on a wide screen: more than the table has room for. Those of an earlier test will do."""
    usual = booted.viewport_size
    assert usual
    booted.set_viewport_size({"width": 1440, "height": 900})
    wanted = [f"Number {n} <b>" for n in range(16)]
    if [run["name"] for run in call(booted, "runs")] != wanted:
        with only_new_runs(booted):
            call_all(booted, [("create_run", {"name": name}) for name in wanted])
    panel(booted, "Runs")
    yield booted
    booted.set_viewport_size(usual)


def test_every_fact_of_a_run_has_its_column(three: Page) -> None:
    labels = columns(three).get_by_role("menuitemcheckbox").locator("span:first-child").all_inner_texts()
    three.keyboard.press("Escape")
    choose(three, *labels)
    expect(region(three).locator("thead button")).to_have_text(["Name", *labels])
    expect(cell(three, "B", "step")).to_have_text("16")
    expect(cell(three, "B", "best")).to_have_text(re.compile(r"\d\.\d{4} @ (8|16)"))
    expect(cell(three, "C", "status")).to_have_text("new")
    assert serious(three) == []


def test_sorting_by_a_heading(three: Page) -> None:
    rate = header(three, "Learning rate")
    expect(rate).to_have_attribute("aria-sort", "none")
    button = rate.get_by_role("button")
    button.press("Enter")
    expect(rate).to_have_attribute("aria-sort", "ascending")
    expect_names(three, ["C", "A", "B"])
    button.press("Enter")
    expect(rate).to_have_attribute("aria-sort", "descending")
    expect_names(three, ["B", "A", "C"])
    expect(button).to_be_focused()
    button.press("Enter")
    expect_names(three, ["A", "B", "C"])


def test_activate_does_nothing_on_the_active_run(three: Page) -> None:
    three.evaluate(
        """() => {
          window.asked = [];
          const post = Worker.prototype.postMessage;
          Worker.prototype.postMessage = function (message, ...rest) {
            asked.push(`${message.method} ${message.params?.id}`);
            return post.call(this, message, ...rest);
          };
        }"""
    )
    expect(three.get_by_role("button", name="Activate C")).to_have_count(0)
    # The second click of a double one does not make a twin, although Twin stands there by then.
    region(three).get_by_role("button", name="Activate A").dblclick()
    expect(three.get_by_role("button", name="Twin A")).to_be_focused()
    expect(three.get_by_role("dialog")).to_have_count(0)
    expect(three.get_by_role("button", name="Activate A")).to_have_count(0)
    chosen = [asked for asked in three.evaluate("asked") if asked.startswith("activate_run")]
    assert chosen == [f"activate_run {active(three)['id']}"]


def test_the_keyboard_stays_with_a_row_that_moves(three: Page) -> None:
    header(three, "Step").get_by_role("button").click()
    expect_names(three, ["C", "A", "B"])
    button = three.get_by_role("button", name="Twin C")
    button.focus()
    call_all(three, [("train_epoch", {})] * 3)
    expect_names(three, ["A", "B", "C"])
    expect(button).to_be_focused()
    header(three, "Step").get_by_role("button").click()
    header(three, "Step").get_by_role("button").click()


def test_filtering_by_text(three: Page) -> None:
    field = region(three).get_by_label("Filter runs")
    field.fill("0.3")
    expect_names(three, ["B"])
    field.fill("paused one-hot")
    expect_names(three, ["A", "B"])
    field.fill("<b>nothing")
    expect(region(three)).to_contain_text("No runs match “<b>nothing”.")
    field.fill("")
    expect_names(three, ["A", "B", "C"])


def test_only_what_differs(three: Page) -> None:
    expect(header(three, "Batch")).to_be_visible()
    box = region(three).get_by_label("Only differing settings")
    box.check()
    expect(header(three, "Batch")).to_have_count(0)
    expect(header(three, "Learning rate")).to_be_visible()
    box.uncheck()
    expect(header(three, "Batch")).to_be_visible()


def test_a_baseline_puts_deltas_beneath_the_values(three: Page) -> None:
    press(three, "Baseline A")
    item = item_in(row_menu(three, "A"), "Use as baseline: A")
    expect(item).to_have_attribute("aria-checked", "true")
    three.keyboard.press("Escape")
    expect(cell(three, "B", "step").locator(".delta")).to_have_text("+8")
    expect(cell(three, "C", "step").locator(".delta")).to_have_text("−8")
    expect(cell(three, "B", "learning_rate").locator(".delta")).to_have_text("+0.2")
    expect(cell(three, "B", "batch_size").locator(".delta")).to_have_text("=")
    expect(cell(three, "A", "step").locator(".delta")).to_have_count(0)
    press(three, "Baseline A")
    expect(three.locator(".delta")).to_have_count(0)


def test_a_run_can_be_left_out_of_the_chart(three: Page) -> None:
    ids = {run["name"]: run["id"] for run in call(three, "runs")}
    box = region(three).get_by_role("checkbox", name="Draw B")
    expect(box).to_be_checked()
    assert parts(three, "line").keys() == {ids["A"], ids["B"]}  # C has no losses yet
    box.uncheck()
    in_legend = entry(three, "B").get_by_role("button")
    expect(in_legend).to_have_attribute("aria-pressed", "false")
    assert parts(three, "line").keys() == {ids["A"]}
    in_legend.click()
    close_settings(three)
    expect(box).to_be_checked()
    assert parts(three, "line").keys() == {ids["A"], ids["B"]}


def test_a_duplicate_goes_on_from_where_its_run_stands(three: Page) -> None:
    press(three, "Duplicate B")
    expect_names(three, ["A", "B", "C", "B (2)"])
    expect(three.get_by_role("button", name="Actions of B", exact=True)).to_be_focused()
    expect(three.locator("[data-said]")).to_contain_text("“B (2)” was created.")
    press(three, "Activate B")
    expect(cell(three, "B", "step")).to_have_text("16")
    before = fingerprint(three)
    press(three, "Activate B (2)")
    wait_for_runs(three, "(runs) => runs.find(({active}) => active).name === 'B (2)'")
    assert fingerprint(three) == before


def test_archiving_and_taking_out_again(three: Page) -> None:
    press(three, "Archive A")
    expect_names(three, ["B", "C"])
    expect(region(three).get_by_role("heading", name="Runs")).to_be_focused()
    region(three).get_by_label("Show archived (1)").check()
    expect_names(three, ["B", "C", "A"])
    expect(cell(three, "A", "status")).to_have_text("archived")
    press(three, "Unarchive A")
    expect(three.get_by_role("button", name="Actions of A", exact=True)).to_be_focused()
    expect(cell(three, "A", "status")).to_have_text("paused")
    # The run whose matrices are on screen stays in the table.
    press(three, "Archive C")
    expect(cell(three, "C", "status")).to_have_text("archived")
    assert active(three)["name"] == "C"


def test_archiving_another_run_while_one_trains(three: Page) -> None:
    press(three, "Play")
    wait_for_steps(three, 50)
    expect(cell(three, "C", "status")).to_have_text("training")
    press(three, "Archive A")
    expect(region(three).get_by_label("Show archived (1)")).to_be_visible()
    press(three, "Duplicate B")
    expect(cell(three, "B (2)", "step")).to_have_text("16")
    wait_for_steps(three, 50)
    expect(three.get_by_role("button", name="Pause")).to_be_visible()
    press(three, "Pause")
    found = {run["name"]: run for run in call(three, "runs")}
    assert (found["A"]["step"], found["B"]["step"], found["B (2)"]["step"]) == (8, 16, 16)
    assert found["A"]["archived"]


def test_a_diverged_run_says_so(three: Page) -> None:
    call(three, "trainer_config", {"learning_rate": 1000, "loss_type": "mse"})
    call_all(three, [("train_epoch", {})] * 9)
    expect(cell(three, "C", "status")).to_have_text("diverged")
    expect(cell(three, "C", "loss")).not_to_have_text(re.compile("NaN|∞"))  # of the last step that was made


def test_the_arrangement_is_remembered(three: Page, site: str) -> None:
    choose(three, "Held-out accuracy")
    region(three).get_by_label("Only differing settings").check()
    header(three, "Step").get_by_role("button").click()
    # Every text that may stand there is read by tests/web/page/stored.test.mjs.
    nonsense = [f"backprop:{SUB_PATH}:loss_chart", '{"x": 3, "smoothing": "constructor", "outliers": []}']
    three.evaluate("([key, text]) => localStorage.setItem(key, text)", nonsense)
    undone = [f"backprop:{SUB_PATH}:undo", '{"actions": [{}, null, 7]}']
    three.evaluate("([key, text]) => sessionStorage.setItem(key, text)", undone)
    boot(three, site)
    expect(notice(three, "final")).to_have_count(0)
    expect_names(three, ["C", "A", "B"])
    expect(header(three, "Held-out accuracy")).to_be_visible()
    expect(region(three).get_by_label("Only differing settings")).to_be_checked()
    expect(header(three, "Step")).to_have_attribute("aria-sort", "ascending")
    # All pages of a GitHub user share an origin: what is remembered says of which site it is.
    kept = three.evaluate("Object.keys(localStorage)")
    assert f"backprop:{SUB_PATH}:runs_table" in kept
    assert [key for key in kept if not key.startswith(f"backprop:{SUB_PATH}:")] == []
    region(three).get_by_label("Only differing settings").uncheck()
    for _ in range(2):
        header(three, "Step").get_by_role("button").click()
    expect_names(three, ["A", "B", "C"])


def filter_while_one_trains(page: Page, wanted: str) -> None:
    """Find a run among many while another one trains; the table scrolls in itself: the matrices stay near."""
    press(page, "Play")
    wait_for_steps(page, 200)
    region(page).get_by_label("Filter runs").fill(wanted)
    expect_names(page, [wanted])
    press(page, "Pause")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")
    region(page).get_by_label("Filter runs").fill("")
    box = region(page).bounding_box()
    assert box is not None
    assert box["height"] < 600


@pytest.mark.nightly
@pytest.mark.parametrize("many", [30, 100])
def test_many_runs(page: Page, site: str, many: int) -> None:
    boot(page, site)
    small = {"model": {"hidden_dims": [4]}}
    call_all(page, [("create_run", {"config": small})] * (many - 2))
    call_all(page, [("create_run", {"config": small, "name": "Wanted"})])
    expect(region(page).locator("tr.run")).to_have_count(many)
    filter_while_one_trains(page, "Wanted")


@pytest.mark.parametrize("scheme", cases(SCHEMES, lambda scheme: scheme == "dark"))
def test_cards_on_a_phone(three: Page, narrow: Page, scheme: Literal["light", "dark"]) -> None:
    choose(three, "Dataset", "Created")
    expect(region(three).get_by_role("table")).to_be_visible()
    expect(region(three).get_by_role("rowheader").first).to_contain_text("A")
    press(three, "Duplicate A")
    expect_names(three, ["A", "B", "C", "A (2)"])
    press(three, "Delete A (2)")
    expect_names(three, ["A", "B", "C"])
    assert three.evaluate("() => document.documentElement.scrollWidth") <= 360
    three.emulate_media(color_scheme=scheme)
    assert serious(three) == []
    three.emulate_media(color_scheme="null")


def test_a_row_stays_where_it_is_clicked(sixteen: Page) -> None:
    page = sixteen
    table = panel(page, "Runs").get_by_role("group", name="Table of runs")
    # Two thirds of a row are cut off above; a click does not move the row under the pointer.
    table.evaluate("it => { it.scrollTop = it.querySelectorAll('tr.run')[3].offsetTop; }")
    before = table.evaluate("it => it.scrollTop")
    button = page.get_by_role("button", name="Activate Number 4 <b>", exact=True)
    at = table.bounding_box()
    assert at
    box = button.bounding_box()
    assert box
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(page.get_by_role("button", name="Active run: Number 4 <b>")).to_be_visible()
    assert table.evaluate("it => it.scrollTop") == before


def test_a_run_is_found_while_one_of_sixteen_trains(sixteen: Page) -> None:
    wanted = call(sixteen, "runs")[3]
    call(sixteen, "rename_run", {"id": wanted["id"], "name": "Wanted"})
    filter_while_one_trains(sixteen, "Wanted")
    call(sixteen, "rename_run", {"id": wanted["id"], "name": wanted["name"]})


# Whether the active run's row stands wholly in the visible part of the table, below its head.
IN_VIEW = """
() => {
  const row = document.querySelector("#runs tr[aria-current=true]");
  const table = row.closest(".scroll");
  const [inner, outer, head] = [row, table, table.querySelector("thead")].map((it) => it.getBoundingClientRect());
  return inner.top >= outer.top + head.height - 1 && inner.bottom <= outer.bottom + 1;
}
"""


def test_the_active_run_is_named_and_its_row_is_brought_into_view(sixteen: Page) -> None:
    page = sixteen
    ids = [run["id"] for run in call(page, "runs")]
    rate = page.get_by_role("region", name="Controls").get_by_label("Learning rate")
    rate.focus()
    page.mouse.move(5, 5)
    for chosen in (ids[0], ids[-1], ids[7], ids[2]):
        name = next(run["name"] for run in call(page, "activate_run", {"id": chosen}) if run["active"])
        expect(page.get_by_role("button", name=f"Active run: {name}", exact=True)).to_be_visible()
        page.wait_for_function(IN_VIEW)
        expect(rate).to_be_focused()
        assert page.evaluate("() => scrollY") == 0
    press(page, "Delete Number 2 <b>")
    page.wait_for_function(IN_VIEW)
