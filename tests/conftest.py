"""Settings for every test, on CPython and inside Pyodide.

Hypothesis draws the same examples in every run: a failure can be repeated, and a pass means the same thing each time.
Tests that need a certain number of examples leave it to the profile: WebAssembly is slower, and runs fewer.
"""

import os
import sys

import pytest
from hypothesis import HealthCheck, settings

# Threads that share a small product spin while they wait: beside busy processes that costs ten times as much.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
settings.register_profile("machine", deadline=None, derandomize=True, max_examples=200)
settings.register_profile(
    "browser", deadline=None, derandomize=True, max_examples=20, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("browser" if sys.platform == "emscripten" else "machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what a nightly run asks for: `python3 build.py test --nightly`."""
    parser.addoption(
        "--nightly",
        action="store_true",
        help="kill the browser ten times as often, and live through forty times as many runs",
    )


@pytest.fixture(scope="session")
def kills(pytestconfig: pytest.Config) -> int:
    """How often the browser is killed in the middle of something."""
    return 200 if pytestconfig.getoption("--nightly") else 20


@pytest.fixture(scope="session")
def seeds() -> range:
    """Return the seeds that stand for all: five, and in WebAssembly the first."""
    return range(1 if sys.platform == "emscripten" else 5)
