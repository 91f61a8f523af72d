"""Validated options of a `SequenceDataset`, and the dimensions that follow from them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..limits import LIMITS, check_integer, check_total
from ..settings import checked, choice, declare, integer, number, seed

TASKS = {"next_token": "Predict the next token", "classification": "Classify: which source sequence?"}
ENCODINGS = {"one_hot": "One-hot", "embedding": "Embedding (learned)"}
WAYS = {"sample": "Draw samples one by one", "position": "Keep equal sequences together"}


def _check_count(name: str, value: object) -> int | None:
    return None if value is None else check_integer(name, value, *LIMITS["master_sequences"])


def _check_vocabulary(name: str, value: object) -> tuple[str, ...]:
    low, high = LIMITS["vocabulary"]
    if not isinstance(value, list | tuple) or not all(isinstance(token, str) for token in value):
        raise ValueError(f"{name} must be a list of tokens, such as ['a', 'b'], got {_brief(value)}")
    if not low <= len(value) <= high:
        raise ValueError(f"{name} must have between {low:.0f} and {high:.0f} tokens, got {len(value)}")
    for token in value:
        _check_token(token)
    duplicates = sorted({token for token in value if value.count(token) > 1})
    if duplicates:
        raise ValueError(f"{name} must not hold a token twice, got {_brief(duplicates[0])} more than once")
    return tuple(value)


def _check_token(token: str) -> None:
    longest = int(LIMITS["token_characters"][1])
    if not 1 <= len(token) <= longest:
        raise ValueError(f"vocabulary must have tokens of 1 to {longest} characters, got {_brief(token)}")
    if not token.isprintable() or " " in token:
        raise ValueError(f"vocabulary must have tokens of printable characters without spaces, got {_brief(token)}")


def _check_masters(value: object, vocabulary: tuple[str, ...], sequence_length: int) -> tuple[tuple[str, ...], ...]:
    low, high = LIMITS["master_sequences"]
    if not isinstance(value, list | tuple) or not all(isinstance(master, list | tuple) for master in value):
        raise ValueError(f"master_sequences must be a list of lists of tokens, got {_brief(value)}")
    if not low <= len(value) <= high:
        raise ValueError(f"master_sequences must be between {low:.0f} and {high:.0f} sequences, got {len(value)}")
    return tuple(_check_master(f"M{k + 1}", master, vocabulary, sequence_length) for k, master in enumerate(value))


def _check_master(
    name: str, master: Sequence[object], vocabulary: tuple[str, ...], sequence_length: int
) -> tuple[str, ...]:
    unknown = [token for token in master if not isinstance(token, str) or token not in vocabulary]
    if unknown:
        raise ValueError(f"master_sequences must use only tokens of the vocabulary, got {_brief(unknown[0])} in {name}")
    longest = LIMITS["master_sequence_length"][1]
    if not sequence_length <= len(master) <= longest:
        raise ValueError(
            f"master_sequences must have between {sequence_length} (the sequence_length) and {longest:.0f} tokens "
            f"each, got {len(master)} in {name}"
        )
    return tuple(str(token) for token in master)


def _check_master_length(name: str, value: object) -> int | tuple[int, int]:
    limits = LIMITS["master_sequence_length"]
    if not isinstance(value, list | tuple):
        return check_integer(name, value, *limits)
    if len(value) != 2:
        raise ValueError(f"{name} must be one length, or the shortest and the longest, got {_brief(value)}")
    shortest, longest = (check_integer(name, length, *limits) for length in value)
    if shortest > longest:
        raise ValueError(f"{name} must give the shortest first, got {shortest} and {longest}")
    return shortest, longest


def _plain(value: object) -> object:
    """Convert tuples to lists, recursively."""
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _brief(value: object) -> str:
    """Return the repr of a given value, shortened to 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


