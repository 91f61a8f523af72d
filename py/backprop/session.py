"""The session: the facade that the page, the console and the tests call.

Each public method is one call of web/api.d.ts, with the same name and the same parameters, and returns plain data:
numbers, strings, lists, dicts and flat NumPy arrays. A refused value raises `ValueError` with one sentence and changes
nothing.
"""

# ruff: noqa: A002  # `id` is the name on the wire

import math
import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from time import perf_counter
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .explain.cell import explain
from .explain.phases import changes, phases, sample_losses
from .explain.sample_lens import next_loss, split_by_sample
from .explain.source import read_source
from .files.file_names import file_name
from .files.history_csv import history_csv
from .files.history_rows import BUCKETS, COLUMNS, complete_record, history_rows, with_history
from .files.pytorch_script import to_pytorch
from .files.run_file import from_bytes, to_bytes
from .gradcheck import RIGHT, TOLERANCE, check_gradients
from .limits import LIMITS, check_choice, check_integer, check_number
from .losses import LOSSES
from .monitor.flow_warnings import warnings
from .monitor.gradient_flow import PROBE, QUANTITIES
from .monitor.histograms import QUANTILES, Distribution, distribution
from .monitor.history import MAX_POINTS
from .monitor.quantiles import SAMPLE
from .monitor.smoothing import smooth
from .runs.config import RunConfig, check_dict
from .runs.manager import TrainingRunManager
from .runs.memory import bytes_in_use, bytes_of, check_budget, largest
from .runs.names import free_name
from .runs.prediction import generate, predict, send
from .runs.presets import PRESETS
from .runs.record import from_record, to_record
from .runs.run import TrainingRun, now
from .runs.twins import advance_together, finish_all_measuring, make_twin, proven, twin_config, twins_of
from .tensors import find_tensor, layer_names
from .training.epochs import EpochMetrics
from .training.stopping import StoppingConfig
from .wire.frame import Frame, Place, pack

Plain = dict[str, Any]
Buffer = bytes | bytearray | memoryview | NDArray[np.uint8]

PICTURES = ("exact", "quick", "none")  # of a frame
LIMITS_MS = (0.1, 1e7)  # wall time of one slice
MIN_POINTS = 3  # of a curve: the past, the steps not yet summed up, the newest
MAX_ROWS = 1000  # samples in one answer
TWIN_NAME = 90  # characters of a run's name that go into its twin's
SELF_TEST_CONFIG: Plain = {"model": {"hidden_dims": [8, 6], "dtype": "float64"}}
UNCHANGED: Any = object()  # None is a value that is refused: an empty field


