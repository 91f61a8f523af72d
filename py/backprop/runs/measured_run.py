"""The state of a training run, its measurements and its automatic stops."""

import math
from dataclasses import replace
from typing import cast

import numpy as np

from ..activations import Array
from ..training.divergence import Divergence, first_bad_state
from ..training.epochs import EpochMetrics, EpochRow
from ..training.slices import Work, finish
from ..training.stop import Stop
from .metrics import Best, Metrics
from .run_state import RunState

UNKNOWN = EpochMetrics(math.nan, math.nan, math.nan, math.nan)


class MeasuredRun(RunState):
    """A run that measures itself at the end of each epoch, and stops."""

    @property
    def is_measuring(self) -> bool:
        """Whether a measurement must be finished before the next step."""
        return self._measuring.is_under_way

    def finish_measuring(self, deadline: float = math.inf) -> bool:
        """Continue the measurement in progress for at least one slice, until a time of `time.perf_counter`.

        Returns
        -------
        whether it was finished in time, or none was in progress
        """
        try:
            return self._measuring.finish(deadline)
        except BaseException:  # the next call restarts it
            self.resume_measuring()
            raise

    def measure(self) -> Metrics:
        """Measure loss and accuracy over training and held-out samples with the current weights; set `metrics`."""
        self.finish_measuring()
        finish(self._measurement())
        return cast("Metrics", self.metrics)

    def start_measuring(self) -> None:
        """Start what `measure` does, unless a measurement is in progress; `finish_measuring` continues it."""
        if not self.is_measuring:
            self._measuring.begin(self._measurement())

    def resume_measuring(self) -> None:
        """Restart the measurement that a restored run had not finished: of its last epoch, or of its stop."""
        done = self.trainer.samples_visited // len(self.dataset.train)
        if done > (self.epochs.rows[-1].epoch if self.epochs.rows else 0):
            self._measuring.begin(self._end_epoch())
        elif self.stopped and (self.metrics is None or self.metrics.step != self.trainer.step):
            self._measuring.begin(self._stop_measurement())
        else:
            self._measuring.begin(None)

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
            self._measuring.begin(self._stop_measurement())

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

    def _after_slice(self, count: int) -> None:
        """After a slice of `count` steps: start measuring if an epoch ended or the run diverged."""
        if self.trainer.divergence:
            self._measuring.begin(self._diverge(self.trainer.divergence))
        elif count and self.trainer.samples_visited % len(self.dataset.train) == 0:
            self._measuring.begin(self._end_epoch())

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

    def _restore_at_stop(self, parameters: Array) -> None:
        stopped, had_state = cast("Stop", self.stopped), self.trainer.optimizer.has_state
        self.stopped = replace(stopped, optimizer_reset=stopped.optimizer_reset or had_state)
        self._set_parameters(parameters)
