"""A training run: model, dataset, trainer and history under one name."""

import math
import time
from dataclasses import asdict, replace
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from ..data.abstract import TypedSample
from ..explain.last_pass import Names, Pass
from ..limits import LIMITS, check_integer
from ..loops.installed import after_steps
from ..monitor.gradient_flow import COSINE, Table, measure
from ..training.divergence import quiet
from ..training.epoch_order import check_seeded_order
from ..training.saved_pass import last_update, next_update
from ..training.stopping import StoppingConfig
from .changes import loss_types, with_changes, with_restored_weights
from .measured_run import MeasuredRun
from .steps import Steps

Unit = Literal["sample", "batch", "epoch"]


class TrainingRun(MeasuredRun):
    """One training run, from its initial weights on: it trains, shows passes, and takes changes of its settings.

    Parameters and attributes are those of `MeasuredRun`.
    """

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

    @quiet
    def _advance(
        self, left: int, deadline: float, measure_until: float, batch_size: int | None = None
    ) -> NDArray[np.float64]:
        """Train until one deadline and measure until the other, both in terms of `time.perf_counter`."""
        self.code.check_runs()
        trainer, made = self.trainer, Steps(batch_size or self.trainer.config.batch_size, self.trainer)
        try:
            while left > 0 and self.finish_measuring(deadline) and not self.stopped:
                remaining = deadline - time.perf_counter()
                if made.losses and remaining <= 0:
                    break
                # A slice ends at the end of an epoch, to keep its final weights, and where gradient flow is measured.
                steps = min(left, trainer.steps_left_in_epoch, self.flow.steps_left(trainer.step))
                seconds = None if math.isinf(remaining) else max(remaining, 1e-6)
                left -= self._run_steps(made, steps, seconds)
        finally:
            try:
                trainer.complete_pass()
            finally:
                losses = self._record(made)
        if time.perf_counter() < measure_until:
            self.finish_measuring(measure_until)
        return losses

    def _run_steps(self, made: Steps, steps: int, max_seconds: float | None) -> int:
        """Train a slice and schedule its measurements, even if it raises; return the number of steps."""
        self.trainer.clear_slice()  # an exception before the first step must not record the previous slice again
        try:
            self.trainer.make_steps(steps, made.size, max_seconds)
        finally:
            count = made.add(self.trainer.losses, self.trainer.accuracies)
            try:
                if count:
                    self._follow_flow()
            finally:
                self._after_slice(count)
        return count

    def _record(self, made: Steps) -> NDArray[np.float64]:
        """Add the steps of one call to the history; return their losses."""
        if not made.losses:  # the run had stopped, or measuring took all the time
            return np.empty(0)
        made.ended = self.trainer.seconds
        # After divergence or restored weights, the current pass led to no update.
        is_back = self.stopped is not None and self.stopped.shows_no_update
        self.updated = self.trainer.step > made.first and self.trainer.has_updated and not is_back
        self._recorder.add(made)
        self.loops = after_steps(self.loops, has_steps=made.first > 0)
        return np.concatenate(made.losses)

    def visit(self, unit: Unit, *, update: bool, sample: int | None = None) -> float:
        """Train on the next sample, mini-batch or rest of the epoch, or without `update` only show it, or `sample`."""
        if update:
            check_seeded_order(sample)
        return self.train(unit) if update else self.show(unit, sample)

    def train(self, unit: Unit) -> float:
        """Train on the next sample, on the next mini-batch, or to the end of the epoch; return the mean loss.

        A run that stopped automatically is resumed. The loss is NaN if no step could be made.
        """
        self.finish_measuring()  # which may stop the run
        self.resume()
        if unit == "epoch":
            self.advance(self.trainer.steps_left_in_epoch)
            diverged = self.trainer.divergence is not None
            return math.nan if diverged else cast("float", self.trainer.epoch_loss)  # else an epoch has just ended
        losses = self._advance(1, math.inf, math.inf, 1 if unit == "sample" else None)
        return float(losses[0]) if len(losses) else math.nan

    def show(self, unit: Unit, sample: int | None = None) -> float:
        """Compute the pass of the next sample (or of `sample`), mini-batch or rest of the epoch; return the mean loss.

        Nothing is trained by that.
        """
        show = {"sample": self.trainer.run_single, "batch": self.trainer.train_batch, "epoch": self.trainer.train_epoch}
        loss = self.trainer.run_single(False, sample) if sample is not None else show[unit](False)
        self.updated = False
        return loss

    def show_typed(self, sample: TypedSample) -> float:
        """Compute the pass of a sample that is not in the dataset; return its loss."""
        loss = self.trainer.run_typed(sample)
        self.updated = False
        return loss

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

    def _follow_flow(self) -> None:
        step = self.trainer.step
        if self.flow.record(self.model, self.trainer.snapshot.parameters, step):
            self.trainer.complete_pass()
            self.watch.record(self.model, self.trainer.optimizer.state, step, self.flow.steps)

    def loss_types(self, first: int, last: int) -> list[str]:
        """Return the loss types of steps `first` to `last`, several if the loss was changed between them."""
        return loss_types(self.changes, first, last, self.trainer.config.loss_type)
