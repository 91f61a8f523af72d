"""The storage engine in a real browser whose profile outlives it: killed, wiped, damaged, full, in several tabs."""

import os
import random
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import ONE_PROCESS
from tests.conftest import Amounts
from tests.tiers import cases, pairs
from tools import chromium
from tools.places import ROOT
from tools.serve import running, static_server

BIG = 100_000  # numbers in a checkpoint: 400 kB, which Chromium keeps in a file of its own
PAGE = "storage.html"


@pytest.fixture(scope="module")
def engine_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the page's modules with a bare page that has the same Content-Security-Policy."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "web", folder, dirs_exist_ok=True)
    policy = re.search(r"<meta http-equiv=[^>]*>", (folder / "index.html").read_text("utf-8"))
    assert policy
    shutil.copy(Path(__file__).with_name("storage_page.js"), folder)
    page = f"<!doctype html><html><head>{policy[0]}<script type=module src=storage_page.js></script></head></html>"
    (folder / PAGE).write_text(page, "utf-8")
    with running(static_server(folder)) as url:
        yield url


class Chrome:
    """A browser with a profile, whose process can be killed."""

    def __init__(self, browser: Browser, profile: Path, site: str) -> None:
        self.browser, self.profile, self.site = browser, profile, site
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> BrowserContext:
        executable = chromium.find() or self.browser.browser_type.executable_path
        options = [
            "--headless=new",
            ONE_PROCESS,
            "--remote-debugging-port=0",
            f"--user-data-dir={self.profile}",
            "about:blank",
        ]
        self.process = subprocess.Popen(
            [executable, *chromium.arguments(), *options], stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self.process.stderr
        address = next(line.split()[-1] for line in self.process.stderr if "DevTools listening on" in line)
        self.drain = threading.Thread(target=self.process.stderr.read)
        self.drain.start()
        self.connected = self.browser.browser_type.connect_over_cdp(address)
        return self.connected.contexts[0]

    def open(self, **options: Any) -> Page:
        """Start the browser, and open the storage in a tab of it."""
        return self.tab(self.start(), **options)

    def blank(self, context: BrowserContext) -> Page:
        """Return an empty tab: the one that every browser starts with, while it is, or a further one."""
        (first, *others) = context.pages
        return context.new_page() if others or first.url != "about:blank" else first

    def tab(self, context: BrowserContext, **options: Any) -> Page:
        return open_storage(self.blank(context), self.site, **options)

    def quit(self) -> None:
        """Close the browser as people do."""
        self.connected.new_browser_cdp_session().send("Browser.close")
        self._end()

    def kill(self) -> None:
        """End every process of the browser at once."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        assert self.process
        assert self.process.stderr
        self.process.wait()
        self.drain.join()
        self.process.stderr.close()
        self.connected.close()
        self.process = None

    def files(self, pattern: str) -> list[Path]:
        return sorted(
            (path for path in self.profile.glob(pattern) if path.is_file()), key=lambda it: it.stat().st_mtime_ns
        )

    def wipe(self, folder: str) -> None:
        found = list(self.profile.glob(folder))
        assert found, f"no {folder} in the profile"
        for path in found:
            shutil.rmtree(path)


DATABASE = "Default/IndexedDB"
LOG = "Default/IndexedDB/*.leveldb/*.log"
BLOBS = "Default/IndexedDB/*.blob/**/*"
FILES = "Default/File System"


@pytest.fixture
def chrome(browser: Browser, tmp_path: Path, engine_site: str) -> Iterator[Chrome]:
    made = Chrome(browser, tmp_path / "profile", engine_site)
    yield made
    if made.process:
        made.kill()


@pytest.fixture
def tab(visit: Callable[..., Page], engine_site: str) -> Callable[[], Page]:
    """Open tabs of one context, for what no restart of the browser belongs to."""
    first = visit(locale="en-US")

    def open_tab() -> Page:
        page = first if first.url == "about:blank" else first.context.new_page()
        return open_storage(page, engine_site)

    return open_tab


def open_storage(page: Page, engine_site: str, **options: Any) -> Page:
    page.goto(engine_site + PAGE)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("options => engine.open(options)", options)
    return page


def saved(chrome: Chrome, steps: int, **options: Any) -> Page:
    """Start a browser in which a run was saved `steps` times, second copies and all."""
    return saved_in(chrome.open(**options), steps)


def saved_in(page: Page, steps: int) -> Page:
    page.evaluate("engine.own()")
    for _ in range(steps):
        assert page.evaluate("engine.saveNext()") is None
    page.evaluate("engine.settled()")
    assert page.evaluate("engine.state().copy_problem") is None
    return page


def the_run(page: Page) -> dict[str, Any]:
    """Load all runs; there is one, and it is whole."""
    (run,) = page.evaluate("engine.load()")
    assert run["whole"], run
    return run


# By day test_kept.py kills the whole page while it saves a small run.
@pytest.mark.parametrize("numbers", cases([1_000, BIG], lambda numbers: numbers == BIG))
def test_killed_while_it_saves(chrome: Chrome, amounts: Amounts, numbers: int) -> None:
    chance = random.Random(numbers)
    acknowledged = 0
    for _ in range(amounts.kills):
        page = chrome.open(numbers=numbers)
        if acknowledged:
            run = the_run(page)
            assert run["status"] == "ok", run
            assert run["step"] >= acknowledged
        assert page.evaluate("engine.own()")
        acknowledged = page.evaluate("count => engine.train(count)", chance.randint(1, 12))
        chrome.kill()


def save_next(page: Page) -> None:
    """Own the run and save its next step."""
    page.evaluate("engine.own()")
    page.evaluate("engine.saveNext()")
    page.evaluate("engine.settled()")


def test_wiped_database_then_second_copy_then_both(chrome: Chrome) -> None:
    saved(chrome, 5)
    chrome.quit()
    chrome.wipe(DATABASE)
    page = chrome.open()
    run = the_run(page)
    assert (run["status"], run["step"]) == ("second copy", 5)
    assert "restored from the second copy" in run["why"]
    save_next(page)
    chrome.quit()
    chrome.wipe(FILES)  # the database has the whole history again
    page = chrome.open()
    run = the_run(page)
    assert (run["status"], run["step"]) == ("ok", 6)
    save_next(page)
    chrome.quit()
    chrome.wipe(DATABASE)  # the second copy has been made again, whole
    page = chrome.open()
    run = the_run(page)
    assert (run["status"], run["step"]) == ("second copy", 7)
    save_next(page)
    chrome.quit()
    chrome.wipe(DATABASE)
    chrome.wipe(FILES)
    (run,) = chrome.open().evaluate("engine.load()")
    assert (run["status"], run["why"]) == ("lost", "This run was saved here, but the browser has lost it.")


def test_a_history_begun_anew(chrome: Chrome) -> None:
    page = saved(chrome, 3)
    for _ in range(3):
        assert page.evaluate("engine.saveAnew()") is None
        assert page.evaluate("engine.saveNext()") is None
    page.evaluate("engine.settled()")
    chrome.kill()
    page = chrome.open()
    assert the_run(page) == {"id": "run-1", "status": "ok", "why": "", "step": 9, "whole": True, "remains": []}
    chrome.quit()
    chrome.wipe(DATABASE)
    page = chrome.open()
    assert (the_run(page)["status"], the_run(page)["step"]) == ("second copy", 9)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_flipped_bytes_in_the_newest_checkpoint_and_in_all(chrome: Chrome) -> None:
    saved(chrome, 3, numbers=BIG)
    chrome.quit()
    *older, newest = sorted(chrome.files(BLOBS), key=lambda path: int(path.name, 16))
    flip(newest)
    run = the_run(chrome.open(numbers=BIG))
    assert (run["status"], run["step"]) == ("second copy", 3)
    assert "its checksum differs" in run["why"]
    chrome.quit()
    chrome.wipe(FILES)
    run = the_run(chrome.open(numbers=BIG))
    assert (run["status"], run["step"]) == ("previous slot", 2)
    chrome.quit()
    chrome.wipe(FILES)
    for path in older:
        flip(path)
    (run,) = chrome.open(numbers=BIG).evaluate("engine.load()")
    assert (run["status"], run["step"]) == ("damaged", 3)
    assert [size > 4 * BIG for name, size in run["remains"] if name.startswith("checkpoint")] == [True, True]


def test_missing_checkpoint_file(chrome: Chrome) -> None:
    saved(chrome, 3, numbers=BIG)
    chrome.quit()
    max(chrome.files(BLOBS), key=lambda path: int(path.name, 16)).unlink()
    run = the_run(chrome.open(numbers=BIG))
    assert (run["status"], run["step"]) == ("second copy", 3)


def test_truncated_log(chrome: Chrome) -> None:
    saved(chrome, 6)
    chrome.kill()
    (log,) = chrome.files(LOG)
    log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])
    page = chrome.open()
    assert the_run(page)["step"] == 6
    page.evaluate("engine.own()")
    page.evaluate("engine.saveNext()")
    assert page.evaluate("engine.read()")["step"] == 7


@pytest.mark.parametrize("heal", cases([True, False], lambda heal: heal))  # without: what the fault does
def test_zero_bytes_at_the_end_of_the_log(chrome: Chrome, heal: bool) -> None:
    """What a power cut leaves. Chromium goes on behind the zeros, and drops what stands there at the start after."""
    saved(chrome, 4)
    chrome.kill()
    (log,) = chrome.files(LOG)
    with log.open("ab") as file:
        file.write(bytes(250))
    saved(chrome, 2, heal=heal)
    chrome.kill()
    run = the_run(chrome.open(heal=heal))
    assert (run["status"], run["step"]) == ("ok" if heal else "second copy", 6), run


def test_over_quota(chrome: Chrome) -> None:
    context = chrome.start()
    session = context.new_cdp_session(context.new_page())
    quota = {"origin": chrome.site.rstrip("/")}
    # Set before the database is opened: Chromium remembers for a while how much there was.
    session.send("Storage.overrideQuotaForOrigin", {**quota, "quotaSize": 11_000_000})
    page = chrome.tab(context, numbers=10 * BIG)
    page.evaluate("engine.own()")
    page.evaluate("engine.train(20)")
    assert page.evaluate("engine.log().refused.map(({name}) => name)") == ["QuotaExceededError"]
    assert page.evaluate("engine.state().runs['run-1'].unsaved.why") == "The browser's storage is full."
    step = page.evaluate("engine.log().refused[0].step")
    assert the_run(page)["step"] == step - 1
    session.send("Storage.overrideQuotaForOrigin", quota)
    page.wait_for_function("() => engine.state().runs['run-1'].unsaved === null")  # it has tried again by itself
    page.evaluate("engine.settled()")
    assert the_run(page)["step"] == step


REFUSE = "{get() { throw new DOMException('no', 'SecurityError') }}"
BLOCKED = {
    "undefined": "Object.defineProperty(globalThis, 'indexedDB', {value: undefined});",
    "throws": f"Object.defineProperty(globalThis, 'indexedDB', {REFUSE});",
    "hangs": "IDBFactory.prototype.open = () => new EventTarget();",
}
REST = f"""
    delete Navigator.prototype.storage;
    delete Navigator.prototype.locks;
    Object.defineProperty(globalThis, 'localStorage', {REFUSE});
"""


@pytest.mark.parametrize(("how", "rest"), pairs([*BLOCKED], ["", REST]))
def test_without_storage(page: Page, engine_site: str, how: str, rest: str) -> None:
    page.add_init_script(BLOCKED[how] + rest)
    page.goto(engine_site + PAGE)
    page.wait_for_selector("html[data-ready]", state="attached")
    state = page.evaluate("engine.open({deadline: 300})")
    assert state["where"] == "memory"
    assert state["reason"].endswith(".")
    assert page.evaluate("engine.own()")
    for _ in range(3):
        assert page.evaluate("engine.saveNext()") is None
    assert page.evaluate("engine.read()")["whole"]


# By day test_old_profiles.py, on the whole page.
@pytest.mark.nightly
def test_second_copies_are_shown_where_the_database_cannot_be_opened(chrome: Chrome) -> None:
    saved(chrome, 3)
    chrome.quit()
    context = chrome.start()
    context.add_init_script(BLOCKED["hangs"])
    page = chrome.tab(context, deadline=1000)
    assert page.evaluate("engine.state().where") == "memory"
    run = the_run(page)
    assert (run["status"], run["step"]) == ("second copy", 3)


NEWER = """() => new Promise((resolve, reject) => {
    const request = indexedDB.open("backprop:/", 2);
    request.onupgradeneeded = () => request.result.createObjectStore("more");
    request.onsuccess = () => resolve(request.result.close());
    request.onerror = () => reject(request.error);
})"""


def test_upgrade_with_an_old_tab_open(tab: Callable[[], Page], engine_site: str) -> None:
    old = saved_in(tab(), 2)
    new = old.context.new_page()
    new.goto(engine_site + PAGE)
    new.evaluate(NEWER)  # what a newer version does; it waits for no one
    assert "newer version" in old.evaluate("engine.state().reason")
    assert old.evaluate("engine.saveNext()") == "VersionError"
    assert "newer version" in old.evaluate("engine.state().runs['run-1'].unsaved.why")
    later = tab()
    state = later.evaluate("engine.state()")
    assert (state["where"], state["reason"]) == (
        "memory",
        "A newer version of this page has written the saved runs. Reload the page to get that version.",
    )
    assert the_run(later)["step"] == 2


def test_forty_take_overs_and_no_stale_write(tab: Callable[[], Page]) -> None:
    tabs = [tab() for _ in range(3)]
    assert tabs[0].evaluate("engine.own()") is True
    assert tabs[1].evaluate("engine.own()") is False
    for i in range(40):
        page = tabs[i % 3]
        assert page.evaluate("engine.takeOver()")
        page.evaluate("engine.train(3)")
    for page in tabs:
        page.evaluate("engine.stop()")
    logs = [page.evaluate("engine.log()") for page in tabs]
    saves = sorted((save for log in logs for save in log["acknowledged"]), key=lambda save: save["sequence"])
    assert len(saves) >= 120
    # Each save continues from the one before it: whoever wrote knew the newest state.
    assert [save["step"] for save in saves] == list(range(1, len(saves) + 1))
    assert [save["epoch"] for save in saves] == sorted(save["epoch"] for save in saves)
    assert sum(len(log["lost"]) for log in logs) == 40  # each owner but the last was told
    run = the_run(tabs[0])
    assert (run["status"], run["step"]) == ("ok", len(saves))


def test_the_next_tab_is_told_when_a_run_is_free(tab: Callable[[], Page]) -> None:
    owner, other = tab(), tab()
    owner.evaluate("engine.own()")
    assert other.evaluate("engine.own()") is False
    other.evaluate("globalThis.freed = engine.whenFree(), null")
    owner.close()
    other.evaluate("globalThis.freed")
    assert other.evaluate("engine.own()") is True


COUNT_READS = """
() => {
  const {getFile} = FileSystemFileHandle.prototype;
  self.reads = 0;
  FileSystemFileHandle.prototype.getFile = function () {
    self.reads++;
    return getFile.call(this);
  };
}
"""


def test_each_run_has_files_of_its_own_and_a_removed_one_none(chrome: Chrome) -> None:
    page = saved(chrome, 3)
    (worker,) = page.workers
    worker.evaluate(COUNT_READS)
    reads = [0]
    for number in range(8):
        page.evaluate("id => engine.saveOther(id)", f"other-{number}")
        page.evaluate("engine.settled()")
        reads.append(worker.evaluate("self.reads"))
    # No new run has the files of all others read: only its own four, and those of the two sets that are kept free.
    assert max(after - before for before, after in pairwise(reads)) <= 12

    page.evaluate("engine.remove()")
    assert "run-1" not in page.evaluate("engine.load().then((runs) => runs.map(({id}) => id))")
    tabs = [page, chrome.tab(page.context), chrome.tab(page.context)]
    for number, tab in enumerate(tabs):
        tab.evaluate(
            "n => { globalThis.done = Promise.all([1, 2, 3].map(i => engine.saveOther(`${n}-${i}`))) }", number
        )
    for tab in tabs:
        tab.evaluate("globalThis.done.then(engine.settled)")

    chrome.quit()
    chrome.wipe(DATABASE)
    runs = chrome.open().evaluate("engine.load()")
    assert [(run["status"], run["whole"]) for run in runs] == [("second copy", True)] * 17
    assert "run-1" not in [run["id"] for run in runs]


# Every byte of the second copy is another one.
SPOIL = """
async () => {
  const root = await navigator.storage.getDirectory();
  for await (const folder of root.values())
    for await (const handle of folder.values()) {
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const writable = await handle.createWritable();
      await writable.write(bytes.map((it) => it ^ 255));
      await writable.close();
    }
}
"""
DELETE_DATABASE = """
(name) => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase(name);
  request.onsuccess = () => resolve();
  request.onerror = request.onblocked = () => reject(request.error);
})
"""


def test_a_second_copy_that_is_damaged_altogether_is_listed_where_the_database_is_empty(
    tab: Callable[[], Page], engine_site: str
) -> None:
    page = saved_in(tab(), 2)
    page.goto(f"{engine_site}favicon.svg")
    page.evaluate(DELETE_DATABASE, "backprop:/")
    page.evaluate(SPOIL)
    (run,) = open_storage(page, engine_site).evaluate("engine.load()")
    assert run["status"] == "damaged"
    assert "What is left of it can be downloaded." in run["why"]
    assert [name for name, _ in run["remains"]] == ["copy-0", "copy-1", "copy-history-1"]


# Two second copies on the same files, as of two tabs. In each set: whose checkpoints lie there.
TWO_TABS = """
async () => {
  const {openCopy} = await import("./storage/opfs_copy.js");
  const {seal, unseal} = await import("./storage/sealed.js");
  const [one, two] = [1, 2].map(() => openCopy({name: "two tabs", deadline: 60000}));
  const save = (id, fence, sequence) => ({
    id, fence, sequence, chunks: [], rows: {generation: 1, start: 0, end: 0},
    checkpoint: seal({id, sequence, summary: {}}, new Uint8Array([sequence])),
  });
  await one.write(save("taken", 1, 1));
  await two.write(save("taken", 2, 2)); // the other tab takes it over,
  await two.remove("taken");            // deletes it,
  await two.write(save("new", 1, 1));   // gives its files to a new run,
  await two.write(save("taken", 4, 4)); // and undoes the deletion
  HOW
  const stored = await two.list();
  [one, two].forEach((it) => it.close());
  const inside = (bytes) => [unseal(bytes).header].map(({id, sequence}) => [id, sequence])[0];
  return Object.fromEntries(stored.map(({id, slots}) => [id, slots.map(inside)]));
}
"""


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ("await one.write(save('taken', 5, 5));", {"new": [["new", 1]], "taken": [["taken", 4], ["taken", 5]]}),
        ("await one.remove('taken');", {"new": [["new", 1]]}),
    ],
    ids=["saved", "deleted"],
)
def test_a_run_that_comes_back_from_another_tab_leaves_the_files_of_others_alone(
    page: Page, engine_site: str, how: str, left: dict[str, Any]
) -> None:
    page.goto(engine_site + PAGE)
    assert page.evaluate(TWO_TABS.replace("HOW", how)) == left
