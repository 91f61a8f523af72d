"""Each fault of the storage, planted for real under the whole page: nothing is lost, and the page says what is so."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backprop.files.safetensors import pack, unpack
from tests.browser.conftest import SUB_PATH, Contexts, boot, origin
from tests.browser.hand import (
    active,
    call,
    choose_speed,
    fingerprint,
    new_run,
    panel,
    press,
    python_worker,
    wait_for_runs,
    wait_for_steps,
)
from tests.browser.held_answers import HELD_ANSWERS, held_from
from tests.browser.keeping import Keeping, keeping, notice, start_over, wait_until_kept, wait_until_saved
from tests.browser.test_accessibility import serious
from tests.browser.test_storage_engine import BLOBS, BLOCKED, DATABASE, DELETE_DATABASE, FILES, REST
from tests.tiers import cases

__all__ = ["keeping"]

# At a slow speed what is waited for costs little; a save comes every second all the same.
SLOW = "5 steps per second"
# A clock that goes on while the machine is asleep.
SLEEP = """
(() => {
  const now = performance.now.bind(performance);
  self.asleep = 0;
  performance.now = () => now() + self.asleep;
})();
"""
HELD_LOCKS = """
(() => {
  const request = LockManager.prototype.request;
  LockManager.prototype.request = async function (name, ...rest) {
    if (name.includes(":run:")) await self.held_locks;
    return request.call(this, name, ...rest);
  };
})();
"""


@pytest.fixture(scope="module")
def delayed(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once where answers and locks can be held, and the machine can sleep."""
    with contexts.lent() as context:
        page = context.new_page()
        for script in (HELD_ANSWERS, SLEEP, HELD_LOCKS):
            page.add_init_script(script)
        yield boot(page, site)


@pytest.fixture
def delayable(delayed: Page) -> Page:
    """Lend that page, with one new run."""
    start_over(delayed)
    return delayed


def trained(keeping: Keeping) -> tuple[Page, str]:
    """A page with a run whose checkpoint is large enough for a file of its own, saved twice."""
    page = keeping.visit()
    new_run(page, Name="Large", Hidden_layers="100, 100")
    call(page, "train_batch")
    wait_until_saved(page)
    call(page, "train_batch")
    wait_until_saved(page)
    return page, fingerprint(page)


def row_of_damaged(page: Page, name: str) -> Locator:
    return panel(page, "Runs").locator("tr.damaged").filter(has_text=name)


def damaged_bytes(page: Page, name: str) -> int:
    """Dismiss what is said of a run without a usable checkpoint; return the size of the one that its row downloads."""
    expect(notice(page, "damaged")).to_contain_text(f"“{name}” is damaged. No checkpoint of this run is usable")
    press(page, "Dismiss")
    expect(notice(page, "damaged")).to_have_count(0)
    damaged = row_of_damaged(page, name)  # it stays listed
    expect(damaged).to_contain_text("No checkpoint of this run is usable")
    with page.expect_download() as download:
        damaged.get_by_role("button", name=f"Download checkpoint-0 of {name}").click()
    return download.value.path().stat().st_size


def flip(path: Path, share: float = 0.5) -> None:
    content = bytearray(path.read_bytes())
    content[int(share * len(content))] ^= 1
    path.write_bytes(content)


# To be run where no page of ours is open. What is damaged or wiped is what the page itself has written.
WIPE_FILES = """
async () => {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, {recursive: true});
}
"""
# Flip a bit in the newest checkpoint of a run, or in each; return how many there are.
FLIP = """
async ([name, id, share, all, base]) => {
  const {unsealHeader} = await import(`${base}storage/sealed.js`);
  const done = (request) => new Promise((resolve, reject) => {
    Object.assign(request, {onsuccess: () => resolve(request.result), onerror: () => reject(request.error)});
  });
  const database = await done(indexedDB.open(name));
  const store = database.transaction("checkpoints", "readwrite").objectStore("checkpoints");
  const keys = (await done(store.getAllKeys())).filter(([run]) => run === id);
  const slots = [];
  for (const key of keys) {
    const record = await done(store.get(key));
    slots.push({key, record, sequence: unsealHeader(record.bytes).header.sequence});
  }
  const newest = Math.max(...slots.map(({sequence}) => sequence));
  for (const {key, record, sequence} of slots) {
    if (!all && sequence !== newest) continue;
    record.bytes[Math.floor(share * record.bytes.length)] ^= 1;
    await done(store.put(record, key));
  }
  database.close();
  return slots.length;
}
"""
NAME = f"backprop:{SUB_PATH}"


