"""Runs that are trained by the learner's code: the same numbers, nothing lost by a failure, nothing run unread."""

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import backprop
from backprop.learner.code import KEPT_OUT, LearnerError
from backprop.learner.package import EDITABLE
from backprop.runs.own_code import hash_of as version_of
from backprop.runs.own_versions import PREFIX
from backprop.session import Session
from tests.python.records import record_of

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = {file: (Path(backprop.__file__).parent / file).read_text("utf-8") for file in EDITABLE}
CONFIG: dict[str, Any] = {"model": {"hidden_dims": [4]}, "dataset": {"num_samples": 20}, "trainer": {"batch_size": 5}}
BIAS = "np.add.reduce(grad_z, axis=0, out=self.grad_biases)"
MEAN = SOURCES["model.py"].replace(BIAS, "np.mean(grad_z, axis=0, out=self.grad_biases)")
IN_FORWARD = "        self.inputs = x\n"
IS_PYODIDE = sys.platform == "emscripten"


def session(**options: Any) -> tuple[Session, str]:
    """A session with a small run, which has made some steps."""
    made = Session()
    config = {section: {**CONFIG[section], **options.get(section, {})} for section in CONFIG}
    run_id = made.create_run(config=config)[-1]["id"]
    made.advance(id=run_id, steps=7, picture="none")
    return made, run_id


def forward(line: str) -> str:
    """model.py with a line at the beginning of `Layer.forward`."""
    return SOURCES["model.py"].replace(IN_FORWARD, f"{IN_FORWARD}        {line}\n")


def run_code(made: Session, run_id: str, text: str, file: str = "model.py") -> Any:
    made.edit_code(id=run_id, file=file, text=text)
    return made.run_code(id=run_id)


def hash_of(made: Session, run_id: str) -> str:
    """SHA-256 of all that training depends on and changes."""
    run = made._runs.get(run_id)
    state = run.trainer.optimizer.state
    parts = [run.model.parameters, run.model.gradients, *(state[name] for name in sorted(state))]
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def copies() -> set[str]:
    return {name for name in sys.modules if name.startswith(PREFIX) and "." not in name}


@pytest.fixture(scope="module")
def undisturbed() -> str:
    """Hash of a run that nothing has disturbed, 5 steps later."""
    made, run_id = session()
    made.advance(id=run_id, steps=5, picture="none")
    return hash_of(made, run_id)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"trainer": {"optimizer": "adam", "clip_norm": 0.5, "weight_decay": 0.01, "loss_type": "mse"}},
        {"dataset": {"encoding": "embedding"}, "model": {"dtype": "float64", "activation": "relu"}},
        {"model": {"hidden_dims": []}, "dataset": {"task": "classification"}},
    ],
)
def test_a_copy_of_ours_goes_on_to_the_same_bits(options: dict[str, Any]) -> None:
    (one, first), (two, second) = session(**options), session(**options)
    assert run_code(one, first, SOURCES["model.py"] + "\n# mine\n")["trained_by"] == "mine"
    for made, run_id in ((one, first), (two, second)):
        made.advance(id=run_id, steps=30)
    assert type(one._runs.get(first).model).__module__.startswith(PREFIX)
    mine, ours = record_of(one, first), record_of(two, second)
    for name in ("parameters", "initial_parameters"):
        assert mine[name].tobytes() == ours[name].tobytes()
    assert mine["history"]["mean"].tobytes() == ours["history"]["mean"].tobytes()
    assert mine["trainer"]["generator"] == ours["trainer"]["generator"]
    assert hash_of(one, first) == hash_of(two, second)


# ---- Failures ----


HOSTILE = {
    "while True: pass": ("time", "Stopped after 1 s: does the loop in this line end?"),
    "[0 for _ in iter(int, 1)]": ("time", "Stopped after 1 s: does the loop in this line end?"),
    "self.forward(x)": ("exception", "A function calls itself without end (RecursionError)."),
    "raise SystemExit": ("exception", "The code ends the program (SystemExit). Return a value instead."),
    "nonsense": ("exception", "NameError: name 'nonsense' is not defined."),
    "x += 1": ("exception", "This line changes an array that was given to the function. Make a copy of it first."),
    "np.zeros(2**63)": ("exception", "This line asks for more memory than there is."),
    "np.zeros(10**9)": ("exception", "This line asks for more memory than there is."),
}


