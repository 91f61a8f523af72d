"""One pass of a model as it was: the numbers that it kept, the parameters and targets that it used, and their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .batch_loss import BatchLoss, loss_shapes
from .dataset import SequenceDataset
from .model import Embedding, Model
from .optimizers import Update, state_name

Indices = int | NDArray[np.integer[Any]]


class Operand(NamedTuple):
    """One factor of each of n terms.

    Attributes
    ----------
    symbol : the letter that stands for it in the formula
    values : float64 (n,), what was multiplied
    tensor, rows, cols : the cells that these numbers are, or are computed from; None for a constant
    is_function : whether they are computed from them, and so other numbers
    """

    symbol: str
    values: NDArray[np.float64]
    tensor: str | None = None
    rows: Indices = 0
    cols: Indices = 0
    is_function: bool = False


@dataclass(frozen=True)
class Names:
    """What rows and columns stand for, in a dataset's words if there is one.

    Attributes
    ----------
    dataset : where the batch came from
    batch : (batch,), the indices of its samples
    """

    dataset: SequenceDataset | None = None
    batch: NDArray[np.integer[Any]] | None = None

    def sample(self, n: int) -> str:
        """Name sample n of the batch: ``adda → c``."""
        if self.dataset is None or self.batch is None:
            return f"sample {n}"
        text: str = self.dataset.sample(int(self.batch[n]))["text"]
        return text.partition("  (")[0]

    def input(self, i: int) -> str:
        """Name input i: ``input 1:a``, position and token."""
        return f"input {self._inputs[i] if self._inputs else i}"

    def output(self, j: int) -> str:
        """Name class j."""
        return f"class {self.dataset.output_labels[j] if self.dataset else j}"

    def token(self, t: int) -> str:
        """Name token t of the vocabulary."""
        return f"token {self.dataset.vocabulary[t] if self.dataset else t}"

    @cached_property
    def _inputs(self) -> list[str]:
        return self.dataset.input_labels if self.dataset else []


class Pass:
    """The last pass of a model: what it kept, with the parameters as they were then.

    Parameters
    ----------
    model, targets, loss_type, parameters, update, state, names : as `explain` takes them

    Attributes
    ----------
    remembered : name of each tensor of the optimizer's state → which vector it belongs to, and which parameter
    losses : names of the tensors of its loss
    """

    def __init__(
        self,
        model: Model,
        targets: NDArray[Any],
        loss_type: str,
        *,
        parameters: Array | None = None,
        update: Update | None = None,
        state: Mapping[str, Array],
        names: Names,
    ) -> None:
        self.model, self.targets, self.loss_type = model, targets, loss_type
        self.update, self.names = update, names
        self.batch = len(model.layers[0].pre_activations)
        self.last = len(model.layers) - 1
        self.losses = frozenset(loss_shapes(self.batch, model.output_dim, loss_type))
        self._sizes = shapes(model, state)
        self._before = {} if parameters is None else like_parameters(model, parameters)
        self._state = state_tensors(model, state)
        self._state_before = state_tensors(model, update.before if update else {})
        self.remembered = {
            state_name(vector, parameter): (vector, parameter)
            for vector in state
            for parameter in model.named_parameters()
        }

    def values(self, name: str, rows: Indices, cols: Indices) -> NDArray[np.float64]:
        """Return numbers of a tensor as the page shows them; a bias vector has one row."""
        if name == "inputs" and (table := self.model.embedding):
            position, token = np.divmod(cols, table.vocabulary)
            return np.atleast_1d(table.tokens[rows, position] == token).astype(np.float64)
        if name in self.losses:
            tensor = self.loss.tensor(name)
        else:
            tensor = self._state[name] if name in self._state else _tensor(self.model, name)
        return np.atleast_1d(np.atleast_2d(tensor)[rows, cols]).astype(np.float64)

    @cached_property
    def loss(self) -> BatchLoss:
        """The numbers between the logits and the loss."""
        return BatchLoss(self.model.layers[-1].pre_activations, self.targets, self.loss_type)

    def used(self, name: str, rows: Indices, cols: Indices) -> NDArray[np.float64]:
        """Return the same numbers as the pass used them: parameters as they were before an update."""
        before = self._before.get(name)
        if before is None:
            return self.values(name, rows, cols)
        return np.atleast_1d(np.atleast_2d(before)[rows, cols]).astype(np.float64)

    def before(self, name: str, row: int, col: int) -> NDArray[np.float64]:
        """Return a number of the optimizer's state as it was before the update."""
        return np.atleast_1d(np.atleast_2d(self._state_before[name])[row, col]).astype(np.float64)

    def operand(self, symbol: str, tensor: str, rows: Indices, cols: Indices) -> Operand:
        """Return the operand that is these cells themselves."""
        return Operand(symbol, self.used(tensor, rows, cols), tensor, rows, cols)

    def has(self, name: str) -> bool:
        """Whether there is such a tensor, computed by now."""
        return name in self._sizes and ("grad_" not in name or went_backward(self.model))

    def has_changed(self, operand: Operand) -> bool:
        """Whether the cells of a parameter hold other numbers now than those that were used."""
        if operand.tensor not in self._before:
            return False
        return bool(np.any(self.values(operand.tensor, operand.rows, operand.cols) != operand.values))

    @property
    def table(self) -> Embedding:
        """The embedding of a model that has one."""
        if self.model.embedding is None:
            raise ValueError("this model has no embedding")
        return self.model.embedding

    @property
    def changed(self) -> bool:
        """Whether the parameters in force may be others than those of the pass."""
        return bool(self._before)

    def input_of(self, k: int) -> str:
        """Name the tensor that goes into layer k."""
        if k > 0:
            return f"layers/{k - 1}/activations"
        return "embedding/activations" if self.model.embedding else "inputs"

    def layer_name(self, k: int) -> str:
        """Name layer k as people count: the first one is layer 1."""
        return "the output layer" if k == self.last else f"layer {k + 1}"

    def input_name(self, k: int, i: int) -> str:
        """Name input i of layer k."""
        if k > 0:
            return f"unit {i} of {self.layer_name(k - 1)}"
        table = self.model.embedding
        return self.names.input(i) if table is None else f"position {i // table.dim + 1}, dimension {i % table.dim}"

    def unit_name(self, k: int, j: int) -> str:
        """Name unit j of layer k."""
        return self.names.output(j) if k == self.last else f"unit {j} of {self.layer_name(k)}"


