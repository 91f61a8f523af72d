"""The golden run: 200 steps of the default configuration give the same losses on every machine.

float64 to 1e-12; float32 to 1e-5, since each BLAS sums in its own order and training carries the rounding on.
`tests/browser/test_golden_browser.py` holds the browser's WebAssembly to the same files.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop.dataset import SequenceDataset
from backprop.model import Model
from backprop.run_config import RunConfig
from backprop.trainer import Trainer, TrainerConfig

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}


def golden(dtype: str) -> dict[str, Any]:
    path = Path(__file__).parent / "data" / f"golden_{dtype}.json"
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
    default = RunConfig.from_dict({"model": {"dtype": dtype}}).to_dict()
    assert golden(dtype)["config"] == json.loads(json.dumps(default))


def test_it_learns() -> None:
    losses = golden("float64")["losses"]
    assert np.mean(losses[-10:]) < 0.1 * losses[0]
