"""Training: mini-batches of samples, one after the other, each followed by one update."""

import math
import time
import zlib
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .confusion import confusion_matrix
from .dataset import Dataset
from .divergence import Divergence, first_non_finite, first_remembered, first_spoiled
from .limits import LIMITS, check_choice, check_integer, check_number, check_seed, check_total
from .losses import LOSSES, one_hot
from .model import Model
from .optimizers import OPTIMIZERS, Optimizer, Update, decay, make
from .randomness import get_generator_state, seeded_generator, set_generator_state
from .work import Work, finish

# Samples measured at once: so many, or fewer if the parameters times them are more than that. It is some 20 ms in a
# browser.
EVALUATION_BATCH = 1024
EVALUATION_WORK = 20_000_000
# What decides a pass and the update that it leads to, besides the batch.
PASS_SETTINGS = (
    *("learning_rate", "loss_type", "optimizer", "momentum", "beta1", "beta2", "epsilon"),
    *("weight_decay", "clip_norm"),
)

# A run may diverge to infinity: the page shows that; NumPy's warnings on the way there say nothing more.
_quiet = np.errstate(over="ignore", invalid="ignore")


@dataclass(frozen=True)
class TrainerConfig:
    """How to train. All but the seed can change while a run goes on, without a reset.

    Attributes
    ----------
    learning_rate : how far one update moves the parameters, as a multiple of their gradient
    batch_size : samples in one step; at most as many as there are to train on
    loss_type : "cross_entropy" or "mse", see `losses`
    seed : of the generator that shuffles the samples anew for each epoch
    optimizer : "sgd", "momentum" or "adam", see `optimizers`; another one begins with its state at zero
    momentum : μ, the share of its velocity that "momentum" keeps in each step
    beta1, beta2, epsilon : β₁, β₂ and ε of "adam"
    weight_decay : λ; each step shrinks every parameter by the share learning_rate · λ of itself, before it moves
    clip_norm : the largest norm that all gradients together may have in an update; None for no limit
    """

    learning_rate: float = 0.1
    batch_size: int = 10
    loss_type: str = "cross_entropy"
    seed: int = 0
    optimizer: str = "sgd"
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    clip_norm: float | None = None

    def validated(self, num_train: int) -> "TrainerConfig":
        """Return the same config with every value checked, or raise ValueError."""
        return TrainerConfig(
            check_number("learning_rate", self.learning_rate, *LIMITS["learning_rate"]),
            check_integer("batch_size", self.batch_size, 1, num_train, "the number of training samples"),
            check_choice("loss_type", self.loss_type, LOSSES),
            check_seed("seed", self.seed),
            check_choice("optimizer", self.optimizer, OPTIMIZERS),
            check_number("momentum", self.momentum, *LIMITS["momentum"]),
            check_number("beta1", self.beta1, *LIMITS["beta1"]),
            check_number("beta2", self.beta2, *LIMITS["beta2"]),
            check_number("epsilon", self.epsilon, *LIMITS["epsilon"]),
            check_number("weight_decay", self.weight_decay, *LIMITS["weight_decay"]),
            None if self.clip_norm is None else check_number("clip_norm", self.clip_norm, *LIMITS["clip_norm"]),
        )

    @property
    def is_plain(self) -> bool:
        """Whether an update is gradient descent and nothing else."""
        return self.optimizer == "sgd" and self.weight_decay == 0 and self.clip_norm is None


