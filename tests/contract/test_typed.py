"""A typed number has one meaning: the page and the command line read it alike."""

import itertools
import json
import subprocess
from pathlib import Path

import pytest

from backprop.cli.typed import read_number, read_whole

pytestmark = [pytest.mark.native, pytest.mark.slow]  # starts Node.js

SCRIPT = Path(__file__).resolve().with_name("typed.mjs")
DIGITS = ("", "0", "5", "14", "145", "1000", "0001", "9007199254740992")
MARKS = ("", ".", ",", ".5", ",5", ".145", ",145", ",000", ".000", ",000,000", ",000.000", ",0000", "x", "1 2")
ENDS = ("", "%", " %", "%%", "e3", "E-2", "e−2", "e-2%", "e", "e999", "e-999")


def test_the_page_and_the_command_line_read_numbers_alike() -> None:
    texts = [
        f"{sign}{digits}{mark}{end}"
        for sign, digits, mark, end in itertools.product(("", "-", "−", "+"), DIGITS, MARKS, ENDS)
    ]
    cases = [(text, whole) for text in [*texts, " 5 ", "nan", "NaN", "inf", "Infinity", "٣"] for whole in (False, True)]
    read = subprocess.run(
        ["node", SCRIPT], input=json.dumps(cases), capture_output=True, text=True, encoding="utf-8", check=True
    )
    wanted = json.loads(read.stdout)
    found = [read_whole(text) if whole else read_number(text) for text, whole in cases]
    assert [case for case, ours, page in zip(cases, found, wanted, strict=True) if ours != page] == []
    assert sum(isinstance(value, int | float) for value in found) > 1000
    assert sum(isinstance(value, str) for value in found) > 1000
