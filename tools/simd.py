"""SIMD loops for NumPy in the browser: simd/ compiled to WebAssembly, the same to the last byte on every machine."""

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

from tools.archive import read_tree
from tools.kept import kept
from tools.places import ROOT
from tools.step import StepError, run, say
from tools.wheels import cache_folder

SOURCES = ROOT / "simd"
COMPILER = SOURCES / "compiler.txt"
LOOPS_FILE = "loops.wasm"
MAX_BYTES = 40_000
# Relaxed SIMD is left out: its bits differ from processor to processor.
FLAGS = (
    *("-target", "wasm32-freestanding", "-std=c17", "-O3", "-msimd128", "-ffp-contract=off"),
    *("-fno-builtin", "-nostdlib", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"),
    # In Python's memory, with a stack of its own.
    *("-Wl,--no-entry", "-Wl,--import-memory", "-Wl,--export=__stack_pointer", "-Wl,--strip-all"),
)
# The parts of the package that compile C without a library.
COMPILER_PARTS = (
    "ziglang/zig",
    "ziglang/lib/include/",
    "ziglang/lib/std/",
    "ziglang/lib/compiler_rt",
    "ziglang/lib/c.",
)
DATA_SECTION = 11  # of WebAssembly's binary format


def loops() -> dict[str, bytes]:
    """Return the compiled loops, made again only if their sources or the compiler have changed."""
    inputs = {**read_tree(SOURCES), "tools/simd.py": Path(__file__).read_bytes()}
    return kept("simd", inputs, lambda folder: {LOOPS_FILE: compile_loops(folder)})


def compile_loops(folder: Path) -> bytes:
    """Compile the loops in an empty folder.

    Raises
    ------
    StepError
        If there is no compiler, if it fails, or if the module could not run in Python's memory.
    """
    zig = compiler()
    say("Compiling the SIMD loops")
    made = folder / LOOPS_FILE
    sources = sorted(path.name for path in SOURCES.glob("*.c"))
    caches = {"ZIG_GLOBAL_CACHE_DIR": str(folder / "global"), "ZIG_LOCAL_CACHE_DIR": str(folder / "local")}
    done = subprocess.run(
        [zig, "cc", *FLAGS, *sources, "-o", made],
        cwd=SOURCES,
        env={**os.environ, **caches},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise StepError(f"The SIMD loops in simd/ were not compiled:\n{done.stderr}")
    return checked(made.read_bytes())


def checked(module: bytes) -> bytes:
    """Return a module of WebAssembly that is small and without static data, which would overwrite Python's memory."""
    if len(module) >= MAX_BYTES:
        raise StepError(f"{LOOPS_FILE} has {len(module):,} bytes; it must have fewer than {MAX_BYTES:,}.")
    if DATA_SECTION in sections(module):
        raise StepError(f"{LOOPS_FILE} has static data: find the table or the text in simd/ that the compiler stored.")
    return module


def sections(module: bytes) -> list[int]:
    """Return the ids of the sections of a module of WebAssembly, in order."""
    found, at = [], 8
    while at < len(module):
        found.append(module[at])
        size, shift, at = 0, 0, at + 1
        while True:  # LEB128
            size |= (module[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if module[at - 1] < 0x80:
                break
        at += size
    return found


def compiler() -> Path:
    """Return the compiler in this user's cache, after fetching it if it is missing there."""
    name = next(line for line in COMPILER.read_text("utf-8").splitlines() if line.startswith("ziglang")).split()[0]
    folder = cache_folder().parent / "compilers" / name
    zig = folder / "ziglang" / ("zig.exe" if sys.platform == "win32" else "zig")
    if not zig.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as scratch:
            say(f"Downloading the package {name}, a compiler for the SIMD loops (about 80 MB, kept in {folder.parent})")
            with zipfile.ZipFile(download(Path(scratch))) as wheel:
                wheel.extractall(
                    Path(scratch) / "made", [each for each in wheel.namelist() if each.startswith(COMPILER_PARTS)]
                )
            (Path(scratch) / "made" / zig.relative_to(folder)).chmod(0o755)
            if not folder.exists():
                (Path(scratch) / "made").rename(folder)
    return zig


def download(folder: Path) -> Path:
    """Download the compiler's wheel for this machine, checked against the hashes of compiler.txt."""
    python = Path(sys.executable)
    if find_spec("pip") is None:  # as on Debian without python3-pip
        venv.create(folder / "pip", with_pip=True)
        python = folder / "pip" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--require-hashes"]
    run(
        [python, "-m", "pip", "download", *options, "--requirement", COMPILER, "--dest", folder],
        ROOT,
        "The site needs the SIMD loops, and these a compiler: is the package index reachable? pip's words are above.",
    )
    return next(folder.glob("*.whl"))
