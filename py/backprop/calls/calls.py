"""The ground of all calls: their runs, and the failures of the learner's code."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..learner.code import LearnerError
from ..runs.manager import TrainingRunManager
from ..runs.own_versions import running


class Calls:
    """Calls on the runs of one page.

    Each public method is one call of the page and of `window.backprop`; its answer is plain data: numbers, strings,
    lists, dicts and flat NumPy arrays. A refused value raises `ValueError` with one sentence and changes nothing; a
    failure of the learner's code raises `LearnerError`, also with one sentence. The docstring of a class of calls is
    their heading in docs/scripting.md.
    """

    _runs: TrainingRunManager

    def __init_subclass__(cls) -> None:
        """Hold the time limit of the learner's code in each call."""
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if not name.startswith("_") and callable(method):
                setattr(cls, name, _limited(method))


def _limited(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: Calls, **params: Any) -> Any:
        try:
            with running():
                return method(self, **params)
        except LearnerError as error:
            self._runs.note_error(error)
            raise

    return call
