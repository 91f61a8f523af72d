"""The Code panel: the files that run, read and edited in CodeMirror; code that trains a run, and the verdict on it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import call, fingerprint, panel
from tests.browser.test_why import ask
from tests.tiers import usually
from tools.places import ROOT

FILES = ["activations.py", "losses.py", "embedding.py", "model.py", "optimizers.py"]
# Whatever the content policy refuses is an error of the console, which fails a test.
WATCH = """
document.addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) =>
  console.error(`refused by the content policy: ${violatedDirective} ${blockedURI}`));
"""


class Fetched(list[str]):
    """Addresses that a page has fetched since it was loaded last."""

    def note(self, request: Request) -> None:
        if request.is_navigation_request():
            self.clear()
        self.append(request.url)


@pytest.fixture(scope="module")
def fetched() -> Fetched:
    return Fetched()


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str, fetched: Fetched) -> Iterator[Page]:
    """Open the site once for all tests of this module, and note what it fetches."""
    with contexts.lent() as context:
        page = context.new_page()
        page.on("request", fetched.note)
        yield boot(page, site)


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


@pytest.fixture
def unread(booted: Page, site: str, fetched: Fetched) -> Page:
    """Lend the module's page, loaded again if an editor has been open."""
    if any("codemirror" in url for url in fetched):
        panel(booted, "Runs")
        boot(booted, site)
    return booted


def test_with_the_panel_closed_no_editor_is_fetched(unread: Page, fetched: Fetched) -> None:
    assert [url for url in fetched if url.endswith("/main.js")]
    assert not [url for url in fetched if "codemirror" in url or "/code/editor.js" in url]
    expect(panel(unread, "Code").locator(".cm-editor")).to_be_visible()
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


# ---- The person's own code ----

RIGHT = "np.add.reduce(grad_z, axis=0, out=self.grad_biases)"
MEAN = "np.mean(grad_z, axis=0, out=self.grad_biases)"
EDITED = re.compile("^model.py ?, edited$")
# Where the bias gradients are computed, as failures say it.
LINE = (ROOT / "py" / "backprop" / "model.py").read_text("utf-8").partition(RIGHT)[0].count("\n") + 1
BIASES = ["Layer 1 biases", "Layer 2 biases", "Output layer biases"]


def replace(code: Locator, old: str, new: str) -> None:
    """Find a text in the editor and type another in its place, with the keyboard."""
    keyboard = code.page.keyboard
    code.locator(".cm-content").focus()
    keyboard.press("Control+f")
    expect(code.get_by_role("textbox", name="Find")).to_be_focused()
    keyboard.insert_text(old[:-1])
    keyboard.type(old[-1])  # the field reads its text at a key
    keyboard.press("Enter")
    keyboard.press("Escape")
    expect(code.locator(".cm-content")).to_be_focused()
    keyboard.insert_text(new[:-1])
    keyboard.type(new[-1])


def edit_model(page: Page, line: str) -> str:
    """Put a line in the place of the one for the bias gradients, as a draft of the active run; return the run's id."""
    (run,) = (run["id"] for run in call(page, "runs") if run["active"])
    ours = call(page, "source", {"file": "model.py"})["text"]
    assert RIGHT in ours
    call(page, "edit_code", {"id": run, "file": "model.py", "text": ours.replace(RIGHT, line)})
    return str(run)


def run_code(code: Locator) -> None:
    code.get_by_role("button", name="Run", exact=True).click()


def verdicts(code: Locator, word: str) -> list[str]:
    """Return the matrices with a verdict."""
    rows = code.get_by_role("region", name=re.compile("^Gradient check")).get_by_role("listitem")
    expect(rows.first).to_be_visible()
    return [row.get_by_role("button").inner_text() for row in rows.filter(has_text=word).all()]


def test_a_mean_in_place_of_a_sum(watched: Page, code: Locator, site: str) -> None:
    """By keyboard: the badges of the biases turn red; differences, twin, reload, and a file that waits."""
    page = watched
    call(page, "create_run", {"name": "Mean"})
    choose(code, "model.py")
    code.get_by_role("button", name="Edit my copy").press("Enter")
    replace(code, RIGHT, MEAN)
    page.keyboard.press("Control+Enter")
    assert verdicts(code, "wrong") == BIASES
    red = page.get_by_role("region", name="Backward pass").get_by_role(
        "img", name=re.compile("^Gradient check.* wrong")
    )
    assert [badge.get_attribute("data-badge") for badge in red.all()] == [f"layers/{k}/grad_biases" for k in (2, 1, 0)]

    code.get_by_role("switch", name="in place of the gradients").press("Space")
    cell = page.locator("[data-tensor='layers/0/grad_biases'] ~ [role=grid] [role=gridcell]").first
    expect(cell).to_have_attribute("aria-label", re.compile("bias gradient, row 1 column 1, differs by 0\\.0"))
    expect(page.get_by_role("region", name="Backward pass")).to_contain_text("by differences|")
    code.get_by_role("switch", name="in place of the gradients").press("Space")

    code.get_by_role("button", name="Compare with ours").press("Enter")
    expect(code.get_by_role("heading", name="Compared with Mean (our code)")).to_be_visible()
    run = next(run for run in call(page, "runs") if run["active"])
    call(page, "advance", {"id": run["id"], "steps": 16, "max_ms": 10_000, "twins": True})
    expect(code.get_by_text("The losses part after step 1.")).to_be_visible()

    boot(page, site)
    page.evaluate(WATCH)
    call(page, "activate_run", {"id": run["id"]})
    code = panel(page, "Code")
    expect(code.get_by_text("Trained by your code.")).to_be_visible()
    assert verdicts(code, "wrong") == BIASES
    expect(code.get_by_role("tab", name=EDITED)).to_be_visible()

    before = fingerprint(page)
    page.evaluate(
        "async (id) => backprop.import_run({bytes: (await backprop.export_run({id})).bytes, activate: true})", run["id"]
    )
    expect(code.get_by_text("Nothing of it has run.")).to_be_visible()
    assert fingerprint(page) == before
    assert "LearnerError" in page.evaluate("backprop.train_batch({update: true}).catch(String)")
    assert fingerprint(page) == before
    assert MEAN in text_of(code)
    run_code(code)
    expect(code.get_by_text("Trained by your code.")).to_be_visible()


