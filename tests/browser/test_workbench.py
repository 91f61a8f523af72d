"""The workbench: one screen without scrolling, tabs, splitter and panels at the side, from a projector to a phone.

And its bar: at every width it fits, nothing loses its name, and what it drops stands in the sheet of all settings.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Contexts
from tests.browser.hand import DRAWN, SCHEMES, active, call, panel, press
from tests.browser.keeping import wait_until_saved
from tests.tiers import cases, usually

# By day the smallest and the largest of each layout, in one theme; the others nightly.
WIDE = {(1280, 720): "light", (1440, 900): None, (1920, 1080): "light", (1024, 768): "dark"}
NARROW = {(390, 844): None, (360, 640): "dark"}
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


def screens(sizes: dict[tuple[int, int], str | None]) -> list[Any]:
    """Return each size with each theme; usual is the named one."""
    return [usually(scheme == usual, size, scheme) for size, usual in sizes.items() for scheme in SCHEMES]


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
    call(page, "rename_run", {"id": active(page)["id"], "name": "A run of another name"})
    wait_until_saved(page)


def test_nothing_moves_while_python_starts_for_the_first_time(booted: Page) -> None:
    """From the first picture until the page is ready."""
    assert booted.evaluate("() => window.shifts") == []


@pytest.mark.parametrize(("size", "scheme"), screens(WIDE))
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


# The height of the console: the one that the plan reckons with, and the one that the network leaves.
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


@pytest.mark.parametrize(("size", "scheme"), screens(NARROW))
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


@pytest.mark.parametrize("size", cases(ZOOMED, lambda size: size in {(844, 390), (320, 256)}), ids=str)
def test_a_zoomed_page_scrolls_down_only_and_nothing_sticks(trained: Page, size: tuple[int, int]) -> None:
    resize(trained, size)
    for name in TABS:
        assert choose_tab(trained, name)[0] == size[0], name
    trained.evaluate("() => scrollTo(0, 0)")
    expect(trained.get_by_role("button", name="Play")).to_be_in_viewport()
    trained.evaluate("() => scrollTo(0, 2000)")
    expect(trained.get_by_role("button", name="Play")).not_to_be_in_viewport()
    expect(trained.locator("#loss-chart")).not_to_be_in_viewport()


# What lies over something else or outside, the free width, and the names of what can be pressed.
BAR = """
async () => {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await (DRAWN)();
  const bar = document.querySelector(".bar");
  const boxes = [...bar.querySelectorAll("button, input, select, h1 > svg, .field label")]
    .filter((element) => element.checkVisibility() && !element.classList.contains("vh"))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([element, { width, height }]) => width > 1 && height > 1 && !element.closest("[popover], .vh"));
  const start = (element) => element.outerHTML.slice(0, 80);
  const cross = (p, q) => p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1;
  const overlapping = boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
    .filter(([b, q]) => !a.contains(b) && !b.contains(a) && cross(p, q))
    .map(([b]) => `${start(a)} over ${start(b)}`));
  const { bottom: foot } = bar.getBoundingClientRect();
  const outside = boxes
    .filter(([, { left, right, bottom }]) => left < 0 || right > innerWidth || bottom > foot)
    .map(([element]) => start(element));
  const [ends, controls] = [".ends", "#controls"].map((it) => bar.querySelector(it).getBoundingClientRect());
  return {
    overlapping, outside,
    slack: ends.left - controls.right,
    scrolls: document.documentElement.scrollWidth > innerWidth,
    height: bar.offsetHeight,
    dropped: bar.dataset.dropped,
  };
}
""".replace("DRAWN", DRAWN)
BAR_NAMES = ["Run single step", "Run batch", "Run full epoch", "Play", "Phase by phase", "Reset", "Help"]


def at_width(page: Page, width: int, height: int = 800) -> dict[str, Any]:
    """Return what the bar is like at a width."""
    page.set_viewport_size({"width": width, "height": height})
    found: dict[str, Any] = page.evaluate(BAR)
    return found


@pytest.mark.parametrize(
    "name", cases(["Run 1", "A name that is longer than sixteen characters"], lambda name: len(name) > 16)
)
def test_the_bar_fits_at_every_width_and_the_order_of_what_gives_way_is_always_the_same(
    trained: Page, name: str
) -> None:
    page = trained
    call(page, "rename_run", {"id": active(page)["id"], "name": name})
    seen: set[str] = set()
    longest: list[str] = []
    for width in [*range(1920, 900, -37), 901, *range(901, 1921, 101)]:
        found = at_width(page, width)
        assert (found["overlapping"], found["outside"], found["scrolls"]) == ([], [], False), width
        assert found["slack"] >= 12, width
        assert found["height"] in (48, 52)
        dropped = found["dropped"].split()
        shared = min(len(dropped), len(longest))
        assert dropped[:shared] == longest[:shared]
        longest = max(longest, dropped, key=len)
        assert width < 1920 or dropped == []
        if found["dropped"] not in seen:
            seen.add(found["dropped"])
            expect_all_names(page)
    assert len(longest) > 4
    at_width(page, 1280)


def expect_all_names(page: Page) -> None:
    for button in BAR_NAMES:
        expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    expect(page.get_by_label("Learning rate", exact=True)).to_be_visible()


def test_what_the_bar_drops_stands_in_the_sheet(trained: Page) -> None:
    page = trained
    at_width(page, 920)
    press(page, "All settings")
    sheet = page.get_by_role("dialog", name="Settings")
    sheet.get_by_label("Batch size", exact=True).fill("20")
    sheet.get_by_label("Batch size", exact=True).press("Enter")
    sheet.get_by_label("Loss", exact=True).select_option("mse")
    sheet.get_by_label("Optimizer", exact=True).select_option("momentum")
    sheet.get_by_label("Stop after epochs", exact=True).fill("7")
    sheet.get_by_label("Stop after epochs", exact=True).press("Enter")
    sheet.get_by_role("radio", name="Visualize only").check()
    expect(sheet.get_by_label("Momentum", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="All settings", exact=True)).to_be_focused()
    call(page, "limits")
    config = active(page)["config"]
    trainer = config["trainer"]
    assert (trainer["batch_size"], trainer["loss_type"], trainer["optimizer"]) == (20, "mse", "momentum")
    assert config["stopping"]["max_epochs"] == 7
    at_width(page, 1920)
    expect(page.get_by_role("radio", name="Visualize only")).to_be_checked()
    page.get_by_role("radio", name="Train", exact=True).check()
    at_width(page, 1280)


def test_popovers_of_the_bar_close_on_escape_and_give_the_focus_back(trained: Page) -> None:
    page = trained
    at_width(page, 1920)
    for name in ("Optimizer", "Stop"):
        button = page.get_by_role("region", name="Controls").get_by_role("button", name=name)
        button.click()
        dialog = page.get_by_role("dialog", name=name, exact=True)
        expect(dialog).to_be_visible()
        box, opener = dialog.bounding_box(), button.bounding_box()
        assert box
        assert opener
        assert box["y"] >= opener["y"] + opener["height"]
        assert box["x"] + box["width"] <= 1920
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()
    at_width(page, 1280)


def test_the_bar_of_a_phone_has_the_transport_at_the_foot(trained: Page) -> None:
    page = trained
    for width in (390, 376, 360):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(DRAWN)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        box = page.locator("#controls").bounding_box()
        assert box
        assert (box["height"], box["y"] + box["height"]) == (64, 844)
        for name in ("Play", "Run single step", "Run batch", "Run full epoch", "All settings"):
            button = page.get_by_role("button", name=name, exact=True).bounding_box()
            assert button
            assert button["height"] >= 44
            assert button["width"] >= 44
            assert button["x"] >= 0
            assert button["x"] + button["width"] <= width
        speed = page.get_by_role("button", name="Speed: Max, as fast as possible")
        expect(speed).to_be_visible() if width >= 376 else expect(speed).to_be_hidden()
    at_width(page, 1280)


def test_the_switcher_of_runs_shows_all_runs_and_changes_the_active_one(trained: Page) -> None:
    page = trained
    call(page, "create_run", {"name": "Third"})
    switcher = page.get_by_role("button", name="Active run: Third")
    switcher.click()
    first = call(page, "runs")[0]["name"]
    page.get_by_role("menuitemradio", name=first).click()
    expect(page.get_by_role("button", name=f"Active run: {first}")).to_be_visible()
    page.get_by_role("button", name=f"Active run: {first}").click()
    page.get_by_role("menuitem", name="New run …").click()
    expect(page.get_by_role("dialog", name="New run")).to_be_visible()
    page.keyboard.press("Escape")
