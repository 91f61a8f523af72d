"""What following the gradient flow costs: the share of training that it takes, from the first step on.

python3 build.py && .venv/bin/python -m tests.bench.flow
"""

import json
import sys

from tests.bench.bench_page import bench_page
from tests.bench.python_page import boot, run_python
from tools.places import DIST

MEASURE = """
from statistics import median
from time import perf_counter
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun

CONFIGS = {'S': ([32, 32], 10), 'M': ([128, 128, 128], 32)}

def make(hidden_dims, batch_size):
    config = {'model': {'hidden_dims': hidden_dims}, 'trainer': {'batch_size': batch_size}}
    return TrainingRun(RunConfig.from_dict(config))

def seconds(work, count):
    began = perf_counter()
    for _ in range(count):
        work()
    return (perf_counter() - began) / count

def share(name, steps):
    run = make(*CONFIGS[name])
    run.advance(300)
    step, measured = [], []
    for _ in range(21):  # in turns: a busy machine slows both alike
        step.append(seconds(lambda: run.trainer.advance(20), 2) / 20)
        before, at = run.trainer.snapshot.parameters, run.flow.stride * 1000
        values = run.flow.values
        def follow():
            run.flow.values = values
            run.flow.follow(run.model, before, at)
        measured.append(seconds(follow, 10))
    # A moment also ends two slices, which training would not have ended otherwise.
    cut = seconds(lambda: run.trainer.advance(1), 200) - median(step)
    one, whole = median(measured) + 2 * max(cut, 0), median(step)
    shares = {}
    for count in steps:
        moments, stride, kept = 0, 1, 0
        for at in range(1, count + 1):
            if at == 1 or at % stride == 0:
                moments, kept = moments + 1, kept + 1
                if kept == 64:
                    stride, kept = 2 * stride, 32 + (stride == 1)
        shares[count] = moments * one / (count * whole)
    return {'step_us': 1e6 * whole, 'moment_us': 1e6 * one, 'shares': shares}
"""


def main() -> None:
    with bench_page(DIST) as (page, url, version):
        boot(page, url, {})
        print(f"Chromium {version}")
        for name in ("S", "M"):
            python = f"{MEASURE}\njson.dumps(share({name!r}, [1000, 10_000, 100_000, 1_000_000]))"
            answer = json.loads(run_python(page, python))
            shares = ", ".join(f"{int(count):,} steps {part:.2%}" for count, part in answer["shares"].items())
            print(f"{name}: a step {answer['step_us']:.0f} µs, a moment {answer['moment_us']:.0f} µs; {shares}")


if __name__ == "__main__":
    sys.exit(main())
