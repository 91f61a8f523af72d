"""The tab Sample: generated tokens with their probabilities, the class of a typed sequence, and rows sent through."""

import math
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import active, call, fingerprint, panel, press

MASTERS = {"num_master_sequences": 3}


def create(page: Page, config: dict[str, Any], epochs: int = 3) -> None:
    call(page, "create_run", {"config": config})
    for _ in range(epochs):
        call(page, "train_epoch", {"update": True})


def generate(page: Page, **fields: str) -> Locator:
    """Fill in fields by their labels, generate, and return the panel."""
    tab = panel(page, "Sample")
    for label, text in fields.items():
        tab.get_by_label(label.replace("_", " ")).fill(text)
    tab.get_by_role("button", name="Generate").click()
    return tab


def written(tab: Locator) -> list[list[str]]:
    """Return the cells of the table of generated tokens."""
    rows = tab.locator("tbody tr")
    expect(rows.first).to_be_visible()
    return [row.locator("td").all_inner_texts() for row in rows.all()]


def test_the_start_is_the_first_training_input(booted: Page) -> None:
    call(booted, "create_run")
    sample = next(one for one in call(booted, "inspect_samples") if not one["held_out"])
    tab = panel(booted, "Sample")
    expect(tab.get_by_label("Start text")).to_have_value("".join(sample["input"]))
    expect(tab).to_contain_text("uses the weights of step 0; does not train")


def test_the_table_says_what_python_generates(booted: Page) -> None:
    create(booted, {"dataset": MASTERS})
    before = fingerprint(booted)
    start = "".join(call(booted, "inspect_samples")[0]["input"])
    tab = generate(booted, Start_text=start, Temperature="1.5", Seed="4", Length="12")
    answer = booted.evaluate(
        """async (start) => {
          const made = await backprop.generate({start: [...start], length: 12, temperature: 1.5, seed: 4});
          return {...made, probabilities: [...made.probabilities]};
        }""",
        start,
    )
    rows = written(tab)
    assert [row[-2] for row in rows] == answer["tokens"]
    kinds = {"new": "new", "training": "in the training set", "held_out": "held out"}
    assert [row[-1] for row in rows] == [kinds[known] for known in answer["known"]]
    shown = [float(text.replace("<", "")) for row in rows for text in row[:-2]]
    assert all(abs(a - b) <= 0.0051 for a, b in zip(shown, answer["probabilities"], strict=True))
    inputs = [text.split()[0] for text in tab.locator("tbody th").all_inner_texts()]
    whole = start + "".join(answer["tokens"])
    assert inputs == [whole[k : k + 4] for k in range(12)]
    expect(tab.locator(".sample-text")).to_contain_text(whole)
    assert fingerprint(booted) == before


def test_the_same_seed_says_the_same_and_another_something_else(booted: Page) -> None:
    create(booted, {"dataset": MASTERS}, epochs=1)

    tab = generate(booted, Seed="1", Length="40", Temperature="2")
    expect(tab.locator("tbody tr")).to_have_count(40)
    first = tab.locator(".sample-text").inner_text()
    generate(booted, Seed="2", Length="40", Temperature="2")
    expect(tab.locator(".sample-text")).not_to_have_text(first, use_inner_text=True)
    expect(tab.locator("tbody tr")).to_have_count(40)
    panel(booted, "Sample").get_by_label("Seed").fill("1")
    press(booted, "Generate")
    expect(panel(booted, "Sample").locator(".sample-text")).to_have_text(first, use_inner_text=True)


def test_training_after_generating_is_training_without(booted: Page) -> None:
    """Two runs of one config, one of which generates, predicts and sends tokens through between its epochs."""
    ends = []
    for asks in (False, True):
        create(booted, {"dataset": MASTERS}, epochs=1)
        if asks:
            tab = generate(booted, Length="30")
            tab.locator("tbody tr button").first.click()
            expect(booted.get_by_role("region", name="Forward pass")).to_contain_text("1")
            call(booted, "predict", {"tokens": list("abcd")})
        for _ in range(5):
            call(booted, "train_epoch", {"update": True})
        ends.append(fingerprint(booted))
    assert ends[0] == ends[1]


