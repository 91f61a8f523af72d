"""What measuring the held-out samples after each epoch costs: time of training with it, by time without.

python3 build.py && .venv/bin/python -m tests.bench.held_out
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

CONFIGS = {'S': ([32, 32], 10, 100), 'M': ([128, 128, 128], 32, 1000)}

class Blind(TrainingRun):
    def _held_out_evaluation(self):
        return None
        yield  # a generator, as the method that it stands for

def make(kind, hidden_dims, batch_size, num_samples, held_out):
    return kind(RunConfig.from_dict({
        'dataset': {'num_samples': num_samples, 'held_out': held_out},
        'model': {'hidden_dims': hidden_dims},
        'trainer': {'batch_size': batch_size},
        'stopping': {'monitor': 'train_loss'},  # so that both keep their best weights at the end of the same epochs
    }))

def seconds(run, steps):
    began = perf_counter()
    run.advance(steps)
    return perf_counter() - began

def ratio(name, held_out):
    seeing, blind = (make(kind, *CONFIGS[name], held_out) for kind in (TrainingRun, Blind))
    epoch = -(-len(seeing.dataset.train) // seeing.trainer.config.batch_size)
    steps = epoch * max(1, 150 // epoch)
    pairs = []
    for k in range(24):  # in turns: a busy machine slows both alike
        first, second = (seeing, blind) if k % 2 else (blind, seeing)
        times = {first: seconds(first, steps), second: seconds(second, steps)}
        pairs.append((times[seeing], times[blind]))
    assert (seeing.model.parameters == blind.model.parameters).all()
    return {
        'steps': epoch, 'train': len(seeing.dataset.train), 'held_out': len(seeing.dataset.held_out),
        'step_us': 1e6 * median(without for _, without in pairs[2:]) / steps,
        'ratio': median(whole / without for whole, without in pairs[2:]),
    }
"""


def main() -> None:
    with bench_page(DIST) as (page, url, version):
        boot(page, url, {})
        print(f"Chromium {version}")
        for name in ("S", "M"):
            for held_out in (0.2, 0.5):
                python = f"{MEASURE}\njson.dumps(ratio({name!r}, {held_out}))"
                answer = json.loads(run_python(page, python))
                print(
                    f"{name}: {answer['train']} training samples, {answer['steps']} steps an epoch of "
                    f"{answer['step_us']:.0f} µs, {answer['held_out']} held out: "
                    f"training takes {answer['ratio']:.3f} times as long"
                )


if __name__ == "__main__":
    sys.exit(main())
