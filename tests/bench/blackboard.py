"""Measures a training step beside the blackboard's, on this machine and in its browser: `python3 build.py bench steps`.

Trust the ratios: contestants take turns in one process, so a busy machine slows all of them alike.
"""

import json
from collections.abc import Iterator

from tests.bench.bench_page import bench_page
from tests.bench.document import table
from tests.bench.python_page import boot, run_python
from tests.bench.steps import CONFIGS, Result, measure
from tools.places import DIST, ROOT

Times = dict[str, dict[str, Result]]  # config: contestant: its time
YARDSTICK = "blackboard"
FILES = ("tests/blackboard.py", "tests/bench/steps.py")
# A contestant, in the words of the table.
NAMES = {
    "float32": "the package's step",
    "by calls": "the package's step, each formula as calls of NumPy",
    "float64": "the package's step in float64",
    "run": "a run's step, as the page trains it",
}
PLACES = ("on CPython, one thread", "in the browser", "there without SIMD loops")
MEASURE = "from tests.bench.steps import measure\njson.dumps(measure({name!r}, {rounds}))"
WITHOUT_LOOPS = "from backprop.loops.installed import LOOPS\nLOOPS.use(False)"


def in_browser(rounds: int) -> Iterator[Times]:
    """Run `steps.py` in the Pyodide of the built site, with its SIMD loops and without."""
    with bench_page(DIST) as (page, url, _):
        boot(page, url, {name: (ROOT / name).read_text("utf-8") for name in FILES})

        def times(name: str) -> dict[str, Result]:
            answer = json.loads(run_python(page, MEASURE.format(name=name, rounds=rounds)))
            return {contestant: Result(*numbers) for contestant, numbers in answer.items()}

        yield {name: times(name) for name in CONFIGS}
        run_python(page, WITHOUT_LOOPS)
        yield {name: times(name) for name in CONFIGS}


def tables(rounds: int) -> dict[str, str]:
    """Measure in both places; return a block with a table."""
    found = [{name: measure(name, rounds) for name in CONFIGS}, *in_browser(rounds)]
    return {"steps": steps_table(dict(zip(PLACES, found, strict=True)))}


def steps_table(places: dict[str, Times]) -> str:
    """Return a row for each contestant and place: its time by the blackboard's, and its microseconds."""
    rows = []
    for place, times in places.items():
        for contestant, words in NAMES.items():
            found = [time[contestant] for time in times.values()]
            rows.append([f"{words}, {place}", *(f"{each.ratio:.2f} ({each.microseconds:,.0f} µs)" for each in found)])
    return table(["", *next(iter(places.values()))], rows)
