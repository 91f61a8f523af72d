"""``python -m backprop train``: train a run; its metrics go to stdout, progress to stderr."""

import sys
from typing import Any

from ..data.best_possible import BestPossible
from ..limits import check_integer
from ..losses import perplexity
from ..monitor.percent import percent
from ..runs.run import TrainingRun
from .options import changes_to_resumed, config_of
from .output import Result, brief, draw_bar
from .run_files import check_target, read_run, write_run

MAX_EPOCHS = 1_000_000


def train(options: dict[str, Any]) -> Result:
    """Train a run and print its metrics."""
    epochs = check_integer("epochs", options["epochs"], 1, MAX_EPOCHS)
    target = check_target(options["save"])
    run = _load_resumed(options) if options["resume"] else TrainingRun(config_of(options))
    for epoch in range(1, epochs + 1):
        loss = run.train("epoch")
        if run.stopped:
            break
        _show_progress(epoch, epochs, loss)
    data = _describe(run)
    if target:
        write_run(run, target)  # before anything is printed: the reader of a pipe may be gone
    return Result({**data, "saved": str(target) if target else None}, [*_lines(data), *_saved(target)])


def _load_resumed(options: dict[str, Any]) -> TrainingRun:
    """Load the run to resume. Trainer and stopping settings may change; dataset and model must not."""
    changes, stopping = changes_to_resumed(options)
    run = read_run(options["resume"])
    run.configure(**changes)
    run.configure_stopping(**stopping)
    return run


def _describe(run: TrainingRun) -> dict[str, Any]:
    """Measure a run and return its result as plain data."""
    metrics, dataset, loss_type = run.measure(), run.dataset, run.config.trainer.loss_type
    best = dataset.held_out_best_possible
    held_out = None
    if metrics.held_out_loss is not None and best:
        held_out = _measured(loss_type, metrics.held_out_loss, metrics.held_out_accuracy, best)
    return {
        "stopped": {"reason": run.stopped.reason, "sentence": run.stopped.sentence} if run.stopped else None,
        "shape": list(run.config.shape),
        "parameters": run.model.parameters.size,
        "steps": metrics.step,
        "training": _measured(loss_type, metrics.loss, metrics.accuracy, dataset.best_possible),
        "held_out": held_out,
        "config": run.config.to_dict(),
    }


def _measured(loss_type: str, loss: float, accuracy: float | None, best: BestPossible) -> dict[str, float | None]:
    """Return loss and accuracy of a set of samples, and the best possible values."""
    return {
        "loss": loss,
        "best_possible_loss": best.loss(loss_type),
        "perplexity": perplexity(loss) if loss_type == "cross_entropy" else None,
        "accuracy": accuracy,
        "best_possible_accuracy": best.accuracy,
    }


def _lines(data: dict[str, Any]) -> list[str]:
    """Format the result of a training as text."""
    lines = [data["stopped"]["sentence"]] if data["stopped"] else []
    lines.append(f"shape {' - '.join(map(str, data['shape']))}, {data['parameters']} parameters, {data['steps']} steps")
    for prefix, name in (("", "training"), ("held-out ", "held_out")):
        if data[name]:
            lines += _metric_lines(prefix, data[name])
    return lines


def _metric_lines(prefix: str, measured: dict[str, float]) -> list[str]:
    loss, best, accuracy = measured["loss"], measured["best_possible_loss"], measured["accuracy"]
    lines = [f"{prefix}loss {brief(loss, 6)} (best possible {best:.6f})"]
    if measured["perplexity"] is not None:
        lines.append(f"{prefix}perplexity {brief(measured['perplexity'], 4)}")
    highest = percent(measured["best_possible_accuracy"], 2)
    return [*lines, f"{prefix}accuracy {percent(accuracy, 2)} (best possible {highest})"]


def _saved(target: object) -> list[str]:
    return [f"saved to {target}"] if target else []


def _show_progress(epoch: int, epochs: int, loss: float) -> None:
    """Show the epochs that are done on stderr: as a bar on a terminal, else as ten lines."""
    every = max(1, epochs // 10)
    if sys.stderr.isatty():
        draw_bar(sys.stderr, epoch, epochs, f"epoch {epoch} of {epochs}  loss {brief(loss, 4)}")
    elif epoch % every == 0 or epoch == epochs:
        sys.stderr.write(f"epoch {epoch} of {epochs}: loss {brief(loss, 4)}\n")
