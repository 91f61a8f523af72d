"""Exports: the PyTorch script rebuilds the very model and runs nothing of a stranger's; the CSV holds every point."""

import ast
import base64
import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop.activations import ACTIVATIONS
from backprop.export import TORCH_ACTIVATIONS, file_name, history_csv, to_pytorch
from backprop.run_config import RunConfig
from backprop.training_run import TrainingRun

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


@pytest.mark.native  # starts a process; PyTorch does not exist in a browser
@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_pytorch_computes_the_same_logits(config: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("torch")
    path = tmp_path / "model.py"
    path.write_text(to_pytorch(trained(**config)), "utf-8")
    result = subprocess.run([sys.executable, path], capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "'Run 1' after 300 steps:"
    assert float(lines[-1].rsplit(" ", 1)[1]) <= 1e-6
    assert "agree with the original" in lines[-1]
    assert "->" in lines[1]


@pytest.mark.native
@pytest.mark.parametrize("damage", ["weights", "diverged"])
def test_the_scripts_own_check_notices_other_weights(damage: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    diverging = {"learning_rate": 1000.0, "loss_type": "mse"}
    run = trained(trainer=diverging if damage == "diverged" else {})
    script = to_pytorch(run)
    if damage == "weights":
        other = trained(301)
        script = script.split("WEIGHTS = {")[0] + "WEIGHTS = {" + to_pytorch(other).split("WEIGHTS = {")[1]
    path = tmp_path / "model.py"
    path.write_text(script, "utf-8")
    result = subprocess.run([sys.executable, path], capture_output=True, text=True, encoding="utf-8", check=False)
    assert (result.returncode == 0) == (damage == "diverged"), result.stderr
    assert ("not close" in result.stderr) == (damage == "weights")


@pytest.mark.parametrize("steps", [0, 1, 2, 300])
def test_the_csv_holds_every_step(steps: int) -> None:
    run = TrainingRun()
    losses = run.advance(steps) if steps else np.empty(0)
    header, *rows = csv.reader(io.StringIO(history_csv(run)))
    assert header == ["step", "epoch", "time [s]", "min loss [nats]", "mean loss [nats]", "max loss [nats]"]
    table = np.array(rows, float).reshape(-1, 6)
    assert table[:, 0].tolist() == list(range(1, steps + 1))
    for column in (3, 4, 5):
        assert np.array_equal(table[:, column], losses)
    if steps:
        assert table[-1, 1] == run.trainer.epoch
        assert rows[0][0] == "1"


def test_losses_without_a_common_unit_have_none() -> None:
    assert "min loss,mean loss" in history_csv(trained(5, trainer={"loss_type": "mse"}))
    run = trained(5, trainer={"loss_type": "mse"})
    run.configure(loss_type="cross_entropy")
    run.advance(5)
    assert "nats" not in history_csv(run)


def test_infinite_losses_are_said_as_such() -> None:
    run = trained(5)
    run.history.extend(*np.array([[np.nan, np.inf], [5.0, 6.0], [5.0, 6.0]]))
    assert [line[-11:] for line in history_csv(run).splitlines()[-2:]] == ["nan,nan,nan", "inf,inf,inf"]


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
