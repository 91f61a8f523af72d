"""The pictures of the page: made anew by each run in test-results/, and the one that the README shows.

`UPDATE_SCREENSHOT=1 python3 build.py test -k screenshot` puts the new one into docs/.
"""

import base64
import json
import os
import struct
import zlib
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import boot
from tests.browser.hand import DRAWN, SCHEMES, call, choose_palette, press, readout
from tools.places import ROOT

PICTURES = ROOT / "test-results"
README_PICTURE = ROOT / "docs" / "screenshot.png"
APART = 32  # of 255, in any channel: two pixels differ
MAX_DIFFERENT = 2000  # pixels, of 1.3 million: the time that an epoch took takes about 100, another palette 13,000
FONTS = "Fonts"  # keyword of the text in the README's picture that tells with which fonts it was made
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=360, height=740)


# How wide a text is in the fonts that the page has got, by element.
WIDTHS = """
() => ["body", "h1", "button"].map((name) => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  pen.font = getComputedStyle(document.querySelector(name)).font;
  return pen.measureText("Sphinx of black quartz, 0123456789").width;
})
"""
DIFFERENT = """
async ([apart, ...pictures]) => {
  const [one, other] = await Promise.all(pictures.map(async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height).data;
  }));
  let count = 0;
  for (let i = 0; i < one.length; i += 4)
    if ([0, 1, 2].some((channel) => Math.abs(one[i + channel] - other[i + channel]) > apart)) count += 1;
  return count;
}
"""


def size(picture: Path) -> tuple[int, int]:
    """Return the width and height that a PNG's header tells."""
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def trained(page: Page, site: str) -> Page:
    """Three epochs in: gradients of every sample are still to be seen."""
    boot(page, site)
    for epoch in ("1", "2", "3"):
        press(page, "Run full epoch")
        expect(readout(page, "Epoch")).to_have_text(epoch)
    return page


def test_screenshots(page: Page, site: str) -> None:
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    trained(page, site)
    check_readme_picture(page)
    call(
        page,
        "create_run",
        {"name": "tanh, 16 × 3", "config": {"model": {"hidden_dims": [16] * 3, "activation": "tanh"}}},
    )
    call(page, "train_epoch", {"update": True})
    call(page, "activate_run", {"id": call(page, "runs")[0]["id"]})
    expect(readout(page, "Epoch")).to_have_text("3")
    for (name, viewport), scheme in product({"wide": WIDE, "phone": PHONE}.items(), SCHEMES):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(DRAWN)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"]
        picture = PICTURES / f"{name}-{scheme}.png"
        page.screenshot(path=picture)
        assert size(picture) == (viewport["width"], viewport["height"])


def check_readme_picture(page: Page) -> None:
    """Take the picture that the README shows, and compare the two; it is put there if that is asked for.

    Where texts have other widths than in the README's picture, other fonts have drawn it; then only sizes are compared.
    """
    picture = PICTURES / "readme.png"
    expect(page.locator("#status .message")).to_have_count(0)  # the greeting stands for some seconds
    page.mouse.move(0, 0)
    page.evaluate(DRAWN)
    page.screenshot(path=picture)
    fonts = json.dumps(page.evaluate(WIDTHS))
    if os.environ.get("UPDATE_SCREENSHOT"):
        README_PICTURE.parent.mkdir(exist_ok=True)
        README_PICTURE.write_bytes(with_text(picture.read_bytes(), FONTS, fonts))
    assert "](docs/screenshot.png)" in (ROOT / "README.md").read_text("utf-8")
    assert size(README_PICTURE) == size(picture)
    drawn_with = text_in(README_PICTURE.read_bytes(), FONTS)
    assert drawn_with is not None
    if drawn_with == fonts:
        assert different(page, README_PICTURE, picture) <= MAX_DIFFERENT, f"the page has changed: {__doc__}"
    choose_palette(page, "blue_orange")
    page.keyboard.press("Escape")
    page.evaluate(DRAWN)
    page.screenshot(path=PICTURES / "palette.png")
    assert different(page, picture, PICTURES / "palette.png") > MAX_DIFFERENT
    choose_palette(page, "seed_surface")


def different(page: Page, *pictures: Path) -> int:
    """How many pixels of two pictures differ; the page's browser reads them."""
    encoded = [base64.b64encode(picture.read_bytes()).decode() for picture in pictures]
    return int(page.evaluate(DIFFERENT, [APART, *encoded]))


def with_text(png: bytes, keyword: str, text: str) -> bytes:
    """Put a text into a PNG, before its last chunk, the empty IEND (PNG specification, 11.3.3.2)."""
    data = b"tEXt" + keyword.encode() + b"\0" + text.encode()
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return png[:-12] + chunk + png[-12:]


def text_in(png: bytes, keyword: str) -> str | None:
    """The text that a PNG holds under a keyword."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"tEXt" and data.startswith(keyword.encode() + b"\0"):
            return data.split(b"\0", 1)[1].decode()
        at += 12 + length
    return None


def test_a_text_is_found_in_a_picture() -> None:
    png = README_PICTURE.read_bytes()
    assert text_in(with_text(png, "Nothing", "else"), FONTS) == text_in(png, FONTS) != "some"
    assert text_in(with_text(with_text(png, "One", "some"), "Other", "more"), "Other") == "more"
    assert text_in(png, "Unknown") is None
