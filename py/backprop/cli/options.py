"""Options of the command line: one for each setting of a run's config, in groups."""

import argparse
from collections.abc import Callable
from typing import Any

from ..activations import ACTIVATIONS
from ..losses import LOSSES
from ..model import DTYPES, INITIALIZATIONS
from ..optimizers import OPTIMIZERS
from ..runs.config import RunConfig
from ..training.epochs import METRICS
from ..training.stopping import MODES
from .typed import read_flag, read_length, read_limit, read_number, read_tokens, read_whole, read_widths

# Trainer settings that can change when a run is resumed.
CHANGEABLE = (
    *("learning_rate", "batch_size", "loss_type", "optimizer", "momentum", "beta1", "beta2", "epsilon"),
    *("weight_decay", "clip_norm"),
)
# Fields for which 0 means None.
NO_LIMIT = (("num_master_sequences", 0), ("clip_norm", 0))
# Section of a config → heading of its group in --help.
GROUPS = {"dataset": "dataset", "model": "model", "trainer": "training", "stopping": "stopping"}

# Every field of a config: section, field, flag, reader, and help text.
FIELDS: tuple[tuple[str, str, str, Callable[[str], object], str], ...] = (
    ("dataset", "vocabulary", "--vocabulary", read_tokens, "tokens: abcd, or a,b,cd for longer ones"),
    ("dataset", "sequence_length", "--sequence-length", read_whole, "tokens per sequence"),
    ("dataset", "num_samples", "--samples", read_whole, "number of samples"),
    ("dataset", "task", "--task", str, "next_token or classification"),
    ("dataset", "encoding", "--encoding", str, "one_hot or embedding"),
    ("dataset", "embedding_dim", "--embedding-dim", read_whole, "numbers per token, for embedding"),
    ("dataset", "num_master_sequences", "--masters", read_whole, "master sequences to generate; 0: random sequences"),
    ("dataset", "master_sequence_length", "--master-length", read_length, "length of master sequences: 10, or 8-12"),
    ("dataset", "held_out", "--held-out", read_number, "fraction of the samples held out from training"),
    ("dataset", "held_out_by", "--held-out-by", str, "sample, or position: no held-out sequence is trained on"),
    ("dataset", "seed", "--dataset-seed", read_whole, "seed of the samples only"),
    ("model", "hidden_dims", "--hidden", read_widths, "units of the hidden layers: 32,32, or none"),
    ("model", "activation", "--activation", str, ", ".join(ACTIVATIONS)),
    ("model", "dtype", "--dtype", str, ", ".join(DTYPES)),
    ("model", "initialization", "--initialization", str, ", ".join(INITIALIZATIONS)),
    ("model", "seed", "--model-seed", read_whole, "seed of the initial weights only"),
    ("trainer", "learning_rate", "--learning-rate", read_number, "step size, as a multiple of the gradient"),
    ("trainer", "batch_size", "--batch-size", read_whole, "samples per step"),
    ("trainer", "loss_type", "--loss", str, ", ".join(LOSSES)),
    ("trainer", "optimizer", "--optimizer", str, ", ".join(OPTIMIZERS)),
    ("trainer", "momentum", "--momentum", read_number, "fraction of the velocity kept by momentum"),
    ("trainer", "beta1", "--beta1", read_number, "adam: decay rate of the mean gradient"),
    ("trainer", "beta2", "--beta2", read_number, "adam: decay rate of the mean squared gradient"),
    ("trainer", "epsilon", "--epsilon", read_number, "adam: small number that prevents division by 0"),
    ("trainer", "weight_decay", "--weight-decay", read_number, "weight decay, as a multiple of the learning rate"),
    ("trainer", "clip_norm", "--clip-norm", read_limit, "maximum norm of all gradients together; 0: no limit"),
    ("trainer", "seed", "--trainer-seed", read_whole, "shuffling seed only"),
    ("stopping", "early_stopping", "--early-stopping", read_flag, "true to stop when the metric no longer improves"),
    ("stopping", "monitor", "--monitor", str, f"monitored metric: {', '.join(METRICS)}"),
    ("stopping", "mode", "--mode", str, ", ".join(MODES)),
    ("stopping", "min_delta", "--min-delta", read_number, "minimum improvement, exclusive"),
    ("stopping", "patience", "--patience", read_whole, "epochs without improvement before early stopping"),
    ("stopping", "restore_best_weights", "--restore-best-weights", read_flag, "true or false: best weights at a stop"),
    ("stopping", "start_from_epoch", "--start-from-epoch", read_whole, "epochs that early stopping ignores at first"),
    ("stopping", "target", "--target", read_number, "value of the metric at which to stop"),
    ("stopping", "max_epochs", "--max-epochs", read_whole, "maximum number of epochs of the run"),
)


def add_fields(parser: argparse.ArgumentParser) -> None:
    """Add the option of every setting to a parser, in one group for each section."""
    defaults = RunConfig.from_dict().to_dict()
    groups = {section: parser.add_argument_group(f"{title} options") for section, title in GROUPS.items()}
    for section, field, flag, read, text in FIELDS:
        metavar = flag.removeprefix("--").upper()
        description = f"{text} (default {_shown(defaults[section][field], read)})"
        groups[section].add_argument(flag, dest=f"{section}.{field}", type=read, metavar=metavar, help=description)
    masters = "a master sequence, such as abccaabb; repeatable"
    groups["dataset"].add_argument("--master", type=read_tokens, action="append", help=masters)
    parser.add_argument("--seed", type=read_whole, help="seed of samples, initial weights and shuffling (default 0)")


def config_of(options: dict[str, Any]) -> RunConfig:
    """Put the given options into their sections."""
    seed = {} if options["seed"] is None else {"seed": options["seed"]}
    sections: dict[str, dict[str, object]] = {"dataset": dict(seed), "model": dict(seed), "trainer": dict(seed)}
    sections["stopping"] = {}
    for section, field, *_ in FIELDS:
        value = options[f"{section}.{field}"]
        if value is not None:
            sections[section][field] = _set(field, value)
    if options["master"]:
        sections["dataset"]["master_sequences"] = options["master"]
    return RunConfig.from_dict(sections)


def changes_to_resumed(options: dict[str, Any]) -> tuple[dict[str, object], dict[str, object]]:
    """Return the changes to the trainer's and the stopping settings of a resumed run; refuse all other options."""
    path, changes = options["resume"], {}
    stopping = {field: options[f"stopping.{field}"] for section, field, *_ in FIELDS if section == "stopping"}
    for section, field, flag, *_ in FIELDS:
        value = options[f"{section}.{field}"]
        if section == "stopping" or value is None:
            continue
        if field not in CHANGEABLE:
            raise ValueError(f"{flag} does not go with --resume: the run in {path} has its own")
        changes[field] = _set(field, value)
    for name in ("master", "seed"):
        if options[name] is not None:
            raise ValueError(f"--{name} does not go with --resume: the run in {path} has its own")
    return changes, {field: value for field, value in stopping.items() if value is not None}


def _set(field: str, value: object) -> object:
    return None if (field, value) in NO_LIMIT else value


def _shown(default: object, read: Callable[[str], object]) -> str:
    """Format a default as it would be typed."""
    if isinstance(default, list | tuple):
        return ("-" if read is read_length else ",").join(map(str, default))
    return {"None": "none", "True": "true", "False": "false"}.get(str(default), str(default))
