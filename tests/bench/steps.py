"""What is measured: a training step of the package beside one of the blackboard, in turn, in one process.

A step of each is the whole of it: the next batch of a shuffled epoch, forward, loss, backward, update. A run, which is
what the page trains, does more: it keeps every loss, follows the gradient flow, and measures after each epoch.
Runs on CPython and inside Pyodide, there with the page's compiled loops; `blackboard.py` calls it in both.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import NamedTuple

from backprop.data.dataset import SequenceDataset
from backprop.loops.formulas import FORMULAS
from backprop.model import Model
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun
from backprop.training.config import TrainerConfig
from backprop.training.trainer import Trainer
from tests import blackboard

WARM_UP = 5  # rounds that do not count: WebAssembly is compiled twice, the second time well
SLICE = 0.01  # seconds for one contestant's turn: long for a browser's coarse clock, short for a busy machine
LEARNING_RATE = 0.1
SAMPLES = 320  # that are trained on
HELD_OUT = 80  # and as many more as a run has by default

# name: widths of the hidden layers, batch size
CONFIGS = {"S": ((32, 32), 10), "M": ((128, 128, 128), 32)}

Steps = Callable[[int], object]


def contestants(config: str) -> dict[str, Steps]:
    """Return each contestant's way to make k steps, all on as many samples of 16 inputs and 4 classes."""
    hidden_dims, batch_size = CONFIGS[config]
    dataset = SequenceDataset(num_samples=SAMPLES, num_master_sequences=3)
    trainer = {"learning_rate": LEARNING_RATE, "batch_size": batch_size}

    def package(dtype: str) -> Steps:
        model = Model(dataset.input_dim, hidden_dims, dataset.output_dim, dtype=dtype)
        return Trainer(model, dataset, TrainerConfig(**trainer)).advance

    def calls() -> Steps:
        steps = package("float32")

        def by_calls(count: int) -> object:
            kept, FORMULAS.is_on = FORMULAS.is_on, False
            try:
                return steps(count)
            finally:
                FORMULAS.is_on = kept

        return by_calls

    def run() -> Steps:
        samples = {"num_samples": SAMPLES + HELD_OUT, "held_out": HELD_OUT / (SAMPLES + HELD_OUT)}
        config = {"dataset": samples, "model": {"hidden_dims": hidden_dims}, "trainer": trainer}
        made = TrainingRun(RunConfig.from_dict(config))
        assert made.config.num_train == SAMPLES
        return made.advance

    def board() -> Steps:
        model = Model(dataset.input_dim, hidden_dims, dataset.output_dim, dtype="float64")
        steps = blackboard.train(
            blackboard.copy_of(model),
            dataset.inputs.astype("float64"),  # NumPy's own choice, and what a blackboard would use
            dataset.targets,
            loss=blackboard.LOSSES["cross_entropy"],
            learning_rate=LEARNING_RATE,
            batch_size=batch_size,
        )
        return lambda count: [next(steps) for _ in range(count)]

    packages = {"float32": package("float32"), "by calls": calls(), "float64": package("float64")}
    return {**packages, "run": run(), "blackboard": board()}


def seconds(steps: Steps, count: int) -> float:
    began = perf_counter()
    steps(count)
    return perf_counter() - began


class Result(NamedTuple):
    """Of one contestant: microseconds a step, and that as a part of the blackboard's time in the same turn; medians."""

    microseconds: float
    ratio: float


def measure(config: str, rounds: int) -> dict[str, Result]:
    """Let the contestants take turns, so that whatever else the machine does slows all of them."""
    racers = contestants(config)
    counts = {}
    for name, steps in racers.items():
        steps(20)
        counts[name] = max(1, round(SLICE / min(seconds(steps, 20) / 20 for _ in range(5))))
    times: dict[str, list[float]] = {name: [] for name in racers}
    for turn in range(WARM_UP + rounds):
        for name, steps in racers.items():
            time = seconds(steps, counts[name]) / counts[name]
            if turn >= WARM_UP:
                times[name].append(1e6 * time)
    yardstick = times["blackboard"]
    return {
        name: Result(median(each), median(a / b for a, b in zip(each, yardstick, strict=True)))
        for name, each in times.items()
    }
