"""Every colour scale that can be chosen: what it paints, what it hides, what the meter says of that, and what helps."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import (
    DRAWN,
    active,
    call,
    choose_colors,
    choose_palette,
    color_fields,
    meter,
    new_run,
    press,
)
from tests.browser.records import add_record, record_of
from tests.browser.scales import rounded_threshold
from tests.browser.test_accessibility import serious_in_both_themes
from tests.browser.test_pixels import COLUMNS, FIRST, LAST, MIDDLE, PALETTES, shown_on
from tests.tiers import pairs

Floats: TypeAlias = npt.NDArray[np.float64]
Scale: TypeAlias = tuple[str, str, bool]

SCOPES = {"column": "Whole column", "layer": "Each layer", "tensor": "Each matrix"}
USUAL: Scale = ("column", "symlog", False)
LINEAR: Scale = ("column", "linear", False)
# Of the parameters, one behind the other: a weight of the output layer, which reaches no activation but its own logit.
CELL = 16 * 32 + 32 + 32 * 32 + 32 + 57


@pytest.fixture(scope="module")
def spoiled(booted: Page) -> Page:
    """A trained run of which one weight is a thousand times what it was."""
    call(booted, "train_epoch")
    record = record_of(booted, active(booted)["id"])
    record["parameters"][CELL] *= 1000
    add_record(booted, record, activate=True)
    call(booted, "train_batch", {"update": False})
    return booted


@pytest.fixture
def page_with_outlier(spoiled: Page) -> Iterator[Page]:
    """The same; the scales are the usual ones before and afterwards."""
    yield spoiled
    if spoiled.evaluate(STORED, "settings").get("palette", PALETTES[0]) != PALETTES[0]:
        choose_palette(spoiled, PALETTES[0])
    for side in COLUMNS:
        if chosen(spoiled, side) != USUAL:
            choose_colors(spoiled, side, USUAL)


# Choices that the page has remembered.
STORED = """
(part) => JSON.parse(localStorage[Object.keys(localStorage).find((key) => key.endsWith(`:${part}`))] ?? "{}")
"""


def chosen(page: Page, side: str) -> Scale:
    """Return the scale of a column that is chosen now."""
    stored = page.evaluate(STORED, "color_scales").get(side, {})
    return stored.get("scope", USUAL[0]), stored.get("transform", USUAL[1]), stored.get("clip", USUAL[2])


def legend(page: Page, side: str) -> Locator:
    return page.get_by_role("group", name=f"Colour scale, {side} pass")


def key_of(scope: str, name: str) -> str:
    """Equal for tensors that share a scale."""
    return {"column": "", "layer": name.rpartition("/")[0], "tensor": name}[scope]


def symlog(values: Floats, threshold: float) -> Floats:
    """Webber (2013), eq. 1, with the natural logarithm; the values themselves where there is no threshold."""
    return np.sign(values) * np.log1p(np.abs(values) / threshold) if threshold else values


class Part:
    """The scale of some tensors, worked out from all of their numbers."""

    def __init__(self, tensors: list[dict[str, Any]], scale: Scale, *, diverging: bool) -> None:
        _, transform, clip = scale
        self.diverging = diverging
        numbers = np.concatenate([tensor["values"] for tensor in tensors])
        cut = np.percentile(numbers, [2, 98])
        low, high = cut if clip and cut[0] < cut[1] else (numbers.min(), numbers.max())
        reach = max(abs(low), abs(high))
        self.low, self.high = (-reach, reach) if diverging else (low, high)
        magnitudes = np.abs(numbers[numbers != 0])
        quartile = float(np.percentile(magnitudes, 25)) if magnitudes.size else 0.0
        self.threshold = rounded_threshold(quartile, reach) if transform == "symlog" else 0.0

    def places(self, values: Floats) -> Floats:
        """Return the place of each on the table, 128.5 for zero in the middle of a diverging one."""
        low, high = symlog(np.array([self.low, self.high]), self.threshold)
        if low == high:
            return np.full_like(values, MIDDLE + 0.5)
        zero, anchor = (0.0, MIDDLE) if self.diverging else (low, FIRST)
        return anchor + 0.5 + (symlog(values, self.threshold) - zero) / (high - zero) * (LAST - anchor)

    def entries(self, values: Floats) -> npt.NDArray[np.int64]:
        return np.clip(np.floor(self.places(values)), FIRST, LAST).astype(np.int64)


def check(column: dict[str, Any], scale: Scale, *, diverging: bool) -> tuple[float, float]:
    """Compare all pixels of a column with the formula; return the shares of cells that are hidden and clipped."""
    table = column["table"]
    cells = hidden = clipped = 0
    for tensor in column["tensors"]:
        key = key_of(scale[0], tensor["name"])
        alike = [other for other in column["tensors"] if key_of(scale[0], other["name"]) == key]
        part = Part(alike, scale, diverging=diverging)
        values, pixels = tensor["values"], tensor["pixels"]
        places = part.places(values)
        clear = np.abs(places - np.round(places)) > 1e-6  # at a border rounding decides
        assert clear.mean() > 0.9, tensor["name"]
        assert np.array_equal(pixels[clear], table[part.entries(values)][clear]), (tensor["name"], scale)
        if diverging:
            assert np.all(pixels[values == 0] == table[MIDDLE]), tensor["name"]
        beyond = (values < part.low) | (values > part.high)
        zero = part.entries(np.zeros(1))[0]
        cells += np.count_nonzero(values)
        clipped += np.count_nonzero(beyond)
        hidden += np.count_nonzero((values != 0) & ~beyond & (part.entries(values) == zero))
    return hidden / cells, clipped / cells


def percent(share: float) -> str:
    if share == 0:
        return "none"
    if 0 < share < 0.01:
        return "<1%"
    return f"{min(99, int(100 * share + 0.5)) if share < 1 else 100}%"


def sentence(hidden: float, clipped: float) -> str:
    return f"{percent(hidden)} too small to see · {percent(clipped)} beyond the scale"


@pytest.mark.parametrize(("scope", "palette"), pairs([*SCOPES], PALETTES))
def test_pixels_and_meter_on_every_scale(page_with_outlier: Page, palette: str, scope: str) -> None:
    """With every two of palette, scope, and transform and clipping together nightly; tests/web/color has all three."""
    page = page_with_outlier
    choose_palette(page, palette)
    is_even = (PALETTES.index(palette) + list(SCOPES).index(scope)) % 2 == 0
    for transform, clip in (("linear", is_even), ("symlog", not is_even)):
        scale = (scope, transform, clip)
        for side in COLUMNS:
            choose_colors(page, side, scale)
        state = shown_on(page, palette)
        for side in COLUMNS:
            shares = check(state[side], scale, diverging=palette != "seed_plain")
            assert_said(page, side, shares)
            assert (shares[1] > 0) == clip


def assert_said(page: Page, side: str, shares: tuple[float, float]) -> None:
    """Compare the meter's sentence; where matrices look empty, they are counted in place of their cells."""
    words = meter(page, side)
    if "matri" in words:
        words = words.replace(words.split(" too small")[0], percent(shares[0]))
    assert words == sentence(*shares), side


