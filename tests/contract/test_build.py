"""The build: what it makes of the sources."""

import json
import posixpath
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import python_files
from tools.archive import read_tree, read_zip, sha256, write_tree
from tools.places import DIST, ROOT, project
from tools.site import WORKER, build_folder, imported
from tools.step import StepError

pytestmark = [pytest.mark.native, pytest.mark.built]

FILES = build_folder(DIST) if (DIST / "index.html").exists() else DIST


def test_unchanged_tree_builds_nothing_anew() -> None:
    command = [sys.executable, "build.py"]
    subprocess.run(command, cwd=ROOT, check=True)
    again = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout
    assert re.search(r" 0 changed, in \d+\.\d s$", again.strip())  # it says how long it took: under a second
    assert len(again.splitlines()) == 1


def test_manifest_tells_what_a_start_fetches() -> None:
    manifest = json.loads((FILES / "python" / "manifest.json").read_text())
    sizes = {entry["file"]: entry["bytes"] for entry in manifest["files"]}
    assert sizes == {name: (FILES / "python" / name).stat().st_size for name in sizes}
    hashes = {entry["file"]: entry["sha256"] for entry in manifest["files"]}
    assert hashes == {name: sha256((FILES / "python" / name).read_bytes()) for name in hashes}
    assert manifest["build"] == FILES.name
    assert {"pyodide.asm.wasm", "python_stdlib.data", "pyodide-lock.json", manifest["package"]} <= sizes.keys()
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


def test_package_archive_holds_sources_and_their_bytecode() -> None:
    manifest = json.loads((FILES / "python" / "manifest.json").read_text())
    files = read_zip((FILES / "python" / manifest["package"]).read_bytes())
    sources = python_files.page_files(read_tree(ROOT / "py" / "backprop", "backprop/", ".py"))
    assert {name: data for name, data in files.items() if name.endswith(".py")} == sources
    for name in sources:
        folder, _, stem = name.removesuffix(".py").rpartition("/")
        flags = int.from_bytes(files[f"{folder}/__pycache__/{stem}.cpython-314.pyc"][4:8], "little")
        assert flags == 0b01  # by hash, unchecked (PEP 552)


def test_bytecode_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("first", "second"):
        source = (ROOT / "py" / "backprop" / "model.py").read_bytes()
        write_tree({"lib/model.py": source}, tmp_path / name)
        python_files.compile_python("all", tmp_path / name)
    assert read_tree(tmp_path / "first") == read_tree(tmp_path / "second")


def test_source_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    write_tree({"lib/broken.py": b"def forward(:\n"}, tmp_path)
    with pytest.raises(StepError, match=r"lib/broken\.py"):
        python_files.compile_python("all", tmp_path)


def test_source_with_a_syntax_error_is_named() -> None:
    with pytest.raises(StepError, match=r"py/backprop/broken\.py, line 2: "):
        python_files.imported_modules({"backprop/broken.py": b"import math\ndef forward(:\n"})


def test_imports_of_the_package_are_found_wherever_they_stand() -> None:
    source = b"import math\nfrom . import model\n\n\ndef save():\n    from collections.abc import Mapping\n"
    assert python_files.imported_modules({"backprop/a.py": source}) == ["collections.abc", "math"]


def test_the_page_imports_numpy_and_the_standard_library() -> None:
    """Also where nothing is cached yet: the exercises for a class import pytest, which the page does not have."""
    imported = python_files.imported_modules(python_files.page_files(python_files.own_files()))
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


def test_the_built_page_loads_every_module_of_the_page() -> None:
    page = (DIST / "index.html").read_text("utf-8")
    modules = {f"{FILES.name}/{path.relative_to(FILES).as_posix()}" for path in FILES.rglob("*.js")}
    unused = {name for name in modules if f'"{name}" integrity=' not in page and "/vendor/" not in name}
    assert {name.partition("/")[2] for name in unused} == {
        "code/editor.js",
        "code/editor_theme.js",
        "debug/log.js",
        "debug/panel.js",
        "debug/view.js",
        "engine/worker.js",
        "engine/download.js",
        "storage/opfs_worker.js",
        "storage/opfs_pool.js",
    }


def test_the_watch_over_the_worker_knows_all_its_files() -> None:
    """What the worker imports has to be here before it can say anything; the page looks at each of these files."""
    source = (ROOT / "web/engine/boot_watch.js").read_text("utf-8")
    names = re.findall(r'"([^"]+)"', re.findall(r"WORKER_FILES = \[(.*?)\]", source, re.DOTALL)[0])
    watched = [posixpath.normpath(f"engine/{name}") for name in names]
    assert sorted(watched) == sorted([WORKER, *imported(read_tree(ROOT / "web"), WORKER)])


def test_zip_entries_carry_no_build_time() -> None:
    with zipfile.ZipFile(FILES / "python" / "python_stdlib.data") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
