"""Play, with drawing and without, beside PyTorch, TensorFlow.js, ConvNetJS and loops by hand, in turns.

Run it on the built site: ``.venv/bin/python -m tests.bench.peers``. Contestants besides this page are found by:

--other NAME=DIST the built site of another commit
--node FOLDER     a ``node_modules`` with convnetjs, @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm
--torch PYTHON    the Python of an environment with torch

They are no dependency of this project: install them into a folder to throw away. Ratios are those of one round, in
which all contestants take their turns in a random order; one round before them warms all up.
"""

import argparse
import os
import random
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.sync_api import Page

from tests.bench.bench_page import bench_page
from tests.bench.peers.networks import NETWORKS, Network
from tests.bench.playing import SIZE, begun, play
from tools.places import DIST
from tools.serve import running, static_server

HERE = Path(__file__).parent
SCRIPTS = (
    "convnetjs/build/convnet.js",
    "@tensorflow/tfjs/dist/tf.min.js",
    "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
)
BACKEND = """
async (path) => {
  tf.wasm.setWasmPaths(path);
  tf.wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
}
"""
YARDSTICKS = ("PyTorch with DataLoader", "typed arrays")

# Of some milliseconds: microseconds per step.
Contestant = Callable[[Network, int], float]


def torch(python: Path, stack: ExitStack) -> dict[str, Contestant]:
    """Start PyTorch in a process of its own."""
    command = [python, HERE / "torch_steps.py"]
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = stack.enter_context(
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone)
    )
    assert process.stdin is not None
    assert process.stdout is not None
    questions, answers = process.stdin, process.stdout
    print(f"PyTorch {answers.readline().strip()}, one thread")

    def contestant(way: str) -> Contestant:
        def race(network: Network, ms: int) -> float:
            widths = " ".join(map(str, network.widths))
            questions.write(f"{way} {network.batch} {network.train} {ms / 1000} {widths}\n")
            questions.flush()
            return float(answers.readline())

        return race

    stack.callback(questions.close)
    return {"PyTorch with DataLoader": contestant("loader"), "PyTorch": contestant("eager")}


def javascript(page: Page, node: Path | None, stack: ExitStack) -> dict[str, Contestant]:
    """Load the contestants in JavaScript into a page."""
    names = {"typed arrays": "typed"}
    if node:
        url = stack.enter_context(running(static_server(node)))
        page.goto(f"{url}@tensorflow/tfjs/package.json")  # wasm files are fetched from the same origin
        for script in SCRIPTS:
            page.add_script_tag(url=url + script)
        page.evaluate(BACKEND, f"{url}@tensorflow/tfjs-backend-wasm/dist/")
        names |= {"ConvNetJS (ReLU)": "convnet", "TensorFlow.js, wasm": "tensorflow"}
    page.add_script_tag(content=f"(() => {{{(HERE / 'peers.js').read_text('utf-8')}}})()")

    def contestant(name: str) -> Contestant:
        def race(network: Network, ms: int) -> float:
            page.bring_to_front()
            about = {"widths": network.widths, "batch": network.batch, "train": network.train}
            return float(page.evaluate("([name, network, ms]) => raced(name, network, ms)", [name, about, ms]))

        return race

    return {label: contestant(name) for label, name in names.items()}


def site(page: Page) -> dict[str, Contestant]:
    """Return the ways to play on a page with a run."""

    def contestant(way: str) -> Contestant:
        return lambda _, ms: 1e6 / max(1e-9, play(page, ms, way).speed)

    return {way: contestant(way) for way in ("drawn", "not drawn")}


def table(name: str, times: dict[str, list[float]]) -> str:
    """Return a table: microseconds per step, and ratios to the yardsticks in one round."""
    network = NETWORKS[name]
    sticks = [stick for stick in YARDSTICKS if stick in times]
    lines = [
        f"### {name}: {'-'.join(map(str, network.widths))}, batch {network.batch}",
        "",
        f"| | µs per step | {' | '.join(f'times as fast as {stick}' for stick in sticks)} |",
        f"|---|---|{'---|' * len(sticks)}",
    ]
    for contestant, each in times.items():
        ratios = [[other / mine for other, mine in zip(times[stick], each, strict=True)] for stick in sticks]
        cells = [f"{median(found):.2f} [{min(found):.2f} to {max(found):.2f}]" for found in ratios]
        lines.append(f"| {contestant} | {median(each):,.0f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def race(contestants: dict[str, Contestant], network: Network, rounds: int, ms: int) -> dict[str, list[float]]:
    """Let all take turns."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name in random.sample(list(contestants), len(contestants)):
            time = contestants[name](network, ms)
            if turn > 0:  # the first one warms up
                times[name].append(time)
    return times


def main() -> None:
    """Print a table for each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--other", action="append", default=[], metavar="NAME=DIST", help="another build")
    parser.add_argument("--node", type=Path, help="node_modules with the contestants in JavaScript")
    parser.add_argument("--torch", type=Path, help="Python with torch")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--ms", type=int, default=1500, help="of each turn")
    parser.add_argument("--network", choices=NETWORKS, action="append")
    options = parser.parse_args()
    with bench_page(DIST) as (page, _, version), ExitStack() as stack:
        print(f"Chromium {version}, {os.cpu_count()} cores, {options.rounds} rounds of {options.ms} ms")
        others = javascript(page, options.node, stack)
        others |= torch(options.torch, stack) if options.torch else {}
        browser = page.context.browser
        assert browser is not None
        builds = {"": DIST, **{f" of {name}": Path(dist) for name, dist in (each.split("=") for each in options.other)}}
        urls = {build: stack.enter_context(running(static_server(dist))) for build, dist in builds.items()}
        for name in options.network or NETWORKS:
            network, contestants = NETWORKS[name], dict(others)
            pages = [browser.new_page(viewport=SIZE) for _ in urls]  # type: ignore[arg-type]
            for opened, (build, url) in zip(pages, urls.items(), strict=True):
                ways = site(begun(opened, url, network.config))
                contestants |= {f"Play{build}, {way}": race for way, race in ways.items()}
            load = os.getloadavg()[0]
            print(f"\n{table(name, race(contestants, network, options.rounds, options.ms))}", flush=True)
            print(f"\nLoad {load:.1f} before, {os.getloadavg()[0]:.1f} after.", flush=True)
            for opened in pages:
                opened.close()


if __name__ == "__main__":
    main()
