"""The loops that NumPy runs: its own, or compiled ones with SIMD instructions.

Both do the same arithmetic. In float64 they give the same bits. In float32 exp and tanh may differ in the last digit,
and numbers below 1.2e-38 (denormals), which make processors a hundred times slower, count as 0: see simd/README.md.
With the compiled loops, `formulas` run as one loop each, with the same bits.
"""

from collections.abc import Mapping

import numpy as np

from .checks import first_difference, results
from .formulas import FORMULAS, SIGNATURES
from .ufuncs import make_ufunc, replace_loop

PLAIN, SIMD, MIXED = "plain", "simd 1", "mixed"
# Version of NumPy whose C interface the loops were tested with.
NUMPY = "2.4."
# Ending of a loop's name → the kind of its numbers.
KINDS = {"f32": "f", "f64": "d"}
UFUNCS = {
    *("matmul", "add", "subtract", "multiply", "divide", "minimum", "maximum"),
    *("exp", "tanh", "square", "reciprocal", "negative", "sqrt"),
}


class Loops:
    """The loops in force, and the switch between them.

    Attributes
    ----------
    reason : why only NumPy's own loops are there; "" if the compiled ones are installed
    simd : name of a ufunc and kind of its numbers → address of the compiled loop
    """

    def __init__(self) -> None:
        self.reason = "they are made for Python in a browser"
        self.simd: dict[tuple[str, str], int] = {}
        self._plain: dict[tuple[str, str], int] = {}
        self._is_on = False

    @property
    def name(self) -> str:
        """PLAIN or SIMD."""
        return SIMD if self._is_on else PLAIN

    def install(self, addresses: Mapping[str, int]) -> None:
        """Put compiled loops in force, if their results are those of NumPy's own.

        Parameters
        ----------
        addresses : name, such as "matmul_f32" → address, as an index in WebAssembly's table of functions
        """
        if not np.__version__.startswith(NUMPY):
            return self.refuse(f"they were not tested with NumPy {np.__version__}")
        named = {name: name.rpartition("_") for name in addresses}
        self.simd = {
            (ufunc, KINDS[ending]): addresses[name] for name, (ufunc, _, ending) in named.items() if ufunc in UFUNCS
        }
        plain = results()
        self.reason = ""
        self.use(True)
        difference = first_difference(plain, results())
        if difference:
            return self._give_up(f"{difference} differs from NumPy's own")
        _install_formulas(addresses)
        if difference := FORMULAS.first_difference():
            return self._give_up(f"{difference} as one loop differs from its formula")
        return None

    def _give_up(self, reason: str) -> None:
        self.use(False)
        self.refuse(reason)

    def refuse(self, reason: str) -> None:
        """Leave NumPy's own loops in force, for a reason."""
        self.reason = reason

    def use(self, on: bool) -> None:
        """Put the compiled loops in force, or NumPy's own; where they are not installed, nothing changes."""
        if self.reason or on == self._is_on:
            return
        for (ufunc, kind), address in (self.simd if on else self._plain).items():
            old = replace_loop(ufunc, kind, address)
            self._plain.setdefault((ufunc, kind), old)
        self._is_on = FORMULAS.is_on = on


LOOPS = Loops()


def _install_formulas(addresses: Mapping[str, int]) -> None:
    """Make a ufunc of each loop of a formula, and put it where models find it."""
    FORMULAS.install(
        {
            name: make_ufunc(name, addresses[f"{name}_f32"], signature)
            for name, signature in SIGNATURES.items()
            if f"{name}_f32" in addresses
        }
    )


def after_steps(before: str, *, has_steps: bool) -> str:
    """Return the loops that made all steps of a run, after some more: PLAIN, SIMD, or MIXED.

    Parameters
    ----------
    before : those that made its earlier steps
    has_steps : whether there were any
    """
    return MIXED if has_steps and before != LOOPS.name else LOOPS.name
