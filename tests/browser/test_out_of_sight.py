"""Cells that are out of sight: pages of a window, and the way to the operands of an explained number."""

import re

from playwright.sync_api import Page, expect

from tests.browser.hand import DRAWN, call

IN_SIGHT = """
() => {
  const outline = document.querySelector('canvas[data-tensor="layers/0/weights"] ~ .contributing');
  const {left, right, top, bottom} = outline.getBoundingClientRect();
  const column = outline.closest(".network-body").getBoundingClientRect();
  return bottom > column.top && top < column.bottom && right > column.left && left < column.right;
}
"""


def test_a_chip_leads_to_an_operand_that_is_out_of_sight(booted: Page) -> None:
    """Zoomed in, the weights lie above the number that is explained."""
    booted.set_viewport_size({"width": 1280, "height": 720})
    larger = booted.get_by_role("button", name="Larger cells")
    for _ in range(5):
        larger.click()
    booted.evaluate("() => { location.hash = 'why=layers/0/pre_activations,9,1'; }")
    expect(booted.get_by_role("region", name="Why this number?")).to_contain_text("row 10 column 2")
    booted.evaluate(DRAWN)
    body = booted.locator("#network-forward")
    body.evaluate("(element) => element.scrollTo(0, element.scrollHeight)")
    chip = booted.get_by_role("button", name="Go to Layer 1 weights")
    expect(chip).to_have_text("Layer 1 weights ↑")
    assert not booted.evaluate(IN_SIGHT)
    chip.click()
    expect(chip).to_have_count(0)
    assert booted.evaluate(IN_SIGHT)
    booted.keyboard.press("Escape")
    expect(booted.locator(".network-chip")).to_have_count(0)
    booted.get_by_role("button", name=re.compile(r"\d px$")).click()


def test_page_down_moves_by_the_rows_of_a_window(booted: Page) -> None:
    booted.set_viewport_size({"width": 1280, "height": 720})
    call(booted, "create_run", {"name": "Tall", "config": {"model": {"hidden_dims": [1024]}}})
    booted.evaluate(DRAWN)
    weights = booted.get_by_role("grid", name="Output layer weights", exact=True)
    cell = weights.get_by_role("gridcell")
    cell.focus()
    booted.keyboard.press("Control+Home")
    shown = booted.locator('canvas[data-tensor="layers/1/weights"]').evaluate("(canvas) => canvas.height")
    assert 10 < shown < 1024
    booted.keyboard.press("PageDown")
    expect(weights.get_by_role("row")).to_have_attribute("aria-rowindex", str(shown + 1))
    booted.keyboard.press("PageUp")
    expect(weights.get_by_role("row")).to_have_attribute("aria-rowindex", "1")
    call(booted, "delete_run", {"id": call(booted, "runs")[-1]["id"]})