class Session:
    """All runs of one page, beginning with "Run 1" in the default configuration."""

    def __init__(self) -> None:
        self._manager = TrainingRunManager()
        self._manager.create()

    # The active run: read it and train it

    def state(self) -> Plain:
        """Return the whole state of the active run, with every tensor."""
        run = self._manager.active
        frame = pack(run.model, run.trainer.optimizer.state)
        forward = _column(frame, frame.forward, frame.forward_scale._asdict())
        backward = _column(frame, frame.backward, frame.backward_scale._asdict())
        optimizer = {"tensors": _tensors(frame, frame.optimizer), "scales": _scales(frame)}
        return {**_progress(run), "forward": forward, "backward": backward, "optimizer": optimizer}

    def run_single(
        self,
        *,
        update: bool = True,
        sample: int | None = None,
        tokens: Sequence[str] | None = None,
        target: str | None = None,
    ) -> Plain:
        """Train on the next sample; with ``update=False`` only pass it, or another one, through the network.

        The other one is sample `sample`, or the typed input `tokens`, with a `target` unless a sample has these tokens.
        """
        run = self._manager.active
        if tokens is None and target is None:
            run.run_single(_flag("update", update), sample)
        elif _flag("update", update) or sample is not None:
            raise ValueError("tokens must be given without sample and with update=False: they are not trained on")
        else:
            send(run, tokens, target)
        return self._after_pass(update)

    def train_batch(self, *, update: bool = True) -> Plain:
        """Train on the next mini-batch; with ``update=False`` only pass it through the network."""
        self._manager.active.train_batch(_flag("update", update))
        return self._after_pass(update)

    def train_epoch(self, *, update: bool = True) -> Plain:
        """Train to the end of the current epoch; with ``update=False`` only pass its rest through the network."""
        self._manager.active.train_epoch(_flag("update", update))
        self._manager.active.measure()
        return self.state()

    def predict(self, *, id: str | None = None, tokens: Sequence[str]) -> Plain:
        """Return what the model of run `id`, or of the active one, predicts for typed tokens; nothing changes."""
        run = self._named(id)
        return {**_at_step(run), **predict(run, tokens)}

    def generate(
        self,
        *,
        id: str | None = None,
        start: Sequence[str],
        length: int = 20,
        temperature: float = 1.0,
        seed: int = 0,
    ) -> Plain:
        """Generate tokens with the model of run `id`, or of the active one, token by token; nothing changes."""
        run = self._named(id)
        return {**_at_step(run), **generate(run, start=start, length=length, temperature=temperature, seed=seed)}

    def advance(
        self,
        *,
        id: str,
        steps: int,
        max_ms: float | None = None,
        metrics: bool = False,
        twins: bool = False,
        go_on: bool = False,
        layout_id: str | None = None,
        picture: str = "exact",
    ) -> Plain:
        """Train run `id` for `steps` updates, or fewer if `max_ms` pass first, and return a packed frame.

        With ``picture="quick"`` the quartiles of its scales are those of a sample; with ``"none"`` it has no tensors.

        With ``twins=True`` its twins are trained in lock-step with it, except archived ones. A run that has stopped
        automatically is trained only with ``go_on=True``, which resumes its twins too. A measurement that takes longer
        than `max_ms` continues in the next call, before any step. A call without a step either spent its time on
        measuring, with more to measure, or found that all runs have stopped.
        """
        run = self._manager.get(id)
        others = twins_of(run, self._manager.runs) if _flag("twins", twins) else []
        trained = [run, *(twin for twin in others if not twin.archived)]
        most = check_integer("steps", steps, *LIMITS["steps"])
        max_seconds = None if max_ms is None else check_number("max_ms", max_ms, *LIMITS_MS) / 1000
        asked = check_choice("picture", picture, PICTURES)
        _flag("metrics", metrics)
        if _flag("go_on", go_on):
            for each in trained:
                each.resume()
        began = perf_counter()
        done = advance_together(trained, most, max_seconds)
        slice_ms = 1000 * (perf_counter() - began)
        if metrics:
            for each in trained:
                each.start_measuring()
            deadline = math.inf if max_seconds is None else began + max_seconds
            if perf_counter() < deadline:
                finish_all_measuring(trained, deadline)
        return {
            **_progress(run),
            **({} if asked == "none" else _picture(run, SAMPLE if asked == "quick" else None, layout_id)),
            "slice_ms": slice_ms,
            "slice_steps": done,
            "measuring": any(each.is_measuring for each in trained),
            "ended": all(each.stopped and not each.is_measuring for each in trained),
        }

    def trainer_config(
        self,
        *,
        learning_rate: float = UNCHANGED,
        batch_size: int = UNCHANGED,
        loss_type: str = UNCHANGED,
        seed: int = UNCHANGED,
        optimizer: str = UNCHANGED,
        momentum: float = UNCHANGED,
        beta1: float = UNCHANGED,
        beta2: float = UNCHANGED,
        epsilon: float = UNCHANGED,
        weight_decay: float = UNCHANGED,
        clip_norm: float | None = UNCHANGED,
    ) -> Plain:
        """Change settings from the next step on, without a reset; return the config in force."""
        given = {name: value for name, value in locals().items() if name != "self"}
        return self._configure(**{name: value for name, value in given.items() if value is not UNCHANGED})

    def update_batch_size(self, *, batch_size: int) -> Plain:
        """Change the batch size from the next step on."""
        return self._configure(batch_size=batch_size)

    def update_loss_type(self, *, loss_type: str) -> Plain:
        """Change the loss function from the next step on."""
        return self._configure(loss_type=loss_type)

    def stopping_config(
        self,
        *,
        early_stopping: bool = UNCHANGED,
        monitor: str = UNCHANGED,
        mode: str = UNCHANGED,
        min_delta: float = UNCHANGED,
        patience: int = UNCHANGED,
        restore_best_weights: bool = UNCHANGED,
        start_from_epoch: int = UNCHANGED,
        target: float | None = UNCHANGED,
        max_epochs: int | None = UNCHANGED,
    ) -> Plain:
        """Change when the active run stops, from the end of its next epoch on; return the rule in force."""
        given = {
            "early_stopping": early_stopping,
            "monitor": monitor,
            "mode": mode,
            "min_delta": min_delta,
            "patience": patience,
            "restore_best_weights": restore_best_weights,
            "start_from_epoch": start_from_epoch,
            "target": target,
            "max_epochs": max_epochs,
        }
        changes = {name: value for name, value in given.items() if value is not UNCHANGED}
        return asdict(self._manager.active.configure_stopping(**changes))

    # The runs

    def runs(self) -> list[Plain]:
        """Return summaries of all runs, oldest first."""
        runs = self._manager.runs
        return [_summary(run, run is self._manager.active, twins_of(run, runs)) for run in runs]

    def create_run(self, *, name: str | None = None, config: Plain | None = None) -> list[Plain]:
        """Create a run and activate it; settings that `config` leaves out take their defaults."""
        self._manager.create(name, self._affordable(config))
        return self.runs()

    def activate_run(self, *, id: str) -> list[Plain]:
        """Make run `id` the active one."""
        self._manager.activate(id)
        return self.runs()

    def reset_run(self, *, id: str) -> list[Plain]:
        """Reset run `id` to its exact initial state."""
        self._manager.reset(id).measure_if_cheap()
        return self.runs()

    def restore_best(self, *, id: str) -> list[Plain]:
        """Restore the best weights of run `id`. Its step and history stay: training continues from there."""
        run = self._manager.get(id)
        run.restore_best()
        run.measure_if_cheap()
        return self.runs()

    def restore_first(self, *, id: str) -> list[Plain]:
        """Restore the initial weights of run `id` only: unlike with a reset, its step and history stay."""
        run = self._manager.get(id)
        run.restore_first()
        run.measure_if_cheap()
        return self.runs()

    def rename_run(self, *, id: str, name: str) -> list[Plain]:
        """Rename run `id`; a name that is taken gets a number, as in "name (2)"."""
        self._manager.rename(id, name)
        return self.runs()

    def delete_run(self, *, id: str) -> list[Plain]:
        """Delete run `id`; the last run cannot be deleted."""
        self._manager.delete(id)
        return self.runs()

    def duplicate_run(self, *, id: str) -> list[Plain]:
        """Copy run `id` with its weights and history, under a name of its own."""
        original = self._manager.get(id)
        check_budget("The copy", bytes_in_use(original), self._bytes_in_use())
        run = from_record(to_record(original))
        run.name = self._free_name(run.name)
        run.created, run.archived = now(), False
        self._manager.add(run, activate=False)
        return self.runs()

    def twin_run(self, *, id: str, changes: Plain) -> list[Plain]:
        """Create a twin of run `id`: the same initial weights, samples and shuffling order, with one other setting."""
        run = self._manager.get(id)
        check_budget("The twin", sum(bytes_of(twin_config(run, changes)).values()), self._bytes_in_use())
        twin = make_twin(run, changes)
        twin.name = self._free_name(f"{run.name[:TWIN_NAME]} twin")
        twin.measure_if_cheap()
        self._manager.add(twin, activate=False)
        return self.runs()

    def archive_run(self, *, id: str, archived: bool) -> list[Plain]:
        """Archive run `id`, or unarchive it. Nothing else changes."""
        self._manager.get(id).archived = _flag("archived", archived)
        return self.runs()

    def run_losses(self) -> list[Plain]:
        """Return the loss history of every run, each point the mean over the steps it stands for."""
        answer = []
        for run in self._manager.runs:
            curve = run.history.curve(len(run.history) + MIN_POINTS)
            columns = (curve.step.astype(int).tolist(), curve.epoch.tolist(), curve.mean.tolist())
            points = [{"step": step, "epoch": epoch, "loss": loss} for step, epoch, loss in zip(*columns, strict=True)]
            answer.append({"id": run.id, "name": run.name, "losses": points})
        return answer

    def loss_curves(
        self, *, ids: Sequence[str] | None = None, max_points: int = 2000, smoothing: float = 0.0
    ) -> list[Plain]:
        """Return loss histories for drawing, of all runs or of `ids`, of at most `max_points` points each.

        They are smoothed at a run's own resolution, independent of `max_points`, with `smoothing` as the weight of the
        previous average. A stop, a restore of weights and a change of the loss begin a new average.
        """
        most = check_integer("max_points", max_points, MIN_POINTS, LIMITS["steps"][1])
        weight = check_number("smoothing", smoothing, *LIMITS["smoothing"])
        return [_loss_curve(run, most, weight) for run in self._chosen(ids)]

    def epoch_metrics(self, *, ids: Sequence[str] | None = None, smoothing: float = 0.0) -> list[Plain]:
        """Return what was measured at the end of epochs, of all runs or of `ids`; a quantity without a value is NaN.

        Training accuracies are smoothed as losses are in `loss_curves`, epoch by epoch.
        """
        weight = check_number("smoothing", smoothing, *LIMITS["smoothing"])
        return [_epoch_curve(run, weight) for run in self._chosen(ids)]

    def confusion(self) -> Plain:
        """Return the confusion matrices of the active run, of the training and the held-out samples."""
        run = self._manager.active
        held_out = run.dataset.held_out
        return {
            "run_id": run.id,
            "step": run.trainer.step,
            "labels": run.dataset.output_labels,
            "train": run.trainer.confusion(run.dataset.train).ravel(),
            "held_out": run.trainer.confusion(held_out).ravel() if len(held_out) else None,
            "num_train": len(run.dataset.train),
            "num_held_out": len(held_out),
        }

    def overview(
        self,
        *,
        ids: Sequence[str] | None = None,
        max_points: int = 2000,
        smoothing: float = 0.0,
        flow: bool = False,
        series: bool = False,
        confusion: bool = False,
        state: bool = False,
    ) -> Plain:
        """Return what the page shows of all runs and of the active one, at one moment.

        Parameters
        ----------
        ids : runs whose curves are wanted; all by default, and never one that does not exist
        max_points, smoothing : as in `loss_curves`
        flow, confusion, state : with the answers of `gradient_flow` and of the calls of these names, else None
        series : gradient flow with earlier steps
        """
        known = [run.id for run in self._manager.runs]
        chosen = None if ids is None else [run_id for run_id in _list("ids", ids) if run_id in known]
        return {
            "runs": self.runs(),
            "curves": self.loss_curves(ids=chosen, max_points=max_points, smoothing=smoothing),
            "epochs": self.epoch_metrics(ids=chosen, smoothing=smoothing),
            "flow": self.gradient_flow(series=series) if _flag("flow", flow) else None,
            "confusion": self.confusion() if _flag("confusion", confusion) else None,
            "state": self.state() if _flag("state", state) else None,
        }

    # Why a number is what it is

    def explain_cell(self, *, tensor: str, row: int, col: int) -> Plain:
        """Explain one number of the active run's last pass, with the config in force at that pass."""
        run = self._manager.active
        return {**_at_step(run), **explain(run.last_pass(), tensor, row, col)}

    def phases(self) -> Plain:
        """Return the active run's last pass phase by phase: each computation, its formula, and the update's changes."""
        run, trainer = self._manager.active, self._manager.active.trainer
        pass_ = run.last_pass()
        return {
            **_at_step(run),
            "batch": trainer.batch.astype(np.int32),
            "loss": trainer.batch_loss,
            "phases": phases(pass_, trainer.batch_loss or 0.0),
            "losses": sample_losses(pass_),
            "changes": changes(pass_),
        }

    def gradient_flow(self, *, id: str | None = None, series: bool = True) -> Plain:
        """Return the gradient flow of run `id`, or of the active one: of its last pass, over steps, with warnings.

        With ``series=False`` what is known of earlier steps is left out.
        """
        run = self._named(id)
        _flag("series", series)
        flow, now = run.flow, run.flow_now()
        diverged = run.stopped.tensor if run.stopped else None
        found = warnings(flow, run.model, now, run.trainer.config, diverged=diverged)
        return {
            "run_id": run.id,
            "step": run.trainer.step,
            "mode": "train" if run.updated else "visualize",
            "layers": layer_names(run.model),
            "quantities": list(QUANTITIES),
            "probe": min(PROBE, len(run.dataset)),
            "now": now.ravel(),
            "stride": flow.stride,
            "steps": flow.steps.astype(np.float64) if series else np.zeros(0),
            "values": flow.values.ravel().copy() if series else np.zeros(0),
            "warnings": [warning._asdict() for warning in found],
        }

    def distributions(self, *, tensor: str) -> Plain:
        """Return the distribution of a tensor of the active run, now and at the steps since the first call about it."""
        run = self._manager.active
        now = distribution(find_tensor(run.model, run.trainer.optimizer.state, tensor))
        since, past = run.watch.ask(tensor, run.trainer.step)
        return {
            "run_id": run.id,
            "step": run.trainer.step,
            "tensor": tensor,
            "quantiles": list(QUANTILES),
            "now": now._asdict(),
            "since": since,
            "past": _pasts(past),
        }

    def sample_lens(self, *, tensor: str, muted: Sequence[int] = (), start: int = 0, count: int = 12) -> Plain:
        """Split a parameter's gradient of the last pass by sample; measure the loss after updates without the muted."""
        run, trainer, pass_ = self._manager.active, self._manager.active.trainer, self._manager.active.last_pass()
        lens = split_by_sample(pass_, tensor, muted, start=start, count=count)
        is_comparable = run.is_cheap and trainer.config.loss_type == pass_.loss_type
        measured = next_loss(pass_, lens["muted"], measure=lambda: trainer.evaluate()[0]) if is_comparable else None
        return {**_at_step(run), **lens, "training_loss": measured}

    def source(self, *, file: str) -> Plain:
        """Return a file of this package, as it runs."""
        return {"file": file, "text": read_source(file)}

    # The data of the active run

    def dataset(self) -> Plain:
        """Describe the data: master sequences, names of rows and columns, and the best possible loss and accuracy."""
        dataset = self._manager.active.dataset
        return {
            "config": dataset.config,
            "num_samples": len(dataset),
            "masters": dataset.masters,
            "input_labels": dataset.input_labels,
            "output_labels": dataset.output_labels,
            "vocabulary": dataset.vocabulary,
            "num_train": len(dataset.train),
            "held_out": dataset.held_out,
            "floor": dataset.best_possible._asdict(),
            "held_out_floor": dataset.held_out_best_possible and dataset.held_out_best_possible._asdict(),
            "unique_inputs": dataset.unique_inputs,
        }

    def inspect_samples(self, *, start: int = 0, count: int = 20) -> list[Plain]:
        """Return up to `count` samples from index `start` on, readable, each with its origin."""
        dataset = self._manager.active.dataset
        known = len(dataset) + (dataset.typed is not None)  # the typed sample comes last
        first = check_integer("start", start, 0, known - 1, reason="the samples' indices")
        last = first + check_integer("count", count, 1, MAX_ROWS)
        return [dataset.sample(index) for index in range(first, min(last, known))]

    # Before a run, and besides

    def plan_run(self, *, config: Plain | None = None) -> Plain:
        """Validate a config and return its derived sizes; create nothing."""
        plan = self._affordable(config)
        return {
            "config": plan.to_dict(),
            "input_dim": plan.dataset.input_dim,
            "output_dim": plan.dataset.output_dim,
            "shape": plan.shape,
            "parameters": plan.parameters,
            "num_samples": plan.dataset.num_samples,
            "num_train": plan.num_train,
            "steps_per_epoch": plan.steps_per_epoch,
        }

    def presets(self) -> list[Plain]:
        """Return configs to start from, each with what it demonstrates."""
        return [{**preset._asdict(), "warnings": list(preset.warnings)} for preset in PRESETS]

    def limits(self) -> Plain:
        """Return every limit: name → lowest and highest value."""
        return {name: list(limit) for name, limit in LIMITS.items()}

    def self_test(self) -> Plain:
        """Check every gradient of a small model against central differences."""
        run = TrainingRun(RunConfig.from_dict(SELF_TEST_CONFIG))
        x, y = run.dataset.inputs[:5], run.dataset.targets[:5]
        loss = LOSSES["cross_entropy"]
        checks = check_gradients(run.model, x, y, loss)
        wrong = [check for check in checks if check.verdict != RIGHT]
        worst = max(wrong or checks, key=lambda check: check.relative_error)
        count = (
            f"{len(wrong)} of {len(checks)} gradients differ from" if wrong else f"{len(checks)} gradients agree with"
        )
        return {
            "passed": not wrong,
            "message": (
                f"One forward and backward pass: {count} central differences "
                f"(largest relative error {worst.relative_error:.0e}, in {worst.name})."
            ),
            "loss": float(loss(run.model.predict(x), y)[0]),
            "tolerance": TOLERANCE,
            "gradients": [
                {"name": check.name, "relative_error": check.relative_error, "verdict": check.verdict}
                for check in checks
            ],
            "python": platform.python_version(),
            "numpy": np.__version__,
        }

    def save_run(self, *, id: str) -> Plain:
        """Return run `id` as plain data, from which `load_run` restores it to the last bit."""
        return to_record(self._manager.get(id))

    def load_run(self, *, record: Plain, activate: bool = False) -> list[Plain]:
        """Add a saved run, under its own id unless that is taken."""
        self._manager.add(from_record(record, self._bytes_in_use()), _flag("activate", activate))
        return self.runs()

    # Runs as files

    def export_run(self, *, id: str, history: bool = True) -> Plain:
        """Return run `id` as a run file; without the long part of its history, a checkpoint for `restore_run`."""
        run = self._manager.get(id)
        data = to_bytes(to_record(run, history=_flag("history", history)), history=history)
        return {
            "bytes": np.frombuffer(data, np.uint8),
            "file_name": file_name(run, ".safetensors"),
            "step": run.trainer.step,
            "crc32": crc32(data),
        }

    def import_run(self, *, bytes: Buffer, activate: bool = False) -> list[Plain]:
        """Add the run of a run file. It replaces nothing: an id or a name that is taken is changed."""
        run = from_record(complete_record(from_bytes(bytes)), self._bytes_in_use(), share=1)
        run.name = self._free_name(run.name)
        self._manager.add(run, _flag("activate", activate))
        return self.runs()

    def history_rows(self, *, id: str, generation: int = 0, start: int = 0) -> Plain:
        """Return rows of run `id`'s history from row `start` on, or from row 0 on if `generation` is another one now.

        Kept beside a checkpoint, they need to be written only once: until `generation` changes, they only grow.
        """
        history = self._manager.get(id).history
        known = check_integer("start", start, 0, MAX_POINTS) if generation == history.stride else 0
        first = min(known, history.buckets.shape[1])
        columns = {"stride": history.stride, **dict(zip(BUCKETS, history.buckets, strict=True))}
        return {"generation": history.stride, "start": first, "values": history_rows(columns, first).ravel()}

    def checkpoint(self, *, id: str, generation: int = 0, start: int = 0) -> Plain:
        """Return a checkpoint of run `id` and the rows of its history from `start` on, both of one moment."""
        rows = self.history_rows(id=id, generation=generation, start=start)
        return {**self.export_run(id=id, history=False), "history": rows}

    def restore_run(self, *, bytes: Buffer, history: Plain | None = None, activate: bool = False) -> list[Plain]:
        """Restore a checkpoint and the saved rows of its history; it replaces the run of its id, if there is one."""
        record = from_bytes(bytes)
        if history is not None:
            record = with_history(record, *_rows(history))
        run = from_record(complete_record(record), self._bytes_in_use(without=record["id"]))
        put = self._manager.replace if run.id in self._manager.losses() else self._manager.add
        put(run, _flag("activate", activate))
        return self.runs()

    def export_pytorch(self, *, id: str) -> Plain:
        """Return run `id` as a Python script that rebuilds its model in PyTorch."""
        run = self._manager.get(id)
        return {"text": to_pytorch(run), "file_name": file_name(run, ".py")}

    def history_csv(self, *, id: str) -> Plain:
        """Return the losses of run `id` as a table."""
        run = self._manager.get(id)
        return {"text": history_csv(run), "file_name": file_name(run, ".csv")}

    def _bytes_in_use(self, without: str | None = None) -> int:
        return sum(bytes_in_use(run) for run in self._manager.runs if run.id != without)

    def _affordable(self, config: object) -> RunConfig:
        """Validate the config of a new run; refuse one that needs more memory than is left."""
        checked = RunConfig.from_dict(config)
        parts = bytes_of(checked)
        check_budget(f"{largest(parts)} must be smaller: this run", sum(parts.values()), self._bytes_in_use())
        return checked

    def _named(self, id: str | None) -> TrainingRun:
        """Return run `id`, or the active one."""
        return self._manager.active if id is None else self._manager.get(id)

    def _chosen(self, ids: object) -> list[TrainingRun]:
        """Return the runs with these ids, or all."""
        if ids is None:
            return self._manager.runs
        return [self._manager.get(run_id) for run_id in _list("ids", ids)]

    def _free_name(self, name: str) -> str:
        return free_name(name, {run.name for run in self._manager.runs})

    def _configure(self, **changes: object) -> Plain:
        run = self._manager.active
        self._check_change(run, changes)
        run.configure(**changes)
        if run.metrics is None:
            run.measure_if_cheap()
        return asdict(run.trainer.config)

    def _check_change(self, run: TrainingRun, changes: Plain) -> None:
        """Refuse a batch size or an optimizer that takes more memory than there is left."""
        larger = {name: changes[name] for name in ("batch_size", "optimizer") if name in changes}
        if larger:
            config = run.config
            trainer = replace(config.trainer, **larger).validated(config.num_train)
            needed = sum(bytes_of(config, trainer, len(run.trainer.batch)).values())
            subject = f"{next(iter(larger))} must be another: this run"
            check_budget(subject, needed + run.history.nbytes, self._bytes_in_use(without=run.id))

    def _after_pass(self, update: bool) -> Plain:
        if update:
            self._manager.active.measure_if_cheap()
        return self.state()


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name} must be true or false, got {str(value)[:40]!r}")


