"""A training run: model, dataset, trainer and history under one name."""

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..data.dataset import TypedSample
from ..explain.last_pass import Names, Pass
from ..limits import LIMITS, check_integer
from ..monitor.flow import Flow
from ..monitor.gradient_flow import COSINE, Table, measure
from ..monitor.histograms import Watch
from ..monitor.history import History
from ..training.divergence import Divergence, first_bad_state
from ..training.epochs import EpochMetrics, EpochRow, Epochs
from ..training.saved_pass import last_update, next_update
from ..training.slices import Work, finish
from ..training.stop import Stop, with_stop
from ..training.stopping import EarlyStopping, StoppingConfig
from ..training.trainer import Trainer
from .changes import SettingChange, loss_types, with_changes, with_restored_weights
from .config import RunConfig
from .metrics import Best, Metrics
from .names import check_name

# Largest cost, in multiplications, of measuring a model after every single step: about 50 ms in a browser.
CHEAP_MEASUREMENT = 50_000_000
UNKNOWN = EpochMetrics(math.nan, math.nan, math.nan, math.nan)


class TrainingRun:
    """One training run, from its initial weights on.

    Parameters
    ----------
    config : RunConfig; default: `RunConfig.from_dict()`
    name : 1 to 100 characters
    run_id : unique id; default: a random one
    created : ISO 8601 in UTC; default: the current time

    Attributes
    ----------
    dataset, model, trainer : created from the config
    history : `History` of the losses and batch accuracies of all steps
    flow : `Flow`, gradient flow over the steps
    watch : `Watch`, earlier distributions of requested tensors
    epochs : `Epochs`, metrics at the end of each epoch
    initial_parameters : copy of the model's parameters before the first step
    best : `Best`, or None before the first complete epoch
    early_stopping : `EarlyStopping`, epochs without improvement of the monitored metric, and its best checkpoint
    stopped : `Stop`, the reason why training stopped automatically, or None
    stops : earlier `Stop`s after which the run was resumed
    metrics : `Metrics` as last measured, or None
    changes : `SettingChange`s during the run
    updated : whether the last pass was followed by an update
    archived : whether the run is archived; has no other effect
    twin_group : id shared with its twins, or None; see `twins`

    Notes
    -----
    The loss of a batch is measured before its update. So the mean training loss of an epoch belongs to the changing
    weights during the epoch, while `best` keeps the weights at its end, to which the held-out loss belongs.
    """

    trainer: Trainer
    _history: History
    _unrecorded: "list[Steps]"  # steps not yet in the history
    flow: Flow
    watch: Watch
    epochs: Epochs
    best: Best | None
    early_stopping: EarlyStopping
    stopped: Stop | None
    stops: list[Stop]
    metrics: Metrics | None
    changes: list[SettingChange]
    updated: bool
    comparable_from: int  # samples visited when the loss type last changed
    _work: Work[None] | None  # measurement in progress, of the end of an epoch or of a stop

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
        """Current config, with all changes since the start of the run."""
        return self._config.with_trainer(self.trainer.config)

    @property
    def history(self) -> History:
        """Losses of all steps so far."""
        self._write_history()
        return self._history

    @property
    def stopping(self) -> StoppingConfig:
        """Stopping section of the current config."""
        return self._config.stopping

    @cached_property
    def first_weights(self) -> str:
        """Shape, dtype and SHA-256 of the initial parameters."""
        return f"{self.config.shape} {self.model.dtype} {hashlib.sha256(self.initial_parameters.data).hexdigest()}"

    def advance(self, steps: int, max_seconds: float | None = None) -> NDArray[np.float64]:
        """Train for `steps` mini-batches, or fewer if `max_seconds` of wall time pass first.

        It ends at the step at which the run stops automatically, and does nothing after that: see `resume`. Measuring
        at the end of an epoch can take longer than `max_seconds`; the next call then continues it before any step. Each
        call makes at least one step or one slice of measuring. The results do not depend on the slices, to the last
        bit.

        Returns
        -------
        float64 array, the loss of each completed step
        """
        left = check_integer("steps", steps, *LIMITS["steps"])
        deadline = math.inf if max_seconds is None else time.perf_counter() + max_seconds
        return self._advance(left, deadline, deadline)

    def follow_twin(self, steps: int, deadline: float) -> None:
        """Train for the `steps` of a twin without time limit; measure until the deadline."""
        self._advance(steps, math.inf, deadline)

    def _advance(self, left: int, deadline: float, measure_until: float) -> NDArray[np.float64]:
        """Train until one deadline and measure until the other, both in terms of `time.perf_counter`."""
        trainer, made = self.trainer, Steps(self.trainer.config.batch_size, self.trainer)
        try:
            while left > 0 and self.finish_measuring(deadline) and not self.stopped:
                remaining = deadline - time.perf_counter()
                if made.losses and remaining <= 0:
                    break
                # A slice ends at the end of an epoch, to keep its final weights, and at steps with a measurement of
                # gradient flow.
                steps = min(left, trainer.steps_left_in_epoch, self.flow.steps_left(trainer.step))
                seconds = None if math.isinf(remaining) else max(remaining, 1e-6)
                left -= self._run_steps(made, trainer.advance, steps, seconds)
        finally:
            losses = self._record(made)
        if time.perf_counter() < measure_until:
            self.finish_measuring(measure_until)
        return losses

    @property
    def is_measuring(self) -> bool:
        """Whether a measurement must be finished before the next step."""
        return self._work is not None

    def finish_measuring(self, deadline: float = math.inf) -> bool:
        """Continue the measurement in progress for at least one slice, until a time of `time.perf_counter`.

        Returns
        -------
        whether it was finished in time, or none was in progress
        """
        while self._work is not None:
            try:
                is_done = next(self._work, True)
            except BaseException:  # the next call restarts it
                self.resume_measuring()
                raise
            if is_done:
                self._work = None
            if time.perf_counter() >= deadline:
                return False
        return True

    def run_single(self, update: bool = True, sample: int | None = None) -> float:
        """Train on the next sample, or with ``update=False`` only compute its pass, or that of sample `sample`."""
        if not update or sample is not None:  # the trainer refuses an update with a chosen sample
            loss = self.trainer.run_single(update, sample)
            self.updated = False
            return loss
        self._resume_measured()
        made = Steps(1, self.trainer)
        try:
            self._run_steps(made, self.trainer.run_single)
        finally:
            losses = self._record(made)
        self.finish_measuring()
        return float(losses[0]) if len(losses) else math.nan

    def run_typed(self, sample: TypedSample) -> float:
        """Compute the pass of a sample that is not in the dataset; return its loss."""
        loss = self.trainer.run_typed(sample)
        self.updated = False
        return loss

    def train_batch(self, update: bool = True) -> float:
        """Train on the next mini-batch, or with ``update=False`` only compute its pass; return its mean loss."""
        if update:
            self._resume_measured()
            losses = self.advance(1)
            return float(losses[0]) if len(losses) else math.nan
        self.updated = False
        return self.trainer.train_batch(update=False)

    def train_epoch(self, update: bool = True) -> float:
        """Train to the end of the epoch, or with ``update=False`` only compute its passes; return the mean loss."""
        if update:
            self._resume_measured()
            self.advance(self.trainer.steps_left_in_epoch)
            diverged = self.trainer.divergence is not None
            return math.nan if diverged else cast("float", self.trainer.epoch_loss)  # else an epoch has just ended
        self.updated = False
        return self.trainer.train_epoch(update=False)

    def last_pass(self) -> Pass:
        """Return the last pass, and the update that followed it or would follow."""
        trainer = self.trainer
        return Pass(
            self.model,
            self.dataset.targets_of(trainer.batch),
            trainer.pass_config.loss_type,
            parameters=trainer.snapshot.parameters if self.updated else None,
            update=last_update(trainer) if self.updated else next_update(trainer),
            state=trainer.optimizer.state,
            names=Names(self.dataset, trainer.batch),
        )

    def flow_now(self) -> Table:
        """Measure the gradient flow of the last pass.

        `cosine` is known only if the flow has measured the step of that pass: otherwise the gradients of the previous
        step are not kept.
        """
        before = self.trainer.snapshot.parameters if self.updated else None
        now = measure(self.model, self.flow.probe, before)
        if self.updated and self.trainer.step in self.flow.steps[-1:]:
            now[:, COSINE] = self.flow.values[-1][:, COSINE]
        return now

    def _run_steps(self, made: "Steps", train: Callable[..., object], *arguments: float | None) -> int:
        """Run a slice of training and schedule its measurements, even if it raises; return the number of steps."""
        self.trainer.clear_slice()  # an exception before the first step must not record the previous slice again
        try:
            train(*arguments)
        finally:
            count = made.add(self.trainer.losses, self.trainer.accuracies)
            try:
                if count:
                    self._follow_flow()
            finally:
                self._after_slice(count)
        return count

    def _after_slice(self, count: int) -> None:
        """After a slice of `count` steps: start measuring if an epoch ended or the run diverged."""
        if self.trainer.divergence:
            self._work = self._diverge(self.trainer.divergence)
        elif count and self.trainer.samples_visited % len(self.dataset.train) == 0:
            self._work = self._end_epoch()

    def _resume_measured(self) -> None:
        """Finish measuring, which may stop the run, and resume it."""
        self.finish_measuring()
        self.resume()

    def measure(self) -> Metrics:
        """Measure loss and accuracy over training and held-out samples with the current weights; set `metrics`."""
        self.finish_measuring()
        finish(self._measurement())
        return cast("Metrics", self.metrics)

    def start_measuring(self) -> None:
        """Start what `measure` does, unless a measurement is in progress; `finish_measuring` continues it."""
        self._work = self._work or self._measurement()

    def resume_measuring(self) -> None:
        """Restart the measurement that a restored run had not finished: of its last epoch, or of its stop."""
        trainer, done = self.trainer, self.trainer.samples_visited // len(self.dataset.train)
        self._work = None
        if done > (self.epochs.rows[-1].epoch if self.epochs.rows else 0):
            self._work = self._end_epoch()
        elif self.stopped and (self.metrics is None or self.metrics.step != trainer.step):
            self._work = self._stop_measurement()

    def _stop_measurement(self) -> Work[None]:
        """Measure at a stop, and record the monitored metric with the restored weights."""
        yield from self._measurement()
        stop, metrics = self.stopped, cast("Metrics", self.metrics)
        if stop and stop.restored and stop.monitor and stop.restored_value is None:
            value = getattr(metrics, stop.monitor.removeprefix("train_"))
            self.stopped = replace(stop, restored_value=value)

    def _forget_metrics(self) -> None:
        """Clear the metrics after a change of weights or loss; measure again if the run has stopped."""
        self.metrics = None
        if self.stopped:
            self._work = self._stop_measurement()

    def _measurement(self) -> Work[None]:
        train = yield from self.trainer.evaluation()
        yield
        held_out = yield from self._held_out_evaluation()
        self.metrics = Metrics(self.trainer.step, *train, *(held_out or (None, None)))

    def _held_out_evaluation(self) -> Work[tuple[float, float | None] | None]:
        held_out = self.dataset.held_out
        return (yield from self.trainer.evaluation(held_out)) if len(held_out) else None

    def measure_if_cheap(self) -> None:
        """Measure, unless it would noticeably delay a single step."""
        if self.is_cheap:
            self.measure()

    @property
    def is_cheap(self) -> bool:
        """Whether measuring all samples causes no noticeable delay."""
        return len(self.dataset) * self.model.parameters.size <= CHEAP_MEASUREMENT

    def configure(self, **changes: object) -> None:
        """Change any of the trainer's settings but its seed from the next step on, without a reset.

        Losses of two types cannot be compared: a change of loss_type clears `best` and `metrics`, and excludes the
        current epoch from `best`.
        """
        before = self.trainer.config
        if changes.get("loss_type", before.loss_type) != before.loss_type:
            self.finish_measuring()
        after = self.trainer.configure(**changes)
        self.changes = with_changes(self.changes, self.trainer.step, before, after)
        if after.loss_type != before.loss_type:
            self.best = None
            self.early_stopping.reset()
            self._forget_metrics()
            self.history.break_after(self.trainer.step)
            self.comparable_from = self.trainer.samples_visited

    def configure_stopping(self, **changes: Any) -> StoppingConfig:
        """Change stopping settings from the end of the next epoch on; return the section in force.

        A change of the monitored metric or its direction clears `best` and restarts early stopping, with full patience
        and no checkpoint. Turning early stopping on or off or changing its start epoch also restarts it.

        Raises
        ------
        ValueError
            If a value is invalid; then no setting changes.
        """
        before = self.stopping
        for name in changes:
            if name not in asdict(before):
                raise ValueError(f"{name} must be one of the stopping settings: {', '.join(asdict(before))}")
        after = replace(before, **changes).validated(len(self.dataset.held_out))
        self.finish_measuring()  # under the settings in force at the end of the epoch
        self._config = self._config.with_stopping(after)
        if (after.monitor, after.ascending) != (before.monitor, before.ascending):
            self.best = None
            self.early_stopping.reset()
        elif after.target != before.target:
            self.early_stopping.reached = False
        if (after.early_stopping, after.start_from_epoch) != (before.early_stopping, before.start_from_epoch):
            self.early_stopping.restart_patience()
        return after

    def resume(self) -> None:
        """Resume a run that stopped automatically, with full patience; the best checkpoint is kept."""
        if self.stopped:
            self.stops, self.stopped = self.all_stops, None
            self.early_stopping.resume(self.trainer.samples_visited // len(self.dataset.train))
            self.resume_measuring()  # cancels the measurement of the stop

    def restore_best(self) -> None:
        """Restore the best weights. Step, sample order and history stay the same: training continues from there.

        Resets the optimizer's state to zero, since its gradients belong to other weights.
        """
        self.finish_measuring()
        if self.best is None:
            raise ValueError("best weights are not available yet: no epoch is complete")
        self._set_parameters(self.best.parameters)
        self.changes = with_restored_weights(self.changes, self.trainer.step, "best")
        self._forget_metrics()

    def restore_first(self) -> None:
        """Restore the initial weights and reset the optimizer; everything else stays, as in `restore_best`."""
        self.finish_measuring()
        self._set_parameters(self.initial_parameters)
        self.changes = with_restored_weights(self.changes, self.trainer.step, "first")
        self._forget_metrics()

    def reset(self) -> None:
        """Reset to the initial weights, sample order and empty history, under the current config."""
        self._config = self.config
        self.dataset.set_state(self._dataset_state)
        self._begin()

    def _begin(self) -> None:
        trainer = Trainer(self.model, self.dataset, self._config.trainer)
        history, flow, epochs = History(), Flow(self.model, self.dataset.inputs), Epochs()
        # All memory is allocated by now, so that the reset is complete or does not happen.
        self.model.parameters[:] = self.initial_parameters
        self.trainer, self._history, self.flow, self.epochs = trainer, history, flow, epochs
        self._unrecorded = []
        self.watch = Watch()
        self.changes = []
        self.best = None
        self.early_stopping = EarlyStopping()
        self.stopped = None
        self.stops = []
        self.metrics = None
        self.comparable_from = 0
        self._work = None
        self.updated = False
        self.preview()

    def preview(self) -> None:
        """Compute the pass of the next batch without an update."""
        self.trainer.train_batch(update=False)
        self.updated = False

    def _record(self, made: "Steps") -> NDArray[np.float64]:
        """Add the steps of one call to the history; return their losses."""
        if not made.losses:  # the run had stopped, or measuring took all the time
            return np.empty(0)
        made.ended = self.trainer.seconds
        self._unrecorded.append(made)
        # After divergence or restored weights, the current pass led to no update.
        is_back = self.stopped is not None and self.stopped.shows_no_update
        self.updated = self.trainer.step > made.first and self.trainer.has_updated and not is_back
        self._write_history()
        return np.concatenate(made.losses)

    def _write_history(self) -> None:
        """Write the unrecorded steps to the history. If that raises, the next access to the history repeats it."""
        train = len(self.dataset.train)
        while self._unrecorded:
            made = self._unrecorded[0]
            losses, accuracies = np.concatenate(made.losses), np.concatenate(made.accuracies)
            samples = samples_after(np.arange(1, len(losses) + 1), made.size, made.visited, train)
            seconds = np.linspace(made.began, made.ended, len(losses) + 1)[1:]
            new = slice(len(self._history) - made.first, None)
            self._history.extend(losses[new], accuracies[new], samples[new] / train, seconds[new])
            del self._unrecorded[0]

    def _follow_flow(self) -> None:
        step = self.trainer.step
        if self.flow.record(self.model, self.trainer.snapshot.parameters, step):
            self.watch.record(self.model, self.trainer.optimizer.state, step, self.flow.steps)

    def _end_epoch(self) -> Work[None]:
        """Measure the end of an epoch, keep it if it is the best, and stop the run if it is the last."""
        trainer, size = self.trainer, len(self.dataset.train)
        whole = trainer.samples_visited - size >= self.comparable_from
        train_loss = cast("float", trainer.epoch_loss) if whole else math.nan
        held_out_loss, held_out_accuracy = (yield from self._held_out_evaluation()) or (math.nan, None)
        accuracies = (
            math.nan if each is None else each for each in (trainer.progress.epoch_accuracy, held_out_accuracy)
        )
        train_accuracy, held_out_accuracy = accuracies
        metrics = EpochMetrics(train_loss, train_accuracy, held_out_loss, held_out_accuracy)
        epoch = trainer.samples_visited // size
        # An exception before this line leaves the epoch without a row, and the measurement is repeated.
        if whole:
            self._keep_best(metrics)
        seen = metrics if whole else UNKNOWN
        reason = self.early_stopping.on_epoch_end(
            self.stopping, epoch, seen, step=trainer.step, parameters=self.model.parameters
        )
        self.epochs.append(EpochRow(epoch, trainer.step, trainer.seconds, *metrics))
        if reason:
            yield from self._stop(reason, metrics)

    def _keep_best(self, metrics: EpochMetrics) -> None:
        value, best = getattr(metrics, self.stopping.monitor), self.best and self.best_value
        if math.isfinite(value) and self.stopping.improves(value, best) and np.isfinite(self.model.parameters).all():
            self.best = Best(self.trainer.step, metrics, self.model.parameters.copy())

    def loss_types(self, first: int, last: int) -> list[str]:
        """Return the loss types of steps `first` to `last`, several if the loss was changed between them."""
        return loss_types(self.changes, first, last, self.trainer.config.loss_type)

    @property
    def all_stops(self) -> list[Stop]:
        """All automatic stops, oldest first (at most `MAX_STOPS`)."""
        return with_stop(self.stops, self.stopped)

    @property
    def best_value(self) -> float | None:
        """Monitored metric of the best epoch, or None."""
        return None if self.best is None else float(getattr(self.best.metrics, self.stopping.monitor))

    def _stop(self, reason: str, metrics: EpochMetrics) -> Work[None]:
        """Stop; restore the best weights of early stopping for any reason, as Keras's `EarlyStopping.on_train_end`."""
        stopping, trainer, best = self.stopping, self.trainer, self.early_stopping.best
        restored = best is not None and stopping.restore_best_weights and best.step != trainer.step
        self.history.break_after(trainer.step)
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
        if best is not None and restored:
            self._restore_at_stop(best.parameters)
        yield
        yield from self._stop_measurement()

    def _diverge(self, divergence: Divergence) -> Work[None]:
        """Stop a diverged run with its last known finite weights."""
        lost = not np.isfinite(self.model.parameters).all()
        has_bad_state = first_bad_state(self.model, self.trainer.optimizer.state) is not None
        if has_bad_state:
            self.trainer.reset_optimizer()
        self.updated, self.metrics = False, None
        self.history.break_after(self.trainer.step)
        self.stopped = Stop(
            "diverged",
            self.trainer.step,
            self.trainer.epoch,
            best_step=self.best.step if self.best and lost else None,
            best_value=self.best_value if lost else None,
            restored=lost,
            tensor=divergence.tensor,
            tensor_step=divergence.tensor_step,
            optimizer_reset=has_bad_state,
        )
        if lost:
            self._restore_at_stop(self.best.parameters if self.best else self.initial_parameters)
        return self._stop_measurement()

    def _set_parameters(self, parameters: Array) -> None:
        if not np.array_equal(parameters, self.model.parameters):
            self.history.break_after(self.trainer.step)
        self.metrics = None
        self.trainer.set_parameters(parameters)
        self.preview()

    def _restore_at_stop(self, parameters: Array) -> None:
        stopped, had_state = cast("Stop", self.stopped), self.trainer.optimizer.has_state
        self.stopped = replace(stopped, optimizer_reset=stopped.optimizer_reset or had_state)
        self._set_parameters(parameters)


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


def now() -> str:
    """Return the current time in UTC, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