class Trainer:
    """Trains a model on a dataset: for each batch forward, loss, backward, update.

    Each epoch visits every training sample once, in an order drawn anew by a generator seeded with `config.seed`; a
    short last batch is kept. So the order of visits is a function of the seed, and the same everywhere.

    Parameters
    ----------
    model : Model
    dataset : Dataset, whose input_dim and output_dim are the model's
    config : TrainerConfig

    Attributes
    ----------
    step : int, updates so far
    samples_visited : int, samples that those updates were computed from
    visits : int of 32 bits, a CRC-32 over all batches so far: the same for two trainers if they had the same samples in
        the same order in the same batches
    loss : float or None, of the last update's batch, before the update
    batch : int32 array, indices of the samples that went through the model last, whether they trained it or not
    batch_loss : float or None, their loss
    optimizer : `Optimizer`, with its state
    pass_config : the config that was in force for them
    divergence : `Divergence` that kept the last step from being made, or None
    accuracies : float64 array, of each step that the last call made: share of its batch that was predicted rightly
        before its update, 0 to 1
    epoch_loss : float or None, mean over the samples of the last complete epoch, each as it was when visited
    epoch_accuracy : float or None, share of them that was predicted rightly then, 0 to 1
    epoch_ms : float or None, wall time that the last complete epoch trained, milliseconds
    seconds : float, wall time of all training

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
        self._inputs = dataset.inputs if model.embedding else dataset.inputs.astype(model.dtype)
        self._targets: Array = one_hot(dataset.targets, dataset.output_dim, model.dtype)
        self._generator = seeded_generator(self.config.seed)
        self.step = 0
        self.samples_visited = 0
        self.visits = 0
        self.loss: float | None = None
        self.batch: NDArray[np.int32] = np.zeros(0, np.int32)
        self.batch_loss: float | None = None
        self.pass_config = self.config
        self._before: Array = model.parameters.copy()
        self.optimizer: Optimizer = self._make_optimizer(self.config)
        self._state_before: dict[str, Array] = {}  # of the optimizer, if it has made the last update
        self._updated_by: tuple[NDArray[np.int32], TrainerConfig] | None = None  # what the last update came from
        self.divergence: Divergence | None = None
        self._is_plain = self.config.is_plain
        self.epoch_loss: float | None = None
        self.epoch_accuracy: float | None = None
        self.epoch_ms: float | None = None
        self.seconds = 0.0
        self._loss_sum = 0.0  # over the samples of this epoch so far
        # Their logits, judged all at once when the epoch or the call ends. A run that goes on in the middle of an epoch
        # knows how many of its answers were right before, and judges the rest.
        self._epoch_logits: Array = np.empty((len(dataset.train), dataset.output_dim), model.dtype)
        self._judged, self._right = 0, 0
        self.accuracies = np.empty(0)
        self._epoch_began = 0.0  # in terms of `seconds`
        self._order: NDArray[np.int32]
        self._next: int  # place in the order
        self._shuffle()

    # What training is: take the next samples; forward, loss, backward, update; and when all were visited, shuffle.

    def _train_step(self, size: int) -> float:
        stop = min(self._next + size, len(self._order))
        loss = self._look(slice(self._next, stop))
        if not math.isfinite(loss):
            self.divergence = self._find_divergence()
            return loss
        np.copyto(self._before, self.model.parameters)
        self._updated_by = self.batch, self.config
        if self._is_plain:
            self.model.update(self.config.learning_rate)
        else:
            self._update()
        self.loss = loss
        self.step += 1
        self.samples_visited += stop - self._next
        # The size belongs to it: a CRC alone goes over bytes, wherever one batch ends and the next begins.
        self.visits = zlib.crc32(self.batch.data, self.visits ^ (stop - self._next))
        self._loss_sum += loss * (stop - self._next)
        self._epoch_logits[self._next : stop] = self.model.layers[-1].pre_activations
        self._next = stop
        if stop == len(self._order):
            self._end_epoch(size)
        return loss

    def _find_divergence(self) -> Divergence:
        """Find where the first number came from that is not finite, and go back to the last finite parameters.

        If it was the last update that spoiled them, they become what they were before it, and what is shown is the
        pass that led to it.
        """
        model, before = self.model, self._before
        spoiled, remembered = first_spoiled(model), first_remembered(model, self.optimizer.state)
        found = remembered or spoiled
        if found is None:
            return Divergence(self.step + 1, first_non_finite(model, self.batch_loss or 0.0) or "loss", self.step + 1)
        is_known = self._updated_by is not None and bool(np.isfinite(before).all())
        is_new = is_known and first_remembered(model, self._state_before) is None
        if spoiled is not None and is_known:
            cause = self._undo_update()
            found = cause if cause and is_new else found
        return Divergence(self.step + 1, found, self.step if is_new else None)

    def _undo_update(self) -> str | None:
        """Go back to before the last update, and name what was not finite before it began to move parameters."""
        batch, config = cast("tuple[NDArray[np.int32], TrainerConfig]", self._updated_by)
        parameters = self.model.parameters
        parameters[:] = self._before
        decay(parameters, config.learning_rate, config.weight_decay)
        decayed = first_spoiled(self.model)
        parameters[:] = self._before
        if self._state_before.keys() == self.optimizer.state.keys() != set():
            self.optimizer.state = _copies(self._state_before)
            self.optimizer.t -= config.optimizer == "adam"
        now, self.config = self.config, config
        self._pass(batch, self._inputs[batch], self._targets[batch])
        self.config = now
        return first_non_finite(self.model, self.batch_loss or 0.0) or decayed

    def _update(self) -> None:
        self._state_before = _copies(self.optimizer.state)
        make(self.optimizer, self.config, self.model.parameters, self.model.gradients)

    def _look(self, chosen: slice) -> float:
        """Forward, loss and backward for these places of the epoch's order."""
        return self._pass(self._order[chosen], self._epoch_inputs[chosen], self._epoch_targets[chosen])

    def _pass(self, batch: NDArray[np.int32], x: NDArray[Any], y: Array) -> float:
        loss, grad_logits = LOSSES[self.config.loss_type](self.model.forward(x), y)
        self.model.backward(grad_logits)
        self.batch, self.batch_loss, self.pass_config = batch, loss, self.config
        return loss

    def _end_epoch(self, size: int) -> None:
        self._tick()
        self.epoch_ms = 1000 * (self.seconds - self._epoch_began)
        self._epoch_began = self.seconds
        self.epoch_loss = self._loss_sum / len(self._order)
        self._count_answers(size)
        self.epoch_accuracy = self._right / len(self._order)
        self._loss_sum, self._judged, self._right = 0.0, 0, 0
        self._shuffle()

    def _count_answers(self, size: int) -> None:
        """Judge the answers of the steps since the last time, batches of `size`, as they were when they were given."""
        new = slice(self._judged, self._next)
        right = _are_right(self._epoch_logits[new], self._epoch_targets[new])
        starts = np.arange(0, len(right), size)
        counts = np.add.reduceat(right, starts, dtype=np.int64) if len(starts) else starts
        sizes = np.minimum(size, len(right) - starts)
        self.accuracies = np.concatenate([self.accuracies, counts / sizes])
        self._right += int(counts.sum())
        self._judged = self._next

    def _shuffle(self) -> None:
        """Begin an epoch: every training sample once, in a new order. A batch is then a slice."""
        train = self.dataset.train
        self._order = train[self._generator.permutation(len(train))]
        self._next = 0
        self._lay_out()

    def _lay_out(self) -> None:
        self._epoch_inputs = self._inputs.take(self._order, axis=0)
        self._epoch_targets = self._targets.take(self._order, axis=0)

    # How much of it:

    @_quiet
    def advance(self, steps: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        """Train for `steps` mini-batches, or fewer if `max_seconds` of wall time pass first (but at least one).

        Before a step whose loss is not a finite number it ends: then `divergence` says more.

        Returns
        -------
        float64 array, the loss of each step done
        """
        return self._train(check_integer("steps", steps, *LIMITS["steps"]), self.config.batch_size, max_seconds)

    @_quiet
    def run_single(self, update: bool = True, sample: int | None = None) -> float:
        """Train on the next single sample; returns its loss.

        With ``update=False`` nothing changes: no weight, no step, no place in the order. The model only shows what it
        computes for the next sample, or for the one with index `sample`.
        """
        if sample is not None:
            if update:
                raise ValueError(
                    "sample can be chosen only with update=False: training visits the samples in the seeded order"
                )
            sample = check_integer("sample", sample, 0, len(self.dataset) - 1, "the samples' indices")
            one = np.array([sample], np.int32)
            return self._pass(one, self._inputs[one], self._targets[one])
        if not update:
            return self._look(slice(self._next, self._next + 1))
        return self._one_step(1)

    @_quiet
    def train_batch(self, update: bool = True) -> float:
        """Train on the next mini-batch, or with ``update=False`` only show it; returns its mean loss."""
        size = self.config.batch_size
        return self._one_step(size) if update else self._look(slice(self._next, self._next + size))

    def _one_step(self, size: int) -> float:
        losses = self._train(1, size)
        return float(losses[0]) if len(losses) else math.nan

    @_quiet
    def train_epoch(self, update: bool = True) -> float:
        """Train to the end of the epoch under way (all of it, if it has just begun); returns its mean loss.

        With ``update=False`` the same samples pass through the model, and nothing changes; returns the mean loss over
        these.
        """
        if update:
            self._train(self.steps_left_in_epoch, self.config.batch_size)
            return math.nan if self.divergence or self.epoch_loss is None else self.epoch_loss
        starts = range(self._next, len(self._order), self.config.batch_size)
        total = sum(self._look(slice(k, k + self.config.batch_size)) * len(self.batch) for k in starts)
        return total / (len(self._order) - self._next)

    def evaluate(self, samples: NDArray[np.int32] | None = None) -> tuple[float, float]:
        """Return loss and accuracy (0 to 1) of the model as it is now; what was kept of the last pass stays.

        Parameters
        ----------
        samples : int32 array, indices of one sample or more; the training samples if left out
        """
        return finish(self.evaluation(samples))

    def evaluation(self, samples: NDArray[np.int32] | None = None) -> Work[tuple[float, float]]:
        """Do what `evaluate` does, batch by batch; neither model nor loss may change before it is done."""
        chosen = self.dataset.train if samples is None else samples
        size = max(1, min(EVALUATION_BATCH, EVALUATION_WORK // self.model.parameters.size))
        loss_sum, right = 0.0, 0
        for k in range(0, len(chosen), size):
            if k > 0:
                yield
            loss, count = self._judge(chosen[k : k + size])
            loss_sum += loss
            right += count
        return loss_sum / len(chosen), right / len(chosen)

    @_quiet
    def _judge(self, batch: NDArray[np.int32]) -> tuple[float, int]:
        """Return the sum of the samples' losses, and how many are predicted rightly."""
        logits, y = self.model.predict(self._inputs[batch]), self._targets[batch]
        return LOSSES[self.config.loss_type](logits, y)[0] * len(y), _count_right(logits, y)

    @_quiet
    def confusion(self, samples: NDArray[np.int32]) -> NDArray[np.int32]:
        """Count the samples by true class (rows) and predicted class (columns), as the model is now."""
        classes = self.dataset.output_dim
        total = np.zeros((classes, classes), np.int32)
        for k in range(0, len(samples), EVALUATION_BATCH):
            batch = samples[k : k + EVALUATION_BATCH]
            total += confusion_matrix(self.model.predict(self._inputs[batch]), self.dataset.targets[batch])
        return total

    @property
    def batch_accuracy(self) -> float:
        """Share of the samples that went through the model last that it predicted rightly, 0 to 1."""
        return _count_right(self.model.layers[-1].pre_activations, self._targets[self.batch]) / len(self.batch)

    def configure(self, **changes: Any) -> TrainerConfig:
        """Change any setting but the seed from the next step on; returns the config in force.

        Another optimizer begins anew, with its state at zero.

        Raises
        ------
        ValueError
            If a value is refused or the seed would change; then nothing has changed.
        """
        settings = asdict(self.config)
        for name in changes:
            if name not in settings:
                raise ValueError(f"{name} must be one of the trainer's settings: {', '.join(settings)}")
        config = self._checked(replace(self.config, **changes))
        if config.seed != self.config.seed:
            raise ValueError(
                f"seed must stay {self.config.seed} while a run goes on; a new run can have another, got {config.seed}"
            )
        is_another, self.config, self._is_plain = config.optimizer != self.config.optimizer, config, config.is_plain
        if is_another:
            self.forget_gradients()
        self.optimizer.configure(asdict(config))
        return config

    def _make_optimizer(self, config: TrainerConfig) -> Optimizer:
        kind, size = OPTIMIZERS[config.optimizer], self.model.parameters.size
        return kind(size, self.model.dtype, **{name: getattr(config, name) for name in kind.SETTINGS})

    def forget_gradients(self) -> None:
        """Begin anew with what the optimizer remembers, at zero."""
        self.optimizer, self._state_before = self._make_optimizer(self.config), {}

    def _checked(self, config: TrainerConfig) -> TrainerConfig:
        config = config.validated(len(self.dataset.train))
        widths = self.model.input_dim + sum(layer.fan_out for layer in self.model.layers)
        check_total("batch_size", "activations", config.batch_size * widths, "activations of a batch")
        return config

    @property
    def epoch(self) -> float:
        """Passes over the data so far: samples visited / training samples; whole at the end of an epoch."""
        return self.samples_visited / len(self._order)

    @property
    def parameters_before(self) -> Array:
        """The parameters as they were before the last update; the next one overwrites them."""
        return self._before

    @property
    def steps_left_in_epoch(self) -> int:
        """Mini-batches to the end of the epoch under way, at the batch size in force; at least 1."""
        return -(-(len(self._order) - self._next) // self.config.batch_size)

    # Saving and going on:

    def get_state(self) -> dict[str, Any]:
        """Return all that decides how training goes on, besides parameters and config, as plain data."""
        return {
            **{name: getattr(self, name) for name in _COUNTERS},
            "loss_sum": self._loss_sum,
            "right": self._right,
            "epoch_began": self._epoch_began,
            "next": self._next,
            "order": self._order.copy(),
            "generator": get_generator_state(self._generator),
            "optimizer_t": self.optimizer.t,
            "optimizer_state": _copies(self.optimizer.state),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned; `record.py` has checked a state that comes from outside."""
        set_generator_state(self._generator, state["generator"])
        for name in _COUNTERS:
            setattr(self, name, state[name])
        self._loss_sum, self._epoch_began = state["loss_sum"], state["epoch_began"]
        self._next = self._judged = state["next"]
        self._right = state["right"]
        self._order = np.array(state["order"], np.int32)
        self._lay_out()
        self.optimizer.t, self.optimizer.state = state["optimizer_t"], _copies(state["optimizer_state"])

    def get_pass(self, updated: bool) -> dict[str, Any]:
        """Return what the last pass can be repeated from, to the last bit, as plain data.

        `parameters` are those before the update that it led to; None if it led to none. `optimizer_state` is the
        optimizer's before that update; empty if it has none, or another one has taken its place.
        """
        return {
            **{name: getattr(self.pass_config, name) for name in PASS_SETTINGS},
            "batch": self.batch.astype(np.int32),
            "parameters": self._before.copy() if updated else None,
            "optimizer_state": _copies(self._state_before) if updated else {},
        }

    def last_update(self) -> Update | None:
        """Return the update that the last pass led to, if it did; None if its optimizer's state is no longer there."""
        config = self.pass_config
        if self._state_before.keys() != set(OPTIMIZERS[config.optimizer].STATE):
            return None
        return _update_of(config, self.optimizer.t, self._state_before)

    def next_update(self) -> Update:
        """Return the update that the next step would make, by the config in force."""
        return _update_of(self.config, self.optimizer.t + 1, self.optimizer.state)

    @_quiet
    def repeat_pass(self, last: dict[str, Any]) -> None:
        """Pass the same batch through the model as it was then; afterwards its parameters are what they are now."""
        batch, before = last["batch"], last["parameters"]
        config, parameters = self.config, self.model.parameters.copy()
        settings = {name: last[name] for name in PASS_SETTINGS}
        self.config = self._checked(replace(config, **settings, batch_size=len(batch)))
        self._state_before = _copies(last["optimizer_state"])
        try:
            if before is not None:
                self._before[:] = self.model.parameters[:] = before
                self._updated_by = batch, self.config
            self._pass(batch, self._inputs[batch], self._targets[batch])
        finally:
            self.config = config
            self.model.parameters[:] = parameters

    def _train(self, steps: int, size: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        losses = np.empty(steps)
        self.divergence, self.accuracies = None, np.empty(0)
        self._started = time.perf_counter() - self.seconds
        stop_at = math.inf if max_seconds is None else self.seconds + max_seconds
        done = 0
        while done < steps and self.seconds < stop_at:
            losses[done] = self._train_step(size)
            if self.divergence:
                break
            done += 1
            if max_seconds is not None:
                self._tick()
        self._count_answers(size)
        self._tick()
        return losses[:done]

    def _tick(self) -> None:
        self.seconds = time.perf_counter() - self._started


def _update_of(config: TrainerConfig, t: int, before: dict[str, Array]) -> Update:
    settings = {name: getattr(config, name) for name in PASS_SETTINGS if name in Update._fields}
    return Update(**settings, t=t, before=before)


def _copies(state: dict[str, Array]) -> dict[str, Array]:
    return {name: vector.copy() for name, vector in state.items()}


def _are_right(logits: Array, y: Array) -> NDArray[np.bool_]:
    """Whether in each row the largest logit is the target's; of equal logits the first counts."""
    right: NDArray[np.bool_] = logits.argmax(axis=1) == y.argmax(axis=1)
    return right


def _count_right(logits: Array, y: Array) -> int:
    return int(np.count_nonzero(_are_right(logits, y)))


_COUNTERS = ("step", "samples_visited", "visits", "loss", "epoch_loss", "epoch_accuracy", "epoch_ms", "seconds")
