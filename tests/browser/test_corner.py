"""The sample in the corner of the forward pass: what the network says of it, while it trains and of typed tokens."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hand import DRAWN, call, fingerprint, press

# Logits of the batch on screen, row by row, and its samples.
LOGITS = """
async () => {
  const {forward, batch} = await backprop.state();
  const {data, shape} = forward.tensors.at(-1);
  const samples = await Promise.all([...batch].map((start) => backprop.inspect_samples({start, count: 1})));
  return {data: [...data], shape, samples: samples.flat()};
}
"""
CONFIG = {"dataset": {"num_master_sequences": 3}}


def corner(page: Page) -> Locator:
    return page.locator(".sample-corner")


def trained(page: Page, config: dict[str, Any] | None = None, epochs: int = 1) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    call(page, "create_run", {"config": config or CONFIG})
    for _ in range(epochs):
        call(page, "train_epoch", {"update": True})
    page.evaluate(DRAWN)


def probabilities(page: Page) -> Any:
    """Return the probabilities of the batch on screen, and its samples."""
    state = page.evaluate(LOGITS)
    logits = np.array(state["data"]).reshape(state["shape"])
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True), state["samples"]


def shown(page: Page) -> list[float]:
    texts = corner(page).locator(".sample-bar:not(.sample-others) .sample-number").all_inner_texts()
    # "<.01" says a number between 0 and 0.01: the middle is off by 0.005 at most, as a rounded one is.
    return [0.005 if text == "<.01" else float(text.replace("−", "-")) for text in texts]


def test_two_sentences_stand_there_until_the_first_step(booted: Page) -> None:
    call(booted, "create_run", {"config": CONFIG})
    expect(booted.get_by_role("region", name="Forward pass")).to_contain_text("Each row is one of 10 samples.")
    expect(corner(booted)).to_have_count(0)
    press(booted, "Run batch")
    expect(corner(booted)).to_be_visible()


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_the_bars_are_the_softmax_of_the_logits_on_screen(booted: Page, encoding: str) -> None:
    trained(booted, {"dataset": {**CONFIG["dataset"], "encoding": encoding, "embedding_dim": 4}}, epochs=4)
    expected, samples = probabilities(booted)
    for row, sample in enumerate(samples):
        name = f"Sample {row + 1} of {len(samples)}: {' '.join(sample['input'])}, target {sample['target']}. "
        found = booted.get_by_role("group", name=re.compile(f"^{re.escape(name)}The network predicts"))
        expect(found).to_be_visible()
        expect(found.locator(".sample-right .sample-class")).to_have_text(sample["target"])
        assert np.abs(np.array(shown(booted)) - expected[row]).max() <= 0.0051
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
    before = shown(booted)
    press(booted, "Play")
    booted.wait_for_function(
        "(before) => [...document.querySelectorAll('.sample-number')].map((e) => e.textContent).join() !== before",
        arg=",".join(corner(booted).locator(".sample-number").all_inner_texts()),
    )
    press(booted, "Pause")
    expect(booted.locator("[data-said]")).to_contain_text("Paused.")  # the slices requested ahead have come
    booted.evaluate(DRAWN)
    assert shown(booted) != before
    expected, _ = probabilities(booted)
    assert np.abs(np.array(shown(booted)) - expected[0]).max() <= 0.0051
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
    assert np.abs(np.array(shown(booted)) - np.array(found)).max() <= 0.0051
    box.get_by_role("button", name="Run them").click()
    expect(booted.get_by_role("group", name=re.compile("^Sample 1 of 1: a a a a"))).to_be_visible()
    assert np.abs(np.array(shown(booted)) - np.array(found)).max() <= 0.0051
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
    assert np.abs(np.array(shown(booted)) - np.array(found)).max() <= 0.0051
    box.get_by_role("button", name="Back").click()
    expect(booted.get_by_role("group", name=re.compile("^Sample 1 of 10"))).to_be_visible()


def test_mse_shows_outputs(booted: Page) -> None:
    trained(booted, {**CONFIG, "trainer": {"loss_type": "mse"}})
    state = booted.evaluate(LOGITS)
    outputs = state["data"][:4]
    assert np.allclose(shown(booted), outputs, rtol=0.06, atol=1e-9)
    negative = [value < 0 for value in outputs]
    bars = corner(booted).locator(".sample-track i")
    assert [bar == "sample-negative" for bar in bars.evaluate_all("all => all.map((i) => i.className)")] == negative
    expect(corner(booted)).to_contain_text(f"target: 1 for {state['samples'][0]['target']}, else 0")


def test_of_many_classes_the_most_probable_are_shown(booted: Page) -> None:
    vocabulary = [f"t{k}" for k in range(1, 10)]
    trained(booted, {"dataset": {"vocabulary": vocabulary, "sequence_length": 3, "num_master_sequences": 2}})
    expected, samples = probabilities(booted)
    names = corner(booted).locator(".sample-bar:not(.sample-others) .sample-class").all_inner_texts()
    assert samples[0]["target"] in names
    expect(corner(booted).locator(".sample-others")).to_contain_text(f"{9 - len(names)} others")
    assert np.allclose(shown(booted), [expected[0][vocabulary.index(name)] for name in names], atol=0.0051)


def test_classes_are_named_by_their_source(booted: Page) -> None:
    trained(booted, {"dataset": {"task": "classification", "num_master_sequences": 3}})
    names = corner(booted).locator(".sample-class").all_inner_texts()
    assert names == ["M1", "M2", "M3"]


def test_hostile_tokens_stay_text(booted: Page) -> None:
    hostile = ["<b>1</b>", "&lt;x", "'\"><i>", "${1}"]
    trained(booted, {"dataset": {"vocabulary": hostile, "sequence_length": 3}})
    assert corner(booted).locator(".sample-class").all_inner_texts() == hostile
    assert corner(booted).locator("b b, .sample-class *, .sample-tile *").count() == 0