HOSTILE = {
    "while True: pass": f"line {LINE} .*does the loop in this line end",
    "self.backward(grad_a)": f"line {LINE} .*calls itself without end",
    "raise SystemExit": f"line {LINE} .*ends the program",
    "np.zeros(10**9)": f"line {LINE} .*more memory than there is",
}
HOSTILE_BY_DAY = {"while True: pass", "self.backward(grad_a)"}


@pytest.fixture(scope="module")
def undisturbed(watched: Page) -> str:
    """Train two epochs, and return the fingerprint."""
    call(watched, "create_run")
    for _ in range(2):
        call(watched, "train_epoch", {"update": True})
    return fingerprint(watched)


# The others, by day in WebAssembly too: test_a_failure_is_a_sentence_with_its_line_and_ours_goes_on.
@pytest.mark.parametrize(
    ("line", "sentence"), [usually(line in HOSTILE_BY_DAY, line, sentence) for line, sentence in HOSTILE.items()]
)
def test_hostile_code_ends_in_a_sentence(
    watched: Page, code: Locator, undisturbed: str, line: str, sentence: str
) -> None:
    call(watched, "create_run")
    call(watched, "train_epoch", {"update": True})
    edit_model(watched, line)
    run_code(code)
    failure = code.get_by_role("group", name="Last failure")
    expect(failure).to_contain_text(re.compile(sentence, re.DOTALL))
    expect(failure).to_contain_text("This page’s own code still trains the run.")
    call(watched, "train_epoch", {"update": True})
    assert fingerprint(watched) == undisturbed


def test_stop_ends_a_loop_that_python_cannot(watched: Page, code: Locator, undisturbed: str) -> None:
    choose(code, "model.py")
    call(watched, "create_run")
    call(watched, "train_epoch", {"update": True})
    run = edit_model(watched, "list(iter(int, 1))")
    run_code(code)
    code.get_by_role("button", name="Stop", exact=True).click()
    expect(code.get_by_text("Your code was stopped.")).to_be_visible()
    assert next(each["id"] for each in call(watched, "runs") if each["active"]) == run
    assert "list(iter(int, 1))" in text_of(code)
    call(watched, "train_epoch", {"update": True})
    assert fingerprint(watched) == undisturbed


def test_a_revert_can_be_undone(watched: Page, code: Locator) -> None:
    call(watched, "create_run")
    edit_model(watched, MEAN)
    choose(code, "model.py")
    expect(code.get_by_role("tab", name=EDITED)).to_be_visible()
    code.get_by_role("button", name="Revert", exact=True).click()
    watched.get_by_role("menuitem", name="Revert model.py to ours").click()
    expect(code.get_by_role("tab", name=EDITED)).to_have_count(0)
    assert RIGHT in text_of(code)
    code.get_by_role("button", name="Undo the revert").click()
    expect(code.get_by_role("tab", name=EDITED)).to_be_visible()
    assert MEAN in text_of(code)


def test_a_syntax_error_is_at_its_line_and_the_keyboard_leaves_the_editor(watched: Page, code: Locator) -> None:
    call(watched, "create_run")
    edit_model(watched, "np.mean(grad_z")
    code.locator(".cm-content").focus()
    watched.keyboard.press("Control+Enter")
    code.get_by_role("button", name=f"model.py, line {LINE}").click()
    expect(code.locator(".cm-activeLine")).to_contain_text("np.mean(grad_z")
    expect(code.locator(".cm-lint-marker-error")).to_have_count(1)
    watched.keyboard.press("Escape")
    watched.keyboard.press("Tab")
    expect(code.locator(".cm-content")).not_to_be_focused()


def test_on_a_phone_everything_is_within_the_screen(watched: Page, code: Locator) -> None:
    page, usual = watched, watched.viewport_size
    assert usual
    call(page, "create_run")
    page.set_viewport_size({"width": 390, "height": 844})
    code.get_by_role("button", name="Edit my copy").click()
    for button in ("Run", "Check the gradients"):
        box = code.get_by_role("button", name=button, exact=True).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size(usual)
