"""Browsers that have kept runs since the first page that saved: each comes back, goes on, and is saved again."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import boot
from tests.browser.hand import call, panel
from tests.browser.keeping import notice, wait_until_saved
from tests.browser.test_storage_engine import SPOIL
from tests.tiers import usually

FOLDER = Path(__file__).parents[1] / "data" / "old_layouts"
# The first page that saved among them; tests/python/files/test_old_layouts.py reads the file of each layout.
USUAL = ["1-saved-in-the-browser", "1-sealed-front-of-24", "1-accuracies"]
LAYOUTS = sorted(path.name.removesuffix(".profile.gz") for path in FOLDER.glob("*.profile.gz"))

# Put records and files where the page will look for them.
PUT_BACK = """
async ({name, version, stores, files, local}) => {
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (it) => it.charCodeAt(0));
  const real = (value) => value?.base64 !== undefined ? bytesOf(value.base64)
    : value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, it]) => [key, real(it)])) : value;
  const open = indexedDB.open(name, version);
  await new Promise((resolve, reject) => {
    const all = [...Object.keys(stores), "sessions", "scratch"];
    open.onupgradeneeded = () => all.map((it) => open.result.createObjectStore(it));
    open.onsuccess = resolve;
    open.onerror = reject;
  });
  const change = open.result.transaction(Object.keys(stores), "readwrite");
  for (const [store, records] of Object.entries(stores))
    for (const [key, value] of records) change.objectStore(store).put(real(value), key);
  await new Promise((resolve, reject) => Object.assign(change, {oncomplete: resolve, onabort: reject}));
  open.result.close();
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(encodeURIComponent(name), {create: true});
  for (const [file, base64] of Object.entries(files)) {
    const writable = await (await folder.getFileHandle(file, {create: true})).createWritable();
    await writable.write(bytesOf(base64));
    await writable.close();
  }
  for (const [key, value] of Object.entries(local)) localStorage.setItem(name + key, value);
}
"""

# What is seen of the active run: as the state that kept it saw it.
SEEN = """
async (id) => {
  const {step, forward} = await backprop.state();
  const {losses} = (await backprop.run_losses()).find((run) => run.id === id);
  const tensors = forward.tensors.filter(({name}) => /(weights|biases)$/.test(name));
  return {
    id, step, losses: losses.map(({loss}) => loss),
    tensors: tensors.map(({name, data}) => ({name, data: [...data]})),
  };
}
"""


def kept(layout: str) -> dict[str, Any]:
    """Return what was seen when the profile was made."""
    found: dict[str, Any] = json.loads((FOLDER / f"{layout}.json").read_text("utf-8"))["kept"]
    return found


def in_float32(seen: dict[str, Any]) -> dict[str, Any]:
    """Return what is seen in the precision in which the old pages showed all numbers."""
    tensors = [{**tensor, "data": np.float32(tensor["data"]).tolist()} for tensor in seen["tensors"]]
    return {**seen, "tensors": tensors}


def profile_of(layout: str, place: int) -> dict[str, Any]:
    """Return what was kept, with its run's files as the set of this number: every old page has put them into set 1."""
    profile: dict[str, Any] = json.loads(gzip.decompress((FOLDER / f"{layout}.profile.gz").read_bytes()))
    files = {file.removeprefix("1."): content for file, content in profile["files"].items() if file.startswith("1.")}
    return {**profile, "files": {f"{place}.{file}": content for file, content in files.items()}}


@pytest.fixture
def put_back(visit: Callable[..., Page], site: str, files: str) -> Callable[..., Page]:
    """Return a page whose browser has kept what old ones had, without some of it; nothing of ours is loaded yet."""

    def make(*layouts: str, without: tuple[str, ...] = ()) -> Page:
        page = visit()
        page.goto(f"{files}python/manifest.json")
        profiles = [profile_of(layout, place) for place, layout in enumerate(layouts)]
        (version,) = {profile["version"] for profile in profiles}
        stores = {store: [row for it in profiles for row in it["stores"][store]] for store in profiles[0]["stores"]}
        found = {
            "stores": stores,
            "files": {file: content for it in profiles for file, content in it["files"].items()},
            "local": {key: value for it in profiles for key, value in it["local"].items()},
        }
        nothing = {"stores": {store: [] for store in stores}, "files": {}, "local": {}}
        kept = {**found, **{part: nothing[part] for part in without}}
        page.evaluate(PUT_BACK, {"name": "backprop:/" + site.split("/", 3)[3], "version": version, **kept})
        return page

    return make


