"""Recognition of known slips: the results of a solution are exactly those of a wrong function."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..learner.code import LearnerCode, LearnerError
from .case import Case
from .exercise import Exercise
from .values import are_same, arrays_of, copied


def recognize(exercise: Exercise, code: LearnerCode) -> str | None:
    """Return the sentence about the known slip whose results are exactly the learner's, or None."""
    yours = [_outputs(exercise, code, case) for case in exercise.cases]
    for slip in exercise.slips:
        pairs = [
            (_slipped(exercise, slip.code, case), result)
            for case, result in zip(exercise.cases, yours, strict=True)
            if case.function == slip.function
        ]
        comparable = [(theirs, result) for theirs, result in pairs if theirs is not None]
        if comparable and all(are_same(theirs, result) for theirs, result in comparable):
            return slip.message
    return None


def _outputs(exercise: Exercise, code: LearnerCode, case: Case) -> Any:
    """Return the learner's results and changed arguments, or None if the call fails."""
    arguments = copied(case.arguments)
    try:
        with code.running():
            result = exercise.call(code.names, case, arguments)
    except LearnerError:
        return None
    return _results(result, case, arguments)


def _slipped(exercise: Exercise, function: Any, case: Case) -> Any:
    """Return the results of a slip, or None if its call fails."""
    arguments = copied(case.arguments)
    try:
        with np.errstate(all="ignore"):
            result = exercise.call({case.function: function}, case, arguments)
    except (ValueError, TypeError, IndexError, ArithmeticError):
        return None
    return _results(result, case, arguments)


def _results(result: Any, case: Case, arguments: Sequence[Any]) -> list[Any] | None:
    values = result if isinstance(result, tuple | list) and len(case.expected) > 1 else [result]
    changed = [] if are_same(arrays_of(arguments), arrays_of(case.arguments), tolerance=0) else arrays_of(arguments)
    return arrays_of([*values, *changed])
