"""The New run form rules out exactly those choices that Python refuses together."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from backprop.runs.config import RunConfig

pytestmark = [pytest.mark.native, pytest.mark.slow]  # starts Node.js

SCRIPT = Path(__file__).resolve().with_name("combinations.mjs")


def test_what_cannot_be_combined_cannot_be_chosen() -> None:
    result = subprocess.run(["node", SCRIPT], capture_output=True, text=True, encoding="utf-8", check=True)
    combinations = json.loads(result.stdout)
    assert len(combinations) > 900
    for combination in combinations:
        made = None
        with suppress(ValueError):
            made = RunConfig.from_dict(combination["config"])
        draft = combination["draft"]
        if draft["dataset.num_samples"] == "1" and draft["dataset.held_out_by"] == "position":
            continue  # a single sample cannot be divided: only the samples show when that is so
        assert (made is None) == bool(combination["excluded"]), draft
