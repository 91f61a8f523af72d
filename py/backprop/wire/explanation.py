"""The explanation of a number on the wire."""

from ..explain import explanation
from ..explain.cell import explain
from ..loops.formulas import FORMULAS
from ..loops.installed import SIMD, after_steps
from ..runs.run import TrainingRun
from .state import AtStep, at_step


class Explanation(AtStep, explanation.Explanation):
    """Explanation of one number of the last pass.

    Attributes
    ----------
    compiled : functions among `code` that ran as one compiled loop, in all steps of the run
    """

    compiled: list[str]


def explain_cell(run: TrainingRun, tensor: str, row: int, col: int) -> Explanation:
    """Explain one number of a run's last pass."""
    explained = explain(run.last_pass(), tensor, row, col)
    names = {line["function"] for line in explained["code"]} & compiled_functions(run)
    return {**at_step(run), **explained, "compiled": sorted(names)}


def compiled_functions(run: TrainingRun) -> frozenset[str]:
    """Return the formulas that run as one compiled loop in this run: none in float64, or with the learner's code."""
    loops = after_steps(run.loops, has_steps=run.trainer.step > 0)
    is_ours = run.model.dtype == "float32" and not run.code.running
    return FORMULAS.names if loops == SIMD and is_ours else frozenset()
