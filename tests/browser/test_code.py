"""The Code panel: the files that run, read and edited in CodeMirror."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import panel
from tests.browser.test_why import ask
from tools.places import ROOT

FILES = ["activations.py", "losses.py", "embedding.py", "model.py", "optimizers.py"]
# Whatever the content policy refuses is an error of the console, which fails a test.
WATCH = """
document.addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) =>
  console.error(`refused by the content policy: ${violatedDirective} ${blockedURI}`));
"""


@pytest.fixture(scope="module")
def watched(booted: Page) -> Page:
    """Watch the content policy on the module's page."""
    booted.evaluate(WATCH)
    return booted


@pytest.fixture
def code(watched: Page) -> Locator:
    """Open the panel."""
    found = panel(watched, "Code")
    expect(found.locator(".cm-editor")).to_be_visible()
    return found


def choose(code: Locator, file: str) -> None:
    code.get_by_role("tab", name=file).click()


def text_of(code: Locator) -> str:
    """Copy the whole text of the editor, which draws only the lines in sight."""
    page = code.page
    page.evaluate(
        "addEventListener('copy', (e) => (window.copied = e.clipboardData.getData('text/plain')), {once: true})"
    )
    code.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    return str(page.evaluate("copied"))


def test_with_the_panel_closed_no_editor_is_fetched(page: Page, site: str) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    boot(page, site)
    assert not [url for url in fetched if "codemirror" in url or "/code/editor.js" in url]
    expect(panel(page, "Code").locator(".cm-editor")).to_be_visible()
    assert len([url for url in fetched if "codemirror" in url]) == 1


def test_each_file_is_shown_byte_for_byte(code: Locator) -> None:
    for file in FILES:
        choose(code, file)
        expect(code.get_by_role("textbox", name=f"{file}, read only")).to_be_visible()
        assert text_of(code) == (ROOT / "py" / "backprop" / file).read_text("utf-8")


def test_the_content_policy_lets_the_editor_have_its_style(code: Locator) -> None:
    editor = code.locator(".cm-editor")
    expect(editor).to_have_css("display", "flex")
    choose(code, "losses.py")
    keyword = code.get_by_text("import", exact=True).first
    assert keyword.evaluate("e => getComputedStyle(e).color") != editor.evaluate("e => getComputedStyle(e).color")


def test_single_keys_do_nothing_in_the_editor(watched: Page, code: Locator) -> None:
    choose(code, "model.py")
    code.locator(".cm-content").focus()
    for key in ("1", "?", "Space", "Escape"):
        watched.keyboard.press(key)
    expect(watched.get_by_role("tab", name="Code")).to_have_attribute("aria-selected", "true")
    expect(watched.get_by_role("dialog")).to_have_count(0)
    expect(watched.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_an_explanation_opens_its_line(watched: Page, code: Locator) -> None:
    figure = ask(watched, "layers/1/grad_weights", 0, 0).get_by_role("figure").filter(has_text="Layer.backward")
    quoted = figure.locator("pre .line").first
    number, text = quoted.locator("b").inner_text(), quoted.inner_text()
    figure.get_by_role("button", name="Open in Code").click()
    expect(code.get_by_role("tab", name="model.py")).to_have_attribute("aria-selected", "true")
    line = code.locator(".cm-activeLine")
    expect(line).to_be_in_viewport()
    assert line.inner_text().strip() == text.removeprefix(number).strip()
    expect(code.locator(".cm-content")).to_be_focused()