def _list(name: str, value: object) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    raise ValueError(f"{name} must be a list of run ids, got {type(value).__name__}")


def _loss_curve(run: TrainingRun, most: int, weight: float) -> Plain:
    curve = run.history.curve(most)
    smoothed = run.history.smoothed(curve.step, weight) if weight else curve.mean
    return {"id": run.id, "name": run.name, **curve._asdict(), "smoothing": weight, "smoothed": smoothed}


def _epoch_curve(run: TrainingRun, weight: float) -> Plain:
    columns = run.epochs.columns()
    place = np.searchsorted(
        columns["step"], run.history.breaks
    )  # of the epochs in which they fall, if they are complete
    restarts = columns["epoch"][place[place < len(columns["step"])]]
    smoothed = smooth(columns["train_accuracy"], columns["epoch"], weight, restarts)
    return {"id": run.id, "name": run.name, **columns, "smoothing": weight, "smoothed_accuracy": smoothed}


def _rows(history: object) -> tuple[int, NDArray[np.float64]]:
    """Return generation and rows of a history in the form that `history_rows` returns."""
    fields = check_dict("history", history)
    if fields.keys() != {"generation", "values"}:
        raise ValueError("history must have generation and values")
    values = np.asarray(fields["values"])
    if values.dtype != np.float64 or values.ndim != 1 or len(values) % COLUMNS:
        raise ValueError(f"history.values must be float64 numbers, {COLUMNS} in a row")
    return fields["generation"], values.reshape(-1, COLUMNS)


