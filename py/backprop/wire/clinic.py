"""The bug clinic and the end of the course on the wire."""

# ruff: noqa: PLC0415

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from ..limits import MAX_SOLUTION, check_choice, check_integer, check_text
from ..runs.run import TrainingRun
from .configs import PartialRunConfig
from .curves import losses_of

if TYPE_CHECKING:
    from ..exercises.clinic import Bug

HELP = ("tensors", "line", "answer")


class ClinicCase(TypedDict):
    """One case: a file of the mathematics with a mistake in it.

    Attributes
    ----------
    text : the broken file
    tensors : names of all parameters whose gradients can be wrong
    config : settings of a run to watch the case in; all others take their defaults
    """

    number: int
    file: str
    text: str
    tensors: list[str]
    config: PartialRunConfig


class Diagnosis(TypedDict):
    """Whether the learner named exactly the tensors whose gradients are wrong, and a line of the mistake."""

    tensors: bool
    line: bool


class CheckedGradient(TypedDict):
    """The verdict on the gradient of one tensor: "right", "wrong" or "too small to be checked"."""

    name: str
    verdict: str
    relative_error: float


class CaseReport(TypedDict):
    """The result of a check of a mended file.

    Attributes
    ----------
    mended : whether every gradient is right
    message : result or failure, in one sentence
    line : the line of a failure, or None
    why : how the mistake showed; "" before it is mended
    """

    mended: bool
    message: str
    line: int | None
    gradients: list[CheckedGradient]
    why: str


class ClinicHelp(TypedDict):
    """One kind of help: the wrong tensors, the line, or the lines of ours."""

    kind: str
    text: str


class CapstoneReport(TypedDict):
    """The loss of the default run at the last step of the course: trained by the learner's solutions, and by ours."""

    yours: float
    ours: float
    right: bool
    step: int


def clinic_case(number: int) -> ClinicCase:
    """Return a case, without its answer."""
    from ..exercises.diagnosis import run_config, tensors_of

    bug = _bug(number)
    return ClinicCase(
        number=number,
        file=bug.file,
        text=bug.patched()[bug.file],
        tensors=tensors_of(bug),
        config=run_config(bug),  # type: ignore[typeddict-item]
    )


def diagnose(number: int, tensors: Sequence[str], line: int) -> Diagnosis:
    """Compare what the learner names with the case."""
    from ..exercises.diagnosis import broken_lines, red_tensors

    bug = _bug(number)
    return Diagnosis(tensors=set(tensors) == red_tensors(bug), line=line in broken_lines(bug))


def check_case(number: int, source: str) -> CaseReport:
    """Check the gradients of a network that a mended file computes."""
    from ..exercises.diagnosis import check_case as checked
    from ..gradcheck import RIGHT
    from ..learner.code import LearnerError

    bug = _bug(number)
    try:
        verdicts = checked(bug, check_text("source", source, MAX_SOLUTION))
    except LearnerError as error:
        return CaseReport(mended=False, message=error.message, line=error.line, gradients=[], why="")
    wrong = [each.name for each in verdicts if each.verdict != RIGHT]
    count = f"{len(wrong)} of {len(verdicts)} gradients are wrong." if wrong else "Every gradient is right."
    gradients = [CheckedGradient(name=name, verdict=verdict, relative_error=error) for name, verdict, error in verdicts]
    return CaseReport(
        mended=not wrong,
        message=count,
        line=None,
        gradients=gradients,
        why="" if wrong else f"It was: {bug.name}. {bug.why}",
    )


def clinic_help(number: int, kind: str) -> ClinicHelp:
    """Return one kind of help with a case."""
    from ..exercises.diagnosis import broken_lines, red_tensors, tensors_of

    bug, chosen = _bug(number), check_choice("kind", kind, HELP)
    red = red_tensors(bug)
    lines = sorted(broken_lines(bug))
    texts = {
        "tensors": ", ".join(name for name in tensors_of(bug) if name in red),
        "line": f"Line {lines[0]} of {bug.file}"
        if len(lines) == 1
        else f"Lines {lines[0]} to {lines[-1]} of {bug.file}",
        "answer": bug.right.strip("\n"),
    }
    return ClinicHelp(kind=chosen, text=texts[chosen])


def capstone(run: TrainingRun) -> CapstoneReport:
    """Compare the loss of a run at the last step of the course with that of the same run, trained by this package.

    Raises
    ------
    ValueError
        If the run is not the default one in float64, or has not come to that step.
    """
    from ..exercises.capstone import CONFIG, STEPS, Capstone, loss_of
    from ..runs.config import RunConfig

    if run.config.to_dict() != RunConfig.from_dict(CONFIG).to_dict():  # the classes of a copy are others
        raise ValueError("id must be of a run in the default configuration with float64")
    if run.trainer.step < STEPS:
        raise ValueError(f"id must be of a run at step {STEPS} or later, got step {run.trainer.step}")
    yours = losses_of(run)["losses"][STEPS - 1]["loss"]
    result = Capstone(yours, loss_of(__package__.partition(".")[0]))
    return CapstoneReport(yours=result.yours, ours=result.ours, right=result.is_right, step=STEPS)


def _bug(number: object) -> "Bug":
    from ..exercises.clinic import BUGS

    return BUGS[check_integer("number", number, 1, len(BUGS), reason="the number of cases") - 1]
