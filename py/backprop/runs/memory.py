"""Memory of runs, and the budget shared by all runs of a session.

A browser gives Python at most 4 GiB, and on many devices far less. The memory of a run follows from its config and is
checked before anything is allocated: a config of a few hundred bytes can ask for gigabytes.
"""

from typing import Any

import numpy as np

from ..limits import LIMITS
from ..optimizers import OPTIMIZERS
from ..training.config import TrainerConfig
from .config import RunConfig
from .run import TrainingRun

# Current, initial and best parameters, those of early stopping and before the last update; gradients, and those of the
# previous step.
PARAMETER_VECTORS = 7
# For each hidden unit and sample of a batch: z, a, f'(z), cache, dL/dz and dL/da.
HIDDEN_BUFFERS = 6
INT32, INT64, FLOAT32 = 4, 8, 4  # bytes
# Multiple of the budget for restored runs, whose histories have grown since they were created.
RESTORE_SHARE = 4 / 3


def bytes_of(config: RunConfig, trainer: TrainerConfig | None = None, on_screen: int = 0) -> dict[str, int]:
    """Return the maximum memory of a run of this config in bytes, by config field.

    Parameters
    ----------
    trainer : replaces the config's trainer section
    on_screen : number of samples of the current batch, if it differs from the batch size

    Returns
    -------
    dict of config field → bytes: ``model.hidden_dims`` for all parameter vectors, ``trainer.batch_size`` for the
    intermediate values of a batch, ``dataset.num_samples`` for the samples
    """
    trainer = trainer or config.trainer
    return {
        "model.hidden_dims": _parameters(config, trainer),
        "trainer.batch_size": _batches(config, trainer.batch_size, on_screen),
        "dataset.num_samples": _samples(config),
    }


def bytes_in_use(run: TrainingRun) -> int:
    """Return the maximum memory of a run in bytes, with its current history."""
    history = run.history.nbytes + run.flow.values.nbytes
    return history + sum(bytes_of(run.config, on_screen=len(run.trainer.batch)).values())


def bytes_of_record(record: dict[str, Any]) -> int:
    """Return the maximum memory of a record's run in bytes; `record.from_record` reports missing fields."""
    last_pass = record.get("last_pass")
    batch = last_pass.get("batch") if isinstance(last_pass, dict) else None
    on_screen = len(batch) if isinstance(batch, np.ndarray) and batch.ndim else 0
    if isinstance(batch, bytes | bytearray | memoryview):
        on_screen = memoryview(batch).nbytes // INT32
    return sum(bytes_of(RunConfig.from_dict(record.get("config")), on_screen=on_screen).values())


def check_budget(subject: str, needed: int, in_use: int, share: float = 1.0) -> None:
    """Raise ValueError if `needed` bytes besides those `in_use` exceed the budget times `share`.

    Parameters
    ----------
    subject : beginning of the message: ``This run``
    """
    budget = LIMITS["memory"][1] * share
    if needed + in_use > budget:
        others = f" besides the {_megabytes(in_use)} of all other runs" if in_use else ""
        raise ValueError(
            f"{subject} would need {_megabytes(needed)} of memory{others}; the limit is {_megabytes(budget)}"
        )


def largest(parts: dict[str, int]) -> str:
    """Return the field with the largest part of `bytes_of`."""
    return max(parts, key=lambda field: parts[field])


def _parameters(config: RunConfig, trainer: TrainerConfig) -> int:
    states = 2 * len(OPTIMIZERS[trainer.optimizer].STATE)  # current, and before the last update
    return (PARAMETER_VECTORS + states) * config.parameters * _item(config)


def _batches(config: RunConfig, size: int, on_screen: int) -> int:
    """Count one buffer for all batch sizes, and one for a larger batch on screen, kept until the next pass."""
    hidden, data = sum(config.model.hidden_dims), config.dataset
    rows = size + (on_screen if on_screen > size else 0)
    numbers = rows * (HIDDEN_BUFFERS * hidden + 2 * data.output_dim + data.input_dim)
    if data.encoding == "embedding":  # the looked-up rows, and in the backward pass the occurrences of each token
        numbers += max(size, on_screen) * (data.input_dim + 2 * data.positions * len(data.vocabulary))
    return numbers * _item(config)


def _samples(config: RunConfig) -> int:
    data, item = config.dataset, _item(config)
    # Tokens, master sequence, position and split; the target as an index and one-hot.
    each = INT32 * (data.sequence_length + 3) + INT64 + item * data.output_dim
    # Targets and logits in the order of the epoch; order and inputs of the previous epoch too while it is on screen.
    trained = 2 * (item * data.output_dim + INT32)
    if data.encoding == "one_hot":
        each += FLOAT32 * data.input_dim + (item * data.input_dim if item > FLOAT32 else 0)
        trained += 2 * item * data.input_dim
    else:
        each += INT32 * data.positions
        trained += 2 * INT32 * data.positions
    return data.num_samples * each + config.num_train * trained


def _item(config: RunConfig) -> int:
    return np.dtype(config.model.dtype).itemsize


def _megabytes(count: float) -> str:
    return f"{max(1, round(count / 1e6)):,} MB"
