"""Seeded random generators, saved and restored to the last bit."""

from typing import Any

import numpy as np

from .limits import check_integer

GENERATOR_KEYS = ("state", "inc", "has_uint32", "uinteger")


def seeded_generator(seed: int, stream: int = 0) -> np.random.Generator:
    """Return NumPy's PCG64 generator for a seed: the same numbers on every machine.

    Parameters
    ----------
    stream : number of an independent stream of the seed; stream 0 is ``PCG64(seed)``
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(stream,) if stream else ())))


def get_generator_state(generator: np.random.Generator) -> dict[str, str]:
    """Return the state of a PCG64 generator as decimal strings, since two of its integers have 128 bits."""
    state: dict[str, Any] = dict(generator.bit_generator.state)
    return {key: str(state["state"].get(key, state.get(key))) for key in GENERATOR_KEYS}


def set_generator_state(generator: np.random.Generator, state: object) -> None:
    """Restore a state from `get_generator_state`.

    Raises
    ------
    ValueError
        If `state` is invalid; then the generator is unchanged.
    """
    if not isinstance(state, dict) or set(state) != set(GENERATOR_KEYS):
        raise ValueError(f"generator must have the keys {', '.join(GENERATOR_KEYS)}")
    bits = {"state": 128, "inc": 128, "has_uint32": 1, "uinteger": 32}
    numbers = {}
    for key, text in state.items():
        if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 40:
            raise ValueError(f"generator {key} must be a decimal number in a string")
        numbers[key] = check_integer(f"generator {key}", int(text), 0, 2 ** bits[key] - 1)
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": numbers["state"], "inc": numbers["inc"]},
        "has_uint32": numbers["has_uint32"],
        "uinteger": numbers["uinteger"],
    }
