"""``python -m backprop inspect``: source sequences and samples."""

from typing import Any

from ..limits import check_integer
from ..monitor.percent import percent
from .options import config_of
from .output import Result


def inspect(options: dict[str, Any]) -> Result:
    """Print the source sequences and some samples."""
    dataset = config_of(options).make_dataset()
    count = check_integer("count", options["count"], 1, len(dataset), reason="the number of samples")
    best = dataset.best_possible
    join = " " if max(map(len, dataset.vocabulary)) > 1 else ""
    lines = [f"M{number}: {join.join(master)}" for number, master in enumerate(dataset.masters, 1)]
    lines += dataset.inspect_samples(count)
    lines.append(
        f"{len(dataset)} samples, {len(dataset.held_out)} of them held out, {dataset.unique_inputs} distinct inputs; "
        f"best possible accuracy {percent(best.accuracy, 2)}, loss {best.cross_entropy:.6f}"
    )
    data = {
        "masters": [list(master) for master in dataset.masters],
        "samples": [dataset.sample(index) for index in range(count)],
        "num_samples": len(dataset),
        "num_held_out": len(dataset.held_out),
        "unique_inputs": dataset.unique_inputs,
        "best_possible": best._asdict(),
    }
    return Result(data, lines)
