"""Measures a training step beside the blackboard's, on this machine and in its browser: `python3 build.py bench`.

    python tests/bench/run.py DIST [--native | --browser]

Prints medians in microseconds and ratios. Trust the ratios: contestants take turns in one process, so a busy machine
slows all of them alike. Nothing here passes or fails.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "py")]

from tests.bench.bench_page import bench_page  # noqa: E402
from tests.bench.steps import CONFIGS, Result, measure, versions  # noqa: E402
from tools.site import build_folder  # noqa: E402

Times = dict[str, dict[str, Result]]  # config: contestant: its time
YARDSTICK = "blackboard"
FILES = ("tests/blackboard.py", "tests/bench/steps.py")

BOOT = """
async ({base, files}) => {
  const {loadPyodide} = await import(`${base}pyodide.mjs`);
  const manifest = await (await fetch(`${base}manifest.json`)).json();
  globalThis.pyodide = await loadPyodide({indexURL: base, stdLibURL: base + manifest.stdlib, packages: ["numpy"]});
  const archive = await (await fetch(base + manifest.wheel)).arrayBuffer();
  pyodide.unpackArchive(archive, "zip", {extractDir: "/bench"});
  for (const [name, source] of Object.entries(files)) {
    pyodide.FS.mkdirTree(`/bench/${name}`.replace(/[/][^/]*$/, ""));
    pyodide.FS.writeFile(`/bench/${name}`, source);
  }
  pyodide.runPython("import sys; sys.path.insert(0, '/bench')");
  const {compileLoops, installLoops} = await import(`${base}../engine/loops.js`);
  installLoops(pyodide, await compileLoops(fetch(base + manifest.loops)));
}
"""
ANSWER = "(python) => JSON.parse(pyodide.runPython(python))"
IMPORT = "import json; from tests.bench.steps import measure, versions\n"


def in_browser(dist: Path) -> tuple[str, Times]:
    """Run `steps.py` in the Pyodide of the built site, on a page of its origin that does nothing else."""
    with bench_page(dist) as (page, url, version):
        base = f"{url}{build_folder(dist).name}/python/"
        page.goto(f"{base}manifest.json")
        page.evaluate(BOOT, {"base": base, "files": {name: (ROOT / name).read_text("utf-8") for name in FILES}})
        title = page.evaluate(ANSWER, f"{IMPORT}json.dumps(versions())")
        times = {}
        for name in CONFIGS:
            answer = page.evaluate(ANSWER, f"{IMPORT}json.dumps(measure({name!r}))")
            times[name] = {contestant: Result(*numbers) for contestant, numbers in answer.items()}
        return f"Chromium {version}, {title}", times


def natively() -> tuple[str, Times]:
    """Run `steps.py` here."""
    return versions(), {name: measure(name) for name in CONFIGS}


def table(title: str, times: Times) -> str:
    """Return one line for each config: microseconds a step, and the package's time as a part of the blackboard's."""
    names = [name for name in next(iter(times.values())) if name != YARDSTICK]
    head = [*names, YARDSTICK, *(f"{name} ÷" for name in names)]
    lines = [title, f"{'':28}" + "".join(f"{word:>12}" for word in head)]
    for config, time in times.items():
        hidden_dims, batch_size = CONFIGS[config]
        row = f"{config}  {'-'.join(map(str, [16, *hidden_dims, 4]))}, batch {batch_size}"
        microseconds = "".join(f"{time[name].microseconds:>12.1f}" for name in [*names, YARDSTICK])
        ratios = "".join(f"{time[name].ratio:>12.2f}" for name in names)
        lines.append(f"{row:28}{microseconds}{ratios}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dist", type=Path, help="the built site")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--native", action="store_true", help="on this machine's Python only")
    only.add_argument("--browser", action="store_true", help="in the browser only")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()
    results: dict[str, Times] = {}
    if not options.browser:
        title, results["native"] = natively()
        report(options, f"\nThis machine: {title}", results["native"])
    if not options.native:
        title, results["browser"] = in_browser(options.dist)
        report(options, f"\nIn the browser: {title}", results["browser"])
    if options.json:
        print(json.dumps(results))
    else:
        print("\nMedian microseconds for one training step; ÷: the package's time by the blackboard's (float64).")
        print("by calls: float32, with each formula as calls of NumPy instead of one loop; in the browser.")
        print("run: what the page trains, in float32, with its losses, gradient flow and held-out samples.")


def report(options: argparse.Namespace, title: str, times: Times) -> None:
    if not options.json:
        print(table(title, times), flush=True)


if __name__ == "__main__":
    main()
