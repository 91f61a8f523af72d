"""One exercise as a folder of files: statement, stub, answer, checks, known slips and hints."""

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from .case import Case

FOLDER = Path(__file__).parent
# The order of the course: from one sum to the whole network, then the optimizer, then the check itself.
NAMES = (
    "bias_gradient",
    "weight_gradient",
    "input_gradient",
    "layer",
    "relu",
    "sigmoid_and_tanh",
    "gelu",
    "softmax",
    "cross_entropy",
    "mean_squared_error",
    "embedding",
    "network",
    "optimizer",
    "gradient_check",
)
RUNGS = ("factor", "place", "lines", "answer")


class Slip(NamedTuple):
    """A known mistake: a wrong function, and the sentence that its author needs."""

    name: str
    function: str
    code: Callable[..., Any]
    message: str


class Prediction(NamedTuple):
    """A question to answer before the first run.

    `right` is the index of the right option in `options`; `why` explains it.
    """

    question: str
    options: Sequence[str]
    right: int
    why: str


class Exercise:
    """An exercise of the course.

    Parameters
    ----------
    number : 1 to 14

    Attributes
    ----------
    name : name of its folder
    title : first heading of its statement
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.name = NAMES[number - 1]
        self.title = self._sections("statement.md")[0][0]

    def text(self, file: str) -> str:
        """Return a file of the folder: ``stub.py`` or ``answer.py``, for example."""
        return (FOLDER / self.name / file).read_text("utf-8")

    @property
    def statement(self) -> str:
        """The task, as Markdown."""
        return self._sections("statement.md")[0][1]

    @property
    def prediction(self) -> Prediction:
        """The question before the first run."""
        (_, text) = next(section for section in self._sections("statement.md") if section[0] == "Predict first")
        options = re.findall(r"^- \[([ x])\] (.+)$", text, re.MULTILINE)
        return Prediction(
            text.split("\n- [", 1)[0].strip(),
            [option for _, option in options],
            [mark for mark, _ in options].index("x"),
            re.split(r"^- \[[ x]\] .+$", text, flags=re.MULTILINE)[-1].strip(),
        )

    @property
    def hints(self) -> dict[str, str]:
        """Each rung of help by its name in `RUNGS`: the factor, the place, shuffled lines, the answer."""
        first = dict(self._sections("hints.md"))
        answer = self.text("answer.py")
        return {
            "factor": first["Factor"],
            "place": first["Place"],
            "lines": "\n".join(shuffled(body_lines(answer))),
            "answer": answer,
        }

    @cached_property
    def cases(self) -> list[Case]:
        """The calls that check a solution, in the order of their stages."""
        found: list[Case] = self._module("check").cases()
        return found

    @property
    def functions(self) -> tuple[str, ...]:
        """The names that a solution defines."""
        return tuple(dict.fromkeys(case.function for case in self.cases))

    def call(self, names: Mapping[str, Any], case: Case, arguments: Sequence[Any]) -> Any:
        """Call the solution's function with the arguments of a case, as the exercise prescribes."""
        call = getattr(self._module("check"), "call", None)
        return call(names[case.function], *arguments) if call else names[case.function](*arguments)

    @cached_property
    def slips(self) -> list[Slip]:
        """The known mistakes."""
        module = self._module("slips")
        replaced: Mapping[str, str] = getattr(module, "REPLACES", {})
        return [
            Slip(name, replaced.get(name, self.functions[0]), code, " ".join((code.__doc__ or "").split()))
            for name, code in vars(module).items()
            if callable(code) and getattr(code, "__module__", "") == module.__name__ and not name.startswith("_")
        ]

    def _module(self, name: str) -> ModuleType:
        return importlib.import_module(f"{__package__}.{self.name}.{name}")

    def _sections(self, file: str) -> list[tuple[str, str]]:
        """Return heading and text of each section of a Markdown file."""
        parts = re.split(r"^#+ (.+)$", self.text(file), flags=re.MULTILINE)
        return [(heading.strip(), text.strip()) for heading, text in zip(parts[1::2], parts[2::2], strict=True)]


def body_lines(source: str) -> list[str]:
    """Return the lines of a solution that a learner writes: no imports, comments, docstrings or blank lines."""
    without = re.sub(r'"""[\s\S]*?"""', "", source)
    lines = [line for line in without.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [line for line in lines if not line.startswith(("import ", "from ", "def ", "class "))]


def shuffled(lines: Sequence[str]) -> list[str]:
    """Return the lines without their indentation, in alphabetical order: it tells nothing of the right one."""
    return sorted(line.strip() for line in lines)


def exercises() -> list[Exercise]:
    """Return the course, in its order."""
    return [Exercise(number) for number in range(1, len(NAMES) + 1)]
