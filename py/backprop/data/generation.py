"""Tokens of a visitor, and the choice of the next token from a model's outputs."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..limits import LIMITS
from ..losses import softmax
from .abstract import TypedSample
from .dataset import SequenceDataset

Known = Literal["new", "training", "held_out"]  # whether tokens are a sample, and of which part of the dataset


class KnownSamples:
    """Look up whole samples, inputs with their target, among those of a dataset."""

    def __init__(self, dataset: SequenceDataset) -> None:
        self._dataset = dataset
        self._samples: dict[bytes, int] = {}
        self._inputs: dict[bytes, int] = {}
        rows = dataset.tokens[:, : dataset.settings.positions].astype(np.uint8)
        # Training samples come last and replace held-out ones with the same tokens.
        for index in (*dataset.held_out[::-1].tolist(), *dataset.train[::-1].tolist()):
            key = rows[index].tobytes()
            self._inputs[key] = index
            self._samples[key + bytes([dataset.targets[index]])] = index

    def index_of(self, tokens: NDArray[np.int32]) -> int | None:
        """Return the first sample with these input tokens, a training sample if there is one; None without any."""
        return self._inputs.get(tokens.astype(np.uint8).tobytes())

    def kind_of(self, tokens: NDArray[np.int32], target: int | None = None) -> Known:
        """Return whether an input, with this target if one is given, is a sample."""
        key = tokens.astype(np.uint8).tobytes()
        index = self._inputs.get(key) if target is None else self._samples.get(key + bytes([target]))
        if index is None:
            return "new"
        return "held_out" if index in self._dataset.held_out else "training"


class Generated(NamedTuple):
    """One generated token.

    Attributes
    ----------
    inputs : (positions,), the tokens that it was predicted from
    outputs : (vocabulary,), logits of the model for these
    token : index of the chosen token
    """

    inputs: NDArray[np.int32]
    outputs: NDArray[np.float64]
    token: int


def read_tokens(name: str, tokens: object, dataset: SequenceDataset, most: int) -> NDArray[np.int32]:
    """Return one whole input or more, at most `most` tokens of the vocabulary, as indices, or raise ValueError."""
    if not isinstance(tokens, list | tuple):
        raise ValueError(f"{name} must be a list of tokens, got {type(tokens).__name__}")
    for token in tokens:
        if not isinstance(token, str) or token not in dataset.vocabulary:
            words = " ".join(dataset.vocabulary)
            raise ValueError(f"{name} must be tokens of the vocabulary {words}, got {str(token)[:20]!r}")
    least = dataset.settings.positions
    if not least <= len(tokens) <= most:
        raise ValueError(f"{name} must have {_between(least, most)}, got {len(tokens)}")
    return np.array([dataset.vocabulary.index(token) for token in tokens], np.int32)


def read_input(tokens: object, dataset: SequenceDataset) -> NDArray[np.int32]:
    """Return the tokens of one whole input as indices, or raise ValueError."""
    return read_tokens("tokens", tokens, dataset, dataset.settings.positions)


def read_start(start: object, dataset: SequenceDataset) -> NDArray[np.int32]:
    """Return the tokens that generation begins with as indices, or raise ValueError."""
    return read_tokens("start", start, dataset, int(LIMITS["generated_tokens"][1]))


def typed_sample(tokens: NDArray[np.int32], target: object, dataset: SequenceDataset) -> TypedSample:
    """Return a typed input as a sample with the target of this name, or raise ValueError."""
    labels = dataset.output_labels
    if not isinstance(target, str) or target not in labels:
        got = "nothing: no sample has these tokens" if target is None else repr(str(target)[:20])
        raise ValueError(f"target must be one of {' '.join(labels)}, got {got}")
    return TypedSample(tokens, labels.index(target))


def choose(outputs: NDArray[np.float64], temperature: float, generator: np.random.Generator) -> int:
    """Return a class drawn with the probabilities softmax(outputs / temperature); the most probable one at 0.

    Parameters
    ----------
    outputs : (classes,), finite logits
    temperature : 0 or more. Ackley, Hinton & Sejnowski (1985): 1 leaves the model's probabilities as they are, less
        favours the probable classes, more evens out.
    generator : one number is drawn from it, at temperature 0 too
    """
    draw = generator.random()
    if temperature == 0:
        return int(outputs.argmax())
    with np.errstate(over="ignore"):  # at a temperature near 0
        shifted = (outputs - outputs.max()) / temperature
    bounds = np.cumsum(softmax(shifted[None])[0])
    return min(int(np.searchsorted(bounds, draw * bounds[-1], side="right")), len(outputs) - 1)


def _between(least: int, most: int) -> str:
    """Return "4 tokens" or "4 to 200 tokens"."""
    if least == most:
        return "1 token" if least == 1 else f"{least} tokens"
    return f"{least} to {most} tokens"
