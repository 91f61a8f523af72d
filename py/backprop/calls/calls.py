"""The ground of all calls: the runs that they are about."""

from ..runs.manager import TrainingRunManager


class Calls:
    """Calls on the runs of one page.

    Each public method is one call of the page and of `window.backprop`; its answer is plain data: numbers, strings,
    lists, dicts and flat NumPy arrays. A refused value raises `ValueError` with one sentence and changes nothing. The
    docstring of a class of calls is their heading in docs/scripting.md.
    """

    _runs: TrainingRunManager
