"""Exports: the PyTorch script rebuilds the very model and runs nothing of a stranger's; the CSV holds every point."""

import ast
import base64
import csv
import io
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.files.file_names import file_name
from backprop.files.history_csv import history_csv
from backprop.files.pytorch_script import TORCH_ACTIVATIONS, to_pytorch
from backprop.runs.changes import MAX_CHANGES
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun

HOSTILE = [
    '"""\nimport os; os.abort()\n"""',
    "'); raise SystemExit(9) #",
    "{0.__class__} {name} %s",
    "\\",
    "\u202e\u2066RLO\u2069",
    "<script>alert(1)</script>",
    "\u2028",
]


def trained(steps: int = 300, **config: Any) -> TrainingRun:
    run = TrainingRun(RunConfig.from_dict(config))
    run.advance(steps)
    return run


def constants(script: str) -> dict[str, Any]:
    """The values that a script's names stand for, read without running it."""
    found = {}
    for node in ast.parse(script).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


CONFIGS: list[Any] = [
    {},
    {"dataset": {"encoding": "embedding", "embedding_dim": 3}, "model": {"dtype": "float64"}},
    {"dataset": {"task": "classification"}, "model": {"hidden_dims": []}, "trainer": {"loss_type": "mse"}},
    {"dataset": {"num_samples": 3}, "model": {"hidden_dims": [1, 2, 3, 4]}, "trainer": {"batch_size": 2}},
    *[{"model": {"activation": name, "hidden_dims": [5]}} for name in ACTIVATIONS],
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_the_script_holds_the_model(config: dict[str, Any]) -> None:
    run = trained(**config)
    script = to_pytorch(run)
    found = constants(script)
    assert found["NAME"] == "Run 1"
    assert found["VOCABULARY"] == run.dataset.vocabulary
    assert found["CLASSES"] == run.dataset.output_labels
    assert found["STEPS"] == 300
    assert np.array_equal(found["SAMPLES"], run.dataset.tokens[:8, : run.dataset.settings.positions])
    little = run.model.parameters.dtype.newbyteorder("<")
    flat = [np.frombuffer(base64.b64decode(text), little) for _, text in found["WEIGHTS"].values()]
    assert np.array_equal(np.concatenate(flat), run.model.parameters)
    assert [tuple(shape) for shape, _ in found["WEIGHTS"].values()] == [
        values.shape for values in run.model.named_parameters().values()
    ]
    logits = np.frombuffer(base64.b64decode(found["LOGITS"]), "<f8").reshape(-1, run.model.output_dim)
    inputs = run.dataset.inputs[:8]
    assert np.allclose(logits, run.model.predict(inputs), rtol=1e-4, atol=1e-5)
    layers = [f"nn.Linear({layer.fan_in}, {layer.fan_out})" for layer in run.model.layers]
    assert [line.strip(" ,") for line in script.splitlines() if line.strip().startswith("nn.Linear")] == layers
    assert script.count(f"            {TORCH_ACTIVATIONS[run.model.activation]},\n") == len(run.model.layers) - 1
    assert max(map(len, script.splitlines())) <= 120


def test_every_activation_has_its_name_in_pytorch() -> None:
    assert TORCH_ACTIVATIONS.keys() == ACTIVATIONS.keys()


def hostile(name: str) -> TrainingRun:
    run = trained(1, dataset={"vocabulary": ["'", '"', "\\", "{x}"]})
    run.name = name
    return run


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_a_literal_and_nothing_else(name: str) -> None:
    script = to_pytorch(hostile(name))
    found = constants(script)
    assert found["NAME"] == name
    assert found["VOCABULARY"] == ["'", '"', "\\", "{x}"]
    plain = ast.parse(to_pytorch(hostile("plain")))
    tree = ast.parse(script)
    for module in (plain, tree):
        module.body = [node for node in module.body if not ast.unparse(node).startswith("NAME")]
    assert ast.dump(tree) == ast.dump(plain)
    assert all(line.isprintable() for line in script.splitlines())


# What PyTorch made of these very scripts (tests/data/make_torch_fixtures.py ran them).
RAN_BY_PYTORCH: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "data" / "torch_scripts.json").read_text("utf-8")
)


