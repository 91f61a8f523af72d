"""The compiled loops: the same bytes on every machine, small, and without data of their own."""

from pathlib import Path

import pytest

from tools import simd
from tools.archive import sha256
from tools.places import DIST
from tools.site import build_folder
from tools.step import StepError

pytestmark = [pytest.mark.native, pytest.mark.built]

# Of loops.wasm. If a change of simd/ is meant, so is its new value here.
SHA_256 = "d38b43656b1a1288a8a735f4e258681b579b2807db9c61ba31c3b8348a9aa3c8"
EMPTY = b"\0asm\1\0\0\0"


def test_two_builds_make_the_same_bytes(tmp_path: Path) -> None:
    built = (build_folder(DIST) / "python" / simd.LOOPS_FILE).read_bytes()
    assert sha256(built) == SHA_256
    assert simd.compile_loops(tmp_path) == built


def test_sections_of_a_module_are_read() -> None:
    long = b"\0" * 200
    assert simd.sections(EMPTY + b"\1\2ab" + b"\0\xc8\1" + long + b"\x0b\1c") == [1, 0, simd.DATA_SECTION]


def test_static_data_and_a_large_module_stop_the_build() -> None:
    assert simd.checked(EMPTY) == EMPTY
    with pytest.raises(StepError, match="static data"):
        simd.checked(EMPTY + b"\x0b\1c")
    with pytest.raises(StepError, match="must have fewer than 40,000"):
        simd.checked(EMPTY + b"\0" * simd.MAX_BYTES)


def test_an_error_in_the_sources_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.c").write_text("int x = ;")
    monkeypatch.setattr(simd, "SOURCES", tmp_path)
    with pytest.raises(StepError, match=r"broken\.c:1:9"):
        simd.compile_loops(tmp_path)
