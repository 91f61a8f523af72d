"""``python -m backprop exercise``: list the course, print a task, check a solution."""

import argparse
from pathlib import Path
from typing import Any

from ..exercises.capstone import STEPS, train_with
from ..exercises.exercise import NAMES, RUNGS, Exercise, exercises
from ..exercises.installation import INSTALLATIONS
from ..exercises.runner import Report, check_solution
from ..exercises.verdict import Tensor
from ..files.progress_file import MAX_BYTES, read_progress
from ..limits import check_integer
from .output import Result
from .progress_table import table_of
from .text_files import read_text
from .typed import read_whole

MAX_SOLUTION = 100_000  # bytes


def exercise(options: dict[str, Any]) -> Result:
    """Write backpropagation yourself: list the exercises, print one, or check your file."""
    if options["train"] is not None:
        return _train(options["train"])
    if options["progress"]:
        return table_of({file: read_progress(read_text(file, MAX_BYTES)) for file in options["progress"]})
    if options["number"] is None:
        return _course()
    number = check_integer("number", options["number"], 1, len(NAMES), reason="the number of exercises")
    return _about(Exercise(number), options)


def _about(chosen: Exercise, options: dict[str, Any]) -> Result:
    """Print a task, its stub or help, the answer to its prediction, or the check of a solution."""
    if options["stub"]:
        return Result({"stub": chosen.text("stub.py")}, [chosen.text("stub.py").rstrip()])
    if options["hint"] is not None:
        rung = RUNGS[check_integer("hint", options["hint"], 1, len(RUNGS)) - 1]
        return Result({"hint": rung, "text": chosen.hints[rung]}, [chosen.hints[rung].rstrip()])
    if options["predict"] is not None:
        return _outcome(chosen, options["predict"])
    if options["file"] is None:
        return _task(chosen)
    report = check_solution(chosen, read_text(options["file"], MAX_SOLUTION), options["file"])
    return Result(_plain(report), _lines(chosen, report), 0 if report["solved"] else 1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("number", type=read_whole, nargs="?", help=f"1 to {len(NAMES)}; without it, list all exercises")
    parser.add_argument("file", nargs="?", help="your solution; without it, print the task")
    parser.add_argument("--stub", action="store_true", help="print the file to begin with")
    parser.add_argument("--train", metavar="FOLDER", help="train the default run with the right solutions in a folder")
    parser.add_argument("--progress", nargs="+", metavar="FILE", help="print a table of progress files from the page")
    parser.add_argument("--predict", type=read_whole, metavar="N", help="choose an option of the prediction, from 1")
    parser.add_argument("--hint", type=read_whole, metavar="N", help="1 factor, 2 place, 3 lines, 4 answer")


def _course() -> Result:
    course = exercises()
    data = {"exercises": [{"number": each.number, "name": each.name, "title": each.title} for each in course]}
    lines = [f"{each.number:>2}  {each.title}" for each in course]
    return Result(data, [*lines, "", "Print a task: backprop exercise 1. Check a solution: backprop exercise 1 FILE."])


def _task(chosen: Exercise) -> Result:
    begin = f"Begin with: backprop exercise {chosen.number} --stub > {chosen.name}.py"
    asked = chosen.prediction
    data = {
        "number": chosen.number,
        "title": chosen.title,
        "statement": chosen.statement,
        "question": asked.question,
        "options": list(asked.options),
    }
    options = [f"  {n}  {option}" for n, option in enumerate(asked.options, 1)]
    first = f"Predict first: {asked.question}"
    answer = f"Your prediction: backprop exercise {chosen.number} --predict 1"
    lines = [f"{chosen.number}. {chosen.title}", "", chosen.statement, "", first, *options, "", answer, begin]
    return Result(data, lines)


def _outcome(chosen: Exercise, option: int) -> Result:
    """Say whether a prediction is right, and why."""
    asked = chosen.prediction
    index = check_integer("predict", option, 1, len(asked.options), reason="the number of options") - 1
    right = index == asked.right
    words = "Right." if right else f"It is: {asked.options[asked.right]}."
    return Result({"right": right, "option": asked.right + 1, "why": asked.why}, [f"{words} {asked.why}"])


def _train(folder: str) -> Result:
    """Train with the solutions of a folder, files such as bias_gradient.py, if all of them are right."""
    paths = {name: Path(folder) / f"{name}.py" for name in INSTALLATIONS}
    sources = {name: read_text(str(path), MAX_SOLUTION) for name, path in paths.items() if path.exists()}
    if not sources:
        raise ValueError(f"{folder} must contain solutions, such as {NAMES[0]}.py")
    for name, source in sources.items():
        chosen = Exercise(NAMES.index(name) + 1)
        report = check_solution(chosen, source, str(paths[name]))
        if not report["solved"]:
            return Result(_plain(report), _lines(chosen, report), 1)
    result = train_with(sources)
    verdict = "equal" if result.is_right else f"relative difference {abs(result.yours / result.ours - 1):.1e}"
    lines = [
        f"The default run, trained by your {', '.join(sources)}:",
        f"loss at step {STEPS}: {result.yours:.12g}, by this package {result.ours:.12g}: {verdict}",
    ]
    data = {"solutions": list(sources), **result._asdict(), "right": result.is_right}
    return Result(data, lines, 0 if result.is_right else 1)


def _plain(report: Report) -> dict[str, Any]:
    """Return a report without the difference of each cell."""
    tensors = [{name: value for name, value in tensor.items() if name != "differences"} for tensor in report["tensors"]]
    return {**report, "tensors": tensors}


def _lines(chosen: Exercise, report: Report) -> list[str]:
    if report["solved"]:
        return [f"{chosen.title}: right. {report['message']}"]
    place = f", line {report['line']}" if report["line"] else ""
    case = f" ({report['case']})" if report["case"] else ""
    lines = [f"{chosen.title}{place}{case}: {report['message']}"]
    lines += [line for tensor in report["tensors"] if tensor["cells"] for line in _cells(tensor)]
    return [*lines, report["slip"]] if report["slip"] else lines


def _cells(tensor: Tensor) -> list[str]:
    return [
        f"  {tensor['name']}{cell['position']}: yours {cell['yours']:.6g}, right {cell['right']:.6g}"
        for cell in tensor["cells"]
    ]