def look_at(page: Page, layout: str) -> dict[str, Any]:
    """Activate the run of a layout and return what is seen of it."""
    run_id = kept(layout)["id"]
    call(page, "activate_run", {"id": run_id})
    seen: dict[str, Any] = page.evaluate(SEEN, run_id)
    return seen


@pytest.mark.parametrize("layouts", [USUAL, usually(False, LAYOUTS)], ids=["usual", "all"])
def test_runs_come_back_go_on_and_are_saved_again(layouts: list[str], put_back: Callable[..., Page], site: str) -> None:
    page = boot(put_back(*layouts), site)
    assert {run["id"] for run in call(page, "runs")} == {kept(layout)["id"] for layout in layouts}
    assert {run["name"] for run in call(page, "runs")} == {"Kept · 一"}
    assert notice(page, "damaged").count() == 0
    trained = {}
    for layout in layouts:
        assert in_float32(look_at(page, layout)) == kept(layout), layout
        call(page, "advance", {"id": kept(layout)["id"], "steps": 10})
        trained[layout] = page.evaluate(SEEN, kept(layout)["id"])
        assert trained[layout]["step"] == kept(layout)["step"] + 10
    wait_until_saved(page)
    boot(page, site)
    for layout in layouts:
        assert look_at(page, layout) == trained[layout], layout


# The database cannot be opened, as in a profile whose files are read-only.
UNREADABLE = """
IDBFactory.prototype.open = () => {
  const request = new EventTarget();
  request.error = new DOMException("Internal error opening backing store for indexedDB.open.", "UnknownError");
  setTimeout(() => request.onerror(new Event("error")));
  return request;
};
"""


def test_the_second_copy_is_asked_again_where_the_database_cannot_be_opened(
    put_back: Callable[..., Page], site: str
) -> None:
    page = put_back("1-accuracies")
    page.add_init_script(UNREADABLE)
    held: list[Route] = []
    page.route("**/opfs_worker.js", lambda route: held.append(route))  # noqa: PLW0108  # playwright looks at its name
    boot(page, site)
    banner = page.locator("#banners")
    expect(banner).to_contain_text("Internal error opening backing store")
    expect(banner).to_contain_text("The second copy of the runs has not answered yet: it is asked again.")
    assert [run["name"] for run in call(page, "runs")] == ["Run 1"]
    page.unroute_all()  # which lets go on what is held
    expect(notice(page, "restored")).to_contain_text("“Kept · 一” was restored as of step 30. The browser's database")
    expect(banner).not_to_contain_text("asked again")
    run_id = kept("1-accuracies")["id"]
    call(page, "activate_run", {"id": run_id})
    assert page.evaluate("() => backprop.state().then(({step}) => step)") == 30


# A readable one that is empty: by day in test_storage_engine.py.
@pytest.mark.parametrize("is_readable", [usually(False, True), False])
def test_a_second_copy_that_is_damaged_altogether_can_be_downloaded(
    is_readable: bool, put_back: Callable[..., Page], site: str
) -> None:
    page = put_back("1-accuracies", without=("stores",))
    page.evaluate(SPOIL)
    if not is_readable:
        page.add_init_script(UNREADABLE)
    boot(page, site)
    damaged = panel(page, "Runs").locator("tr.damaged")
    expect(damaged).to_have_count(1)
    expect(damaged).to_contain_text("What is left of it can be downloaded.")
    downloads = damaged.get_by_role("button", name="Download copy")
    expect(downloads).to_have_count(4)  # two checkpoints and two logs
    with page.expect_download() as download:
        downloads.first.click()
    assert download.value.path().read_bytes()[:4] == bytes(it ^ 255 for it in b"BPRS")


@pytest.mark.parametrize("layouts", [["1-accuracies"], usually(False, LAYOUTS)], ids=["usual", "all"])
def test_runs_come_back_from_the_second_copy_alone(
    layouts: list[str], put_back: Callable[..., Page], site: str
) -> None:
    page = boot(put_back(*layouts, without=("stores",)), site)
    for layout in layouts:
        assert in_float32(look_at(page, layout)) == kept(layout), layout
    wait_until_saved(page)
    boot(page, site)
    for layout in layouts:
        assert in_float32(look_at(page, layout)) == kept(layout), layout
    assert notice(page, "restored").count() == 0
