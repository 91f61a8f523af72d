"""Bad values: Python's one sentence stands next to the field, or at the form's foot, and nothing changes."""

import random
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import DRAWN, active, call, fill, fingerprint, new_run, panel, press
from tests.tiers import cases, usually

CONTROLS = [
    *[("Learning rate", typed) for typed in ("", "0", "-1", "1e99", "NaN", "fast", "Infinity", "0,1,2", "0,0", "5%%")],
    *[("Batch size", typed) for typed in ("", "0", "-3", "1e99", "NaN", "ten", "101", "2.5", "2,5", "20%")],
]
DIALOG = [
    ("Hidden layers", "model.hidden_dims", "0"),
    ("Hidden layers", "model.hidden_dims", "32, 0"),
    ("Hidden layers", "model.hidden_dims", "32, -1"),
    ("Hidden layers", "model.hidden_dims", "32, wide"),
    ("Hidden layers", "model.hidden_dims", "8 " * 40),
    ("Hidden layers", "model.hidden_dims", "2048 2048 2048"),
    ("Hidden layers", "model.hidden_dims", "1e99"),
    ("Vocabulary", "dataset.vocabulary", ""),
    ("Vocabulary", "dataset.vocabulary", "a b a"),
    ("Vocabulary", "dataset.vocabulary", "a"),
    ("Sequence length", "dataset.sequence_length", "1"),
    ("Sequence length", "dataset.sequence_length", ""),
    ("Sequence length", "dataset.master_sequence_length", "20"),
    ("Number of samples", "dataset.num_samples", "0"),
    ("Number of samples", "dataset.num_samples", "1e99"),
    ("Number of source sequences", "dataset.num_master_sequences", "0"),
    ("Number of source sequences", "dataset.num_master_sequences", ""),
    ("Length of each source sequence", "dataset.master_sequence_length", "12-8"),
    ("Length of each source sequence", "dataset.master_sequence_length", "3"),
    ("Length of each source sequence", "dataset.master_sequence_length", "long"),
    ("Seed of the data", "dataset.seed", "-1"),
    ("Seed of the weights", "model.seed", "NaN"),
    ("Shuffling seed", "trainer.seed", "0.5"),
    ("Learning rate", "trainer.learning_rate", "0"),
    ("Batch size", "trainer.batch_size", "101"),
]
# Python decides about a value, and its tests have them all: usual here is one of a kind, and one for each field.
USUAL = {"", "NaN", "0,1,2", "5%%", "101", "2.5"}
FIRST = [*{label: case for case in reversed(DIALOG) for label in [case[0]]}.values()]


def expect_refusal(field: Locator, scope: Locator, typed: str, subject: str | None = None) -> None:
    """Expect that the field keeps what was typed, beside one sentence that begins with its label, or with `subject`."""
    label = subject or field.evaluate("it => it.labels[0].textContent.trim()")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(typed)
    described = (field.get_attribute("aria-describedby") or "").split()[0]
    sentence = scope.locator(f"#{described}")
    expect(sentence).to_be_visible()
    expect(sentence).to_have_text(re.compile(rf"^{re.escape(label)} must .*\.$"))


@pytest.mark.parametrize(
    "typed_values",
    [usually(True, [it for it in CONTROLS if it[1] in USUAL]), usually(False, CONTROLS)],
    ids=["few", "all"],
)
def test_refused_values_in_the_controls(booted: Page, typed_values: list[tuple[str, str]]) -> None:
    before = fingerprint(booted), call(booted, "runs")
    scope = booted.get_by_role("region", name="Controls")
    for label, typed in typed_values:
        field = scope.get_by_label(label)
        good = field.input_value()
        field.fill(typed)
        field.press("Enter")
        expect_refusal(field, scope, typed)
        assert (fingerprint(booted), call(booted, "runs")) == before
        field.fill(good)
        field.press("Enter")
        expect(field).to_have_attribute("aria-invalid", "false")
        expect(scope.locator(".refusal:not(:empty)")).to_have_count(0)


@pytest.mark.parametrize("typed_values", [usually(True, FIRST), usually(False, DIALOG)], ids=["each field", "all"])
def test_refused_values_in_the_new_run_form(booted: Page, typed_values: list[tuple[str, str, str]]) -> None:
    before = call(booted, "runs")
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")
    for label, name, typed in typed_values:
        field = dialog.get_by_label(label, exact=True)
        good = field.input_value()
        field.fill(typed)
        blamed = dialog.locator(f'[data-focus="{name}"]')
        expect_refusal(blamed, dialog, blamed.input_value())
        expect(dialog.get_by_text("One field needs another value.")).to_be_visible()
        dialog.get_by_role("button", name="Create run").click()
        expect(blamed).to_be_focused()
        expect(dialog).to_be_visible()
        field.fill(good)
        expect(blamed).to_have_attribute("aria-invalid", "false")
    assert call(booted, "runs") == before
    dialog.get_by_role("button", name="Cancel").click()


