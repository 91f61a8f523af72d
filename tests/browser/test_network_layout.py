"""The layout of both columns: every matrix in the first screen, at equal places, in cells as large as fits."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import DRAWN, call

SCREENS = {"1280x720": (1280, 720), "1440x900": (1440, 900), "1920x1080": (1920, 1080)}
CELLS = {"1280x720": 5, "1440x900": 7, "1920x1080": 10}

PLACES = """
() => [...document.querySelectorAll(".network-matrix")].map((place) => {
  const {left, top, width, height, bottom, right} = place.getBoundingClientRect();
  const column = place.closest("section").getBoundingClientRect();
  const {dataset, width: columns, height: rows} = place.querySelector("canvas[data-tensor]");
  return {
    name: dataset.tensor, x: left - column.left, y: top - column.top, width, height, bottom, right, columns, rows,
    isInside: left >= column.left && right <= column.right && bottom <= column.bottom,
  };
})
"""
# Captions and labels as boxes, with the matrices: none may lie over another of its column.
TEXTS = """
() => [...document.querySelectorAll(".network .pass")].map((column) => {
  const kinds = ".network-caption-text, .network-samples, .network-class, .network-corner p";
  const texts = [...column.querySelectorAll(kinds)];
  return texts.map((text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const {left, top, right, bottom} = range.getBoundingClientRect();
    return {text: text.textContent.trim(), left, top, right, bottom};
  }).filter(({text}) => text);
})
"""
NETWORKS: dict[str, dict[str, Any]] = {
    "default": {},
    "no hidden layer": {"model": {"hidden_dims": []}},
    "12 x 16": {"model": {"hidden_dims": [16] * 12}},
    "embedding": {"dataset": {"encoding": "embedding", "embedding_dim": 8}},
    "64 classes": {
        "dataset": {
            "task": "classification",
            "num_master_sequences": 64,
            "master_sequence_length": 8,
            "num_samples": 200,
        }
    },
}


@pytest.fixture
def page(booted: Page) -> Page:
    booted.mouse.move(0, 0)
    return booted


def places(page: Page) -> dict[str, Any]:
    page.evaluate(DRAWN)
    page.evaluate(DRAWN)  # the frame after that in which the size is measured
    return {place["name"]: place for place in page.evaluate(PLACES)}


def delete_active(page: Page) -> None:
    page.evaluate(
        """async () => {
          const [{id}] = (await window.backprop.runs()).filter(({active}) => active);
          await window.backprop.delete_run({id});
        }"""
    )


def twin(name: str) -> str:
    place, _, kind = name.rpartition("/")
    return f"{place}/grad_{kind}" if place else f"grad_{kind}"


@pytest.mark.parametrize("screen", SCREENS)
def test_the_whole_default_network_is_in_the_first_screen(page: Page, screen: str) -> None:
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    found = places(page)
    assert len(found) == 24
    for place in found.values():
        assert place["isInside"], place
        assert place["bottom"] <= height
        assert place["width"] / place["columns"] == CELLS[screen]
        assert place["height"] / place["rows"] == CELLS[screen]
    expect(page.get_by_role("button", name=f"Fit · {CELLS[screen]} px")).to_be_visible()


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_stand_where_their_tensors_do_and_no_caption_lies_over_another(page: Page, name: str) -> None:
    call(page, "create_run", {"name": name, "config": NETWORKS[name]})
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        found = places(page)
        for one, place in found.items():
            if "grad_" not in one and twin(one) in found:
                gradient = found[twin(one)]
                for side in ("x", "y", "width", "height"):
                    assert gradient[side] == pytest.approx(place[side], abs=0.5), (one, side)
        for texts in page.evaluate(TEXTS):
            for i, a in enumerate(texts):
                for b in texts[i + 1 :]:
                    apart = (
                        a["right"] <= b["left"] + 0.5
                        or b["right"] <= a["left"] + 0.5
                        or a["bottom"] <= b["top"] + 2
                        or b["bottom"] <= a["top"] + 2
                    )
                    assert apart, (a, b)
    delete_active(page)


def test_a_pass_with_fewer_samples_moves_nothing(page: Page) -> None:
    """Rows are kept for the set batch size; those that a single step does not have are a dashed frame."""
    page.set_viewport_size({"width": 1440, "height": 900})
    call(page, "train_batch", {"update": False})
    before = places(page)
    call(page, "run_single", {"update": False})
    after = places(page)
    assert after["inputs"]["rows"] == 1
    for name, place in after.items():
        assert (place["x"], place["y"]) == (before[name]["x"], before[name]["y"])
        assert place["width"] == before[name]["width"]
    assert page.locator(".network-unused").count() == 12
    call(page, "train_batch", {"update": False})
    expect(page.locator(".network-unused")).to_have_count(0)
