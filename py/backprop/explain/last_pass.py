"""The last pass of a model: its values, parameters and targets, and their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..data.dataset import SequenceDataset
from ..embedding import Embedding
from ..limits import check_choice, check_integer
from ..losses import LOSSES
from ..model import Model
from ..optimizers import state_name
from ..tensors import like_parameters, model_tensor, shapes, state_tensors
from ..updates import Update
from .batch_loss import BatchLoss, loss_shapes

Indices = int | NDArray[np.integer[Any]]


class Operand(NamedTuple):
    """One factor of each of n terms.

    Attributes
    ----------
    symbol : its letter in the formula
    values : float64 (n,), the factors
    tensor, rows, cols : cells of the values, or from which they are computed; None for a constant
    is_function : whether the values are a function of the cells
    """

    symbol: str
    values: NDArray[np.float64]
    tensor: str | None = None
    rows: Indices = 0
    cols: Indices = 0
    is_function: bool = False


@dataclass(frozen=True)
class Names:
    """Names of rows and columns, from a dataset if there is one. Names count from 1, indices from 0.

    Attributes
    ----------
    dataset : dataset of the batch
    batch : (batch,), indices of its samples
    """

    dataset: SequenceDataset | None = None
    batch: NDArray[np.integer[Any]] | None = None

    def sample(self, n: int) -> str:
        """Return the name of sample n of the batch: ``adda → c``."""
        if self.dataset is None or self.batch is None:
            return f"sample {n + 1}"
        text: str = self.dataset.sample(int(self.batch[n]))["text"]
        return text.partition("  (")[0]

    def input(self, i: int) -> str:
        """Return the name of input i: ``input 1:a``, position and token."""
        return f"input {self._inputs[i] if self._inputs else i + 1}"

    def output(self, j: int) -> str:
        """Return the name of class j."""
        return f"class {self.dataset.output_labels[j] if self.dataset else j + 1}"

    def token(self, t: int) -> str:
        """Return the name of token t of the vocabulary."""
        return f"token {self.dataset.vocabulary[t] if self.dataset else t + 1}"

    @cached_property
    def _inputs(self) -> list[str]:
        return self.dataset.input_labels if self.dataset else []


class Pass:
    """The last pass of a model, with the parameters that it used.

    Parameters
    ----------
    model : Model, after `forward` and `backward`
    targets, loss_type : targets and loss of the pass, a name in `losses.LOSSES`
    parameters : ``model.parameters`` before the update, if one followed the pass
    update : the update that followed, with the optimizer's state before it, to explain the values it changed; None if
        that state is unknown. Without an update, the next one
    state : current state of the optimizer, to explain its cells
    names : names of samples, inputs and classes

    Attributes
    ----------
    changed : whether an update followed the pass
    state_cells : name of each tensor of the optimizer's state → its state vector and its parameter
    losses : names of the tensors of its loss

    Raises
    ------
    ValueError
        If there was no forward pass yet, or an argument does not belong to the model's pass.
    """

    def __init__(
        self,
        model: Model,
        targets: NDArray[Any],
        loss_type: str,
        *,
        parameters: Array | None = None,
        update: Update | None = None,
        state: Mapping[str, Array] | None = None,
        names: Names | None = None,
    ) -> None:
        state = state or {}
        self.model, self.targets, self.loss_type = model, targets, check_choice("loss_type", loss_type, LOSSES)
        self.update, self.state, self.names = update, state, names or Names()
        self.changed = parameters is not None
        self.parameters = model.parameters if parameters is None else parameters
        self.last = len(model.layers) - 1
        self._sizes = shapes(model, state)
        self.batch = self._sizes["inputs"][0]
        if len(targets) != self.batch:
            raise ValueError(f"targets must be those of the batch of {self.batch}, got {len(targets)}")
        losses = loss_shapes(self.batch, model.output_dim, loss_type)
        self.losses = frozenset(losses)
        self._sizes |= losses
        self._before = like_parameters(model, self.parameters) if self.changed else {}
        self._state = state_tensors(model, state)
        self._state_before = state_tensors(model, update.before if update else {})
        self.state_cells = {
            state_name(vector, parameter): (vector, parameter)
            for vector in state
            for parameter in model.named_parameters()
        }

    def check_cell(self, tensor: object, row: object, col: object) -> tuple[str, int, int]:
        """Return the place of a cell, or raise ValueError if it does not exist or has not been computed yet."""
        if not isinstance(tensor, str) or tensor not in self._sizes:
            raise ValueError(f"tensor must be one of this model's, such as layers/0/weights, got {str(tensor)[:40]!r}")
        rows, cols = (1, *self._sizes[tensor])[-2:]
        row = check_integer("row", row, 0, rows - 1, reason=f"the rows of {tensor}")
        col = check_integer("col", col, 0, cols - 1, reason=f"the columns of {tensor}")
        if not self.has(tensor):
            raise ValueError(f"tensor must be computed first: there was no backward pass yet, got {tensor}")
        return tensor, row, col

    def as_updated(self) -> "Pass":
        """Return the same pass as if its next update had followed, to describe that update."""
        if self.changed:
            return self
        return Pass(
            self.model,
            self.targets,
            self.loss_type,
            parameters=self.parameters,
            update=self.update,
            state=self.state,
            names=self.names,
        )

    def values(self, name: str, rows: Indices, cols: Indices) -> NDArray[np.float64]:
        """Return current numbers of a tensor, as on the page; a bias vector has one row."""
        if name == "inputs" and (table := self.model.embedding):
            position, token = np.divmod(cols, table.vocabulary)
            return np.atleast_1d(table.tokens[rows, position] == token).astype(np.float64)
        if name in self.losses:
            tensor = self.loss.tensor(name)
        else:
            tensor = self._state[name] if name in self._state else model_tensor(self.model, name)
        return np.atleast_1d(np.atleast_2d(tensor)[rows, cols]).astype(np.float64)

    @cached_property
    def loss(self) -> BatchLoss:
        """Intermediate values between the logits and the loss."""
        return BatchLoss(self.model.layers[-1].pre_activations, self.targets, self.loss_type)

    def used(self, name: str, rows: Indices, cols: Indices) -> NDArray[np.float64]:
        """Return the numbers that the pass used: parameters before an update."""
        before = self._before.get(name)
        if before is None:
            return self.values(name, rows, cols)
        return np.atleast_1d(np.atleast_2d(before)[rows, cols]).astype(np.float64)

    def before(self, name: str, row: int, col: int) -> NDArray[np.float64]:
        """Return a number of the optimizer's state before the update."""
        return np.atleast_1d(np.atleast_2d(self._state_before[name])[row, col]).astype(np.float64)

    def operand(self, symbol: str, tensor: str, rows: Indices, cols: Indices) -> Operand:
        """Return an operand whose factors are these cells."""
        return Operand(symbol, self.used(tensor, rows, cols), tensor, rows, cols)

    def has(self, name: str) -> bool:
        """Return whether a tensor of this name exists and has been computed."""
        return name in self._sizes and ("grad_" not in name or went_backward(self.model))

    def has_changed(self, operand: Operand) -> bool:
        """Return whether a parameter's cells have changed since the pass used them."""
        if operand.tensor not in self._before:
            return False
        return bool(np.any(self.values(operand.tensor, operand.rows, operand.cols) != operand.values))

    @property
    def table(self) -> Embedding:
        """Embedding of the model; raises ValueError without one."""
        if self.model.embedding is None:
            raise ValueError("this model has no embedding")
        return self.model.embedding

    def input_of(self, k: int) -> str:
        """Return the name of the input tensor of layer k."""
        if k > 0:
            return f"layers/{k - 1}/activations"
        return "embedding/activations" if self.model.embedding else "inputs"

    def layer_name(self, k: int) -> str:
        """Return the title of layer k; the first one is layer 1."""
        return "the output layer" if k == self.last else f"layer {k + 1}"

    def input_name(self, k: int, i: int) -> str:
        """Return the name of input i of layer k."""
        if k > 0:
            return f"unit {i + 1} of {self.layer_name(k - 1)}"
        table = self.model.embedding
        return self.names.input(i) if table is None else f"position {i // table.dim + 1}, dimension {i % table.dim + 1}"

    def unit_name(self, k: int, j: int) -> str:
        """Return the name of unit j of layer k."""
        return self.names.output(j) if k == self.last else f"unit {j + 1} of {self.layer_name(k)}"


def went_backward(model: Model) -> bool:
    """Return whether the last forward pass was followed by a backward pass."""
    output = model.layers[-1]
    return hasattr(output, "grad_activations") and output.grad_activations.shape == output.pre_activations.shape
