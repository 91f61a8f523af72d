"""Counts, losses and times of a training, from its first step on."""

import math
import time
import zlib
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..fields import MAX_COUNT, MAX_SECONDS, Fields

# Names in saved runs that differ from those of the attributes.
SAVED_AS = {"batches_crc32": "visits", "num_correct": "right"}


@dataclass
class Progress:
    """Position and results of a training, all of which are saved.

    Attributes
    ----------
    step : updates so far
    samples_visited : samples used by those updates
    batches_crc32 : CRC-32 over all batches so far; equal for two trainings that visited the same samples in the same
        order in the same batches
    loss : loss of the last update's batch, before the update; None before the first
    epoch_loss : mean loss over the samples of the last complete epoch, each at the time of its visit; None before
    epoch_accuracy : accuracy over them likewise, 0 to 1; None also if the epoch began in a saved run that had not
        counted correct predictions
    epoch_ms : training time of the last complete epoch, in milliseconds; the mean over several epochs if they are
        shorter than a tick of the clock
    seconds : total training time
    loss_sum : sum of the losses over the samples of this epoch so far
    num_correct : correct predictions in this epoch so far; NaN if not counted from its beginning
    epoch_began : value of `seconds` when the last timed epoch ended
    """

    step: int = 0
    samples_visited: int = 0
    batches_crc32: int = 0
    loss: float | None = None
    epoch_loss: float | None = None
    epoch_accuracy: float | None = None
    epoch_ms: float | None = None
    seconds: float = 0.0
    loss_sum: float = 0.0
    num_correct: float = 0
    epoch_began: float = 0.0

    def __post_init__(self) -> None:
        """Set up the clock."""
        self._epochs_timed = 0  # epochs completed since `epoch_began`
        self._started = 0.0

    def count(self, samples: NDArray[np.int32], loss: float) -> None:
        """Count a step with these samples."""
        size = len(samples)
        # Mix in the size: a CRC over bytes does not see where one batch ends and the next begins.
        self.batches_crc32 = zlib.crc32(samples.data, self.batches_crc32 ^ size)
        self.loss = loss
        self.step += 1
        self.samples_visited += size
        self.loss_sum += loss * size

    def end_epoch(self, num_samples: int) -> None:
        """Set the results of an epoch of `num_samples` that has just ended, and start the sums of the next one."""
        self._time_epoch()
        self.epoch_loss = self.loss_sum / num_samples
        self.epoch_accuracy = None if math.isnan(self.num_correct) else self.num_correct / num_samples
        self.loss_sum, self.num_correct = 0.0, 0

    def start(self) -> float:
        """Start the clock at the current `seconds`; return the time of `time.perf_counter`."""
        now = time.perf_counter()
        self._started = now - self.seconds
        return now

    def tick(self) -> None:
        """Set `seconds` to the time on the clock."""
        self.seconds = time.perf_counter() - self._started

    def _time_epoch(self) -> None:
        """Set `epoch_ms`. A browser's clock may tick only every 100 ms: epochs within one tick share its time."""
        self._epochs_timed += 1
        if self.seconds > self.epoch_began:
            self.epoch_ms = 1000 * (self.seconds - self.epoch_began) / self._epochs_timed
            self.epoch_began, self._epochs_timed = self.seconds, 0

    def to_state(self) -> dict[str, Any]:
        """Return plain data."""
        return {saved: getattr(self, name) for name, saved in PROGRESS_FIELDS.items()}

    @classmethod
    def from_state(cls, state: Fields, num_train: int) -> "Progress":
        """Read what `to_state` returned, in a run with `num_train` training samples."""
        step = state.integer("step", 0, MAX_COUNT)
        visited = state.integer("samples_visited", step, step * num_train)
        return cls(
            step,
            visited,
            state.integer("visits", 0, 2**32 - 1 if step else 0),
            state.real_or_none("loss"),
            state.real_or_none("epoch_loss"),
            state.share_or_none("epoch_accuracy"),
            state.real_or_none("epoch_ms"),
            state.number("seconds", 0, MAX_SECONDS),
            state.real("loss_sum"),
            _num_correct(state, visited % num_train),
            state.number("epoch_began", 0, MAX_SECONDS),
        )


def _num_correct(state: Fields, visited: int) -> float:
    """Read the correct predictions among the samples visited in this epoch; NaN if unknown."""
    value = state["right"]
    if isinstance(value, float) and math.isnan(value):
        return value
    return state.integer("right", 0, visited, "visited in this epoch")


# Attribute → name in saved runs.
PROGRESS_FIELDS = {field.name: SAVED_AS.get(field.name, field.name) for field in fields(Progress)}
