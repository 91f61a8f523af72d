"""Versions of the learner's code: loaded, tried, and put in place of ours in a run."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import ParamSpec, Protocol, TypeVar, cast
from weakref import WeakSet

from ..learner.code import LearnerError
from ..learner.package import ORIGINAL, explained, load_package, unload_package
from ..learner.time_limit import TimeLimitError
from ..learner.watch import limited
from ..training.saved_pass import restore_pass, save_pass
from .contract import check_contract
from .own_code import Sources, hash_of
from .record import to_record
from .run import TrainingRun

P = ParamSpec("P")
T = TypeVar("T")

OURS = __package__.partition(".")[0]
USERS: "WeakSet[_Runs]" = WeakSet()  # all that hold runs, since these share the loaded versions
PREFIX = "mine_"  # a copy's name begins with it
HASH = 16  # digits of a version's hash in its name
# Modules of a copy that are imported with it: those that compute with a run, or make one.
MODULES = ("runs.record", "runs.code_check", "runs.prediction", "wire.inspection")


class _Runs(Protocol):
    @property
    def runs(self) -> list[TrainingRun]: ...


def package_of(run: TrainingRun) -> str:
    """Return the name of the package whose code a run is: ours, or a copy with the learner's edits."""
    return type(run).__module__.partition(".")[0]


def own(run: TrainingRun, function: Callable[P, T]) -> Callable[P, T]:
    """Return the function of the same name in the package whose code a run is."""
    package = package_of(run)
    if package == OURS:
        return function
    module = importlib.import_module(function.__module__.replace(OURS, package, 1))
    return cast("Callable[P, T]", getattr(module, function.__name__))


def with_version(run: TrainingRun, sources: Sources) -> TrainingRun:
    """Return a run that continues another one with a version of the learner's code, or with ours.

    Weights, optimizer state, samples, order, step and history are the same, to the last bit. The code is tried first:
    a pass and an update that change nothing.

    Parameters
    ----------
    sources : file → text of the edited files; {} for our code

    Raises
    ------
    LearnerError
        If the code cannot be loaded or does not compute what a run needs.
    """
    name = f"{PREFIX}{hash_of(sources)[:HASH]}" if sources else OURS
    if name not in sys.modules:
        load_package(name, sources, modules=MODULES)
    with running(values=True):
        if sources:
            check_contract(run, importlib.import_module(f"{name}.runs.config").RunConfig)
        read = importlib.import_module(f"{name}.runs.record").from_record
        other: TrainingRun = read(to_record(run, code=False))
    other.watch, other.code = run.watch, run.code.copy()
    other.code.running, other.code.waiting, other.code.error = dict(sources), {}, None
    return other


@contextmanager
def running(*, values: bool = False) -> Iterator[None]:
    """Hold the time limit of the learner's code in this context; its failures become `LearnerError`.

    With `values`, a value that is refused is a failure of the code too: nobody else has given any.
    """
    try:
        with limited():
            yield
    except (Exception, SystemExit, GeneratorExit, TimeLimitError) as error:
        failure = explained(error) or _in_a_copy(error, values)
        if failure is None or failure is error:
            raise
        raise failure from error


def _in_a_copy(error: BaseException, values: bool) -> LearnerError | None:
    """Return a failure in our part of a copy, which its edits have caused."""
    frames, trace = [], error.__traceback__
    while trace:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    if not isinstance(error, Exception) or (isinstance(error, ValueError) and not values):
        return None
    package = str(frames[-1].f_globals.get("__name__", "")).partition(".")[0] if frames else ""
    if not package.startswith(PREFIX):
        return None
    where = frames[-1].f_code.co_filename.removeprefix(f"{ORIGINAL}/")
    text = str(error).rstrip(".")
    message = f"What the code returned cannot be used in {where}: {type(error).__name__}: {text}."
    failure = LearnerError("result", message)
    failure.package = package
    return failure


def revived(run: TrainingRun) -> TrainingRun:
    """Return a restored run with its version in force; if that fails, the run, whose version waits with the error."""
    try:
        return with_version(run, run.code.waiting) if run.code.waiting else run
    except LearnerError as error:
        run.code.error = error
        return run


def show_last_pass(run: TrainingRun) -> None:
    """Compute the last pass again after a failure in the next one has overwritten a part of it, if that is possible."""
    with suppress(LearnerError, ValueError), running():
        restore_pass(run.trainer, save_pass(run.trainer, run.updated))


def forget_unused() -> None:
    """Unload the versions that no run uses."""
    used = {package_of(run) for user in USERS for run in user.runs}
    for name in [name for name in sys.modules if name.startswith(PREFIX) and "." not in name and name not in used]:
        unload_package(name)