def test_a_token_outside_the_vocabulary(booted: Page) -> None:
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")
    dialog.get_by_label("Sequences come from").select_option("explicit")
    masters = dialog.get_by_label("Source sequences", exact=True)
    masters.fill("abcdx")
    expect_refusal(masters, dialog, "abcdx")
    dialog.get_by_label("Sequences come from").select_option("generated")
    expect(dialog.locator(".refusal:not(:empty)")).to_have_count(0)
    dialog.get_by_role("button", name="Cancel").click()


def test_a_refused_name(booted: Page) -> None:
    run = call(booted, "runs")[0]
    press(booted, f"Rename {run['name']}")
    field = booted.get_by_label(f"New name of {run['name']}")
    for name in ("", "   ", "x" * 101):
        field.fill(name)
        field.press("Enter")
        expect_refusal(field, panel(booted, "Runs"), name, "The name")
        expect(field).to_be_focused()
    field.press("Escape")
    assert call(booted, "runs")[0]["name"] == run["name"]


# Types into a field of the New run form or chooses there, waits for Python, and reads what the form then says.
EDIT = """
async ([name, value]) => {
  const dialog = document.querySelector("#new-run");
  const field = dialog.querySelector(`[data-focus="${name}"]`);
  field.value = value;
  field.dispatchEvent(new Event(field.localName === "select" ? "change" : "input", {bubbles: true}));
  await backprop.limits();  // answered after the plan under way, if there is one,
  await backprop.limits();  // and after that of this edit
  await (DRAWN)();
  const read = (selector) => [...dialog.querySelectorAll(selector)]
    .filter((element) => element.checkVisibility()).map((element) => element.textContent.trim()).filter(Boolean);
  const fields = [...dialog.querySelectorAll("input, select, textarea")].map(({dataset, localName, options}) =>
    [dataset.focus, localName === "select" ? [...options].map(({value}) => value) : null]);
  return {
    refusals: read(".refusal"),
    elements: dialog.querySelectorAll(".refusal *").length,
    plan: read(".plan")[0] ?? "",
    blamed: [...dialog.querySelectorAll("[aria-invalid=true]")].map(({labels}) => labels[0].textContent.trim()),
    fields,
  };
}
""".replace("DRAWN", DRAWN)
NONSENSE = "<img src=x onerror=window.executed=1>"
TYPED = ["", "0", "1", "2", "7", "0,5", "20%", "1e99", "-1", "fast", "2048 2048", "a b", "abab", "100000", "1,000"]


@pytest.mark.parametrize("seed", cases(range(3), lambda seed: seed == 0))
def test_whatever_the_form_holds_its_refusal_stands_where_one_sees_it(booted: Page, seed: int) -> None:
    """Options that cannot be chosen by hand are chosen here too: a preset or an older run may hold them."""
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")
    expect(dialog.get_by_label("Name", exact=True)).to_be_visible()
    chance = random.Random(seed)

    def edit(name: str, value: str) -> dict[str, Any]:
        answer: dict[str, Any] = booted.evaluate(EDIT, [name, value])
        return answer

    answer = edit("name", "")
    places = set()
    for _ in range(60):
        choices = {name: options for name, options in answer["fields"] if name != "preset"}
        name = chance.choice([*choices, *[name for name, options in choices.items() if options] * 2])
        answer = edit(name, chance.choice(choices[name] or TYPED))
        if "parameters" in answer["plan"]:
            assert (answer["refusals"], answer["blamed"]) == ([], [])
            continue
        [sentence] = answer["refusals"]
        assert len(sentence.split()) > 3
        if answer["blamed"]:
            [label] = answer["blamed"]
            assert sentence.startswith(f"{label} must ")
            assert answer["plan"] == "One field needs another value."
        else:
            assert answer["plan"] == sentence
        places.add(bool(answer["blamed"]))
    assert True in places
    dialog.get_by_role("button", name="Cancel").click()


