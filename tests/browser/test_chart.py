"""The loss chart: what it draws, what a hand, a keyboard and other programs get out of it."""

import base64
import csv
import io
import math
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import DRAWN, OFTEN, active, call, call_all, delete_runs, is_shown, panel, press, wait_for_steps
from tests.browser.records import add_record, record_of
from tests.browser.test_accessibility import serious
from tests.tiers import cases

CURVES = """
async (params) => (await backprop.loss_curves(params)).map((curve) =>
  Object.fromEntries(Object.entries(curve).map(([key, value]) =>
    [key, typeof value === "string" ? value : Array.from(value, String)])))
"""
# How many pixels of the plot differ from its surface.
INKED = """
(canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let i = 3; i < data.length; i += 4) inked += data[i] > 0;
  return inked;
}
"""
# Of a picture's pixels: how many colours there are.
COLOURS = """
async (base64) => {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
  return [image.width, image.height, new Set(new Uint32Array(data.buffer)).size];
}
"""


def region(page: Page) -> Locator:
    return page.get_by_role("region", name="Loss chart")


def plot(page: Page) -> Locator:
    return region(page).locator(".chart")


def keyed(page: Page) -> Locator:
    """Return what takes the keyboard."""
    return region(page).get_by_role("application")


def settings(page: Page) -> Locator:
    """Return the menu of the chart, which is opened if it is not."""
    menu = page.locator("#chart-settings")
    if not is_shown(menu):
        region(page).get_by_role("button", name="Chart settings", exact=True).click()
    expect(menu).to_be_visible()
    return menu


def close_settings(page: Page) -> None:
    if is_shown(page.locator("#chart-settings")):
        page.keyboard.press("Escape")
    expect(page.locator("#chart-settings")).to_be_hidden()


def names(page: Page) -> Locator:
    """Return the names of the runs in the menu, shown or not."""
    return page.locator("#chart-settings .legend-runs .name")


def entry(page: Page, name: str) -> Locator:
    return settings(page).locator(".legend-runs li").filter(has=page.locator(f'.name:text-is("{name}")'))


def shown(page: Page, axis: str) -> tuple[float, float]:
    """Return the range of "across" or "up" that is on screen."""
    low, high = (plot(page).get_attribute(f"data-{axis}") or "").split()
    return float(low), float(high)


def tooltip(page: Page) -> dict[str, str]:
    """Return what the point that is read says, after everything that was asked for has been drawn."""
    page.evaluate(DRAWN)
    tip = region(page).locator(".tooltip")
    expect(tip).to_be_visible()
    terms = dict(zip(tip.locator("dt").all_inner_texts(), tip.locator("dd").all_inner_texts(), strict=True))
    return {"name": tip.locator(".name").inner_text(), **terms}


def curves(page: Page, **params: Any) -> list[dict[str, Any]]:
    """Return the loss curves with their numbers as Python's."""
    plain = page.evaluate(CURVES, params)
    return [
        {key: value if isinstance(value, str) else [float(text.replace("Infinity", "inf")) for text in value]
         for key, value in curve.items()}
        for curve in plain
    ]  # fmt: skip


def saved(page: Page, kind: str) -> bytes:
    menu = settings(page)
    with page.expect_download() as download:
        menu.get_by_role("button", name=f"Save the chart as {kind}").click()
    close_settings(page)
    assert download.value.suggested_filename.endswith(f".{kind.lower()}")
    return Path(download.value.path()).read_bytes()


def rows(page: Page) -> list[dict[str, str]]:
    """Return the table by its names, without their units."""
    table = csv.DictReader(io.StringIO(saved(page, "CSV").decode("utf-8"), newline=""))
    return [{name.split(" [")[0]: value for name, value in row.items()} for row in table]


def smooth(page: Page, weight: str) -> None:
    settings(page).get_by_label("Smoothing").fill(weight)
    close_settings(page)
    page.wait_for_function(  # Python smooths
        "([place, isOff]) => isOff !== place.plot.series.some(({kind}) => kind === 'raw')",
        arg=[plot(page).element_handle(), float(weight) == 0],
    )


def tick(page: Page, label: str, is_on: bool = True) -> None:
    """Set a checkbox of the menu."""
    settings(page).get_by_label(label).set_checked(is_on)
    close_settings(page)


