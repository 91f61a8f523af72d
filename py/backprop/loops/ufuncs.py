"""NumPy's C interface for ufuncs: their inner loops replaced while Python runs, and new ufuncs.

In WebAssembly the address of a function is its index in the table of functions, a plain number.
"""

import ctypes
from importlib import import_module
from typing import Any

import numpy as np

# Places of functions in NumPy's table `_UFUNC_API` (numpy/ufuncobject.h).
_REPLACE_LOOP = 30  # PyUFunc_ReplaceLoopBySignature
_MAKE = 31  # PyUFunc_FromFuncAndDataAndSignature
_LENGTH = 42

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_NO_IDENTITY = -1  # PyUFunc_None
_KEPT: list[Any] = []  # what ufuncs refer to, for as long as Python runs


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


def make_ufunc(name: str, address: int, signature: str) -> np.ufunc:
    """Make a ufunc of a loop of float32.

    Parameters
    ----------
    address : of the loop
    signature : shapes of its inputs and outputs, such as "(n,m),(n,m)->()"; "()" for a function of single numbers
    """
    inputs, outputs = (side.count("(") for side in signature.split("->"))
    count = inputs + outputs
    kinds = ctypes.create_string_buffer(bytes([np.dtype("f").num] * count), count)
    arrays = ((_POINTER * 1)(address), (_POINTER * 1)(None), kinds)
    words = tuple(ctypes.create_string_buffer(word.encode()) for word in (name, "", signature))
    _KEPT.append((arrays, words))
    at_arrays = [ctypes.addressof(array) for array in arrays]
    title, text, shapes = (ctypes.addressof(word) for word in words)
    prototype = ctypes.PYFUNCTYPE(ctypes.py_object, *[_POINTER] * 3, *[_INT] * 4, *[_POINTER] * 2, _INT, _POINTER)
    made: np.ufunc = prototype(_api()[_MAKE])(*at_arrays, 1, inputs, outputs, _NO_IDENTITY, title, text, 0, shapes)
    return made


def _api() -> Any:
    """Return NumPy's table of C functions for ufuncs."""
    private = import_module("numpy._core._multiarray_umath")
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = _POINTER, [ctypes.py_object, ctypes.c_char_p]
    return (_POINTER * _LENGTH).from_address(get(private._UFUNC_API, None))