@pytest.fixture
def bare(page: Page, site: str) -> Callable[[], Page]:
    """Return what leaves the site for a page of its origin that is none of ours."""

    def leave() -> Page:
        page.goto(f"{site}manifest.webmanifest")
        return page

    return leave


def saved_run(page: Page, name: str) -> dict[str, Any]:
    """Make a run, and save it twice."""
    call(page, "create_run", {"name": name})
    for _ in range(2):
        call(page, "train_batch")
        wait_until_saved(page)
    return active(page)


def test_a_deleted_database_and_damaged_checkpoints(
    page: Page, site: str, files: str, bare: Callable[[], Page]
) -> None:
    boot(page, site)
    saved_run(page, "Other")
    run = saved_run(page, "Damaged")
    before = fingerprint(page)
    bare().evaluate(DELETE_DATABASE, NAME)
    boot(page, site)
    restored = notice(page, "restored").filter(has_text="“Damaged”")
    expect(restored).to_contain_text("restored from the second copy")
    expect(restored).to_contain_text("step 2.")
    expect(notice(page, "restored")).to_have_count(3)  # with Run 1
    assert fingerprint(page) == before

    call(page, "train_batch")
    wait_until_saved(page)
    before = fingerprint(page)
    assert bare().evaluate(FLIP, [NAME, run["id"], 0.5, False, files]) == 2
    boot(page, site)
    expect(restored).to_contain_text("its checksum differs")
    expect(page.locator("[data-notice]")).to_have_count(1)  # of all others the database is whole again
    assert fingerprint(page) == before

    wait_until_saved(page)
    bare().evaluate(WIPE_FILES)
    assert page.evaluate(FLIP, [NAME, run["id"], 0.6, True, files]) == 2
    boot(page, site)
    assert damaged_bytes(page, "Damaged") > 5_000
    assert [it["name"] for it in call(page, "runs")] == ["Run 1", "Other"]
    assert serious(page) == []
    call(page, "train_batch")
    wait_until_saved(page)
    assert bare().evaluate(FLIP, [NAME, run["id"], 0.7, True, files]) == 2  # never deleted by code


@pytest.mark.nightly
def test_the_database_is_deleted_then_a_byte_of_a_checkpoint_is_flipped(keeping: Keeping) -> None:
    page, before = trained(keeping)
    keeping.quit()
    keeping.wipe(DATABASE)
    page = keeping.visit()
    expect(notice(page, "restored").filter(has_text="“Large”")).to_contain_text("restored from the second copy")
    expect(notice(page, "restored").filter(has_text="“Large”")).to_contain_text("step 2.")
    assert fingerprint(page) == before
    wait_until_saved(page)
    boot(page, keeping.site)
    expect(page.locator("[data-notice]")).to_have_count(0)  # the database is whole again
    assert fingerprint(page) == before
    call(page, "train_batch")
    wait_until_saved(page)
    before = fingerprint(page)
    keeping.quit()
    flip(max(keeping.files(BLOBS), key=lambda path: int(path.name, 16)))
    page = keeping.visit()
    expect(notice(page, "restored")).to_contain_text("its checksum differs")
    assert fingerprint(page) == before
    keeping.quit()
    keeping.wipe(FILES)
    for path in keeping.files(BLOBS):
        flip(path, 0.7)
    page = keeping.visit()
    assert damaged_bytes(page, "Large") > 50_000
    assert [run["name"] for run in call(page, "runs")] == ["Run 1"]
    call(page, "train_batch")
    boot(page, keeping.site)
    expect(row_of_damaged(page, "Large")).to_have_count(1)  # never deleted by code
    assert serious(page) == []


# A record as a stranger would plant it: whole, and well sealed. The page's own modules write it under another id.
PLANT = """
async ([id, bytes, base]) => {
  const {openStorage} = await import(`${base}storage/index.js`);
  const storage = await openStorage({heal: false});
  const summary = {name: `Planted ${id}`, step: 0};
  await storage.save(id, {summary, checkpoint: new Uint8Array(bytes), history: null}, await storage.claim(id));
  await storage.settled();
  storage.close();
}
"""
EXPORTED = """
async () => {
  const [{id}] = await backprop.runs();
  return [...(await backprop.export_run({id, history: false})).bytes];
}
"""