@pytest.mark.slow
@pytest.mark.parametrize("line", HOSTILE)
def test_a_failure_is_a_sentence_with_its_line_and_ours_goes_on(line: str, undisturbed: str) -> None:
    if line == "np.zeros(10**9)" and not IS_PYODIDE:
        pytest.skip("a machine may have that much memory; WebAssembly has at most 4 GiB")
    before, (made, run_id) = copies(), session()
    with pytest.raises(LearnerError) as caught:
        run_code(made, run_id, forward(line))
    kind, message = HOSTILE[line]
    place = forward(line).splitlines().index(f"        {line}") + 1
    code = made.code(id=run_id)
    assert code["error"] == {"kind": kind, "message": message, "file": "model.py", "line": place}
    assert str(caught.value) == f"model.py, line {place}: {message}"
    assert code["trained_by"] == "ours"
    made.advance(id=run_id, steps=5, picture="none")
    assert hash_of(made, run_id) == undisturbed
    assert copies() <= before


def test_after_a_failure_the_version_before_stays_in_force() -> None:
    (made, run_id), (other, other_id) = session(), session()
    before = run_code(made, run_id, MEAN)
    run_code(other, other_id, MEAN)
    with pytest.raises(LearnerError, match=r"model\.py, line 1: Syntax error: '\(' was never closed"):
        run_code(made, run_id, "x = (")
    after = made.code(id=run_id)
    assert (after["trained_by"], after["version"], after["edited"]) == ("mine", before["version"], True)
    for each, its_id in ((made, run_id), (other, other_id)):
        each.advance(id=its_id, steps=5, picture="none")
    assert hash_of(made, run_id) == hash_of(other, other_id)


