"""The wire: web/api.d.ts is up to date, and every answer of `Session` is of the type that its signature says."""

import dataclasses
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np
import pytest

from backprop.learner.code import LearnerError
from backprop.session import Session
from backprop.wire.configs import Partial
from tools import api_types, scripting, settings_table
from tools.checks import repairs

pytestmark = pytest.mark.native  # reads files of the page


@pytest.mark.parametrize("tool", [api_types, scripting, settings_table], ids=lambda tool: tool.PLACE.name)
def test_what_is_generated_is_up_to_date_and_written_by_fix(tool: Any) -> None:
    assert tool.PLACE.read_text("utf-8") == tool.text(), "out of date: run python3 build.py fix"
    assert ["-m", tool.__name__] in [command[1:] for command in repairs(Path(sys.executable))]


def test_calls_take_their_parameters_by_name() -> None:
    calls = api_types.calls()
    assert len(calls) > 20
    for name, method in calls.items():
        _, *parameters = inspect.signature(method).parameters.values()
        kinds = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
        assert {parameter.kind for parameter in parameters} <= kinds, name


def problem(value: Any, kind: Any, place: str) -> str:
    """Describe the first difference between a value and its type; "" if it is of that type."""
    if hasattr(kind, "__metadata__"):  # a dict with the fields of a dataclass, or what has another name in the page
        note = kind.__metadata__[0]
        if isinstance(note, Partial):
            return fields(value, note.config, place, required=set())
        kind = note if dataclasses.is_dataclass(note) else kind.__origin__
    if is_typeddict(kind) or dataclasses.is_dataclass(kind):
        return fields(value, kind, place)
    if origin := get_origin(kind):
        return MADE_OF[origin](value, get_args(kind), place)
    is_right = kind is Any or type(value) in ({float, int} if kind is float else {NoneType if kind is None else kind})
    return "" if is_right else f"{place} is {value!r:.40}, not {kind}"


def of_union(value: Any, kinds: tuple[Any, ...], place: str) -> str:
    found = [problem(value, kind, place) for kind in kinds]
    return "" if "" in found else found[0]


def of_array(value: Any, inner: tuple[Any, ...], place: str) -> str:
    (number,) = get_args(inner[1])
    number = np.floating if get_origin(number) else number
    is_flat = isinstance(value, np.ndarray) and value.ndim == 1 and issubclass(value.dtype.type, number)
    return "" if is_flat else f"{place} is no flat array of {number}"


def of_items(value: Any, inner: tuple[Any, ...], place: str) -> str:
    if not isinstance(value, list | tuple):
        return f"{place} is no list"
    return first(problem(item, inner[0], f"{place}[{n}]") for n, item in enumerate(value))


def of_dict(value: Any, inner: tuple[Any, ...], place: str) -> str:
    if not isinstance(value, dict):
        return f"{place} is no dict"
    return first(problem(item, inner[1], f"{place}.{name}") for name, item in value.items())


MADE_OF: dict[Any, Callable[[Any, tuple[Any, ...], str], str]] = {
    Union: of_union,
    UnionType: of_union,
    Literal: lambda value, known, place: "" if value in known else f"{place} is {value!r}",
    np.ndarray: of_array,
    dict: of_dict,
    list: of_items,
    tuple: of_items,
}


def first(problems: Iterable[str]) -> str:
    return next(filter(None, problems), "")


def fields(value: Any, kind: Any, place: str, required: Set[str] | None = None) -> str:
    """Check the fields of a TypedDict, or those of a dict of a dataclass."""
    known = get_type_hints(kind, include_extras=True)
    if required is None:
        required = known.keys() - getattr(kind, "__optional_keys__", frozenset())
    if not isinstance(value, dict) or not required <= value.keys() <= known.keys():
        names = sorted(value) if isinstance(value, dict) else value
        return f"{place} has the fields {names}, not {sorted(known)}"
    return first(problem(item, known[name], f"{place}.{name}") for name, item in value.items())


WITHOUT_PARAMETERS = (
    *("course", "run_losses", "loss_curves", "epoch_metrics", "plan_run"),
    *("presets", "limits", "schema", "self_test", "loops"),
)


