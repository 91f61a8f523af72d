"""Progress files: text only; an invalid field is named in the refusal."""

import json
from typing import Any

import pytest

from backprop.files.progress_file import HELP, MAX_BYTES, TASKS, read_progress
from backprop.limits import MAX_SOLUTION

TIME = "2026-01-31T12:00:00Z"
TASK: dict[str, Any] = {
    "started": TIME,
    "solved": "2026-01-31T12:10:00.500Z",
    "attempts": 3,
    "attempts_to_solve": 2,
    "predicted": 1,
    "help": {"factor": TIME, "answer": TIME},
    "source": "raise SystemExit",
    "solution": "",
}


def text_of(task: dict[str, Any] | None = None, **changes: Any) -> str:
    tasks = {"bias_gradient": {**TASK, **(task or {})}}
    return json.dumps({"format": "backprop-progress", "version": 1, "name": "Ada", "tasks": tasks, **changes})


def test_it_is_read_and_nothing_of_it_is_executed() -> None:
    assert read_progress(text_of()) == {"name": "Ada", "tasks": {"bias_gradient": TASK}}
    assert read_progress(text_of().encode()) == read_progress(text_of())


def test_there_are_thirty_tasks_fifteen_of_them_before_the_clinic() -> None:
    assert len(TASKS) == 14 + 1 + 14
    assert TASKS[14] == "capstone"
    everything = {name: {**TASK, "help": dict.fromkeys(HELP, TIME)} for name in TASKS}
    assert list(read_progress(text_of(tasks=everything))["tasks"]) == list(TASKS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "progress must be"),
        ("{", "progress must be JSON"),
        ('{"format": "backprop-run"}', "its format is not backprop-progress"),
        (text_of(version=2), "version must be between 1 and 1"),
        (text_of(name=1), "name must be a text of at most 100 characters"),
        (text_of(name="a" * 101), "name must be a text of at most 100 characters"),
        (text_of(more=1), "progress.more is unknown"),
        (text_of(tasks={"clinic_15": TASK}), "tasks.clinic_15 is unknown"),
        (text_of(tasks={"gelu": []}), "tasks.gelu must be"),
        (text_of({"attempts": -1}), "tasks.bias_gradient.attempts must be"),
        (text_of({"attempts_to_solve": 0}), "tasks.bias_gradient.attempts_to_solve must be"),
        (text_of({"predicted": "b"}), "tasks.bias_gradient.predicted must be"),
        (text_of({"solved": "yesterday"}), "tasks.bias_gradient.solved must be a time in UTC"),
        (text_of({"started": 5}), "tasks.bias_gradient.started must be a time in UTC"),
        (text_of({"help": {"bribe": TIME}}), "tasks.bias_gradient.help.bribe is unknown"),
        (text_of({"help": {"place": None}}), "tasks.bias_gradient.help.place must be a time in UTC"),
        (text_of({"source": 1}), "tasks.bias_gradient.source must be a text"),
        (text_of({"source": "a" * (MAX_SOLUTION + 1)}), "tasks.bias_gradient.source must be a text"),
        (" " * (MAX_BYTES + 1), "must have at most 8,000,000 bytes"),
    ],
)
def test_what_is_invalid_is_refused_by_its_name(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z]|^[a-z_.0-9]+ ") as refused:
        read_progress(text)
    assert says in str(refused.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ValueError, match="must be text in UTF-8"):
        read_progress(b"\xff")
