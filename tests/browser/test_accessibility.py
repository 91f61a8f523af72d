"""For everyone: axe finds nothing serious, every region is a landmark, all works by keyboard and on a narrow screen."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import DRAWN, call, new_run, press, readout, wait_for_runs

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
LANDMARKS = ["Controls", "Loss chart", "Runs", "Forward pass", "Backward pass", "Dataset"]


def serious(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page as it stands."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(booted: Page, theme: str) -> None:
    booted.get_by_label("Theme").select_option(theme)
    expect(booted.locator("html")).to_have_attribute("data-theme", theme)
    press(booted, "Run full epoch")
    expect(booted.locator("[data-said]")).to_contain_text("accuracy")
    assert serious(booted) == []
    field = booted.get_by_role("region", name="Controls").get_by_label("Batch size")
    field.fill("0")
    field.press("Enter")
    expect(booted.locator(".refusal:not(:empty)")).to_be_visible()
    press(booted, "Reset Run 1")
    expect(booted.get_by_role("button", name="Undo")).to_be_visible()
    assert serious(booted) == []
    press(booted, "Dismiss")
    field.fill("10")
    field.press("Enter")
    for opener, dialog in (("New run", "New run"), ("Help", "Help")):
        press(booted, opener)
        expect(booted.get_by_role("dialog", name=dialog)).to_be_visible()
        assert serious(booted) == []
        booted.keyboard.press("Escape")
        expect(booted.get_by_role("button", name=opener, exact=True)).to_be_focused()


@pytest.mark.console_errors
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_when_the_start_fails(page: Page, site: str, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    page.route("**/python/numpy-*.whl", lambda route: route.abort())
    page.goto(site)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    assert serious(page) == []


def test_every_region_is_a_landmark(booted: Page) -> None:
    for name in LANDMARKS:
        expect(booted.get_by_role("region", name=name, exact=True)).to_have_count(1)


def test_the_theme_follows_the_system_and_can_be_set(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(site)
    background = "() => getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_label("Theme").select_option("light")
    page.wait_for_function(f"(dark) => ({background})() !== dark", arg=dark)
    page.reload()
    expect(page.get_by_label("Theme")).to_have_value("light")
    assert page.evaluate(background) != dark


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_sideways_scrolling(narrow: Page, width: int) -> None:
    narrow.set_viewport_size({"width": width, "height": 740})
    new_run(narrow, Name="A rather long name without_any_place_where_it_could_be_broken_into_lines")
    press(narrow, "Run batch")
    expect(readout(narrow, "Step")).to_have_text("1")
    narrow.evaluate(DRAWN)
    assert narrow.evaluate("() => document.documentElement.scrollWidth") <= width


def test_training_by_keyboard_alone(booted: Page) -> None:
    """Tab reaches every control in the order of reading, and the focus is seen."""
    booted.evaluate("() => { document.activeElement?.blur(); getSelection().removeAllRanges(); }")
    booted.get_by_role("heading", name="Backprop from Scratch").click()
    reached: list[str] = []
    for _ in range(60):
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
    wanted = ["Theme", "Help", "Train", "Play", "Run single step", "Run batch", "Run full epoch"]
    wanted += ["Learning rate", "Batch size", "Loss", "Palette", "New run", "Activate Run 1"]
    places = [reached.index(name) for name in wanted]
    assert places == sorted(places)


def test_results_are_said_and_playing_is_not_chattered_about(booted: Page) -> None:
    press(booted, "Run batch")
    expect(booted.locator("[data-said]")).to_contain_text("accuracy")
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
() => {
  const folded = [...document.querySelectorAll("main details:not([open]) > summary")];
  for (const summary of folded) summary.click();
  const last = ["#metrics .tables", "#gradient-flow .scroll", "#distributions .scroll", "#loss-chart table"];
  return folded.length === 0 && last.every((selector) => document.querySelector(selector));
}
"""
# What is wider than the room that it has, by more than the rounding of both.
STICKING_OUT = """
() => [document.documentElement, ...document.querySelectorAll("main .card, main .pass")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.id || element.className}: ${element.scrollWidth} > ${element.clientWidth}`)
"""


def test_everything_that_is_folded_away_is_for_everyone_too(booted: Page) -> None:
    """All cards open, light on a wide screen, dark on a narrow one."""
    call(booted, "create_run", {"config": {"trainer": {"optimizer": "adam"}}})
    call(booted, "train_epoch", {"update": True})
    booted.wait_for_function(UNFOLDED)
    for theme, width in (("light", 1440), ("dark", 390)):
        booted.set_viewport_size({"width": width, "height": 900})
        booted.get_by_label("Theme").select_option(theme)
        expect(booted.locator("html")).to_have_attribute("data-theme", theme)
        assert booted.evaluate(STICKING_OUT) == []
        assert serious(booted) == []
    booted.set_viewport_size({"width": 360, "height": 740})
    assert booted.evaluate(STICKING_OUT) == []
