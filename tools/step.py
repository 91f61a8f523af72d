"""What the person at the terminal reads: steps in words, and failures that say what to do."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


class StepError(Exception):
    """A step that cannot go on; the message says what failed, why, and what to do."""


def say(message: str) -> None:
    """Print one line at once, also where the output is a file or a pipe."""
    print(message, flush=True)


def megabytes(count: int) -> str:
    """Return a number of bytes as people read it: '2.9 MB'."""
    return f"{count / 1e6:.1f} MB"


def run(command: Sequence[str | Path], cwd: Path, advice: str, heading: str | None = None) -> None:
    """Run a command and let its output through; under a heading in one piece, for commands that run side by side.

    Raises
    ------
    StepError
        If the command is missing or ends with an error; the message holds the command and `advice`.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            check=False,
            stdout=subprocess.PIPE if heading else None,
            stderr=subprocess.STDOUT if heading else None,
            encoding="utf-8",
        )
    except FileNotFoundError as error:
        raise StepError(f"The command {words[0]} was not found.\n{advice}") from error
    if heading:
        say(f"\n{heading}\n{done.stdout}".rstrip())
    if done.returncode != 0:
        raise StepError(f"This command failed with exit code {done.returncode}:\n    {' '.join(words)}\n{advice}")


def run_node(script: Path, *arguments: str) -> str:
    """Run a script in Node.js, beside its packages, and return what it prints.

    Raises
    ------
    StepError
        If Node.js is missing or the script ends with an error; the message holds what the script said.
    """
    node = shutil.which("node")
    if node is None:
        raise StepError(
            "node was not found. Install Node.js 20 or newer (https://nodejs.org), then run the command again."
        )
    command = [node, str(script), *arguments]
    done = subprocess.run(command, cwd=script.parent.parent, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        words = " ".join(command)
        raise StepError(f"This command failed with exit code {done.returncode}:\n    {words}\n{done.stderr}")
    return done.stdout.strip()