def along(page: Page, axis: str) -> None:
    settings(page).get_by_label("X axis").select_option(axis)
    close_settings(page)


# The series of uPlot of one kind, as run, x and y; null where a line has a gap.
SERIES = """
(place, kind) => place.plot.series.flatMap((series, i) => series.kind !== kind ? [] :
  [[series.run, Array.from(place.plot.data[i][0]), Array.from(place.plot.data[i][1])]])
"""
# The colour of a pixel of the plot, at a step and a loss, or so many pixels from the top or, if negative, the bottom.
PIXEL = """
(place, [step, loss, below]) => {
  const {plot} = place;
  const x = plot.valToPos(step, "x", true);
  const {top, height} = plot.bbox;
  const edge = (below < 0 ? top + height : top) + below * devicePixelRatio;
  const y = loss === null ? edge : plot.valToPos(loss, "y", true);
  return [...plot.ctx.getImageData(Math.floor(x), Math.floor(y), 1, 1).data].slice(0, 3);
}
"""


def parts(page: Page, kind: str) -> dict[str, list[tuple[float, float | None]]]:
    """Return the points of every such line of the plot, by run id."""
    page.evaluate(DRAWN)
    return {run: list(zip(x, y, strict=True)) for run, x, y in plot(page).evaluate(SERIES, kind)}


def pixel(page: Page, step: float, loss: float | None, below: float = 0) -> list[int]:
    """Return the colour of the plot at a step and a loss, or pixels from its top or, if negative, its bottom."""
    page.evaluate(DRAWN)
    found: list[int] = plot(page).evaluate(PIXEL, [step, loss, below])
    return found


def line_color(page: Page, name: str) -> list[int]:
    """Return the colour of a run's line."""
    line = page.locator("#chart-settings .legend-runs li").filter(has=page.locator(f'.name:text-is("{name}")'))
    css = line.locator("svg line").evaluate("(line) => getComputedStyle(line).stroke")
    return [int(part) for part in re.findall(r"\d+", css)]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """What Python said of A and B when they were made last."""
    return {}


def make_two(page: Page) -> Any:
    """Make A and B in place of all runs; return what Python says of them."""
    old = call(page, "runs")
    for name, rate, epochs in (("A", 0.1, 3), ("B", 0.3, 2)):
        config = {"dataset": {"held_out": 0}, "trainer": {"learning_rate": rate}}  # ten steps in an epoch
        call_all(page, [("create_run", {"name": name, "config": config}), *[("train_epoch", {})] * epochs])
    delete_runs(page, old)
    return call(page, "runs")


# The fields of the chart, as they are set, and its part in sight; fields of a closed menu too.
ARRANGED = """
() => [
  ...[...document.querySelectorAll(".chart-metric select, #chart-settings :is(input, select)")].map(
    (field) => field.type === "checkbox" ? field.checked : field.value),
  document.querySelector(".chart")?.dataset.across, document.querySelector(".chart")?.dataset.up,
  document.querySelector("#chart-settings").matches(":popover-open"),
]
"""


def arrange(page: Page, made: dict[str, Any]) -> None:
    """Show the chart of these runs as it is at first, if a test has left it otherwise."""
    if is_shown(page.get_by_role("button", name="Dismiss", exact=True)):
        press(page, "Dismiss")
    if page.evaluate(ARRANGED) == made.get("chart"):
        return
    region(page).get_by_label("Metric").select_option("loss")
    menu = settings(page)
    menu.get_by_label("X axis").select_option("step")
    menu.get_by_label("Log loss").uncheck()
    menu.get_by_label("Ignore outliers").uncheck()
    menu.get_by_label("Loss as a table").uncheck()
    smooth(page, "0.6")
    plot(page).dblclick()
    page.mouse.move(0, 0)
    page.evaluate(DRAWN)
    made["chart"] = page.evaluate(ARRANGED)


