"""The state of a training run: model, dataset, trainer, series and results under one name."""

import hashlib
from datetime import UTC, datetime
from functools import cached_property
from uuid import uuid4

import numpy as np

from ..activations import Array
from ..loops.installed import PLAIN
from ..monitor.flow import Flow
from ..monitor.histograms import Watch
from ..monitor.history import History
from ..training.epochs import Epochs
from ..training.stop import Stop, with_stop
from ..training.stopping import EarlyStopping, StoppingConfig
from ..training.trainer import Trainer
from .changes import SettingChange
from .config import RunConfig
from .measuring import Measuring
from .metrics import Best, Metrics
from .names import check_name
from .own_code import OwnCode
from .steps import Recorder

# Largest cost, in multiplications, of measuring a model after every single step: about 50 ms in a browser.
CHEAP_MEASUREMENT = 50_000_000


class RunState:
    """The state of a training run: model, dataset, trainer, series and results under one name.

    Parameters
    ----------
    config : RunConfig; default: `RunConfig.from_dict()`
    name : 1 to 100 characters
    run_id : unique id; default: a random one
    created : ISO 8601 in UTC; default: the current time

    Attributes
    ----------
    dataset, model, trainer : created from the config
    history : `History` of the losses and batch accuracies of all steps
    flow : `Flow`, gradient flow over the steps
    watch : `Watch`, earlier distributions of requested tensors
    epochs : `Epochs`, metrics at the end of each epoch
    initial_parameters : copy of the model's parameters before the first step
    best : `Best`, or None before the first complete epoch
    early_stopping : `EarlyStopping`, epochs without improvement of the monitored metric, and its best checkpoint
    stopped : `Stop`, the reason why training stopped automatically, or None
    stops : earlier `Stop`s after which the run was resumed
    metrics : `Metrics` as last measured, or None
    changes : `SettingChange`s during the run
    updated : whether the last pass was followed by an update
    archived : whether the run is archived; has no other effect
    twin_group : id shared with its twins, or None; see `twins`
    code : `OwnCode`, the learner's code, if any
    loops : loops of NumPy that made its steps: see `loops.installed`

    Notes
    -----
    The loss of a batch is measured before its update. So the mean training loss of an epoch belongs to the changing
    weights during the epoch, while `best` keeps the weights at its end, to which the held-out loss belongs.
    """

    trainer: Trainer
    _recorder: Recorder
    flow: Flow
    watch: Watch
    epochs: Epochs
    best: Best | None
    early_stopping: EarlyStopping
    stopped: Stop | None
    stops: list[Stop]
    metrics: Metrics | None
    changes: list[SettingChange]
    updated: bool
    comparable_from: int  # samples visited when the loss type last changed
    _measuring: Measuring

    def __init__(
        self,
        config: RunConfig | None = None,
        name: str = "Run 1",
        *,
        run_id: str | None = None,
        created: str | None = None,
    ) -> None:
        self.name = check_name(name)
        self.id: str = run_id or uuid4().hex
        self.created = created or now()
        config = config or RunConfig.from_dict()
        self.archived = False
        self.twin_group: str | None = None
        self.code = OwnCode()
        self._config = config
        self.dataset = config.make_dataset()
        self._dataset_state = self.dataset.get_state()
        self.model = config.make_model()
        self.initial_parameters = self.model.parameters.copy()
        self._begin()

    @property
    def config(self) -> RunConfig:
        """Current config, with all changes since the start of the run."""
        return self._config.with_trainer(self.trainer.config)

    @property
    def history(self) -> History:
        """Losses of all steps so far."""
        return self._recorder.history

    @property
    def stopping(self) -> StoppingConfig:
        """Stopping section of the current config."""
        return self._config.stopping

    @cached_property
    def first_weights(self) -> str:
        """Shape, dtype and SHA-256 of the initial parameters."""
        return f"{self.config.shape} {self.model.dtype} {hashlib.sha256(self.initial_parameters.data).hexdigest()}"

    def _begin(self) -> None:
        trainer = Trainer(self.model, self.dataset, self._config.trainer)
        recorder, flow, epochs = Recorder(len(self.dataset.train)), Flow(self.model, self.dataset.inputs), Epochs()
        # All memory is allocated by now, so that the reset is complete or does not happen.
        self.model.parameters[:] = self.initial_parameters
        self.trainer, self._recorder, self.flow, self.epochs = trainer, recorder, flow, epochs
        self.watch = Watch()
        self.changes = []
        self.best = None
        self.early_stopping = EarlyStopping()
        self.stopped = None
        self.stops = []
        self.metrics = None
        self.comparable_from = 0
        self._measuring = Measuring()
        self.updated = False
        self.loops = PLAIN
        self.preview()

    def preview(self) -> None:
        """Compute the pass of the next batch without an update."""
        self.trainer.train_batch(update=False)
        self.updated = False

    @property
    def all_stops(self) -> list[Stop]:
        """All automatic stops, oldest first (at most `MAX_STOPS`)."""
        return with_stop(self.stops, self.stopped)

    @property
    def best_value(self) -> float | None:
        """Monitored metric of the best epoch, or None."""
        return None if self.best is None else float(getattr(self.best.metrics, self.stopping.monitor))

    @property
    def is_cheap(self) -> bool:
        """Whether measuring all samples causes no noticeable delay."""
        return len(self.dataset) * self.model.parameters.size <= CHEAP_MEASUREMENT

    def _set_parameters(self, parameters: Array) -> None:
        if not np.array_equal(parameters, self.model.parameters):
            self.history.break_after(self.trainer.step)
        self.metrics = None
        self.trainer.set_parameters(parameters)
        self.preview()


def now() -> str:
    """Return the current time in UTC, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
