"""Overview on the wire: all that the page shows of all runs and of the active one, at one moment."""

from typing import TypedDict

from ..limits import check_flag
from ..runs.manager import TrainingRunManager
from .curves import CurveOptions, EpochCurve, LossCurve, epoch_curve, loss_curve
from .inspection import Confusion, GradientFlow, confusion_of, flow_of
from .state import State, state_of
from .summary import RunSummary, summary_of


class OverviewOptions(CurveOptions, total=False):
    """Options of an overview.

    Attributes
    ----------
    ids : runs whose curves are returned; all by default, and never one that does not exist
    flow, confusion, state : with the answers of `gradient_flow` and of the calls of these names, else None
    series : gradient flow with earlier steps
    """

    ids: list[str] | None
    flow: bool
    series: bool
    confusion: bool
    state: bool


class Overview(TypedDict):
    """Runs, curves and, if requested, inspections of the active run, at one moment."""

    runs: list[RunSummary]
    curves: list[LossCurve]
    epochs: list[EpochCurve]
    flow: GradientFlow | None
    confusion: Confusion | None
    state: State | None


def summaries(manager: TrainingRunManager) -> list[RunSummary]:
    """Return summaries of all runs, oldest first."""
    active = manager.active
    return [summary_of(run, active=run is active, twins=manager.twins_of(run)) for run in manager.runs]


def overview_of(
    manager: TrainingRunManager,
    *,
    ids: object = None,
    max_points: int = 2000,
    smoothing: float = 0.0,
    flow: bool = False,
    series: bool = False,
    confusion: bool = False,
    state: bool = False,
) -> Overview:
    """Return an overview; see `OverviewOptions`."""
    chosen, active = manager.choose(ids, strict=False), manager.active
    return Overview(
        runs=summaries(manager),
        curves=[loss_curve(run, max_points=max_points, smoothing=smoothing) for run in chosen],
        epochs=[epoch_curve(run, smoothing=smoothing) for run in chosen],
        flow=flow_of(active, series=check_flag("series", series)) if check_flag("flow", flow) else None,
        confusion=confusion_of(active) if check_flag("confusion", confusion) else None,
        state=state_of(active) if check_flag("state", state) else None,
    )
