"""A table of progress files: one row for each learner of a class, one column for each task."""

from collections.abc import Mapping

from ..exercises.clinic import BUGS
from ..exercises.exercise import NAMES
from ..exercises.progress import Progress, TaskProgress
from ..files.progress_file import CAPSTONE
from .output import Result

CLINIC = [f"clinic_{number}" for number in range(1, len(BUGS) + 1)]
LEGEND = (
    "Number: attempts until it was right; with *, after help. - opened, not solved. . not opened. "
    "T: the capstone. Clinic: cases mended."
)


def table_of(files: Mapping[str, Progress]) -> Result:
    """Return the progress of a class, by learner and task, as data and as a table."""
    learners = [{"file": file, **progress} for file, progress in files.items()]
    rows = [_row(file, progress) for file, progress in files.items()]
    width = max(len("learner"), *(len(row[0]) for row in rows))
    heads = [str(number) for number in range(1, len(NAMES) + 1)]
    head = _line(["learner", *heads, "T", "solved", "clinic"], width)
    return Result({"learners": learners}, [head, *(_line(row, width) for row in rows), "", LEGEND])


def _row(file: str, progress: Progress) -> list[str]:
    tasks = progress["tasks"]
    cells = [_cell(tasks.get(name)) for name in (*NAMES, CAPSTONE)]
    solved, mended = (sum(_is_solved(tasks.get(name)) for name in names) for names in (NAMES, CLINIC))
    return [_printable(progress["name"]) or file, *cells, f"{solved}/{len(NAMES)}", f"{mended}/{len(CLINIC)}"]


def _is_solved(task: TaskProgress | None) -> bool:
    return task is not None and task["solved"] is not None


def _cell(task: TaskProgress | None) -> str:
    if task is None:
        return "."
    if not _is_solved(task):
        return "-"
    return f"{task['attempts_to_solve'] or task['attempts']}{'*' if task['help'] else ''}"


def _line(cells: list[str], width: int) -> str:
    name, *rest = cells
    return f"{name:<{width}}  {' '.join(f'{cell:>3}' for cell in rest[:-2])}  {rest[-2]:>6} {rest[-1]:>6}"


def _printable(name: str) -> str:
    """Return a name without control characters, which could move the cursor of a terminal."""
    return "".join(character for character in name if character.isprintable())
