"""numpy.random as the page loads it: in two parts, and the whole as soon as something else of it is used."""

import subprocess
import sys

import pytest

from tools.places import ROOT

BEFORE = f"""
import sys
sys.path[:0] = [{str(ROOT / "web" / "engine")!r}, {str(ROOT / "py")!r}]
import numpy as np
from late_modules import RandomOnUse
sys.meta_path.insert(0, RandomOnUse())
assert "numpy.random" not in sys.modules
"""
IS_PART = 'assert "numpy.random._pcg64" in sys.modules and "numpy.random.mtrand" not in sys.modules'
IS_WHOLE = 'assert "numpy.random.mtrand" in sys.modules'


def run(*lines: str) -> None:
    """Run lines in a Python of their own, after the page's loader is installed."""
    done = subprocess.run(
        [sys.executable, "-c", "\n".join((BEFORE, *lines))], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_start_loads_only_its_generator() -> None:
    run(
        "from backprop.loops.installed import LOOPS",
        "from backprop.session import Session",
        "Session().train_batch(update=True)",
        IS_PART,
    )


def test_its_generator_is_numpys() -> None:
    run(
        "generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(3)))",
        IS_PART,
        "first = generator.standard_normal(9)",
        "assert np.array_equal(first, np.random.default_rng(3).standard_normal(9))",
        IS_WHOLE,
        "assert type(generator) is np.random.Generator",
    )


@pytest.mark.parametrize(
    "use",
    [
        "np.random.seed(1); assert np.random.rand(2).shape == (2,)",
        "np.random.Generator(np.random.MT19937(1)).random()",
        "from numpy.random import *; assert callable(shuffle)",
        "import numpy.random.mtrand; assert np.random.RandomState is numpy.random.mtrand.RandomState; np.random.rand()",
        "assert 'Philox' in np.random.__all__",
        "assert 'shuffle' in dir(np.random)",
        "import copy; made = copy.deepcopy(np.random.default_rng(1)); assert type(made) is np.random.Generator",
    ],
)
def test_any_other_name_loads_all_of_it(use: str) -> None:
    run(use, IS_WHOLE, "assert type(np.random.__loader__).__name__ != 'RandomOnUse'", "np.random.test")


def test_a_name_that_numpy_does_not_have_is_refused_as_by_numpy() -> None:
    run(
        "try: np.random.nothing",
        "except AttributeError as error: message = str(error)",
        """assert message == "module 'numpy.random' has no attribute 'nothing'", message""",
    )