def _at_step(run: TrainingRun) -> Plain:
    return {"run_id": run.id, "step": run.trainer.step}


def _progress(run: TrainingRun) -> Plain:
    trainer = run.trainer
    return {
        "run_id": run.id,
        "mode": "train" if run.updated else "visualize",
        "step": trainer.step,
        "epoch": trainer.epoch,
        "loss": trainer.batch_loss,
        "accuracy": trainer.batch_accuracy,
        "metrics": run.metrics and run.metrics._asdict(),
        "epoch_ms": trainer.epoch_ms,
        "seconds": trainer.seconds,
        "stopped": run.stopped and run.stopped.to_dict(),
        "batch": trainer.batch.astype(np.int32),
    }


def _monitored(stopping: StoppingConfig, metrics: EpochMetrics) -> tuple[float, float]:
    """Return loss and accuracy of the monitored split."""
    if stopping.monitor.startswith("held_out"):
        return metrics.held_out_loss, metrics.held_out_accuracy
    return metrics.train_loss, metrics.train_accuracy


def _summary(run: TrainingRun, active: bool, twins: list[TrainingRun]) -> Plain:
    trainer, config, dataset = run.trainer, run.config, run.dataset
    best_loss, best_accuracy = _monitored(run.stopping, run.best.metrics) if run.best else (None, None)
    return {
        "id": run.id,
        "name": run.name,
        "active": active,
        "created": run.created,
        "config": config.to_dict(),
        "step": trainer.step,
        "epoch": trainer.epoch,
        "loss": trainer.loss,
        "metrics": run.metrics and run.metrics._asdict(),
        "epoch_ms": trainer.epoch_ms,
        "seconds": trainer.seconds,
        "best_step": run.best and run.best.step,
        "best_loss": best_loss,
        "best_accuracy": best_accuracy,
        "best_value": run.best_value,
        "floor": dataset.best_possible._asdict(),
        "held_out_floor": dataset.held_out_best_possible and dataset.held_out_best_possible._asdict(),
        "stopped": run.stopped and run.stopped.to_dict(),
        "stops": [stop.to_flag() for stop in run.all_stops],
        "parameters": run.model.parameters.size,
        "num_train": config.num_train,
        "shape": config.shape,
        "archived": run.archived,
        "twins": [twin.id for twin in twins],
        "proven": proven([run, *twins]) if twins else None,
        "marks": [mark.to_dict() for mark in run.changes],
    }


