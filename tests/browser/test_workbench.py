"""The workbench: one screen without scrolling, tabs, splitter and panels at the side, from a projector to a phone."""

import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Contexts
from tests.browser.hand import DRAWN, SCHEMES, call, panel, press
from tests.browser.keeping import wait_until_saved
from tests.tiers import cases, pairs

WIDE = [(1280, 720), (1440, 900), (1920, 1080), (1024, 768)]
NARROW = [(390, 844), (360, 640)]
ZOOMED = [(720, 450), (360, 225), (844, 390), (320, 256)]
TABS = ["Explain", "Runs", "Dataset", "Metrics", "Gradient flow", "Distributions", "Code", "Exercises", "Sample"]

# Choose a tab, and measure the page when it is drawn.
CHOSEN = """
async (name) => {
  const tab = [...document.querySelectorAll("[role=tab]")].find(({textContent}) => textContent.trim().startsWith(name));
  tab.click();
  await (DRAWN)();
  const {scrollWidth, scrollHeight} = document.documentElement;
  return [tab.ariaSelected, scrollWidth, scrollHeight];
}
""".replace("DRAWN", DRAWN)
PAGE = "() => {const {scrollWidth, scrollHeight} = document.documentElement; return [scrollWidth, scrollHeight];}"
# Texts that are cut off without a sign, and letters that nobody can read. Labels of samples may be small.
TEXTS = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const cut = [], small = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !element.checkVisibility() || element.closest("svg, math, .vh, [aria-hidden=true], dialog")) continue;
    const style = getComputedStyle(element);
    if (style.clipPath !== "none") continue; // for readers only
    if (parseFloat(style.fontSize) < 10.5 && !element.closest("[data-view=network]")) small.push(text);
    const isClipped = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    if (isClipped && style.textOverflow !== "ellipsis") cut.push(text);
  }
  return {cut, small};
}
"""
# Pairs of texts that lie over each other where both are seen: not below what sticks, nor beyond what scrolls.
OVERLAPS = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const away = "svg, math, .vh, .messages, dialog, select, .possible"; // the last one sticks over what scrolls
  const seen = [];
  const clipped = (box, element) => {
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      const {overflow, clipPath, position} = getComputedStyle(up);
      if (clipPath !== "none") return null; // for readers only
      const {left, right, top, bottom} = up.getBoundingClientRect();
      if (overflow !== "visible")
        box = {
          left: Math.max(box.left, left),
          right: Math.min(box.right, right),
          top: Math.max(box.top, top),
          bottom: Math.min(box.bottom, bottom),
        };
      if (position === "fixed") break;
    }
    return box.right - box.left > 1 && box.bottom - box.top > 1 ? box : null;
  };
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || element.closest(away)) continue;
    if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const {left, right, top, bottom} of range.getClientRects()) {
      const screen = {left: Math.max(0, left), right: Math.min(innerWidth, right)};
      const box = clipped({...screen, top: Math.max(0, top), bottom: Math.min(innerHeight, bottom)}, element);
      const hit = box && document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (hit && (hit.contains(element) || element.contains(hit))) seen.push({text, ...box});
    }
  }
  return seen.flatMap((a, i) => seen.slice(i + 1).flatMap((b) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return across > 1 && down > 3 ? [[a.text, b.text]] : []; // boxes of lines are higher than their letters
  }));
}
"""
# Shifts until the sentence, if any, that Python is waited for: on a busy machine it makes the message higher.
OBSERVE_SHIFTS = """
window.shifts = [];
let isLate = false;
new PerformanceObserver((list) => {
  isLate ||= document.querySelector(".boot button") !== null;
  for (const {value, sources} of isLate ? [] : list.getEntries()) {
    const moved = sources.map(({node, previousRect: from, currentRect: to}) => {
      const element = node?.parentElement && !node.tagName ? node.parentElement : node;
      return `${element?.localName}.${element?.className}: ${[from.x, from.y]} to ${[to.x, to.y]}`;
    });
    window.shifts.push([value, moved]);
  }
}).observe({type: "layout-shift", buffered: true});
"""