def shapes(model: Model, state: Mapping[str, Array] | None = None) -> dict[str, tuple[int, ...]]:
    """Return the shape of every tensor of a model's last pass and of an optimizer's state, by name, as in a frame.

    Raises
    ------
    ValueError
        If nothing has gone forward yet.
    """
    if not hasattr(model.layers[0], "pre_activations"):
        raise ValueError("tensor must be computed first: nothing has gone forward yet")
    batch, table = len(model.layers[0].pre_activations), model.embedding
    forward: dict[str, tuple[int, ...]] = {"inputs": (batch, model.input_dim)}
    if table:
        positions = model.input_dim // table.dim
        forward["inputs"] = (batch, positions * table.vocabulary)
        forward |= {"embedding/weights": table.weights.shape, "embedding/activations": (batch, model.input_dim)}
    for k, layer in enumerate(model.layers):
        forward |= {f"layers/{k}/weights": layer.weights.shape, f"layers/{k}/biases": layer.biases.shape}
        forward[f"layers/{k}/pre_activations"] = (batch, layer.fan_out)
        if layer is not model.layers[-1]:
            forward[f"layers/{k}/activations"] = (batch, layer.fan_out)
    backward = {gradient_name(name): shape for name, shape in forward.items()}
    if table:
        del backward["grad_inputs"]  # a token has none
    return forward | backward | {name: values.shape for name, values in state_tensors(model, state or {}).items()}


def went_backward(model: Model) -> bool:
    """Whether the batch that went forward last has gradients too."""
    output = model.layers[-1]
    return hasattr(output, "grad_activations") and output.grad_activations.shape == output.pre_activations.shape


def gradient_name(name: str) -> str:
    """``layers/0/weights`` → ``layers/0/grad_weights``."""
    place, slash, quantity = name.rpartition("/")
    return f"{place}{slash}grad_{quantity}"


def _tensor(model: Model, name: str) -> Array:
    place, _, quantity = name.rpartition("/")
    if place == "embedding":
        values: Array = getattr(model.embedding, quantity)
    else:
        values = getattr(model.layers[int(place.removeprefix("layers/")) if place else 0], quantity)
    return values


def state_tensors(model: Model, state: Mapping[str, Array]) -> dict[str, Array]:
    """Return an optimizer's state as matrices, by name, place by place: ``layers/0/velocity_weights`` and so on."""
    views = {vector: like_parameters(model, flat) for vector, flat in state.items()}
    places = dict.fromkeys(name.rpartition("/")[0] for name in model.named_parameters())
    return {
        state_name(vector, name): values
        for place in places
        for vector, named in views.items()
        for name, values in named.items()
        if name.rpartition("/")[0] == place
    }


def like_parameters(model: Model, vector: Array) -> dict[str, Array]:
    """Views into a flat vector, as the model's own parameters lie in theirs."""
    if vector.shape != model.parameters.shape:
        raise ValueError(f"parameters must have the shape of the model's, {model.parameters.shape}, got {vector.shape}")
    views, offset = {}, 0
    for name, values in model.named_parameters().items():
        views[name] = vector[offset : offset + values.size].reshape(values.shape)
        offset += values.size
    return views