def test_a_planted_checkpoint_is_listed_and_replaces_no_run(delayable: Page, site: str, files: str) -> None:
    page = delayable
    wait_until_saved(page)
    whole = bytes(page.evaluate(EXPORTED))
    metadata, arrays = unpack(whole)
    metadata["id"] = "unknown"
    metadata["twin_grouq"] = metadata.pop("twin_group")
    checkpoints = {"another": whole, "unknown": pack(metadata, arrays)}
    beside = page.context.new_page()  # of the same origin, with no page of ours in it
    beside.goto(f"{site}manifest.webmanifest")
    for run_id, planted in checkpoints.items():
        beside.evaluate(PLANT, [run_id, list(planted), files])
    beside.close()
    boot(page, site)
    expect(row_of_damaged(page, "Planted another")).to_contain_text("Its checkpoint belongs to another run.")
    expect(row_of_damaged(page, "Planted unknown")).to_contain_text("not opened")
    expect(row_of_damaged(page, "Planted unknown")).to_contain_text("The file's twin_group is missing. It stays saved.")
    assert [run["name"] for run in call(page, "runs")] == ["Run 1"]
    with page.expect_download() as download:
        press(page, "Download checkpoint.safetensors of Planted unknown")
    assert download.value.path().read_bytes() == checkpoints["unknown"]
    panel(page, "Runs").get_by_label("Filter runs").fill("Run 1")
    expect(row_of_damaged(page, "Planted")).to_have_count(0)


def test_over_quota(page: Page, site: str, bare: Callable[[], Page]) -> None:
    session = page.context.new_cdp_session(bare())
    quota = {"origin": origin(site)}
    # Set before the database is opened: Chromium remembers for a while how much there was.
    session.send("Storage.overrideQuotaForOrigin", {**quota, "quotaSize": 300_000})
    boot(page, site)
    call(page, "create_run", {"name": "Large", "config": {"model": {"hidden_dims": [100, 100]}}})
    call(page, "train_batch")
    alert = page.get_by_role("alert").filter(has_text="“Large” has not been saved since")
    expect(alert).to_contain_text("The browser's storage is full.")
    press(page, "Play")
    wait_for_steps(page, 100)  # training goes on
    press(page, "Pause")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")
    with page.expect_download() as download:
        alert.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".safetensors")
    python_worker(page).evaluate("self.close()")
    press(page, "Restart Python")
    expect(page.locator("html")).to_have_attribute("data-boot", "ready")
    expect(alert).to_be_visible()
    session.send("Storage.overrideQuotaForOrigin", quota)
    alert.get_by_role("button", name="Retry").click()
    expect(alert).to_have_count(0)
    wait_until_saved(page)
    before = fingerprint(page)
    boot(page, site)
    assert fingerprint(page) == before


def save_while_asleep(page: Page) -> None:
    """Let a machine sleep for ten minutes inside a save of a run that plays."""
    with held_from(page, "checkpoint"):
        page.evaluate("() => { self.asleep += 600_000; }")


@pytest.mark.parametrize("slow", cases([1, 3], lambda slow: slow == 1))
def test_a_machine_asleep_inside_a_save_delays_no_other(delayable: Page, slow: int) -> None:
    page = delayable
    choose_speed(page, SLOW)
    press(page, "Play")
    if slow == 1:  # not in the very first one
        for _ in range(3):
            wait_until_kept(page, active(page)["step"] + 1)
    for _ in range(slow):
        save_while_asleep(page)
    for _ in range(4):
        wait_until_kept(page, active(page)["step"] + 1)
    press(page, "Pause")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")


# Chromium may remember for 30 seconds that there was space.
@pytest.mark.nightly
def test_that_the_storage_is_full_is_said_after_a_slow_save_too(keeping: Keeping) -> None:
    context = keeping.context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    page.add_init_script(HELD_ANSWERS)
    page.add_init_script(SLEEP)
    boot(page, keeping.site)
    new_run(page, Name="Large", Hidden_layers="100, 100")
    press(page, "Play")
    save_while_asleep(page)
    wait_until_kept(page, active(page)["step"])
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin(keeping.site), "quotaSize": 1})
    alert = page.get_by_role("alert").filter(has_text="“Large” has not been saved since")
    expect(alert).to_contain_text("The browser's storage is full.")
    wait_for_steps(page, 100)  # training goes on
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin(keeping.site)})
    expect(alert).to_have_count(0)  # and is saved when there is space again
    wait_until_kept(page, active(page)["step"])


