"""The command line without a process of its own: what it prints, and its exit code."""

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from subprocess import CompletedProcess

from backprop.cli.command_line import main


def run(*arguments: object) -> CompletedProcess[str]:
    """Run one command in this process, with streams that are no terminal."""
    words, out, err = [str(argument) for argument in arguments], StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as end:  # of the parser: help, version, invalid options
            code = int(end.code or 0)
    return CompletedProcess(words, code, out.getvalue(), err.getvalue())