@pytest.fixture
def two(booted: Page, made: dict[str, Any]) -> Page:
    """Two runs: A trained for three epochs, and B, which is active, for two; the chart as it is at first."""
    if active(booted)["name"] != "B" or call(booted, "runs") != made.get("runs"):  # a test has changed them
        made["runs"] = make_two(booted)
    expect(names(booted)).to_have_text(["A", "B"])
    arrange(booted, made)
    expect(plot(booted)).to_have_attribute("data-across", "0 30")
    expect(region(booted).locator(".tooltip")).to_have_count(0)  # else the keyboard goes on from the point it is about
    return booted


# What is drawn


# The other weights, by day: test_smoothing.py, and without smoothing below.
@pytest.mark.parametrize("weight", cases([0.0, 0.6, 0.9], lambda weight: weight == 0.6))
def test_smoothing_equals_tensorboards(two: Page, weight: float) -> None:
    smooth(two, str(weight))
    table = rows(two)
    assert len(table) == 50
    for curve in curves(two):
        average, expected = 0.0, []
        for count, loss in enumerate(curve["mean"], start=1):
            average = average * weight + (1 - weight) * loss
            expected.append(average / (1 - weight**count))
        read = [float(row["smoothed loss"]) for row in table if row["run"] == curve["name"]]
        assert read == pytest.approx(expected, rel=1e-12)


# By day: test_other_runs_move_no_smoothed_line_and_a_duplicate_lies_on_its_original of test_smoothing.py.
@pytest.mark.nightly
def test_a_smoothed_line_depends_on_its_run_alone(two: Page) -> None:
    smooth(two, "0.9")
    before = {row["step"]: row["smoothed loss"] for row in rows(two) if row["run"] == "A"}
    [first, _] = call(two, "runs")
    call_all(two, [("create_run", {"config": {"model": {"hidden_dims": []}}})] * 30)
    call(two, "duplicate_run", {"id": first["id"]})
    call(two, "activate_run", {"id": call(two, "runs")[-1]["id"]})
    call_all(two, [("train_epoch", {})] * 3)
    table = rows(two)
    assert {row["step"]: row["smoothed loss"] for row in table if row["run"] == "A"} == before
    longer = {row["step"]: row["smoothed loss"] for row in table if row["run"] == "A (2)"}
    assert len(longer) == 60
    assert before.items() <= longer.items()


# By day: test_a_break_begins_a_new_average_and_comes_back_with_the_run of test_smoothing.py.
@pytest.mark.nightly
def test_smoothing_begins_again_after_a_restore_and_a_change_of_the_loss(two: Page) -> None:
    smooth(two, "0.9")
    call(two, "restore_first", {"id": active(two)["id"]})
    call(two, "train_batch")
    call_all(two, [("update_loss_type", {"loss_type": "mse"}), ("train_batch", {}), ("train_batch", {})])
    *_, restored, changed, _ = [row for row in rows(two) if row["run"] == "B"]
    assert float(restored["smoothed loss"]) == pytest.approx(float(restored["mean loss"]), rel=1e-12)
    assert float(changed["smoothed loss"]) == pytest.approx(float(changed["mean loss"]), rel=1e-12)


def test_every_loss_has_the_unit_of_its_step(two: Page) -> None:
    active_id = active(two)["id"]
    call_all(two, [("update_loss_type", {"loss_type": "mse"}), ("train_batch", {})])
    own = [row for row in rows(two) if row["run id"] == active_id]
    assert [row["unit"] for row in own] == ["nats"] * 20 + ["squared error"]
    floor = active(two)["floor"]
    assert {float(row["best possible"]) for row in own[:20]} == {floor["cross_entropy"]}
    assert float(own[20]["best possible"]) == floor["mse"]
    keyed(two).focus()
    two.keyboard.press("End")
    assert tooltip(two)["loss"].endswith(" squared error")
    two.keyboard.press("ArrowLeft")
    assert tooltip(two)["loss"].endswith(" nats")
    assert tooltip(two)["gap"].endswith(" nats")
    two.keyboard.press("Escape")
    tick(two, "Loss as a table")
    caption = region(two).locator("caption")
    expect(caption).to_contain_text("nats or squared error")
    expect(region(two).get_by_role("row", name="newest", exact=False).first).to_contain_text(" squared error @ 21")
    tick(two, "Loss as a table", is_on=False)
    text = history_csv(two, active_id)
    assert [row["unit"] for row in csv.DictReader(io.StringIO(text))] == ["nats"] * 20 + ["squared error"]