def answers() -> dict[str, Any]:
    """An answer of each call; of some, several, with and without what may be missing."""
    session = Session()
    run_id = session.runs()[0]["id"]
    session.distributions(tensor="inputs")
    session.advance(id=run_id, steps=128)  # to a step at which distributions are kept
    stopped = Session()
    stopped.create_run(config={"stopping": {"max_epochs": 1, "early_stopping": True}, "trainer": {"optimizer": "adam"}})
    stopped.advance(id=stopped.runs()[-1]["id"], steps=20, go_on=True)
    slow = Session()
    slow.trainer_config(learning_rate=1e-9)
    slow.advance(id=slow.runs()[0]["id"], steps=10)
    tokens = ["a", "b", "c", "d"]
    samples = Session()
    samples.create_run(config={"dataset": {"encoding": "embedding", "held_out": 0}, "model": {"dtype": "float64"}})
    each: dict[str, list[Any]] = {
        "state": [session.state(), stopped.state(), samples.state()],
        "run_single": [session.run_single(update=False, tokens=tokens, target="a")],
        "train_batch": [session.train_batch()],
        "train_epoch": [samples.train_epoch()],
        "advance": [
            session.advance(id=run_id, steps=3, metrics=True),
            session.advance(id=run_id, steps=1, picture="none"),
            stopped.advance(id=stopped.runs()[-1]["id"], steps=1),
        ],
        "trainer_config": [session.trainer_config(optimizer="momentum", clip_norm=1)],
        "update_batch_size": [session.update_batch_size(batch_size=8)],
        "update_loss_type": [stopped.update_loss_type(loss_type="mse")],
        "stopping_config": [session.stopping_config(patience=3)],
        "explain_cell": [
            session.explain_cell(tensor="layers/0/grad_weights", row=0, col=0),
            session.explain_cell(tensor="layers/0/activations", row=0, col=0),
            session.explain_cell(tensor="loss", row=0, col=0),
        ],
        "phases": [session.phases(), samples.phases()],
        "sample_lens": [session.sample_lens(tensor="layers/0/grad_weights", muted=[1])],
        "gradient_flow": [session.gradient_flow(), slow.gradient_flow(series=False)],
        "distributions": [session.distributions(tensor="inputs")],
        "confusion": [session.confusion(), samples.confusion()],
        "predict": [session.predict(tokens=tokens), stopped.predict(tokens=tokens)],
        "generate": [session.generate(start=tokens, length=3)],
        "source": [session.source(file="model.py")],
        **code_answers(),
        "dataset": [session.dataset(), samples.dataset()],
        "inspect_samples": [session.inspect_samples()],
        "overview": [session.overview(), session.overview(flow=True, state=True, confusion=True)],
        "export_run": [session.export_run(id=run_id)],
        "checkpoint": [session.checkpoint(id=run_id)],
        "export_pytorch": [session.export_pytorch(id=run_id)],
        "history_csv": [session.history_csv(id=run_id)],
        "activate_run": [session.activate_run(id=run_id)],
        "restore_best": [session.restore_best(id=run_id)],
        "restore_first": [session.restore_first(id=run_id)],
        "duplicate_run": [session.duplicate_run(id=run_id)],
        "twin_run": [session.twin_run(id=run_id, changes={"learning_rate": 0.5})],
        "archive_run": [session.archive_run(id=run_id, archived=True)],
        "rename_run": [session.rename_run(id=run_id, name="Renamed")],
        "import_run": [session.import_run(bytes=session.export_run(id=run_id)["bytes"])],
        "restore_run": [session.restore_run(bytes=session.checkpoint(id=run_id)["bytes"])],
        "plan_sweep": [
            session.plan_sweep(values={"model.hidden_dims": [[], [8]], "trainer.clip_norm": [None]}, epochs=2)
        ],
        "create_run": [session.create_run()],
        "delete_run": [session.delete_run(id=run_id)],
        "reset_run": [stopped.reset_run(id=stopped.runs()[0]["id"])],
        "runs": [stopped.runs()],
    }
    each |= answers_of_the_course()
    return {**each, **{name: [getattr(session, name)()] for name in WITHOUT_PARAMETERS}}


