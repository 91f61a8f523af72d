"""One sample: what the network says of it in the corner of the forward pass, and what the tab Sample generates.

The corner is shown while it trains and for typed tokens; the tab has generated tokens with their probabilities, the
class of a typed sequence, and rows sent through.
"""

import math
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import DRAWN, active, call, call_all, fingerprint, panel, press

MASTERS = {"num_master_sequences": 3}


def create(page: Page, config: dict[str, Any], epochs: int = 3) -> None:
    call_all(page, [("create_run", {"config": config}), *[("train_epoch", {"update": True})] * epochs])


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


def test_a_refusal_stands_beside_its_field(booted: Page) -> None:
    call(booted, "create_run")
    for label, text, sentence in REFUSED:
        field = panel(booted, "Sample").get_by_label(label)
        usual = field.input_value()
        tab = generate(booted, **{label: text})
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(tab.locator(f"#{field.get_attribute('aria-describedby')}")).to_have_text(sentence)
        expect(field).to_have_value(text)
        field.fill(usual)
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


# Logits of the batch on screen, row by row, and its samples.
LOGITS = """
async () => {
  const {forward, batch} = await backprop.state();
  const {data, shape} = forward.tensors.at(-1);
  const samples = await Promise.all([...batch].map((start) => backprop.inspect_samples({start, count: 1})));
  return {data: [...data], shape, samples: samples.flat()};
}
"""


def corner(page: Page) -> Locator:
    return page.locator(".sample-corner")


def trained(page: Page, config: dict[str, Any] | None = None, epochs: int = 1) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    create(page, config or {"dataset": MASTERS}, epochs)
    page.evaluate(DRAWN)


def probabilities(page: Page) -> Any:
    """Return the probabilities of the batch on screen, and its samples."""
    state = page.evaluate(LOGITS)
    logits = np.array(state["data"]).reshape(state["shape"])
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True), state["samples"]


def bars(page: Page) -> list[float]:
    texts = corner(page).locator(".sample-bar:not(.sample-others) .sample-number").all_inner_texts()
    # "<.01" says a number between 0 and 0.01: the middle is off by 0.005 at most, as a rounded one is.
    return [0.005 if text == "<.01" else float(text.replace("−", "-")) for text in texts]


def test_two_sentences_stand_there_until_the_first_step(booted: Page) -> None:
    call(booted, "create_run", {"config": {"dataset": MASTERS}})
    expect(booted.get_by_role("region", name="Forward pass")).to_contain_text("Each row is one of 10 samples.")
    expect(corner(booted)).to_have_count(0)
    press(booted, "Run batch")
    expect(corner(booted)).to_be_visible()


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_the_bars_are_the_softmax_of_the_logits_on_screen(booted: Page, encoding: str) -> None:
    trained(booted, {"dataset": {**MASTERS, "encoding": encoding, "embedding_dim": 4}}, epochs=4)
    expected, samples = probabilities(booted)
    for row, sample in enumerate(samples):
        name = f"Sample {row + 1} of {len(samples)}: {' '.join(sample['input'])}, target {sample['target']}. "
        found = booted.get_by_role("group", name=re.compile(f"^{re.escape(name)}The network predicts"))
        expect(found).to_be_visible()
        expect(found.locator(".sample-right .sample-class")).to_have_text(sample["target"])
        assert np.abs(np.array(bars(booted)) - expected[row]).max() <= 0.0051
        found.get_by_role("button", name="Next sample").click()
    expect(booted.get_by_role("group", name=re.compile("^Sample 1 of"))).to_be_visible()


def test_the_chosen_row_is_outlined_through_the_whole_network(booted: Page) -> None:
    trained(booted)
    outlines = booted.locator(".network-row")
    expect(outlines).to_have_count(0)
    corner(booted).get_by_role("button", name="Next sample").click()
    expect(outlines).to_have_count(12)  # inputs, z and a of two layers, logits, and the gradients of all
    corner(booted).get_by_role("button", name="Next sample").press("Escape")
    expect(outlines).to_have_count(0)


def test_it_follows_play_and_the_row_pointed_at(booted: Page) -> None:
    trained(booted)
    before = bars(booted)
    press(booted, "Play")
    booted.wait_for_function(
        "(before) => [...document.querySelectorAll('.sample-number')].map((e) => e.textContent).join() !== before",
        arg=",".join(corner(booted).locator(".sample-number").all_inner_texts()),
    )
    press(booted, "Pause")
    expect(booted.locator("[data-said]")).to_contain_text("Paused.")  # the slices requested ahead have come
    booted.evaluate(DRAWN)
    assert bars(booted) != before
    expected, _ = probabilities(booted)
    assert np.abs(np.array(bars(booted)) - expected[0]).max() <= 0.0051
    cells = booted.locator("[data-tensor='layers/0/activations']").bounding_box()
    assert cells
    booted.mouse.move(cells["x"] + 20, cells["y"] + 0.75 * cells["height"])
    expect(booted.get_by_role("group", name=re.compile("^Sample 8 of 10"))).to_be_visible()