def history_csv(page: Page, run_id: str) -> str:
    return str(call(page, "history_csv", {"id": run_id})["text"])


def test_lines_are_drawn_where_the_losses_are(two: Page) -> None:
    lines = parts(two, "line")
    raw = parts(two, "raw")
    assert lines.keys() == raw.keys()
    smoothed = [float(row["smoothed loss"]) for row in rows(two) if row["run"] == "A"]
    [curve, _] = curves(two)
    assert raw[curve["id"]] == list(zip(curve["step"], curve["mean"], strict=True))
    assert lines[curve["id"]] == list(zip(curve["step"], smoothed, strict=True))
    assert pixel(two, 30, curve["mean"][-1]) == line_color(two, "A")  # the dot at its newest point


def test_without_smoothing_there_is_one_line_a_run(two: Page) -> None:
    smooth(two, "0")
    expect(settings(two).locator("output")).to_have_text("off")
    assert parts(two, "raw") == {}
    assert len(parts(two, "line")) == 2


def test_a_star_at_the_best_epoch(two: Page) -> None:
    for run in call(two, "runs"):
        assert run["best_loss"] is not None
        assert pixel(two, run["best_step"], run["best_loss"]) == line_color(two, run["name"])


@pytest.mark.parametrize(("label", "value", "row"), [("Epoch", "epoch", "epoch"), ("Time", "time", "seconds")])
def test_along_epochs_and_time(two: Page, label: str, value: str, row: str) -> None:
    along(two, label)
    longest = max(curve[row][-1] for curve in curves(two))
    expect(plot(two)).not_to_have_attribute("data-across", "0 30")
    assert shown(two, "across") == (0, pytest.approx(longest))
    tick(two, "Loss as a table")
    expect(region(two).locator("caption")).to_contain_text(value)
    tick(two, "Loss as a table", is_on=False)


def test_a_logarithmic_axis(two: Page) -> None:
    linear = plot(two).get_attribute("data-up") or ""
    tick(two, "Log loss")
    expect(plot(two)).not_to_have_attribute("data-up", linear)
    losses = [loss for curve in curves(two) for loss in curve["mean"]]
    low, high = shown(two, "up")
    assert 0 < low < min(losses) < max(losses) < high < 10
    box = "({plot}) => [plot.valToPos(0.2, 'y'), plot.valToPos(0.4, 'y'), plot.valToPos(0.8, 'y')]"
    at = plot(two).evaluate(box)
    assert at[0] - at[1] == pytest.approx(at[1] - at[2])


def test_outliers_are_left_out_and_counted(two: Page) -> None:
    whole = shown(two, "up")
    settings(two).get_by_label("Ignore outliers").check()
    note = region(two).locator(".cautions")
    expect(note).to_be_visible()
    low, high = shown(two, "up")
    assert high < whole[1]
    losses = [loss for curve in curves(two) for loss in curve["mean"]]
    outside = sum(not low <= loss <= high for loss in losses)
    expect(note).to_contain_text(f"{outside} of {len(losses)} points are out of view")


def test_a_diverged_run_has_a_gap_and_a_mark(two: Page) -> None:
    """As its file may hold it: here a run stops before such a loss."""
    made = call(two, "create_run", {"name": "Wild"})[-1]["id"]
    for _ in range(3):
        call(two, "train_epoch")
    record = record_of(two, made)
    for name in ("min", "mean", "max"):
        record["history"][name][12:] = math.nan
    record["history"]["recent_loss"][:] = math.inf
    call(two, "delete_run", {"id": made})
    add_record(two, record)
    wild = next(curve for curve in curves(two) if curve["name"] == "Wild")
    finite = [math.isfinite(loss) for loss in wild["mean"]]
    assert True in finite
    assert finite[-1] is False
    expect(region(two).locator(".cautions")).to_contain_text("✕")
    step = wild["step"][finite.index(False)]
    assert pixel(two, step, None, 5) == line_color(two, "Wild")  # the middle of ✕ at the top edge
    tick(two, "Log loss")
    assert pixel(two, step, None, 5) == line_color(two, "Wild")
    assert [loss is not None for _, loss in parts(two, "raw")[wild["id"]]] == finite
    low, high = shown(two, "up")
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert any(not math.isfinite(float(row["mean loss"].replace("Infinity", "inf"))) for row in rows(two))