def answers_of_the_course() -> dict[str, list[Any]]:
    """An answer of each call about exercises and the clinic."""
    session = Session()
    run_id = session.create_run(config={"model": {"dtype": "float64"}})[-1]["id"]
    session.advance(id=run_id, steps=300)
    answer = session.exercise_hint(number=1, rung="answer")["text"]
    solved = {"started": "2026-01-31T12:00:00Z", "solved": None, "attempts": 1, "attempts_to_solve": None}
    task = {**solved, "predicted": None, "help": {}, "source": "", "solution": ""}
    progress = {"format": "backprop-progress", "version": 1, "name": "", "tasks": {"gelu": task}}
    mended = session.source(file="model.py")["text"]
    wrong = "".join(f"{line} * 2\n" if "return" in line else line for line in answer.splitlines(keepends=True))
    return {
        "exercise": [session.exercise(number=number) for number in (1, 14)],
        "prediction": [session.prediction(number=1)],
        "exercise_hint": [session.exercise_hint(number=1, rung="lines")],
        "check_solution": [session.check_solution(number=1, source=each) for each in (answer, wrong, "(", "")],
        "solution_files": [session.solution_files(solutions={"bias_gradient": answer})],
        "check_capstone": [session.check_capstone(id=run_id)],
        "clinic_case": [session.clinic_case(number=number) for number in (1, 3)],
        "diagnose_case": [session.diagnose_case(number=1, tensors=["layers/0/biases"], line=1)],
        "check_case": [session.check_case(number=1, source=each) for each in (mended, "(")],
        "clinic_help": [session.clinic_help(number=1, kind=kind) for kind in ("tensors", "line", "answer")],
        "read_progress": [session.read_progress(text=json.dumps(progress))],
    }


def code_answers() -> dict[str, Any]:
    """An answer of each call about the learner's code: without any, with a failure, and with a version in force."""
    session = Session()
    run_id = session.runs()[0]["id"]
    model = session.source(file="model.py")["text"]
    drafts = [
        session.edit_code(id=run_id, file="model.py", text="x = ("),
        session.edit_code(id=run_id, file="losses.py", text=None),
    ]
    with pytest.raises(LearnerError):
        session.run_code(id=run_id)
    failed = session.code()
    session.edit_code(id=run_id, file="model.py", text=model.replace("np.add.reduce(grad_z", "np.mean(grad_z"))
    answers = {
        "edit_code": drafts,
        "run_code": [session.run_code(id=run_id)],
        "code": [Session().code(), failed, session.code(id=run_id)],
        "check_code": [session.check_code(id=run_id)],
        "code_difference": [session.code_difference(id=run_id, tensor="layers/0/grad_biases")],
        "compare_with_ours": [session.compare_with_ours(id=run_id)],
        "code_comparison": [session.code_comparison(id=run_id, other=session.runs()[1]["id"])],
        "revert_code": [session.revert_code(id=run_id)],
    }
    session.advance(id=run_id, steps=2, twins=True)
    answers["code_comparison"].append(session.code_comparison(id=run_id, other=session.runs()[1]["id"]))
    return answers


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    return answers()


@pytest.mark.parametrize("name", api_types.calls())
def test_every_answer_is_of_its_type(given: dict[str, Any], name: str) -> None:
    kind = get_type_hints(api_types.calls()[name], include_extras=True)["return"]
    assert [problem(answer, kind, name) for answer in given[name]] == [""] * len(given[name])


def test_a_wrong_answer_is_noticed(given: dict[str, Any]) -> None:
    kind = get_type_hints(Session.state, include_extras=True)["return"]
    state = given["state"][0]
    for wrong in (
        {**state, "step": "3"},
        {**state, "more": 1},
        {name: value for name, value in state.items() if name != "loss"},
        {**state, "batch": state["batch"].astype(np.int64)},
        {**state, "forward": {**state["forward"], "scale": {}}},
        {**state, "mode": "test"},
    ):
        assert problem(wrong, kind, "state")
