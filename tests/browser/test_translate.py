"""A browser’s translation leaves numbers, tokens, formulas and code alone: it would freeze what it translates."""

import pytest
from playwright.sync_api import Page

from tests.browser.hand import DRAWN, press

# Texts that are translated although they are numbers without words, and code that is translated.
TRANSLATED = """
() => {
  const isTranslated = (element) => element.closest("[translate]")?.getAttribute("translate") !== "no";
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim();
    const isNumber = /\\d/.test(text) && !/\\p{L}{2}/u.test(text);
    if (isNumber && node.parentElement.checkVisibility() && isTranslated(node.parentElement))
      found.push(`${text} in <${node.parentElement.localName} class="${node.parentElement.className}">`);
  }
  for (const element of document.querySelectorAll("code, kbd, math, bdi"))
    if (element.checkVisibility() && isTranslated(element)) found.push(`<${element.localName}> ${element.textContent}`);
  return found;
}
"""


@pytest.mark.parametrize("tab", range(8))
def test_numbers_and_code_are_not_translated(booted: Page, tab: int) -> None:
    tabs = booted.get_by_role("tab")
    if tab >= tabs.count():
        pytest.skip("there are fewer tabs")
    tabs.nth(tab).click()
    booted.evaluate(DRAWN)
    assert booted.evaluate(TRANSLATED) == []


def test_numbers_of_an_explanation_and_of_help_are_not_translated(booted: Page, site: str) -> None:
    page = booted
    page.goto(f"{site}#why=layers/1/grad_weights,3,7")
    page.get_by_role("region", name="Why this number?").wait_for()
    assert page.evaluate(TRANSLATED) == []
    press(page, "Run batch")
    page.evaluate(DRAWN)
    assert page.evaluate(TRANSLATED) == []
    press(page, "Help")
    assert page.evaluate(TRANSLATED) == []
    page.keyboard.press("Escape")


def test_the_learn_page_keeps_its_numbers(page: Page, site: str) -> None:
    page.goto(f"{site}learn/")
    assert page.evaluate(TRANSLATED) == []
