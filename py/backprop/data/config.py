"""Validated options of a `SequenceDataset`, and the dimensions that follow from them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..limits import LIMITS, check_choice, check_integer, check_number, check_seed, check_total
from .split import WAYS

TASKS = ("next_token", "classification")
ENCODINGS = ("one_hot", "embedding")


@dataclass(frozen=True)
class SequenceConfig:
    """Validated options of a `SequenceDataset`, and the dimensions that follow; generates no samples."""

    vocabulary: tuple[str, ...]
    sequence_length: int
    num_samples: int
    task: str
    encoding: str
    embedding_dim: int
    master_sequences: tuple[tuple[str, ...], ...] | None
    num_master_sequences: int | None
    master_sequence_length: int | tuple[int, int]
    seed: int
    held_out: float
    held_out_by: str

    def __post_init__(self) -> None:
        """Check every option and their combinations."""
        checked = {
            "vocabulary": _check_vocabulary(self.vocabulary),
            "sequence_length": check_integer("sequence_length", self.sequence_length, *LIMITS["sequence_length"]),
            "num_samples": check_integer("num_samples", self.num_samples, *LIMITS["num_samples"]),
            "task": check_choice("task", self.task, TASKS),
            "encoding": check_choice("encoding", self.encoding, ENCODINGS),
            "embedding_dim": check_integer("embedding_dim", self.embedding_dim, *LIMITS["embedding_dim"]),
            "master_sequence_length": _check_master_length(self.master_sequence_length),
            "seed": check_seed("seed", self.seed),
            "held_out": check_number("held_out", self.held_out, *LIMITS["held_out"]),
            "held_out_by": check_choice("held_out_by", self.held_out_by, WAYS),
        }
        for field, value in checked.items():
            object.__setattr__(self, field, value)
        self._check_masters()
        if self.task == "classification" and self.num_masters < 2:
            field = "num_master_sequences" if self.master_sequences is None else "master_sequences"
            raise ValueError(f"{field} must be 2 or more for classification (the classes), got {self.num_masters}")
        if self.held_out and self.held_out_by == "position" and self.num_masters == 0:
            raise ValueError("held_out_by must be sample for fully random sequences: they have no place in a master")
        check_total("num_samples", "dataset_numbers", self.num_samples * self.input_dim, "numbers held in memory")

    def _check_masters(self) -> None:
        count = self.num_master_sequences
        if count is not None:
            count = check_integer("num_master_sequences", count, *LIMITS["master_sequences"])
        if self.master_sequences is not None:
            masters = _check_masters(self.master_sequences, self.vocabulary, self.sequence_length)
            object.__setattr__(self, "master_sequences", masters)
            count = None  # explicit master sequences determine the number
        object.__setattr__(self, "num_master_sequences", count)
        shortest = self.master_lengths[0]
        if count is not None and shortest < self.sequence_length:
            raise ValueError(
                f"master_sequence_length must be at least {self.sequence_length} (the sequence_length), got {shortest}"
            )

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


def _check_vocabulary(value: object) -> tuple[str, ...]:
    low, high = LIMITS["vocabulary"]
    if not isinstance(value, list | tuple) or not all(isinstance(token, str) for token in value):
        raise ValueError(f"vocabulary must be a list of tokens, such as ['a', 'b'], got {_brief(value)}")
    if not low <= len(value) <= high:
        raise ValueError(f"vocabulary must have between {low:.0f} and {high:.0f} tokens, got {len(value)}")
    for token in value:
        _check_token(token)
    duplicates = sorted({token for token in value if value.count(token) > 1})
    if duplicates:
        raise ValueError(f"vocabulary must not hold a token twice, got {_brief(duplicates[0])} more than once")
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


def _check_master_length(value: object) -> int | tuple[int, int]:
    limits = LIMITS["master_sequence_length"]
    if not isinstance(value, list | tuple):
        return check_integer("master_sequence_length", value, *limits)
    if len(value) != 2:
        raise ValueError(
            f"master_sequence_length must be one length, or the shortest and the longest, got {_brief(value)}"
        )
    shortest, longest = (check_integer("master_sequence_length", length, *limits) for length in value)
    if shortest > longest:
        raise ValueError(f"master_sequence_length must give the shortest first, got {shortest} and {longest}")
    return shortest, longest


def _plain(value: object) -> object:
    """Convert tuples to lists, recursively."""
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _brief(value: object) -> str:
    """Return the repr of a given value, shortened to 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
