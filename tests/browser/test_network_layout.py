"""The layout of both columns: every matrix in the first screen, at equal places, in cells as large as fits."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import DRAWN, SCHEMES, call
from tests.tiers import pairs, usually

SCREENS = {"1024x768": (1024, 768), "1280x720": (1280, 720), "1440x900": (1440, 900), "1920x1080": (1920, 1080)}
CELLS = {"1024x768": 4, "1280x720": 5, "1440x900": 7, "1920x1080": 10}
PHONES = [(390, 844), (360, 640)]

# Where each matrix is in the frame after that in which the size is measured.
PLACES = """
async () => {
  await (DRAWN)();
  await (DRAWN)();
  return [...document.querySelectorAll(".network-matrix")].map((place) => {
  const {left, top, width, height, bottom, right} = place.getBoundingClientRect();
  const column = place.closest("section").getBoundingClientRect();
  const {dataset, width: columns, height: rows} = place.querySelector("canvas[data-tensor]");
  return {
    name: dataset.tensor, x: left - column.left, y: top - column.top, width, height, bottom, right, columns, rows,
    isInside: left >= column.left && right <= column.right && bottom <= column.bottom,
  };
  });
}
""".replace("DRAWN", DRAWN)
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
# What stands in a foot, or in the labels of a legend, and reaches over its neighbour or over the end of the foot.
OVERLAPS = """
() => [".network-foot > *", ".network-head .legend-marks > div"].flatMap((kind) => {
  const parts = [...document.querySelectorAll(kind)].map((part) => {
    const range = document.createRange();
    range.selectNodeContents(part);
    const box = part.matches(".network-foot > *") ? part.getBoundingClientRect() : range.getBoundingClientRect();
    const isCut = part.scrollWidth > part.clientWidth + 1;
    return {part, box, column: part.parentElement.getBoundingClientRect(), isCut};
  }).filter(({box}) => box.width > 0);
  return parts.flatMap(({part, box, column, isCut}, i) => [
    ...(box.right > column.right + 1 ? [`${part.className} ${part.textContent} beyond the end`] : []),
    ...(isCut && part.matches(".network-meter, .network-switch, .network-zoom") ? [`${part.className} cut`] : []),
    ...parts.slice(i + 1).filter(({box: other, part: {parentElement}}) => parentElement === part.parentElement
      && box.right > other.left + 0.5 && other.right > box.left + 0.5
      && box.bottom > other.top + 2 && other.bottom > box.top + 2,
    ).map((other) => `${part.textContent} over ${other.part.textContent}`),
  ]);
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
    return {place["name"]: place for place in page.evaluate(PLACES)}


# By day one network on every screen, the others on the smallest and the largest; the rest nightly.
FEW = [SCREENS["1024x768"], SCREENS["1920x1080"], PHONES[1]]
REST = [screen for screen in [*SCREENS.values(), *PHONES] if screen not in FEW]
ON_SCREENS = [(name, few) for few in (FEW, REST) for name in NETWORKS]


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


@pytest.mark.parametrize(("screen", "scheme"), pairs([*SCREENS], SCHEMES))
def test_the_whole_default_network_is_in_the_first_screen(
    page: Page, screen: str, scheme: Literal["light", "dark"]
) -> None:
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    found = places(page)
    assert len(found) == 24
    for place in found.values():
        assert place["isInside"], place
        assert place["bottom"] <= height
        assert place["width"] / place["columns"] == CELLS[screen]
        assert place["height"] / place["rows"] == CELLS[screen]
    expect(page.get_by_role("button", name=f"Fit · {CELLS[screen]} px")).to_be_visible()


# Height of a column below its picture, and of the console.
HEIGHTS = """
() => {
  const body = document.querySelector("#network-forward");
  const matrices = [...body.querySelectorAll(".network-matrix")];
  const bottom = Math.max(...matrices.map((matrix) => matrix.getBoundingClientRect().bottom));
  return {
    unused: body.getBoundingClientRect().bottom - bottom,
    console: document.querySelector(".console").offsetHeight,
  };
}
"""


def heights(page: Page) -> dict[str, float]:
    places(page)
    found: dict[str, float] = page.evaluate(HEIGHTS)
    return found


@pytest.mark.parametrize("screen", [(1440, 900), (1024, 768)], ids=str)
def test_the_console_has_the_height_that_the_network_leaves(page: Page, screen: tuple[int, int]) -> None:
    """Unless its height was dragged, or the cells are zoomed."""
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    automatic = heights(page)
    assert 0 <= automatic["unused"] <= 24  # numbers of positions stand there
    page.get_by_role("button", name="Larger cells").click()
    zoomed = heights(page)
    assert zoomed["console"] < automatic["console"]
    page.keyboard.press("0")
    assert heights(page) == automatic
    splitter = page.get_by_role("separator", name="Height of chart and panels")
    splitter.press("ArrowDown")
    assert heights(page) == {key: automatic[key] + sign * 16 for key, sign in (("unused", 1), ("console", -1))}
    splitter.dblclick()
    assert heights(page) == automatic


# By day the narrowest screen of each layout, with and without the state of an optimizer; the others nightly.
FEET = [((390, 844), "sgd"), ((1024, 768), "adam")]


@pytest.mark.parametrize(
    ("screen", "optimizer"),
    [
        usually((screen, optimizer) in FEET, screen, optimizer)
        for screen in [(390, 844), (1024, 768), (1440, 900), (1280, 720)]
        for optimizer in ("sgd", "adam")
    ],
    ids=str,
)
def test_nothing_in_a_foot_lies_over_something_else(page: Page, optimizer: str, screen: tuple[int, int]) -> None:
    """With a sample in one line and the meter, the optimizer's state, or a cell pointed at."""
    call(page, "create_run", {"config": {"trainer": {"optimizer": optimizer}}})
    call(page, "train_batch", {"update": True})
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    for vector in [None, "1st moment"][: 1 if optimizer == "sgd" else 2]:
        if vector:
            page.get_by_role("radiogroup", name="Parameters show").get_by_text(vector).click()
        places(page)
        assert page.evaluate(OVERLAPS) == []
        page.locator("canvas[data-tensor='layers/0/activations']").hover()
        expect(page.get_by_role("group", name="Cell readout").get_by_role("status").first).to_be_visible()
        places(page)
        assert page.evaluate(OVERLAPS) == []
        page.mouse.move(0, 0)
    delete_active(page)


@pytest.mark.parametrize(
    ("name", "screens"),
    [usually(few is FEW or name == "default", name, few) for name, few in ON_SCREENS],
    ids=str,
)
def test_gradients_stand_where_their_tensors_do_and_no_caption_lies_over_another(
    page: Page, name: str, screens: list[tuple[int, int]]
) -> None:
    call(page, "create_run", {"name": name, "config": NETWORKS[name]})
    for width, height in screens:
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
