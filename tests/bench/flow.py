"""What following the gradient flow costs: the share of training that it takes, from the first step on.

python3 build.py && .venv/bin/python -m tests.bench.flow
"""

import json
import sys

from tests.bench.bench_page import bench_page
from tests.bench.python_page import boot, run_python
from tools.places import DIST

MEASURE = """
from time import perf_counter
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun

CONFIGS = {'S': ([32, 32], 10), 'M': ([128, 128, 128], 32), '1M': ([700, 700, 700], 32)}

def make(hidden_dims, batch_size):
    model, trainer = {'hidden_dims': hidden_dims}, {'batch_size': batch_size}
    config = {'dataset': {'num_samples': 120}, 'model': model, 'trainer': trainer}
    return TrainingRun(RunConfig.from_dict(config))

def seconds(work, count):
    began = perf_counter()
    for _ in range(count):
        work()
    return (perf_counter() - began) / count

def share(name, steps):
    run = make(*CONFIGS[name])
    run.advance(70)
    step, measured, stride, values = [], [], run.flow.stride, run.flow.values
    for _ in range(25):
        step.append(seconds(lambda: run.trainer.advance(5), 1) / 5)
        before, previous = run.trainer.snapshot.parameters, run.model.gradients.copy()
        def follow():
            run.flow.restore(stride, values, previous)
            run.flow.record(run.model, before, stride * 1000)
        measured.append(seconds(follow, 2))
    # A moment also ends two slices, which training would not have ended otherwise.
    cut = min(seconds(lambda: run.trainer.advance(1), 5) for _ in range(10)) - min(step)
    one, whole = min(measured) + 2 * max(cut, 0), min(step)  # other programs only add to them
    shares = {}
    for count in steps:
        moments, stride, kept = 0, 1, 0
        for at in range(1, count + 1):
            if at == 1 or at % stride == 0:
                moments, kept = moments + 1, kept + 1
                if kept == 64:
                    stride, kept = 2 * stride, 32 + (stride == 1)
        shares[count] = moments * one / (moments * one + count * whole)
    return {'step_us': 1e6 * whole, 'moment_us': 1e6 * one, 'shares': shares}
"""


def main() -> None:
    with bench_page(DIST) as (page, url, version):
        boot(page, url, {})
        print(f"Chromium {version}")
        for name in ("S", "M", "1M"):
            python = f"{MEASURE}\njson.dumps(share({name!r}, [64, 1000, 10_000, 100_000]))"
            answer = json.loads(run_python(page, python))
            shares = ", ".join(f"{int(count):,} steps {part:.2%}" for count, part in answer["shares"].items())
            print(f"{name}: a step {answer['step_us']:.0f} µs, a moment {answer['moment_us']:.0f} µs; {shares}")


if __name__ == "__main__":
    sys.exit(main())
