"""Export of a run's losses as CSV."""

import csv
import io
import re

from ..runs.run import TrainingRun

# Units of the losses.
UNITS = {"cross_entropy": "nats", "mse": "squared error"}


def history_csv(run: TrainingRun) -> str:
    """Return losses and batch accuracies as CSV: a header with units, then one line per kept point.

    A point is one step or, in long runs, several: then min, mean and max of their losses differ, and the accuracy (0 to
    1) is their mean. The column "unit" is "nats", "squared error", or both if the loss changed within the point. All
    texts are quoted.
    """
    curve = run.history.curve(len(run.history) + 3)
    name, first, losses = _cell(run.name), 1, ("min loss", "mean loss", "max loss")
    unit = " or ".join(UNITS[loss_type] for loss_type in run.loss_types(1, max(1, len(run.history))))
    names = ["step", "epoch", "time [s]", *(f"{loss} [{unit}]" for loss in losses), "batch accuracy"]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["run id", "run", *names, "unit"])
    for step, *values in zip(curve.step.astype(int).tolist(), *(column.tolist() for column in curve[1:]), strict=True):
        units = " and ".join(UNITS[loss_type] for loss_type in run.loss_types(first, step))
        writer.writerow([run.id, name, step, *values, units])
        first = step + 1
    return file.getvalue()


# Characters that start a formula, including full-width, small, superscript and subscript forms.
_SIGNS = r"=+\-@＝﹦⁼₌⩴⩵⩶＋﹢⁺₊－﹣⁻₋＠﹫"
# A cell may also start within the text: readers that separate by ";" ignore the quotes after a ",".
_FORMULA = re.compile(rf"(^|[,;|])(?=[^\w,;|]*[{_SIGNS}])|^(?=[\t\r])")


def _cell(text: str) -> str:
    """Prefix everything that a spreadsheet could read as a formula with an apostrophe, for any separator."""
    return _FORMULA.sub(r"\1'", text)
