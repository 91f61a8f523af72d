"""The session: what each call answers, what it changes, and that a refused value changes nothing."""

import math
from typing import Any

import numpy as np
import pytest

from backprop.limits import LIMITS
from backprop.model import Layer
from backprop.runs.config import DEFAULTS
from backprop.session import Session
from backprop.training.config import PASS_SETTINGS
from backprop.training.trainer import Trainer
from tests.python.records import add_record, record_of

SMALL = {"model": {"hidden_dims": [6, 5]}, "dataset": {"num_samples": 23, "held_out": 0}, "trainer": {"batch_size": 5}}
PLAIN = {name: value for name, value in DEFAULTS["trainer"].items() if name in PASS_SETTINGS[2:]}


def started(config: dict[str, Any] | None = None) -> tuple[Session, str]:
    """A session whose active run has this config, and the run's id."""
    session = Session()
    runs = session.create_run(config=SMALL if config is None else config)
    return session, str(runs[-1]["id"])


def plain(value: Any) -> bool:
    """Whether a value may cross the wire."""
    if isinstance(value, dict):
        return all(isinstance(name, str) and plain(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and value.dtype in (np.float32, np.float64, np.int32)
    return value is None or type(value) in (bool, int, float, str)


def visible(session: Session) -> Any:
    """Everything that calls can see of a session, comparable."""

    def comparable(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: comparable(item) for name, item in value.items()}
        if isinstance(value, list):
            return [comparable(item) for item in value]
        return value.tobytes() if isinstance(value, np.ndarray) else repr(value)

    records = [record_of(session, run["id"]) for run in session.runs()]
    return comparable([session.state(), session.runs(), session.run_losses(), session.dataset(), records])


def tensors(column: dict[str, Any]) -> dict[str, Any]:
    """The tensors of a column by name, in their shapes."""
    return {tensor["name"]: tensor["data"].reshape(tensor["shape"]) for tensor in column["tensors"]}


def test_a_session_begins_with_the_seeds_configuration() -> None:
    session = Session()
    (run,) = session.runs()
    assert (run["name"], run["active"], run["step"], run["loss"], run["shape"]) == (
        "Run 1",
        True,
        0,
        None,
        [16, 32, 32, 4],
    )
    assert run["parameters"] == 1732
    assert run["config"] == {
        "dataset": {
            "vocabulary": ["a", "b", "c", "d"],
            "sequence_length": 5,
            "num_samples": 100,
            "task": "next_token",
            "encoding": "one_hot",
            "embedding_dim": 8,
            "master_sequences": None,
            "num_master_sequences": 3,
            "master_sequence_length": [8, 12],
            "seed": 0,
            "held_out": 0.2,
            "held_out_by": "sample",
        },
        "model": {
            "hidden_dims": [32, 32],
            "activation": "gelu",
            "seed": 0,
            "dtype": "float32",
            "initialization": "xavier_uniform",
        },
        "trainer": {"learning_rate": 0.1, "batch_size": 10, "loss_type": "cross_entropy", "seed": 0, **PLAIN},
        "stopping": {
            "early_stopping": False,
            "monitor": "held_out_loss",
            "mode": "auto",
            "min_delta": 1e-4,
            "patience": 10,
            "restore_best_weights": True,
            "start_from_epoch": 0,
            "target": None,
            "max_epochs": None,
        },
    }
    state = session.state()
    assert len(state["batch"]) == 10
    assert all(
        np.isfinite(tensor["data"]).all() for tensor in state["forward"]["tensors"] + state["backward"]["tensors"]
    )
    assert np.any(tensors(state["backward"])["layers/0/grad_weights"])


def test_tensors_of_the_one_hot_encoding() -> None:
    state = started()[0].state()
    names = [
        "inputs",
        *[f"layers/{k}/{name}" for k in (0, 1) for name in ("weights", "biases", "pre_activations", "activations")],
        *[f"layers/2/{name}" for name in ("weights", "biases", "pre_activations")],
    ]
    grads = ["grad_inputs", *["/grad_".join(name.rsplit("/", 1)) for name in names[1:]]]
    forward, backward = tensors(state["forward"]), tensors(state["backward"])
    assert list(forward) == names
    assert list(backward) == grads
    shapes = [(5, 16), (16, 6), (6,), (5, 6), (5, 6), (6, 5), (5,), (5, 5), (5, 5), (5, 4), (4,), (5, 4)]
    assert [array.shape for array in forward.values()] == shapes == [array.shape for array in backward.values()]


def test_tensors_of_the_embedding_encoding() -> None:
    session, _ = started(
        {**SMALL, "dataset": {"num_samples": 23, "held_out": 0, "encoding": "embedding", "embedding_dim": 3}}
    )
    state, data = session.state(), session.dataset()
    forward, backward = tensors(state["forward"]), tensors(state["backward"])
    assert list(forward)[:3] == ["inputs", "embedding/weights", "embedding/activations"]
    assert list(backward)[:2] == ["embedding/grad_weights", "embedding/grad_activations"]
    assert "grad_inputs" not in backward
    assert forward["inputs"].shape == (5, 16)
    assert forward["inputs"].shape[1] == len(data["input_labels"])
    looked_up = forward["inputs"].reshape(5, 4, 4) @ forward["embedding/weights"]
    np.testing.assert_allclose(looked_up.reshape(5, 12), forward["embedding/activations"], rtol=1e-6)


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_the_tensors_are_one_pass_of_the_batch_on_screen(encoding: str) -> None:
    session, _ = started({"dataset": {"encoding": encoding, "num_samples": 23}, "model": {"dtype": "float64"}})
    session.train_batch()
    state = session.train_batch(update=False)
    rows, samples = tensors(state["forward"])["inputs"], session.inspect_samples(count=100)
    labels = session.dataset()["input_labels"]
    for row, index in zip(rows, state["batch"], strict=True):
        hot = [labels[column].split(":")[1] for column in np.flatnonzero(row)]
        assert hot == samples[index]["input"]
    forward, backward = tensors(state["forward"]), tensors(state["backward"])
    z = forward["layers/1/activations"] @ forward["layers/2/weights"] + forward["layers/2/biases"]
    np.testing.assert_allclose(forward["layers/2/pre_activations"], z, rtol=1e-4, atol=1e-5)
    by_hand = forward["layers/1/activations"].T @ backward["layers/2/grad_pre_activations"]
    np.testing.assert_allclose(backward["layers/2/grad_weights"], by_hand, rtol=1e-4, atol=1e-6)


def test_a_columns_tensors_share_one_buffer() -> None:
    state = Session().state()
    everything = state["forward"]["tensors"] + state["backward"]["tensors"]
    assert len({id(tensor["data"].base) for tensor in everything}) == 1
    assert {tensor["data"].dtype.name for tensor in everything} == {"float32"}


def test_a_float64_runs_numbers_are_its_own() -> None:
    session = Session()
    session.create_run(config={"model": {"dtype": "float64"}, "trainer": {"optimizer": "adam"}})
    model = session._runs.active.model
    model.layers[-1].biases[:] = [-2.9e107, 1e-60, 5e-324, 1.7e308]
    model.layers[0].weights[0, 0] = 1 / 3
    frame = session.advance(id=session._runs.active.id, steps=1)
    assert frame["values"].dtype == np.float64
    state = session.state()
    forward = tensors(state["forward"])
    assert forward["layers/2/biases"].tobytes() == model.layers[-1].biases.tobytes()
    assert forward["layers/2/pre_activations"].tobytes() == model.layers[-1].pre_activations.tobytes()
    assert np.isfinite(forward["layers/2/pre_activations"]).all()
    everything = np.concatenate([tensor["data"] for tensor in state["forward"]["tensors"]])
    assert state["forward"]["scale"]["max"] == everything.max() > 1e308
    session.reset_run(id=session._runs.active.id)
    model.layers[0].weights[0, 0] = 1 / 3
    session.train_batch()
    [before, *_] = (change["before"] for change in session.phases()["changes"] if change["name"] == "layers/0/weights")
    assert before[0] == 1 / 3
    assert session.sample_lens(tensor="layers/0/grad_weights")["parts"].dtype == np.float64


def test_the_scale_is_exact() -> None:
    session, run_id = started()
    session.advance(id=run_id, steps=7)
    state = session.state()
    for column in (state["forward"], state["backward"]):
        values = np.concatenate([tensor["data"] for tensor in column["tensors"]]).astype(np.float64)
        expected = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
        assert list(column["scale"]) == ["min", "p25", "p50", "p75", "max", "magnitude_p25", "not_finite"]
        quartile = np.quantile(np.abs(values[values != 0]), 0.25)
        np.testing.assert_allclose(list(column["scale"].values()), [*expected, quartile, 0], rtol=1e-12)


def test_a_quick_picture_has_exact_ends_and_no_picture_no_tensors() -> None:
    """Whichever picture is asked for, the training is the same."""
    made = []
    for picture in ("exact", "quick", "none"):
        session = Session()
        run_id = session.create_run(config={"model": {"hidden_dims": [128, 128]}})[-1]["id"]
        frame = session.advance(id=run_id, steps=3, picture=picture)
        made.append((frame, session.state()))
    (exact, state), (quick, second), (none, third) = made
    for side in ("forward", "backward"):
        assert exact[f"{side}_scale"] == state[side]["scale"] == second[side]["scale"] == third[side]["scale"]
        assert quick[f"{side}_scale"]["min"] == exact[f"{side}_scale"]["min"]
        assert quick[f"{side}_scale"]["max"] == exact[f"{side}_scale"]["max"]
        assert quick[f"{side}_scale"]["p25"] == pytest.approx(exact[f"{side}_scale"]["p25"], abs=0.02)
        assert quick[f"{side}_scale"] != exact[f"{side}_scale"]
    np.testing.assert_array_equal(quick["values"], exact["values"])
    assert exact.keys() - none.keys() == {
        "layout_id", "layout", "values", "forward_scale", "backward_scale", "optimizer_scales",
    }  # fmt: skip
    assert none["loss"] == exact["loss"]
    with pytest.raises(ValueError, match="picture must be one of exact, quick, none, got 'fast'"):
        session.advance(id=run_id, steps=1, picture="fast")


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_frame_is_the_state_packed(optimizer: str) -> None:
    session, run_id = started()
    session.trainer_config(optimizer=optimizer)
    frame = session.advance(id=run_id, steps=7)
    state = session.state()
    for side in ("forward", "backward", "optimizer"):
        for tensor, place in zip(state[side]["tensors"], frame["layout"][side], strict=True):
            size = math.prod(place["shape"])
            values = frame["values"][place["offset"] : place["offset"] + size]
            assert (tensor["name"], tensor["shape"]) == (place["name"], place["shape"])
            np.testing.assert_array_equal(tensor["data"], values)
        if side != "optimizer":
            assert frame[f"{side}_scale"] == state[side]["scale"]
    assert frame["optimizer_scales"] == state["optimizer"]["scales"]
    for field in set(state) - {"forward", "backward", "optimizer", "batch"}:
        assert frame[field] == state[field]
    assert frame["batch"].tolist() == state["batch"].tolist()
    last = (frame["layout"]["optimizer"] or frame["layout"]["backward"])[-1]
    assert len(frame["values"]) == last["offset"] + math.prod(last["shape"])


def test_the_layout_is_sent_only_when_it_changes() -> None:
    session, run_id = started()
    first = session.advance(id=run_id, steps=1)
    again = session.advance(id=run_id, steps=1, layout_id=first["layout_id"])
    assert (again["layout"], again["layout_id"]) == (None, first["layout_id"])
    short = session.advance(id=run_id, steps=3, layout_id=first["layout_id"])  # the epoch's last batch has 3 samples
    assert short["layout_id"] != first["layout_id"]
    assert short["layout"]["forward"][0]["shape"] == [3, 16]


def test_different_shapes_have_different_layouts() -> None:
    ids = set()
    for hidden in ([], [6], [6, 6], [36]):
        for encoding in ("one_hot", "embedding"):
            for batch_size in (1, 11):
                session, run_id = started(
                    {
                        "dataset": {"encoding": encoding, "embedding_dim": 4},
                        "model": {"hidden_dims": hidden},
                        "trainer": {"batch_size": batch_size},
                    }
                )
                ids.add(session.advance(id=run_id, steps=1)["layout_id"])
    assert len(ids) == 16


def test_advance_in_slices_equals_advance_at_once() -> None:
    (one, a), (other, b) = started(), started()
    one.advance(id=a, steps=100)
    frame, whole = one.advance(id=a, steps=100), other.advance(id=b, steps=200)
    assert frame["values"].tobytes() == whole["values"].tobytes()
    assert one.run_losses()[1]["losses"] == other.run_losses()[1]["losses"]


def test_advance_trains_the_run_it_names_and_measures_if_asked() -> None:
    session, run_id = started()
    first = session.runs()[0]["id"]
    before = session.state()
    frame = session.advance(id=first, steps=20, metrics=True)
    assert (frame["run_id"], frame["step"], frame["metrics"]["step"], frame["mode"]) == (first, 20, 20, "train")
    assert frame["slice_ms"] > 0
    assert session.state()["step"] == before["step"] == 0
    assert session.state()["run_id"] == run_id
    assert session.advance(id=first, steps=1)["metrics"]["step"] == 20
    assert 1 <= session.advance(id=first, steps=100_000, max_ms=1)["step"] - 21 < 100_000


def test_looking_changes_nothing_but_what_is_on_screen() -> None:
    session, run_id = started()
    session.train_batch()
    before = record_of(session, run_id)
    for state in (
        session.train_batch(update=False),
        session.run_single(update=False),
        session.run_single(update=False, sample=17),
        session.train_epoch(update=False),
    ):
        assert (state["mode"], state["step"]) == ("visualize", 1)
    shown = session.run_single(update=False, sample=17)
    assert shown["batch"].tolist() == [17]
    after = record_of(session, run_id)
    on_screen = {"metrics": None, "last_pass": None}
    assert repr({**before, **on_screen}) == repr({**after, **on_screen})
    looked = session.train_batch(update=False)["batch"]
    trained = session.train_batch()
    assert trained["batch"].tolist() == looked.tolist()
    assert (trained["mode"], trained["step"]) == ("train", 2)


def test_metrics_are_those_of_the_whole_training_set_now() -> None:
    session, _ = started()
    for call in (session.run_single, session.train_batch, session.train_epoch):
        state = call()
        dataset = session._runs.active.dataset  # the oracle needs the arrays
        model = session._runs.active.model
        logits = model.predict(dataset.inputs)
        accuracy = np.mean(logits.argmax(axis=1) == dataset.targets)
        assert (state["metrics"]["step"], state["metrics"]["accuracy"]) == (state["step"], pytest.approx(accuracy))
    assert state["epoch"] == 1
    assert state["epoch_ms"] > 0


def test_changes_on_the_way_never_reset() -> None:
    session, run_id = started()
    session.advance(id=run_id, steps=12)
    before = session.state()
    assert session.trainer_config(learning_rate=0.5) == {
        "learning_rate": 0.5,
        "batch_size": 5,
        "loss_type": "cross_entropy",
        "seed": 0,
        **PLAIN,
    }
    assert session.update_batch_size(batch_size=7)["batch_size"] == 7
    assert session.update_loss_type(loss_type="mse")["loss_type"] == "mse"
    after = session.state()
    assert after["metrics"]["loss"] < before["metrics"]["loss"] / 2  # measured anew, as squares
    assert (after["step"], after["epoch"]) == (before["step"], before["epoch"])
    assert [t["data"].tobytes() for t in after["forward"]["tensors"]] == [
        t["data"].tobytes() for t in before["forward"]["tensors"]
    ]
    assert session.runs()[1]["config"]["trainer"] == session.trainer_config()
    assert len(session.train_batch()["batch"]) == 7


def test_runs_are_created_activated_reset_renamed_and_deleted() -> None:
    session = Session()
    first = session.runs()[0]["id"]
    names = [run["name"] for run in session.create_run(name=" Wide ", config={"model": {"hidden_dims": [64]}})]
    assert names == ["Run 1", "Wide"]
    second = session.runs()[1]["id"]
    assert session.state()["run_id"] == second
    session.advance(id=second, steps=30)
    assert [run["active"] for run in session.activate_run(id=first)] == [True, False]
    assert session.rename_run(id=second, name="Wider")[1]["name"] == "Wider"
    summary = session.reset_run(id=second)[1]
    assert (summary["step"], summary["loss"], summary["best_loss"], summary["seconds"]) == (0, None, None, 0.0)
    assert [run["id"] for run in session.delete_run(id=first)] == [second]
    assert session.state()["run_id"] == second


def test_losses_and_curves_of_all_runs() -> None:
    session, run_id = started()
    session.advance(id=run_id, steps=500)
    losses = session.run_losses()
    assert [len(run["losses"]) for run in losses] == [0, 500]
    assert losses[1]["losses"][4] == {"step": 5, "epoch": 1.0, "loss": losses[1]["losses"][4]["loss"]}
    empty, curve = session.loss_curves(max_points=50)
    assert (empty["step"].size, curve["id"]) == (0, run_id)
    assert len(curve["mean"]) <= 50
    assert (curve["step"][-1], curve["mean"][-1]) == (500, losses[1]["losses"][-1]["loss"])
    assert [run["id"] for run in session.loss_curves(ids=[run_id])] == [run_id]
    assert session.loss_curves(ids=[]) == []


def test_an_overview_is_the_answers_of_several_calls() -> None:
    session, run_id = started()
    session.advance(id=run_id, steps=100, metrics=True)
    asked: dict[str, Any] = {"max_points": 40, "smoothing": 0.5}
    found = session.overview(**asked, flow=True, series=True, confusion=True, state=True)
    expected = {
        "runs": session.runs(),
        "curves": session.loss_curves(**asked),
        "epochs": session.epoch_metrics(smoothing=0.5),
        "flow": session.gradient_flow(series=True),
        "confusion": session.confusion(),
        "state": session.state(),
    }
    np.testing.assert_equal(found, expected)
    short = session.overview(ids=[run_id, "deleted", []])
    assert [[run["id"] for run in short[name]] for name in ("curves", "epochs")] == [[run_id], [run_id]]
    assert len(short["runs"]) == 2
    assert (short["confusion"], short["state"], short["flow"]) == (None, None, None)


def test_a_plan_says_what_a_run_will_be() -> None:
    session = Session()
    config = {"model": {"hidden_dims": [7]}, "dataset": {"task": "classification", "num_samples": 33}}
    plan = session.plan_run(config=config)
    run = session.create_run(config=config)[-1]
    assert plan == {
        "config": run["config"],
        "input_dim": 20,
        "output_dim": 3,
        "shape": run["shape"],
        "parameters": run["parameters"],
        "num_samples": 33,
        "num_train": 26,
        "steps_per_epoch": 3,
    }


def test_samples_come_in_pages() -> None:
    session = Session()
    samples = session.inspect_samples(start=90, count=20)
    assert [sample["index"] for sample in samples] == list(range(90, 100))
    assert samples[0]["text"].startswith("".join(samples[0]["input"]) + " → " + samples[0]["target"])


def test_labels_name_every_row_and_column() -> None:
    session, _ = started({"dataset": {"task": "classification", "vocabulary": ["ab", "c", "d"]}})
    data = session.dataset()
    assert data["input_labels"][:4] == ["1:ab", "1:c", "1:d", "2:ab"]
    assert data["output_labels"] == ["M1", "M2", "M3"]
    shapes = {tensor["name"]: tensor["shape"] for tensor in session.state()["forward"]["tensors"]}
    assert shapes["inputs"][1] == len(data["input_labels"])
    assert shapes["layers/2/pre_activations"][1] == len(data["output_labels"])


def test_the_self_test_checks_every_gradient() -> None:
    result = Session().self_test()
    assert result["passed"]
    assert len(result["gradients"]) == 7
    assert all(check["relative_error"] <= result["tolerance"] for check in result["gradients"])
    assert {check["verdict"] for check in result["gradients"]} == {"right"}
    assert result["message"].count(".") >= 1
    assert "7 gradients agree" in result["message"]
    assert 0.5 < result["loss"] < 3


def test_the_self_test_fails_when_a_gradient_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the bias gradient is averaged where it must be summed."""
    backward = Layer.backward

    def wrong(self: Layer, grad_a: Any) -> Any:
        grad_x = backward(self, grad_a)
        self.grad_biases /= len(grad_a)
        return grad_x

    monkeypatch.setattr(Layer, "backward", wrong)
    result = Session().self_test()
    assert not result["passed"]
    assert [check["name"] for check in result["gradients"] if check["verdict"] == "wrong"] == [
        f"layers/{k}/biases" for k in range(3)
    ]
    assert "3 of 7 gradients differ from central differences" in result["message"]


def test_a_saved_run_comes_back_beside_the_old_one() -> None:
    session, run_id = started()
    session.advance(id=run_id, steps=13)
    record = record_of(session, run_id)
    runs = add_record(session, record)
    assert [run["active"] for run in runs] == [False, True, False]
    assert runs[2]["id"] != run_id
    assert {**runs[2], "id": 0, "active": 0} == {**runs[1], "id": 0, "active": 0}
    elsewhere = Session()
    assert add_record(elsewhere, record, activate=True)[1]["id"] == run_id
    assert elsewhere.state()["run_id"] == run_id
    assert elsewhere.train_batch()["loss"] == session.train_batch()["loss"]


def test_every_answer_is_plain_data() -> None:
    session, run_id = started()
    answers: list[Any] = [
        session.state(),
        session.run_single(),
        session.train_batch(),
        session.train_epoch(),
        session.trainer_config(),
        session.runs(),
        session.run_losses(),
        session.advance(id=run_id, steps=3, metrics=True),
        session.loss_curves(),
        session.dataset(),
        session.inspect_samples(),
        session.plan_run(),
        session.limits(),
        session.self_test(),
    ]
    assert [answer for answer in answers if not plain(answer)] == []
    assert session.limits().keys() >= LIMITS.keys() | {"learning_rate", "patience", "num_samples"}


NUMBERS: list[Any] = [None, "", "x", [], {}, True, 0, -1, 1e99, 10**400, math.nan, math.inf, 0.5]


def _bad_calls() -> list[Any]:
    calls: list[tuple[str, str, dict[str, Any]]] = []
    for value in NUMBERS:
        calls.append(("batch_size", "update_batch_size", {"batch_size": value}))
        calls.append(("batch_size", "trainer_config", {"batch_size": value}))
        calls.append(("steps", "advance", {"steps": value}))
        calls.append(("max_points", "loss_curves", {"max_points": value}))
        calls.append(("count", "inspect_samples", {"count": value}))
        for section, field in (("dataset", "num_samples"), ("trainer", "batch_size"), ("dataset", "sequence_length")):
            config = {section: {field: value}}
            calls.append((f"{section}.{field}", "create_run", {"config": config}))
            calls.append((f"{section}.{field}", "plan_run", {"config": config}))
        calls.append(("model.hidden_dims", "create_run", {"config": {"model": {"hidden_dims": [value]}}}))
    rates: list[Any] = [None, "x", 0, -0.1, 1e99, math.nan, True, []]
    calls += [("learning_rate", "trainer_config", {"learning_rate": value}) for value in rates]
    losses: list[Any] = [None, "hinge", 3, []]
    calls += [("loss_type", "update_loss_type", {"loss_type": value}) for value in losses]
    for value in (-1, 23, 1.5, "3", math.nan):
        calls.append(("sample", "run_single", {"update": False, "sample": value}))
        calls.append(("start", "inspect_samples", {"start": value}))
    flags: list[Any] = [None, 1, "yes", []]
    ids: list[Any] = ["nope", None, 3, [], {}]
    calls.append(("sample", "run_single", {"update": True, "sample": 3}))
    for method in ("run_single", "train_batch", "train_epoch"):
        calls.extend(("update", method, {"update": value}) for value in flags)
    for method in ("activate_run", "reset_run", "delete_run", "checkpoint"):
        calls.extend(("id", method, {"id": value}) for value in ids)
    calls += [
        ("id", "advance", {"id": "nope", "steps": 1}),
        ("id", "rename_run", {"id": "nope", "name": "x"}),
        ("id", "loss_curves", {"ids": ["nope"]}),
        ("ids", "loss_curves", {"ids": "nope"}),
        ("ids", "overview", {"ids": "nope"}),
        ("state", "overview", {"state": 1}),
        ("confusion", "overview", {"confusion": None}),
        ("id", "checkpoint", {"id": "nope"}),
        ("name", "create_run", {"name": ""}),
        ("name", "create_run", {"name": "x" * 10_000}),
        ("max_ms", "advance", {"steps": 1, "max_ms": -1}),
        ("max_ms", "advance", {"steps": 1, "max_ms": "soon"}),
        ("metrics", "advance", {"steps": 1, "metrics": "yes"}),
        ("seed", "trainer_config", {"seed": 5}),
        ("dataset.vocabulary", "create_run", {"config": {"dataset": {"vocabulary": ["a", "a"]}}}),
        ("dataset.master_sequences", "create_run", {"config": {"dataset": {"master_sequences": 5}}}),
        ("model.hidden_dims", "create_run", {"config": {"model": {"hidden_dims": [1] * 40}}}),
        ("model.hidden_dims", "plan_run", {"config": {"model": {"hidden_dims": [2048, 2048]}}}),
        ("model.hidden_dims", "create_run", {"config": {"model": {"hidden_dims": "32"}}}),
        ("config", "create_run", {"config": 5}),
    ]
    return [pytest.param(*call, id=f"{call[1]} {str(call[2])[:50]}") for call in calls]


@pytest.fixture(scope="module")
def busy() -> Session:
    """A session in the middle of training."""
    session, run_id = started()
    session.advance(id=run_id, steps=13)
    return session


@pytest.mark.parametrize(("field", "method", "params"), _bad_calls())
def test_a_refused_value_names_its_field_and_changes_nothing(
    busy: Session, field: str, method: str, params: dict[str, Any]
) -> None:
    before = visible(busy)
    if method == "advance":
        params = {"id": busy.runs()[1]["id"], **params}
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is looked at below
        getattr(busy, method)(**params)
    assert str(caught.value).startswith((f"{field} must ", f"{field}: ", f"{field} can "))
    assert len(str(caught.value)) < 250
    assert visible(busy) == before


def test_the_last_run_stays() -> None:
    session = Session()
    with pytest.raises(ValueError, match=r"^id must not be that of the only run"):
        session.delete_run(id=session.runs()[0]["id"])
    assert len(session.runs()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "config",
    [
        {},
        {"dataset": {"encoding": "embedding"}},
        {"dataset": {"task": "classification"}},
        {"trainer": {"loss_type": "mse", "learning_rate": 1.0}},
        {"model": {"dtype": "float64", "activation": "relu"}},
    ],
    ids=str,
)
def test_training_reaches_the_best_that_the_data_allow(config: dict[str, Any]) -> None:
    session, run_id = started(config)
    best = session.dataset()["floor"]["accuracy"]
    assert session.state()["metrics"]["accuracy"] < best
    assert session.advance(id=run_id, steps=3000, metrics=True)["metrics"]["accuracy"] == best


def test_the_session_trains_as_the_trainer_does() -> None:
    session, run_id = started()
    run = session._runs.active.config
    trainer = Trainer(run.make_model(), run.make_dataset(), run.trainer)
    losses = trainer.advance(50)
    session.advance(id=run_id, steps=50)
    assert [point["loss"] for point in session.run_losses()[1]["losses"]] == losses.tolist()


def explained(session: Session, tensor: str, row: int = 0, col: int = 0) -> dict[str, Any]:
    """An explanation that may cross the wire and keeps what it promises."""
    why = session.explain_cell(tensor=tensor, row=row, col=col)
    assert plain(why)
    assert abs(why["sum"] - math.fsum(term["product"] for term in why["terms"])) <= 1e-12
    assert abs(why["difference"]) <= why["bound"]
    return why


@pytest.mark.parametrize("update", [True, False])
def test_a_cell_explains_itself_by_the_config_of_its_pass(update: bool) -> None:
    session, _ = started()
    session.train_batch(update=update)
    before = {
        tensor: explained(session, tensor)
        for tensor in ("layers/2/grad_pre_activations", "layers/0/weights", "layers/1/pre_activations")
    }
    session.trainer_config(learning_rate=3.0, loss_type="mse", batch_size=2)
    assert {tensor: explained(session, tensor) for tensor in before} == before
    logit = before["layers/2/grad_pre_activations"]
    assert (logit["kind"], logit["step"], logit["stale"]) == ("softmax minus target", int(update), False)
    assert before["layers/0/weights"]["kind"] == ("update" if update else "parameter")
    assert before["layers/1/pre_activations"]["stale"] is update
    session.train_batch(update=False)
    assert explained(session, "layers/2/grad_pre_activations")["kind"] == "logit minus target"


def test_explaining_changes_nothing() -> None:
    session, _ = started()
    session.train_epoch()
    before = visible(session)
    session.explain_cell(tensor="layers/1/grad_weights", row=3, col=2)
    assert visible(session) == before


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"tensor": "layers/9/weights", "row": 0, "col": 0}, "tensor must be one of this model's"),
        ({"tensor": None, "row": 0, "col": 0}, "tensor must be one of this model's"),
        ({"tensor": ["inputs"], "row": 0, "col": 0}, "tensor must be one of this model's"),
        ({"tensor": "inputs", "row": 5, "col": 0}, "row must be between 0 and 4 \\(the rows of inputs\\), got 5"),
        ({"tensor": "inputs", "row": 0, "col": -1}, "col must be between 0 and 15 \\(the columns of inputs\\), got -1"),
        ({"tensor": "inputs", "row": 0.5, "col": 0}, "row must be a whole number"),
    ],
)
def test_a_cell_that_is_not_there_is_refused(params: dict[str, Any], message: str) -> None:
    session, _ = started()
    with pytest.raises(ValueError, match=message):
        session.explain_cell(**params)


def test_the_running_source_can_be_read() -> None:
    session, _ = started()
    text = session.source(file="model.py")["text"]
    why = session.explain_cell(tensor="layers/1/grad_weights", row=0, col=0)
    (line,) = [line for line in why["code"] if line["file"] == "model.py"][:1]
    assert text.splitlines()[line["line"] - 1].strip() == line["text"].strip()


@pytest.mark.parametrize("file", ["../__init__.py", "/etc/passwd", "", None, ["model.py"], "model", "py.typed"])
def test_only_files_of_the_package_are_read(file: Any) -> None:
    session, _ = started()
    with pytest.raises(ValueError, match=r"file must be one of this package's, such as model\.py, got "):
        session.source(file=file)
