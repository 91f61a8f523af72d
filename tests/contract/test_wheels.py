"""Where the wheels of the build come from."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tools import python_files
from tools.archive import pure_wheel, read_tree, sha256, write_tree, write_zip
from tools.places import ROOT
from tools.serve import Server, running, static_server
from tools.step import StepError
from tools.wheels import PACKAGE, PACKAGE_FOLDER, Wheel, cache_folder, fetch, locked_wheels

pytestmark = pytest.mark.native

DATA = b"the contents of a wheel" * 40_000
WHEEL = Wheel("thing-1.0-py3-none-any.whl", sha256(DATA))
NOWHERE = "http://127.0.0.1:9/"  # the discard port: nothing listens there
NO_PACKAGE = Path("absent.whl")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cdn(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that a web server serves; its URL is in the file `url`."""
    folder = tmp_path / "cdn"
    folder.mkdir()
    with running(static_server(folder)) as url:
        (folder / "url").write_text(url)
        yield folder


def carrier(folder: Path, data: bytes) -> Path:
    """Build a real wheel that carries the file as the package on the index does."""
    project = {"name": "carrier", "version": "1", "description": "", "license": "MIT", "requires-python": ">=3"}
    path = folder / "carrier-1-py3-none-any.whl"
    path.write_bytes(pure_wheel({PACKAGE_FOLDER + WHEEL.file: data}, {**project, "dependencies": []}, b""))
    return path


def test_cache_answers_without_asking_anyone(cache: Path) -> None:
    write_tree({WHEEL.file: DATA}, cache)
    assert fetch([WHEEL], cache, NOWHERE, NO_PACKAGE) == {WHEEL.file: cache / WHEEL.file}


@pytest.mark.slow
def test_damaged_cache_file_is_reported_and_fetched_again(
    cache: Path, cdn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree({WHEEL.file: DATA[:-1]}, cache)
    write_tree({WHEEL.file: DATA}, cdn)
    fetch([WHEEL], cache, (cdn / "url").read_text(), NO_PACKAGE)
    assert (cache / WHEEL.file).read_bytes() == DATA
    assert "is damaged" in capsys.readouterr().out


@pytest.mark.slow
def test_cdn_fills_the_cache_and_tells_progress(cache: Path, cdn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree({WHEEL.file: DATA}, cdn)
    fetch([WHEEL], cache, (cdn / "url").read_text(), NO_PACKAGE)
    assert read_tree(cache) == {WHEEL.file: DATA}
    assert re.search(r"0\.\d MB of 0\.9 MB", capsys.readouterr().out)


@pytest.mark.slow
def test_wrong_hash_from_the_cdn_stops_everything(tmp_path: Path, cache: Path, cdn: Path) -> None:
    write_tree({WHEEL.file: b"a sign-in page"}, cdn)
    with pytest.raises(StepError, match="not the file that the lock file names") as failure:
        fetch([WHEEL], cache, (cdn / "url").read_text(), carrier(tmp_path, DATA))
    assert WHEEL.sha256 in str(failure.value)
    assert not cache.exists()


@pytest.mark.slow
def test_cut_connection_goes_on_to_the_package(tmp_path: Path, cache: Path) -> None:
    class Cut(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(DATA)))
            self.end_headers()
            self.wfile.write(DATA[:100_000])

        def log_message(self, *_: object) -> None:
            pass

    with running(Server(("127.0.0.1", 0), Cut)) as url:
        fetch([WHEEL], cache, url, carrier(tmp_path, DATA))
    assert read_tree(cache) == {WHEEL.file: DATA}


def test_package_answers_where_the_cdn_does_not(
    tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch([WHEEL], cache, NOWHERE, carrier(tmp_path, DATA))
    assert read_tree(cache) == {WHEEL.file: DATA}
    assert f"The CDN did not deliver {NOWHERE}{WHEEL.file}" in capsys.readouterr().out


def test_wrong_hash_from_the_package_is_an_error(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(StepError, match="not the file that the lock file names"):
        fetch([WHEEL], cache, NOWHERE, carrier(tmp_path, b"something else"))


@pytest.mark.slow
def test_no_source_names_each_reason_and_a_way_out(tmp_path: Path, cache: Path, cdn: Path) -> None:
    package = tmp_path / "empty.whl"
    package.write_bytes(write_zip({"readme": b""}))
    with pytest.raises(StepError) as failure:
        fetch([WHEEL], cache, (cdn / "url").read_text(), package)
    message = str(failure.value)
    assert "The CDN did not deliver" in message
    assert "it answered 404" in message
    assert "The package empty.whl does not carry the wheels" in message
    assert str(cache) in message


@pytest.mark.slow
def test_the_real_package_carries_the_real_wheels(cache: Path) -> None:
    wheels = locked_wheels(ROOT / "node_modules" / "pyodide" / "pyodide-lock.json", python_files.LOCKED)
    paths = fetch(wheels, cache, NOWHERE, PACKAGE)
    assert [sha256(paths[wheel.file].read_bytes()) for wheel in wheels] == [wheel.sha256 for wheel in wheels]


def test_cache_lies_outside_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ROOT not in cache_folder().parents
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "backprop-from-scratch" / "wheels"
