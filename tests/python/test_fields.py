"""Fields of saved data: each is refused by its name."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop.fields import Fields


def fields(**values: object) -> Fields:
    return Fields("part", values, values)


def test_a_section_has_exactly_its_fields() -> None:
    assert Fields("part", {"one": 1}, ["one"], optional=["two"]).get("two", 3) == 3
    with pytest.raises(ValueError, match=r"^part\.two is missing"):
        Fields("part", {"one": 1}, ["one", "two"])
    with pytest.raises(ValueError, match=r"^part\.two is unknown"):
        Fields("part", {"one": 1, "two": 2}, ["one"])
    with pytest.raises(ValueError, match=r"^part must be a dict"):
        Fields("part", [], [])
    with pytest.raises(ValueError, match=r"^one must be a whole number"):
        Fields("part", {"one": "1"}, ["one"], prefix="").integer("one", 0, 1)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (2, lambda f: f.integer("x", 0, 1)),
        (math.inf, lambda f: f.number("x", 0, 1)),
        (True, lambda f: f.real("x")),
        (10**400, lambda f: f.real("x")),
        ("1", lambda f: f.real_or_none("x")),
        (1.5, lambda f: f.share_or_none("x")),
        (1, lambda f: f.flag("x")),
        ("c", lambda f: f.choice("x", ("a", "b"))),
        (np.zeros(2), lambda f: f.array("x", "float32")),
        (np.zeros(2), lambda f: f.array("x", "float64", 3)),
        (np.zeros((1, 2)), lambda f: f.array("x", "float64")),
        (b"123", lambda f: f.array("x", "int32")),
        (memoryview(b"12345678").cast("d"), lambda f: f.array("x", "int32")),
        (np.zeros(2), lambda f: f.vector("x", np.zeros(3))),
        (np.array([math.nan]), lambda f: f.finite_vector("x", np.zeros(1))),
    ],
)
def test_an_invalid_field_is_refused_by_name(value: object, read: Callable[[Fields], Any]) -> None:
    with pytest.raises(ValueError, match=r"^part\.x must "):
        read(fields(x=value))


def test_values_are_read_as_they_are() -> None:
    given = fields(inf=math.inf, none=None, bytes=np.arange(3, dtype=np.int32).tobytes(), array=np.arange(2.0))
    assert given.real("inf") == math.inf
    assert given.real_or_none("none") is given.share_or_none("none") is None
    assert given.array("bytes", "int32").tolist() == [0, 1, 2]
    copy = given.finite_vector("array", np.zeros(2))
    copy[0] = 9
    assert given["array"].tolist() == [0, 1]
