"""The learner's code on the wire: its files, the version in force, and the verdicts on its gradients."""

from collections.abc import Iterable
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..gradcheck import TOO_SMALL, Cell
from ..learner.code import LearnerError
from ..learner.package import EDITABLE
from ..runs.code_check import CodeVerdict
from ..runs.code_difference import Parting, TensorGap
from ..runs.own_code import OwnCode, hash_of, original
from ..runs.run import TrainingRun
from ..tensors import gradient_name
from .state import AtStep, at_step

TrainedBy = Literal["ours", "mine", "waiting"]
Verdict = Literal["right", "wrong", "too_small"]


class CodeFile(TypedDict):
    """A file of the mathematics.

    Attributes
    ----------
    ours : our text, as it runs
    mine : the draft, or None without one
    running : text of the version in force, or of the one that waits, if it is not ours
    """

    file: str
    ours: str
    mine: str | None
    running: str | None


class CodeError(TypedDict):
    """The last failure of the learner's code.

    Attributes
    ----------
    kind : "syntax", "exception", "result" (it returned what cannot be used) or "time" (it was stopped)
    message : one sentence, without its place
    line : from 1
    """

    kind: str
    message: str
    file: str | None
    line: int | None


class RunCode(TypedDict):
    """The code of a run.

    Attributes
    ----------
    trained_by : "waiting": a version came with a file or a link and has not been run here; until it is, no step is made
    edited : whether the drafts differ from the version in force
    version : SHA-256 of the version in force, or of the one that waits; "" for ours
    """

    run_id: str
    files: list[CodeFile]
    trained_by: TrainedBy
    edited: bool
    version: str
    error: CodeError | None


class CodeSummary(TypedDict):
    """The code of a run in brief.

    Attributes
    ----------
    edited : whether the drafts differ from the version in force
    wrong : first and last step of each stretch that was trained with wrong gradients
    """

    trained_by: TrainedBy
    edited: bool
    wrong: list[list[int]]


class CheckedCell(TypedDict):
    """One number of a gradient: by the learner's code, and by differences of the loss."""

    index: list[int]
    mine: float
    numeric: float


class TensorVerdict(TypedDict):
    """The verdict on one gradient, over all points.

    Attributes
    ----------
    tensor : name of the gradient, as in a frame
    verdict : "wrong" if it is wrong at some point; "too_small": it cannot be checked by differences
    relative_error : ‖mine - numeric‖ / (‖mine‖ + ‖numeric‖) at the point that decided
    worst : the number with the largest difference there
    cells : numbers that were compared, at all points together
    left_out : reason → numbers that were not compared
    where : the point that decided
    """

    tensor: str
    verdict: Verdict
    relative_error: float
    worst: CheckedCell | None
    cells: int
    left_out: dict[str, int]
    where: str


class CodeCheck(AtStep):
    """The gradient check of the code that trains a run, in float64."""

    verdicts: list[TensorVerdict]


class Difference(AtStep):
    """|mine - numeric| of one gradient, row by row; NaN where nothing was compared."""

    tensor: str
    shape: list[int]
    data: NDArray[np.float64]


class TensorPair(TypedDict):
    """The difference of a tensor between two runs: ‖a - b‖ / max(‖a‖, ‖b‖)."""

    tensor: str
    difference: float


class Comparison(TypedDict):
    """Two runs with the same start.

    Attributes
    ----------
    parted_after : updates after which their losses differ for the first time, or None
    exact : whether that number is exact; otherwise it is at most that, since the history holds means over several steps
    steps : updates that both have made
    tensors : parameters and gradients as they are now; empty if the runs are at different steps
    """

    parted_after: int | None
    exact: bool
    steps: int
    tensors: list[TensorPair]


def code_of(run: TrainingRun) -> RunCode:
    """Return the code of a run."""
    code = run.code
    version = code.running or code.waiting
    files = [
        CodeFile(file=file, ours=original(file), mine=code.drafts.get(file), running=version.get(file))
        for file in EDITABLE
    ]
    return RunCode(
        run_id=run.id,
        files=files,
        trained_by=trained_by(code),
        edited=code.drafts != version,
        version=hash_of(version),
        error=error_of(code.error) if code.error else None,
    )


def trained_by(code: OwnCode) -> TrainedBy:
    """Return whose code trains a run."""
    return "mine" if code.running else "waiting" if code.waiting else "ours"


def code_summary(run: TrainingRun) -> CodeSummary:
    """Return the code of a run in brief."""
    code = run.code
    return CodeSummary(
        trained_by=trained_by(code),
        edited=code.drafts != (code.running or code.waiting),
        wrong=[list(steps) for steps in code.wrong_steps(run.trainer.step)],
    )


def error_of(error: LearnerError) -> CodeError:
    """Return a failure."""
    return CodeError(kind=error.kind, message=error.message, file=error.file, line=error.line)


def check_of(run: TrainingRun, verdicts: Iterable[CodeVerdict]) -> CodeCheck:
    """Return the verdicts on the code of a run."""
    return CodeCheck(**at_step(run), verdicts=[_verdict_of(each) for each in verdicts])


def difference_of(run: TrainingRun, tensor: str, differences: Array) -> Difference:
    """Return a matrix of differences."""
    return Difference(
        **at_step(run), tensor=tensor, shape=list(differences.shape), data=differences.astype(np.float64).ravel()
    )


def comparison_of(parting: Parting, gaps: Iterable[TensorGap]) -> Comparison:
    """Return the difference between two runs."""
    return Comparison(
        parted_after=parting.after,
        exact=parting.exact,
        steps=parting.steps,
        tensors=[TensorPair(tensor=each.name, difference=each.difference) for each in gaps],
    )


def _verdict_of(found: CodeVerdict) -> TensorVerdict:
    verdict: Verdict = "too_small" if found.verdict == TOO_SMALL else "wrong" if found.verdict == "wrong" else "right"
    return TensorVerdict(
        tensor=gradient_name(found.name),
        verdict=verdict,
        relative_error=found.relative_error,
        worst=found.worst and _cell_of(found.worst),
        cells=found.cells,
        left_out=found.left_out,
        where=found.where,
    )


def _cell_of(cell: Cell) -> CheckedCell:
    return CheckedCell(index=list(cell.position), mine=cell.gradient, numeric=cell.numeric)