# Files


def test_csv_equals_the_curves(two: Page) -> None:
    table = rows(two)
    names = {
        "step": "step",
        "epoch": "epoch",
        "seconds": "time",
        "min": "min loss",
        "mean": "mean loss",
        "max": "max loss",
    }
    for curve in curves(two):
        own = [row for row in table if row["run"] == curve["name"]]
        for key, column in names.items():
            assert [float(row[column]) for row in own] == curve[key]
        assert {row["unit"] for row in own} == {"nats"}
    assert len(table) == 50


def test_hostile_names_in_files(two: Page) -> None:
    name = '=1+1,"<&]]>'
    call(two, "rename_run", {"id": call(two, "runs")[0]["id"], "name": name})
    expect(names(two).first).not_to_have_text("A")
    kept = call(two, "runs")[0]["name"]
    assert {row["run"] for row in rows(two)} == {f"'{kept}", "B"}
    expect(names(two)).to_have_text([kept, "B"])


def test_the_plot_has_a_line_a_run(two: Page) -> None:
    assert len(parts(two, "line")) == 2
    entry(two, "B").get_by_role("button").click()
    assert len(parts(two, "line")) == 1
    entry(two, "B").get_by_role("button").click()


def test_png_is_a_picture(two: Page) -> None:
    picture = saved(two, "PNG")
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, _, colours = two.evaluate(COLOURS, base64.b64encode(picture).decode())
    assert width == 1920
    assert colours > 20


# By hand


def test_drag_to_zoom_and_double_click_to_reset(two: Page) -> None:
    whole = shown(two, "across"), shown(two, "up")
    over = plot(two).locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    left, top, width, height = box["x"], box["y"], box["width"], box["height"]

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        two.mouse.move(left + start[0] * width, top + start[1] * height)
        two.mouse.down()
        two.mouse.move(left + (start[0] + end[0]) / 2 * width, top + (start[1] + end[1]) / 2 * height)
        two.mouse.move(left + end[0] * width, top + end[1] * height)
        two.mouse.up()

    drag((0.25, 0.25), (0.75, 0.75))
    expect(plot(two)).not_to_have_attribute("data-across", "0 30")
    assert shown(two, "across") == pytest.approx((7.5, 22.5), abs=0.3)
    high = whole[1][1]
    assert shown(two, "up") == pytest.approx((0.25 * high, 0.75 * high), abs=0.02)
    press(two, "Reset zoom")
    expect(plot(two)).to_have_attribute("data-across", "0 30")
    drag((0.5, 0.5), (1.0, 0.5))
    expect(plot(two)).not_to_have_attribute("data-across", "0 30")
    assert shown(two, "across") == pytest.approx((15, 30), abs=0.3)
    over.dblclick()
    expect(plot(two)).to_have_attribute("data-across", "0 30")
    assert (shown(two, "across"), shown(two, "up")) == whole


def test_the_nearest_point_says_what_it_is_and_whose(two: Page) -> None:
    smooth(two, "0")
    row = panel(two, "Runs").locator("tr.run.hovered .name")
    over = plot(two).locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    [curve, _] = curves(two)
    loss = curve["mean"][-1]
    at = 1 - loss / shown(two, "up")[1]
    two.mouse.move(box["x"] + box["width"] - 2, box["y"] + at * box["height"])
    said = tooltip(two)
    assert (said["name"], said["step"], said["epoch"]) == ("A", "30", "3")
    assert said["loss"].startswith(f"{loss:.4f}")
    expect(row).to_have_text("A")
    two.mouse.move(0, 0)
    expect(region(two).locator(".tooltip")).to_have_count(0)
    expect(row).to_have_count(0)