def _pasts(past: dict[int, Distribution]) -> Plain:
    """Return distributions at earlier steps, field by field."""
    found = list(past.values())
    return {
        "steps": np.array(list(past), np.float64),
        "finite": np.array([each.finite for each in found], np.float64),
        "low": np.array([each.low for each in found], np.float64),
        "high": np.array([each.high for each in found], np.float64),
        "counts": np.array([each.counts for each in found], np.int32).ravel(),
        "quantiles": np.array([each.quantiles for each in found], np.float64).ravel(),
    }


def _places(places: list[Place]) -> list[Plain]:
    return [place._asdict() for place in places]


def _scales(frame: Frame) -> Plain:
    return {vector: scale._asdict() for vector, scale in frame.optimizer_scales.items()}


def _picture(run: TrainingRun, sample: int | None, known: str | None) -> Plain:
    frame = pack(run.model, run.trainer.optimizer.state, sample=sample)
    sides = ("forward", "backward", "optimizer")
    return {
        "layout_id": frame.layout_id,
        "layout": None if frame.layout_id == known else {side: _places(getattr(frame, side)) for side in sides},
        "values": frame.values,
        "forward_scale": frame.forward_scale._asdict(),
        "backward_scale": frame.backward_scale._asdict(),
        "optimizer_scales": _scales(frame),
    }


def _column(frame: Frame, places: list[Place], scale: Plain) -> Plain:
    return {"tensors": _tensors(frame, places), "scale": scale}


def _tensors(frame: Frame, places: list[Place]) -> list[Plain]:
    tensors = []
    for name, shape, offset in places:
        size = int(np.prod(shape))
        tensors.append({"name": name, "shape": shape, "data": frame.values[offset : offset + size]})
    return tensors