def values(text: str, dtype: str, shape: list[int]) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(text), np.dtype(dtype).newbyteorder("<")).reshape(shape)


def without_logits(script: str) -> str:
    return re.sub(r"^LOGITS = (\"\"\"|\").*?\1$", "LOGITS", script, count=1, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("case", RAN_BY_PYTORCH["cases"], ids=lambda case: str(case["config"]))
def test_pytorch_computes_the_same_logits(case: dict[str, Any]) -> None:
    """With the weights of a script that PyTorch has run: the export is that script, the logits are PyTorch's."""
    run = trained(RAN_BY_PYTORCH["steps"], **case["config"])
    model, found = run.model, constants(case["script"])
    for (text_shape, text), parameter in zip(found["WEIGHTS"].values(), model.named_parameters().values(), strict=True):
        parameter[:] = values(text, model.dtype, text_shape)
    script = to_pytorch(run)
    assert without_logits(script) == without_logits(case["script"])
    assert "LOGITS\n" in without_logits(script)
    expected = np.array(case["logits"])
    ours = values(constants(script)["LOGITS"], "float64", [*expected.shape])  # its last bits are the platform's
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-6)
    digits = 1e-6 if model.dtype == np.float64 else 1e-5  # on screen it computes in its own dtype
    np.testing.assert_allclose(model.predict(run.dataset.inputs[: len(ours)]), expected, rtol=digits, atol=digits)


@pytest.mark.parametrize("case", RAN_BY_PYTORCH["cases"], ids=lambda case: str(case["config"]))
def test_pytorch_ran_the_script_to_its_end(case: dict[str, Any]) -> None:
    """It said what it predicts for each sample, and that it agrees with the original."""
    found = constants(case["script"])
    first, *predictions, last = case["printed"].splitlines()
    assert first == f"'Run 1' after {RAN_BY_PYTORCH['steps']} steps:"
    for sample, line, logits in zip(found["SAMPLES"], predictions, case["logits"], strict=True):
        tokens = " ".join(found["VOCABULARY"][token] for token in sample)
        assert line.startswith(f"  {tokens} -> {found['CLASSES'][np.argmax(logits)]}")
    assert last.startswith(f"Logits of {len(predictions)} samples agree with the original: largest difference ")
    assert float(last.rsplit(" ", 1)[1]) <= 1e-6


def test_pytorch_has_run_every_kind_of_script() -> None:
    configs = [RunConfig.from_dict(case["config"]) for case in RAN_BY_PYTORCH["cases"]]
    kinds = {(config.dataset.encoding, config.dataset.task) for config in configs}
    assert kinds >= {("one_hot", "next_token"), ("one_hot", "classification")}
    assert kinds >= {("embedding", "next_token"), ("embedding", "classification")}
    assert {config.trainer.loss_type for config in configs} == {"cross_entropy", "mse"}
    pairs = {(config.model.activation, config.model.dtype) for config in configs}
    assert pairs == {(name, dtype) for name in ACTIVATIONS for dtype in ("float32", "float64")}


@pytest.mark.parametrize("steps", [0, 1, 2, 300])
def test_the_csv_holds_every_step(steps: int) -> None:
    run = TrainingRun()
    losses = run.advance(steps) if steps else np.empty(0)
    header, *rows = table_of(run)
    names = ["step", "epoch", "time [s]", "min loss [nats]", "mean loss [nats]", "max loss [nats]", "batch accuracy"]
    assert header == ["run id", "run", *names, "unit"]
    assert all(row[:2] == [run.id, "Run 1"] and row[-1] == "nats" for row in rows)
    table = np.array([row[2:-1] for row in rows], float).reshape(-1, 7)
    assert table[:, 0].tolist() == list(range(1, steps + 1))
    for column in (3, 4, 5):
        assert np.array_equal(table[:, column], losses)
    if steps:
        assert table[-1, 6] == run.trainer.batch_accuracy
        assert table[-1, 1] == run.trainer.epoch
        assert rows[0][2] == "1"


