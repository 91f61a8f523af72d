"""The golden run once more, in the browser's WebAssembly, through the page's own API."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
DATA = Path(__file__).parents[1] / "data"

# Two uneven slices: how training is cut must not matter.
TRAIN = """
async ({config, simd}) => {
  await backprop.loops({simd});
  const runs = await backprop.create_run({config});
  const run = runs.find((each) => each.active);
  await backprop.advance({id: run.id, steps: 77});
  await backprop.advance({id: run.id, steps: 123});
  await backprop.loops({simd: true});
  const [curve] = await backprop.loss_curves({ids: [run.id]});
  return {config: run.config, steps: [...curve.step], losses: [...curve.mean]};
}
"""


@pytest.mark.parametrize("simd", [True, False], ids=["simd", "plain"])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_two_hundred_steps_are_the_same_in_the_browser(booted: Page, dtype: str, simd: bool) -> None:
    golden: dict[str, Any] = json.loads((DATA / f"golden_{dtype}.json").read_text("utf-8"))
    result = booted.evaluate(TRAIN, {"config": {"model": {"dtype": dtype}}, "simd": simd})
    # A setting that is newer than the golden run has its default.
    known = {
        name: {each: result["config"][name][each] for each in section} for name, section in golden["config"].items()
    }
    assert known == golden["config"]
    assert result["steps"] == list(range(1, 201))
    assert result["losses"] == pytest.approx(golden["losses"], rel=TOLERANCE[dtype], abs=0)
