"""Bad values: Python's one sentence stands next to the field, and nothing changes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import call, fingerprint, press

CONTROLS = [
    *[("Learning rate", "learning_rate", typed) for typed in ("", "0", "-1", "1e99", "NaN", "fast", "Infinity", "0,1")],
    *[("Batch size", "batch_size", typed) for typed in ("", "0", "-3", "1e99", "NaN", "ten", "101", "2.5")],
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
    ("Number of masters", "dataset.num_master_sequences", "0"),
    ("Number of masters", "dataset.num_master_sequences", ""),
    ("Length of a master", "dataset.master_sequence_length", "12-8"),
    ("Length of a master", "dataset.master_sequence_length", "3"),
    ("Length of a master", "dataset.master_sequence_length", "long"),
    ("Seed of the data", "dataset.seed", "-1"),
    ("Seed of the weights", "model.seed", "NaN"),
    ("Seed of the order", "trainer.seed", "0.5"),
    ("Learning rate", "trainer.learning_rate", "0"),
    ("Batch size", "trainer.batch_size", "101"),
]


def expect_refusal(field: Locator, scope: Locator, name: str, typed: str) -> None:
    """The field keeps what was typed; the sentence that begins with its name belongs to it."""
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(typed)
    described = (field.get_attribute("aria-describedby") or "").split()[0]
    sentence = scope.locator(f"#{described}")
    expect(sentence).to_be_visible()
    expect(sentence).to_have_text(re.compile(rf"^{re.escape(name)} must "))


@pytest.mark.parametrize(("label", "name", "typed"), CONTROLS)
def test_a_refused_value_in_the_controls(booted: Page, label: str, name: str, typed: str) -> None:
    before = fingerprint(booted), call(booted, "runs")
    scope = booted.get_by_role("region", name="Controls")
    field = scope.get_by_label(label)
    good = field.input_value()
    field.fill(typed)
    field.press("Enter")
    expect_refusal(field, scope, name, typed)
    assert (fingerprint(booted), call(booted, "runs")) == before
    field.fill(good)
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(scope.locator(".refusal:not(:empty)")).to_have_count(0)


@pytest.mark.parametrize(("label", "name", "typed"), DIALOG)
def test_a_refused_value_in_the_new_run_form(booted: Page, label: str, name: str, typed: str) -> None:
    before = call(booted, "runs")
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")
    field = dialog.get_by_label(label, exact=True)
    good = field.input_value()
    field.fill(typed)
    blamed = dialog.locator(f'[data-focus="{name}"]')
    expect_refusal(blamed, dialog, name, blamed.input_value())
    expect(dialog.get_by_text("One field needs another value.")).to_be_visible()
    dialog.get_by_role("button", name="Create run").click()
    expect(blamed).to_be_focused()
    expect(dialog).to_be_visible()
    assert call(booted, "runs") == before
    field.fill(good)
    expect(blamed).to_have_attribute("aria-invalid", "false")
    dialog.get_by_role("button", name="Cancel").click()


def test_a_token_outside_the_vocabulary(booted: Page) -> None:
    press(booted, "New run")
    dialog = booted.get_by_role("dialog", name="New run")
    dialog.get_by_label("Sequences come from").select_option("explicit")
    masters = dialog.get_by_label("Master sequences")
    masters.fill("abcdx")
    expect_refusal(masters, dialog, "dataset.master_sequences", "abcdx")
    dialog.get_by_label("Sequences come from").select_option("generated")
    expect(dialog.locator(".refusal:not(:empty)")).to_have_count(0)
    dialog.get_by_role("button", name="Cancel").click()


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_refused_name(booted: Page, name: str) -> None:
    run = call(booted, "runs")[0]
    press(booted, f"Rename {run['name']}")
    field = booted.get_by_label(f"New name of {run['name']}")
    field.fill(name)
    field.press("Enter")
    expect_refusal(field, booted.get_by_role("region", name="Runs"), "name", name)
    expect(field).to_be_focused()
    field.press("Escape")
    assert call(booted, "runs")[0]["name"] == run["name"]
