"""Write old_layouts/: run files and browser profiles, made by the states of this repository that first had a layout.

Each state is checked out in a temporary folder, built there, and its own Python and its own page write the files. They
stand for what people have kept, so they are never made again; a new layout is a new line in `LAYOUTS`:

    python3 tests/data/make_old_layouts.py NAME [NAME ...]

<name>.safetensors   a run file with its history
<name>.profile.gz    what the page kept in the browser, in JSON: the records of IndexedDB, the files of the second copy,
                     and localStorage; bytes in base64. Only of layouts with which a page saved.
<name>.json          what a reader must find in both
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tools import chromium
from tools.places import ROOT
from tools.serve import running, static_server

FOLDER = Path(__file__).with_name("old_layouts")
PATH = "/some/where/"

# The first commit with each layout. A number is that of the format; what follows is new in it.
LAYOUTS = {
    "1-first": "637d54a",
    "1-checksum-of-shapes": "0a379e1",
    "1-twins": "e9ce265",  # and `archived`
    "1-saved-in-the-browser": "d8af5e9",  # now saved by the page: sealed front of 20 bytes, rows of 6
    "1-last-pass": "877c103",
    "1-optimizers": "f5dd35a",  # and `marks`
    "1-flow-of-128-moments": "be64e9a",
    "1-epochs": "a5eb019",  # and held-out samples
    "1-stopping": "c06eba3",
    "1-sealed-front-of-24": "575d7ac",
    "1-flow-of-64-moments": "ef1874b",
    "1-weights-of-early-stopping": "f876b4c",
    "1-stops": "6f05ab5",
    "1-accuracies": "eba626a",  # rows of 7
}

UNSAVED = {"1-first", "1-checksum-of-shapes", "1-twins"}  # their pages saved nothing yet

CONFIG = """
WISHES = {
    "dataset": {"num_samples": 12, "vocabulary": ["a", "b", "ö"], "encoding": "embedding", "embedding_dim": 2,
                "num_master_sequences": 2, "held_out": 0.25},
    "model": {"hidden_dims": [3], "dtype": "float64", "seed": 1},
    "trainer": {"batch_size": 5, "learning_rate": 0.02, "optimizer": "adam", "clip_norm": 1.0},
    "stopping": {"early_stopping": True, "patience": 30, "monitor": "train_loss", "max_epochs": 60},
}

def possible(make):
    config = {}
    for section, options in WISHES.items():
        for name, value in options.items():
            wish = {**config, section: {**config.get(section, {}), name: value}}
            try:
                make(wish)
            except ValueError:
                continue  # this state has no such option
            config = wish
    return config
"""

MAKE_RUN = (
    CONFIG
    + """
import json, sys
from pathlib import Path
from backprop.runs.record import to_record
from backprop.runs.config import RunConfig
from backprop.files.run_file import to_bytes
from backprop.runs.run import TrainingRun

config = possible(RunConfig.from_dict)
run = TrainingRun(RunConfig.from_dict(config), "Old · 一", run_id="old-run", created="2026-11-23T12:00:00+00:00")
run.advance(200)
if run.trainer.step < 200:  # stopped after an epoch
    run.go_on()
    run.advance(9)
