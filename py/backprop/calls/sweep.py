"""Calls about sweeps."""

from ..sweep import plan
from ..wire.configs import PartialRunConfig
from ..wire.sweep import SweepPlan, Values
from .calls import Calls


class SweepCalls(Calls):
    """Sweeps."""

    def plan_sweep(self, *, base: PartialRunConfig | None = None, values: dict[str, Values], epochs: int) -> SweepPlan:
        """Return the runs of a sweep, one for each combination of `values`; create nothing.

        `values` holds the values of each setting: ``{"trainer.learning_rate": [0.1, 0.03], "model.seed": [0, 1]}``.
        The last setting varies fastest. Other settings are those of `base`, or defaults; each run ends after `epochs`.
        """
        return plan.plan_sweep(base, values, epochs)
