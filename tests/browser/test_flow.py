"""Gradient flow and distributions on the real page: warnings that lead to their cells, numbers that are Python's."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import (
    DRAWN,
    active,
    call,
    choose_speed,
    choose_theme,
    menu_of,
    panel,
    press,
    start_from,
    wait_for_steps,
)
from tests.browser.keeping import wait_until_saved
from tests.browser.test_accessibility import serious
from tests.tiers import cases


def card(page: Page, name: str) -> Locator:
    return panel(page, name)


def flow(page: Page) -> Locator:
    return card(page, "Gradient flow")


def distributions(page: Page) -> Locator:
    return card(page, "Distributions")


def unfold(region: Locator, summary: str, is_open: bool = True) -> None:
    details = region.locator("details", has=region.page.get_by_text(summary, exact=True)).last
    if details.evaluate("(details) => details.open") != is_open:
        region.get_by_text(summary, exact=True).click()
    expect(details).to_have_js_property("open", is_open)


def cells(region: Locator) -> list[list[str]]:
    """Rows of the table that is open, without its head."""
    rows: list[list[str]] = region.locator(".scroll tbody").evaluate(
        "(body) => [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
    )
    return rows


def numbers(texts: list[str]) -> list[float]:
    return [float(text.replace("−", "-").replace("–", "nan").replace(",", "").replace("%", "e-2")) for text in texts]


def lines(page: Page) -> Any:
    """What the plot of the relative update size draws, layer by layer."""
    page.evaluate(DRAWN)
    place = flow(page).locator('[data-quantity="update_ratio"] .flow-plot')
    return place.evaluate("({plot}) => plot.data.slice(1, -1)")  # without the steps and the line of 0.001


def now(page: Page) -> Any:
    """The gradient flow over the wire, as layers of quantities."""
    values = page.evaluate("async () => { const {now} = await backprop.gradient_flow(); return [...now].map(String); }")
    return np.array([float(value) for value in values]).reshape(-1, 7)


def test_a_preset_raises_its_warning_which_leads_to_the_cell(booted: Page) -> None:
    panel(booted, "Runs").get_by_role("button", name="New run", exact=True).click()
    dialog = booted.get_by_role("dialog", name="New run")
    start_from(booted, "12 layers of sigmoid")
    expect(dialog.get_by_label("Hidden layers")).to_have_value(", ".join(["16"] * 12))
    dialog.get_by_role("button", name="Create run").click()
    expect(dialog).to_be_hidden()
    assert active(booted)["name"] == "12 layers of sigmoid"
    expect(flow(booted)).to_contain_text("No warnings.")
    press(booted, "Run full epoch")
    expect(flow(booted)).to_contain_text("1 warning:")
    warning = flow(booted).locator(".flow-warnings").get_by_role("listitem")
    expect(warning).to_contain_text("Vanishing gradients: relative to its weights, layer 1's gradient is")
    found = call(booted, "gradient_flow", {"series": False})["warnings"][0]
    assert found["tensor"] == "layers/0/grad_weights"
    warning.get_by_role("button", name="Show the gradient").press("Enter")
    why = booted.get_by_role("region", name="Why this number?", exact=True)
    expect(why).to_have_attribute("data-cell", f"why:{found['tensor']},{found['row']},{found['col']}")
    expect(booted.locator(f'[data-focus="matrix:{found["tensor"]}"]')).to_be_focused()
    expect(booted.locator(".explained")).to_be_visible()
    press(booted, "Close the explanation")


# What the live region is given to say, and how often the page reads the gradient flow.
LISTEN = """
() => {
  [window.heard, window.flows] = [[], 0];
  const region = document.querySelector("[data-said]");
  const all = {childList: true, characterData: true, subtree: true};
  new MutationObserver(() => heard.push(region.textContent)).observe(region, all);
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    flows += message.method === "gradient_flow";
    return post.call(this, message, ...rest);
  };
}
"""


def test_a_new_warning_is_said_once_while_it_plays(booted: Page) -> None:
    call(booted, "create_run", {"config": {"trainer": {"learning_rate": 1e-6}}})
    choose_speed(booted, "20 steps per second")
    expect(booted.locator("[data-said]")).to_contain_text("Speed: 20")
    booted.evaluate(LISTEN)
    press(booted, "Play")
    expect(booted.locator("[data-said]")).to_contain_text("Small updates:")
    booted.evaluate("() => { window.flows = 0; }")
    booted.wait_for_function("() => flows > 1")  # it has been read again, and the warning stands
    assert [words.split(":")[0] for words in booted.evaluate("heard") if ":" in words] == ["Small updates"]
    warnings = flow(booted).locator(".flow-warnings").get_by_role("listitem")
    expect(warnings).to_contain_text("The learning rate 1e-06 may be too low.")
    press(booted, "Pause")
    choose_speed(booted, "As fast as possible")


def test_the_tables_hold_pythons_numbers(booted: Page) -> None:
    call(booted, "create_run", {"config": {"model": {"activation": "tanh"}, "dataset": {"encoding": "embedding"}}})
    flow(booted).get_by_label("Show").select_option("now")
    unfold(flow(booted), "As a table")
    for _ in range(3):
        press(booted, "Run batch")
        expect(booted.locator("[data-said]")).to_contain_text(f"Step {active(booted)['step']:,},")
    expect(flow(booted).locator(".scroll caption")).to_have_text("The last pass, at step 3")
    rows = cells(flow(booted))
    assert [row[0] for row in rows] == ["Embedding", "Layer 1", "Layer 2", "Output layer"]
    np.testing.assert_allclose([numbers(row[1:]) for row in rows], now(booted)[:, :6], rtol=6e-3, equal_nan=True)
    flow(booted).get_by_label("Quantity").select_option(label="Gradient norm ‖∂L/∂W‖")
    expect(flow(booted).locator(".flow-bars .value")).to_have_text([row[1] for row in rows])
    flow(booted).get_by_label("Show").select_option("time")
    expect(flow(booted).locator(".scroll tbody tr")).to_have_count(3)
    rows = cells(flow(booted))
    assert [row[0] for row in rows] == ["1", "2", "3"]
    np.testing.assert_allclose(numbers(rows[-1][1:]), now(booted)[:, 0], rtol=6e-3)
    assert [len(line) for line in lines(booted)] == [3] * 4


def test_the_lines_follow_while_it_plays_and_are_back_after_a_reload(booted: Page, site: str) -> None:
    page = booted
    call(page, "create_run", {"config": {"model": {"hidden_dims": [4, 4]}}})
    panel(page, "Gradient flow")
    flow(page).get_by_label("Show").select_option("time")
    press(page, "Play")
    wait_for_steps(page, 300)
    image = flow(page).get_by_role("img", name=re.compile(r"Relative update size .*3 layers, up to step [\d,]{2,}"))
    expect(image).to_be_visible()
    press(page, "Pause")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")
    wait_until_saved(page)
    before = call(page, "gradient_flow")
    drawn = lines(page)
    assert len(drawn) == 3
    boot(page, site)
    assert call(page, "gradient_flow")["steps"] == before["steps"]
    expect(image).to_be_visible()  # the tab is open as it was
    assert lines(page) == drawn


def test_a_matrix_opens_its_own_distribution(booted: Page) -> None:
    call(booted, "create_run", {"config": {"model": {"dtype": "float64"}}})
    booted.evaluate(DRAWN)  # or the button is still that of another run's matrix
    menu_of(booted, "Gradient of layer 2 weights").get_by_role("menuitem", name=re.compile("^Distribution of ")).click()
    expect(booted.get_by_role("heading", name="Distributions", exact=True)).to_be_focused()
    region = distributions(booted)
    region.get_by_label("Show").select_option("now")
    expect(region.get_by_label("Matrix")).to_have_value("layers/1/grad_weights")
    press(booted, "Run full epoch")
    expect(region.get_by_role("img")).to_have_attribute("aria-label", re.compile("at step 8, 1,024 values from"))
    unfold(region, "Quantiles as a table")
    tensors = call(booted, "state")["backward"]["tensors"]
    data = next(tensor["data"] for tensor in tensors if tensor["name"] == "layers/1/grad_weights")
    values = np.array(list(data.values()) if isinstance(data, dict) else data)
    (row,) = cells(region)
    expected = np.quantile(values, [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1])
    np.testing.assert_allclose(numbers(row[1:]), expected, rtol=6e-3)
    region.get_by_label("Show").select_option("time")
    steps = active(booted)["step"]
    expect(region.get_by_role("img")).to_have_attribute("aria-label", re.compile(f"^{steps} histograms of "))
    assert region.locator(".flow-plot").evaluate("({plot}) => plot.series.length - 1") == steps
    assert [row[0] for row in cells(region)] == [str(step) for step in [*range(1, steps + 1), steps]]
    small = region.locator(".flow-overview path")
    assert small.evaluate_all("all => all.map((path) => path.getAttribute('d')).filter(Boolean).length") == 24
    region.locator("[data-spread='layers/0/weights']").click()
    expect(region.get_by_label("Matrix")).to_have_value("layers/0/weights")


@pytest.mark.parametrize("theme", cases(["light", "dark"], lambda theme: theme == "light"))
def test_axe_finds_nothing_serious_in_the_open_cards(booted: Page, theme: str) -> None:
    choose_theme(booted, theme)
    call(booted, "create_run", {"config": {"model": {"activation": "tanh"}, "trainer": {"learning_rate": 5}}})
    call(booted, "train_epoch")
    unfold(flow(booted), "As a table")
    unfold(distributions(booted), "Quantiles as a table")
    for region, card_id in ((flow, "#gradient-flow"), (distributions, "#distributions")):
        for view in ("now", "time"):
            region(booted).get_by_label("Show").select_option(view)
            assert serious(booted, card_id) == []


def test_on_a_narrow_screen_nothing_sticks_out(booted: Page) -> None:
    booted.set_viewport_size({"width": 360, "height": 800})
    for region in (flow, distributions):
        assert (
            region(booted).evaluate("(card) => Math.max(card.scrollWidth, card.getBoundingClientRect().right)") <= 360
        )
    booted.set_viewport_size({"width": 1280, "height": 900})