def test_own_tokens_are_predicted_and_may_be_sent_through(booted: Page) -> None:
    trained(booted, epochs=3)
    before = fingerprint(booted)
    box = corner(booted)
    box.get_by_role("button", name="Type tokens").click()
    field = box.get_by_label("Tokens", exact=True)
    expect(field).to_be_focused()
    field.fill("abz")
    field.press("Enter")
    expect(box.get_by_role("alert")).to_have_text("Tokens must be tokens of the vocabulary a b c d, got 'z'.")
    field.fill("a a a a")
    field.press("Enter")
    expect(booted.get_by_role("group", name=re.compile("^Your tokens: a a a a"))).to_be_visible()
    expect(box.get_by_role("button", name="Type tokens")).to_be_focused()
    found = booted.evaluate("async () => [...(await backprop.predict({tokens: [...'aaaa']})).probabilities]")
    assert np.abs(np.array(bars(booted)) - np.array(found)).max() <= 0.0051
    box.get_by_role("button", name="Run them").click()
    expect(booted.get_by_role("group", name=re.compile("^Sample 1 of 1: a a a a"))).to_be_visible()
    assert np.abs(np.array(bars(booted)) - np.array(found)).max() <= 0.0051
    assert fingerprint(booted) == before


def test_own_tokens_follow_the_weights(booted: Page) -> None:
    trained(booted)
    box = corner(booted)
    box.get_by_role("button", name="Type tokens").click()
    box.get_by_label("Tokens", exact=True).fill("abca")
    box.get_by_role("button", name="Predict").click()
    expect(booted.get_by_role("group", name=re.compile("^Your tokens: a b c a"))).to_be_visible()
    for _ in range(3):
        call(booted, "train_epoch", {"update": True})
    booted.evaluate(DRAWN)
    found = booted.evaluate("async () => [...(await backprop.predict({tokens: [...'abca']})).probabilities]")
    assert np.abs(np.array(bars(booted)) - np.array(found)).max() <= 0.0051
    box.get_by_role("button", name="Back").click()
    expect(booted.get_by_role("group", name=re.compile("^Sample 1 of 10"))).to_be_visible()


def test_mse_shows_outputs_in_the_corner(booted: Page) -> None:
    trained(booted, {"dataset": MASTERS, "trainer": {"loss_type": "mse"}})
    state = booted.evaluate(LOGITS)
    outputs = state["data"][:4]
    assert np.allclose(bars(booted), outputs, rtol=0.06, atol=1e-9)
    negative = [value < 0 for value in outputs]
    tracks = corner(booted).locator(".sample-track i")
    assert [bar == "sample-negative" for bar in tracks.evaluate_all("all => all.map((i) => i.className)")] == negative
    expect(corner(booted)).to_contain_text(f"target: 1 for {state['samples'][0]['target']}, else 0")


def test_of_many_classes_the_most_probable_are_shown(booted: Page) -> None:
    vocabulary = [f"t{k}" for k in range(1, 10)]
    trained(booted, {"dataset": {"vocabulary": vocabulary, "sequence_length": 3, "num_master_sequences": 2}})
    expected, samples = probabilities(booted)
    names = corner(booted).locator(".sample-bar:not(.sample-others) .sample-class").all_inner_texts()
    assert samples[0]["target"] in names
    expect(corner(booted).locator(".sample-others")).to_contain_text(f"{9 - len(names)} others")
    assert np.allclose(bars(booted), [expected[0][vocabulary.index(name)] for name in names], atol=0.0051)


def test_classes_are_named_by_their_source(booted: Page) -> None:
    trained(booted, {"dataset": {"task": "classification", "num_master_sequences": 3}})
    names = corner(booted).locator(".sample-class").all_inner_texts()
    assert names == ["M1", "M2", "M3"]


def test_hostile_tokens_stay_text_in_the_corner(booted: Page) -> None:
    hostile = ["<b>1</b>", "&lt;x", "'\"><i>", "${1}"]
    trained(booted, {"dataset": {"vocabulary": hostile, "sequence_length": 3}})
    assert corner(booted).locator(".sample-class").all_inner_texts() == hostile
    assert corner(booted).locator("b b, .sample-class *, .sample-tile *").count() == 0