@dataclass(frozen=True)
class SequenceConfig:
    """Validated options of a `SequenceDataset`, and the dimensions that follow; generates no samples."""

    vocabulary: tuple[str, ...] = declare(
        *(("a", "b", "c", "d"), "Vocabulary", "tokens", _check_vocabulary),
        hint="separate tokens with spaces",
        help="tokens: abcd, or a,b,cd for longer ones",
    )
    sequence_length: int = integer(
        5, LIMITS["sequence_length"], "Sequence length", key="length", hint="tokens per sample"
    )
    num_samples: int = integer(
        100, LIMITS["num_samples"], "Number of samples", key="samples", flag="--samples", help="number of samples"
    )
    task: str = choice("next_token", TASKS, "Task")
    encoding: str = choice("one_hot", ENCODINGS, "Encoding")
    embedding_dim: int = integer(
        8, LIMITS["embedding_dim"], "Embedding dimensions", key="embedding", hint="numbers per token"
    )
    master_sequences: tuple[tuple[str, ...], ...] | None = declare(
        *(None, "Source sequences", "sequences", lambda _, value: value),  # checked with the vocabulary
        flag="--master",
        hint="one per line: abccaabb, or a b c c",
    )
    num_master_sequences: int | None = declare(
        *(None, "Number of source sequences", "integer", _check_count),
        span=LIMITS["master_sequences"],
        flag="--masters",
        help="source sequences to generate; 0 for random sequences",
    )
    master_sequence_length: int | tuple[int, int] = declare(
        *((8, 12), "Length of each source sequence", "length", _check_master_length),
        key="master_length",
        flag="--master-length",
        hint="10, or 8-12 for a range",
        help="length of source sequences: 10, or 8-12",
    )
    seed: int = seed("Seed of the data", short="data seed", flag="--dataset-seed", help="seed of the samples only")
    held_out: float = number(
        *(0.0, LIMITS["held_out"], "Held out"),
        hint="share kept back for testing, e.g. 0.2 = 20%",
        help="fraction of the samples held out from training",
    )
    held_out_by: str = choice(
        "sample", WAYS, "Held out by", help="sample, or position: no held-out sequence is trained on"
    )

    def validated(self) -> "SequenceConfig":
        """Return this config with every value checked, alone and with the others, or raise ValueError."""
        config = checked(self)
        if config.master_sequences is not None:
            masters = _check_masters(config.master_sequences, config.vocabulary, config.sequence_length)
            config = replace(config, master_sequences=masters, num_master_sequences=None)  # given ones count
        config._check_together()
        return config

    def _check_together(self) -> None:
        shortest = self.master_lengths[0]
        if self.num_master_sequences is not None and shortest < self.sequence_length:
            raise ValueError(
                f"master_sequence_length must be at least {self.sequence_length} (the sequence_length), got {shortest}"
            )
        if self.task == "classification" and self.num_masters < 2:
            field = "num_master_sequences" if self.master_sequences is None else "master_sequences"
            raise ValueError(f"{field} must be 2 or more for classification (the classes), got {self.num_masters}")
        if self.held_out and self.held_out_by == "position" and self.num_masters == 0:
            raise ValueError("held_out_by must be sample for fully random sequences: they have no place in a master")
        check_total("num_samples", "dataset_numbers", self.num_samples * self.input_dim, "numbers held in memory")

    @property
    def num_masters(self) -> int:
        """Number of master sequences, given or generated; 0 for fully random sequences."""
        return len(self.master_sequences) if self.master_sequences is not None else self.num_master_sequences or 0

    @property
    def master_lengths(self) -> tuple[int, int]:
        """Minimum and maximum length of generated master sequences."""
        length = self.master_sequence_length
        return length if isinstance(length, tuple) else (length, length)

    @property
    def positions(self) -> int:
        """Tokens of a sequence that are input of the model."""
        return self.sequence_length - (self.task == "next_token")

    @property
    def input_dim(self) -> int:
        """Inputs of the first dense layer: positions × vocabulary, or positions × embedding_dim."""
        return self.positions * (self.embedding_dim if self.encoding == "embedding" else len(self.vocabulary))

    @property
    def output_dim(self) -> int:
        """Number of classes: the tokens of the vocabulary, or the master sequences."""
        return self.num_masters if self.task == "classification" else len(self.vocabulary)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, with lists for tuples."""
        return {field: _plain(value) for field, value in asdict(self).items()}