def like_zero(page: Page, side: str) -> float:
    """Return the share of the cells that are not zero whose pixels have the colour of zero."""
    column = shown_on(page, PALETTES[0])[side]
    values = np.concatenate([tensor["values"] for tensor in column["tensors"]])
    pixels = np.concatenate([tensor["pixels"] for tensor in column["tensors"]])
    return float((pixels[values != 0] == column["table"][MIDDLE]).mean())


def test_the_remedy_takes_one_click_and_so_does_the_way_back(page_with_outlier: Page) -> None:
    """The button says what it does, the keyboard follows, and nothing beneath moves."""
    page = page_with_outlier
    top = "() => document.querySelector('.network-body').offsetTop"
    choose_colors(page, "forward", LINEAR)
    before, place = meter(page, "forward"), page.evaluate(top)
    buttons = page.locator("[data-hides='forward']").get_by_role("button")
    names = [
        "Make small values visible",
        "Cut off outliers",
        "Scale each layer separately",
        "Scale each matrix separately",
    ]
    changes = [
        {"Scale": "symlog"},
        {"Cut off outliers": "quantiles"},
        {"Same scale for": "layer"},
        {"Same scale for": "tensor"},
    ]
    hides = []
    for change in changes:
        for label, option in change.items():
            color_fields(page, "forward").get_by_label(label, exact=True).select_option(option)
        hides.append(like_zero(page, "forward"))
        choose_colors(page, "forward", LINEAR)
    best = hides.index(min(hides))
    expect(buttons).to_have_text([names[best]])
    buttons.focus()
    page.keyboard.press("Enter")
    expect(buttons).to_have_text(
        [["Back to linear", "Show outliers again", "Back to one scale", "Back to one scale"][best]]
    )
    expect(buttons).to_be_focused()
    assert meter(page, "forward") != before
    assert like_zero(page, "forward") == min(hides)
    assert page.evaluate(top) == place
    expect(page.locator("[data-said]")).to_contain_text("Colours of the forward pass:")
    for label, option in changes[best].items():
        expect(color_fields(page, "forward").get_by_label(label, exact=True)).to_have_value(option)
    page.keyboard.press("Enter")
    expect(buttons).to_have_text([names[best]])
    expect(buttons).to_be_focused()
    assert meter(page, "forward") == before


