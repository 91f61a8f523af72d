"""Play, with drawing and without, beside PyTorch, TensorFlow.js, ConvNetJS and loops by hand, in turns.

Ratios are those of one round, in which all contestants take their turns in a random order; one round before them warms
all up. Programs that could not be installed are left out (tests/bench/others.py).
"""

import os
import random
import subprocess
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median

from playwright.sync_api import Page

from tests.bench import others
from tests.bench.bench_page import bench_page
from tests.bench.document import ratios, spread, table
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
PYTORCH, TYPED = "PyTorch with DataLoader", "typed arrays"
YARDSTICKS = (PYTORCH, TYPED)
PLAIN, EARLIER = " without SIMD loops", f" of {others.EARLIER}"
# How each build plays.
WAYS = {"": ("drawn", "not drawn"), PLAIN: ("not drawn",), EARLIER: ("drawn", "not drawn")}
TURN = 1000  # milliseconds
LEFT_OUT = "{} could not be installed, and is left out"

# Of some milliseconds: microseconds per step.
Contestant = Callable[[Network, int], float]


def torch(python: Path, stack: ExitStack) -> tuple[str, dict[str, Contestant]]:
    """Start PyTorch in a process of its own; return its version, and its contestants."""
    command = [python, "-W", "ignore", HERE / "torch_steps.py"]
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = stack.enter_context(
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone)
    )
    assert process.stdin is not None
    assert process.stdout is not None
    questions, answers = process.stdin, process.stdout
    version = f"PyTorch {answers.readline().strip()}, one thread"

    def contestant(way: str) -> Contestant:
        def race(network: Network, ms: int) -> float:
            widths = " ".join(map(str, network.widths))
            questions.write(f"{way} {network.batch} {network.train} {ms / 1000} {widths}\n")
            questions.flush()
            return float(answers.readline())

        return race

    stack.callback(questions.close)
    return version, {PYTORCH: contestant("loader"), "PyTorch": contestant("eager")}


def javascript(page: Page, node: Path | None, stack: ExitStack) -> dict[str, Contestant]:
    """Load the contestants in JavaScript into a page."""
    names = {TYPED: "typed"}
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


def site(page: Page, ways: Iterable[str]) -> dict[str, Contestant]:
    """Return the ways to play on a page with a run."""

    def contestant(way: str) -> Contestant:
        return lambda _, ms: 1e6 / max(1e-9, play(page, ms, way).speed)

    return {way: contestant(way) for way in ways}


def builds() -> dict[str, Path]:
    """Return the sites that take part."""
    earlier = others.earlier_site()
    return {"": DIST, PLAIN: others.site_without_loops(), **({EARLIER: earlier} if earlier else {})}


def played(build: str, way: str) -> str:
    """Return the name of a contestant."""
    return f"Play{build}, {way}"


def lines(network: Network, times: dict[str, list[float]]) -> str:
    """Return a table: microseconds per step, and ratios to the yardsticks in one round."""
    sticks = [stick for stick in YARDSTICKS if stick in times]
    head = ["", "µs per step", *(f"times as fast as {stick}" for stick in sticks)]
    rows = [
        [contestant, f"{median(each):,.0f}", *(spread(ratios(times[stick], each)) for stick in sticks)]
        for contestant, each in times.items()
    ]
    title = f"{'-'.join(map(str, network.widths))}, batches of {network.batch}"
    return f"{title}:\n\n{table(head, rows)}"


def race(contestants: dict[str, Contestant], network: Network, rounds: int, ms: int) -> dict[str, list[float]]:
    """Let all take turns."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name in random.sample(list(contestants), len(contestants)):
            time = contestants[name](network, ms)
            if turn > 0:  # the first one warms up
                times[name].append(time)
    return times


def tables(rounds: int) -> dict[str, str]:
    """Let all contestants train each network; return a block with a table for each."""
    node, python = others.node_modules(), others.torch_python()
    with bench_page(DIST) as (page, _, _), ExitStack() as stack:
        programs = javascript(page, node, stack)
        versions = (
            [f"{name} {version}" for name, version in others.NODE.items()] if node else [LEFT_OUT.format("npm's")]
        )
        version, torches = torch(python, stack) if python else (LEFT_OUT.format("PyTorch"), {})
        found = [lines(each, all_race(page, programs | torches, each, rounds)) for each in NETWORKS.values()]
    return {"peers": "\n\n".join([*found, f"{'; '.join([version, *versions])}."])}


def all_race(page: Page, programs: dict[str, Contestant], network: Network, rounds: int) -> dict[str, list[float]]:
    """Open each site with a run of this network, and let the programs and the sites take turns."""
    browser = page.context.browser
    assert browser is not None
    contestants = {}
    with ExitStack() as stack:
        for build, dist in builds().items():
            opened = stack.enter_context(closing(browser.new_page(viewport=SIZE)))  # type: ignore[arg-type]
            url = stack.enter_context(running(static_server(dist)))
            plays = site(begun(opened, url, network.config), WAYS[build])
            contestants |= {played(build, way): one for way, one in plays.items()}
        return race(contestants | programs, network, rounds, TURN)
