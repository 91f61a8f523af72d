"""Command line interface: ``python -m backprop train``, ``gradcheck``, ``inspect`` and ``explain``.

Every option of a run's config has a flag; missing options take their defaults.
"""

import argparse
import stat
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn, TextIO

from .activations import ACTIVATIONS
from .data.best_possible import BestPossible
from .explain.cell import explain as explain_cell
from .explain.explanation import describe
from .files.run_file import from_bytes, to_bytes
from .files.safetensors import MAX_BYTES, check_size
from .gradcheck import RIGHT, TOO_SMALL, WRONG, GradientCheck, check_gradients
from .limits import check_integer
from .losses import LOSSES, perplexity
from .model import DTYPES, INITIALIZATIONS
from .monitor.percent import percent
from .optimizers import OPTIMIZERS
from .runs.config import RunConfig
from .runs.record import from_record, to_record
from .runs.run import TrainingRun
from .training.epochs import METRICS
from .training.stopping import MODES

MAX_EPOCHS = 1_000_000
BAR_WIDTH = 30  # characters
VERDICTS = {RIGHT: "right", WRONG: "wrong", TOO_SMALL: "too small to be checked by differences"}
# Trainer settings that can change when a run is resumed.
CHANGEABLE = (
    *("learning_rate", "batch_size", "loss_type", "optimizer", "momentum", "beta1", "beta2", "epsilon"),
    *("weight_decay", "clip_norm"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0, 1 if a gradient is wrong, 2 if an option is invalid."""
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    try:
        return int(command(options))
    except ValueError as error:
        sys.stderr.write(f"backprop: {error}\n")
    except MemoryError:
        sys.stderr.write("backprop: there is not enough memory for this run\n")
    return 2


def train(options: dict[str, Any]) -> int:
    """Train a run and print its metrics."""
    epochs = check_integer("epochs", options["epochs"], 1, MAX_EPOCHS)
    target = _target(options["save"])
    run = _load_resumed(options) if options["resume"] else TrainingRun(_config(options))
    every = max(1, epochs // 10)
    for epoch in range(1, epochs + 1):
        loss = run.train_epoch()
        if run.stopped:
            break
        if sys.stderr.isatty():
            _draw_bar(sys.stderr, epoch, epochs, loss)
        elif epoch % every == 0 or epoch == epochs:
            sys.stderr.write(f"epoch {epoch} of {epochs}: loss {_brief(loss, 4)}\n")
    metrics, dataset = run.measure(), run.dataset
    if run.stopped:
        print(run.stopped.sentence)
    print(
        f"shape {' - '.join(map(str, run.config.shape))}, {run.model.parameters.size} parameters, {metrics.step} steps"
    )
    loss_type = run.config.trainer.loss_type
    _print_metrics("", loss_type, metrics.loss, metrics.accuracy, best=dataset.best_possible)
    best = dataset.held_out_best_possible
    if metrics.held_out_loss is not None and best:
        _print_metrics("held-out ", loss_type, metrics.held_out_loss, metrics.held_out_accuracy, best=best)
    if target:
        _save(run, target)
        print(f"saved to {target}")
    return 0


def gradcheck(options: dict[str, Any]) -> int:
    """Compare every gradient of a model with finite differences of its loss, in float64."""
    run = TrainingRun(_config({**options, "model.dtype": "float64"}))
    batch = run.trainer.batch
    loss = LOSSES[run.config.trainer.loss_type]
    checks = check_gradients(run.model, run.dataset.inputs[batch], run.dataset.targets[batch], loss)
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{check.name:<{width}}  {check.relative_error:.1e}  {_describe(check)}")
    counts = Counter(check.verdict for check in checks)
    print(f"{len(checks)} gradients: " + ", ".join(f"{counts[verdict]} {text}" for verdict, text in VERDICTS.items()))
    return 1 if counts[WRONG] else 0


def _describe(check: GradientCheck) -> str:
    """Describe the verdict on one tensor, with the cells left out and, if it is wrong, the worst cell."""
    text = VERDICTS[check.verdict]
    if check.verdict == WRONG and check.worst:
        position, gradient, numeric = check.worst
        text = f"WRONG; worst cell {list(position)}: {gradient:.6g} by backward, {numeric:.6g} by differences"
    if check.verdict == TOO_SMALL and check.too_small:
        text += f" ({check.too_small} of {check.differences.size} cells)"
    return text + "".join(
        f"; {count} of {check.differences.size} cells left out: {reason}" for reason, count in check.left_out.items()
    )


def inspect(options: dict[str, Any]) -> int:
    """Print the master sequences and some samples."""
    dataset = _config(options).make_dataset()
    lines = dataset.inspect_samples(
        check_integer("count", options["count"], 1, len(dataset), reason="the number of samples")
    )
    join = " " if max(map(len, dataset.vocabulary)) > 1 else ""
    for number, master in enumerate(dataset.masters, 1):
        print(f"M{number}: {join.join(master)}")
    print(*lines, sep="\n")
    best = dataset.best_possible
    print(
        f"{len(dataset)} samples, {len(dataset.held_out)} of them held out, {dataset.unique_inputs} distinct inputs; "
        f"best possible accuracy {percent(best.accuracy, 2)}, loss {best.cross_entropy:.6f}"
    )
    return 0


def explain(options: dict[str, Any]) -> int:
    """Explain one number of the next batch, after some training, term by term."""
    epochs = check_integer("epochs", options["epochs"], 0, MAX_EPOCHS)
    run = TrainingRun(_config(options))
    for _ in range(epochs):
        run.train_epoch()
    run.preview()
    cell = options["tensor"], options["row"], options["col"]
    print(describe(explain_cell(run.last_pass(), *cell, max_terms=options["terms"])))
    return 0


def _load_resumed(options: dict[str, Any]) -> TrainingRun:
    """Load the run to resume. Trainer and stopping settings may change; dataset and model must not."""
    path, changes = options["resume"], {}
    stopping = {name.partition(".")[2]: value for name, value in options.items() if name.startswith("stopping.")}
    for section, field, flag, *_ in _FIELDS:
        value = options[f"{section}.{field}"]
        if section == "stopping":
            continue
        if value is not None and field in CHANGEABLE:
            changes[field] = None if (field, value) in NO_LIMIT else value
        elif value is not None:
            raise ValueError(f"{flag} does not go with --resume: the run in {path} has its own")
    for flag in ("master", "seed"):
        if options[flag] is not None:
            raise ValueError(f"--{flag} does not go with --resume: the run in {path} has its own")
    run = from_record(from_bytes(_read(path)))
    run.configure(**changes)
    run.configure_stopping(**{name: value for name, value in stopping.items() if value is not None})
    return run


def _read(path: str) -> bytes:
    """Return the contents of a run file; refuse devices and pipes, which may be endless, without reading them."""
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} cannot be read: it is not a regular file")
        check_size(status.st_size)
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)  # the file may have grown since the check
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def _target(path: str | None) -> Path | None:
    """Check the target file before the training, not after it."""
    if path is not None and (Path(path).is_dir() or not Path(path).absolute().parent.is_dir()):
        raise ValueError(f"--save must be a file in a folder that exists, got {path}")
    return None if path is None else Path(path)


def _save(run: TrainingRun, path: Path) -> None:
    """Write a run file atomically."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(to_bytes(to_record(run)))
        part.replace(path)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from None


def _brief(value: float, decimals: int) -> str:
    """Format a loss with these decimals, or with three digits if it is very large."""
    return f"{value:.{decimals}f}" if value < 1e5 else f"{value:.3g}"


def _print_metrics(prefix: str, loss_type: str, loss: float, accuracy: float | None, *, best: BestPossible) -> None:
    """Print loss and accuracy with the best possible values."""
    print(f"{prefix}loss {_brief(loss, 6)} (best possible {best.loss(loss_type):.6f})")
    if loss_type == "cross_entropy":
        print(f"{prefix}perplexity {_brief(perplexity(loss), 4)}")
    print(f"{prefix}accuracy {percent(accuracy, 2)} (best possible {percent(best.accuracy, 2)})")


def _draw_bar(stream: TextIO, done: int, total: int, loss: float) -> None:
    filled = BAR_WIDTH * done // total
    bar = "█" * filled + "░" * (BAR_WIDTH - filled)
    stream.write(f"\r{bar} epoch {done} of {total}  loss {_brief(loss, 4)} " + ("\n" if done == total else ""))
    stream.flush()


def _number(text: str) -> object:
    """Read a number; return any other text as it is, for the check of its field."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _decimal(text: str) -> object:
    """Read a number with a decimal point or a decimal comma, or as a percentage: ``0.2``, ``0,2`` or ``20%``."""
    digits = text.strip().replace(",", ".")
    if not digits.endswith("%"):
        return text if _number(digits) == digits else _number(digits)
    try:
        return float(Decimal(digits[:-1].strip()).scaleb(-2))
    except InvalidOperation:
        return text


def _flag(text: str) -> object:
    return {"yes": True, "no": False}.get(text, text)


def _numbers(text: str) -> list[object]:
    return [_number(part) for part in text.split(",")] if text else []


def _tokens(text: str) -> list[str]:
    """Read tokens: three from ``abc``, two from ``a,bc``."""
    return text.split(",") if "," in text else list(text)


def _length(text: str) -> object:
    """Read a length ``10``, or a range of lengths ``8-12``."""
    return [_number(part) for part in text.split("-")] if "-" in text[1:] else _number(text)


# Fields for which 0 means None.
NO_LIMIT = (("num_master_sequences", 0), ("clip_norm", 0))

# Every field of a config: section, field, flag, reader, and help text.
_FIELDS: tuple[tuple[str, str, str, Callable[[str], object], str], ...] = (
    ("dataset", "vocabulary", "--vocabulary", _tokens, "tokens: abcd, or a,b,cd for longer ones"),
    ("dataset", "sequence_length", "--sequence-length", _number, "tokens per sequence"),
    ("dataset", "num_samples", "--samples", _number, "number of samples"),
    ("dataset", "task", "--task", str, "next_token or classification"),
    ("dataset", "encoding", "--encoding", str, "one_hot or embedding"),
    ("dataset", "embedding_dim", "--embedding-dim", _number, "numbers per token, for embedding"),
    ("dataset", "num_master_sequences", "--masters", _number, "master sequences to generate; 0 for random sequences"),
    ("dataset", "master_sequence_length", "--master-length", _length, "length of master sequences: 10, or 8-12"),
    ("dataset", "held_out", "--held-out", _decimal, "fraction of the samples held out from training"),
    ("dataset", "held_out_by", "--held-out-by", str, "sample, or position: no held-out sequence is trained on"),
    ("dataset", "seed", "--dataset-seed", _number, "seed of the samples only"),
    ("model", "hidden_dims", "--hidden", _numbers, "units of the hidden layers: 32,32"),
    ("model", "activation", "--activation", str, ", ".join(ACTIVATIONS)),
    ("model", "dtype", "--dtype", str, ", ".join(DTYPES)),
    ("model", "initialization", "--initialization", str, ", ".join(INITIALIZATIONS)),
    ("model", "seed", "--model-seed", _number, "seed of the initial weights only"),
    ("trainer", "learning_rate", "--learning-rate", _decimal, "step size, as a multiple of the gradient"),
    ("trainer", "batch_size", "--batch-size", _number, "samples per step"),
    ("trainer", "loss_type", "--loss", str, ", ".join(LOSSES)),
    ("trainer", "optimizer", "--optimizer", str, ", ".join(OPTIMIZERS)),
    ("trainer", "momentum", "--momentum", _decimal, "fraction of the velocity kept by momentum"),
    ("trainer", "beta1", "--beta1", _decimal, "adam: decay rate of the mean gradient"),
    ("trainer", "beta2", "--beta2", _decimal, "adam: decay rate of the mean squared gradient"),
    ("trainer", "epsilon", "--epsilon", _decimal, "adam: small number that prevents division by 0"),
    ("trainer", "weight_decay", "--weight-decay", _decimal, "weight decay, as a multiple of the learning rate"),
    ("trainer", "clip_norm", "--clip-norm", _decimal, "maximum norm of all gradients together; 0 for no limit"),
    ("trainer", "seed", "--trainer-seed", _number, "shuffling seed only"),
    ("stopping", "early_stopping", "--early-stopping", _flag, "yes to stop when the metric no longer improves"),
    ("stopping", "monitor", "--monitor", str, f"monitored metric: {', '.join(METRICS)}"),
    ("stopping", "mode", "--mode", str, ", ".join(MODES)),
    ("stopping", "min_delta", "--min-delta", _decimal, "minimum improvement, exclusive"),
    ("stopping", "patience", "--patience", _number, "epochs without improvement before early stopping"),
    (
        "stopping",
        "restore_best_weights",
        "--restore-best-weights",
        _flag,
        "yes or no: best weights at a stop",
    ),
    ("stopping", "start_from_epoch", "--start-from-epoch", _number, "epochs that early stopping ignores at the start"),
    ("stopping", "target", "--target", _decimal, "value of the metric at which to stop"),
    ("stopping", "max_epochs", "--max-epochs", _number, "maximum number of epochs of the run"),
)


def _config(options: dict[str, Any]) -> RunConfig:
    """Put the given options into their sections."""
    seed = {} if options["seed"] is None else {"seed": options["seed"]}
    sections: dict[str, dict[str, object]] = {"dataset": dict(seed), "model": dict(seed), "trainer": dict(seed)}
    sections["stopping"] = {}
    for section, field, *_ in _FIELDS:
        value = options[f"{section}.{field}"]
        if value is not None:
            sections[section][field] = None if (field, value) in NO_LIMIT else value
    if options["master"]:
        sections["dataset"]["master_sequences"] = options["master"]
    return RunConfig.from_dict(sections)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Exit with a one-sentence message, without the usage text."""
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="backprop", description="Backpropagation in plain NumPy.")
    commands = parser.add_subparsers(required=True, metavar="train | gradcheck | inspect | explain")
    for command in (train, gradcheck, inspect, explain):
        text = (command.__doc__ or "").splitlines()[0]
        sub = commands.add_parser(command.__name__, help=text, description=text)
        sub.set_defaults(command=command)
        _add_fields(sub)
        if command is train:
            sub.add_argument("--epochs", type=_number, default=100, help="passes over the data (default 100)")
            sub.add_argument("--save", metavar="FILE", help="save the run to a file (.safetensors) at the end")
            sub.add_argument("--resume", metavar="FILE", help="resume the run in a file for --epochs more epochs")
        if command is inspect:
            sub.add_argument("--count", type=_number, default=10, help="samples to print (default 10)")
        if command is explain:
            _add_cell(sub)
    return parser


def _add_cell(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tensor", help="name, such as layers/1/grad_weights, layers/0/activations or inputs")
    parser.add_argument("row", type=_number, help="from 0; always 0 for biases")
    parser.add_argument("col", type=_number, help="from 0")
    parser.add_argument("--epochs", type=_number, default=0, help="epochs to train before (default 0)")
    parser.add_argument("--terms", type=_number, default=20, help="maximum number of terms (default 20)")


def _add_fields(parser: argparse.ArgumentParser) -> None:
    defaults = RunConfig.from_dict().to_dict()
    for section, field, flag, read, text in _FIELDS:
        default = defaults[section][field]
        shown = ",".join(map(str, default)) if isinstance(default, list) else default
        metavar = flag.removeprefix("--").upper()
        name, description = f"{section}.{field}", f"{text} (default {shown})"
        parser.add_argument(flag, dest=name, type=read, metavar=metavar, help=description)
    parser.add_argument(
        "--master", type=_tokens, action="append", help="a master sequence, such as abccaabb; repeatable"
    )
    parser.add_argument("--seed", type=_number, help="seed of samples, initial weights and shuffling")
