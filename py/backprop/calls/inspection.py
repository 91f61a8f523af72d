"""Calls that look at the numbers of a run and explain them; no weight changes."""

# ruff: noqa: A002  # `id` is the name on the wire

from collections.abc import Sequence
from typing import Unpack

from ..explain.source import SourceFile, read_file
from ..limits import check_flag
from ..runs.own_versions import own
from ..runs.prediction import Generation, Prediction, TextOptions, generate, predict
from ..wire import explanation, inspection
from ..wire.curves import CurveOptions, EpochCurve, LossCurve, RunLosses, epoch_curve, loss_curve, losses_of
from ..wire.inspection import LensOptions, SampleLens, lens_of
from ..wire.overview import Overview, OverviewOptions, overview_of
from .calls import Calls


class InspectionCalls(Calls):
    """Curves and inspections."""

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

    def explain_cell(self, *, tensor: str, row: int, col: int) -> explanation.Explanation:
        """Explain one number of the active run's last pass, with the config in force at that pass."""
        run = self._runs.active
        return own(run, explanation.explain_cell)(run, tensor, row, col)

    def phases(self) -> inspection.Phases:
        """Return the active run's last pass phase by phase: each computation, its formula, and the update's changes."""
        run = self._runs.active
        return own(run, inspection.phases_of)(run)

    def sample_lens(self, *, tensor: str, **options: Unpack[LensOptions]) -> SampleLens:
        """Split a parameter's gradient of the last pass by sample; measure the loss after updates without the muted."""
        run = self._runs.active
        return own(run, lens_of)(run, tensor, **options)

    def gradient_flow(self, *, id: str | None = None, series: bool = True) -> inspection.GradientFlow:
        """Return the gradient flow of run `id`, or of the active one: of its last pass, over steps if `series`."""
        run = self._runs.find(id)
        return own(run, inspection.flow_of)(run, series=check_flag("series", series))

    def distributions(self, *, tensor: str) -> inspection.Distributions:
        """Return the distribution of a tensor of the active run, now and at the steps since the first call about it."""
        return inspection.distributions_of(self._runs.active, tensor)

    def confusion(self) -> inspection.Confusion:
        """Return the confusion matrices of the active run, of the training and the held-out samples."""
        run = self._runs.active
        return own(run, inspection.confusion_of)(run)

    def predict(self, *, id: str | None = None, tokens: Sequence[str]) -> Prediction:
        """Return what the model of run `id`, or of the active one, predicts for typed tokens; nothing changes."""
        run = self._runs.find(id)
        return own(run, predict)(run, tokens)

    def generate(self, *, id: str | None = None, start: Sequence[str], **options: Unpack[TextOptions]) -> Generation:
        """Generate tokens with the model of run `id`, or of the active one, token by token; nothing changes."""
        run = self._runs.find(id)
        return own(run, generate)(run, start, **options)

    def source(self, *, file: str) -> SourceFile:
        """Return a file of this package, as it runs."""
        return read_file(file)
