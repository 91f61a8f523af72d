"""Steps of a run on their way into its history."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..monitor.history import History
from ..training.trainer import Trainer


class Steps:
    """Steps of one call with batches of `size`, to be added to the history at its end.

    Attributes
    ----------
    first, visited, began : steps, visited samples and seconds of training before the first of them
    ended : seconds of training after the last of them
    losses, accuracies : one float64 array (n,) per slice
    """

    def __init__(self, size: int, trainer: Trainer) -> None:
        self.size, self.first, self.visited = size, trainer.step, trainer.samples_visited
        self.began = self.ended = trainer.seconds
        self.losses: list[NDArray[np.float64]] = []
        self.accuracies: list[NDArray[np.float64]] = []

    def add(self, losses: NDArray[np.float64], accuracies: NDArray[np.float64]) -> int:
        """Add a slice and return its number of steps; unknown accuracies are NaN."""
        known = len(accuracies) == len(losses)
        self.losses.append(losses)
        self.accuracies.append(accuracies if known else np.full(len(losses), np.nan))
        return len(losses)


def samples_after(steps: NDArray[Any], size: int, visited: int, num_train: int) -> NDArray[Any]:
    """Return the samples visited after each of `steps` more mini-batches of `size`; an epoch's last may be short."""
    left = num_train - visited % num_train  # in the current epoch
    later = np.maximum(steps - -(-left // size), 0)  # steps in later epochs
    epochs, rest = np.divmod(later, -(-num_train // size))
    samples: NDArray[Any] = visited + np.minimum(steps * size, left) + epochs * num_train + rest * size
    return samples


class Recorder:
    """History of a run, with the steps that are not in it yet.

    Parameters
    ----------
    num_train : number of training samples
    """

    def __init__(self, num_train: int) -> None:
        self._num_train = num_train
        self._history = History()
        self._waiting: list[Steps] = []

    @property
    def history(self) -> History:
        """Losses of all steps so far."""
        self._write()
        return self._history

    def add(self, made: Steps) -> None:
        """Add the steps of one call to the history."""
        self._waiting.append(made)
        self._write()

    def _write(self) -> None:
        """Write the waiting steps to the history. If that raises, the next access to the history repeats it."""
        while self._waiting:
            made, written = self._waiting[0], len(self._history)
            losses, accuracies = np.concatenate(made.losses), np.concatenate(made.accuracies)
            samples = samples_after(np.arange(1, len(losses) + 1), made.size, made.visited, self._num_train)
            seconds = np.linspace(made.began, made.ended, len(losses) + 1)[1:]
            new = slice(written - made.first, None)
            self._history.extend(losses[new], accuracies[new], samples[new] / self._num_train, seconds[new])
            del self._waiting[0]
