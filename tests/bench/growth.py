"""Steps per second over width, depth and batch size, in the page's own worker, without drawing.

``python3 build.py bench growth`` writes a table and docs/steps-per-second.svg. Networks take turns; each has its best
turn, since other programs only slow it down. Two floors bound the time of a step: NumPy's calls, whose number depends
on the depth alone, and the arithmetic, 6 operations for each parameter and sample. The fastest turns of all networks
show them.
"""

import math
from itertools import pairwise
from typing import Any, NamedTuple

from playwright.sync_api import Page

from tests.bench.bench_page import bench_page
from tests.bench.document import table
from tools.places import DIST, ROOT

PICTURE = ROOT / "docs" / "steps-per-second.svg"
SAMPLES = 320
TURN = 400  # milliseconds; a step may take longer
HEAD = ("hidden layers × width", "batch", "parameters", "ms per step", "steps per second")
WIDTHS, DEPTHS, BATCHES = (8, 32, 128, 256, 512, 1024), (1, 2, 4, 8, 16, 32), (1, 4, 16, 64, 256)


class Shape(NamedTuple):
    """Depth and width of the hidden layers, batch size."""

    depth: int
    width: int
    batch: int

    @property
    def parameters(self) -> int:
        """Weights and biases, with 16 inputs and 4 classes."""
        widths = [16, *[self.width] * self.depth, 4]
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(widths))

    @property
    def config(self) -> dict[str, Any]:
        """Return the configuration of its run; each batch is full."""
        return {
            "dataset": {"num_samples": SAMPLES, "held_out": 0.2},
            "model": {"hidden_dims": [self.width] * self.depth},
            "trainer": {"batch_size": self.batch, "learning_rate": 0.01},
        }


PANELS = {
    "width": ("2 hidden layers, batch 10", [(width, Shape(2, width, 10)) for width in WIDTHS]),
    "hidden layers": ("32 units each, batch 10", [(depth, Shape(depth, 32, 10)) for depth in DEPTHS]),
    "batch size": ("3 hidden layers of 128 units", [(batch, Shape(3, 128, batch)) for batch in BATCHES]),
}

# Milliseconds per step of a run, over some time.
ADVANCE = """
async ([name, config, ms]) => {
  const known = (await backprop.runs()).find((run) => run.name === name);
  if (!known) await backprop.create_run({name, config});
  else await backprop.activate_run({id: known.id});
  const id = (await backprop.runs()).find((run) => run.active).id;
  const {slice_ms, slice_steps} =
    await backprop.advance({id, steps: 1e6, max_ms: ms, picture: "none", go_on: true});
  return slice_ms / slice_steps;
}
"""


def measure(page: Page, shapes: list[Shape], rounds: int, ms: int) -> dict[Shape, float]:
    """Return the milliseconds of a step in the best turn of each network; the first turn warms up."""
    best = dict.fromkeys(shapes, math.inf)
    for turn in range(rounds + 1):
        for shape in shapes:
            took = page.evaluate(ADVANCE, ["-".join(map(str, shape)), shape.config, ms])
            if turn > 0:
                best[shape] = min(best[shape], took)
    return best


def floors(times: dict[Shape, float]) -> tuple[float, float]:
    """Return milliseconds of the calls of a layer, and of a million operations, at the fastest found."""
    calls = min(time / (shape.depth + 1) for shape, time in times.items())
    return calls, min(time / operations(shape) for shape, time in times.items())


def operations(shape: Shape) -> float:
    """Return millions of operations: a product and a sum for each of three products of matrices."""
    return 6 * shape.parameters * shape.batch / 1e6


def picture(times: dict[Shape, float]) -> str:
    """Draw a panel for each quantity: steps per second over it, both on log scales, and the two bounds."""
    calls, million = floors(times)
    panels = "".join(
        f'<g transform="translate({24 + 300 * k} 0)">{panel(name, *PANELS[name], times, calls, million)}</g>'
        for k, name in enumerate(PANELS)
    )
    style = (
        "text{font:12px system-ui,sans-serif;fill:#555}.b{font-weight:600;fill:#222}.g{stroke:#ddd}"
        ".m{fill:none;stroke:#2457c5;stroke-width:2}.d{fill:#2457c5}.f,.c{fill:none;stroke:#666}"
        ".f{stroke-dasharray:6 3}.c{stroke-dasharray:1.5 3}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 330" role="img"><title>Steps per second</title>'
        f'<style>{style}</style><rect width="920" height="330" rx="6" fill="#fff"/>{panels}</svg>\n'
    )


def panel(
    name: str, about: str, points: list[tuple[int, Shape]], times: dict[Shape, float], calls: float, million: float
) -> str:
    """Draw one panel, 260 wide."""
    lowest, highest = math.log10(points[0][0]), math.log10(points[-1][0])

    def at(value: float, speed: float) -> str:
        x = 36 + 224 * (math.log10(value) - lowest) / (highest - lowest)
        return f"{x:.1f},{280 - 44 * min(5.0, max(0.0, math.log10(speed))):.1f}"

    def line(kind: str, speeds: list[tuple[int, float]]) -> str:
        return f'<polyline class="{kind}" points="{" ".join(at(*point) for point in speeds)}"/>'

    grid = "".join(
        f'<path class="g" d="M36 {280 - 44 * k}h224"/><text x="30" y="{284 - 44 * k}" text-anchor="end">{text}</text>'
        for k, text in enumerate(("1", "10", "100", "1k", "10k", "100k"))
    )
    ticks = "".join(
        f'<text x="{at(value, 1).split(",")[0]}" y="298" text-anchor="middle">{value}</text>' for value, _ in points
    )
    measured = [(value, 1000 / times[shape]) for value, shape in points]
    dots = "".join(
        f'<circle class="d" r="3.5" cx="{place[0]}" cy="{place[1]}"/>'
        for place in (at(*point).split(",") for point in measured)
    )
    by_calls = [(value, 1000 / (calls * (shape.depth + 1))) for value, shape in points]
    by_arithmetic = [(value, 1000 / (million * operations(shape))) for value, shape in points]
    return (
        f'<text class="b" x="0" y="20">Steps per second over {name}</text><text x="0" y="38">{about}</text>'
        f"{grid}{ticks}"
        f"{line('c', by_calls)}{line('f', by_arithmetic)}{line('m', measured)}{dots}"
        '<text x="0" y="320">bounds: calls (dotted), arithmetic (dashed)</text>'
    )


def tables(rounds: int) -> dict[str, str]:
    """Measure all networks, and draw the picture; return a block with a table."""
    shapes = list(dict.fromkeys(shape for _, points in PANELS.values() for _, shape in points))
    with bench_page(DIST) as (page, url, _):
        page.goto(url)
        page.evaluate("async () => { while (!window.backprop) await new Promise(requestAnimationFrame); }")
        page.evaluate("() => backprop.ready")
        times = measure(page, shapes, rounds, TURN)
    PICTURE.write_text(picture(times), "utf-8")
    return {"growth": growth_table(times)}


def growth_table(times: dict[Shape, float]) -> str:
    """Return a row for each network, given its milliseconds per step."""
    rows = []
    for shape, time in times.items():
        network = [f"{shape.depth} × {shape.width}", f"{shape.batch}", f"{shape.parameters:,}"]
        rows.append([*network, f"{time:.3g}", f"{float(f'{1000 / time:.3g}'):,g}"])
    return table(HEAD, rows)
