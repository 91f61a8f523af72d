"""“Start here”: eight steps on the live page, each done by doing it; it can be left, resumed and linked."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import DRAWN, call, new_run, panel, press
from tests.browser.test_accessibility import serious
from tests.tiers import cases

STEPS = 8
# How far each side of the ring lies outside of an element, in CSS pixels.
MARGINS = """
([ring, element]) => {
  const [outer, inner] = [ring, element].map((each) => each.getBoundingClientRect());
  return [inner.left - outer.left, inner.top - outer.top, outer.right - inner.right, outer.bottom - inner.bottom];
}
"""


def guide(page: Page) -> Locator:
    return page.get_by_role("region", name="Start here", exact=True)


def ring(page: Page) -> Locator:
    return page.locator(".guide-ring")


def heading(page: Page, title: str) -> None:
    """Wait for the step of this title."""
    expect(guide(page).get_by_role("heading", name=title)).to_be_visible()


def back_to_the_guide(page: Page) -> None:
    page.get_by_role("tab", name="Start here").click()


def is_done(page: Page, step: int) -> None:
    """Come back to the guide, find the step ticked, and go on to the next one."""
    back_to_the_guide(page)
    expect(guide(page).get_by_role("listitem").nth(step - 1)).to_contain_text(", done")
    expect(ring(page)).to_be_hidden()


def is_explained(page: Page) -> None:
    """Wait for the explanation: it takes the place of the guide."""
    expect(page.get_by_role("region", name="Why this number?")).to_be_visible()


def next_step(page: Page) -> None:
    guide(page).get_by_role("button", name="Next").click()


def click_a_cell(page: Page, tensor: str) -> None:
    grid = page.locator(f'[data-tensor="{tensor}"]').first
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 3, "y": 3})


def test_it_never_opens_by_itself_and_explain_offers_it(booted: Page) -> None:
    page = booted
    expect(page.get_by_role("tab", name="Start here")).to_have_count(0)
    panel(page, "Explain")
    press(page, "Start here: 8 short steps")
    heading(page, "One sample")
    expect(page.get_by_role("tab").first).to_have_accessible_name("Start here 1 of 8")
    assert serious(page, within="#panels") == []
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("1")
    expect(page.get_by_role("tab", name="Explain")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("size", cases([(1280, 720), (1920, 1080)], lambda size: size == (1280, 720)))
def test_the_ring_is_around_the_real_element_and_takes_no_clicks(
    booted: Page, site: str, size: tuple[int, int]
) -> None:
    page, usual = booted, booted.viewport_size
    assert usual
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{site}#guide=7")
    heading(page, "Held out")
    tab = page.get_by_role("tab", name="Metrics")
    expect(ring(page)).to_be_visible()
    follows(page, tab)
    page.set_viewport_size({"width": size[0] - 40, "height": size[1] - 60})
    follows(page, tab)
    tab.click()
    is_done(page, 7)
    page.set_viewport_size(usual)


def follows(page: Page, element: Locator) -> None:
    """Wait until the ring lies 5 px outside of the element; less where a scrolling parent cuts the element off."""
    page.evaluate(DRAWN)
    handles: list[Any] = [ring(page).element_handle(), element.element_handle()]
    page.wait_for_function(f"(pair) => ({MARGINS})(pair).every((margin) => Math.abs(margin - 5) <= 1)", arg=handles)


def test_a_link_starts_it_and_it_is_left_resumed_and_remembered(booted: Page, site: str) -> None:
    page = booted
    page.goto("about:blank")
    boot(page, f"{site}#guide=4")
    heading(page, "Why this gradient")
    assert "guide" not in page.url
    next_step(page)
    guide(page).get_by_role("button", name="Close the guide").click()
    expect(page.get_by_role("tab", name="Start here")).to_have_count(0)
    expect(page.get_by_role("tab", name="Explain")).to_have_attribute("aria-selected", "true")
    boot(page, site)
    press(page, "Help")
    page.get_by_role("dialog", name="Help").get_by_role("button", name="Start here").click()
    heading(page, "One update")


def test_a_link_starts_any_step_of_a_page_that_is_open(booted: Page) -> None:
    page = booted
    for number, title in ((8, "Break it"), (3, "The loss")):
        page.evaluate("(hash) => { location.hash = hash; }", f"#guide={number}")
        heading(page, title)
    expect(guide(page).get_by_role("link", name="More about this step")).to_have_attribute(
        "href", "learn/index.html#loss"
    )


def test_help_explains_the_words(booted: Page) -> None:
    press(booted, "Help")
    words = booted.get_by_role("dialog", name="Help").get_by_role("term")
    for word in ("gradient", "logits", "softmax", "overfitting"):
        expect(words.filter(has_text=word).first).to_be_visible()
    booted.keyboard.press("Escape")


def test_every_step_is_done_by_doing_it(booted: Page) -> None:
    page = booted
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("() => { location.hash = '#guide=1'; }")
    heading(page, "One sample")
    expect(ring(page)).to_be_visible()
    page.locator('[data-tensor="inputs"]').first.hover(position={"x": 3, "y": 3})
    is_done(page, 1)
    next_step(page)
    click_a_cell(page, "layers/0/pre_activations")
    is_explained(page)
    is_done(page, 2)
    next_step(page)
    page.locator('[data-focus="asked:loss,0,0"]').first.click()
    is_explained(page)
    is_done(page, 3)
    next_step(page)
    click_a_cell(page, "layers/2/grad_weights")
    is_explained(page)
    is_done(page, 4)
    next_step(page)
    heading(page, "One update")
    press(page, "Run batch")
    is_done(page, 5)
    next_step(page)
    call(page, "advance", {"id": call(page, "runs")[0]["id"], "steps": 99})
    is_done(page, 6)
    next_step(page)
    panel(page, "Metrics")
    is_done(page, 7)
    next_step(page)
    new_run(page, Name="Broken")
    is_done(page, 8)
    guide(page).get_by_role("button", name="Finish").click()
    expect(page.get_by_role("tab", name="Start here")).to_have_count(0)
