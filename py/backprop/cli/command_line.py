"""The command line, ``python -m backprop``: train, gradcheck, inspect, explain, exercise and sweep.

Results go to stdout, progress and errors to stderr. The exit code is 0; 1 if a gradient or a solution is wrong, or a
run of a sweep failed; 2 if an option is invalid or a file cannot be read or written; 130 after Ctrl-C; 141 if the
reader of a pipe, such as ``head``, closed it.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .. import __version__
from ..learner.code import LearnerError
from .exercise import add_arguments as exercise_arguments
from .exercise import exercise
from .explain import explain
from .gradcheck import gradcheck
from .inspect import inspect
from .options import add_fields
from .output import BROKEN_PIPE, Result, abandon_streams, prepare_streams, print_result
from .sweep import add_arguments as sweep_arguments
from .sweep import sweep
from .train import train
from .typed import read_whole

NUMBERS = "Numbers may have a decimal comma and be percentages: 0.2, 0,2 and 20% are the same. Flags: true or false."
JSON_HELP = "print the result as one JSON document"
INVALID = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    prepare_streams()
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        abandon_streams()
        return BROKEN_PIPE
    except OSError as error:
        sys.stderr.write(f"backprop: the output cannot be written: {error.strerror}\n")
        abandon_streams()
        return INVALID
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    options = vars(_parser().parse_args(arguments))
    command: Callable[[dict[str, Any]], Result] = options.pop("command")
    try:
        result = command(options)
    except (ValueError, LearnerError) as error:
        sys.stderr.write(f"backprop: {error}\n")
        return INVALID
    except MemoryError:
        sys.stderr.write("backprop: there is not enough memory for this run\n")
        return INVALID
    print_result(result, as_json=options["json"])
    return result.code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Exit with a one-sentence message, without the usage text."""
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="backprop", description="Backpropagation in plain NumPy.")
    parser.add_argument("--version", action="version", version=f"backprop {__version__}")
    commands = parser.add_subparsers(required=True, metavar="train | gradcheck | inspect | explain | exercise | sweep")
    for command in (train, gradcheck, inspect, explain):
        text = (command.__doc__ or "").splitlines()[0]
        usage = f"backprop {command.__name__} [options]" + (" tensor row col" if command is explain else "")
        sub = commands.add_parser(command.__name__, help=text, description=text, epilog=NUMBERS, usage=usage)
        sub.set_defaults(command=command)
        sub.add_argument("--json", action="store_true", help=JSON_HELP)
        _add_own(sub, command.__name__)
        add_fields(sub)
    for command, add_arguments in ((exercise, exercise_arguments), (sweep, sweep_arguments)):
        text = (command.__doc__ or "").splitlines()[0]
        sub = commands.add_parser(command.__name__, help=text, description=text)
        sub.set_defaults(command=command)
        sub.add_argument("--json", action="store_true", help=JSON_HELP)
        add_arguments(sub)
    return parser


def _add_own(parser: argparse.ArgumentParser, command: str) -> None:
    """Add the arguments that only one command has."""
    if command == "train":
        parser.add_argument("--epochs", type=read_whole, default=100, help="passes over the data (default 100)")
        parser.add_argument("--save", metavar="FILE", help="save the run to a file (.safetensors) at the end")
        parser.add_argument("--resume", metavar="FILE", help="resume the run in a file for --epochs more epochs")
    if command == "inspect":
        parser.add_argument("--count", type=read_whole, default=10, help="samples to print (default 10)")
    if command == "explain":
        parser.add_argument("tensor", help="name, such as layers/1/grad_weights, layers/0/activations or inputs")
        parser.add_argument("row", type=read_whole, help="from 0; always 0 for biases")
        parser.add_argument("col", type=read_whole, help="from 0")
        parser.add_argument("--epochs", type=read_whole, default=0, help="epochs to train before (default 0)")
        parser.add_argument("--terms", type=read_whole, default=20, help="maximum number of terms (default 20)")
