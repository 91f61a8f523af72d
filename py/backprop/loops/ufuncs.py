"""Inner loops of NumPy's ufuncs, replaced through its C interface while Python runs.

In WebAssembly the address of a function is its index in the table of functions, a plain number.
"""

import ctypes
from importlib import import_module
from typing import Any

import numpy as np

# Place of a function in NumPy's table `_UFUNC_API` (numpy/ufuncobject.h).
_REPLACE_LOOP = 30  # PyUFunc_ReplaceLoopBySignature
_LENGTH = 42

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int


def replace_loop(name: str, kind: str, address: int) -> int:
    """Replace the loop of a ufunc for one type of numbers.

    Parameters
    ----------
    name : of the ufunc, such as "matmul"
    kind : character of the dtype of all inputs and outputs: "f" or "d"
    address : of the new loop

    Returns
    -------
    the address of the loop that it had

    Raises
    ------
    RuntimeError
        If the ufunc has no loop for this type.
    """
    ufunc = getattr(np, name)
    count = ufunc.nin + ufunc.nout
    signature, old = (_INT * count)(*[np.dtype(kind).num] * count), _POINTER()
    prototype = ctypes.PYFUNCTYPE(_INT, ctypes.py_object, _POINTER, ctypes.POINTER(_INT), ctypes.POINTER(_POINTER))
    if prototype(_api()[_REPLACE_LOOP])(ufunc, address, signature, ctypes.byref(old)) != 0 or not old.value:
        raise RuntimeError(f"numpy.{name} has no loop for dtype {kind!r}")
    return old.value


def _api() -> Any:
    """Return NumPy's table of C functions for ufuncs."""
    private = import_module("numpy._core._multiarray_umath")
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = _POINTER, [ctypes.py_object, ctypes.c_char_p]
    return (_POINTER * _LENGTH).from_address(get(private._UFUNC_API, None))
