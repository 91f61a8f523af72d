"""The pictures of the page: made anew by each run in test-results/, and the one that the README shows.

`UPDATE_SCREENSHOT=1 python3 build.py test -k screenshot` puts the new one into docs/.
"""

import os
import shutil
import struct
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import boot
from tests.browser.hand import DRAWN, SCHEMES, call, press, readout
from tools.places import ROOT

PICTURES = ROOT / "test-results"
README_PICTURE = ROOT / "docs" / "screenshot.png"
WIDE, PHONE = ViewportSize(width=1440, height=1080), ViewportSize(width=360, height=740)


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
    """Take the picture that the README shows; it is put there if that is asked for."""
    picture = PICTURES / "readme.png"
    page.screenshot(path=picture)
    if os.environ.get("UPDATE_SCREENSHOT"):
        README_PICTURE.parent.mkdir(exist_ok=True)
        shutil.copyfile(picture, README_PICTURE)
    assert "](docs/screenshot.png)" in (ROOT / "README.md").read_text("utf-8")
    assert size(README_PICTURE) == size(picture)
