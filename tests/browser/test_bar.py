"""The bar: at every width it fits, nothing loses its name, and what it drops stands in the sheet of all settings."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import DRAWN, active, call, press
from tests.tiers import cases

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
NAMES = ["Run single step", "Run batch", "Run full epoch", "Play", "Phase by phase", "Reset", "Help"]


def at_width(page: Page, width: int, height: int = 800) -> dict[str, Any]:
    """Return what the bar is like at a width."""
    page.set_viewport_size({"width": width, "height": height})
    found: dict[str, Any] = page.evaluate(BAR)
    return found


@pytest.mark.parametrize(
    "name", cases(["Run 1", "A name that is longer than sixteen characters"], lambda name: len(name) > 16)
)
def test_it_fits_at_every_width_and_the_order_of_what_gives_way_is_always_the_same(booted: Page, name: str) -> None:
    page = booted
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
    for button in NAMES:
        expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    expect(page.get_by_label("Learning rate", exact=True)).to_be_visible()


def test_what_is_dropped_stands_in_the_sheet(booted: Page) -> None:
    page = booted
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


def test_popovers_close_on_escape_and_give_the_focus_back(booted: Page) -> None:
    page = booted
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


def test_the_bar_of_a_phone_has_the_transport_at_the_foot(booted: Page) -> None:
    page = booted
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


def test_the_switcher_shows_all_runs_and_changes_the_active_one(booted: Page) -> None:
    page = booted
    call(page, "create_run", {"name": "Second"})
    switcher = page.get_by_role("button", name="Active run: Second")
    switcher.click()
    first = call(page, "runs")[0]["name"]
    page.get_by_role("menuitemradio", name=first).click()
    expect(page.get_by_role("button", name=f"Active run: {first}")).to_be_visible()
    page.get_by_role("button", name=f"Active run: {first}").click()
    page.get_by_role("menuitem", name="New run …").click()
    expect(page.get_by_role("dialog", name="New run")).to_be_visible()
    page.keyboard.press("Escape")