def resize(page: Page, size: tuple[int, int], scheme: Literal["light", "dark"] = "light") -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(DRAWN)


def choose_tab(page: Page, name: str) -> tuple[int, int]:
    """Choose a tab, and return the width and height of the page with its panel."""
    is_selected, width, height = page.evaluate(CHOSEN, name)
    assert is_selected == "true"
    return width, height


def box(page: Page, selector: str) -> Any:
    return page.locator(selector).first.bounding_box()


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site for the first time, in a wide window, and see what moves."""
    with contexts.lent() as context:
        page = context.new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.add_init_script(OBSERVE_SHIFTS)
        open_again(page, site)
        yield page


@pytest.fixture(scope="module")
def trained(booted: Page) -> Page:
    """Two runs, one trained, so that there is something to show."""
    call(booted, "train_epoch")
    call(booted, "create_run", {"name": "Second"})
    call(booted, "train_epoch")
    return booted


def open_again(page: Page, site: str) -> None:
    page.goto("about:blank")
    page.goto(site)
    expect(page.locator("html")).to_have_attribute("data-boot", "ready")
    page.evaluate(DRAWN)


def give_a_past(page: Page) -> None:
    """Train, name and configure the active run so that bar and curves are others than those of a new one."""
    call(page, "trainer_config", {"optimizer": "adam"})
    call(page, "train_epoch")
    active = next(run for run in call(page, "runs") if run["active"])
    call(page, "rename_run", {"id": active["id"], "name": "A run of another name"})
    wait_until_saved(page)


def test_nothing_moves_while_python_starts_for_the_first_time(booted: Page) -> None:
    """From the first picture until the page is ready."""
    assert booted.evaluate("() => window.shifts") == []


@pytest.mark.parametrize(("size", "scheme"), pairs(WIDE, SCHEMES))
def test_a_wide_window_is_one_screen(trained: Page, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    """With every panel, of which no text is cut off, covered or too small; in the height that the plan gives."""
    resize(trained, size, scheme)
    width, height = size
    assert trained.evaluate(PAGE) == [width, height]
    for name in TABS:
        assert choose_tab(trained, name) == size, name
        expect_readable(trained, name)
    for seen in (trained.get_by_role("button", name="Play"), trained.locator("#loss-chart"), trained.locator("#stage")):
        found = seen.bounding_box()
        assert found
        assert 0 <= found["x"] <= found["x"] + found["width"] <= width
        assert 0 <= found["y"] <= found["y"] + found["height"] <= height
    chart, panels = box(trained, "#loss-chart"), box(trained, "#panels")
    assert chart["width"] / (chart["width"] + panels["width"]) == pytest.approx(0.39, abs=0.01)
    assert (chart["y"], chart["height"]) == (panels["y"], panels["height"])
    assert box(trained, ".console")["height"] == pytest.approx(trained.evaluate(PLANNED), abs=0.6)


# The height of the console: as the plan is told, and what the network leaves.
PLANNED = """
async () => {
  const main = document.querySelector("script[src$='main.js']").src;
  const {consoleHeight} = await import(new URL("panels/state.js", main).href);
  const spare = parseFloat(document.documentElement.style.getPropertyValue("--spare")) || 0;
  return Math.min(consoleHeight(innerHeight) + spare, innerHeight - 220);
}
"""


def expect_readable(page: Page, name: str) -> None:
    assert page.evaluate(TEXTS) == {"cut": [], "small": []}, name
    assert page.evaluate(OVERLAPS) == [], name


@pytest.mark.parametrize(("size", "scheme"), pairs(NARROW, SCHEMES))
def test_a_phone_scrolls_down_only(trained: Page, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    """And no text of any panel is cut off, covered or too small."""
    resize(trained, size, scheme)
    for name in TABS:
        width, height = choose_tab(trained, name)
        assert width == size[0], name
        assert height > size[1]
        expect_readable(trained, name)
    trained.evaluate("() => scrollTo(0, 0)")
    bar, chart, play = box(trained, ".bar"), box(trained, "#loss-chart"), trained.get_by_role("button", name="Play")
    assert bar["y"] == 0
    assert chart["y"] < size[1] / 2
    expect(play).to_be_in_viewport(ratio=1)
    trained.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    expect(play).to_be_in_viewport(ratio=1)
    assert box(trained, ".bar")["y"] == 0


def test_the_splitter_is_dragged_and_walked_and_goes_back(trained: Page) -> None:
    resize(trained, (1440, 900))
    splitter = trained.get_by_role("separator", name="Height of chart and panels")
    before = box(trained, ".console")["height"]
    at = splitter.bounding_box()
    assert at
    trained.mouse.move(at["x"] + 100, at["y"] + 3)
    trained.mouse.down()
    trained.mouse.move(at["x"] + 100, at["y"] - 57, steps=4)
    trained.mouse.up()
    trained.evaluate(DRAWN)
    assert box(trained, ".console")["height"] == pytest.approx(before + 60, abs=4)
    splitter.focus()
    higher = box(trained, ".console")["height"]
    trained.keyboard.press("ArrowUp")
    trained.evaluate(DRAWN)
    assert box(trained, ".console")["height"] == pytest.approx(higher + 16, abs=1)
    trained.keyboard.press("Enter")
    trained.evaluate(DRAWN)
    assert box(trained, ".console")["height"] == 44
    trained.keyboard.press("Enter")
    splitter.dblclick()
    trained.evaluate(DRAWN)
    assert box(trained, ".console")["height"] == pytest.approx(before, abs=1)


def test_tabs_are_walked_by_arrows_and_chosen_by_enter_or_a_digit(trained: Page) -> None:
    resize(trained, (1440, 900))
    panel(trained, "Runs")
    runs = trained.get_by_role("tab", name=re.compile("^Runs ?, 2$"))
    expect(runs).to_have_attribute("aria-selected", "true")
    runs.focus()
    trained.keyboard.press("ArrowRight")
    dataset = trained.get_by_role("tab", name="Dataset")
    expect(dataset).to_be_focused()
    expect(trained.get_by_role("region", name="Runs", exact=True)).to_be_visible()
    trained.keyboard.press("Enter")
    expect(trained.get_by_role("region", name="Dataset", exact=True)).to_be_visible()
    expect(trained.get_by_role("region", name="Runs", exact=True)).to_have_count(0)
    trained.keyboard.press("Home")
    expect(trained.get_by_role("tab", name="Explain")).to_be_focused()
    trained.keyboard.press("4")
    expect(trained.get_by_role("region", name="Metrics", exact=True)).to_be_visible()
    trained.keyboard.press("`")
    expect(trained.get_by_role("region", name="Metrics", exact=True)).to_have_count(0)
    assert box(trained, ".console")["height"] == 44
    dataset.click()  # opens
    expect(trained.get_by_role("region", name="Dataset", exact=True)).to_be_visible()


def test_panels_at_the_right_give_the_network_the_height(trained: Page, site: str) -> None:
    """And are there again at the next visit; one by phone, where they cannot be, lies in between: nothing moves."""
    resize(trained, (1440, 900))
    below = box(trained, "#stage")
    press(trained, "Move the panels to the right")
    trained.evaluate(DRAWN)
    panels, stage = box(trained, "#panels"), box(trained, "#stage")
    assert panels["width"] == pytest.approx(0.38 * 1440 - 12, abs=2)
    assert stage["height"] > below["height"]
    assert trained.evaluate(PAGE) == [1440, 900]
    trained.set_viewport_size({"width": 1200, "height": 900})  # too narrow: below, until there is room again
    trained.evaluate(DRAWN)
    assert box(trained, "#panels")["y"] > box(trained, "#stage")["y"]
    resize(trained, (390, 844))
    give_a_past(trained)
    open_again(trained, site)
    assert trained.evaluate("() => window.shifts") == []
    resize(trained, (1440, 900))
    assert box(trained, "#panels")["width"] == panels["width"]
    press(trained, "Panels and chart")
    trained.evaluate(DRAWN)
    assert box(trained, ".console")["height"] == 44
    expect(trained.get_by_role("button", name="Panels and chart")).to_have_attribute("aria-expanded", "false")
    press(trained, "Panels and chart")
    press(trained, "Move the panels below")


@pytest.mark.parametrize("size", cases([(1440, 900), (1280, 720)], lambda size: size == (1440, 900)), ids=str)
def test_nothing_moves_while_python_starts_with_a_run_that_has_a_past(
    trained: Page, site: str, size: tuple[int, int]
) -> None:
    resize(trained, size)
    panel(trained, "Runs")
    give_a_past(trained)
    open_again(trained, site)
    assert trained.evaluate("() => window.shifts") == []


@pytest.mark.nightly
def test_nothing_moves_while_python_starts_in_a_small_window(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.add_init_script(OBSERVE_SHIFTS)
    open_again(page, site)
    assert page.evaluate("() => window.shifts") == []


def test_nothing_moves_at_a_first_visit_by_phone_and_there_are_two_live_regions_from_the_start(
    page: Page, site: str
) -> None:
    """A panel that is hidden is not drawn."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.add_init_script(OBSERVE_SHIFTS)
    page.goto(site, wait_until="commit")
    page.wait_for_selector("main", state="attached")
    expect(page.get_by_role("status")).to_have_count(1)
    expect(page.locator("#banners[role=alert]")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("data-boot", "ready")
    page.evaluate(DRAWN)
    assert page.evaluate("() => window.shifts") == []
    page.set_viewport_size({"width": 1280, "height": 720})
    live = "[role=status], [aria-live]:not([aria-live=off]), output:not([aria-live=off])"
    assert page.locator(live).count() == 1
    press(page, "New run")
    dialog = page.get_by_role("dialog", name="New run")
    # What the form has come to is the description of its button: no third region speaks.
    expect(dialog.get_by_role("button", name="Create run")).to_have_accessible_description(re.compile(r"fits: \d+ px$"))
    assert page.locator(live).count() == 1
    said = dialog.locator(".plan").inner_text().split("fits: ")[1]
    dialog.press("Escape")
    expect(page.get_by_role("group", name="Size of the cells")).to_contain_text(f"Fit · {said}")
    hidden = page.locator("#metrics [data-view=metrics]")
    assert hidden.inner_html() == ""
    call(page, "train_epoch")
    assert hidden.inner_html() == ""
    expect(panel(page, "Metrics").locator("[data-view=metrics]")).not_to_be_empty()


def test_skip_links_lead_to_the_network_and_to_the_panels(trained: Page) -> None:
    page = trained
    for name, target in (("Skip to the network", "#stage"), ("Skip to the panels", "#panels")):
        link = page.get_by_role("link", name=name)
        link.focus()
        expect(link).to_be_in_viewport()
        link.press("Enter")
        expect(page.locator(target)).to_be_focused()
        assert "#" not in page.url


@pytest.mark.parametrize("size", cases(ZOOMED, lambda size: size != (360, 225)), ids=str)
def test_a_zoomed_page_scrolls_down_only_and_nothing_sticks(trained: Page, size: tuple[int, int]) -> None:
    resize(trained, size)
    for name in TABS:
        assert choose_tab(trained, name)[0] == size[0], name
    trained.evaluate("() => scrollTo(0, 0)")
    expect(trained.get_by_role("button", name="Play")).to_be_in_viewport()
    trained.evaluate("() => scrollTo(0, 2000)")
    expect(trained.get_by_role("button", name="Play")).not_to_be_in_viewport()
    expect(trained.locator("#loss-chart")).not_to_be_in_viewport()
