"""The Python tests, run once more by the interpreter that visitors have: CPython in WebAssembly, in a real browser."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tools.archive import read_tree, write_zip
from tools.places import ROOT

HERE_ONLY = "not native and not browser"
FAILURE = "tests/python/runs/test_own_code.py::test_a_failure_is_a_sentence_with_its_line_and_ours_goes_on"
# What WebAssembly can change: numbers, their bytes, the stack that a file or the learner's code may exhaust, how its
# loops are stopped, and the modules that it must not reach.
TESTED_INSIDE = (
    "tests/python/test_activations.py",
    "tests/python/test_gradients.py",
    "tests/python/test_losses.py",
    "tests/python/test_model.py",
    "tests/python/test_optimizers.py",
    "tests/python/test_textbook.py",
    "tests/python/test_torch.py",
    "tests/python/files/test_damage.py",
    "tests/python/learner/test_package.py::test_a_copy_trains_to_the_same_bits",
    "tests/python/learner/test_package.py::test_the_arrays_of_a_copy_are_numpys",
    "tests/python/learner/test_time_limit.py",
    "tests/python/loops/test_compiled.py",
    "tests/python/loops/test_formulas.py",
    "tests/python/monitor/test_quantiles.py",
    "tests/python/runs/test_order_of_actions.py",
    "tests/python/runs/test_own_code.py::test_a_copy_of_ours_goes_on_to_the_same_bits",
    *(f"{FAILURE}[{line}]" for line in ("while True: pass", "self.forward(x)", "raise SystemExit", "np.zeros(10**9)")),
    "tests/python/runs/test_own_code.py::test_modules_that_are_kept_out",
    "tests/python/training/test_golden.py::test_two_hundred_steps",
    "tests/python/training/test_golden.py::test_the_golden_run_is_the_default_configuration",
    "tests/python/wire/test_checksum.py",
)
# What is made of these: the same numbers in another order, and texts.
NIGHTLY_INSIDE = (
    "tests/python/test_gradcheck.py",
    "tests/python/data/test_generation.py",
    "tests/python/files/test_run_file.py",
    "tests/python/learner/test_package.py",
    "tests/python/monitor/test_histograms.py",
    "tests/python/monitor/test_smoothing.py",
    "tests/python/runs/test_own_code.py",
    "tests/python/runs/test_record.py",
    "tests/python/training/test_golden.py",
    "tests/python/training/test_slices.py",
    "tests/python/training/test_trainer.py",
)
NOT_PORTABLE = ("tests/browser/", "tests/contract/", "tests/web/")

BOOT = """
async (packages) => {
  const base = document.baseURI;
  const {loadPyodide} = await import(new URL("pyodide.mjs", base).href);
  const pyodide = await loadPyodide({
    indexURL: new URL(".", base).href, stdLibURL: new URL("python_stdlib.data", base).href, packages,
  });
  pyodide.globals.set("BASE", new URL(".", base).href);
  globalThis.pyodide = pyodide;
  return [...Object.keys(pyodide.loadedPackages)];
}
"""

UNPACK = """
async ({files, python}) => {
  const bytes = Uint8Array.from(atob(files), (letter) => letter.charCodeAt(0));
  pyodide.unpackArchive(bytes, "zip", {extractDir: "/suite"});
  await pyodide.runPythonAsync(python);
}
"""

RUN = """
async (python) => {
  const lines = [];
  const keep = {batched: (line) => lines.push(line)};
  pyodide.setStdout(keep);
  pyodide.setStderr(keep);
  const result = JSON.parse(await pyodide.runPythonAsync(python));
  return {...result, report: lines.join("\\n")};
}
"""

INSTALL = """
import os

import micropip

wheels = [f"emfs:/suite/wheels/{name}" for name in sorted(os.listdir("/suite/wheels"))]
await micropip.install([*wheels, BASE + OWN_WHEEL], deps=False)
"""

# The page's SIMD loops, as its worker installs them.
LOOPS = """
async () => {
  const base = document.baseURI;
  const {compileLoops, installLoops} = await import(new URL("../engine/loops.js", base).href);
  installLoops(pyodide, await compileLoops(fetch(new URL("loops.wasm", base))));
  return pyodide.runPython("from backprop.loops.installed import LOOPS; LOOPS.name + LOOPS.reason");
}
"""

PYTEST = f"""
import json
import os
import sys
from collections import Counter

import pytest

outcomes = Counter()


class Count:
    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            outcomes[report.outcome] += 1


os.chdir("/suite")
options = ["-m", {HERE_ONLY!r}, "--quiet", "--capture=sys", "--assert=plain", "-p", "no:cacheprovider"]
code = pytest.main([*options, *TIER], plugins=[Count()])
json.dumps({{"code": int(code), "platform": sys.platform, "outcomes": outcomes}})
"""

# The page's own start, in a worker: there the page of a class may import what no start needs.
WORKER = """
import {unpacked} from "BASE/engine/pack.js";
import {startPython} from "BASE/engine/python.js";
const manifest = await (await fetch("BASE/python/manifest.json")).json();
const pack = fetch("BASE/python/" + manifest.pack).then((answer) => answer.arrayBuffer());
const files = pack.then((bytes) => unpacked(new Uint8Array(bytes)));
const pyodide = await startPython("BASE/python/", manifest.lock, files);
self.onmessage = ({data}) => {
  try { postMessage(pyodide.runPython(data)); } catch (error) { postMessage(error.message); }
};
postMessage("ready");
"""
IN_WORKER = """
(source) => new Promise((resolve) => {
  self.worker = new Worker(URL.createObjectURL(new Blob([source], {type: "text/javascript"})), {type: "module"});
  worker.onmessage = ({data}) => resolve(data);
})
"""
RUN_IN_WORKER = """
(python) => new Promise((resolve) => { worker.onmessage = ({data}) => resolve(data); worker.postMessage(python); })
"""

START = """
import json
import sys

