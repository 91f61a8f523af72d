"""A time limit for loops and recursion in the learner's Python code, for as long as it runs once.

Only the learner's own code objects are watched, so the package and NumPy run at full speed. A loop inside C, such as
``sum(iter(int, 1))``, is not stopped.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

from .code_events import CodeEvents

EVENTS = 256  # between two looks at the clock
TOOL = 4  # of sys.monitoring


class TimeLimitError(BaseException):
    """The learner's code ran longer than the limit. No ``except Exception`` catches it."""


@contextmanager
def time_limit(seconds: float, code: CodeType) -> Iterator[None]:
    """Raise `TimeLimitError` inside the learner's code if it still runs after some seconds.

    Parameters
    ----------
    seconds : limit, in seconds
    code : compiled module of the learner; the functions, classes and comprehensions in it are watched too
    """
    deadline = time.perf_counter() + seconds
    count = 0

    def look(*_: object) -> None:
        nonlocal count
        count += 1
        if count % EVENTS == 0 and time.perf_counter() > deadline:
            raise TimeLimitError

    events = CodeEvents(TOOL, look)
    events.add(code)
    try:
        with events.traced():
            yield
    finally:
        events.remove(code)
