"""The training loop: forward, loss, backward and update, one mini-batch after the other."""

import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.abstract import Dataset, TypedSample
from ..fields import Fields
from ..limits import LIMITS, check_integer
from ..model import Model
from .config import TrainerConfig
from .divergence import quiet
from .epoch_order import EpochOrder, check_seeded_order
from .evaluation import EpochLogits, Score, confusion, evaluation
from .progress import PROGRESS_FIELDS, Progress
from .slices import Work, finish
from .snapshot import copies, read_state
from .stepper import Stepper

_NOTHING: NDArray[np.float64] = np.empty(0)  # allocated once, so that clearing cannot run out of memory
# Fields of its saved state.
STATE = (*PROGRESS_FIELDS.values(), "next", "order", "generator", "optimizer_t", "optimizer_state")


class Trainer(Stepper):
    """Train a model on a dataset: for each batch forward, loss, backward, update.

    Each epoch visits every training sample once, shuffled by a generator seeded with `config.seed`; a short last batch
    is kept. The sample order is a function of the seed, on every machine.

    Parameters
    ----------
    model, dataset : those of `Stepper`
    config : TrainerConfig; default: each setting's own default

    Attributes
    ----------
    order : `EpochOrder`
    losses, accuracies : float64 array (n,) each, one entry for each step of the last call, also if it raised: loss and
        accuracy (0 to 1) of its batch before its update

    and those of `Stepper`, which raises the same errors.
    """

    def __init__(self, model: Model, dataset: Dataset, config: TrainerConfig | None = None) -> None:
        super().__init__(model, dataset, config or TrainerConfig())
        self.order = EpochOrder(self.samples, dataset.train, self.config.seed)
        self._logits = EpochLogits(len(dataset.train), dataset.output_dim, model.dtype)
        self.losses, self.accuracies = _NOTHING, _NOTHING

    def _train_batch(self, size: int) -> float:
        """Make a step with the next batch of the epoch, and start a new epoch at its end."""
        order = self.order
        loss = self.make_step(order.peek(size))
        if not self.divergence:
            self._logits.keep(self.model.layers[-1].pre_activations, order.position)
            order.position += len(self.batch)
            if order.position == order.size:
                self._end_epoch(size)
        return loss

    def _end_epoch(self, size: int) -> None:
        self.progress.tick()
        try:
            self._count_correct(size)
        except BaseException:
            self.progress.num_correct = math.nan
            raise
        finally:  # the epoch is over even if counting raises
            self.progress.end_epoch(self.order.size)
            self.order.position = self._logits.num_scored = 0
        self.order.shuffle()

    def _count_correct(self, size: int) -> None:
        """Count correct predictions of the steps since the last call, per batch, from the logits at training time."""
        if self._logits.num_scored == self.order.position:
            return
        num_correct, accuracies = self._logits.score(self.order.classes_from(self._logits.num_scored), size)
        self.accuracies = np.concatenate([self.accuracies, accuracies])
        self.progress.num_correct += num_correct
        self._logits.num_scored = self.order.position

    def make_steps(self, steps: int, size: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        """Train as `advance` does, but leave out dL/dx of the inputs until `complete_pass`, and NumPy's warnings in."""
        self.clear_slice()
        progress, clock = self.progress, time.perf_counter
        losses, first = np.empty(steps), progress.step
        stop_at = progress.start() + (math.inf if max_seconds is None else max_seconds)
        done = 0
        try:
            while done < steps:
                losses[done] = self._train_batch(size)
                if self.divergence:
                    break
                done += 1
                if max_seconds is not None and clock() >= stop_at:
                    break
        finally:  # report every completed step even if one raises
            losses[done : progress.step - first] = progress.loss
            self.losses = losses[: progress.step - first]
            progress.tick()
            self._count_correct(size)
        return self.losses

    def _train(self, steps: int, size: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        losses = self.make_steps(steps, size, max_seconds)
        self.complete_pass()
        return losses

    @quiet
    def advance(
        self, steps: int, max_seconds: float | None = None, *, batch_size: int | None = None
    ) -> NDArray[np.float64]:
        """Train for `steps` mini-batches, or fewer if `max_seconds` of wall time pass first (but at least one).

        Stops before a step whose loss, parameters or optimizer state are not finite; see `divergence`.

        Parameters
        ----------
        batch_size : samples per step; default: the config's

        Returns
        -------
        float64 array, the loss of each completed step
        """
        count = check_integer("steps", steps, *LIMITS["steps"])
        return self._train(count, batch_size or self.config.batch_size, max_seconds)

    def clear_slice(self) -> None:
        """Clear the results of the last call."""
        self.divergence, self.losses, self.accuracies = None, _NOTHING, _NOTHING

    @quiet
    def run_single(self, update: bool = True, sample: int | None = None) -> float:
        """Train on the next single sample and return its loss.

        With ``update=False``, compute forward, loss and backward only, for the next sample or the one with index
        `sample`: weights, step count and position in the epoch stay the same.
        """
        if update:
            check_seeded_order(sample)
        if sample is None:
            return self._one_step(1, update)
        sample = check_integer("sample", sample, 0, len(self.dataset) - 1, reason="the samples' indices")
        return self.make_pass(self.samples.batch(np.array([sample], np.int32)))

    @quiet
    def run_typed(self, sample: TypedSample) -> float:
        """Compute forward, loss and backward for a sample that is not in the dataset; return its loss."""
        self.dataset.typed = sample
        return self.make_pass(self.samples.typed(sample))

    @quiet
    def train_batch(self, update: bool = True) -> float:
        """Train on the next mini-batch, or with ``update=False`` only compute its pass; return its mean loss."""
        return self._one_step(self.config.batch_size, update)

    def _one_step(self, size: int, update: bool) -> float:
        if not update:
            return self.make_pass(self.order.peek(size))
        losses = self._train(1, size)
        return float(losses[0]) if len(losses) else math.nan

    @quiet
    def train_epoch(self, update: bool = True) -> float:
        """Train to the end of the current epoch and return its mean loss.

        With ``update=False``, pass the remaining samples through the model without changing it, and return the mean
        loss over these.
        """
        if update:
            self._train(self.steps_left_in_epoch, self.config.batch_size)
            return math.nan if self.divergence or self.epoch_loss is None else self.epoch_loss
        batches = self.order.batches(self.config.batch_size)
        return sum(self.make_pass(batch) * len(self.batch) for batch in batches) / self.order.left

    def evaluate(self, samples: NDArray[np.int32] | None = None) -> Score:
        """Return loss and accuracy of the model with its current weights; the last pass is not affected.

        Parameters
        ----------
        samples : int32 array, indices of one or more samples; default: all training samples
        """
        return finish(self.evaluation(samples))

    def evaluation(self, samples: NDArray[np.int32] | None = None) -> Work[Score]:
        """Evaluate as `evaluate` does, batch by batch; model and loss must not change until it is done."""
        chosen = self.dataset.train if samples is None else samples
        return evaluation(self.model, self.samples, chosen, self.config.loss_type)

    def confusion(self, samples: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the confusion matrix with the current weights: true class (rows) by predicted class (columns)."""
        return confusion(self.model, self.samples, samples)

    @property
    def step(self) -> int:
        """Updates so far."""
        return self.progress.step

    @property
    def samples_visited(self) -> int:
        """Samples used by the updates so far."""
        return self.progress.samples_visited

    @property
    def epoch(self) -> float:
        """Passes over the data so far: samples visited / training samples; an integer at the end of an epoch."""
        return self.samples_visited / self.order.size

    @property
    def epoch_loss(self) -> float | None:
        """Mean loss over the samples of the last complete epoch, each at the time of its visit."""
        return self.progress.epoch_loss

    @property
    def seconds(self) -> float:
        """Total training time."""
        return self.progress.seconds

    @property
    def steps_left_in_epoch(self) -> int:
        """Mini-batches left in the current epoch at the current batch size; at least 1."""
        return -(-self.order.left // self.config.batch_size)

    def to_state(self) -> dict[str, Any]:
        """Return the state of training besides parameters and config, as plain data."""
        optimizer = {"optimizer_t": self.optimizer.t, "optimizer_state": copies(self.optimizer.state)}
        return self.progress.to_state() | self.order.to_state() | optimizer

    def restore(self, value: object) -> None:
        """Restore what `to_state` returned.

        Raises
        ------
        ValueError
            If it is invalid, or of another config.
        """
        state = Fields("trainer", value, STATE)
        self.progress = Progress.from_state(state, self.order.size)
        self.order.restore(state, self.samples_visited % self.order.size)
        self._logits.num_scored = self.order.position
        self.optimizer.t = state.integer("optimizer_t", 0, self.step if self.optimizer.COUNTS else 0)
        self.optimizer.state = read_state(state, self.optimizer, self.model.parameters)
