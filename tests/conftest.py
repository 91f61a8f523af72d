"""Settings for every test, on CPython and inside Pyodide.

Hypothesis draws the same examples in every run: a failure can be repeated, and a pass means the same thing each time.
How much each tier of the tests does is set here, and nowhere else; WebAssembly is slower, and does less.
"""

import os
import sys
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings


@dataclass(frozen=True)
class Amounts:
    """How much the tests that can do more or less do."""

    examples: int  # of Hypothesis, for each property
    lives: int  # runs that are lived through, under random actions
    kills: int  # of the browser, in the middle of something
    seeds: int  # that stand for all
    fuzzed: int  # run files and links, damaged at random
    sweeps: int  # of twelve runs each


USUAL = Amounts(examples=25, lives=25, kills=2, seeds=2, fuzzed=2_000, sweeps=1)
FAST = Amounts(examples=5, lives=5, kills=0, seeds=1, fuzzed=0, sweeps=0)
NIGHTLY = Amounts(examples=200, lives=20_000, kills=200, seeds=5, fuzzed=100_000, sweeps=10)
IN_WASM = Amounts(examples=5, lives=5, kills=0, seeds=1, fuzzed=100, sweeps=0)
IN_WASM_NIGHTLY = Amounts(examples=20, lives=20, kills=0, seeds=1, fuzzed=300, sweeps=0)

# Threads that share a small product spin while they wait: beside busy processes that costs ten times as much.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the tiers of `python3 build.py test`."""
    parser.addoption("--fast", action="store_true", help="draw fewer examples")
    parser.addoption("--nightly", action="store_true", help="kill the browser more often, fuzz and draw more")


def pytest_configure(config: pytest.Config) -> None:
    """Set how many examples Hypothesis draws, before any test is imported."""
    slow = [HealthCheck.too_slow] if sys.platform == "emscripten" else []
    settings.register_profile(
        "tier", deadline=None, derandomize=True, max_examples=chosen(config).examples, suppress_health_check=slow
    )
    settings.load_profile("tier")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the marked cases to the nightly run."""
    if config.getoption("--nightly"):
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("nightly")])
    items[:] = [item for item in items if not item.get_closest_marker("nightly")]


def chosen(config: pytest.Config) -> Amounts:
    """Return the amounts of this run."""
    nightly = config.getoption("--nightly")
    if sys.platform == "emscripten":
        return IN_WASM_NIGHTLY if nightly else IN_WASM
    if config.getoption("--fast"):
        return FAST
    return NIGHTLY if nightly else USUAL


@pytest.fixture(scope="session")
def amounts(pytestconfig: pytest.Config) -> Amounts:
    """Return how much the tests of this run do."""
    return chosen(pytestconfig)


@pytest.fixture(scope="session")
def seeds(amounts: Amounts) -> range:
    """Return the seeds that stand for all."""
    return range(amounts.seeds)
