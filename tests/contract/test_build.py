"""The build: what it makes of the sources."""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import python_files
from tools.archive import read_tree, read_zip, sha256, write_tree
from tools.linked import PAGE, WORKERS, is_own, on_demand
from tools.pack import LATE_MODULES, SITE_PACKAGES, STDLIB, module_name, read_pack, write_pack
from tools.places import DIST, ROOT, project
from tools.site import build_folder
from tools.step import StepError

pytestmark = [pytest.mark.native, pytest.mark.built]

FILES = build_folder(DIST) if (DIST / "index.html").exists() else DIST


def test_unchanged_tree_builds_nothing_anew() -> None:
    def build() -> str:
        command = [sys.executable, "build.py"]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout.strip()

    nothing = re.compile(r"[^\n]* 0 changed, in \d+\.\d s")  # it says how long it took: under a second
    first = build()
    assert nothing.fullmatch(first) or nothing.fullmatch(build())  # unless something was changed after the last build


def test_manifest_tells_what_a_start_fetches() -> None:
    manifest = json.loads((FILES / "python" / "manifest.json").read_text())
    sizes = {entry["file"]: entry["bytes"] for entry in manifest["files"]}
    assert sizes == {name: (FILES / "python" / name).stat().st_size for name in sizes}
    hashes = {entry["file"]: entry["sha256"] for entry in manifest["files"]}
    assert hashes == {name: sha256((FILES / "python" / name).read_bytes()) for name in hashes}
    assert manifest["build"] == FILES.name
    assert sizes.keys() == {"pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "loops.wasm", manifest["pack"]}
    assert (FILES / "python" / manifest["wheel"]).exists()
    assert manifest["python"].startswith("3.14.")
    assert manifest["version"] == project()["project"]["version"]


def test_lock_file_of_the_site_matches_its_wheels() -> None:
    packages = json.loads((FILES / "python" / "pyodide-lock.json").read_text())["packages"]
    assert set(packages) == set(python_files.LOCKED)
    for package in packages.values():
        assert sha256((FILES / "python" / package["file_name"]).read_bytes()) == package["sha256"]


# Calls of the built script that reach into WebAssembly's memory at an index that is not made unsigned, and may stay so.
HARMLESS = {
    "HEAP8.set(t)": "all of the memory, from 0 on",
    "HEAP8.set(this._copy,this.start)": "the stack, which lies far below 2 GiB",
    "HEAPU8.set(result,buf)": "sockets",
    "HEAPU8.slice(message,message+length)": "sockets",
}


def signed_calls(script: str) -> set[str]:
    """Return the calls that move numbers in or out of WebAssembly's memory by an index without >>>0."""
    found = set()
    for start in re.finditer(r"HEAP[FU]?\d+\.(slice|subarray|set|fill|copyWithin)\(", script):
        end, depth = start.end(), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(script[end], 0)
            end += 1
        if ">>>0" not in script[start.start() : end]:
            found.add(script[start.start() : end])
    return found


def test_no_pointer_into_memory_above_2_gib_is_taken_for_a_negative_one() -> None:
    script = (FILES / "python" / "pyodide.asm.mjs").read_text("utf-8")
    assert signed_calls(script) == set(HARMLESS)
    published = (python_files.PYODIDE / "pyodide.asm.mjs").read_text("utf-8")
    assert len(signed_calls(published) - set(HARMLESS)) == len(python_files.SIGNED_POINTERS)
    assert python_files.with_unsigned_pointers(published) == script


@pytest.mark.parametrize("times", [0, 2])
def test_another_pyodide_stops_the_build(times: int) -> None:
    published = (python_files.PYODIDE / "pyodide.asm.mjs").read_text("utf-8")
    for wrong in python_files.SIGNED_POINTERS:
        with pytest.raises(StepError, match=f"has {times} times .* and once was expected"):
            python_files.with_unsigned_pointers(published.replace(wrong, wrong * times))


def packed() -> dict[str, bytes]:
    manifest = json.loads((FILES / "python" / "manifest.json").read_text())
    return read_pack((FILES / "python" / manifest["pack"]).read_bytes())


def flags_of(bytecode: bytes) -> int:
    return int.from_bytes(bytecode[4:8], "little")  # 0b01: by hash, unchecked (PEP 552)


def test_pack_holds_our_sources_and_their_bytecode() -> None:
    files = packed()
    sources = {f"{SITE_PACKAGES}{name}": data for name, data in python_files.start_files().items()}
    assert {name: data for name, data in files.items() if name in sources} == sources
    for name in [name for name in sources if name.endswith(".py")]:
        folder, _, stem = name.removesuffix(".py").rpartition("/")
        bytecode = files.get(f"{folder}/__pycache__/{stem}.cpython-314.pyc")
        if folder.rpartition("/")[0].endswith("/exercises"):
            assert bytecode is None  # compiled when a learner opens the exercise
        else:
            assert bytecode is not None
            assert flags_of(bytecode) == 0b01


def test_pack_and_published_archives_hold_every_module_between_them() -> None:
    files = packed()
    late = {archive["file"]: archive for archive in json.loads(files[LATE_MODULES])}
    numpy = {name.removeprefix(SITE_PACKAGES) for name in files if name.startswith(f"{SITE_PACKAGES}numpy")}
    for file, archive in late.items():
        published = (FILES / "python" / file).read_bytes()
        assert sha256(published) == archive["sha256"]
        there = numpy if file.startswith("numpy") else set(read_zip(files[STDLIB]))
        modules = {module_name(name) for name in read_zip(published)} - {""}
        assert {module_name(name) for name in there} - {""} | set(archive["modules"]) == modules
    assert {"unittest", "sqlite3", "email.mime.text"} <= set(late["python_stdlib.data"]["modules"])
    assert any("numpy.polynomial" in archive["modules"] for archive in late.values())


def test_a_pack_is_read_back_and_the_same_every_time() -> None:
    files = {"b/two.py": b"2", "a.so": b"1" * 1000, "empty": b""}
    assert read_pack(write_pack(files)) == files
    assert write_pack(files) == write_pack(dict(reversed(files.items())))


def test_bytecode_is_that_of_the_site_and_source_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    """Equal sources give equal bytes each time: those that were built before, and those that are made here."""
    folder = f"{SITE_PACKAGES}backprop"
    model, bytecode = f"{folder}/model.py", f"{folder}/__pycache__/model.cpython-314.pyc"
    write_tree({model: (ROOT / "py" / "backprop" / "model.py").read_bytes(), f"{folder}/z.py": b"def f(:\n"}, tmp_path)
    with pytest.raises(StepError, match=r"backprop/z\.py"):  # the last one: names are sorted
        python_files.compile_python("all", tmp_path)
    assert read_tree(tmp_path)[bytecode] == packed()[bytecode]


def test_source_with_a_syntax_error_is_named() -> None:
    with pytest.raises(StepError, match=r"py/backprop/broken\.py, line 2: "):
        python_files.imported_modules({"backprop/broken.py": b"import math\ndef forward(:\n"})


def test_imports_of_the_package_are_found_wherever_they_stand() -> None:
    source = b"import math\nfrom . import model\n\n\ndef save():\n    from collections.abc import Mapping\n"
    assert python_files.imported_modules({"backprop/a.py": source}) == ["collections.abc", "math"]


def test_the_page_imports_numpy_and_the_standard_library() -> None:
    """Also where nothing is cached yet: the exercises for a class import pytest, which the page does not have."""
    imported = python_files.imported_modules(python_files.start_files())
    assert {name.partition(".")[0] for name in imported} <= {"numpy", *sys.stdlib_module_names}


def test_site_wheel_is_what_pip_builds_and_installs(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason=".venv is older than requirements.txt: build.py test renews it")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    (wheel,) = (FILES / "python").glob("backprop-*.whl")
    in_place = ["--no-deps", "--no-index", "--no-build-isolation", "--no-compile"]
    offline = ["--no-deps", "--no-index", "--no-compile", "--target", str(tmp_path / "ours")]
    subprocess.run([*pip, "install", *offline, str(wheel)], check=True)
    subprocess.run([*pip, "install", *in_place, "--target", str(tmp_path / "pip"), str(ROOT)], check=True)
    ours, theirs = (read_tree(tmp_path / name / "backprop", "", ".py") for name in ("ours", "pip"))
    assert ours == theirs == read_tree(ROOT / "py" / "backprop", "", ".py")
    version = project()["project"]["version"]
    assert (tmp_path / "ours" / f"backprop-{version}.dist-info" / "METADATA").exists()


def test_the_linked_page_holds_every_module_of_the_page() -> None:
    files = {name: data for name, data in read_tree(ROOT / "web").items() if name.endswith(".js")}
    own = {name: data.decode() for name, data in files.items() if is_own(name)}
    parts = [*PAGE, *on_demand(own), *WORKERS]
    maps = [json.loads((FILES / f"{part}.map").read_text("utf-8")) for part in parts]
    texts = [text for source_map in maps for text in source_map["sourcesContent"]]
    assert set(texts) == set(own.values())
    page = dict(zip(parts, maps, strict=True))
    names = [
        (FILES / part).parent / source
        for part, found in page.items()
        if part not in WORKERS
        for source in found["sources"]
    ]
    resolved = [path.resolve().relative_to(FILES).as_posix() for path in names]
    assert len(resolved) == len(set(resolved))  # no module has two states
    assert on_demand(own) == ["code/editor.js", "debug/panel.js"]


def test_the_page_needs_few_requests() -> None:
    page = (DIST / "index.html").read_text("utf-8")
    named = set(re.findall(r'(?:href|src)="([^"#]+)"', page)) - {"favicon.svg"}
    # index.html; Python's worker and manifest, four files of it, two of them once more as modules; recording, saves.
    assert len(named) + 1 + 2 + 4 + 2 + 2 <= 40


def test_zip_entries_carry_no_build_time() -> None:
    with zipfile.ZipFile(io.BytesIO(packed()[STDLIB])) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