def test_a_row_sends_its_input_through_the_network(booted: Page) -> None:
    create(booted, {"dataset": MASTERS})
    before = fingerprint(booted)
    tab = generate(booted, Temperature="3", Seed="9")
    row = tab.locator("tbody tr").filter(has_text="new").first
    word, token = row.locator("th").inner_text().split()[0], row.locator(".sample-token").inner_text()
    row.get_by_role("button").click()
    booted.wait_for_function("async () => (await backprop.state()).batch.length === 1")
    (index,) = booted.evaluate("async () => [...(await backprop.state()).batch]")
    assert call(booted, "inspect_samples", {"start": index, "count": 1})[0]["text"].startswith(f"{word} → {token}")
    state = booted.evaluate("async () => (await backprop.state()).loss")
    assert math.isfinite(state)
    assert fingerprint(booted) == before


REFUSED = [
    ("Start text", "ab", "Start text must have 4 to 200 tokens, got 2."),
    ("Start text", "abcx", "Start text must be tokens of the vocabulary a b c d, got 'x'."),
    ("Temperature", "hot", "Temperature must be a number between 0 and 100, got 'hot'."),
    ("Seed", "-1", "Seed must be between 0 and 4,294,967,295, got -1."),
    ("Length", "500", "Length must be between 1 and 200, got 500."),
]


@pytest.mark.parametrize(("label", "text", "sentence"), REFUSED)
def test_a_refusal_stands_beside_its_field(booted: Page, label: str, text: str, sentence: str) -> None:
    call(booted, "create_run")
    tab = generate(booted, **{label: text})
    field = tab.get_by_label(label)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(tab.locator(f"#{field.get_attribute('aria-describedby')}")).to_have_text(sentence)
    expect(field).to_have_value(text)
    field.fill("1")
    expect(field).to_have_attribute("aria-invalid", "false")


def test_classification_shows_the_classes_of_a_sequence(booted: Page) -> None:
    create(booted, {"dataset": {"task": "classification", "num_master_sequences": 3}})
    tab = panel(booted, "Sample")
    sample = call(booted, "inspect_samples")[0]
    tab.get_by_label("Sequence").fill("".join(sample["input"]))
    tab.get_by_role("button", name="Predict").click()
    answer = booted.evaluate(
        "async (tokens) => { const {probabilities, predicted} = await backprop.predict({tokens});"
        " return {probabilities: [...probabilities], predicted}; }",
        sample["input"],
    )
    names = ", ".join(f"M{k + 1}: probability {p:.2f}" for k, p in enumerate(answer["probabilities"]))
    expect(tab.get_by_role("img", name=names)).to_be_visible()
    expect(tab.locator(".sample-answer")).to_contain_text(answer["predicted"])
    expect(tab.get_by_role("button", name="Generate")).to_have_count(0)


def test_mse_shows_outputs_and_takes_the_largest(booted: Page) -> None:
    create(booted, {"dataset": MASTERS, "trainer": {"loss_type": "mse"}})
    tab = panel(booted, "Sample")
    expect(tab.get_by_label("Temperature")).to_be_disabled()
    tab.get_by_role("button", name="Generate").click()
    expect(tab).to_contain_text("outputs, which are no probabilities")
    expect(tab.locator("tbody tr")).to_have_count(20)


HOSTILE = ["<b>1</b>", "&lt;x", "'\"><i>", "${1}", "שלום", "__proto"]


def test_hostile_tokens_stay_text(booted: Page) -> None:
    create(booted, {"dataset": {"vocabulary": HOSTILE, "sequence_length": 3}}, epochs=1)
    assert active(booted)["config"]["dataset"]["vocabulary"] == HOSTILE
    tab = generate(booted, Start_text=f"{HOSTILE[0]} {HOSTILE[2]}", Length="60", Temperature="9")
    expect(tab.locator("tbody tr")).to_have_count(60)
    assert tab.locator(".sample-text b b, .sample-text i, td b, td i:not([class])").count() == 0
    assert {row[-2] for row in written(tab)} == set(HOSTILE)
