"""Calls about samples, configs and settings."""

from ..data.sample import Sample
from ..wire import configs, data, settings
from ..wire.configs import PartialRunConfig
from ..wire.loops import LoopsState, choose_loops
from ..wire.self_test import SelfTest, check_model
from .calls import Calls


class DataCalls(Calls):
    """Data and configs."""

    def dataset(self) -> data.DatasetView:
        """Describe the data: master sequences, names of rows and columns, and the best possible loss and accuracy."""
        return data.view_of(self._runs.active.dataset)

    def inspect_samples(self, *, start: int = 0, count: int = 20) -> list[Sample]:
        """Return up to `count` samples of the active run from index `start` on, readable, each with its origin."""
        return data.samples_of(self._runs.active.dataset, start=start, count=count)

    def plan_run(self, *, config: PartialRunConfig | None = None) -> configs.Plan:
        """Validate a config and return its derived sizes; create nothing."""
        return configs.plan_of(self._runs.plan(config))

    def presets(self) -> list[configs.Preset]:
        """Return configs to start from, each with what it demonstrates."""
        return configs.presets()

    def limits(self) -> dict[str, list[float]]:
        """Return every limit: name → lowest and highest value."""
        return configs.limits()

    def schema(self) -> settings.Schema:
        """Return every setting of a config: its names, its default, and the words of its field in a form."""
        return settings.schema()

    def self_test(self) -> SelfTest:
        """Check every gradient of a small model against central differences."""
        return check_model()

    def loops(self, *, simd: bool | None = None) -> LoopsState:
        """Choose the loops that NumPy runs from now on, if there is a choice; return those in force."""
        return choose_loops(simd)