def test_a_refusal_about_a_field_that_is_not_there_stands_at_the_foot(booted: Page) -> None:
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")
    dialog.get_by_label("Sequences come from").select_option("random")
    answer = booted.evaluate(EDIT, ["dataset.task", "classification"])
    sentence = "Number of source sequences must be 2 or more for classification (the classes), got 0."
    assert (answer["refusals"], answer["plan"], answer["blamed"]) == ([sentence], sentence, [])
    create = dialog.get_by_role("button", name="Create run")
    create.click()
    expect(dialog.get_by_text(sentence)).to_be_visible()
    expect(create).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()


def test_every_field_is_refused_by_its_label(booted: Page) -> None:
    """Whatever field of the New run form holds nonsense, the sentence beside it is text, and begins with its label."""
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")
    dialog.get_by_label("Encoding").select_option("embedding")
    dialog.get_by_label("Optimizer").select_option("adam")
    dialog.get_by_label("Sequences come from").select_option("explicit")
    dialog.get_by_label("Source sequences").fill("abcdabcd")
    expect(dialog.locator(".plan")).to_contain_text("parameters")
    fields = dialog.locator("input[type=text]:not([readonly]), textarea").evaluate_all(
        "fields => fields.map(({dataset, value, labels}) => [dataset.focus, value, labels[0].textContent.trim()])"
    )
    assert len(fields) > 20
    for name, good, label in fields:
        if name == "name":
            continue
        answer = booted.evaluate(EDIT, [name, NONSENSE])
        assert (name, answer["blamed"], answer["elements"]) == (name, [label], 0)
        assert [sentence.startswith(f"{label} must ") for sentence in answer["refusals"]] == [True]
        booted.evaluate(EDIT, [name, good])
    assert booted.evaluate("() => typeof window.executed") == "undefined"
    dialog.get_by_role("button", name="Cancel").click()


APART = [
    (("Task", "classification"), ("Sequences come from", "random")),
    (("Sequences come from", "random"), ("Task", "classification")),
    (("Sequences come from", "random"), ("Held out by", "position")),
    (("Held out by", "position"), ("Sequences come from", "random")),
    (("Held out", "0"), ("The best weights are those with the best", "held_out_accuracy")),
]


def test_what_cannot_be_combined_cannot_be_chosen(booted: Page) -> None:
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")

    def put(field: Locator, value: str) -> None:
        if field.evaluate("element => element.localName") == "select":
            field.select_option(value)
        else:
            field.fill(value)

    for (label, value), (other_label, option) in APART:
        other = dialog.get_by_label(other_label, exact=True).locator(f"option[value={option}]")
        expect(other).to_be_enabled()
        field = dialog.get_by_label(label, exact=True)
        good = field.input_value()
        put(field, value)
        expect(other).to_be_disabled()
        expect(other).to_contain_text("– unavailable: ")
        put(field, good)
        expect(other).to_be_enabled()
    dialog.get_by_role("button", name="Cancel").click()


@pytest.mark.parametrize(
    "typed", cases(["0,05", "0.05", "5e-2", "5%", " 0,050 "], lambda typed: typed in {" 0,050 ", "5%"})
)
def test_numbers_may_have_a_decimal_comma(booted: Page, typed: str) -> None:
    new_run(booted, Learning_rate=typed, Held_out=typed)
    assert active(booted)["config"]["trainer"]["learning_rate"] == 0.05
    assert active(booted)["config"]["dataset"]["held_out"] == 0.05
    field = booted.get_by_role("region", name="Controls").get_by_label("Learning rate")
    expect(field).to_have_value("0.05")
    for _ in range(2):  # the second time nothing changes, and it still shows what is in force
        fill(booted, "Learning rate", typed)
        expect(field).to_have_value("0.05")
    expect(field).to_have_attribute("aria-invalid", "false")
    field.fill("0,05")
    field.press("ArrowUp")
    expect(field).to_have_value("0.1")


def test_every_number_can_be_typed_on_a_phone(booted: Page) -> None:
    """A decimal keypad has either a point or a comma, and no e, - or %; one of digits is for whole numbers."""
    press(booted, "New run")
    expect(booted.get_by_role("dialog", name="New run").get_by_label("Learning rate", exact=True)).to_be_visible()
    modes = booted.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("input[inputmode]")].map((input) =>
          [input.dataset.focus, input.inputMode]))"""
    )
    assert set(modes.values()) == {"text", "numeric"}
    for name in ("trainer.learning_rate", "dataset.held_out", "stopping.target", "learning_rate"):
        assert modes[name] == "text"
    for name in ("trainer.batch_size", "model.seed", "stopping.patience", "batch_size"):
        assert modes[name] == "numeric"
    booted.get_by_role("dialog", name="New run").get_by_role("button", name="Cancel").click()
