"""A case of the bug clinic: diagnose it, mend it, and check the mended file tensor by tensor."""

import importlib
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from ..gradcheck import RIGHT, WRONG, GradientCheck, check_gradients
from ..learner.code import LearnerError, describe
from ..learner.package import ORIGINAL, explained, load_package, unload_package
from ..learner.time_limit import TimeLimitError
from ..learner.watch import limited
from ..randomness import seeded_generator
from .clinic import BIASES, TABLE, WEIGHTS, Bug

COPY = "clinic"  # name of the package's copy with the learner's file
BATCHES = (10, 7)
VOCABULARY, POSITIONS, CLASSES, DIM = 3, 3, 3, 2
HIDDEN = (4, 4)  # two square layers in a row: a missing transpose fits


class Verdict(NamedTuple):
    """The verdict on the gradient of one tensor, over all batches: RIGHT, WRONG or "too small to be checked"."""

    name: str
    verdict: str
    relative_error: float


def has_embedding(bug: Bug) -> bool:
    """Whether the networks of a case have an embedding: only where it is affected."""
    return TABLE in bug.red


def run_config(bug: Bug) -> dict[str, dict[str, Any]]:
    """Return the config of a run to watch the case in."""
    return {"dataset": {"encoding": "embedding"}} if has_embedding(bug) else {}


def tensors_of(bug: Bug) -> list[str]:
    """Return the names of all parameters of a case's networks, first layer first."""
    layers = [f"layers/{k}/{kind}" for k in range(len(HIDDEN) + 1) for kind in (WEIGHTS, BIASES)]
    return [TABLE, *layers] if has_embedding(bug) else layers


def red_tensors(bug: Bug) -> set[str]:
    """Return the names of those parameters whose gradients are wrong."""
    return bug.red_tensors(len(HIDDEN) + 1, has_embedding=has_embedding(bug))


def broken_lines(bug: Bug) -> set[int]:
    """Return the lines of the broken file that differ from ours, from 1; of a deleted line both neighbours."""
    right = (ORIGINAL / bug.file).read_text("utf-8").splitlines()
    wrong = bug.patched()[bug.file].splitlines()
    found: set[int] = set()
    for tag, _, _, first, last in SequenceMatcher(None, right, wrong, autojunk=False).get_opcodes():
        if tag != "equal":
            found |= set(range(first + 1, last + 1)) or {first, first + 1}
    return found


def check_case(bug: Bug, source: str) -> list[Verdict]:
    """Check every gradient of a small network that the learner's version of the broken file computes.

    Raises
    ------
    LearnerError
        If the file cannot be compiled or imported, or its code raises an exception or exceeds the time limit.
    """
    load_package(COPY, {bug.file: source})
    found: dict[str, list[GradientCheck]] = {}
    try:
        with limited():
            for count in BATCHES:
                for check in _checks(count, with_embedding=has_embedding(bug)):
                    found.setdefault(check.name, []).append(check)
    except (Exception, SystemExit, TimeLimitError) as error:
        raise explained(error) or LearnerError("exception", describe(error)) from error
    finally:
        unload_package(COPY)
    return [_verdict(name, checks) for name, checks in found.items() if name != "inputs"]


def _verdict(name: str, checks: list[GradientCheck]) -> Verdict:
    worst = max(checks, key=lambda check: (check.verdict == WRONG, check.verdict != RIGHT, check.relative_error))
    return Verdict(name, worst.verdict, worst.relative_error)


def _checks(count: int, *, with_embedding: bool) -> list[GradientCheck]:
    """Check a network after a pass with other samples, so that what was kept of them shows."""
    model_of = importlib.import_module(f"{COPY}.model").Model
    loss = importlib.import_module(f"{COPY}.losses").cross_entropy
    options = {"vocabulary_size": VOCABULARY, "embedding_dim": DIM} if with_embedding else {}
    model = model_of(POSITIONS * DIM, HIDDEN, CLASSES, dtype="float64", **options)
    generator = seeded_generator(1)
    model.parameters[:] = generator.uniform(-1.5, 1.5, model.parameters.size)

    def draw() -> Any:
        if with_embedding:
            return generator.integers(VOCABULARY, size=(count, POSITIONS))
        return generator.uniform(-2, 2, (count, POSITIONS * DIM))

    model.forward(draw())
    return check_gradients(model, draw(), generator.integers(CLASSES, size=count), loss)
