"""The wire: `web/api.d.ts` and `Session` name the same calls, parameters and fields of answers."""

import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop.session import Session

pytestmark = pytest.mark.native  # reads a file of the page

API = Path(__file__).resolve().parents[2] / "web" / "api.d.ts"


def without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.S)


def interfaces() -> dict[str, dict[str, bool]]:
    """Each interface's fields and whether they may be left out, inherited ones too."""
    found: dict[str, dict[str, bool]] = {}
    pattern = r"interface (\w+)(?: extends (\w+))? \{(.*?)\n\}"
    for name, base, body in re.findall(pattern, without_comments(API.read_text("utf-8")), flags=re.S):
        fields = {field: mark == "?" for field, mark in re.findall(r"^  (\w+)(\??)[:(]", body, flags=re.M)}
        found[name] = {**found.get(base, {}), **fields}
    return found


def calls() -> dict[str, dict[str, bool]]:
    """Each call's parameters and whether they may be left out, as api.d.ts says."""
    source = without_comments(API.read_text("utf-8"))
    body = re.search(r"interface Calls \{(.*?)\n\}", source, flags=re.S)
    assert body is not None
    found = {}
    for name, optional, kind in re.findall(r"^  (\w+)\(params(\??): (.*?)\): ", body[1], flags=re.M | re.S):
        partial = re.fullmatch(r"Partial<(\w+)>", kind)
        fields = (
            dict.fromkeys(interfaces()[partial[1]], True)
            if partial
            else {field: mark == "?" for field, mark in re.findall(r"(\w+)(\??): ", kind)}
        )
        assert optional == "?" or not all(fields.values()), f"{name}: required params without a required field"
        assert optional == "" or all(fields.values()), f"{name}: optional params with a required field"
        found[name] = fields
    return found


def methods() -> dict[str, dict[str, bool]]:
    """The same of Session's public methods."""
    found = {}
    for name, method in inspect.getmembers(Session, inspect.isfunction):
        if not name.startswith("_"):
            _, *parameters = inspect.signature(method).parameters.values()
            assert {parameter.kind for parameter in parameters} <= {inspect.Parameter.KEYWORD_ONLY}, name
            found[name] = {parameter.name: parameter.default is not parameter.empty for parameter in parameters}
    return found


def test_the_parser_reads_the_file() -> None:
    assert len(calls()) == len(re.findall(r"^  \w+\(params", API.read_text("utf-8"), flags=re.M)) > 20
    assert calls()["advance"].keys() == {"id", "steps", "max_ms", "metrics", "twins", "go_on", "layout_id", "picture"}
    assert calls()["update_batch_size"] == {"batch_size": False}
    assert calls()["state"] == {}
    assert interfaces()["State"].keys() >= {"run_id", "batch", "forward", "backward"}


def test_session_and_api_name_the_same_calls_and_parameters() -> None:
    assert methods() == calls()


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """One answer for each interface of the wire."""
    session = Session()
    run_id = session.runs()[0]["id"]
    frame = session.advance(id=run_id, steps=25, metrics=True)
    stopped = Session()
    stopped.create_run(config={"stopping": {"max_epochs": 1}})
    stop = stopped.advance(id=stopped.runs()[-1]["id"], steps=9)["stopped"]
    state, plan = session.state(), session.plan_run()
    losses = session.run_losses()[0]
    self_test = session.self_test()
    session.distributions(tensor="inputs")
    session.advance(id=run_id, steps=128)  # to a step at which they are kept
    flow, spread = session.gradient_flow(), session.distributions(tensor="inputs")
    explanation = session.explain_cell(tensor="layers/0/grad_weights", row=0, col=0)
    session.trainer_config(optimizer="momentum")
    phases = session.phases()
    lens = session.sample_lens(tensor="layers/0/grad_weights")
    return {
        "State": state,
        "Frame": frame,
        "Slice": session.advance(id=run_id, steps=1, picture="none"),
        "Column": state["forward"],
        "OptimizerState": session.state()["optimizer"],
        "Mark": session.runs()[0]["marks"][0],
        "Tensor": state["backward"]["tensors"][0],
        "Scale": frame["backward_scale"],
        "Layout": frame["layout"],
        "Metrics": state["metrics"],
        "TrainerConfig": session.trainer_config(),
        "RunSummary": session.runs()[0],
        "RunLosses": losses,
        "LossPoint": losses["losses"][0],
        "LossCurve": session.loss_curves()[0],
        "Confusion": session.confusion(),
        "StoppingConfig": plan["config"]["stopping"],
        "Stop": stop,
        "StopFlag": stopped.runs()[-1]["stops"][0],
        "EpochCurve": session.epoch_metrics()[0],
        "DatasetView": session.dataset(),
        "Floor": session.dataset()["floor"],
        "Sample": session.inspect_samples()[0],
        "Prediction": session.predict(tokens=["a", "b", "c", "d"]),
        "Generation": session.generate(start=["a", "b", "c", "d"], length=3),
        "Plan": plan,
        "RunConfig": plan["config"],
        "DatasetConfig": plan["config"]["dataset"],
        "ModelConfig": plan["config"]["model"],
        "SelfTest": self_test,
        "GradientCheck": self_test["gradients"][0],
        "GradientFlow": flow,
        "FlowWarning": tiny_learning_rate()["warnings"][0],
        "Distributions": spread,
        "Distribution": spread["now"],
        "PastDistributions": spread["past"],
        "Preset": session.presets()[0],
        "Explanation": explanation,
        "Cell": explanation["cell"],
        "Term": explanation["terms"][0],
        "Factor": explanation["terms"][0]["factors"][0],
        "SampleLens": lens,
        "NextLoss": lens["loss"],
        "Phases": phases,
        "Phase": phases["phases"][0],
        "Moment": phases["phases"][0]["moments"][0],
        "SampleLoss": phases["losses"][0],
        "RunFile": session.export_run(id=run_id),
        "TextFile": session.history_csv(id=run_id),
        "HistoryRows": session.history_rows(id=run_id),
        "Checkpoint": session.checkpoint(id=run_id),
        "Overview": session.overview(flow=True, state=True, confusion=True),
    }


def tiny_learning_rate() -> Any:
    """The gradient flow of a run that raises a warning."""
    session = Session()
    session.trainer_config(learning_rate=1e-9)
    session.advance(id=session.runs()[0]["id"], steps=10)
    return session.gradient_flow()


def test_every_answer_has_exactly_the_fields_of_its_interface(answers: dict[str, Any]) -> None:
    known = interfaces()
    assert {name: set(answer) for name, answer in answers.items()} == {name: set(known[name]) for name in answers}


def test_no_interface_is_forgotten(answers: dict[str, Any]) -> None:
    not_answers = {"PartialRunConfig", "Progress", "RunRecord", "Calls", "CallError", "RestoredHistory"}
    assert interfaces().keys() == answers.keys() | not_answers


def test_arrays_have_the_kind_that_the_api_says(answers: dict[str, Any]) -> None:
    source = without_comments(API.read_text("utf-8"))
    kinds = {"Float32Array": np.float32, "Float64Array": np.float64, "Int32Array": np.int32, "Uint8Array": np.uint8}
    checked = 0
    for name, answer in answers.items():
        body = re.search(rf"interface {name}\b.*?\n\}}", source, flags=re.S)
        assert body is not None
        for field, kind in re.findall(r"^  (\w+): (\w+Array);", body[0], flags=re.M):
            assert answer[field].dtype == kinds[kind], f"{name}.{field}"
            checked += 1
    assert checked >= 8
