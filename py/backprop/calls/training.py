"""Calls that train the active run, or one by its id, and change its settings."""

# ruff: noqa: A002  # `id` is the name on the wire

from typing import Unpack

from ..limits import check_flag
from ..runs.own_versions import own
from ..runs.prediction import ChosenSample, run_single
from ..wire import configs
from ..wire.slices import Frame, Slice, SliceOptions, advance
from ..wire.state import State, state_after, state_of
from .calls import Calls


class TrainingCalls(Calls):
    """Training."""

    def state(self) -> State:
        """Return the whole state of the active run, with every tensor."""
        return state_of(self._runs.active)

    def run_single(self, *, update: bool = True, **chosen: Unpack[ChosenSample]) -> State:
        """Train on the next sample; with ``update=False`` only pass it, or another one, through the network.

        The other one is sample `sample`, or the typed input `tokens`, with a `target` unless a sample has these tokens.
        """
        run = self._runs.active
        own(run, run_single)(run, check_flag("update", update), **chosen)
        return state_after(self._runs.active, updated=update)

    def train_batch(self, *, update: bool = True) -> State:
        """Train on the next mini-batch; with ``update=False`` only pass it through the network."""
        self._runs.active.visit("batch", update=check_flag("update", update))
        return state_after(self._runs.active, updated=update)

    def train_epoch(self, *, update: bool = True) -> State:
        """Train to the end of the current epoch; with ``update=False`` only pass its rest through the network."""
        self._runs.active.visit("epoch", update=check_flag("update", update))
        self._runs.active.measure()
        return self.state()

    def advance(self, *, id: str, steps: int, **options: Unpack[SliceOptions]) -> Frame | Slice:
        """Train run `id` for `steps` updates, or fewer if `max_ms` pass first, and return a packed frame."""
        return advance(self._runs, id, steps, **options)

    def trainer_config(self, **changes: configs.TrainerChange) -> configs.TrainerSettings:
        """Change settings from the next step on, without a reset; return the config in force."""
        self._runs.configure(self._runs.active, changes)
        return configs.trainer_settings(self._runs.active.trainer.config)

    def update_batch_size(self, *, batch_size: int) -> configs.TrainerSettings:
        """Change the batch size from the next step on; return the config in force."""
        return self.trainer_config(batch_size=batch_size)

    def update_loss_type(self, *, loss_type: str) -> configs.TrainerSettings:
        """Change the loss function from the next step on; return the config in force."""
        return self.trainer_config(loss_type=loss_type)

    def stopping_config(self, **changes: configs.StoppingChange) -> configs.StoppingSettings:
        """Change when the active run stops, from the end of its next epoch on; return the rule in force."""
        return configs.stopping_settings(self._runs.active.configure_stopping(**changes))