import backprop.session

origins = {name: module.__spec__.origin for name, module in sys.modules.items() if getattr(module, "__spec__", None)}
slow = [name for name, origin in origins.items() if (origin or "").endswith(".py") and "/backprop/" not in origin]
json.dumps({"compiled_at_start": slow, "own_bytecode": backprop.session.__spec__.cached})
"""

LATE = """
import numpy
import sqlite3, unittest, email.mime.text, html.parser, turtle_that_is_not_there
"""

INDEX = "open('/lib/late/modules.json').read()"
# Modules that are nowhere.
IMPORT_ALL = """
import importlib, json

names = {name for archive in json.load(open("/lib/late/modules.json")) for name in archive["modules"]}
failed = []
for name in sorted(names):
    try:
        found = importlib.util.find_spec(name) is not None
    except Exception as error:  # a package above it, which needs what Pyodide does not have
        found = getattr(error, "name", "") not in names
    if not found:
        failed.append(name)
json.dumps(failed)
"""

WHOLE_NUMPY = """
from numpy import *
import numpy.ctypeslib, numpy.fft, numpy.linalg, numpy.ma, numpy.matlib, numpy.polynomial, numpy.testing, numpy.typing

a = numpy.random.default_rng(0).standard_normal((4, 4))
numpy.testing.assert_allclose(numpy.linalg.inv(a) @ a, numpy.eye(4), atol=1e-12)
numpy.testing.assert_allclose(numpy.fft.ifft(numpy.fft.fft(a)).real, a, atol=1e-12)
numpy.__version__
"""


@pytest.fixture
def pyodide(page: Page, files: str) -> Page:
    """Open a bare document beside the site's Python; the site's own page is not needed."""
    page.goto(f"{files}python/manifest.json")
    return page


def test_whole_suite_passes_inside_pyodide(pyodide: Page, pytestconfig: pytest.Config) -> None:
    tier = [*TESTED_INSIDE]
    if pytestconfig.getoption("--nightly"):
        tier += ["--nightly", *NIGHTLY_INSIDE]
    wheel = manifest(pyodide)["wheel"]
    pyodide.evaluate(BOOT, ["numpy", "micropip"])
    files = base64.b64encode(write_zip(portable_suite())).decode()
    pyodide.evaluate(UNPACK, {"files": files, "python": f"OWN_WHEEL = {wheel!r}\n{INSTALL}"})
    assert pyodide.evaluate(LOOPS) == "simd 1"
    result = pyodide.evaluate(RUN, f"TIER = {tier}\n{PYTEST}")
    assert result["code"] == 0, result["report"]
    assert result["platform"] == "emscripten"
    assert sum(result["outcomes"].values()) == count_tests(tier), result["report"]
    assert result["outcomes"]["passed"] > 0, result["report"]


@pytest.fixture
def python(pyodide: Page, files: str) -> Callable[[str], str]:
    """Start Python as the page does, in a worker; gives a function that runs code there."""
    assert pyodide.evaluate(IN_WORKER, WORKER.replace("BASE/", files)) == "ready"
    return lambda code: str(pyodide.evaluate(RUN_IN_WORKER, code))


def test_start_compiles_nothing_and_every_module_of_numpy_and_the_library_is_fetched_when_it_is_imported(
    python: Callable[[str], str], pyodide: Page
) -> None:
    asked: list[str] = []
    pyodide.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    result = json.loads(python(START))
    assert [name for name in result["compiled_at_start"] if name != "late_modules"] == []
    assert result["own_bytecode"].endswith(".pyc")
    about = manifest(pyodide)
    python("import backprop.session, numpy; s = backprop.session.Session(); s.train_epoch(); s.overview()")
    assert asked == []  # training and what the page shows of it fetch nothing
    assert python(WHOLE_NUMPY) == about["numpy"]
    assert "No module named 'turtle_that_is_not_there'" in python(LATE)
    assert sorted(asked) == [about["numpy_wheel"], about["stdlib"]]  # each once
    published = {module for archive in json.loads(python(INDEX)) for module in archive["modules"]}
    assert len(published) > 400
    assert json.loads(python(IMPORT_ALL)) == []


def manifest(page: Page) -> dict[str, Any]:
    return json.loads(page.locator("body").inner_text())


def portable_suite() -> dict[str, bytes]:
    """Return what Pyodide needs: the tests with all that they share, pytest's settings, wheels of pytest."""
    (wheels,) = (ROOT / ".build" / "suite").iterdir()
    portable = {
        name: source
        for name, source in read_tree(ROOT / "tests", "tests/").items()
        if not name.startswith(NOT_PORTABLE) and "__pycache__" not in name
    }
    return {
        **portable,
        **read_tree(wheels, "wheels/", ".whl"),
        "pyproject.toml": (ROOT / "pyproject.toml").read_bytes(),
    }


def count_tests(tier: list[str]) -> int:
    """Count, on this machine, the tests that Pyodide should have run."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-m", HERE_ONLY, *tier]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    return sum("::" in line for line in listing.splitlines())