def test_the_legend_hides_and_highlights_lines(two: Page) -> None:
    canvas = plot(two).locator("canvas")
    before = canvas.evaluate(INKED)
    button = entry(two, "A").get_by_role("button")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(plot(two)).to_have_attribute("data-across", "0 20")
    assert {row["run"] for row in rows(two)} == {"B"}
    box = panel(two, "Runs").get_by_role("checkbox", name="Draw A")
    expect(box).not_to_be_checked()
    box.check()
    two.mouse.move(0, 0)
    expect(plot(two)).to_have_attribute("data-across", "0 30")
    expect(two.locator("tr.run.hovered")).to_have_count(0)
    two.evaluate(DRAWN)
    picture = canvas.evaluate("(canvas) => canvas.toDataURL()")
    button = entry(two, "A").get_by_role("button")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.hover()
    expect(two.locator("tr.run.hovered .name")).to_have_text("A")
    two.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before", arg=[canvas.element_handle(), picture])
    assert before > 0
    close_settings(two)
    two.mouse.move(0, 0)


# By keyboard, and for ears


def test_points_are_read_by_keyboard(two: Page) -> None:
    [first, second] = curves(two)
    keyed(two).focus()
    two.keyboard.press("Home")
    said = tooltip(two)
    assert (said["name"], said["step"]) == ("B", "1")
    two.keyboard.press("ArrowRight")
    two.keyboard.press("ArrowRight")
    expect(region(two).locator(".tooltip dd").first).to_have_text("3")
    said = tooltip(two)
    assert said["loss"] == f"{second['mean'][2]:.4f} nats"
    time = said["time"].removesuffix(" s")
    assert float(time) == pytest.approx(second["seconds"][2], abs=0.501 * 10.0 ** -len(time.partition(".")[2]))
    assert "smoothed" in said
    spoken = two.locator("[data-said]")
    expect(spoken).to_contain_text(f"B: step 3, epoch 0.30, time {said['time']}, loss {said['loss']}")
    two.keyboard.press("ArrowUp")
    expect(region(two).locator(".tooltip .name")).to_have_text("A")
    assert tooltip(two)["loss"] == f"{first['mean'][2]:.4f} nats"
    two.keyboard.press("End")
    expect(region(two).locator(".tooltip dd").first).to_have_text("30")
    two.keyboard.press("+")
    expect(plot(two)).not_to_have_attribute("data-across", "0 30")
    two.keyboard.press("0")
    expect(plot(two)).to_have_attribute("data-across", "0 30")
    two.keyboard.press("Escape")
    expect(region(two).locator(".tooltip")).to_have_count(0)


def test_losses_as_a_table(two: Page) -> None:
    tick(two, "Loss as a table")
    table = region(two).get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["step", "A", "B"])
    [first, second] = curves(two)
    expect(table.locator("tbody tr").first.locator("td")).to_have_text(
        [f"{first['mean'][0]:.4f}", f"{second['mean'][0]:.4f}"]
    )
    newest = table.get_by_role("row", name="newest").locator("td")
    expect(newest).to_have_text([f"{first['mean'][-1]:.4f} @ 30", f"{second['mean'][-1]:.4f} @ 20"])
    newest_first = rows(two)[::-1]
    smoothed = [row["smoothed loss"] for name in "AB" for row in newest_first if row["run"] == name]
    cells = table.get_by_role("row", name="smoothed (0.6)").locator("td")
    expect(cells).to_have_text([f"{float(smoothed[0]):.4f} @ 30", f"{float(smoothed[30]):.4f} @ 20"])
    assert serious(two, "#loss-chart") == []
    press(two, "Back to the chart")
    expect(table).to_have_count(0)
    expect(plot(two)).to_be_visible()


# Accuracy, and the best possible

# So few samples that they can be learnt by heart, as far as equal inputs have equal targets.
TINY: dict[str, Any] = {
    "dataset": {
        "vocabulary": ["a", "b", "c"],
        "sequence_length": 3,
        "num_samples": 20,
        "num_master_sequences": None,
        "seed": 4,
        "held_out": 0.25,
    },
    "model": {"hidden_dims": [16], "dtype": "float64"},
    "trainer": {"optimizer": "adam", "learning_rate": 0.02},
    "stopping": {"monitor": "train_accuracy", "target": 0.73, "max_epochs": 200},
}


def make_tiny(page: Page) -> Any:
    """Make a run that has learnt all that can be, in place of all runs; return what Python says of it."""
    old = call(page, "runs")
    call(page, "create_run", {"name": "Tiny", "config": TINY})
    run_id = active(page)["id"]
    call(page, "advance", {"id": run_id, "steps": 2000})
    call(page, "stopping_config", {"target": None})
    call(page, "advance", {"id": run_id, "steps": 2000, "go_on": True})
    call(page, "train_epoch")
    delete_runs(page, old)
    return call(page, "runs")