LATE = {  # file → a line, and what fails behind it after some steps
    "losses.py": (
        "    y = as_one_hot(targets, logits)\n",
        "    count.append(1)\n    1 / (len(count) != 7)\n",
        "ZeroDiv",
    ),
    "model.py": (IN_FORWARD, "        count.append(1)\n        while len(count) > 20: pass\n", "Stopped after 1 s"),
    "optimizers.py": (
        "        self.t += 1\n",
        "        count.append(1)\n        1 / (len(count) != 4)\n",
        "ZeroDivision",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("file", LATE)
def test_a_failure_while_training_leaves_the_last_complete_step(file: str) -> None:
    (made, run_id), (other, other_id) = session(), session()
    for each in (made, other):
        each.trainer_config(optimizer="adam")
    line, more, says = LATE[file]
    assert line in SOURCES[file]
    text = (
        SOURCES[file].replace(line, line + more).replace("import numpy as np\n", "import numpy as np\ncount = []\n", 1)
    )
    run_code(made, run_id, text, file)
    with pytest.raises(LearnerError, match=says):
        made.advance(id=run_id, steps=20, picture="none")
    step = made.runs()[-1]["step"]
    assert 7 < step < 27
    error = made.code(id=run_id)["error"]
    assert error
    assert error["file"] == file
    made.revert_code(id=run_id)
    assert made.run_code(id=run_id)["error"] is None
    made.advance(id=run_id, steps=12, picture="none")
    other.advance(id=other_id, steps=step + 12 - 7, picture="none")
    assert hash_of(made, run_id) == hash_of(other, other_id)


RETURN = "    return loss, exps\n"  # of cross_entropy
CONTRACT: dict[str, tuple[str, str, str, str]] = {  # file, text, another text in its place, and the sentence
    "shape": (
        "model.py",
        "        return a.copy()\n\n    def backward",
        "        return a[:, :1]\n\n    def backward",
        r"Model\.forward must return an array of shape \(5, 4\), got \(5, 1\)",
    ),
    "dtype": ("losses.py", RETURN, "    return loss, exps.astype('f8')\n", "must return float32 numbers, got float64"),
    "type": (
        "losses.py",
        RETURN,
        "    return loss\n",
        "cross_entropy must return a loss and its gradient, got a float",
    ),
    "nothing": ("losses.py", RETURN, "", r"got nothing \(None\): is there a return\?"),
    "loss": ("losses.py", RETURN, "    return exps, exps\n", "must return the loss as a float, got a ndarray"),
    "another array": (
        "model.py",
        BIAS,
        "self.grad_biases = grad_z.sum(axis=0)",
        r"Layer\.backward must write into grad_biases, as in self\.grad_biases\[:\] = …",
    ),
    "weights": ("model.py", BIAS, f"{BIAS}; self.biases += 1", r"Model\.backward changed a weight or a bias"),
    "missing": ("losses.py", "def mse(", "def another(", r"NameError: name 'mse' is not defined"),
    "missing elsewhere": ("losses.py", "LOSSES: dict[str, LossFunction] =", "OTHERS =", r"py: LOSSES is missing\."),
    "parameters": (
        "model.py",
        "self.parameters -= learning_rate * self.gradients",
        "self.parameters = self.parameters * 1",
        r"Model\.update must change the parameters in place",
    ),
    "targets": ("losses.py", RETURN, f"    targets[:] = 0\n{RETURN}", "changes an array that was given"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTRACT)
def test_a_result_that_cannot_be_used_is_refused_before_it_trains(name: str, undisturbed: str) -> None:
    file, right, wrong, says = CONTRACT[name]
    assert SOURCES[file].count(right) == 1, name
    made, run_id = session()
    with pytest.raises(LearnerError, match=says):
        run_code(made, run_id, SOURCES[file].replace(right, wrong), file)
    made.advance(id=run_id, steps=5, picture="none")
    assert hash_of(made, run_id) == undisturbed


def test_a_refused_value_is_no_failure_of_the_code() -> None:
    made, run_id = session()
    run_code(made, run_id, MEAN)
    with pytest.raises(ValueError, match="learning_rate must be"):
        made.trainer_config(learning_rate=-1)
    assert made.code(id=run_id)["error"] is None


IMPORTS = """
found = {}
for line in LINES:
    try:
        exec(line)
        found[line] = "imported"
    except ImportError as error:
        found[line] = str(error)
raise ValueError("; ".join(line for line in LINES if "cannot be imported here" not in found[line]) or "all refused")
"""


def test_modules_that_are_kept_out() -> None:
    ways = (
        *("from js import fetch", "__import__('js')", "__builtins__['__import__']('js')", "import importlib.util"),
        *("from sys import modules", "from importlib import import_module", "import numpy.ctypeslib"),
    )
    lines = [*(f"import {module}" for module in sorted(KEPT_OUT)), *ways]
    made, run_id = session()
    with pytest.raises(LearnerError, match="ValueError: all refused"):
        run_code(made, run_id, f"{SOURCES['losses.py']}\nLINES = {lines!r}\n{IMPORTS}", "losses.py")
    with pytest.raises(LearnerError, match=r"losses\.py, line 1: ImportError: js cannot be imported here"):
        run_code(made, run_id, f"import js\n{SOURCES['losses.py']}", "losses.py")


# ---- Verdicts, twins ----


@pytest.mark.slow
def test_wrong_code_trains_and_its_steps_are_known() -> None:
    made, run_id = session()
    run_code(made, run_id, MEAN)
    verdicts = {each["tensor"]: each for each in made.check_code(id=run_id)["verdicts"]}
    assert {name for name, each in verdicts.items() if each["verdict"] == "wrong"} == {
        "layers/0/grad_biases",
        "layers/1/grad_biases",
    }
    worst = verdicts["layers/0/grad_biases"]["worst"]
    assert worst
    assert worst["numeric"] == pytest.approx(10 * worst["mine"], rel=1e-6)
    difference = made.code_difference(id=run_id, tensor="layers/0/grad_biases")
    assert difference["shape"] == [4]
    assert difference["data"].max() > 1e-4
    assert np.nanmax(made.code_difference(id=run_id, tensor="layers/0/grad_weights")["data"]) < 1e-8
    made.advance(id=run_id, steps=5, picture="none")
    made.revert_code(id=run_id)
    made.run_code(id=run_id)
    made.advance(id=run_id, steps=5, picture="none")
    assert made.runs()[-1]["code"] == {"trained_by": "ours", "edited": False, "wrong": [[8, 12]]}


def test_a_twin_with_ours_parts_at_the_first_step() -> None:
    made, run_id = session()
    made.reset_run(id=run_id)
    with pytest.raises(ValueError, match="id must be that of a run that is trained by your code"):
        made.compare_with_ours(id=run_id)
    run_code(made, run_id, MEAN)
    twin = made.compare_with_ours(id=run_id)[-1]
    assert (twin["code"]["trained_by"], twin["proven"], twin["twins"]) == ("ours", "batches", [run_id])
    assert made.code_comparison(id=run_id, other=twin["id"])["parted_after"] is None
    made.advance(id=run_id, steps=6, twins=True)
    found = made.code_comparison(id=run_id, other=twin["id"])
    assert (found["parted_after"], found["exact"], found["steps"]) == (1, True, 6)
    apart = {each["tensor"]: each["difference"] for each in found["tensors"]}
    assert apart["layers/0/biases"] > 0.1
    assert apart.keys() >= {"layers/0/weights", "layers/1/grad_weights"}


def test_every_call_answers_for_such_a_run() -> None:
    made, run_id = session()
    made.activate_run(id=run_id)
    run_code(made, run_id, MEAN)
    made.advance(id=run_id, steps=2)  # the last batch of an epoch has one sample
    why = made.explain_cell(tensor="layers/0/grad_biases", row=0, col=1)
    assert [line["text"] for line in why["code"]] == ["np.mean(grad_z, axis=0, out=self.grad_biases)  # (fan_out,)"]
    assert "Your code computes it otherwise" in why["note"]
    assert made.explain_cell(tensor="layers/0/grad_weights", row=0, col=1)["note"] == ""
    calls: list[Callable[[], Any]] = [
        made.state,
        made.phases,
        made.gradient_flow,
        made.confusion,
        made.run_single,
        lambda: made.run_single(update=False, tokens=["a", "b", "c", "d"], target="a"),
        lambda: made.predict(tokens=["a", "b", "c", "d"]),
        lambda: made.generate(start=["a", "b", "c", "d"], length=2),
        lambda: made.sample_lens(tensor="layers/0/grad_weights", muted=[0]),
        lambda: made.distributions(tensor="inputs"),
        lambda: made.overview(flow=True, state=True, confusion=True),
        lambda: made.update_batch_size(batch_size=3),
        lambda: made.trainer_config(optimizer="adam", loss_type="mse"),
        lambda: made.stopping_config(early_stopping=True, patience=1),
        made.train_epoch,
        made.train_epoch,
        lambda: made.restore_best(id=run_id),
        lambda: made.restore_first(id=run_id),
        lambda: made.export_pytorch(id=run_id),
        lambda: made.history_csv(id=run_id),
        lambda: made.duplicate_run(id=run_id),
        lambda: made.twin_run(id=run_id, changes={"learning_rate": 0.5}),
        lambda: made.reset_run(id=run_id),
        lambda: made.advance(id=run_id, steps=9, twins=True, metrics=True),
    ]
    for call in calls:
        call()
    assert [run["code"]["trained_by"] for run in made.runs()] == ["ours", "mine", "mine", "mine"]


def test_a_run_with_a_learning_rate_that_is_too_high_diverges_as_ours_does() -> None:
    (made, run_id), (other, other_id) = session(), session()
    run_code(made, run_id, SOURCES["model.py"] + "\n")
    for each, its_id in ((made, run_id), (other, other_id)):
        each.activate_run(id=its_id)
        each.trainer_config(learning_rate=1000, loss_type="mse")
        each.advance(id=its_id, steps=400, picture="none")
    stops = [each.runs()[-1]["stopped"] for each in (made, other)]
    assert stops[0] == stops[1]
    assert stops[0]
    assert stops[0]["reason"] == "diverged"


@pytest.mark.slow
def test_a_loss_that_is_not_a_number_stops_the_run_as_a_divergence() -> None:
    made, run_id = session()
    run_code(made, run_id, SOURCES["losses.py"].replace(RETURN, "    return math.nan, exps\n"), "losses.py")
    made.advance(id=run_id, steps=5, picture="none")
    run = made.runs()[-1]
    assert run["step"] == 7
    assert run["stopped"]
    assert (run["stopped"]["reason"], run["stopped"]["tensor"]) == ("diverged", "loss")
    assert made.code(id=run_id)["error"] is None


# ---- Files ----


MARKED = f"{SOURCES['losses.py']}\nnp.executed_by_a_test = True\n"  # leaves a trace when it is executed


def exported(text: str = MARKED) -> tuple[Any, str, Any]:
    """Return a run file of a run that this code has trained, its version, and the run."""
    made, run_id = session()
    code = run_code(made, run_id, text, "losses.py")
    made.edit_code(id=run_id, file="model.py", text="a draft: no Python")
    made.advance(id=run_id, steps=3, picture="none")
    made.check_code(id=run_id)
    data, run = made.export_run(id=run_id)["bytes"], made.runs()[-1]
    made.delete_run(id=run_id)  # so that another session loads the code again
    vars(np).pop("executed_by_a_test", None)
    return data, code["version"], run


@pytest.mark.slow
def test_imported_code_waits_and_is_not_executed() -> None:
    data, _, before = exported()
    fresh = Session()
    run = fresh.import_run(bytes=data, activate=True)[-1]
    assert (run["id"], run["step"], run["code"]["trained_by"]) == (before["id"], before["step"], "waiting")
    texts = {each["file"]: (each["mine"], each["running"]) for each in fresh.code()["files"]}
    assert texts["losses.py"] == (MARKED, MARKED)
    assert texts["model.py"] == ("a draft: no Python", None)
    fresh.state()
    fresh.explain_cell(tensor="layers/0/grad_weights", row=0, col=0)
    fresh.overview(flow=True, state=True, confusion=True)
    fresh.duplicate_run(id=run["id"])
    fresh.twin_run(id=run["id"], changes={"learning_rate": 0.5})
    fresh.reset_run(id=fresh.runs()[-1]["id"])
    steps: list[Callable[[], Any]] = [
        fresh.train_batch,
        fresh.train_epoch,
        fresh.run_single,
        lambda: fresh.advance(id=run["id"], steps=1),
        lambda: fresh.check_code(id=run["id"]),
    ]
    for step in steps:
        with pytest.raises(LearnerError, match="trained by code that has not been run here"):
            step()
    assert [each["code"]["trained_by"] for each in fresh.runs()] == ["ours", "waiting", "waiting", "waiting"]
    assert not hasattr(np, "executed_by_a_test")
    fresh.revert_code(id=run["id"], file="model.py")
    assert fresh.run_code(id=run["id"])["trained_by"] == "mine"
    assert vars(np).pop("executed_by_a_test")
    fresh.advance(id=run["id"], steps=1)


@pytest.mark.slow
def test_a_checkpoint_goes_on_only_if_its_code_is_trusted() -> None:
    data, version, _ = exported()
    fresh = Session()
    assert fresh.restore_run(bytes=data)[-1]["code"]["trained_by"] == "waiting"
    assert fresh.restore_run(bytes=data, trusted=["0" * 64])[-1]["code"]["trained_by"] == "waiting"
    assert not hasattr(np, "executed_by_a_test")
    run = fresh.restore_run(bytes=data, trusted=[version])[-1]
    assert vars(np).pop("executed_by_a_test")
    assert run["code"] == {"trained_by": "mine", "edited": True, "wrong": []}
    assert fresh.restore_run(bytes=data)[-1]["code"]["trained_by"] == "waiting"  # nobody has pressed Run


@pytest.mark.slow
def test_what_was_run_in_this_session_goes_on_after_an_undo() -> None:
    made, run_id = session()
    run_code(made, run_id, MEAN)
    data = made.checkpoint(id=run_id)["bytes"]
    made.delete_run(id=run_id)
    assert made.restore_run(bytes=data)[-1]["code"]["trained_by"] == "mine"
    with pytest.raises(ValueError, match="trusted must be a list of versions"):
        made.restore_run(bytes=data, trusted="all")


def test_a_trusted_version_that_fails_now_waits_with_its_error() -> None:
    made, run_id = session()
    sources = {"losses.py": "1 / 0"}
    made._runs.get(run_id).code.waiting = sources  # as if an earlier build had been able to run it
    data = made.checkpoint(id=run_id)["bytes"]
    code = made.restore_run(bytes=data, trusted=[version_of(sources)]) and made.code(id=run_id)
    assert (code["trained_by"], code["error"]) == (
        "waiting",
        {"kind": "exception", "message": "ZeroDivisionError: division by zero.", "file": "losses.py", "line": 1},
    )


@pytest.mark.slow
def test_a_reloaded_run_goes_on_to_the_same_bits() -> None:
    made, run_id = session()
    version = run_code(made, run_id, MEAN)["version"]
    made.check_code(id=run_id)
    made.advance(id=run_id, steps=3, picture="none")
    fresh = Session()
    fresh.restore_run(bytes=made.export_run(id=run_id)["bytes"], trusted=[version])
    for each in (made, fresh):
        each.advance(id=run_id, steps=10, picture="none")
    assert hash_of(made, run_id) == hash_of(fresh, run_id)
    assert fresh.runs()[-1]["code"] == made.runs()[-1]["code"]
    assert made.runs()[-1]["code"]["wrong"] == [[8, 20]]


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("session.py", "", "file must be one of activations.py, losses.py"),
        ("model.py", 1, "text must be the text of model.py, got int"),
        ("model.py", "x" * 50_001, "text must have at most 50,000 characters, got 50,001"),
        ("model.py", "\0", "text must be Unicode text without control characters"),
        ("model.py", "\ud800", "text must be Unicode text without control characters"),
    ],
)
def test_a_draft_is_refused_by_its_field(file: str, text: Any, says: str) -> None:
    made, run_id = session()
    with pytest.raises(ValueError, match=says):
        made.edit_code(id=run_id, file=file, text=text)
    assert made.code(id=run_id)["edited"] is False


def test_our_own_text_is_no_draft() -> None:
    made, run_id = session()
    assert made.edit_code(id=run_id, file="model.py", text="x")["edited"]
    assert not made.edit_code(id=run_id, file="model.py", text=SOURCES["model.py"])["edited"]
    assert "code" not in record_of(made, run_id)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ([], r"code must be a dict"),
        ({}, r"code\.drafts is missing"),
        ({"drafts": {"session": ""}, "version": {}, "spans": []}, r"code\.drafts must be of files that can be edited"),
        ({"drafts": {"model": 1}, "version": {}, "spans": []}, r"code\.drafts: text must be the text of model\.py"),
        ({"drafts": {}, "version": {}, "spans": [[0, "ours"]]}, r"code\.spans must be lists of step, by and verdict"),
        ({"drafts": {}, "version": {}, "spans": [[8, "mine", "wrong"]]}, r"code\.spans\.step must be between 0 and 7"),
        ({"drafts": {}, "version": {}, "spans": [[3, "mine", "wrong"]] * 2}, r"code\.spans\.step must be between 4"),
        ({"drafts": {}, "version": {}, "spans": [[0, "me", "wrong"]]}, r"code\.spans\.by must be one of ours, mine"),
    ],
)
def test_code_of_a_record_is_refused_by_its_field(code: Any, says: str) -> None:
    made, run_id = session()
    record = {**record_of(made, run_id), "format": 3, "code": code}
    with pytest.raises(ValueError, match=says):
        made._runs.import_record(record, activate=False)
