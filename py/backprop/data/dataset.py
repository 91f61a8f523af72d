"""The dataset of short sequences of tokens.

A sequence such as ``a d d a c`` poses one of two tasks. *Next token*: predict ``c`` from ``a d d a``. *Classification*:
predict which longer *master sequence* ``a d d a c`` was cut from. Without master sequences every token is random:
there is no pattern, and a model can only memorize the samples.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..limits import LIMITS, check_integer
from ..randomness import get_generator_state, seeded_generator, set_generator_state
from .abstract import Dataset
from .best_possible import BestPossible, find_best_possible, number_rows
from .config import SequenceConfig
from .drawing import draw_masters, draw_samples
from .encoding import one_hot_tokens
from .sample import Sample
from .split import Indices, hold_out_groups, hold_out_samples

Tokens = Sequence[str]
SPLIT_STREAM = 1  # random stream of the split; the samples use stream 0 of the same seed


class SequenceDataset(Dataset):
    """Sequences of tokens, all generated at once, for next-token prediction or classification.

    Parameters
    ----------
    vocabulary : 2 to 64 distinct tokens of 1 to 8 printable characters without spaces
    sequence_length : tokens per sequence. Next token: the first ``sequence_length - 1`` predict the last.
    num_samples : number of sequences
    task : "next_token" or "classification" (whole sequence → its master sequence; needs two or more)
    encoding : "one_hot" (inputs are 0 and 1), or "embedding" (inputs are token indices for the model's embedding table)
    embedding_dim : numbers per token in the embedding table; used with "embedding" only
    master_sequences : explicit master sequences, each a list of at least ``sequence_length`` tokens. They take
        precedence over the next two.
    num_master_sequences : number of master sequences to generate; None, without explicit ones: fully random sequences
    master_sequence_length : length of generated master sequences, or (minimum, maximum)
    seed : seed of the generator of the samples
    held_out : fraction of the samples excluded from training, 0 to 0.9; see `split.count_held_out`
    held_out_by : "sample": uniformly at random; or "position": all samples cut from the same position of a master
        sequence (or from another with the same tokens there) together, so that no held-out sequence is trained on. For
        the next token, its inputs may be trained on with another last token.

    Attributes
    ----------
    tokens : int32 (num_samples, sequence_length), indices into the vocabulary
    masters : list of master sequences, each a list of tokens; empty if fully random
    master, position : int32 (num_samples,) each, master sequence and position of each sample; None if fully random
    settings : `SequenceConfig`

    Raises
    ------
    ValueError
        If a value is out of range or options contradict each other. The message begins with the field's name.

    Notes
    -----
    Order of the draws from ``Generator(PCG64(seed))``:

    1. generated master sequences: all lengths, uniform in [minimum, maximum]; then, one after the other, their tokens,
       uniform;
    2. samples: for all of them a master sequence, uniform regardless of its length; then for all a position, uniform
       over those at which a whole sequence fits. Fully random: all tokens, uniform, instead;
    3. one draw for each `get_batch`.

    The held-out samples are drawn by another generator with the same seed, so that they do not change the samples.

    Two master sequences may be equal. They are still two classes, each drawn as often as any other, which no model can
    distinguish; `best_possible` accounts for that.
    """

    def __init__(
        self,
        *,
        vocabulary: Tokens = ("a", "b", "c", "d"),
        sequence_length: int = 5,
        num_samples: int = 100,
        task: str = "next_token",
        encoding: str = "one_hot",
        embedding_dim: int = 8,
        master_sequences: Sequence[Tokens] | None = None,
        num_master_sequences: int | None = None,
        master_sequence_length: int | Sequence[int] = (8, 12),
        seed: int = 0,
        held_out: float = 0.0,
        held_out_by: str = "sample",
    ) -> None:
        given: dict[str, Any] = {  # checked, and made tuples, by `validated`
            "vocabulary": vocabulary,
            "sequence_length": sequence_length,
            "num_samples": num_samples,
            "task": task,
            "encoding": encoding,
            "embedding_dim": embedding_dim,
            "master_sequences": master_sequences,
            "num_master_sequences": num_master_sequences,
            "master_sequence_length": master_sequence_length,
            "seed": seed,
            "held_out": held_out,
            "held_out_by": held_out_by,
        }
        self.settings = SequenceConfig(**given).validated()
        self.config = self.settings.to_dict()
        self.vocabulary = list(self.settings.vocabulary)
        self._generator = seeded_generator(self.settings.seed)
        masters = draw_masters(self.settings, self._generator)
        self.masters = [[self.vocabulary[token] for token in master] for master in masters]
        self.tokens, self.master, self.position = draw_samples(self.settings, masters, self._generator)
        self.targets = self._make_targets()
        self.held_out = self._hold_out()

    @cached_property
    def inputs(self) -> NDArray[Any]:
        """Inputs of all samples, encoded for a model."""
        seen = np.ascontiguousarray(self.tokens[:, : self.settings.positions])
        if self.settings.encoding == "embedding":
            return seen
        return one_hot_tokens(seen, len(self.vocabulary))

    @property
    def input_dim(self) -> int:
        """Inputs of the model's first dense layer: positions × vocabulary, or positions × embedding_dim."""
        return self.settings.input_dim

    @property
    def output_dim(self) -> int:
        """Number of classes: the tokens of the vocabulary, or the master sequences."""
        return self.settings.output_dim

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.tokens)

    def get_batch(self, batch_size: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return a random batch of distinct training samples, drawn uniformly by the dataset's generator.

        Parameters
        ----------
        batch_size : int in [1, number of training samples]

        Returns
        -------
        x : (batch_size, input_dim) float32, or (batch_size, positions) int32 for the embedding encoding
        y : (batch_size,) int64, class indices
        """
        size = check_integer("batch_size", batch_size, 1, len(self.train), reason="the number of training samples")
        chosen = self.train[self._generator.choice(len(self.train), size, replace=False)]
        return self.inputs[chosen], self.targets[chosen]

    def inspect_samples(self, n: int = 10) -> list[str]:
        """Return the first `n` samples, or all if there are fewer, as ``adda → c  (M2: addaccad, position 0)``."""
        count = check_integer("n", n, 0, LIMITS["num_samples"][1])
        return [str(self.sample(index)["text"]) for index in range(min(count, len(self)))]

    def sample(self, index: int) -> Sample:
        """Return sample `index` as plain data: tokens, target, master sequence and position (or None), and text."""
        is_typed = self.typed is not None and index == len(self)
        tokens = self.typed.tokens if self.typed and is_typed else self.tokens[index, : self.settings.positions]
        words = [self.vocabulary[token] for token in tokens]
        target = self.output_labels[int(self.targets_of(np.array([index], np.int32))[0])]
        text, master, position = f"{self._join(words)} → {target}", None, None
        if self.master is not None and self.position is not None and not is_typed:
            master, position = int(self.master[index]), int(self.position[index])
            text += f"  (M{master + 1}: {self._join(self.masters[master])}, position {position})"
        return Sample(
            index=index,
            held_out=bool(index in self.held_out),
            input=words,
            target=target,
            master=master,
            position=position,
            text=text,
        )

    @property
    def input_labels(self) -> list[str]:
        """Names of the one-hot inputs: position (from 1) and token, ``1:a``."""
        return [f"{position + 1}:{token}" for position in range(self.settings.positions) for token in self.vocabulary]

    @property
    def output_labels(self) -> list[str]:
        """Names of the classes: tokens, or master sequences, ``M1``."""
        if self.settings.task == "classification":
            return [f"M{master + 1}" for master in range(self.output_dim)]
        return self.vocabulary

    @cached_property
    def best_possible(self) -> BestPossible:
        """Best loss and accuracy that any model can reach on the training samples."""
        return self._find_best_possible(self.train)

    @cached_property
    def held_out_best_possible(self) -> BestPossible | None:
        """Best loss and accuracy of a model fitted to the held-out samples; None without any."""
        return self._find_best_possible(self.held_out) if len(self.held_out) else None

    @cached_property
    def unique_inputs(self) -> int:
        """Number of distinct inputs among the samples."""
        return number_rows(self._input_tokens)[1]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the samples and the split, equal if the same config generates the same samples elsewhere."""
        origin = () if self.master is None else (self.master, self.position)
        arrays = (self.tokens, self.targets, *origin, self.held_out)
        digest = hashlib.sha256(repr(self.masters).encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array, "<i4").tobytes())
        return digest.hexdigest()

    def get_state(self) -> dict[str, str]:
        """Return the state of the generator of `get_batch`, as plain data."""
        return get_generator_state(self._generator)

    def set_state(self, state: object) -> None:
        """Restore the state of the generator of `get_batch`."""
        set_generator_state(self._generator, state)

    @property
    def _input_tokens(self) -> NDArray[np.uint8]:
        """Input tokens of all samples, (num_samples, positions); a vocabulary fits in 8 bits."""
        return self.tokens[:, : self.settings.positions].astype(np.uint8)

    def _find_best_possible(self, samples: Indices) -> BestPossible:
        return find_best_possible(self._input_tokens[samples], self.targets[samples], self.output_dim)

    def _hold_out(self) -> Indices:
        share, generator = self.settings.held_out, seeded_generator(self.settings.seed, SPLIT_STREAM)
        if share and self.settings.held_out_by == "position":
            return hold_out_groups(number_rows(self.tokens.astype(np.uint8))[0], share, generator)
        return hold_out_samples(len(self), share, generator)

    def _make_targets(self) -> NDArray[np.int64]:
        if self.settings.task == "classification" and self.master is not None:
            return self.master.astype(np.int64)
        return self.tokens[:, -1].astype(np.int64)

    def _join(self, tokens: list[str]) -> str:
        """Join tokens into a word, with spaces between them if any is longer than a character."""
        return (" " if max(map(len, self.vocabulary)) > 1 else "").join(tokens)