@pytest.fixture
def tiny(booted: Page, made: dict[str, Any]) -> dict[str, Any]:
    """Return a run that has learnt all that can be: it stopped at its target and after 200 epochs, and went on."""
    if active(booted)["name"] != "Tiny" or call(booted, "runs") != made.get("runs"):
        made["runs"] = make_tiny(booted)
    expect(names(booted)).to_have_text(["Tiny"])
    arrange(booted, made)
    expect(plot(booted)).to_have_attribute("data-across", f"0 {active(booted)['step']}")
    return active(booted)


def test_the_page_says_that_the_best_possible_accuracy_is_reached(booted: Page, tiny: dict[str, Any]) -> None:
    assert 0 < tiny["floor"]["accuracy"] < 1
    assert tiny["metrics"]["accuracy"] == tiny["floor"]["accuracy"]
    best = f"{100 * tiny['floor']['accuracy']:.1f}%"
    gap = tiny["metrics"]["loss"] - tiny["floor"]["cross_entropy"]
    assert 0 <= gap < 0.05
    words = re.compile(
        rf"^After step {tiny['step']}\. Training: loss [\d.e-]+ nats \(best possible [\d.]+\), "
        rf"accuracy {best} \(best possible {best}\)\."
    )
    expect(panel(booted, "Metrics").locator(".gap")).to_have_text(words)
    region(booted).get_by_label("Metric").select_option("accuracy")
    smooth(booted, "0")
    [line], [held_out] = parts(booted, "line").values(), parts(booted, "held_out").values()
    [floor] = parts(booted, "floor").values()
    assert line[-1][1] == pytest.approx(floor[0][1], abs=1e-12)
    assert held_out[-1][0] == line[-1][0]
    assert plot(booted).evaluate("({plot}) => plot.scales.y.max") > floor[0][1]


def test_accuracy_gap_and_stops_for_those_who_read_and_listen(booted: Page, tiny: dict[str, Any]) -> None:
    best = f"{100 * tiny['floor']['accuracy']:.1f}%"
    held_out = f"{100 * tiny['metrics']['held_out_accuracy']:g}%"
    region(booted).get_by_label("Metric").select_option("accuracy")
    tick(booted, "Accuracy as a table")
    table = region(booted).get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["step", "Tiny", "Tiny, held out"])
    step = tiny["step"]
    expect(table.get_by_role("row", name="newest").locator("td")).to_have_text(
        [f"{best} @ {step}", f"{held_out} @ {step}"]
    )
    expect(table.get_by_role("row", name="best possible").locator("td").first).to_have_text(best)
    expect(table.get_by_role("row", name="gap (percentage points)").locator("td").first).to_have_text("0")
    stops = table.get_by_role("row", name="stops")
    for stop in tiny["stops"]:
        expect(stops).to_contain_text(stop["sentence"])
    assert [stop["reason"] for stop in tiny["stops"]] == ["target", "max_epochs"]
    assert serious(booted, "#loss-chart") == []
    press(booted, "Back to the chart")
    newest = rows(booted)[-1]
    assert float(newest["gap"]) == 0
    assert float(newest["held-out accuracy"]) == tiny["metrics"]["held_out_accuracy"]
    keyed(booted).focus()
    booted.keyboard.press("End")
    spoken = booted.locator("[data-said]")
    expect(spoken).to_contain_text(f"best possible {best}, gap 0 percentage points, held out {held_out}, held-out best")
    booted.keyboard.press("ArrowLeft")
    expect(spoken).to_contain_text(f"stopped at step {step - 2}, epoch 200: {tiny['stops'][1]['sentence']}")
    region(booted).get_by_label("Metric").select_option("loss")
    keyed(booted).focus()
    booted.keyboard.press("End")
    loss = tiny["metrics"]["held_out_loss"]
    expect(spoken).to_contain_text(f", held out {loss:.4f} nats, held-out best possible")
    assert float(rows(booted)[-1]["held-out loss"]) == pytest.approx(loss, rel=1e-12)


