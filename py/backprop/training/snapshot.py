"""Parameters and optimizer state before the last update."""

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..fields import Fields
from ..optimizers import Optimizer
from .config import TrainerConfig

State = dict[str, Array]
# The pass that led to an update: its samples and the config in force. A plain tuple, since each step makes one.
Cause = tuple[NDArray[np.int32], TrainerConfig]


class Snapshot:
    """Parameters and optimizer state before the last update, from which it can be explained, repeated or undone.

    Attributes
    ----------
    parameters : (size,), overwritten by the next update
    state : name → (size,), state of the optimizer; empty if it has none or was replaced since
    cause : `Cause` of the update; None if it is unknown, or the parameters were replaced since
    """

    def __init__(self, parameters: Array) -> None:
        self.parameters: Array = parameters.copy()
        self.state: State = {}
        self.cause: Cause | None = None
        self._t = 0

    def take(self, parameters: Array, optimizer: Optimizer) -> None:
        """Copy the current values before an update."""
        self.cause = None
        self.parameters[...] = parameters  # a third of the time of np.copyto for a small model
        self.state, self._t = copies(optimizer.state) if optimizer.state else {}, optimizer.t

    def put_back(self, parameters: Array, optimizer: Optimizer) -> None:
        """Restore the values from before an update that failed."""
        parameters[:] = self.parameters
        optimizer.t, optimizer.state = self._t, self.state
        self.state = {}

    def undo(self, parameters: Array, optimizer: Optimizer) -> None:
        """Undo the update; keep the optimizer's state if that before the update is unknown."""
        parameters[:] = self.parameters
        if self.state.keys() == optimizer.state.keys() != set():
            optimizer.state = copies(self.state)
            optimizer.t = max(0, optimizer.t - 1)  # stays 0 if the optimizer does not count


def copies(state: State) -> State:
    """Return a copy of an optimizer's state."""
    return {name: vector.copy() for name, vector in state.items()}


def read_state(fields: Fields, optimizer: Optimizer, parameters: Array) -> State:
    """Read the field `optimizer_state`: the vectors of an optimizer, each like the parameters."""
    state = Fields(fields.label("optimizer_state"), fields["optimizer_state"], optimizer.STATE)
    return {name: state.vector(name, parameters) for name in optimizer.STATE}
