"""The session: all runs of one page, and every call on them.

Each public method of `Session` is one call of the page and of `window.backprop`; its answer is plain data: numbers,
strings, lists, dicts and flat NumPy arrays. The page's types (web/api.d.ts) and docs/scripting.md are generated from
the signatures here. A refused value raises `ValueError` with one sentence and changes nothing.
"""

# ruff: noqa: A002  # `id` is the name on the wire

from collections.abc import Sequence
from typing import Unpack

from .data.sample import Sample
from .explain.source import SourceFile, read_file
from .files import exports
from .files.exports import Buffer, SavedHistory
from .limits import check_flag
from .runs.manager import TrainingRunManager
from .runs.prediction import ChosenSample, Generation, Prediction, TextOptions, generate, predict, run_single
from .wire import configs, data, inspection, settings
from .wire.configs import PartialRunConfig
from .wire.curves import CurveOptions, EpochCurve, LossCurve, RunLosses, epoch_curve, loss_curve, losses_of
from .wire.inspection import LensOptions, SampleLens, lens_of
from .wire.overview import Overview, OverviewOptions, overview_of, summaries
from .wire.self_test import SelfTest, check_model
from .wire.slices import Frame, Slice, SliceOptions, advance
from .wire.state import State, state_after, state_of
from .wire.summary import Summaries