run.configure(learning_rate=0.01)
run.advance(5)  # into the middle of an epoch
record = to_record(run)
Path(sys.argv[1]).write_bytes(to_bytes(record))
expected = {
    "config": record["config"],
    "step": run.trainer.step,
    "parameters": record["parameters"].tolist(),
    "initial_parameters": record["initial_parameters"].tolist(),
    "losses": [*record["history"]["mean"].tolist(), *record["history"]["recent_loss"].tolist()],
    "later_losses": run.advance(12).tolist(),
}
print(json.dumps({"config": config, "run": expected}))
"""
)

TRAIN = """
async (config) => {
  const before = await backprop.runs();
  const made = await backprop.create_run({name: "Kept · 一", config});
  const {id} = made.find((run) => run.active);
  for (const run of before) await backprop.delete_run({id: run.id});
  for (let k = 0; k < 30; k++) await backprop.train_batch({update: true});
  await backprop.rename_run({id, name: "Kept · 一"});
  const {step, forward} = await backprop.state();
  const [{losses}] = await backprop.run_losses();
  const tensors = forward.tensors.filter(({name}) => /(weights|biases)$/.test(name));
  return {
    id, step, losses: losses.map(({loss}) => loss),
    tensors: tensors.map(({name, data}) => ({name, data: [...data]})),
  };
}
"""

DUMP = """
async (step) => {
  const base64 = (bytes) => btoa(Array.from(bytes, (it) => String.fromCharCode(it)).join(""));
  const plain = (value) => value instanceof Uint8Array ? {base64: base64(value)}
    : value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, it]) => [key, plain(it)])) : value;
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const name = "backprop:" + location.pathname;
  const db = await ask(indexedDB.open(name));
  const names = [...db.objectStoreNames].filter((store) => store !== "sessions" && store !== "scratch");
  const all = db.transaction(names); // one: between two of them the page may save
  const stores = Object.fromEntries(await Promise.all(names.map(async (store) => {
    const objects = all.objectStore(store);
    const [keys, values] = await Promise.all([ask(objects.getAllKeys()), ask(objects.getAll())]);
    return [store, keys.map((key, i) => [key, plain(values[i])])];
  })));
  db.close();
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(encodeURIComponent(name)).catch(() => null);
  const files = {};
  for await (const [file, handle] of folder?.entries() ?? [])
    files[file] = base64(new Uint8Array(await (await handle.getFile()).arrayBuffer()));
  const local = Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith(name + ":run:"))
    .map(([key, value]) => [key.slice(name.length), value]));
  const summaries = stores.summaries.filter(([, {summary}]) => summary.step === step);
  const isCopied = (kind) => Object.entries(files).some(([file, text]) => file.includes(kind) && text);
  const isWhole = summaries.length === 1 && stores.summaries.length === 1 && ["slot", "log"].every(isCopied);
  return isWhole ? {version: db.version, stores, files, local} : null;
}
"""


def make(name: str, state: Path) -> None:
    """Write the files of one layout."""
    environment = os.environ | {"PYTHONPATH": str(state / "py"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", MAKE_RUN, str(FOLDER / f"{name}.safetensors")]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=state)
    expected = json.loads(done.stdout)
    if name not in UNSAVED:
        (state / "node_modules").symlink_to(ROOT / "node_modules", target_is_directory=True)
        subprocess.run([sys.executable, "build.py"], cwd=state, check=True)
        expected["kept"], profile = drive(state / "dist", expected["config"])
        text = json.dumps(profile, ensure_ascii=False).encode()
        (FOLDER / f"{name}.profile.gz").write_bytes(gzip.compress(text, mtime=0))
    (FOLDER / f"{name}.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n", "utf-8")


def drive(dist: Path, config: dict[str, Any]) -> tuple[Any, Any]:
    """Train a run on the page of an old state; return what is seen there, and what the browser has kept."""
    with running(static_server(dist, prefix=PATH)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        page = browser.new_page()
        page.set_default_timeout(300_000)
        page.goto(url.rstrip("/") + PATH)
        page.wait_for_function("() => document.documentElement.dataset.boot === 'ready'")
        seen = page.evaluate(TRAIN, config)
        while (profile := page.evaluate(DUMP, seen["step"])) is None:
            page.wait_for_timeout(200)
        browser.close()
    return seen, profile


def main() -> None:
    """Write the layouts that are named."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder) / "state"
            subprocess.run(["git", "worktree", "add", "--detach", state, LAYOUTS[name]], cwd=ROOT, check=True)
            try:
                make(name, state)
            finally:
                subprocess.run(["git", "worktree", "remove", "--force", state], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
