"""Names that have broken other programs, through every field that takes one: shown as text, or refused in words."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from backprop.files.run_file import to_bytes
from backprop.runs.record import to_record
from backprop.runs.run import TrainingRun
from tests.browser.conftest import boot
from tests.browser.hand import (
    DRAWN,
    active,
    call,
    call_all,
    choose_twin_field,
    delete_runs,
    open_asked,
    panel,
    press,
)
from tests.browser.keeping import wait_until_saved
from tests.tiers import usually

TAKEN = [
    "<script>window.executed = 1</script>",
    "<img src=x onerror=window.executed=1>",
    '"><svg/onload=window.executed=1>',
    "' autofocus onfocus='window.executed=1",
    "</style></textarea></title><script>window.executed=1</script>",
    "{{constructor.constructor('window.executed=1')()}}",
    "${window.executed=1}",
    "javascript:window.executed=1",
    "&lt;b&gt;&#x41;",
    "<!-- -->",
    "__proto__",
    "constructor",
    "toString",
    "\u202egnp.exe",
    "\u2066\u2067\u202b abc",
    "שלום 123 עולם",
    "\u200b\u00ad\ufeff|",
    "e" + "\u0301" * 90,
    "𝕏" * 100,
    "../../etc/passwd",
    "NaN",
    "null",
    "%3Cscript%3E",
    '""" + __import__("os").abort() + """',
    "\\",
]


REFUSED = ["   ", "a\0b", "\x1b[31m", "\x85", "\u2028", "\u2029", "x" * 101, "x" * 10_000, "<b>" * 10_000]


def parts(texts: list[str], count: int, usual: int) -> list[Any]:
    """Return texts in parts, one of them usual: the ways that texts go share them by day, and have all by night."""
    return [usually(part == usual, texts[part::count]) for part in range(count)]


# Type into fields all at once: name of the field → text. It returns what stands in them.
TYPE = """
(scope, [texts, event]) => Object.fromEntries(Object.entries(texts).map(([name, text]) => {
  const field = scope.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  field.value = text;
  field.dispatchEvent(new Event(event, {bubbles: true}));
  return [name, field.value];
}))
"""
FIELDS = "input[type=text]:not([readonly]), textarea"
READ = "(fields) => Object.fromEntries(fields.map((field) => [field.dataset.focus, field.value]))"
ELEMENTS = (
    "() => document.querySelectorAll('script, img, iframe, object, embed, [onerror], [onload], [onfocus]').length"
)


def row(page: Page, run_id: str) -> Locator:
    """The row of a run: found by what its buttons are called in the program, not by its name."""
    button = page.locator(f'[data-focus="actions-{run_id}"]')
    return page.get_by_role("region", name="Runs", exact=True).locator("tr.run").filter(has=button)


@pytest.fixture
def careful(linked: Page) -> Iterator[Page]:
    """The page, which must still be whole and work afterwards."""
    dialogs: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    linked.on("dialog", on_dialog)
    panel(linked, "Runs")
    elements = linked.evaluate(ELEMENTS)
    yield linked
    linked.remove_listener("dialog", on_dialog)
    assert dialogs == []
    assert linked.evaluate("() => [typeof window.executed, typeof ({}).polluted]") == ["undefined", "undefined"]
    assert linked.evaluate(ELEMENTS) == elements
    before = active(linked)["step"]
    call(linked, "train_batch")
    assert active(linked)["step"] == before + 1
    first, *others = call(linked, "runs")
    delete_runs(linked, others)
    call(linked, "rename_run", {"id": first["id"], "name": "Run 1"})


# What a row shows of its run: the element of the name, its text and how many elements are in it, and the menu's label.
SHOWN = """
(row) => {
  const name = row.querySelector(".name");
  const button = row.querySelector("[data-focus^=actions-]");
  return [name.localName, name.textContent, name.childElementCount, button.getAttribute("aria-label")];
}
"""


def expect_shown(page: Page, run_id: str, name: str) -> None:
    """The name is on the page as text, letter for letter, and isolated."""
    assert row(page, run_id).evaluate(SHOWN) == ["bdi", name, 0, f"Actions of {name}"]


def rename(page: Page, run_id: str, name: str) -> Locator:
    """Type another name into the row of a run, and send it; returns the field."""
    row(page, run_id).locator(f'[data-focus="actions-{run_id}"]').click()
    page.locator("[role=menuitem]").filter(has_text="Rename …").click()
    field = page.locator("form.rename input")
    field.fill(name)
    field.press("Enter")
    return field


@pytest.mark.parametrize("names", parts(TAKEN, 8, usual=0))
def test_by_renaming(careful: Page, names: list[str]) -> None:
    run_id = active(careful)["id"]
    for name in names:
        expect(rename(careful, run_id, name)).to_have_count(0)
        expect_shown(careful, run_id, name)


def make_run(page: Page, name: str) -> None:
    """Make a run through the form, whose settings stay folded away."""
    page.get_by_role("button", name="New run", exact=True).click()
    dialog = page.get_by_role("dialog", name="New run")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_role("button", name="Create run").click()
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("names", parts(TAKEN, 8, usual=2))
def test_by_a_new_run_and_all_that_is_said_of_it(careful: Page, names: list[str]) -> None:
    for name in names:
        make_run(careful, name)
        made = active(careful)
        assert made["name"] == name
        expect_shown(careful, made["id"], name)
        twin = call(careful, "twin_run", {"id": made["id"], "changes": {"learning_rate": 0.3}})[-1]
        expect_shown(careful, twin["id"], twin["name"])
        call(careful, "delete_run", {"id": twin["id"]})
        expect(careful.get_by_role("status").filter(has_text="Deleted")).to_contain_text(f"Deleted “{twin['name']}”.")
        script = call(careful, "export_pytorch", {"id": made["id"]})
        tree = ast.parse(script["text"])
        values = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "NAME"
        }
        assert values == {"NAME": name}
        assert not set(script["file_name"]) & set('/\\:*?"<>|\0')
        call(careful, "delete_run", {"id": made["id"]})


@pytest.mark.parametrize("names", parts(TAKEN, 2, usual=0))
def test_by_files(careful: Page, tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / f"{number}.safetensors" for number in range(len(names))]
    for path, name in zip(paths, names, strict=True):
        path.write_bytes(to_bytes(to_record(TrainingRun(name=name))))
    panel(careful, "Runs").locator("input[type=file]").set_input_files(paths)
    lines = careful.locator(".shared li")
    expect(lines).to_have_count(len(names))
    for run, name, line in zip(call(careful, "runs")[1:], names, lines.all(), strict=True):
        assert run["name"] == name
        expect_shown(careful, run["id"], name)
        assert line.locator("bdi").all_text_contents() == [name, name]


def test_by_files_that_are_named_so(careful: Page) -> None:
    files = [{"name": name.replace("/", "-"), "mimeType": "text/html", "buffer": b"<p>"} for name in TAKEN]
    panel(careful, "Runs").locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    lines = careful.locator(".shared li")
    expect(lines).to_have_count(len(TAKEN))
    for line in lines.all():
        expect(line).to_contain_text(" was not imported")
        assert line.locator("*").evaluate_all("found => found.map((it) => it.localName)") == ["bdi"]


@pytest.mark.parametrize("names", parts(TAKEN, 8, usual=5))
def test_by_links(careful: Page, site: str, names: list[str]) -> None:
    for name in names:
        open_asked(careful, f"{site}#lr=0.2&name={quote(name)}")
        line = careful.locator(".shared li")
        expect(line).to_have_count(1)  # what came of files may stand there until then
        expect(line.locator("bdi")).to_have_text(name, use_inner_text=False)
        assert active(careful)["name"] == name.strip()
        expect_shown(careful, active(careful)["id"], name)


def test_tokens(careful: Page, site: str) -> None:
    tokens = ["<b>x</b>", "&lt;&gt;", "${7*7}", "null", "toString", "\\", "'\"`"]
    open_asked(careful, f"{site}#vocabulary={','.join(map(quote, tokens))}&name=Tokens")
    expect(careful.locator(".shared li")).to_have_text(
        ["“Tokens” was created from the link, untrained and ready for Play."]
    )
    assert active(careful)["config"]["dataset"]["vocabulary"] == tokens
    expect(panel(careful, "Dataset")).to_contain_text(tokens[0])
    press(careful, "Run batch")


@pytest.mark.parametrize("tokens", parts(TAKEN[:6], 3, usual=0))
def test_tokens_that_are_too_long(careful: Page, site: str, tokens: list[str]) -> None:
    for token in tokens:
        open_asked(careful, f"{site}#vocabulary={quote(token)},b&lr=0.2")
        expect(careful.locator(".shared li").last).to_contain_text(
            "In the link, dataset.vocabulary must have tokens of "
        )
        careful.locator(".shared").get_by_role("button", name="Dismiss").click()


def refused_by_renaming(page: Page, names: list[str], _: Path) -> None:
    run = active(page)
    for name in names:
        field = rename(page, run["id"], name)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(panel(page, "Runs").get_by_role("alert").filter(has_text="name must ")).to_have_count(1)
        field.press("Escape")
        expect_shown(page, run["id"], run["name"])


def refused_in_files(page: Page, names: list[str], folder: Path) -> None:
    paths = [folder / f"{number}.safetensors" for number in range(len(names))]
    for path, name in zip(paths, names, strict=True):
        path.write_bytes(to_bytes({**to_record(TrainingRun()), "name": name}))
    panel(page, "Runs").locator("input[type=file]").set_input_files(paths)
    expect(page.locator(".shared li")).to_contain_text([f"“{path.name}” was not imported: name must" for path in paths])
    assert len(call(page, "runs")) == 1


def refused_in_links(page: Page, names: list[str], _: Path) -> None:
    before = page.url.partition("#")[0]
    for name in names:
        open_asked(page, f"{before}#lr=0.2&name={quote(name)}")
        expect(page.locator(".shared li").first).to_contain_text("“From a link” was created from the link")
        assert active(page)["name"] == "From a link"
        delete_runs(page, [active(page)])
        page.locator(".shared").get_by_role("button", name="Dismiss").click()


# In files all of them; in the row and in links, which are given one after the other, a part by day.
@pytest.mark.parametrize(
    ("refused", "names"),
    [
        usually(True, refused_in_files, REFUSED),
        usually(True, refused_by_renaming, REFUSED[::4]),
        usually(True, refused_in_links, REFUSED[3::4]),
        usually(False, refused_by_renaming, REFUSED),
        usually(False, refused_in_links, REFUSED),
    ],
)
def test_refused_everywhere(
    careful: Page, tmp_path: Path, refused: Callable[[Page, list[str], Path], None], names: list[str]
) -> None:
    refused(careful, names, tmp_path)


# ---- What is no name: every other text field ----


def type_into(scope: Locator, texts: dict[str, str], event: str = "input") -> None:
    """Type into the fields of a part of the page, all at once, and wait until Python has answered and it is drawn."""
    page = scope.page
    assert scope.evaluate(TYPE, [texts, event]) == texts
    settle(page)


def settle(page: Page) -> None:
    """Calls are answered in their order, and a form asks again when the last answer is there: wait for two, drawn."""
    for _ in range(2):
        call(page, "limits")
        page.evaluate(DRAWN)


def expect_refused(scope: Locator, count: int) -> list[str]:
    """So many fields are refused, each beside its sentence, which is text and nothing else; returns the fields."""
    expect(scope.locator('[aria-invalid="true"]')).to_have_count(count)
    sentences = scope.locator(".refusal:not(:empty)")
    assert sentences.evaluate_all("found => found.map((it) => it.childElementCount)") == [0] * count
    assert all(" must " in sentence for sentence in sentences.all_text_contents())
    assert scope.page.evaluate("() => typeof window.executed") == "undefined"
    names: list[str] = scope.locator('[aria-invalid="true"]').evaluate_all(
        "found => found.map((it) => it.dataset.focus)"
    )
    return names


def every_field(page: Page) -> Locator:
    """Open the New run form with as many text fields as it can have."""
    press(page, "New run")
    dialog = page.get_by_role("dialog", name="New run")
    dialog.get_by_label("Encoding").select_option("embedding")
    dialog.get_by_label("Optimizer").select_option("adam")
    dialog.get_by_label("Sequences come from").select_option("explicit")
    dialog.get_by_label("Source sequences").fill("abcdabcd")
    expect(dialog.locator(".plan")).to_contain_text("parameters")
    return dialog


@pytest.mark.parametrize("texts", parts([*TAKEN, *REFUSED], 6, usual=0))
def test_through_all_fields_of_the_new_run_form_at_once(careful: Page, texts: list[str]) -> None:
    dialog = every_field(careful)
    good = dialog.locator(FIELDS).evaluate_all(READ)
    for text in texts:
        type_into(dialog, dict.fromkeys(good, text))
        expect_refused(dialog, 1)
    type_into(dialog, good)
    expect_refused(dialog, 0)
    press(careful, "Cancel")


# By day each field by itself: test_bad_values.py.
@pytest.mark.nightly
def test_through_each_field_of_the_new_run_form(careful: Page) -> None:
    dialog = every_field(careful)
    good = dialog.locator(FIELDS).evaluate_all(READ)
    blamed = set()
    for name in good:
        type_into(dialog, {**good, name: TAKEN[1]})
        if name != "name":
            expect(dialog.locator(f'[data-focus="{name}"]')).to_have_attribute("aria-invalid", "true")
        blamed |= set(expect_refused(dialog, 0 if name == "name" else 1))
    assert good.keys() - blamed == {"name"}
    type_into(dialog, good)
    expect_refused(dialog, 0)
    press(careful, "Cancel")


@pytest.mark.parametrize("texts", parts([*TAKEN, *REFUSED], 6, usual=2))
def test_through_the_controls(careful: Page, texts: list[str]) -> None:
    """How the active run is trained, with which optimizer, and when it stops: every field is refused by itself."""
    call(careful, "trainer_config", {"optimizer": "adam"})
    controls = careful.get_by_role("region", name="Controls")
    expect(controls.locator('[data-focus="beta1"]')).to_have_count(1)
    before = active(careful)
    good = controls.locator(FIELDS).evaluate_all(READ)
    assert good.keys() >= {"learning_rate", "batch_size", "clip_norm", "run-stopping.patience"}
    for text in texts:
        if text.strip():  # nothing at all is no limit, to those that may have none
            type_into(controls, dict.fromkeys(good, text), "change")
            assert set(expect_refused(controls, len(good))) == good.keys()
    assert active(careful) == before
    type_into(controls, good, "change")
    expect_refused(controls, 0)
    call(careful, "trainer_config", {"optimizer": "sgd"})


@pytest.mark.parametrize("texts", parts([*TAKEN, *REFUSED], 6, usual=4))
def test_through_the_twin_form(careful: Page, texts: list[str]) -> None:
    press(careful, f"Twin {active(careful)['name']}")
    dialog = careful.get_by_role("dialog", name="Twin")
    choose_twin_field(careful, "Learning rate")
    for text in texts:
        type_into(dialog, {"twin_value": text})
        expect_refused(dialog, 0)
        dialog.locator("form").evaluate("form => form.requestSubmit()")
        settle(careful)
        assert expect_refused(dialog, 1) == ["twin_value"]
    press(careful, "Cancel")
    assert len(call(careful, "runs")) == 1


@pytest.mark.parametrize("texts", parts([*TAKEN, *REFUSED], 4, usual=1))
def test_through_the_filter(careful: Page, texts: list[str]) -> None:
    runs = panel(careful, "Runs")
    for text in texts:
        type_into(runs, {"filter": text})
        if text.strip():
            said = runs.locator("p.waiting")
            assert said.evaluate("it => [it.textContent, it.childElementCount]") == [f"No runs match “{text}”.", 1]
    type_into(runs, {"filter": ""})
    expect(runs.locator("tr.run")).to_have_count(1)


def test_a_name_turns_nothing_but_itself(careful: Page) -> None:
    make_run(careful, "\u202eabc")
    call(careful, "delete_run", {"id": active(careful)["id"]})
    said = careful.locator(".message p").filter(has_text="Deleted")
    expect(said).to_be_visible()
    name, end = said.evaluate(
        """(element) => {
          const name = element.querySelector("bdi");
          const end = document.createRange();
          end.selectNode([...element.childNodes].findLast((node) => node.textContent === "”." && node.nodeType === 3));
          return [name, end].map((it) => it.getBoundingClientRect()).map(({left, right}) => ({left, right}));
        }"""
    )
    assert end["left"] >= name["right"] - 1


@pytest.mark.parametrize("names", parts(TAKEN, 2, usual=1))
def test_they_are_kept_and_come_back(careful: Page, site: str, names: list[str]) -> None:
    call_all(careful, [("create_run", {"name": name}) for name in names])
    wait_until_saved(careful)
    careful.goto("about:blank")
    boot(careful, site)
    panel(careful, "Runs")
    runs = call(careful, "runs")
    assert [run["name"] for run in runs] == ["Run 1", *names]
    for run in runs:
        expect_shown(careful, run["id"], run["name"])