# Room, colours, memory


# Colours of the opaque pixels.
OPAQUE = """
(canvas) => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const found = new Set();
  for (let at = 0; at < pixels.length; at += 4)
    if (pixels[at + 3] === 255) found.add([...pixels.slice(at, at + 3)].join(" "));
  return [...found];
}
"""


def test_the_first_drawing_has_its_colours(booted: Page) -> None:
    """A chart appears with the first step of all; until then there is none that could know them."""
    region(booted).get_by_label("Metric").select_option("loss")
    tick(booted, "Loss as a table", is_on=False)
    old = call(booted, "runs")
    call(booted, "create_run")
    delete_runs(booted, old)
    expect(plot(booted)).to_contain_text("Press Space to start training.")
    call(booted, "train_epoch")
    booted.evaluate(DRAWN)
    found = plot(booted).locator("canvas").evaluate(OPAQUE)
    assert " ".join(map(str, line_color(booted, active(booted)["name"]))) in found
    assert "0 0 0" not in found


def test_light_and_dark_ink(two: Page) -> None:
    lines = []
    for scheme in ("light", "dark"):
        two.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expected = [line_color(two, name) for name in "AB"]
        for color in expected:  # another theme is another plot
            two.wait_for_function(
                f"color => ({OPAQUE})(document.querySelector('.chart canvas')).includes(color)",
                arg=" ".join(map(str, color)),
                polling=OFTEN,
            )
        lines += expected
    two.emulate_media(color_scheme="light")
    assert len({tuple(line) for line in lines}) == 4


def test_long_histories_stay_bounded_and_end_exactly(two: Page) -> None:
    call(two, "advance", {"id": call(two, "runs")[1]["id"], "steps": 5000})
    [run] = [run for run in call(two, "runs") if run["name"] == "B"]
    expect(plot(two)).to_have_attribute("data-across", f"0 {run['step']}")
    own = [row for row in rows(two) if row["run"] == "B"]
    assert len(own) <= 2000
    assert int(own[-1]["step"]) == run["step"]
    assert float(own[-1]["mean loss"]) == run["loss"]
    assert run["id"] in parts(two, "band")
    smooth(two, "0")
    line = parts(two, "line")[run["id"]]
    [means] = [curve["mean"] for curve in curves(two) if curve["id"] == run["id"]]
    assert [loss for _, loss in line] == means


def test_the_chart_follows_play(two: Page) -> None:
    press(two, "Play")
    wait_for_steps(two, 100)
    press(two, "Pause")
    expect(two.locator("[data-said]")).to_contain_text("Paused.")
    run = next(run for run in call(two, "runs") if run["active"])
    expect(plot(two)).to_have_attribute("data-across", f"0 {run['step']}")


def test_settings_are_remembered_and_the_chart_can_be_enlarged(booted: Page, site: str) -> None:
    booted.set_viewport_size({"width": 1440, "height": 900})
    call(booted, "train_epoch")
    narrow = plot(booted).locator("canvas").bounding_box()
    tick(booted, "Enlarge")
    along(booted, "Epoch")
    tick(booted, "Log loss")
    region(booted).get_by_label("Metric").select_option("accuracy")
    expect(settings(booted).get_by_label("Log loss")).to_have_count(0)
    smooth(booted, "0.9")
    assert narrow
    canvas = plot(booted).locator("canvas")
    booted.wait_for_function(
        "([canvas, width]) => canvas.clientWidth > 1.3 * width", arg=[canvas.element_handle(), narrow["width"]]
    )
    boot(booted, site)
    call(booted, "train_epoch")
    menu = settings(booted)
    expect(menu.get_by_label("Enlarge")).to_be_checked()
    expect(menu.get_by_label("X axis")).to_have_value("epoch")
    expect(region(booted).get_by_label("Metric")).to_have_value("accuracy")
    close_settings(booted)
    region(booted).get_by_label("Metric").select_option("loss")
    menu = settings(booted)
    expect(menu.get_by_label("Log loss")).to_be_checked()
    expect(menu.get_by_label("Smoothing")).to_have_value("0.9")
    booted.set_viewport_size({"width": 360, "height": 740})
    assert booted.evaluate("document.documentElement.scrollWidth") <= 360
