"""For everyone: axe finds nothing serious, every region is a landmark, all works by keyboard and on a narrow screen."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import DRAWN, call, choose_theme, panel, press, readout, wait_for_runs
from tests.tiers import cases

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
IN_PANELS = ["Runs", "Dataset", "Metrics", "Gradient flow", "Distributions"]
LANDMARKS = ["Controls", "Loss chart", "Forward pass", "Backward pass", "Panels", *IN_PANELS]


BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"
# Rules that can find nothing serious are left out.
RUN_AXE = """
async ([within, only]) => {
  const mild = axe._audit.rules.filter(({impact}) => ["minor", "moderate"].includes(impact));
  const rules = Object.fromEntries(mild.map(({id}) => [id, {enabled: false}]));
  const chosen = only.length > 0 ? {runOnly: only} : {rules};
  const {violations} = await axe.run(within ?? document, {resultTypes: ["violations"], ...chosen});
  return violations;
}
"""


def serious(page: Page, within: str | None = None, *, only: Sequence[str] = ()) -> list[str]:
    """Return what axe finds serious or critical, by these rules or by all, on the page or in an element of it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    return [
        f"{violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in page.evaluate(RUN_AXE, [within, only])
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def serious_in_both_themes(page: Page, within: str | None = None) -> list[str]:
    """Return what axe finds in the light theme, and of the dark one its colours: nothing else depends on the theme.

    Of a page whose theme is that of the system.
    """
    found, light = serious(page, within), page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(light) => ({BACKGROUND})() !== light", arg=light)
    page.evaluate(DRAWN)
    found += serious(page, within, only=["color-contrast"])
    page.emulate_media(color_scheme="light")
    page.evaluate(DRAWN)
    return found


def test_axe_finds_nothing_serious(booted: Page) -> None:
    press(booted, "Run full epoch")
    expect(booted.locator("[data-said]")).to_contain_text("accuracy")
    assert serious_in_both_themes(booted) == []
    field = booted.get_by_role("region", name="Controls").get_by_label("Batch size")
    field.fill("0")
    field.press("Enter")
    expect(booted.locator(".refusal:not(:empty)")).to_be_visible()
    press(booted, "Reset Run 1")
    expect(booted.get_by_role("button", name="Undo")).to_be_visible()
    assert serious_in_both_themes(booted) == []
    press(booted, "Dismiss")
    field.fill("10")
    field.press("Enter")
    for opener, dialog in (("New run", "New run"), ("Help", "Help")):
        press(booted, opener)
        expect(booted.get_by_role("dialog", name=dialog)).to_be_visible()
        assert serious_in_both_themes(booted) == []
        booted.keyboard.press("Escape")
        expect(booted.get_by_role("button", name=opener, exact=True)).to_be_focused()


@pytest.mark.console_errors
def test_the_theme_follows_the_system_and_can_be_set_and_axe_finds_nothing_when_the_start_fails(
    page: Page, site: str
) -> None:
    """A page without Python has its theme too; it is the one that starts quickly."""
    page.route("**/python/start.data", lambda route: route.abort())
    page.emulate_media(color_scheme="dark")
    page.goto(site)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    dark = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"(dark) => ({BACKGROUND})() !== dark", arg=dark)
    assert serious_in_both_themes(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(dark) => ({BACKGROUND})() === dark", arg=dark)
    choose_theme(page, "light")
    page.wait_for_function(f"(dark) => ({BACKGROUND})() !== dark", arg=dark)
    page.reload()
    expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    assert page.evaluate(BACKGROUND) != dark


def test_every_region_is_a_landmark(booted: Page) -> None:
    for name in LANDMARKS:
        if name in IN_PANELS:
            panel(booted, name)
        expect(booted.get_by_role("region", name=name, exact=True)).to_have_count(1)


def test_no_sideways_scrolling(narrow: Page) -> None:
    call(narrow, "create_run", {"name": "A rather long name without_any_place_where_it_could_be_broken_into_lines"})
    press(narrow, "Run batch")
    expect(readout(narrow, "Step")).to_have_text("1")
    for width in (360, 768, 1440):
        narrow.set_viewport_size({"width": width, "height": 740})
        narrow.evaluate(DRAWN)
        assert narrow.evaluate("() => document.documentElement.scrollWidth") <= width


def test_training_by_keyboard_alone(booted: Page) -> None:
    """Tab reaches every control in the order of reading, and the focus is seen."""
    first = next(run for run in call(booted, "runs") if run["name"] == "Run 1")
    call(booted, "activate_run", {"id": first["id"]})
    booted.evaluate("() => { document.activeElement?.blur(); getSelection().removeAllRanges(); }")
    booted.set_viewport_size({"width": 1920, "height": 1080})  # wide enough for every setting
    panel(booted, "Runs")
    booted.get_by_role("heading", name="Backprop from Scratch").click()
    reached: list[str] = []
    while "Actions of Run 1" not in reached:
        assert len(reached) < 60
        booted.keyboard.press("Tab")
        name, outline = booted.evaluate(
            """() => {
              const {activeElement: element} = document;
              const name = element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent;
              return [name.trim(), getComputedStyle(element).outlineStyle];
            }"""
        )
        assert outline != "none", f"the focus on {name!r} cannot be seen"
        reached.append(name)
    wanted = ["Reset", "Play", "Run single step", "Run batch", "Run full epoch", "Phase by phase", "Train"]
    wanted += ["Learning rate", "Batch size", "Loss", "Help", "New run", "Twin Run 1", "Actions of Run 1"]
    places = [reached.index(name) for name in wanted]
    assert places == sorted(places)
    booted.set_viewport_size({"width": 1280, "height": 720})


MATRICES = "(all) => all.map(({dataset}) => dataset.tensor)"


def test_every_matrix_is_reached_by_few_keys(booted: Page) -> None:
    """From the skip link by Tab to its layer, by Enter into it, by Escape back."""
    booted.get_by_role("link", name="Skip to the network").press("Enter")
    reached: set[str] = set()
    for _ in range(25):
        booted.keyboard.press("Tab")
        focused = booted.locator(":focus")
        if focused.get_attribute("role") == "group":
            reached.update(focused.locator("[data-tensor]").evaluate_all(MATRICES))
            booted.keyboard.press("Enter")
            expect(focused).to_have_attribute("role", "gridcell")
            booted.keyboard.press("Escape")
            expect(focused).to_have_attribute("role", "group")
    assert reached == set(booted.locator("#stage [data-tensor]").evaluate_all(MATRICES))


def test_results_are_said_and_playing_is_not_chattered_about(booted: Page) -> None:
    step = active_step(booted) + 1
    press(booted, "Run batch")
    expect(booted.locator("[data-said]")).to_contain_text(
        re.compile(f"Step {step:,},.* accuracy")
    )  # not an earlier one
    booted.evaluate(
        """() => {
          window.heard = [];
          const said = document.querySelector("[data-said]");
          const listen = () => { window.heard.push(said.textContent); };
          new MutationObserver(listen).observe(said, {characterData: true, subtree: true, childList: true});
        }"""
    )
    before = active_step(booted)
    press(booted, "Play")
    wait_for_runs(booted, f"(runs) => runs.find(({{active}}) => active).step > {before + 500}")
    press(booted, "Pause")
    expect(booted.locator("[data-said]")).to_contain_text("Paused.")
    first, last = booted.evaluate("() => heard.slice(heard.indexOf('Playing'))")
    assert first == "Playing"
    assert last.startswith("Paused.")


def active_step(page: Page) -> int:
    """Return the step of the active run."""
    return int(page.evaluate("async () => (await backprop.runs()).find((run) => run.active).step"))


# Unfold what is folded; whether nothing is left, also of what Python had to be asked for.
UNFOLDED = """
(last) => {
  const all = [...document.querySelectorAll("main details:not([open]) > summary")];
  const folded = all.filter((it) => it.checkVisibility());
  for (const summary of folded) summary.click();
  return folded.length === 0 && document.querySelector(last);
}
"""
# Of each panel, what appears last.
LAST = {
    "Metrics": "#metrics .tables",
    "Gradient flow": "#gradient-flow .scroll",
    "Distributions": "#distributions .scroll",
    "Dataset": "#dataset .sample",
    "Runs": "#runs tr.run",
}
# What is wider than the room that it has, by more than the rounding of both.
STICKING_OUT = """
() => [document.documentElement, ...document.querySelectorAll("main .panel, main .timeline, main .pass")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.id || element.className}: ${element.scrollWidth} > ${element.clientWidth}`)
"""


@pytest.fixture(scope="module")
def unfolded(booted: Page) -> Page:
    """A trained run with every state, and the losses as a table too."""
    booted.set_viewport_size({"width": 1440, "height": 900})
    call(booted, "create_run", {"config": {"trainer": {"optimizer": "adam"}}})
    call(booted, "train_epoch", {"update": True})
    press(booted, "Chart settings")
    booted.get_by_label("Loss as a table").check()
    booted.keyboard.press("Escape")
    booted.wait_for_function(UNFOLDED, arg="#loss-chart table")
    return booted


SCREENS: list[tuple[str, int, int]] = [("light", 1440, 900), ("dark", 360, 740), ("dark", 390, 900)]


@pytest.mark.parametrize("screen", cases(SCREENS, lambda screen: screen[1] != 390), ids=str)
def test_everything_that_is_folded_away_is_for_everyone_too(unfolded: Page, screen: tuple[str, int, int]) -> None:
    """All cards open, light on a wide screen, dark on a narrow one; around the panels stands the same each time."""
    theme, width, height = screen
    unfolded.set_viewport_size({"width": width, "height": height})
    choose_theme(unfolded, theme)
    expect(unfolded.locator("html")).to_have_attribute("data-theme", theme)
    for place, (name, last) in enumerate(LAST.items()):
        panel(unfolded, name)
        unfolded.wait_for_function(UNFOLDED, arg=last)
        assert unfolded.evaluate(STICKING_OUT) == []
        assert serious(unfolded, within=last.split()[0] if place > 0 else None) == []
