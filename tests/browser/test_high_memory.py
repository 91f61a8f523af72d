"""Above 2 GiB of Python's memory pointers are negative for JavaScript: what leaves Python is right, or refused."""

import base64
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import active, call, fingerprint, press, python_worker
from tests.browser.keeping import wait_until_saved

# Python's own memory, seen from inside its worker: added to the one line that starts a worker of this site.
SEEN_FROM_INSIDE = """
self.Blob = class extends Blob {
  constructor(parts, options) {
    super(options?.type === "text/javascript" ? [...parts, INSIDE] : parts, options);
  }
};
""".replace(
    "INSIDE",
    """`
for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...given) => {
    const made = await original.apply(WebAssembly, given);
    const {exports} = made.instance ?? made;
    if (exports?.malloc) self.engine = exports;
    return made;
  };
}
self.highest = 0;
const slice = Int8Array.prototype.slice;
Int8Array.prototype.slice = function (start, end) {
  self.highest = Math.max(self.highest, start);
  const part = slice.call(this, start, end);
  if (self.garbled) part[part.length >> 1] ^= 1;
  return part;
};
`""",
)
# From here on all that is allocated lies above 2 GiB. Nothing is written there, so it costs the machine nothing.
FILL = """
() => {
  self.engine.malloc(2 ** 31 - 2 ** 24);
  while (self.engine.malloc(2 ** 12) >= 0);
}
"""
WIDE = {"model": {"hidden_dims": [256, 256]}, "trainer": {"optimizer": "adam"}}
# SHA-256 of a frame's numbers, of a run file, of its rows of history, and of a script: each way out of Python.
LEFT = """
async (id) => {
  const sha = async (part) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", part))].join(" ");
  const {values} = await backprop.advance({id, steps: 3});
  const {bytes, crc32} = await backprop.export_run({id});
  const {history: rows} = await backprop.checkpoint({id});
  const {text} = await backprop.export_pytorch({id});
  const weights = text.slice(text.indexOf("WEIGHTS = {"));
  return {
    frame: await sha(values), rows: rows.values.length, script: await sha(new TextEncoder().encode(weights)),
    crc32, size: bytes.length,
  };
}
"""
# Bytes cross in base64: a list of a million numbers takes seconds.
EXPORTED = """
async (id) => {
  const reader = new FileReader();
  reader.readAsDataURL(new Blob([(await backprop.export_run({id})).bytes]));
  await new Promise((resolve) => { reader.onload = resolve; });
  return reader.result.split(",")[1];
}
"""
IMPORTED = """
async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return (await backprop.import_run({bytes, activate: true})).at(-1);
}
"""


@pytest.fixture(scope="module")
def inside(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once, with Python's memory open to view; each test ends with a Python that has just started."""
    with contexts.lent() as context:
        page = context.new_page()
        page.add_init_script(SEEN_FROM_INSIDE)
        yield boot(page, site)


def made(page: Page) -> dict[str, Any]:
    """Make and train a wide run, and return all that then leaves Python about it."""
    run = call(page, "create_run", {"config": WIDE})[-1]
    return {"run": run, **page.evaluate(LEFT, run["id"]), "state": fingerprint(page)}


def by_id(page: Page) -> dict[str, Any]:
    return {run["id"]: run for run in call(page, "runs")}


def test_above_2_gib_all_that_leaves_python_is_right(inside: Page, site: str) -> None:
    page = inside
    before = made(page)
    worker = python_worker(page)
    worker.evaluate(FILL)
    after = made(page)
    assert worker.evaluate("self.highest") > 2**31
    for way in ("frame", "rows", "script", "state"):
        assert after[way] == before[way], way
    assert abs(after["size"] - before["size"]) < 64  # the seconds of training stand there with all their digits
    exported = page.evaluate(EXPORTED, after["run"]["id"])
    assert after["crc32"] == zlib.crc32(base64.b64decode(exported))
    copy = page.evaluate(IMPORTED, exported)
    assert (copy["step"], fingerprint(page)) == (3, before["state"])
    wait_until_saved(page)
    runs = by_id(page)
    boot(page, site)
    expect(page.locator("[data-notice]")).to_have_count(0)
    assert by_id(page) == runs
    for run in (before["run"], after["run"], copy):
        call(page, "activate_run", {"id": run["id"]})
        assert fingerprint(page) == before["state"]


def test_what_leaves_python_damaged_is_said_and_replaces_nothing(inside: Page, site: str) -> None:
    page = inside
    call(page, "create_run")
    call(page, "train_epoch")
    wait_until_saved(page)
    run, before = active(page), fingerprint(page)
    python_worker(page).evaluate("() => { self.garbled = true; }")
    for method in ("export_run", "checkpoint", "gradient_flow"):
        with pytest.raises(Error, match="its checksum differs"):
            call(page, method, {"id": run["id"]})
    press(page, "Run batch")
    alert = page.get_by_role("alert").filter(has_text="The batch could not be run")
    expect(alert).to_contain_text("its checksum differs")
    expect(alert).to_contain_text("neither shown nor saved")
    press(page, "Play")
    expect(page.get_by_role("alert").filter(has_text="Training has stopped")).to_contain_text("its checksum differs")
    boot(page, site)
    assert (active(page)["step"], fingerprint(page)) == (8, before)
