"""The learner's code as a module: compile, run, call; every failure is a sentence with its line."""

import builtins
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import numpy as np

from .time_limit import TimeLimitError, time_limit

SECONDS = 1.0  # limit of one call of the learner's code
# Modules kept from the learner's code: it computes, and has no need of the page, the network or the machine. This
# prevents accidents; it is no protection against an attack, which finds a way around it.
KEPT_OUT = frozenset(
    {
        *("js", "pyodide", "pyodide_js", "_pyodide", "_pyodide_core", "micropip"),
        *("socket", "_socket", "ssl", "http", "urllib", "asyncio", "webbrowser"),
        *("ctypes", "_ctypes", "os", "posix", "subprocess", "multiprocessing", "threading", "signal", "shutil"),
        *("sys", "importlib", "runpy", "gc", "faulthandler", "numpy.ctypeslib"),
    }
)
# NumPy's words for an array with more bytes than an address can have.
TOO_BIG = re.compile(r"array is too big|[Mm]aximum allowed (dimension|size)")


class LearnerError(Exception):
    """A failure of the learner's code.

    Attributes
    ----------
    kind : "syntax", "exception", "result" if it returned what cannot be used, or "time" if the time limit stopped it
    message : one sentence
    line : line of the learner's file, from 1, or None if the failure has no line there
    file : the learner's file, or None if it is not known
    package : name of the copy of our package that failed, or ""
    """

    def __init__(self, kind: str, message: str, line: int | None = None, file: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.line = line
        self.file = file
        self.package = ""

    def __str__(self) -> str:
        """Return the sentence behind its place: ``model.py, line 82: …``."""
        place = f"{self.file}, line {self.line}" if self.file and self.line else self.file
        return f"{place}: {self.message}" if place else self.message


class LearnerCode:
    """The names that a file of the learner defines.

    Parameters
    ----------
    source : text of the file
    file : name of the file, for messages

    Attributes
    ----------
    names : name → object, after the file was run

    Raises
    ------
    LearnerError
        If the source has a syntax error, or running it raises an exception or exceeds the time limit.
    """

    def __init__(self, source: str, file: str) -> None:
        self._file = file
        self._code = compile_code(source, file)
        self.names: dict[str, Any] = {"__name__": "learner", "__builtins__": limited_builtins()}
        with self.running():
            exec(self._code, self.names)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of the learner's, under the time limit.

        Raises
        ------
        LearnerError
            If the call raises an exception or exceeds the time limit.
        """
        with self.running():
            return function(*arguments)

    @contextmanager
    def running(self, seconds: float = SECONDS) -> Iterator[None]:
        """Run the learner's code in this context: under a time limit, with every exception as a `LearnerError`."""
        try:
            with time_limit(seconds, self._code), np.errstate(all="ignore"):
                yield
        except TimeLimitError as error:
            raise LearnerError("time", stopped_after(seconds), line_of(error, self._file)) from error
        except (Exception, SystemExit, GeneratorExit) as error:
            raise LearnerError("exception", describe(error), line_of(error, self._file)) from error


def compile_code(source: str, file: str) -> CodeType:
    """Compile a file of the learner's.

    Raises
    ------
    LearnerError
        With Python's own message and line, if the source has a syntax error.
    """
    try:
        return compile(source, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise LearnerError("syntax", f"Syntax error: {error.msg}.", error.lineno) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise LearnerError("syntax", f"Python cannot compile this file: {error}.", None) from error


def line_of(error: BaseException, file: str) -> int | None:
    """Return the innermost line of a file in an exception's traceback; of endless recursion the line that repeats."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if isinstance(error, RecursionError):
        return max(lines, key=lines.count, default=None)
    return lines[-1] if lines else None


def describe(error: BaseException) -> str:
    """Return an exception as one sentence."""
    if isinstance(error, MemoryError) or (isinstance(error, ValueError) and TOO_BIG.search(str(error))):
        return "This line asks for more memory than there is."
    if isinstance(error, RecursionError):
        return "A function calls itself without end (RecursionError)."
    if isinstance(error, ValueError) and "read-only" in str(error):
        return "This line changes an array that was given to the function. Make a copy of it first."
    if isinstance(error, SystemExit):
        return "The code ends the program (SystemExit). Return a value instead."
    text = str(error).strip().rstrip(".")
    return f"{type(error).__name__}: {text}." if text else f"{type(error).__name__}."


def stopped_after(seconds: float) -> str:
    """Return the sentence about a loop that the time limit has stopped."""
    return f"Stopped after {seconds:g} s: does the loop in this line end?"


def limited_builtins() -> dict[str, Any]:
    """Return Python's built-in names, with an import that refuses the modules of `KEPT_OUT`."""

    def import_module(name: str, *arguments: Any, **options: Any) -> Any:
        if name in KEPT_OUT or name.partition(".")[0] in KEPT_OUT:
            raise ImportError(f"{name} cannot be imported here: this code computes with NumPy and Python only")
        return builtins.__import__(name, *arguments, **options)

    return {**vars(builtins), "__import__": import_module}
