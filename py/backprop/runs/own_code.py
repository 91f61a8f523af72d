"""The learner's code of a run: drafts, the version that trains it, and since which steps."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..fields import Fields, check_dict
from ..gradcheck import RIGHT, WRONG
from ..learner.code import LearnerError
from ..learner.package import EDITABLE, ORIGINAL
from ..limits import LIMITS, check_choice

OURS, MINE = "ours", "mine"
UNCHECKED = "unchecked"
TOO_SMALL = "too small"
VERDICTS = (UNCHECKED, RIGHT, WRONG, TOO_SMALL)
MAX_SPANS = 200  # per run; the oldest are dropped

WAITING = (
    "This run is trained by code that has not been run here. Read it in Code and press Run there, or revert it "
    "and press Run to train with our code."
)

# Control characters, and halves of surrogate pairs: Python refuses them, or no file can hold them.
REFUSED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")

Sources = dict[str, str]


class Span(NamedTuple):
    """Steps after `step`, up to the next span: the code that made them, and the verdict on its gradients."""

    step: int
    by: str
    verdict: str


class OwnCode:
    """The learner's code of a run.

    Attributes
    ----------
    drafts : file → text as edited, of the files that were edited; never executed by itself
    running : file → text of the version that trains the run; empty if our code does
    waiting : file → text of the version that came with a file or a link; it has not been executed here
    spans : changes of the code that trains the run, oldest first; before the first one it was ours
    error : the last failure of the code, or None
    """

    def __init__(self) -> None:
        self.drafts: Sources = {}
        self.running: Sources = {}
        self.waiting: Sources = {}
        self.spans: list[Span] = []
        self.error: LearnerError | None = None

    @property
    def is_used(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.drafts or self.running or self.waiting or self.spans)

    def copy(self) -> "OwnCode":
        """Return a copy."""
        copy = OwnCode()
        copy.drafts, copy.running, copy.waiting = dict(self.drafts), dict(self.running), dict(self.waiting)
        copy.spans, copy.error = list(self.spans), self.error
        return copy

    def edit(self, file: object, text: object) -> None:
        """Keep a draft of a file; None, or our own text, is no draft."""
        name = check_file(file)
        if text is None or check_text(name, text) == original(name):
            self.drafts.pop(name, None)
        else:
            self.drafts[name] = str(text)

    def begin_span(self, step: int) -> None:
        """Note that the present version trains the run from the next step on."""
        by = MINE if self.running else OURS
        before = [span for span in self.spans if span.step < step]
        last = before[-1] if before else Span(0, OURS, UNCHECKED)
        self.spans = [*before, *([] if last.by == by == OURS else [Span(step, by, UNCHECKED)])][-MAX_SPANS:]

    def check_runs(self) -> None:
        """Raise LearnerError if a version waits: neither it nor our code in its place may train the run."""
        if self.waiting:
            raise LearnerError("waiting", WAITING)

    def revert(self, file: object = None) -> None:
        """Remove the draft of a file, or of all."""
        if file is None:
            self.drafts = {}
        else:
            self.drafts.pop(check_file(file), None)

    def note_verdicts(self, verdicts: Iterable[str]) -> None:
        """Note the verdicts on all gradients of the present version. What was wrong at one point stays wrong."""
        found = set(verdicts)
        verdict = next((each for each in (WRONG, RIGHT) if each in found), TOO_SMALL)
        if self.running and self.spans and self.spans[-1].verdict != WRONG:
            self.spans[-1] = self.spans[-1]._replace(verdict=verdict)

    def restart(self) -> None:
        """Note that the run begins at step 0 again."""
        self.spans, self.error = [], None
        self.begin_span(0)

    def wrong_steps(self, steps: int) -> list[tuple[int, int]]:
        """Return first and last step of each stretch that code with wrong gradients has trained."""
        ends = [*(span.step for span in self.spans[1:]), steps]
        pairs = zip(self.spans, ends, strict=False)
        return [(span.step + 1, end) for span, end in pairs if span.verdict == WRONG and end > span.step]

    def to_state(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "drafts": _stems(self.drafts),
            "version": _stems(self.running or self.waiting),
            "spans": [list(span) for span in self.spans],
        }

    @classmethod
    def from_state(cls, value: object, steps: int) -> "OwnCode":
        """Read what `to_state` returned, in a run of `steps` steps. The version waits: nothing is executed."""
        state, code = Fields("code", value, ("drafts", "version", "spans")), cls()
        code.drafts = _read_sources("code.drafts", state["drafts"])
        code.waiting = _read_sources("code.version", state["version"])
        if not isinstance(state["spans"], list) or len(state["spans"]) > MAX_SPANS:
            raise ValueError(f"code.spans must be a list of at most {MAX_SPANS}")
        for item in state["spans"]:
            code.spans.append(_read_span(item, code.spans[-1].step if code.spans else -1, steps))
        return code


def original(file: str) -> str:
    """Return our text of a file that can be edited."""
    return (ORIGINAL / file).read_text("utf-8")


def hash_of(sources: Mapping[str, str]) -> str:
    """Return the SHA-256 of a version, which names it; "" for ours."""
    text = "".join(f"{file}\0{sources[file]}\0" for file in sorted(sources))
    return hashlib.sha256(text.encode()).hexdigest() if sources else ""


def check_hashes(values: object) -> list[str]:
    """Return a list of hashes of versions, or raise ValueError."""
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise ValueError("trusted must be a list of versions, as `code` and `run_code` answer them")
    return list(values)


def check_file(file: object) -> str:
    """Return a file's name if it can be edited, else raise ValueError."""
    return check_choice("file", file, EDITABLE)


def check_text(name: str, text: object) -> str:
    """Return a text of code, or raise ValueError."""
    most = int(LIMITS["code_characters"][1])
    if not isinstance(text, str):
        raise ValueError(f"text must be the text of {name}, got {type(text).__name__}")
    if len(text) > most:
        raise ValueError(f"text must have at most {most:,} characters, got {len(text):,}")
    if REFUSED.search(text):
        raise ValueError(f"text must be Unicode text without control characters: see {name}")
    return text


def _stems(sources: Mapping[str, str]) -> Sources:
    return {file.removesuffix(".py"): text for file, text in sources.items()}


def _read_sources(name: str, value: object) -> Sources:
    sources = {f"{stem}.py": text for stem, text in check_dict(name, value).items()}
    for file, text in sources.items():
        if file not in EDITABLE:
            raise ValueError(f"{name} must be of files that can be edited, got {file[:40]!r}")
        try:
            check_text(file, text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return sources


def _read_span(item: object, after: int, steps: int) -> Span:
    if not isinstance(item, list) or len(item) != 3:
        raise ValueError("code.spans must be lists of step, by and verdict")
    span = Fields("code.spans", dict(zip(Span._fields, item, strict=True)), Span._fields)
    return Span(
        span.integer("step", after + 1, steps, "steps done, in order"),
        span.choice("by", (OURS, MINE)),
        span.choice("verdict", VERDICTS),
    )
