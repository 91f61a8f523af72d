"""The whole page in a browser whose profile outlives it, and what tests look at there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import RETURNING, STUCK, boot
from tests.browser.hand import DRAWN, active, call, delete_runs
from tests.browser.test_storage_engine import Chrome


class Keeping(Chrome):
    """A browser with a profile, in which the site is opened.

    All profiles share what a browser keeps of files and of compiled WebAssembly: `kept_files`, which no kill may harm.
    """

    def __init__(self, browser: Browser, profile: Path, site: str, kept_files: Path) -> None:
        super().__init__(browser, profile, site)
        (profile / "Default").mkdir(parents=True)
        for name in ("Cache", "Code Cache"):
            (kept_files / name).mkdir(exist_ok=True)
            (profile / "Default" / name).symlink_to(kept_files / name, target_is_directory=True)

    def context(self) -> BrowserContext:
        context = self.start()
        context.add_init_script(RETURNING)
        context.set_default_timeout(STUCK)
        return context

    def visit(self) -> Page:
        """Start the browser and open the site in it."""
        return boot(self.blank(self.context()), self.site)

    def again(self) -> Page:
        """Close the browser as people do, and visit again."""
        self.quit()
        return self.visit()


@pytest.fixture
def keeping(browser: Browser, tmp_path: Path, site: str, kept_files: Path) -> Iterator[Keeping]:
    made = Keeping(browser, tmp_path / "profile", site, kept_files)
    yield made
    if made.process:
        made.kill()


def start_over(page: Page) -> None:
    """Put one new run in the place of all, as there is when the page is opened for the first time."""
    old = call(page, "runs")
    call(page, "create_run")
    delete_runs(page, old)
    call(page, "rename_run", {"id": active(page)["id"], "name": "Run 1"})


def wait_until_saved(page: Page) -> None:
    """Wait until everything so far is in the storage: a call ends when what it changed is on its way there."""
    run = active(page)
    call(page, "rename_run", {"id": run["id"], "name": run["name"]})
    expect(page.locator("[data-saved]")).to_have_attribute("data-writing", "0")
    expect(page.locator("[data-saved]")).to_have_attribute("data-saved", "saved")


def wait_until_kept(page: Page, step: int) -> int:
    """Wait until the page says that the active run is saved at `step` or later, by itself; return the step it says."""
    page.wait_for_function("step => Number(document.querySelector('[data-saved]').dataset.step) >= step", arg=step)
    return int(page.locator("[data-saved]").get_attribute("data-step") or 0)


# SHA-256 of all that is drawn: the numbers of every matrix, the pixels of every canvas, and the curves.
SEEN = """
async () => {
  await (DRAWN)();
  const hex = async (parts) => [...new Uint8Array(
    await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()))].join(" ");
  const {step, mode, loss, batch, forward, backward, optimizer} = await backprop.state();
  const curves = await backprop.loss_curves();
  const pixels = [...document.querySelectorAll("[data-tensor] canvas, canvas[data-tensor]")].map((canvas) =>
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
  return {
    step, mode, loss, batch: [...batch], matrices: pixels.length,
    numbers: await hex([...forward.tensors, ...backward.tensors, ...optimizer.tensors].map(({data}) => data)),
    pixels: await hex(pixels),
    curves: await hex(curves.flatMap((it) => [it.step, it.epoch, it.seconds, it.min, it.mean, it.max, it.accuracy])),
  };
}
""".replace("DRAWN", DRAWN)


def seen(page: Page) -> dict[str, Any]:
    """Everything that is drawn."""
    found: dict[str, Any] = page.evaluate(SEEN)
    assert found["matrices"] > 5
    return found


def notice(page: Page, kind: str) -> Any:
    """Return what the page says about a run that came back, or did not."""
    return page.locator(f'[data-notice="{kind}"]')