def table_of(run: TrainingRun) -> list[list[str]]:
    return list(csv.reader(io.StringIO(history_csv(run))))


def test_a_loss_is_in_the_unit_of_its_step() -> None:
    assert table_of(trained(5, trainer={"loss_type": "mse"}))[0][6] == "mean loss [squared error]"
    run = trained(5, trainer={"loss_type": "mse"})
    run.configure(loss_type="cross_entropy")
    run.configure(loss_type="mse")  # nothing has changed after all
    run.advance(2)
    for number in range(MAX_CHANGES + 10):  # very many other changes push the older ones out
        run.configure(loss_type="cross_entropy" if number == 0 else "mse")
        run.configure(learning_rate=0.1 + 0.001 * number)
        run.advance(1)
    header, *rows = table_of(run)
    assert header[6] == "mean loss [squared error or nats]"
    assert [row[-1] for row in rows] == ["squared error"] * 7 + ["nats"] + ["squared error"] * (MAX_CHANGES + 9)
    assert len(run.changes) == MAX_CHANGES


FORMULAS = [
    "x;=cmd|' /C calc'!A0;",
    *(
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "﹦1",
        "=\u0338cmd",
        "\ufeff＝1",
        "\u202e=1",
        "\u200b@A1",
    ),
    *("x;+1", "x; -1", 'x;"=1"', 'x;"@A1', "x;;\ufeff=1", "x,=1", "x|=1", "x;﹣1", ";=1", ";,=1"),
    *('a,"b"\t;c', "a-b", "1e-3; lr=0.1", "Adam, 2+2", "x; (y)"),
]


@pytest.mark.parametrize("name", FORMULAS)
def test_every_text_of_the_csv_is_quoted_and_begins_no_formula(name: str) -> None:
    run = trained(1)
    run.name = name
    text = history_csv(run)
    (row,) = list(csv.reader(io.StringIO(text)))[1:]
    assert (row[0], row[1].replace("'", ""), row[-1]) == (run.id, name.replace("'", ""), "nats")
    if re.search(r"^\w+[-+]\w|lr=|\(y\)|\tc", name):
        assert row[1] == name
    # Outside of quotes there are numbers only.
    assert re.sub(r'"(?:[^"]|"")*"', "", text.splitlines()[1]).strip("0123456789.,e-") == ""
    for separator in ",;|":
        for cell in csv.reader(io.StringIO(text), delimiter=separator):
            for part in cell:
                seen = unicodedata.normalize("NFKC", part).strip(' "\ufeff\u202e\u200b')
                assert not seen.startswith(("=", "+", "-", "@", "≠")), (separator, part)


def test_infinite_losses_are_said_as_such() -> None:
    run = trained(5)
    run.history.extend(*np.array([[np.nan, np.inf], [0.5, 1.0], [5.0, 6.0], [5.0, 6.0]]))
    assert [row[-5:-1] for row in table_of(run)[-2:]] == [["nan", "nan", "nan", "0.5"], ["inf", "inf", "inf", "1.0"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Run 1", "backprop-Run-1.csv"),
        ("../../etc/passwd", "backprop-etc-passwd.csv"),
        ("con", "backprop-con.csv"),
        ("a\u202efdp.exe", "backprop-a-fdp-exe.csv"),
        ("x" * 100, f"backprop-{'x' * 100}.csv"),
    ],
)
def test_file_names_are_plain(name: str, expected: str) -> None:
    run = TrainingRun(name=name)
    assert file_name(run, ".csv") == expected
    run.name = "一"
    assert file_name(run, ".csv") == f"backprop-{run.id}.csv"
