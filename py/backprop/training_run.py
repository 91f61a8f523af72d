"""Training runs: each a model, its data and its trainer under one name, with all that happened to them."""

import hashlib
import math
import time
import unicodedata
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple, cast
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .distribution import Watch
from .divergence import Divergence
from .epochs import EpochMetrics, EpochRow, Epochs
from .flow import COSINE, Flow, Table, measure
from .history import History
from .limits import LIMITS, check_integer
from .marks import Mark, with_changes
from .run_config import RunConfig
from .stopping import Stop, Stopper, StoppingConfig, with_stop
from .trainer import Trainer
from .work import Work, finish

# Multiplications that measuring a model may cost after each step that someone asked for: some 50 ms in a browser.
CHEAP_MEASUREMENT = 50_000_000


class Best(NamedTuple):
    """The end of the complete epoch that was the best so far by the metric that is monitored."""

    step: int
    metrics: EpochMetrics
    parameters: Array


class Metrics(NamedTuple):
    """Loss and accuracy over all training samples, and over all held-out ones if there are any, at one step."""

    step: int
    loss: float
    accuracy: float
    held_out_loss: float | None
    held_out_accuracy: float | None


class TrainingRun:
    """One training run, from its first weights on.

    Parameters
    ----------
    config : RunConfig; the default is the seed's own configuration
    name : 1 to 100 characters
    run_id : unique; made up if left out
    created : ISO 8601 in UTC; now if left out

    Attributes
    ----------
    dataset, model, trainer : made from the config
    history : `History` of the losses and batch accuracies of all steps
    flow : `Flow`, how gradients, weights and updates went over the steps
    watch : `Watch`, earlier distributions of the tensors that somebody looks at
    epochs : `Epochs`, what was measured at the end of each epoch
    initial_parameters : the model's parameters before the first step, a copy
    best : `Best`, or None before the first complete epoch
    stopper : `Stopper`, how long the monitored metric has not improved, and what early stopping goes back to
    stopped : `Stop`, why training has stopped of itself, or None
    stops : earlier `Stop`s, from which it was let go on
    metrics : `Metrics` as last measured, or None
    marks : `Mark`s, the settings that were changed on the way
    updated : whether the last pass changed the weights
    archived : whether it is put away; nothing else follows from it
    twin_group : what it has in common with its twins, or None; see `twins`

    Notes
    -----
    The loss of a batch is measured before the update that it leads to. So the mean training loss of an epoch belongs to
    the weights on the way through it, and `best` keeps those at its end; the held-out loss is that of these very ones.
    """

    trainer: Trainer
    history: History
    flow: Flow
    watch: Watch
    epochs: Epochs
    best: Best | None
    stopper: Stopper
    stopped: Stop | None
    stops: list[Stop]
    metrics: Metrics | None
    marks: list[Mark]
    updated: bool
    comparable_from: int  # samples visited when the loss type last changed
    _work: Work[None] | None  # what is still to be measured, of an epoch that has ended or of a stop

    def __init__(
        self,
        config: RunConfig | None = None,
        name: str = "Run 1",
        *,
        run_id: str | None = None,
        created: str | None = None,
    ) -> None:
        self.name = check_name(name)
        self.id: str = run_id or uuid4().hex
        self.created = created or now()
        config = config or RunConfig.from_dict()
        self.archived = False
        self.twin_group: str | None = None
        self._config = config
        self.dataset = config.make_dataset()
        self._dataset_state = self.dataset.get_state()
        self.model = config.make_model()
        self.initial_parameters = self.model.parameters.copy()
        self._begin()

    @property
    def config(self) -> RunConfig:
        """The config in force: the one that the run began with, and what was changed on the way."""
        return self._config.with_trainer(self.trainer.config)

    @property
    def stopping(self) -> StoppingConfig:
        """The stopping section of the config in force."""
        return self._config.stopping

    @cached_property
    def first_weights(self) -> str:
        """The shape, the kind and the SHA-256 of the parameters before the first step."""
        return f"{self.config.shape} {self.model.dtype} {hashlib.sha256(self.initial_parameters.data).hexdigest()}"

    def advance(self, steps: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        """Train for `steps` mini-batches, or fewer if `max_seconds` of wall time pass first.

        It ends at the step at which the run stops of itself, and does nothing if it has: see `go_on`. Measuring the end
        of an epoch can take longer than that time. Then the next call goes on with it, before any step. Each call makes
        at least one step, or one slice of that, and what comes out is the same to the last bit.

        Returns
        -------
        float64 array, the loss of each step done
        """
        left = check_integer("steps", steps, *LIMITS["steps"])
        deadline = math.inf if max_seconds is None else time.perf_counter() + max_seconds
        return self._advance(left, deadline, deadline)

    def keep_up(self, steps: int, deadline: float) -> None:
        """Make the `steps` that a twin has made, however long they take; measure until the deadline."""
        self._advance(steps, math.inf, deadline)

    def _advance(self, left: int, deadline: float, measure_until: float) -> NDArray[np.float64]:
        """Train until one deadline, and measure until the other: times of `time.perf_counter`."""
        trainer = self.trainer
        visited, began = trainer.samples_visited, trainer.seconds
        slices: list[NDArray[np.float64]] = []
        accuracies: list[NDArray[np.float64]] = []
        while left > 0 and self.catch_up(deadline) and not self.stopped:
            remaining = deadline - time.perf_counter()
            if slices and remaining <= 0:
                break
            # A slice ends with its epoch, so that the weights can be kept that the epoch ended with, and where the
            # gradient flow is measured.
            slices.append(
                trainer.advance(
                    min(left, trainer.steps_left_in_epoch, self.flow.steps_left(trainer.step)),
                    None if math.isinf(remaining) else max(remaining, 1e-6),
                )
            )
            accuracies.append(trainer.accuracies)
            left -= len(slices[-1])
            if len(slices[-1]):
                self._follow_flow()
            self._look_back()
        if time.perf_counter() < measure_until:
            self.catch_up(measure_until)
        if not slices:  # it had stopped before, or all its time went into measuring
            return np.empty(0)
        losses = np.concatenate(slices)
        self._record(losses, np.concatenate(accuracies), trainer.config.batch_size, visited, began)
        return losses

    def _look_back(self) -> None:
        """After some steps, begin with what is to be measured, if they ended in an epoch's end or ran away."""
        if self.trainer.divergence:
            self._work = self._diverge(self.trainer.divergence)
        elif self.trainer.samples_visited % len(self.dataset.train) == 0:
            self._work = self._end_epoch()

    @property
    def is_measuring(self) -> bool:
        """Whether there is something left to measure, before the next step."""
        return self._work is not None

    def catch_up(self, deadline: float = math.inf) -> bool:
        """Measure what is left to measure, until a time of `time.perf_counter`, and at least one slice of it.

        Returns
        -------
        whether there was nothing left, or it was done in time
        """
        while self._work is not None:
            if next(self._work, True):
                self._work = None
            if time.perf_counter() >= deadline:
                return False
        return True

    def run_single(self, update: bool = True, sample: int | None = None) -> float:
        """Train on the next single sample, or with ``update=False`` only show it, or the one with index `sample`."""
        if update:
            self.catch_up()
        visited, began = self.trainer.samples_visited, self.trainer.seconds
        loss = self.trainer.run_single(update, sample)
        self.updated = update
        if update:
            self.go_on()
        if update:
            if not self.trainer.divergence:
                self._follow_flow()
                self._record(np.array([loss]), self.trainer.accuracies, 1, visited, began)
            self._look_back()
            self.catch_up()
        return loss

    def train_batch(self, update: bool = True) -> float:
        """Train on the next mini-batch, or with ``update=False`` only show it; returns its mean loss."""
        if update:
            self.go_on()
            losses = self.advance(1)
            return float(losses[0]) if len(losses) else math.nan
        self.updated = False
        return self.trainer.train_batch(update=False)

    def train_epoch(self, update: bool = True) -> float:
        """Train to the end of the epoch under way, or with ``update=False`` only show it; returns the mean loss."""
        if update:
            self.go_on()
            self.advance(self.trainer.steps_left_in_epoch)
            diverged = self.trainer.divergence is not None
            return math.nan if diverged else cast("float", self.trainer.epoch_loss)  # else an epoch has just ended
        self.updated = False
        return self.trainer.train_epoch(update=False)

    def flow_now(self) -> Table:
        """Measure the gradient flow of the last pass.

        `cosine` is known only if that pass led to the step that the flow measured last: else the gradients of the step
        before it are not kept.
        """
        before = self.trainer.parameters_before if self.updated else None
        now = measure(self.model, self.flow.probe, before)
        if self.updated and self.trainer.step in self.flow.steps[-1:]:
            now[:, COSINE] = self.flow.values[-1][:, COSINE]
        return now

    def measure(self) -> Metrics:
        """Measure loss and accuracy over both sets of samples, as the weights are now, and keep them as `metrics`."""
        self.catch_up()
        finish(self._measurement())
        return cast("Metrics", self.metrics)

    def begin_measuring(self) -> None:
        """Begin with what `measure` does, unless something is being measured anyway; `catch_up` goes on with it."""
        self._work = self._work or self._measurement()

    def resume_measuring(self) -> None:
        """Begin anew with what a run that comes back was measuring: the end of its last epoch, or where it stopped."""
        trainer, done = self.trainer, self.trainer.samples_visited // len(self.dataset.train)
        if done > (self.epochs.rows[-1].epoch if self.epochs.rows else 0):
            self._work = self._end_epoch()
        elif self.stopped and (self.metrics is None or self.metrics.step != trainer.step):
            self._work = self._measurement()

    def _measurement(self) -> Work[None]:
        train = yield from self.trainer.evaluation()
        yield
        held_out = yield from self._held_out_evaluation()
        self.metrics = Metrics(self.trainer.step, *train, *(held_out or (None, None)))

    def _held_out_evaluation(self) -> Work[tuple[float, float] | None]:
        held_out = self.dataset.held_out
        return (yield from self.trainer.evaluation(held_out)) if len(held_out) else None

    def measure_if_cheap(self) -> None:
        """Measure, unless data and model are so large that a single step would be felt to wait for it."""
        if self.is_cheap:
            self.measure()

    @property
    def is_cheap(self) -> bool:
        """Whether to measure all samples takes no time that would be felt."""
        return len(self.dataset) * self.model.parameters.size <= CHEAP_MEASUREMENT

    def configure(self, **changes: object) -> None:
        """Change any of the trainer's settings but its seed from the next step on, without a reset.

        Losses of two kinds cannot be compared: with another loss_type `best` and `metrics` begin anew, and the epoch
        under way does not count for `best`.
        """
        before = self.trainer.config
        if changes.get("loss_type", before.loss_type) != before.loss_type:
            self.catch_up()
        after = self.trainer.configure(**changes)
        self.marks = with_changes(self.marks, self.trainer.step, before, after)
        if after.loss_type != before.loss_type:
            self.best, self.metrics = None, None
            self.stopper.forget()
            self.comparable_from = self.trainer.samples_visited

    def configure_stopping(self, **changes: Any) -> StoppingConfig:
        """Change when to stop, from the next epoch's end on; returns the stopping section in force.

        With another metric to monitor, or the other way round, `best` begins anew. So does early stopping then, with
        its patience and what it goes back to; and also when it is turned on or off, or is to start from another epoch.

        Raises
        ------
        ValueError
            If a value is refused; then nothing has changed.
        """
        before = self.stopping
        for name in changes:
            if name not in asdict(before):
                raise ValueError(f"{name} must be one of the stopping settings: {', '.join(asdict(before))}")
        after = replace(before, **changes).validated(len(self.dataset.held_out))
        self.catch_up()  # by the rules that it ended under
        self._config = self._config.with_stopping(after)
        if (after.monitor, after.ascending) != (before.monitor, before.ascending):
            self.best = None
            self.stopper.forget()
        elif after.target != before.target:
            self.stopper.reached = False
        if (after.early_stopping, after.start_from_epoch) != (before.early_stopping, before.start_from_epoch):
            self.stopper.look_anew()
        return after

    def go_on(self) -> None:
        """Let a run that has stopped of itself be trained further; patience begins anew, what was best stays so."""
        if self.stopped:
            self.stops, self.stopped = self.all_stops, None
            self.stopper.go_on(self.trainer.samples_visited // len(self.dataset.train))

    def restore_best(self) -> None:
        """Put the best weights back. Step, order and history stay what they are: training goes on from there."""
        self.catch_up()
        if self.best is None:
            raise ValueError("best weights must be there to be restored: no epoch is complete yet")
        self._put_back(self.best.parameters)

    def restore_first(self) -> None:
        """Put the first weights back, and nothing else: step, order and history stay, as in `restore_best`."""
        self.catch_up()
        self._put_back(self.initial_parameters)

    def reset(self) -> None:
        """Go back to the first weights, the first order of visits and no history, under the config now in force."""
        self._config = self.config
        self.dataset.set_state(self._dataset_state)
        self.model.parameters[:] = self.initial_parameters
        self._begin()

    def _begin(self) -> None:
        self.trainer = Trainer(self.model, self.dataset, self._config.trainer)
        self.history = History()
        self.flow = Flow(self.model, self.dataset.inputs)
        self.watch = Watch()
        self.marks = []
        self.epochs = Epochs()
        self.best = None
        self.stopper = Stopper()
        self.stopped = None
        self.stops = []
        self.metrics = None
        self.comparable_from = 0
        self._work = None
        self.preview()

    def preview(self) -> None:
        """Pass the next batch through the model without an update, so that there is something to see."""
        self.trainer.train_batch(update=False)
        self.updated = False

    def repeat_pass(self, last: dict[str, Any]) -> None:
        """Show what was seen last, as `Trainer.get_pass` returned it."""
        self.trainer.repeat_pass(last)
        self.updated = last["parameters"] is not None

    def _record(
        self, losses: NDArray[np.float64], accuracies: NDArray[np.float64], size: int, visited: int, began: float
    ) -> None:
        """Add what steps with batches of `size` came to, made since `visited` samples and `began` seconds."""
        # A run that has diverged, or gone back to its best weights, shows a pass that led to no update.
        self.updated = len(losses) > 0 and not (self.stopped and self.stopped.shows_no_update)
        steps = np.arange(1, len(losses) + 1)
        train = len(self.dataset.train)
        samples = samples_after(steps, size, visited, train)
        seconds = np.linspace(began, self.trainer.seconds, len(losses) + 1)[1:]
        self.history.extend(losses, accuracies, samples / train, seconds)

    def _follow_flow(self) -> None:
        step = self.trainer.step
        if self.flow.follow(self.model, self.trainer.parameters_before, step):
            self.watch.look(self.model, self.trainer.optimizer.state, step, self.flow.steps)

    def _end_epoch(self) -> Work[None]:
        """Measure what there is to measure at the end of an epoch, and see whether it is the best, or the last."""
        trainer, size = self.trainer, len(self.dataset.train)
        whole = trainer.samples_visited - size >= self.comparable_from
        train_loss = cast("float", trainer.epoch_loss) if whole else math.nan
        held_out = yield from self._held_out_evaluation()
        metrics = EpochMetrics(train_loss, cast("float", trainer.epoch_accuracy), *(held_out or (math.nan, math.nan)))
        epoch = trainer.samples_visited // size
        self.epochs.append(EpochRow(epoch, trainer.step, trainer.seconds, *metrics))
        if whole:
            self._keep_best(metrics)
            reason = self.stopper.epoch_ended(self.stopping, epoch, metrics, trainer.step, self.model.parameters)
            if reason:
                yield from self._stop(reason, metrics)

    def _keep_best(self, metrics: EpochMetrics) -> None:
        value, best = getattr(metrics, self.stopping.monitor), self.best and self.best_value
        if math.isfinite(value) and self.stopping.improves(value, best) and np.isfinite(self.model.parameters).all():
            self.best = Best(self.trainer.step, metrics, self.model.parameters.copy())

    @property
    def all_stops(self) -> list[Stop]:
        """Every time that it has stopped of itself, oldest first; of very many the newest."""
        return with_stop(self.stops, self.stopped)

    @property
    def best_value(self) -> float | None:
        """The monitored metric of the best epoch."""
        return None if self.best is None else float(getattr(self.best.metrics, self.stopping.monitor))

    def _stop(self, reason: str, metrics: EpochMetrics) -> Work[None]:
        """Stop; whatever the reason, early stopping goes back to its best weights: `EarlyStopping.on_train_end`."""
        stopping, trainer, best = self.stopping, self.trainer, self.stopper.best
        restored = best is not None and stopping.restore_best_weights and best.step != trainer.step
        if best is not None and restored:
            self._put_back(best.parameters)
        limits = {"early_stopping": stopping.patience, "target": stopping.target, "max_epochs": stopping.max_epochs}
        self.stopped = Stop(
            reason,
            trainer.step,
            trainer.epoch,
            stopping.monitor,
            float(limits[reason] or 0),
            stopping.min_delta,
            getattr(metrics, stopping.monitor) if reason == "target" else None,
            best and best.step,
            best and best.value,
            restored,
        )
        yield
        yield from self._measurement()

    def _diverge(self, divergence: Divergence) -> Work[None]:
        """Stop before a step whose loss is not finite, with the last finite weights that there are."""
        lost = not np.isfinite(self.model.parameters).all()
        if lost:
            self.trainer.forget_gradients()
            self._put_back(self.best.parameters if self.best else self.initial_parameters)
        self.updated = False
        self.stopped = Stop(
            "diverged",
            self.trainer.step,
            self.trainer.epoch,
            best_step=self.best.step if self.best and lost else None,
            best_value=self.best_value if lost else None,
            restored=lost,
            tensor=divergence.tensor,
            tensor_step=divergence.tensor_step,
        )
        return self._measurement()

    def _put_back(self, parameters: Array) -> None:
        self.model.parameters[:] = parameters
        self.preview()


def samples_after(steps: NDArray[Any], size: int, visited: int, num_train: int) -> NDArray[Any]:
    """Return the samples visited after each of `steps` further mini-batches of `size`; an epoch's last may be short."""
    left = num_train - visited % num_train  # in the epoch under way
    later = np.maximum(steps - -(-left // size), 0)  # steps in later epochs
    epochs, rest = np.divmod(later, -(-num_train // size))
    samples: NDArray[Any] = visited + np.minimum(steps * size, left) + epochs * num_train + rest * size
    return samples


class TrainingRunManager:
    """All runs, in the order of their creation. One of them is active: the one that is looked at.

    Each run owns its model, so to activate another swaps in all its weights, activations and gradients at once.
    """

    def __init__(self) -> None:
        self._runs: dict[str, TrainingRun] = {}
        self._created = 0
        self._active = ""

    def create(self, name: str | None = None, config: RunConfig | None = None) -> TrainingRun:
        """Make a run and activate it. Without a name it is "Run 1", "Run 2" and so on."""
        return self.add(TrainingRun(config, self._next_name() if name is None else name))

    def add(self, run: TrainingRun, activate: bool = True) -> TrainingRun:
        """Take in a run that was made elsewhere; if its id is taken it is a copy, with a new id and without twins."""
        if run.id in self._runs:
            run.id, run.twin_group = uuid4().hex, None
        self._runs[run.id] = run
        self._created += 1
        if activate or len(self._runs) == 1:
            self._active = run.id
        return run

    def put_back(self, run: TrainingRun, activate: bool = True) -> TrainingRun:
        """Put a run in the place of the one that has its id."""
        self.get(run.id)
        self._runs[run.id] = run
        return self.activate(run.id) if activate else run

    @property
    def runs(self) -> list[TrainingRun]:
        """All runs, oldest first."""
        return list(self._runs.values())

    @property
    def active(self) -> TrainingRun:
        """The active run."""
        return self.get(self._active)

    def get(self, run_id: object) -> TrainingRun:
        """Return the run with this id, or raise ValueError."""
        run = self._runs.get(run_id) if isinstance(run_id, str) else None
        if run is None:
            raise ValueError(f"id: there is no run {str(run_id)[:40]!r}")
        return run

    def activate(self, run_id: object) -> TrainingRun:
        """Make a run the active one."""
        run = self.get(run_id)
        self._active = run.id
        return run

    def reset(self, run_id: object) -> TrainingRun:
        """Put a run back to its exact initial state."""
        run = self.get(run_id)
        run.reset()
        return run

    def rename(self, run_id: object, name: object) -> TrainingRun:
        """Give a run another name."""
        run = self.get(run_id)
        run.name = check_name(name)
        return run

    def delete(self, run_id: object) -> None:
        """Forget a run. If it was active, the one after it becomes active, or the one before it if it was the last."""
        run = self.get(run_id)
        if len(self._runs) == 1:
            raise ValueError("id: the last run cannot be deleted")
        if run.id == self._active:
            ids = list(self._runs)
            place = ids.index(run.id)
            self._active = ids[place + 1] if place + 1 < len(ids) else ids[place - 1]
        del self._runs[run.id]

    def losses(self) -> dict[str, History]:
        """Return the loss history of each run, by id."""
        return {run.id: run.history for run in self.runs}

    def _next_name(self) -> str:
        names, number = {run.name for run in self.runs}, self._created + 1
        while f"Run {number}" in names:
            number += 1
        return f"Run {number}"


def now() -> str:
    """Return the time in UTC, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def check_name(name: object) -> str:
    """Return a name without blanks around it, or raise ValueError."""
    low, high = LIMITS["name_characters"]
    text = name.strip() if isinstance(name, str) else ""
    if not isinstance(name, str) or not low <= len(text) <= high:
        length = f"{len(text)}" if isinstance(name, str) else type(name).__name__
        raise ValueError(f"name must be text of {low:.0f} to {high:.0f} characters, got {length}")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise ValueError("name must not hold control characters or line breaks")
    return text
