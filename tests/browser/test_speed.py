"""The speed of Play: chosen, kept, held, and of no influence on what is computed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SUB_PATH, Contexts, boot
from tests.browser.hand import active, call, choose_speed, fingerprint, press, wait_for_runs, wait_for_steps

# Two readings of the clock and of the step that Python has reached, some steps apart.
PACE = """
async (steps) => {
  const reading = async () => {
    const run = (await backprop.runs()).find(({active}) => active);
    return [performance.now(), run.step];
  };
  const first = await reading();
  let last = first;
  while (last[1] - first[1] < steps) {
    await new Promise(requestAnimationFrame);
    last = await reading();
  }
  return 1000 * (last[1] - first[1]) / (last[0] - first[0]);
}
"""


def speed_button(page: Page) -> Locator:
    return page.get_by_role("region", name="Controls").get_by_role("button", name="Speed:")


@pytest.fixture(scope="module")
def address(site: str) -> str:
    """An address of the page at which no visitor counts as one who has been here, see RETURNING."""
    assert site.endswith(SUB_PATH)
    return f"{site}index.html"


@pytest.fixture(scope="module")
def booted(contexts: Contexts, address: str) -> Iterator[Page]:
    """Open the site once for all tests of this module."""
    with contexts.lent() as context:
        yield boot(context.new_page(), address)


@pytest.fixture
def new_visitor(booted: Page, address: str) -> Page:
    """The module's page of someone who has never been here: no other test has played yet."""
    if booted.evaluate("Object.keys(localStorage).some((key) => key.endsWith(':speed'))"):
        booted.evaluate("localStorage.clear()")
        boot(booted, address)
    return booted


def test_the_first_play_is_slow_and_says_once_how_to_go_faster(new_visitor: Page) -> None:
    page = new_visitor
    expect(speed_button(page)).to_have_accessible_name("Speed: 20/s, 20 steps per second")
    press(page, "Play")
    hint = page.locator(".training-hint")
    expect(hint).to_contain_text("Playing at 20 steps per second. To go faster")
    assert 4 < page.evaluate(PACE, 12) < 40
    press(page, "Pause")
    page.reload()
    page.wait_for_selector("html[data-boot=ready]")
    expect(speed_button(page)).to_have_accessible_name("Speed: Max, as fast as possible")
    press(page, "Play")
    wait_for_steps(page, 50)
    expect(hint).to_have_count(0)
    press(page, "Pause")


def test_a_chosen_speed_is_kept_and_held(booted: Page, address: str) -> None:
    page = booted
    choose_speed(page, "5 steps per second")
    press(page, "Play")
    assert 2 < page.evaluate(PACE, 10) < 7.5
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    boot(page, address)
    expect(speed_button(page)).to_have_accessible_name("Speed: 5/s, 5 steps per second")
    choose_speed(page, "As fast as possible")


def test_keys_change_the_speed_while_it_plays(booted: Page) -> None:
    page = booted
    page.evaluate("() => document.activeElement.blur()")
    page.locator("body").press("Space")
    wait_for_steps(page, 50)
    for label in ("100/s, 100 steps per second", "20/s, 20 steps per second", "5/s, 5 steps per second"):
        page.locator("body").press("[")
        expect(speed_button(page)).to_have_accessible_name(f"Speed: {label}")
    page.locator("body").press("[")
    expect(speed_button(page)).to_have_accessible_name("Speed: 1/s, 1 step per second")
    for _ in range(4):
        page.locator("body").press("]")
    expect(speed_button(page)).to_have_accessible_name("Speed: Max, as fast as possible")
    wait_for_steps(page, 200)  # it does not wait for the step that was due at the old speed
    page.locator("body").press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_pause_does_not_wait_for_the_next_step(booted: Page) -> None:
    page = booted
    choose_speed(page, "1 step per second")
    before = active(page)["step"]
    press(page, "Play")
    wait_for_runs(page, f"runs => runs.find(({{active}}) => active).step > {before}")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("[data-said]")).to_contain_text("Paused.")
    paused = active(page)["step"]
    assert paused <= before + 3
    assert call(page, "state")["step"] == paused
    choose_speed(page, "As fast as possible")


def test_the_numbers_are_those_of_any_other_speed(booted: Page) -> None:
    page = booted
    prints = []
    for speed in ("As fast as possible", "20 steps per second", "100 steps per second"):
        choose_speed(page, speed)
        call(page, "create_run", {"name": speed, "config": {"stopping": {"max_epochs": 4}}})
        twin = call(page, "twin_run", {"id": active(page)["id"], "changes": {"learning_rate": 0.2}})
        assert len(twin) > 1
        press(page, "Play")
        wait_for_runs(page, "runs => runs.find(({active}) => active).stopped?.reason === 'max_epochs'")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        prints.append(fingerprint(page))
    choose_speed(page, "As fast as possible")
    assert len(set(prints)) == 1
