"""Damaged links, as many as the tier asks for: the page reads what it can, and says the rest in sentences."""

import os
import subprocess

import pytest

from tests.conftest import Amounts
from tools.places import ROOT

pytestmark = [pytest.mark.native, pytest.mark.slow]  # starts Node.js

LINKS = ROOT / "tests" / "web" / "config" / "fuzzed_fragments.test.mjs"


def test_fuzzed_links_give_a_config_and_sentences(amounts: Amounts) -> None:
    environment = {**os.environ, "FUZZ_COUNT": str(amounts.fuzzed)}
    command = ["node", "--no-warnings", "--test", LINKS]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stdout