def test_ticks_of_a_symlog_legend_stand_where_their_colours_are(page_with_outlier: Page) -> None:
    page = page_with_outlier
    choose_colors(page, "forward", ("column", "symlog", False))
    state = shown_on(page, PALETTES[0])["forward"]
    part = Part(state["tensors"], ("column", "symlog", False), diverging=True)
    marks = np.array([state["scale"][name] for name in ("min", "p25", "p50", "p75", "max")])
    shares = (symlog(marks, part.threshold) / symlog(np.array([part.high]), part.threshold) + 1) / 2
    lines = legend(page, "forward").locator(".legend-ticks line").all()
    assert [float(line.get_attribute("x1") or "nan") for line in lines] == pytest.approx(100 * shares, abs=0.01)
    color_fields(page, "forward").get_by_label("Scale", exact=True).press("Escape")
    button = page.locator("[data-focus='forward_colours']")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("title", f"Nearly linear up to ±{part.threshold:g}, logarithmic beyond")


def test_clipped_ends_are_marked_and_a_cell_beyond_them_says_so(page_with_outlier: Page) -> None:
    page = page_with_outlier
    choose_colors(page, "forward", ("column", "linear", True))
    state = shown_on(page, PALETTES[0])["forward"]
    part = Part(state["tensors"], ("column", "linear", True), diverging=True)
    low, *_, high = legend(page, "forward").locator("dd").all_inner_texts()
    for words, sign, end in ((low, "≤", part.low), (high, "≥", part.high)):
        assert words[0] == sign
        assert float(words[1:].replace("−", "-")) == pytest.approx(end, rel=5e-2)
    weights = page.get_by_role("grid", name="Output layer weights", exact=True)
    weights.get_by_role("gridcell").focus()
    row, col = divmod(57, 4)
    for key in ["Control+Home", *["ArrowDown"] * row, *["ArrowRight"] * col]:
        page.keyboard.press(key)
    readout = page.get_by_role("group", name="Cell readout")
    expect(readout).to_contain_text(f"Output layer weights, row {row + 1} column {col + 1}")
    expect(readout.locator(".forward .network-reading")).to_contain_text("beyond the scale")
    spoken = weights.get_by_role("gridcell")
    expect(spoken).to_have_accessible_name(
        re.compile(rf"^output layer weight, row {row + 1} column {col + 1}, .*, beyond the sc")
    )
    choose_colors(page, "forward", LINEAR)
    expect(spoken).not_to_have_accessible_name(re.compile("beyond the scale|too small to tell from zero"))
    weights.get_by_role("gridcell").focus()
    expect(readout).to_contain_text(f"Output layer weights, row {row + 1} column {col + 1}")
    expect(readout.locator(".forward .network-reading")).not_to_contain_text("beyond the scale")
    page.keyboard.press("ArrowDown")
    expect(readout.locator(".forward .network-reading")).to_contain_text("too small to tell from zero")
    expect(spoken).to_have_accessible_name(
        re.compile(
            rf"^output layer weight, row {row + 2} column {col + 1}, .*, too small to tell from zero, unit {row + 2}, "
        )
    )


def ends_in(words: str) -> list[float]:
    """Return the numbers of a range such as "≤ −0.31 … ≥ 0.3"."""
    return [float(end.strip("≤≥ ").replace("−", "-")) for end in words.split("…")]


@pytest.mark.parametrize("clip", [False, True])
def test_layers_and_matrices_with_a_scale_of_their_own_show_its_ends(page_with_outlier: Page, clip: bool) -> None:
    page = page_with_outlier
    choose_colors(page, "forward", ("layer", "linear", clip))
    state = shown_on(page, PALETTES[0])["forward"]
    expect(legend(page, "forward")).to_contain_text("Each layer has its own scale")
    expect(legend(page, "forward").locator(".legend-marks")).to_have_count(0)
    region = page.get_by_role("region", name="Forward pass", exact=True)
    shown = [ends_in(words) for words in region.locator(".network-caption .range").all_inner_texts()]
    wanted = []
    for place in ("inputs", "layers/0/", "layers/1/", "layers/2/"):
        tensors = [tensor for tensor in state["tensors"] if tensor["name"].startswith(place)]
        numbers = np.concatenate([tensor["values"] for tensor in tensors])
        wanted.append(np.percentile(numbers, [2, 98] if clip else [0, 100]))
    assert shown == [pytest.approx(ends, rel=0.06) for ends in wanted]
    choose_colors(page, "forward", ("tensor", "linear", clip))
    ranges = region.locator(".network-caption .range")
    expect(ranges).to_have_count(9)
    whole, biases = ranges.nth(1).inner_text().split("; biases ")
    for name, words in (("layers/0/weights", whole), ("layers/0/biases", biases)):
        numbers = next(tensor["values"] for tensor in state["tensors"] if tensor["name"] == name)
        assert ends_in(words) == pytest.approx(np.percentile(numbers, [2, 98] if clip else [0, 100]), rel=0.06)
        assert ("≤" in words) == clip


