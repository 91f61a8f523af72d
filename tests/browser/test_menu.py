"""Menus: opened at their button, walked by keyboard, closed without a trace."""

from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import SCHEMES, call, panel, row_menu
from tests.browser.test_accessibility import serious
from tests.tiers import pairs


def opener(page: Page, name: str = "Run 1") -> Locator:
    return panel(page, "Runs").get_by_role("button", name=f"Actions of {name}", exact=True)


def item(page: Page, name: str) -> Locator:
    return page.get_by_role("menuitem", name=name)


def test_a_menu_is_walked_by_keyboard(booted: Page) -> None:
    button = opener(booted)
    expect(button).to_have_attribute("aria-haspopup", "menu")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    keys = booted.keyboard
    expect(item(booted, "Duplicate Run 1")).to_be_focused()
    for key, name in [
        ("ArrowDown", "Create twin of Run 1"),
        ("End", "Delete Run 1"),
        ("ArrowDown", "Duplicate Run 1"),
        ("ArrowUp", "Delete Run 1"),
        ("Home", "Duplicate Run 1"),
        ("r", "Rename Run 1"),
        ("r", "Reset to step 0: Run 1"),
        ("ArrowDown", "Download Run 1"),
        ("ArrowRight", "Run file .safetensors, to continue it"),
        ("End", "Loss history .csv, every step"),
        ("ArrowLeft", "Download Run 1"),
    ]:
        keys.press(key)
        expect(item(booted, name)).to_be_focused()
    # The page's own keys rest: Space chooses, and plays nothing.
    keys.press("ArrowRight")
    keys.press("Escape")
    expect(item(booted, "Download Run 1")).to_be_focused()
    keys.press("Escape")
    expect(booted.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("ArrowUp")
    expect(item(booted, "Delete Run 1")).to_be_focused()
    keys.press("Tab")
    expect(booted.get_by_role("menu")).to_have_count(0)
    expect(button).not_to_be_focused()


def test_a_click_beside_closes_a_menu(booted: Page) -> None:
    menu = row_menu(booted, "Run 1")
    expect(menu).to_be_visible()
    booted.mouse.click(5, 5)
    expect(menu).to_be_hidden()
    row_menu(booted, "Run 1")
    opener(booted).click()
    expect(menu).to_be_hidden()


def test_a_menu_goes_with_its_row(booted: Page) -> None:
    call(booted, "create_run", {"name": "Gone"})
    menu = row_menu(booted, "Gone")
    call(booted, "delete_run", {"id": call(booted, "runs")[-1]["id"]})
    expect(menu).to_have_count(0)


@pytest.mark.parametrize(("size", "scheme"), pairs([(1440, 900), (390, 844)], SCHEMES))
def test_a_menu_stays_in_the_window(booted: Page, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    page, usual = booted, booted.viewport_size
    assert usual
    page.set_viewport_size({"width": size[0], "height": size[1]})
    menu = row_menu(page, "Run 1")
    item(page, "Download Run 1").click()
    for shown in (menu, page.get_by_role("menu", name="Download Run 1")):
        box = shown.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]
    page.emulate_media(color_scheme=scheme)
    assert [fault for fault in serious(page) if "ui-menu" in fault] == []
    page.emulate_media(color_scheme="null")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.set_viewport_size(usual)
