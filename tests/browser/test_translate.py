"""A browser’s translation leaves numbers, tokens, formulas and code alone: it would freeze what it translates.

What it does translate goes on changing.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import DRAWN, call, panel, press
from tests.browser.test_accessibility import IN_PANELS

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


# What a browser's translator does: wherever it may, it puts <font> elements with other text in the place of text.
TRANSLATE = """
() => {
  const isTranslated = (element) => (element.closest("[translate]")?.getAttribute("translate") ?? "yes") !== "no";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const parent = text.parentElement;
    if (!text.data.trim() || !isTranslated(parent)) continue;
    if (parent.closest("script, style, textarea, svg, math, font")) continue;
    const outer = document.createElement("font");
    const inner = document.createElement("font");
    inner.textContent = text.data;
    outer.append(inner);
    text.replaceWith(outer);
  }
}
"""
# All words of the page but those that tell of the time that something took.
WORDS = """
() => {
  const copy = document.body.cloneNode(true);
  const columns = ["[data-column*=ms]", "[data-column*=created]"];
  const times = ["#status", "#saved", "[data-said]", "script", ...columns, ".chart-rate", "#metrics .gap > span"];
  for (const element of copy.querySelectorAll(times)) element.remove();
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode.data);
  return found.join(" ").split(/\\s+/).filter(Boolean);
}
"""
NUMBERS_LEFT = """
() => [...document.querySelectorAll("font > font")]
  .filter((it) => !it.closest("dialog") && /[0-9]/.test(it.textContent)).map((it) => it.textContent.trim())
"""


def unfold(page: Page) -> None:
    """Open all that is folded away; what Python is asked for first, so that nothing appears in between."""
    panel(page, "Metrics").locator("summary", has_text="Confusion matrix").click()
    expect(page.get_by_text("Rows: true class.").first).to_be_visible()
    folded = page.locator("main details:not([open]) > summary:visible")
    for name in IN_PANELS:
        panel(page, name)
        while folded.count():
            folded.first.click()


def use_everything(page: Page, between: Callable[[], None]) -> None:
    """Train in every way, with two runs and an explanation, so that most words on the page change."""
    calls: list[tuple[str, dict[str, object]]] = [
        ("run_single", {"update": True}),
        ("create_run", {"name": "Other", "config": {"model": {"hidden_dims": [5]}, "dataset": {"held_out": 0.2}}}),
        ("trainer_config", {"optimizer": "adam", "learning_rate": 0.02}),
        ("train_epoch", {"update": True}),
    ]
    for method, params in calls:
        call(page, method, params)
        between()
    page.evaluate("() => { location.hash = 'why=layers/0/weights,1,2'; }")
    expect(page.get_by_role("region", name="Why this number?")).to_be_visible()
    between()
    page.get_by_role("radio", name="Visualize only").check()
    between()
    press(page, "Run batch")
    between()
    page.get_by_role("radio", name="Train", exact=True).check()
    press(page, "Play")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    between()
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    first, other = (run["id"] for run in call(page, "runs"))
    for method, params in (
        ("activate_run", {"id": first}),
        ("reset_run", {"id": first}),
        ("delete_run", {"id": other}),
        ("train_batch", {"update": True}),
    ):
        between()
        call(page, method, params)


def test_numbers_and_words_follow_in_a_page_that_the_browser_translates(booted: Page, page: Page, site: str) -> None:
    """The same actions end in the same words on a page translated before each of them, and on one that is not."""
    translated, plain = boot(page, site), booted

    def translate() -> None:
        translated.evaluate(DRAWN)
        translated.evaluate(TRANSLATE)

    unfold(plain)
    use_everything(plain, lambda: None)
    translate()
    unfold(translated)
    translate()
    assert translated.evaluate(NUMBERS_LEFT) == []
    use_everything(translated, translate)
    words = []
    for each in (translated, plain):
        call(each, "limits")
        each.evaluate(DRAWN)
        words.append(each.evaluate(WORDS))
    assert words[0] == words[1]


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


def test_the_learn_page_keeps_its_numbers(booted: Page, site: str) -> None:
    booted.goto(f"{site}learn/")
    assert booted.evaluate(TRANSLATED) == []