class Session:
    """All runs of one page, beginning with "Run 1" in the default configuration."""

    def __init__(self) -> None:
        self._runs = TrainingRunManager()
        self._runs.create()

    # Training

    def state(self) -> State:
        """Return the whole state of the active run, with every tensor."""
        return state_of(self._runs.active)

    def run_single(self, *, update: bool = True, **chosen: Unpack[ChosenSample]) -> State:
        """Train on the next sample; with ``update=False`` only pass it, or another one, through the network.

        The other one is sample `sample`, or the typed input `tokens`, with a `target` unless a sample has these tokens.
        """
        run_single(self._runs.active, check_flag("update", update), **chosen)
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

    # The runs

    def runs(self) -> Summaries:
        """Return summaries of all runs, oldest first."""
        return summaries(self._runs)

    def create_run(self, *, name: str | None = None, config: PartialRunConfig | None = None) -> Summaries:
        """Create a run and activate it; settings that `config` leaves out take their defaults."""
        self._runs.create(name, self._runs.plan(config))
        return self.runs()

    def activate_run(self, *, id: str) -> Summaries:
        """Make run `id` the active one."""
        self._runs.activate(id)
        return self.runs()

    def reset_run(self, *, id: str) -> Summaries:
        """Reset run `id` to its exact initial state."""
        self._runs.reset(id)
        return self.runs()

    def restore_best(self, *, id: str) -> Summaries:
        """Restore the best weights of run `id`. Its step and history stay: training continues from there."""
        self._runs.restore_best(id)
        return self.runs()

    def restore_first(self, *, id: str) -> Summaries:
        """Restore the initial weights of run `id` only: unlike with a reset, its step and history stay."""
        self._runs.restore_first(id)
        return self.runs()

    def rename_run(self, *, id: str, name: str) -> Summaries:
        """Rename run `id`; a name that is taken gets a number, as in "name (2)"."""
        self._runs.rename(id, name)
        return self.runs()

    def delete_run(self, *, id: str) -> Summaries:
        """Delete run `id`; the last run cannot be deleted. The neighbour of a deleted active run becomes active."""
        self._runs.delete(id)
        return self.runs()

    def duplicate_run(self, *, id: str) -> Summaries:
        """Copy run `id` with its weights and history, under a name of its own."""
        self._runs.duplicate(id)
        return self.runs()

    def twin_run(self, *, id: str, changes: configs.Changes) -> Summaries:
        """Create a twin of run `id`: the same initial weights, samples and shuffling order, with one other setting."""
        self._runs.twin(id, changes)
        return self.runs()

    def archive_run(self, *, id: str, archived: bool) -> Summaries:
        """Archive run `id`, or unarchive it. Nothing else changes."""
        self._runs.get(id).archived = check_flag("archived", archived)
        return self.runs()

    # Curves and inspections

    def run_losses(self) -> list[RunLosses]:
        """Return the loss history of every run, each point the mean over the steps it stands for."""
        return [losses_of(run) for run in self._runs.runs]

    def loss_curves(self, *, ids: Sequence[str] | None = None, **options: Unpack[CurveOptions]) -> list[LossCurve]:
        """Return loss histories for drawing, of all runs or of `ids`."""
        return [loss_curve(run, **options) for run in self._runs.choose(ids)]

    def epoch_metrics(self, *, ids: Sequence[str] | None = None, smoothing: float = 0.0) -> list[EpochCurve]:
        """Return metrics at the end of epochs, of all runs or of `ids`, smoothed as in `loss_curves`."""
        return [epoch_curve(run, smoothing=smoothing) for run in self._runs.choose(ids)]

    def overview(self, **options: Unpack[OverviewOptions]) -> Overview:
        """Return what the page shows of all runs and of the active one, at one moment."""
        return overview_of(self._runs, **options)

    def explain_cell(self, *, tensor: str, row: int, col: int) -> inspection.Explanation:
        """Explain one number of the active run's last pass, with the config in force at that pass."""
        return inspection.explain_cell(self._runs.active, tensor, row, col)

    def phases(self) -> inspection.Phases:
        """Return the active run's last pass phase by phase: each computation, its formula, and the update's changes."""
        return inspection.phases_of(self._runs.active)

    def sample_lens(self, *, tensor: str, **options: Unpack[LensOptions]) -> SampleLens:
        """Split a parameter's gradient of the last pass by sample; measure the loss after updates without the muted."""
        return lens_of(self._runs.active, tensor, **options)

    def gradient_flow(self, *, id: str | None = None, series: bool = True) -> inspection.GradientFlow:
        """Return the gradient flow of run `id`, or of the active one: of its last pass, over steps if `series`."""
        return inspection.flow_of(self._runs.find(id), series=check_flag("series", series))

    def distributions(self, *, tensor: str) -> inspection.Distributions:
        """Return the distribution of a tensor of the active run, now and at the steps since the first call about it."""
        return inspection.distributions_of(self._runs.active, tensor)

    def confusion(self) -> inspection.Confusion:
        """Return the confusion matrices of the active run, of the training and the held-out samples."""
        return inspection.confusion_of(self._runs.active)

    def predict(self, *, id: str | None = None, tokens: Sequence[str]) -> Prediction:
        """Return what the model of run `id`, or of the active one, predicts for typed tokens; nothing changes."""
        return predict(self._runs.find(id), tokens)

    def generate(self, *, id: str | None = None, start: Sequence[str], **options: Unpack[TextOptions]) -> Generation:
        """Generate tokens with the model of run `id`, or of the active one, token by token; nothing changes."""
        return generate(self._runs.find(id), start, **options)

    def source(self, *, file: str) -> SourceFile:
        """Return a file of this package, as it runs."""
        return read_file(file)

    # Data and configs

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

    # Runs as files

    def export_run(self, *, id: str, history: bool = True) -> exports.RunFile:
        """Return run `id` as a run file; without the long part of its history, a checkpoint for `restore_run`."""
        return exports.run_file(self._runs.get(id), history=check_flag("history", history))

    def import_run(self, *, bytes: Buffer, activate: bool = False) -> Summaries:
        """Add the run of a run file. It replaces nothing: an id or a name that is taken is changed."""
        self._runs.import_record(exports.read_checkpoint(bytes), check_flag("activate", activate))
        return self.runs()

    def checkpoint(self, *, id: str, generation: int = 0, start: int = 0) -> exports.Checkpoint:
        """Return a checkpoint of run `id` and the rows of its history from `start` on, both of one moment."""
        return exports.checkpoint(self._runs.get(id), generation=generation, start=start)

    def restore_run(self, *, bytes: Buffer, history: SavedHistory | None = None, activate: bool = False) -> Summaries:
        """Restore a checkpoint and the saved rows of its history; it replaces the run of its id, if there is one."""
        self._runs.restore_record(exports.read_checkpoint(bytes, history), check_flag("activate", activate))
        return self.runs()

    def export_pytorch(self, *, id: str) -> exports.TextFile:
        """Return run `id` as a Python script that rebuilds its model in PyTorch and checks its logits."""
        return exports.pytorch_file(self._runs.get(id))

    def history_csv(self, *, id: str) -> exports.TextFile:
        """Return the losses of run `id` as a table."""
        return exports.csv_file(self._runs.get(id))