def test_the_meter_follows_play(booted: Page) -> None:
    """Less often than the pictures; when training stands still it is exact."""
    new_run(booted)
    before = meter(booted, "backward")
    press(booted, "Play")
    expect(booted.locator("[data-hides='backward'] > span")).not_to_have_text(before)
    press(booted, "Pause")
    expect(booted.locator("[data-said]")).to_contain_text("Paused.")
    shares = check(shown_on(booted, PALETTES[0])["backward"], USUAL, diverging=True)
    assert_said(booted, "backward", shares)


def test_forward_and_backward_are_told_apart_without_any_hue(booted: Page) -> None:
    """By place, by title, and by the words of every caption."""
    regions = [booted.get_by_role("region", name=f"{side.title()} pass", exact=True) for side in COLUMNS]
    boxes = [region.bounding_box() for region in regions]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    captions = [regions[1].locator(".network-caption").nth(i).get_attribute("title") or "" for i in range(9)]
    assert all(caption.startswith("Gradient of") for caption in captions)
    texts = regions[1].locator(".network-caption-text").all_inner_texts()
    assert sum("∂" in text for text in texts) >= len(texts) - 2  # where there is room for more than a name


HATCHED = """
() => [...document.querySelectorAll(".network canvas[data-tensor]")].flatMap((canvas) => {
  const hatch = canvas.parentElement.querySelector(".cells-hatch");
  if (!hatch) return [];
  const context = hatch.getContext("2d");
  const [down, across] = [hatch.height / canvas.height, hatch.width / canvas.width];
  const marked = Array.from({length: canvas.width * canvas.height}, (_, i) => {
    const [x, y] = [i % canvas.width, Math.floor(i / canvas.width)];
    const {data} = context.getImageData(x * across, y * down, across, down);
    return data.some((byte, at) => at % 4 === 3 && byte > 60);
  });
  return [[canvas.dataset.tensor, marked]];
})
"""


def test_negative_cells_can_be_hatched(booted: Page) -> None:
    booted.set_viewport_size({"width": 1440, "height": 900})
    call(booted, "train_batch", {"update": True})
    assert booted.evaluate(HATCHED) == []
    fields = color_fields(booted, "forward")
    button = fields.get_by_role("button", name="Hatch negative cells")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    booted.evaluate(DRAWN)
    state = call(booted, "state")
    values = {one["name"]: one["data"] for side in ("forward", "backward") for one in state[side]["tensors"]}
    hatched = booted.evaluate(HATCHED)
    assert {name for name, _ in hatched} == set(values)
    for name, marked in hatched:
        flat = list(values[name].values()) if isinstance(values[name], dict) else list(values[name])
        large = max(map(abs, flat)) / 4  # below that a cell may have the colour of zero
        for value, mark in zip(flat, marked, strict=True):
            assert not mark or value < 0, name
            assert mark or value > -large, name
    button.click()
    expect(booted.locator(".cells-hatch")).to_have_count(0)
    booted.keyboard.press("Escape")


def test_scales_are_remembered_and_accessible(booted: Page, site: str) -> None:
    """For each column by itself; what is stored and means nothing is tested in tests/web/page."""
    choose_colors(booted, "forward", ("tensor", "linear", True))
    choose_colors(booted, "backward", ("column", "symlog", True))
    assert serious_in_both_themes(booted) == []
    boot(booted, site)
    kept = [
        [
            color_fields(booted, side).get_by_label(label, exact=True).input_value()
            for label in ("Same scale for", "Scale", "Cut off outliers")
        ]
        for side in COLUMNS
    ]
    assert kept == [["tensor", "linear", "quantiles"], ["column", "symlog", "quantiles"]]
    for side in COLUMNS:
        choose_colors(booted, side, USUAL)