@pytest.mark.parametrize("how", cases(["undefined", "throws", "hangs"], lambda how: how != "undefined"))
def test_without_storage(page: Page, site: str, how: str) -> None:
    page.add_init_script(BLOCKED[how] + ("" if how == "hangs" else REST))
    boot(page, site)
    banner = page.get_by_role("alert").filter(has_text="saved here")
    expect(page.locator("[data-saved]")).to_have_attribute("data-saved", "memory")
    expect(banner).to_contain_text("Runs cannot be saved here:")
    call(page, "create_run", {"name": "In memory"})
    choose_speed(page, "As fast as possible")  # nothing tells that this visitor has played before
    press(page, "Play")
    wait_for_steps(page, 100)
    press(page, "Pause")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")
    press(page, "Delete In memory")
    press(page, "Undo")
    expect(page.get_by_text("Deleted “In memory”.")).to_be_hidden()
    assert active(page)["step"] >= 100
    with page.expect_download() as download:
        banner.get_by_role("button", name="Download In memory").click()
    assert download.value.path().read_bytes()[8:9] == b"{"
    if how == "hangs":  # without locks nothing tells that a worker is gone
        before = fingerprint(page)
        python_worker(page).evaluate("self.close()")
        expect(page.locator("html")).to_have_attribute("data-boot", "failed")
        expect_download_without_python(page)
        press(page, "Message 2 of 2: show the next one")
        press(page, "Restart Python")
        expect(page.locator("html")).to_have_attribute("data-boot", "ready")
        assert fingerprint(page) == before


def expect_download_without_python(page: Page) -> None:
    """What is downloaded then lacks the loss curve, and says so."""
    press(page, "Message 1 of 2: show the next one")
    with page.expect_download() as download:
        press(page, "Download In memory")
    assert b"layers/0/weights" in download.value.path().read_bytes()
    expect(notice(page, "partial")).to_contain_text("not the loss curve")


# The runs that are in the storage, as its own modules read them.
STORED = """
async (base) => {
  const {openStorage} = await import(`${base}storage/index.js`);
  const storage = await openStorage({heal: false});
  const runs = await storage.load();
  storage.close();
  return runs.map(({id, status, summary}) => [id, status, summary.step]);
}
"""


def test_no_lock_holds_up_training_or_its_saves(delayable: Page, site: str, files: str) -> None:
    page = delayable
    choose_speed(page, SLOW)
    press(page, "Play")
    wait_until_kept(page, 1)
    page.evaluate("() => { self.held_locks = new Promise((release) => { self.release_locks = release; }); }")
    page.evaluate("id => { self.copied = backprop.duplicate_run({id}); }", active(page)["id"])
    wait_for_runs(page, "({length}) => length === 2")
    for _ in range(2):  # the copy waits for its lock; all else goes on
        wait_until_kept(page, active(page)["step"] + 1)
    page.evaluate("async () => { self.release_locks(); await self.copied; }")
    press(page, "Pause")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")
    wait_until_saved(page)
    beside = page.context.new_page()  # of the same origin, with no page of ours in it
    beside.goto(f"{site}manifest.webmanifest")
    stored = beside.evaluate(STORED, files)
    beside.close()
    for run in call(page, "runs"):
        assert [run["id"], "ok", run["step"]] in stored


def test_both_workers_die_while_a_run_is_saved(delayable: Page, site: str) -> None:
    page = delayable
    choose_speed(page, "As fast as possible")
    press(page, "Play")
    wait_for_steps(page, 500)
    engine = python_worker(page)
    for worker in [it for it in page.workers if it != engine]:
        worker.evaluate("self.close()")
    wait_for_steps(page, 500)
    engine.evaluate("self.close()")
    expect(page.locator("html")).to_have_attribute("data-boot", "failed")
    expect(page.get_by_role("button", name="Play")).to_be_disabled()
    press(page, "Restart Python")
    expect(page.locator("html")).to_have_attribute("data-boot", "ready")
    press(page, "Play")
    wait_for_steps(page, 200)
    press(page, "Pause")
    expect(page.locator("[data-said]")).to_contain_text("Paused.")
    call(page, "train_batch")
    wait_until_saved(page)
    before = fingerprint(page)
    boot(page, site)
    assert fingerprint(page) == before
