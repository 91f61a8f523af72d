"""The course on the wire: its exercises, checks of solutions, and what helps.

Modules of the course are imported when a call needs them: most visitors never open it.
"""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

from ..limits import MAX_SOLUTION, check_choice, check_integer, check_text

if TYPE_CHECKING:
    from ..exercises.exercise import Exercise
    from ..exercises.verdict import Tensor


class CourseEntry(TypedDict):
    """One exercise in the list of all; `used_by_network`: whether its solution can compute inside a network."""

    number: int
    name: str
    title: str
    used_by_network: bool


class Course(TypedDict):
    """The course.

    Attributes
    ----------
    cases : number of cases of the bug clinic
    steps : steps that the default run is trained for with all solutions
    """

    exercises: list[CourseEntry]
    cases: int
    steps: int


class AnswerLines(TypedDict):
    """Consecutive lines of a file of this package that answer an exercise, counted from 1, and their text."""

    file: str
    first: int
    last: int
    text: str


class Task(TypedDict):
    """One exercise.

    Attributes
    ----------
    name : name of the exercise, and of the learner's file without ``.py``
    statement : the task, as Markdown: paragraphs, indented formulas, and code between backticks
    question, options : the prediction before the first run
    stub : the file to begin with
    answers : lines of this package to hide while the exercise is open
    """

    number: int
    name: str
    title: str
    statement: str
    question: str
    options: list[str]
    stub: str
    answers: list[AnswerLines]


class Outcome(TypedDict):
    """The answer to a prediction: the index of the right option, and why it is right."""

    right: int
    why: str


class Hint(TypedDict):
    """One rung of help: "factor", "place", "lines" (shuffled lines of the answer) or "answer"."""

    rung: str
    text: str


class WrongNumber(TypedDict):
    """One wrong number: its position, and its value in the learner's array and in the right one."""

    position: list[int]
    yours: float
    right: float


class CheckedTensor(TypedDict):
    """The verdict on one array that a solution returned.

    Attributes
    ----------
    verdict : "right", "close" or "wrong"
    cells : the first wrong numbers
    skipped : numbers that were not compared, such as those at a kink
    shape : of the array; an empty list for a text
    differences : |yours − right|, row by row; NaN where nothing was compared
    """

    name: str
    verdict: str
    relative_error: float
    cells: list[WrongNumber]
    skipped: int
    shape: list[int]
    differences: NDArray[np.float64]


class SolutionReport(TypedDict):
    """The result of a check.

    Attributes
    ----------
    stage : the first stage that failed: "syntax", "exception", "time", "result", "forward", "gradient" or "edge"; or ""
    line : the line of the failure in the learner's file, or None
    case : description of the call that failed, or ""
    slip : sentence about a known mistake, if the results are exactly those of one
    """

    solved: bool
    stage: str
    message: str
    line: int | None
    case: str
    tensors: list[CheckedTensor]
    slip: str | None


class EditedFile(TypedDict):
    """A file of the mathematics in which solutions compute."""

    file: str
    text: str


def course() -> Course:
    """List the course."""
    from ..exercises.capstone import STEPS
    from ..exercises.clinic import BUGS
    from ..exercises.exercise import exercises
    from ..exercises.installation import INSTALLATIONS

    entries = [
        CourseEntry(number=each.number, name=each.name, title=each.title, used_by_network=each.name in INSTALLATIONS)
        for each in exercises()
    ]
    return Course(exercises=entries, cases=len(BUGS), steps=STEPS)


def task(number: int) -> Task:
    """Return one exercise, without its answer."""
    from ..exercises.answer_lines import answer_lines

    chosen = _exercise(number)
    prediction = chosen.prediction
    return Task(
        number=chosen.number,
        name=chosen.name,
        title=chosen.title,
        statement=chosen.statement,
        question=prediction.question,
        options=list(prediction.options),
        stub=chosen.text("stub.py"),
        answers=[
            AnswerLines(file=file, first=first, last=last, text=text)
            for file, first, last, text in answer_lines(chosen.name)
        ],
    )


def outcome(number: int) -> Outcome:
    """Return the answer to the prediction of an exercise."""
    prediction = _exercise(number).prediction
    return Outcome(right=prediction.right, why=prediction.why)


def hint(number: int, rung: str) -> Hint:
    """Return one rung of help."""
    from ..exercises.exercise import RUNGS

    chosen = check_choice("rung", rung, RUNGS)
    return Hint(rung=chosen, text=_exercise(number).hints[chosen])


def check(number: int, source: str) -> SolutionReport:
    """Check a solution, stage by stage up to the first that fails."""
    from ..exercises.runner import check_solution

    chosen = _exercise(number)
    report = check_solution(chosen, check_text("source", source, MAX_SOLUTION), f"{chosen.name}.py")
    return SolutionReport(
        solved=report["solved"],
        stage=report["stage"],
        message=report["message"],
        line=report["line"],
        case=report["case"],
        tensors=[_tensor(each) for each in report["tensors"]],
        slip=report["slip"],
    )


def with_solutions(solutions: dict[str, str]) -> list[EditedFile]:
    """Return the files of the mathematics in which solutions compute."""
    from ..exercises.installation import with_solutions as installed

    if not isinstance(solutions, dict) or not solutions:
        raise ValueError("solutions must be a dict of exercises and their solutions")
    sources = {
        name: check_text(f"solutions.{str(name)[:40]}", source, MAX_SOLUTION) for name, source in solutions.items()
    }
    return [EditedFile(file=file, text=text) for file, text in installed(sources).items()]


def _exercise(number: object) -> "Exercise":
    from ..exercises.exercise import NAMES, Exercise

    return Exercise(check_integer("number", number, 1, len(NAMES), reason="the number of exercises"))


def _tensor(tensor: "Tensor") -> CheckedTensor:
    differences = tensor["differences"]
    return CheckedTensor(
        name=tensor["name"],
        verdict=tensor["verdict"],
        relative_error=float(tensor["relative_error"]),
        cells=[WrongNumber(**cell) for cell in tensor["cells"]],
        skipped=tensor["skipped"],
        shape=list(differences.shape) if differences.size else [],
        differences=np.ascontiguousarray(differences, np.float64).ravel(),
    )
