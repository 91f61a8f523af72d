"""The Learn page: it works without scripts, its links open what they speak of, and its pictures are of the real page.

`UPDATE_SCREENSHOT=1 python3 build.py test -k learn` puts new pictures into web/learn/.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import DRAWN, SCHEMES, active, call, call_all, panel
from tests.browser.test_accessibility import serious
from tests.browser.test_screenshot import FONTS, PICTURES, WIDTHS, different, size, text_in, with_text
from tests.tiers import cases, pairs
from tools.places import ROOT

LEARN = ROOT / "web" / "learn"
MAX_DIFFERENT = 0.01  # of the pixels: another line of a chart is about 0.02
MAX_BYTES = 160_000
WINDOW = ViewportSize(width=1280, height=720)
# A whole panel is in the picture, and no message over it.
HEIGHTS = {"Why this number?": 385, "Gradient flow": 900}  # of chart and panels
ROOMY = ViewportSize(width=1280, height=1400)
OPEN_WIDE = """
(height) => {
  document.documentElement.style.setProperty("--console", `${height}px`);
  for (const message of document.querySelectorAll(".message, .messages, #status")) message.style.display = "none";
  document.documentElement.style.setProperty("--messages-height", "0px");
  document.activeElement.blur();
}
"""


def step(page: Page) -> None:
    call(page, "train_batch", {"update": True})


def hundred(page: Page) -> None:
    """Make a hundred steps, the last as the button makes it."""
    call(page, "advance", {"id": active(page)["id"], "steps": 99})
    step(page)


def epochs(page: Page) -> None:
    call_all(page, [("train_epoch", {"update": True})] * 150)


class Picture(NamedTuple):
    """A picture: its step of the Learn page, what is done in the tool first, the region, and the tab that it is in."""

    name: str
    link: int
    act: Callable[[Page], None] | None
    region: str
    tab: str | None = None


TAKEN = [
    Picture("sample", 0, None, "Forward pass"),
    Picture("forward", 1, None, "Forward pass"),
    Picture("loss", 2, None, "Why this number?"),
    Picture("gradient", 3, None, "Why this number?"),
    Picture("update", 4, step, "Why this number?"),
    Picture("hundred", 5, hundred, "Loss chart"),
    Picture("held-out", 6, epochs, "Loss chart"),
    Picture("break", 9, hundred, "Gradient flow", "Gradient flow"),
]


def tool_links() -> list[str]:
    """The links of the Learn page to the tool, in their order."""
    return re.findall(r'class="learn-open" href="\.\./(#[^"]+)"', (LEARN / "index.html").read_text("utf-8"))


# One of each region by day: the explanation's where a paragraph opens the tool; the chart's is in the README's picture.
@pytest.mark.parametrize(
    "picture", cases(TAKEN, lambda it: it.name in {"sample", "break"}), ids=lambda picture: picture.name
)
def test_pictures_are_of_the_real_page(page: Page, site: str, picture: Picture) -> None:
    """Taken in both themes; where other fonts have drawn the committed ones, only sizes are compared."""
    page.set_viewport_size(WINDOW)
    boot(page, site + tool_links()[picture.link].replace("&amp;", "&"))
    if picture.act:
        picture.act(page)
    take(page, picture)


def take(page: Page, picture: Picture) -> None:
    """Take a picture of the tool as it stands, and compare it."""
    region = page.get_by_role("region", name=picture.region, exact=True)
    if picture.tab:
        region = panel(page, picture.tab)
    expect(region).to_be_visible()
    if height := HEIGHTS.get(picture.region):
        page.set_viewport_size(ROOMY)
        page.evaluate(OPEN_WIDE, height)
    fonts = json.dumps(page.evaluate(WIDTHS))
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(DRAWN)
        taken = PICTURES / f"learn-{picture.name}-{scheme}.png"
        region.screenshot(path=taken)
        compare(page, taken, LEARN / f"{picture.name}-{scheme}.png", fonts)


def compare(page: Page, taken: Path, committed: Path, fonts: str) -> None:
    """Compare a picture with the committed one; put it there if that is asked for."""
    if os.environ.get("UPDATE_SCREENSHOT"):
        committed.write_bytes(with_text(taken.read_bytes(), FONTS, fonts))
    assert committed.stat().st_size <= MAX_BYTES
    if text_in(committed.read_bytes(), FONTS) != fonts:
        return
    assert size(committed) == size(taken)
    width, height = size(taken)
    assert different(page, committed, taken) <= MAX_DIFFERENT * width * height, f"the page has changed: {__doc__}"


def test_the_learn_page_needs_no_script(visit: Callable[..., Page], site: str) -> None:
    page = visit(java_script_enabled=False)
    page.goto(site + "learn/")
    expect(page.get_by_role("heading", level=2)).to_have_count(8)
    for name in ("One sample", "Break it"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    pictures = page.get_by_role("img")
    expect(pictures).to_have_count(len(TAKEN))
    page.get_by_role("link", name="Backprop from Scratch").click()
    expect(page).to_have_url(site)


@pytest.fixture(scope="module")
def lesson(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the Learn page once for all widths and themes."""
    with contexts.lent() as context:
        page = context.new_page()
        page.goto(site + "learn/")
        yield page


@pytest.mark.parametrize(("width", "scheme"), pairs([320, 390, 1280], SCHEMES))
def test_the_learn_page_for_everyone(lesson: Page, width: int, scheme: str) -> None:
    page = lesson
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for picture in page.get_by_role("img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("(image) => image.decode()")
        assert picture.evaluate("(image) => image.naturalWidth") > 300
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert serious(page) == []


def test_a_paragraph_opens_the_tool_at_its_number(page: Page, site: str) -> None:
    page.set_viewport_size(WINDOW)
    page.goto(site + "learn/")
    page.get_by_role("link", name="Open this gradient").click()
    why = page.get_by_role("region", name="Why this number?")
    expect(why.get_by_role("heading", level=2)).to_contain_text("0.13386")
    expect(why).to_contain_text("layer 2")
    assert [run["name"] for run in call(page, "runs")] == ["One sample"]
    take(page, next(picture for picture in TAKEN if picture.name == "gradient"))
    page.go_back()
    expect(page.get_by_role("heading", name="Why this gradient")).to_be_visible()
