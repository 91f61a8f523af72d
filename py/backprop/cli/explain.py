"""``python -m backprop explain``: one number of a pass, term by term."""

from typing import Any

from ..explain.cell import explain as explain_cell
from ..explain.explanation import describe
from ..limits import check_integer
from ..runs.run import TrainingRun
from .options import config_of
from .output import Result
from .train import MAX_EPOCHS


def explain(options: dict[str, Any]) -> Result:
    """Explain one number of the next batch, after some training, term by term."""
    epochs = check_integer("epochs", options["epochs"], 0, MAX_EPOCHS)
    run = TrainingRun(config_of(options))
    for _ in range(epochs):
        run.train("epoch")
    run.preview()
    cell = options["tensor"], options["row"], options["col"]
    explanation = explain_cell(run.last_pass(), *cell, max_terms=options["terms"])
    return Result({**explanation}, describe(explanation).splitlines())
