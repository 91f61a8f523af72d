"""Check a solution of an exercise, stage by stage, and recognize known slips.

The page and the command line use this one function, `check_solution`.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from ..learner.code import LearnerCode, LearnerError
from .case import EDGE, FORWARD, GRADIENT, Case
from .exercise import Exercise
from .recognition import recognize
from .values import are_same, arrays_of, copied
from .verdict import CLOSE, RIGHT, Tensor, compare

SUBJECTS = {FORWARD: "result", GRADIENT: "gradient", EDGE: "result"}


class Report(TypedDict):
    """The result of a check.

    `stage` is the first stage that failed, or "" if the solution is right; `line` the line of the learner's file, if
    the failure has one; `slip` the sentence about a known mistake, if the results are exactly those of one.
    """

    solved: bool
    stage: str
    message: str
    line: int | None
    case: str
    tensors: list[Tensor]
    slip: str | None


class _StageError(Exception):
    """A stage failed; the arguments are its name, the message and the verdicts."""

    def __init__(self, stage: str, message: str, tensors: Sequence[Tensor] = (), line: int | None = None) -> None:
        super().__init__(message)
        self.stage, self.message, self.tensors, self.line = stage, message, list(tensors), line


def check_solution(exercise: Exercise, source: str, file: str = "solution.py") -> Report:
    """Check a solution.

    Parameters
    ----------
    exercise : Exercise
    source : text of the learner's file
    file : its name, for messages

    Returns
    -------
    Report, about the first stage that fails: syntax, exception, form of the result, forward numbers, gradients, edge
    cases
    """
    try:
        code = LearnerCode(source, file)
        missing = [name for name in exercise.functions if not callable(code.names.get(name))]
        if missing:
            return _report("exception", f"The file does not define {' and '.join(missing)}.")
    except LearnerError as error:
        return _report(error.kind, error.message, error.line)
    tensors: list[Tensor] = []
    for case in exercise.cases:
        try:
            tensors = _check_case(exercise, code, case)
        except _StageError as failed:
            # An endless loop is not run once more for each case.
            slip = None if failed.stage == "time" else recognize(exercise, code)
            return _report(
                failed.stage, failed.message, failed.line, case=case.title, tensors=failed.tensors, slip=slip
            )
    counts = f"All {len(exercise.cases)} cases agree"
    skipped = sum(tensor["skipped"] for tensor in tensors)
    return _report("", f"{counts}; {skipped} numbers at a kink were left out." if skipped else f"{counts}.")


def _check_case(exercise: Exercise, code: LearnerCode, case: Case) -> list[Tensor]:
    """Check one case and return its verdicts, or raise `_StageError`."""
    arguments = copied(case.arguments)
    try:
        with code.running():
            result = exercise.call(code.names, case, arguments)
    except LearnerError as error:
        raise _StageError(error.kind, error.message, line=error.line) from error
    if not are_same(arrays_of(arguments), arrays_of(case.arguments), tolerance=0):
        raise _StageError("result", "Your code changes its arguments. Make new arrays: another step needs these.")
    values = _checked(result, case)
    tensors = [compare(name, value, case) for name, value in values.items()]
    wrong = [tensor for tensor in tensors if tensor["verdict"] != RIGHT]
    if wrong:
        raise _StageError(case.kind, _say_wrong(wrong[0], case), tensors)
    with code.running():
        again = exercise.call(code.names, case, copied(case.arguments))
    if not are_same(arrays_of(_checked(again, case).values()), arrays_of(values.values()), tolerance=0):
        raise _StageError("result", "The same arguments give another result the second time.")
    return tensors


def _say_wrong(tensor: Tensor, case: Case) -> str:
    name, subject = tensor["name"], SUBJECTS[case.kind]
    if tensor["verdict"] == CLOSE:
        return (
            f"{name} is close, but not equal: relative error {tensor['relative_error']:.1e}. "
            f"Rounding explains no more than {case.tolerance:.0e}, so one term of the {subject} is missing or wrong."
        )
    return f"{name} is wrong: relative error {tensor['relative_error']:.1e}."


def _checked(result: Any, case: Case) -> dict[str, Any]:
    """Return name → value of the results, or raise `_StageError` if type, shape or dtype is not the expected one."""
    names = list(case.expected)
    values = (result,) if len(names) == 1 else result
    if not isinstance(values, tuple | list) or len(values) != len(names):
        raise _StageError("result", f"The function must return {' and '.join(names)}, in this order.")
    for name, value in zip(names, values, strict=True):
        _check_form(name, value, case.expected[name])
    return dict(zip(names, values, strict=True))


def _check_form(name: str, value: Any, expected: Any) -> None:
    if isinstance(expected, str):
        if not isinstance(value, str):
            raise _StageError("result", f"{name} must be a text, got {type(value).__name__}.")
        return
    if value is None:
        raise _StageError("result", f"{name} is None: the function returns nothing. Does it end with `return`?")
    if not isinstance(value, np.ndarray):
        raise _StageError("result", f"{name} must be a NumPy array, got {type(value).__name__}.")
    if value.shape != expected.shape:
        raise _StageError("result", f"{name} must have shape {expected.shape}, got {value.shape}.")
    if value.dtype != expected.dtype:
        raise _StageError("result", f"{name} must have dtype {expected.dtype}, got {value.dtype}.")
    if not np.isfinite(value).all() and np.isfinite(expected).all():
        where = [int(i) for i in np.argwhere(~np.isfinite(value))[0]]
        raise _StageError("result", f"{name} has numbers that are not finite, the first at {where}.")


def _report(
    stage: str,
    message: str,
    line: int | None = None,
    *,
    case: str = "",
    tensors: Sequence[Tensor] = (),
    slip: str | None = None,
) -> Report:
    return Report(
        solved=not stage, stage=stage, message=message, line=line, case=case, tensors=list(tensors), slip=slip
    )
