"""The training loop: forward, loss, backward and update, one mini-batch after the other."""

import math
import time
import zlib
from dataclasses import asdict, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..data.dataset import Dataset, SequenceDataset, TypedSample, one_hot_tokens
from ..limits import LIMITS, check_integer, check_total
from ..losses import LOSSES, one_hot
from ..model import Model
from ..optimizers import OPTIMIZERS, Optimizer, Update, decay, make
from ..randomness import get_generator_state, seeded_generator, set_generator_state
from .config import PASS_SETTINGS, TrainerConfig
from .divergence import Divergence, first_bad_parameter, first_bad_state, first_non_finite
from .evaluation import confusion_matrix, count_correct
from .slices import Work, finish

# Largest evaluation batch, in samples, and largest parameters × samples: about 20 ms in a browser.
EVALUATION_BATCH = 1024
EVALUATION_WORK = 20_000_000

# A diverging run overflows; `divergence` reports it, so NumPy's warnings would add nothing.
_quiet = np.errstate(over="ignore", invalid="ignore")


class Trainer:
    """Train a model on a dataset: for each batch forward, loss, backward, update.

    Each epoch visits every training sample once, shuffled by a generator seeded with `config.seed`; a short last batch
    is kept. The sample order is a function of the seed, on every machine.

    Parameters
    ----------
    model : Model
    dataset : Dataset with the model's input_dim and output_dim
    config : TrainerConfig

    Attributes
    ----------
    step : int, updates so far
    samples_visited : int, samples used by those updates
    batches_crc32 : int of 32 bits, CRC-32 over all batches so far; equal for two trainers that visited the same samples
        in the same order in the same batches
    loss : float or None, loss of the last update's batch, before the update
    batch : int32 array, sample indices of the last pass, with or without update
    batch_loss : float or None, loss of the last pass
    optimizer : `Optimizer`, with its state
    pass_config : config in force during the last pass
    divergence : `Divergence` that prevented the last step, or None
    losses, accuracies : float64 array (n,) each, one entry for each step of the last call, also if it raised: loss and
        accuracy (0 to 1) of its batch before its update
    epoch_loss : float or None, mean loss over the samples of the last complete epoch, each at the time of its visit
    epoch_accuracy : float or None, accuracy over them likewise, 0 to 1; None also if the epoch began in a saved run
        that had not counted correct predictions
    epoch_ms : float or None, training time of the last complete epoch, in milliseconds; the mean over several epochs
        if they are shorter than a tick of the clock
    seconds : float, total training time

    Raises
    ------
    ValueError
        If the dimensions of model and dataset differ, or a config value is refused.
    """

    def __init__(self, model: Model, dataset: Dataset, config: TrainerConfig | None = None) -> None:
        if (model.input_dim, model.output_dim) != (dataset.input_dim, dataset.output_dim):
            raise ValueError(
                f"model must have the dataset's {dataset.input_dim} inputs and {dataset.output_dim} outputs, "
                f"got {model.input_dim} and {model.output_dim}"
            )
        self.model = model
        self.dataset = dataset
        self.config = self._checked(config or TrainerConfig())
        self._inputs = dataset.inputs if model.embedding else dataset.inputs.astype(model.dtype, copy=False)
        self._targets: Array = one_hot(dataset.targets, dataset.output_dim, model.dtype)
        self._generator = seeded_generator(self.config.seed)
        self.step = 0
        self.samples_visited = 0
        self.batches_crc32 = 0
        self.loss: float | None = None
        self.batch: NDArray[np.int32] = np.zeros(0, np.int32)
        self.batch_loss: float | None = None
        self.pass_config = self.config
        self._before: Array = model.parameters.copy()
        self.optimizer: Optimizer = self._make_optimizer(self.config)
        self._state_before: dict[str, Array] = {}  # the optimizer's state before its last update
        self._updated_by: tuple[NDArray[np.int32], TrainerConfig] | None = None  # batch and config of the last update
        self.divergence: Divergence | None = None
        self._is_plain = self.config.is_plain
        self.epoch_loss: float | None = None
        self.epoch_accuracy: float | None = None
        self.epoch_ms: float | None = None
        self.seconds = 0.0
        self._loss_sum = 0.0  # over the samples of this epoch so far
        # Logits of this epoch, scored together when the epoch or the call ends: argmax on many rows is cheaper than
        # once per step.
        self._epoch_logits: Array = np.empty((len(dataset.train), dataset.output_dim), model.dtype)
        self._num_scored = 0
        self._num_correct: float = 0  # NaN: not counted from the beginning of the epoch
        self.losses, self.accuracies = np.empty(0), np.empty(0)
        self._epoch_began = 0.0  # value of `seconds`
        self._epochs_timed = 0  # epochs completed since then
        self._order: NDArray[np.int32]
        self._next: int  # index into the order
        self._shuffle()

    # One step: take the next batch; forward, loss, backward, update; shuffle at the end of the epoch.

    def _train_step(self, size: int) -> float:
        stop = min(self._next + size, len(self._order))
        loss = self._pass_slice(slice(self._next, stop))
        if not (math.isfinite(loss) and self._is_finite()):
            self.divergence = self._find_divergence()
            return loss
        np.copyto(self._before, self.model.parameters)
        self._updated_by = None
        if self._is_plain:
            self.model.update(self.config.learning_rate)
        else:
            self._update()
        self._updated_by = self.batch, self.config
        # Mix in the size: a CRC over bytes does not see where one batch ends and the next begins.
        self.batches_crc32 = zlib.crc32(self.batch.data, self.batches_crc32 ^ (stop - self._next))
        self._epoch_logits[self._next : stop] = self.model.layers[-1].pre_activations
        self.loss = loss
        self.step += 1
        self.samples_visited += stop - self._next
        self._loss_sum += loss * (stop - self._next)
        self._next = stop
        if stop == len(self._order):
            self._end_epoch(size)
        return loss

    def _is_finite(self) -> bool:
        """Return whether all parameters and the optimizer's state are finite."""
        parameters, state = self.model.parameters, self.optimizer.state.values()
        squares = parameters.dot(parameters)
        for vector in state:
            squares += vector.dot(vector)
        # A finite sum of squares proves it in one pass; an overflow may come from large finite numbers.
        return math.isfinite(squares) or all(np.isfinite(vector).all() for vector in (parameters, *state))

    def _find_divergence(self) -> Divergence:
        """Locate the first non-finite number, and undo the last update if that update produced it.

        After an undo, parameters and optimizer state are those before the update, and the current pass is the one that
        led to it.
        """
        model, before = self.model, self._before
        bad_parameter, bad_state = first_bad_parameter(model), first_bad_state(model, self.optimizer.state)
        first_bad = bad_state or bad_parameter
        if first_bad is None:
            return Divergence(self.step + 1, first_non_finite(model, self.batch_loss or 0.0) or "loss", self.step + 1)
        is_known = self._updated_by is not None and bool(np.isfinite(before).all())
        state_was_finite = is_known and first_bad_state(model, self._state_before) is None
        if is_known and (bad_parameter is not None or state_was_finite):
            cause = self._undo_update()
            first_bad = cause if cause and state_was_finite else first_bad
        return Divergence(self.step + 1, first_bad, self.step if state_was_finite else None)

    def _undo_update(self) -> str | None:
        """Undo the last update; return the first tensor that was not finite before it moved the parameters."""
        batch, config = cast("tuple[NDArray[np.int32], TrainerConfig]", self._updated_by)
        parameters = self.model.parameters
        parameters[:] = self._before
        decay(parameters, config.learning_rate, config.weight_decay)
        decayed = first_bad_parameter(self.model)
        parameters[:] = self._before
        if self._state_before.keys() == self.optimizer.state.keys() != set():
            self.optimizer.state = _copies(self._state_before)
            self.optimizer.t -= config.optimizer == "adam"
        current, self.config = self.config, config
        self._pass(batch, self._inputs[batch], self._targets[batch])
        self.config = current
        return first_non_finite(self.model, self.batch_loss or 0.0) or decayed

    def _update(self) -> None:
        t, self._state_before = self.optimizer.t, _copies(self.optimizer.state)
        try:
            make(self.optimizer, self.config, self.model.parameters, self.model.gradients)
        except BaseException:  # an update is made as a whole or not at all
            self.model.parameters[:] = self._before
            self.optimizer.t, self.optimizer.state = t, self._state_before
            self._state_before = {}
            raise

    def _pass_slice(self, chosen: slice) -> float:
        """Compute forward, loss and backward for a slice of the epoch's order."""
        return self._pass(self._order[chosen], self._epoch_inputs[chosen], self._epoch_targets[chosen])

    def _pass(self, batch: NDArray[np.int32], x: NDArray[Any], y: Array) -> float:
        loss, grad_logits = LOSSES[self.config.loss_type](self.model.forward(x), y)
        self.model.backward(grad_logits)
        self.batch, self.batch_loss, self.pass_config = batch, loss, self.config
        return loss

    def _end_epoch(self, size: int) -> None:
        self._tick()
        self._time_epoch()
        self.epoch_loss = self._loss_sum / len(self._order)
        try:
            self._count_correct(size)
            self.epoch_accuracy = None if math.isnan(self._num_correct) else self._num_correct / len(self._order)
        finally:  # the epoch is over even if scoring raises
            self._loss_sum, self._num_scored, self._num_correct, self._next = 0.0, 0, 0, 0
        self._shuffle()

    def _time_epoch(self) -> None:
        """Set `epoch_ms`. A browser's clock may tick only every 100 ms: epochs within one tick share its time."""
        self._epochs_timed += 1
        if self.seconds > self._epoch_began:
            self.epoch_ms = 1000 * (self.seconds - self._epoch_began) / self._epochs_timed
            self._epoch_began, self._epochs_timed = self.seconds, 0

    def _count_correct(self, size: int) -> None:
        """Count correct predictions of the steps since the last call, per batch, from the logits at training time."""
        new = slice(self._num_scored, self._next)
        correct = is_correct(self._epoch_logits[new], self._epoch_targets[new])
        starts = np.arange(0, len(correct), size)
        counts = np.add.reduceat(correct, starts, dtype=np.int64) if len(starts) else starts
        sizes = np.minimum(size, len(correct) - starts)
        self.accuracies = np.concatenate([self.accuracies, counts / sizes])
        self._num_correct += int(counts.sum())
        self._num_scored = self._next

    def _shuffle(self) -> None:
        """Start an epoch: draw a new order of all training samples. A batch is then a slice."""
        train = self.dataset.train
        self._arrange(train[self._generator.permutation(len(train))])
        self._next = 0

    def _arrange(self, order: NDArray[np.int32]) -> None:
        inputs, targets = self._inputs.take(order, axis=0), self._targets.take(order, axis=0)
        self._order, self._epoch_inputs, self._epoch_targets = order, inputs, targets

    # Training for a number of steps:

    @_quiet
    def advance(self, steps: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        """Train for `steps` mini-batches, or fewer if `max_seconds` of wall time pass first (but at least one).

        Stops before a step whose loss, parameters or optimizer state are not finite; see `divergence`.

        Returns
        -------
        float64 array, the loss of each completed step
        """
        return self._train(check_integer("steps", steps, *LIMITS["steps"]), self.config.batch_size, max_seconds)

    @_quiet
    def run_single(self, update: bool = True, sample: int | None = None) -> float:
        """Train on the next single sample and return its loss.

        With ``update=False``, compute forward, loss and backward only, for the next sample or the one with index
        `sample`: weights, step count and position in the epoch stay the same.
        """
        if sample is not None:
            if update:
                raise ValueError(
                    "sample can be chosen only with update=False: training visits the samples in the seeded order"
                )
            sample = check_integer("sample", sample, 0, len(self.dataset) - 1, reason="the samples' indices")
            one = np.array([sample], np.int32)
            return self._pass(one, self._inputs[one], self._targets[one])
        if not update:
            return self._pass_slice(slice(self._next, self._next + 1))
        return self._one_step(1)

    @_quiet
    def run_typed(self, sample: TypedSample) -> float:
        """Compute forward, loss and backward for a sample that is not in the dataset; return its loss."""
        cast("SequenceDataset", self.dataset).typed = sample
        y = one_hot(np.array([sample.target]), self.dataset.output_dim, self.model.dtype)
        return self._pass(np.array([len(self.dataset)], np.int32), self.encode(sample.tokens), y)

    def encode(self, tokens: NDArray[np.int32]) -> NDArray[Any]:
        """Return the input tokens (positions,) of one sample as a batch for the model."""
        if self.model.embedding:
            return tokens[None]
        return one_hot_tokens(tokens[None], self._inputs.shape[1] // len(tokens)).astype(self.model.dtype, copy=False)

    @_quiet
    def train_batch(self, update: bool = True) -> float:
        """Train on the next mini-batch, or with ``update=False`` only compute its pass; return its mean loss."""
        size = self.config.batch_size
        return self._one_step(size) if update else self._pass_slice(slice(self._next, self._next + size))

    def _one_step(self, size: int) -> float:
        losses = self._train(1, size)
        return float(losses[0]) if len(losses) else math.nan

    @_quiet
    def train_epoch(self, update: bool = True) -> float:
        """Train to the end of the current epoch and return its mean loss.

        With ``update=False``, pass the remaining samples through the model without changing it, and return the mean
        loss over these.
        """
        if update:
            self._train(self.steps_left_in_epoch, self.config.batch_size)
            return math.nan if self.divergence or self.epoch_loss is None else self.epoch_loss
        starts = range(self._next, len(self._order), self.config.batch_size)
        total = sum(self._pass_slice(slice(k, k + self.config.batch_size)) * len(self.batch) for k in starts)
        return total / (len(self._order) - self._next)

    def evaluate(self, samples: NDArray[np.int32] | None = None) -> tuple[float, float | None]:
        """Return loss and accuracy (0 to 1) of the model with its current weights; the last pass is not affected.

        The accuracy is None if a sample has no prediction: its largest logit is not finite.

        Parameters
        ----------
        samples : int32 array, indices of one or more samples; default: all training samples
        """
        return finish(self.evaluation(samples))

    def evaluation(self, samples: NDArray[np.int32] | None = None) -> Work[tuple[float, float | None]]:
        """Evaluate as `evaluate` does, batch by batch; model and loss must not change until it is done."""
        chosen = self.dataset.train if samples is None else samples
        size = max(1, min(EVALUATION_BATCH, EVALUATION_WORK // self.model.parameters.size))
        loss_sum = 0.0
        num_correct: int | None = 0
        for k in range(0, len(chosen), size):
            if k > 0:
                yield
            loss, count = self._score(chosen[k : k + size])
            loss_sum += loss
            num_correct = None if num_correct is None or count is None else num_correct + count
        return loss_sum / len(chosen), None if num_correct is None else num_correct / len(chosen)

    @_quiet
    def _score(self, batch: NDArray[np.int32]) -> tuple[float, int | None]:
        """Return the sum of the samples' losses, and the number of correct predictions as `count_correct` does."""
        logits, y = self.model.predict(self._inputs[batch]), self._targets[batch]
        return LOSSES[self.config.loss_type](logits, y)[0] * len(y), count_correct(logits, self.dataset.targets[batch])

    @_quiet
    def confusion(self, samples: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the confusion matrix with the current weights: true class (rows) by predicted class (columns)."""
        classes = self.dataset.output_dim
        total = np.zeros((classes, classes), np.int32)
        for k in range(0, len(samples), EVALUATION_BATCH):
            batch = samples[k : k + EVALUATION_BATCH]
            total += confusion_matrix(self.model.predict(self._inputs[batch]), self.dataset.targets[batch])
        return total

    @property
    def batch_accuracy(self) -> float | None:
        """Accuracy of the last pass, 0 to 1; None if a sample has no prediction: its largest logit is not finite."""
        num_correct = count_correct(self.model.layers[-1].pre_activations, self.dataset.targets_of(self.batch))
        return None if num_correct is None else num_correct / len(self.batch)

    def configure(self, **changes: Any) -> TrainerConfig:
        """Change any setting but the seed from the next step on; return the config in force.

        Changing the optimizer resets its state to zero.

        Raises
        ------
        ValueError
            If a value is out of range or the seed differs; then no setting changes.
        """
        settings = asdict(self.config)
        for name in changes:
            if name not in settings:
                raise ValueError(f"{name} must be one of the trainer's settings: {', '.join(settings)}")
        config = self._checked(replace(self.config, **changes))
        if config.seed != self.config.seed:
            raise ValueError(
                f"seed must stay {self.config.seed} during a run; create a new run to change it, got {config.seed}"
            )
        if config.batch_size < self.config.batch_size:
            self.model.buffers.free()
        is_another, self.config, self._is_plain = config.optimizer != self.config.optimizer, config, config.is_plain
        if is_another:
            self.reset_optimizer()
        self.optimizer.configure(asdict(config))
        return config

    def _make_optimizer(self, config: TrainerConfig) -> Optimizer:
        kind, size = OPTIMIZERS[config.optimizer], self.model.parameters.size
        return kind(size, self.model.dtype, **{name: getattr(config, name) for name in kind.SETTINGS})

    def reset_optimizer(self) -> None:
        """Set the optimizer's state to zero."""
        self.optimizer, self._state_before = self._make_optimizer(self.config), {}

    def set_parameters(self, parameters: Array) -> None:
        """Restore earlier parameters and reset the optimizer: its state came from gradients at other parameters."""
        self.reset_optimizer()
        self._updated_by = None
        self.model.parameters[:] = parameters

    def _checked(self, config: TrainerConfig) -> TrainerConfig:
        config = config.validated(len(self.dataset.train))
        widths = self.model.input_dim + sum(layer.fan_out for layer in self.model.layers)
        check_total("batch_size", "activations", config.batch_size * widths, "activations of a batch")
        return config

    @property
    def epoch(self) -> float:
        """Passes over the data so far: samples visited / training samples; an integer at the end of an epoch."""
        return self.samples_visited / len(self._order)

    @property
    def has_updated(self) -> bool:
        """Whether the last pass led to the last update."""
        return self._updated_by is not None and self._updated_by[0] is self.batch

    @property
    def parameters_before(self) -> Array:
        """Parameters before the last update; overwritten by the next one."""
        return self._before

    @property
    def steps_left_in_epoch(self) -> int:
        """Mini-batches left in the current epoch at the current batch size; at least 1."""
        return -(-(len(self._order) - self._next) // self.config.batch_size)

    # Saving and restoring:

    def get_state(self) -> dict[str, Any]:
        """Return the state of training besides parameters and config, as plain data."""
        return {
            **{key: getattr(self, name) for key, name in _COUNTERS.items()},
            "loss_sum": self._loss_sum,
            "right": self._num_correct,
            "epoch_began": self._epoch_began,
            "next": self._next,
            "order": self._order.copy(),
            "generator": get_generator_state(self._generator),
            "optimizer_t": self.optimizer.t,
            "optimizer_state": _copies(self.optimizer.state),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Restore what `get_state` returned; `record.py` validates states from files."""
        set_generator_state(self._generator, state["generator"])
        for key, name in _COUNTERS.items():
            setattr(self, name, state[key])
        self._loss_sum, self._epoch_began = state["loss_sum"], state["epoch_began"]
        self._next = self._num_scored = state["next"]
        self._num_correct = state["right"]
        self._arrange(np.array(state["order"], np.int32))
        self.optimizer.t, self.optimizer.state = state["optimizer_t"], _copies(state["optimizer_state"])

    def get_pass(self, updated: bool) -> dict[str, Any]:
        """Return plain data from which the last pass can be repeated, to the last bit.

        `parameters` are those before the update that followed; None without an update. `optimizer_state` is the
        optimizer's state before that update; empty if it has none or was replaced.
        """
        if (self.batch == len(self.dataset)).any():  # a typed sample is not kept: the next batch stands for it
            following = self._order[self._next : self._next + self.config.batch_size]
            return _plain_pass(self.config, following, None, {})
        before, state = (self._before, self._state_before) if updated else (None, {})
        return _plain_pass(self.pass_config, self.batch, before, state)

    def get_diverging_update(self) -> dict[str, Any] | None:
        """Return the last update as `get_pass` does, if it produced non-finite numbers and can be undone.

        `_find_divergence` undoes it even after other passes without update.
        """
        bad = first_bad_parameter(self.model) or first_bad_state(self.model, self.optimizer.state)
        if self._updated_by is None or bad is None:
            return None
        batch, config = self._updated_by
        return _plain_pass(config, batch, self._before, self._state_before)

    def set_diverging_update(self, last: dict[str, Any]) -> None:
        """Restore what `get_diverging_update` returned."""
        self._before[:], self._state_before = last["parameters"], _copies(last["optimizer_state"])
        self._updated_by = last["batch"], self._config_of(last)

    def _config_of(self, last: dict[str, Any]) -> TrainerConfig:
        settings = {name: last[name] for name in PASS_SETTINGS}
        return self._checked(replace(self.config, **settings, batch_size=len(last["batch"])))

    def last_update(self) -> Update | None:
        """Return the update that followed the last pass; None if its optimizer's state is no longer known."""
        config = self.pass_config
        if self._state_before.keys() != set(OPTIMIZERS[config.optimizer].STATE):
            return None
        return _update_of(config, self.optimizer.t, self._state_before)

    def next_update(self) -> Update:
        """Return the update that the next step would make with the current config."""
        return _update_of(self.config, self.optimizer.t + 1, self.optimizer.state)

    @_quiet
    def repeat_pass(self, last: dict[str, Any]) -> None:
        """Repeat a saved pass with the parameters it used; the current parameters stay the same."""
        batch, before = last["batch"], last["parameters"]
        config, parameters = self.config, self.model.parameters.copy()
        self.config = self._config_of(last)
        self._state_before = _copies(last["optimizer_state"])
        try:
            if before is not None:
                self._before[:] = self.model.parameters[:] = before
                self._updated_by = batch, self.config
            self._pass(batch, self._inputs[batch], self._targets[batch])
        finally:
            self.config = config
            self.model.parameters[:] = parameters

    def clear_slice(self) -> None:
        """Clear the results of the last call."""
        self.divergence, self.losses, self.accuracies = None, _NOTHING, _NOTHING

    def _train(self, steps: int, size: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        self.clear_slice()
        losses, first = np.empty(steps), self.step
        self._started = time.perf_counter() - self.seconds
        stop_at = math.inf if max_seconds is None else self.seconds + max_seconds
        done = 0
        try:
            while done < steps and self.seconds < stop_at:
                losses[done] = self._train_step(size)
                if self.divergence:
                    break
                done += 1
                if max_seconds is not None:
                    self._tick()
        finally:  # report every completed step even if one raises
            losses[done : self.step - first] = self.loss
            self.losses = losses[: self.step - first]
            self._tick()
            self._count_correct(size)
        return self.losses

    def _tick(self) -> None:
        self.seconds = time.perf_counter() - self._started


def _update_of(config: TrainerConfig, t: int, before: dict[str, Array]) -> Update:
    settings = {name: getattr(config, name) for name in PASS_SETTINGS if name in Update._fields}
    return Update(**settings, t=t, before=before)


def _plain_pass(
    config: TrainerConfig, batch: NDArray[np.int32], before: Array | None, state: dict[str, Array]
) -> dict[str, Any]:
    return {
        **{name: getattr(config, name) for name in PASS_SETTINGS},
        "batch": batch.astype(np.int32),
        "parameters": None if before is None else before.copy(),
        "optimizer_state": _copies(state),
    }


def _copies(state: dict[str, Array]) -> dict[str, Array]:
    return {name: vector.copy() for name, vector in state.items()}


def is_correct(logits: Array, y: Array) -> NDArray[np.bool_]:
    """Return for each row whether the target has the largest logit (the first of equal ones); logits are finite."""
    correct: NDArray[np.bool_] = logits.argmax(axis=1) == y.argmax(axis=1)
    return correct


_NOTHING: NDArray[np.float64] = np.empty(0)  # allocated once, so that clearing cannot run out of memory
# Key in a saved record → attribute.
_COUNTERS = {
    "step": "step",
    "samples_visited": "samples_visited",
    "visits": "batches_crc32",
    "loss": "loss",
    "epoch_loss": "epoch_loss",
    "epoch_accuracy": "epoch_accuracy",
    "epoch_ms": "epoch_ms",
    "seconds": "seconds",
}
