"""docs/run-file-format.md is about the files that are written: their arrays, their metadata and the limits."""

import re
from itertools import product

import pytest

from backprop.files import run_file, safetensors, strict_json
from backprop.optimizers import OPTIMIZERS
from tools.places import ROOT

pytestmark = pytest.mark.native  # reads the repository

MIB = 2**20


def page() -> str:
    return (ROOT / "docs" / "run-file-format.md").read_text("utf-8")


def first_column(heading: str) -> list[str]:
    """Code in the first column of the table in a section."""
    section = page().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [name for row in re.findall(r"^\| (`.+?) \| ", section, re.M) for name in re.findall(r"`(.+?)`", row)]


def layout() -> list[str]:
    """Fields of the present format, from files of all kinds."""
    return (ROOT / "tests" / "data" / f"layout_{run_file.FORMAT}.txt").read_text("utf-8").splitlines()


def test_it_lists_every_array() -> None:
    """`PARAMETER` and `VECTOR` stand for their names. The layout has no diverged run, so no `last_update/`."""
    parameters = ("layers/N/weights", "layers/N/biases", "embedding/weights")
    vectors = sorted({vector for kind in OPTIMIZERS.values() for vector in kind.STATE})
    listed = {
        name.replace("PARAMETER", parameter).replace("VECTOR", vector)
        for name, parameter, vector in product(first_column("Arrays"), parameters, vectors)
    }
    written = {line.removeprefix("array ").split(":")[0] for line in layout() if line.startswith("array ")}
    assert written <= listed
    assert {name.split("/")[0] for name in listed} == {name.split("/")[0] for name in written} | {"last_update"}


def test_it_lists_the_metadata() -> None:
    listed = first_column("Metadata")
    assert sorted(listed) == sorted(
        {"kind", "format", "crc32", *run_file._PLAIN, *run_file._JSON, *run_file._OPTIONAL, *run_file.NEW_FIELDS}
    )


def test_it_states_the_format_and_the_limits() -> None:
    limits = dict(re.findall(r"^\| ([^|`]+?) \| (\d+)(?: MiB)? \|$", page(), re.M))
    assert {name: int(value) for name, value in limits.items()} == {
        "whole file": safetensors.MAX_BYTES // MIB,
        "header": safetensors.MAX_HEADER // MIB,
        "arrays": safetensors.MAX_ARRAYS,
        "dimensions of an array": safetensors.MAX_DIMENSIONS,
        "keys of the metadata": safetensors.MAX_KEYS,
        "depth of JSON in the metadata": run_file._JSON_DEPTH,
        "values in one text of JSON": strict_json.MAX_VALUES,
    }
    assert f"The present format is **{run_file.FORMAT}**" in page()
    versions = re.findall(r"^\| (\d+) \| ", page().split("\n## Versions\n")[1], re.M)
    assert versions == sorted(run_file.READERS, reverse=True)
