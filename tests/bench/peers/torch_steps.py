"""PyTorch in eager mode, with and without its DataLoader, on one thread: a program of its own, run by another Python.

It reads lines ``eager|loader BATCH TRAIN SECONDS WIDTHS…`` and answers each with microseconds per step.
"""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)


def batches(way: str, x: torch.Tensor, y: torch.Tensor, size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Iterate over the batches of shuffled epochs, without end."""
    loader = DataLoader(TensorDataset(x, y), batch_size=size, shuffle=True)
    while True:
        if way == "loader":
            yield from loader
        else:
            order = torch.randperm(len(x))
            for start in range(0, len(x), size):
                chosen = order[start : start + size]
                yield x[chosen], y[chosen]


def stepper(way: str, size: int, train: int, widths: list[int]) -> Callable[[], float]:
    """Return a function that makes one step: forward, loss, which is read, backward, update."""
    layers: list[torch.nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.GELU(approximate="tanh")]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.rand(train, widths[0]), torch.randint(widths[-1], (train,))
    samples = batches(way, x, y, size)

    def step() -> float:
        inputs, targets = next(samples)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main() -> None:
    """Answer until the input ends."""
    made: dict[str, Callable[[], float]] = {}
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        way, size, train, seconds, *widths = line.split()
        key = f"{way} {widths}"
        if key not in made:
            made[key] = stepper(way, int(size), int(train), [int(width) for width in widths])
            for _ in range(20):
                made[key]()
        step, count, began = made[key], 0, time.perf_counter()
        while time.perf_counter() - began < float(seconds):
            step()
            count += 1
        print(1e6 * (time.perf_counter() - began) / count, flush=True)


if __name__ == "__main__":
    main()
