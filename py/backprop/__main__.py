"""The command line: ``python -m backprop train``, ``gradcheck``, ``inspect`` and ``explain``.

Every option of a run's config has a flag; what is left out takes its default.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from .activations import ACTIVATIONS
from .epochs import METRICS
from .explain import explain as explain_cell
from .explanation import describe
from .floor import Floor
from .gradcheck import TOLERANCE, check_gradients
from .last_pass import Names
from .limits import check_integer
from .losses import LOSSES, perplexity
from .model import DTYPES, INITIALIZATIONS
from .optimizers import OPTIMIZERS
from .record import from_record, to_record
from .run_config import RunConfig
from .runfile import from_bytes, to_bytes
from .stopping import MODES
from .training_run import TrainingRun

MOST_EPOCHS = 1_000_000
BAR_WIDTH = 30  # characters
# While a run goes on:
CHANGEABLE = (
    *("learning_rate", "batch_size", "loss_type", "optimizer", "momentum", "beta1", "beta2", "epsilon"),
    *("weight_decay", "clip_norm"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 if a gradient is wrong, 2 if an option is refused."""
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    try:
        return int(command(options))
    except ValueError as error:
        sys.stderr.write(f"backprop: {error}\n")
        return 2


def train(options: dict[str, Any]) -> int:
    """Train a run and print what came out."""
    epochs = check_integer("epochs", options["epochs"], 1, MOST_EPOCHS)
    target = _target(options["save"])
    run = _resumed(options) if options["resume"] else TrainingRun(_config(options))
    every = max(1, epochs // 10)
    for epoch in range(1, epochs + 1):
        loss = run.train_epoch()
        if run.stopped:
            break
        if sys.stderr.isatty():
            _draw_bar(sys.stderr, epoch, epochs, loss)
        elif epoch % every == 0 or epoch == epochs:
            sys.stderr.write(f"epoch {epoch} of {epochs}: loss {loss:.4f}\n")
    metrics, dataset = run.measure(), run.dataset
    if run.stopped:
        print(run.stopped.sentence)
    print(
        f"shape {' - '.join(map(str, run.config.shape))}, {run.model.parameters.size} parameters, {metrics.step} steps"
    )
    loss_type = run.config.trainer.loss_type
    _print_metrics("", loss_type, metrics.loss, metrics.accuracy, dataset.floor)
    if metrics.held_out_loss is not None and metrics.held_out_accuracy is not None and dataset.held_out_floor:
        _print_metrics("held-out ", loss_type, metrics.held_out_loss, metrics.held_out_accuracy, dataset.held_out_floor)
    if target:
        _save(run, target)
        print(f"saved to {target}")
    return 0


def gradcheck(options: dict[str, Any]) -> int:
    """Check every gradient of a model against central differences, in float64."""
    run = TrainingRun(_config({**options, "model.dtype": "float64"}))
    batch = run.trainer.batch
    loss = LOSSES[run.config.trainer.loss_type]
    checks = check_gradients(run.model, run.dataset.inputs[batch], run.dataset.targets[batch], loss)
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{check.name:<{width}}  {check.relative_error:.1e}  {'ok' if check.passed else 'WRONG'}")
    passed = all(check.passed for check in checks)
    print(f"{'all' if passed else 'not all'} relative errors are at most {TOLERANCE:.0e}")
    return 0 if passed else 1


def inspect(options: dict[str, Any]) -> int:
    """Print the masters and some samples."""
    dataset = _config(options).make_dataset()
    lines = dataset.inspect_samples(check_integer("count", options["count"], 1, len(dataset), "the number of samples"))
    join = " " if max(map(len, dataset.vocabulary)) > 1 else ""
    for number, master in enumerate(dataset.masters, 1):
        print(f"M{number}: {join.join(master)}")
    print(*lines, sep="\n")
    print(
        f"{len(dataset)} samples, {len(dataset.held_out)} of them held out, {dataset.unique_inputs} different inputs; "
        f"best possible accuracy {dataset.floor.accuracy:.2%}, loss {dataset.floor.cross_entropy:.6f}"
    )
    return 0


def explain(options: dict[str, Any]) -> int:
    """Explain one number of the batch that comes next, after some training: where it comes from, term by term."""
    epochs = check_integer("epochs", options["epochs"], 0, MOST_EPOCHS)
    run = TrainingRun(_config(options))
    for _ in range(epochs):
        run.train_epoch()
    run.preview()
    explanation = explain_cell(
        run.model,
        options["tensor"],
        options["row"],
        options["col"],
        targets=run.dataset.targets[run.trainer.batch],
        loss_type=run.config.trainer.loss_type,
        update=run.trainer.next_update(),
        state=run.trainer.optimizer.state,
        names=Names(run.dataset, run.trainer.batch),
        most_terms=options["terms"],
    )
    print(describe(explanation))
    return 0


def _resumed(options: dict[str, Any]) -> TrainingRun:
    """Read the run to go on with. How to train it may change now; its data and its model are what they are."""
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
    try:
        run = from_record(from_bytes(Path(path).read_bytes()))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    run.configure(**changes)
    run.configure_stopping(**{name: value for name, value in stopping.items() if value is not None})
    return run


def _target(path: str | None) -> Path | None:
    """Refuse a place where nothing can be saved before the training, not after it."""
    if path is not None and (Path(path).is_dir() or not Path(path).absolute().parent.is_dir()):
        raise ValueError(f"--save must be a file in a folder that exists, got {path}")
    return None if path is None else Path(path)


def _save(run: TrainingRun, path: Path) -> None:
    """Write a run file, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(to_bytes(to_record(run)))
        part.replace(path)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from None


def _print_metrics(of: str, loss_type: str, loss: float, accuracy: float, floor: Floor) -> None:
    """Say loss and accuracy, and what the data allow."""
    print(f"{of}loss {loss:.6f} (best possible {floor.loss(loss_type):.6f})")
    if loss_type == "cross_entropy":
        print(f"{of}perplexity {perplexity(loss):.4f}")
    print(f"{of}accuracy {accuracy:.2%} (best possible {floor.accuracy:.2%})")


def _draw_bar(stream: TextIO, done: int, total: int, loss: float) -> None:
    filled = BAR_WIDTH * done // total
    bar = "█" * filled + "░" * (BAR_WIDTH - filled)
    stream.write(f"\r{bar} epoch {done} of {total}  loss {loss:.4f} " + ("\n" if done == total else ""))
    stream.flush()


def _number(text: str) -> object:
    """Read a number; any other text stays text, for the check of its field to refuse."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _yes(text: str) -> object:
    return {"yes": True, "no": False}.get(text, text)


def _numbers(text: str) -> list[object]:
    return [_number(part) for part in text.split(",")] if text else []


def _tokens(text: str) -> list[str]:
    """Read ``abc`` as three tokens, and ``a,bc`` as two."""
    return text.split(",") if "," in text else list(text)


def _length(text: str) -> object:
    """Read ``10``, or ``8-12`` as the shortest and the longest."""
    return [_number(part) for part in text.split("-")] if "-" in text[1:] else _number(text)


# What 0 means for these: None.
NO_LIMIT = (("num_master_sequences", 0), ("clip_norm", 0))

# Every field of a config: section, field, flag, how to read it, and what it is.
_FIELDS: tuple[tuple[str, str, str, Callable[[str], object], str], ...] = (
    ("dataset", "vocabulary", "--vocabulary", _tokens, "tokens: abcd, or a,b,cd if some are longer"),
    ("dataset", "sequence_length", "--sequence-length", _number, "tokens in a sequence"),
    ("dataset", "num_samples", "--samples", _number, "number of samples"),
    ("dataset", "task", "--task", str, "next_token or classification"),
    ("dataset", "encoding", "--encoding", str, "one_hot or embedding"),
    ("dataset", "embedding_dim", "--embedding-dim", _number, "numbers for one token, with embedding"),
    ("dataset", "num_master_sequences", "--masters", _number, "masters to generate; 0 for fully random sequences"),
    ("dataset", "master_sequence_length", "--master-length", _length, "length of generated masters: 10, or 8-12"),
    ("dataset", "held_out", "--held-out", _number, "share of the samples that is never trained on"),
    ("dataset", "held_out_by", "--held-out-by", str, "sample, or position: no held-out sequence is trained on"),
    ("dataset", "seed", "--dataset-seed", _number, "seed of the samples alone"),
    ("model", "hidden_dims", "--hidden", _numbers, "widths of the hidden layers: 32,32"),
    ("model", "activation", "--activation", str, ", ".join(ACTIVATIONS)),
    ("model", "dtype", "--dtype", str, ", ".join(DTYPES)),
    ("model", "initialization", "--initialization", str, ", ".join(INITIALIZATIONS)),
    ("model", "seed", "--model-seed", _number, "seed of the first weights alone"),
    ("trainer", "learning_rate", "--learning-rate", _number, "how far an update moves the parameters"),
    ("trainer", "batch_size", "--batch-size", _number, "samples in a step"),
    ("trainer", "loss_type", "--loss", str, ", ".join(LOSSES)),
    ("trainer", "optimizer", "--optimizer", str, ", ".join(OPTIMIZERS)),
    ("trainer", "momentum", "--momentum", _number, "share of its velocity that momentum keeps"),
    ("trainer", "beta1", "--beta1", _number, "of adam: share of the mean of gradients that is kept"),
    ("trainer", "beta2", "--beta2", _number, "of adam: share of the mean of their squares that is kept"),
    ("trainer", "epsilon", "--epsilon", _number, "of adam: what keeps it from dividing by 0"),
    ("trainer", "weight_decay", "--weight-decay", _number, "share of each parameter, times the learning rate, lost"),
    ("trainer", "clip_norm", "--clip-norm", _number, "largest norm of all gradients together; 0 for no limit"),
    ("trainer", "seed", "--trainer-seed", _number, "seed of the order of visits alone"),
    ("stopping", "early_stopping", "--early-stopping", _yes, "yes to stop when the metric improves no more"),
    ("stopping", "monitor", "--monitor", str, f"metric that decides: {', '.join(METRICS)}"),
    ("stopping", "mode", "--mode", str, ", ".join(MODES)),
    ("stopping", "min_delta", "--min-delta", _number, "an improvement is more than this"),
    ("stopping", "patience", "--patience", _number, "epochs without improvement before early stopping"),
    ("stopping", "restore_best_weights", "--restore-best-weights", _yes, "yes or no, when stopped early"),
    ("stopping", "start_from_epoch", "--start-from-epoch", _number, "epochs before early stopping looks"),
    ("stopping", "target", "--target", _number, "value of the metric at which to stop"),
    ("stopping", "max_epochs", "--max-epochs", _number, "epochs of the run after which to stop"),
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
        """Refuse in one sentence, without the usage in front."""
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="backprop", description="Backpropagation by hand, in NumPy.")
    commands = parser.add_subparsers(required=True, metavar="train | gradcheck | inspect | explain")
    for command in (train, gradcheck, inspect, explain):
        text = (command.__doc__ or "").splitlines()[0]
        sub = commands.add_parser(command.__name__, help=text, description=text)
        sub.set_defaults(command=command)
        _add_fields(sub)
        if command is train:
            sub.add_argument("--epochs", type=_number, default=100, help="passes over the data (default 100)")
            sub.add_argument("--save", metavar="FILE", help="write the run to a file (.safetensors) in the end")
            sub.add_argument("--resume", metavar="FILE", help="go on with the run in a file, for --epochs more")
        if command is inspect:
            sub.add_argument("--count", type=_number, default=10, help="samples to print (default 10)")
        if command is explain:
            _add_cell(sub)
    return parser


def _add_cell(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tensor", help="such as layers/1/grad_weights, layers/0/activations or inputs")
    parser.add_argument("row", type=_number, help="from 0; always 0 for biases")
    parser.add_argument("col", type=_number, help="from 0")
    parser.add_argument("--epochs", type=_number, default=0, help="passes over the data before (default 0)")
    parser.add_argument("--terms", type=_number, default=20, help="most terms to list (default 20)")


def _add_fields(parser: argparse.ArgumentParser) -> None:
    defaults = RunConfig.from_dict().to_dict()
    for section, field, flag, read, text in _FIELDS:
        default = defaults[section][field]
        shown = ",".join(map(str, default)) if isinstance(default, list) else default
        metavar = flag.removeprefix("--").upper()
        name, description = f"{section}.{field}", f"{text} (default {shown})"
        parser.add_argument(flag, dest=name, type=read, metavar=metavar, help=description)
    parser.add_argument(
        "--master", type=_tokens, action="append", help="an explicit master, such as abccaabb; repeatable"
    )
    parser.add_argument("--seed", type=_number, help="seed of samples, weights and order of visits")


if __name__ == "__main__":
    sys.exit(main())
