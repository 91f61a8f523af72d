"""The golden run: 200 steps of the default configuration give the same losses on every machine.

float64 to 1e-12; float32 to 1e-5, since each BLAS sums in its own order and training carries the rounding on.
`tests/browser/test_golden.py` holds the browser's WebAssembly to the same files.
"""

import importlib
import json
import pkgutil
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backprop
from backprop.data.dataset import SequenceDataset
from backprop.model import Model
from backprop.runs.config import RunConfig
from backprop.training.config import TrainerConfig
from backprop.training.trainer import Trainer

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}


def golden(dtype: str) -> dict[str, Any]:
    path = Path(__file__).resolve().parents[2] / "data" / f"golden_{dtype}.json"
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_two_hundred_steps(dtype: str) -> None:
    expected = golden(dtype)
    config = expected["config"]
    dataset = SequenceDataset(**config["dataset"])
    model = Model(dataset.input_dim, output_dim=dataset.output_dim, **config["model"])
    losses = Trainer(model, dataset, TrainerConfig(**config["trainer"])).advance(len(expected["losses"]))
    assert len(losses) == 200
    np.testing.assert_allclose(losses, expected["losses"], rtol=TOLERANCE[dtype], atol=0)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_the_golden_run_is_the_default_configuration(dtype: str) -> None:
    default = RunConfig.from_dict({"model": {"dtype": dtype}})
    assert RunConfig.from_dict(golden(dtype)["config"]) == default


def losses_of(package: str, config: dict[str, Any]) -> list[float]:
    """The losses of the golden run, trained by a package of this name."""
    modules = [f"{package}.{name}" for name in ("data.dataset", "model", "training.trainer")]
    dataset_module, model_module, trainer_module = (importlib.import_module(name) for name in modules)
    dataset = dataset_module.SequenceDataset(**config["dataset"])
    model = model_module.Model(dataset.input_dim, output_dim=dataset.output_dim, **config["model"])
    trainer = trainer_module.Trainer(model, dataset, trainer_module.TrainerConfig(**config["trainer"]))
    return [float(loss) for loss in trainer.advance(200)]


def test_the_package_works_under_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its imports are relative: every module of a copy imports the copy's, and it trains the same, bit for bit."""
    shutil.copytree(Path(backprop.__file__).parent, tmp_path / "copied", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(str(tmp_path))
    copied = importlib.import_module("copied")
    names = [found.name for found in pkgutil.walk_packages(copied.__path__, "copied.") if found.name[-8:] != "__main__"]
    for module in [importlib.import_module(name) for name in names]:
        foreign = [
            value for value in vars(module).values() if str(getattr(value, "__module__", "")).startswith("backprop")
        ]
        assert not foreign, module.__name__
    assert len(names) > 60
    config = golden("float32")["config"]
    assert losses_of("copied", config) == losses_of("backprop", config)


def test_it_learns() -> None:
    losses = golden("float64")["losses"]
    assert np.mean(losses[-10:]) < 0.1 * losses[0]
