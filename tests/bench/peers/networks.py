"""The networks that all contestants train."""

from typing import Any, NamedTuple


class Network(NamedTuple):
    """Widths from inputs to classes, batch size, training samples, and the run of the page that is the same."""

    widths: tuple[int, ...]
    batch: int
    train: int
    config: dict[str, Any]


def _config(hidden: tuple[int, ...], batch: int, dataset: dict[str, Any]) -> dict[str, Any]:
    return {"dataset": dataset, "model": {"hidden_dims": list(hidden)}, "trainer": {"batch_size": batch}}


# 28 positions of 28 tokens are 784 inputs; which of ten sequences a sample comes from are ten classes.
_WIDE = {
    "vocabulary": [chr(97 + k) if k < 26 else chr(39 + k) for k in range(28)],
    "sequence_length": 28,
    "num_samples": 960,
    "task": "classification",
    "num_master_sequences": 10,
    "master_sequence_length": [30, 40],
}
NETWORKS = {
    "S": Network((16, 32, 32, 4), 10, 80, _config((32, 32), 10, {})),
    "M": Network((16, 128, 128, 128, 4), 32, 96, _config((128, 128, 128), 32, {"num_samples": 120})),
    "L": Network((784, 256, 256, 10), 64, 768, _config((256, 256), 64, _WIDE)),
}
