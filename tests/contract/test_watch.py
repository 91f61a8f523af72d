"""Rebuilding while the site is served: what a change of a file does to the pages that show it."""

import io
import queue
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import pytest

from tools.serve import running, static_server
from tools.step import StepError
from tools.watch import EVENTS, INTERVAL, SCRIPT, Changes, reloading, watch

pytestmark = [pytest.mark.native, pytest.mark.slow]

PAGE = "<html><head><title>A page</title></head><body></body></html>"


@contextmanager
def watched(tmp_path: Path) -> Iterator[str]:
    """Serve a site that is made from one source by copying it; a source that says "wrong" is refused."""
    source, site = tmp_path / "web", tmp_path / "dist"
    for folder in (source, site):
        folder.mkdir()
        (folder / "index.html").write_text(PAGE, "utf-8")

    def build() -> None:
        text = (source / "index.html").read_text("utf-8")
        if "wrong" in text:
            raise StepError("index.html is wrong")
        (site / "index.html").write_text(text, "utf-8")

    changes = Changes()
    with watch([source], build, changes), running(static_server(site, handler=reloading(changes))) as url:
        yield url.rstrip("/")


def read(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def test_the_served_page_loads_the_script_and_the_file_stays(tmp_path: Path) -> None:
    with watched(tmp_path) as url:
        for address in ("/", "/index.html", "/?a=b"):
            assert read(url + address).count(f'src="{SCRIPT}?0"') == 1
        assert EVENTS in read(url + SCRIPT)
        assert (tmp_path / "dist" / "index.html").read_text("utf-8") == PAGE


class Said(io.TextIOBase):
    """Standard output that another thread writes to and the test waits for."""

    def __init__(self) -> None:
        self.texts: queue.SimpleQueue[str] = queue.SimpleQueue()

    def write(self, text: str) -> int:
        self.texts.put(text)
        return len(text)


def test_a_change_is_built_and_sent_and_an_error_is_reported(tmp_path: Path) -> None:
    """Also after an error: the watch goes on, and the site stays as it was until the source is right."""
    source = tmp_path / "web" / "index.html"
    output = Said()
    with redirect_stdout(output), watched(tmp_path) as url, urllib.request.urlopen(url + EVENTS) as events:
        assert events.headers.get_content_type() == "text/event-stream"
        source.write_text(PAGE.replace("A page", "wrong"), "utf-8")
        said = ""
        while "Not built: index.html is wrong" not in said:
            said += output.texts.get()
        assert "<title>A page</title>" in read(url)
        source.write_text(PAGE.replace("A page", "Another page"), "utf-8")
        assert next(line for line in events if line.startswith(b"data:")) == b"data: reload\n"
        assert "<title>Another page</title>" in read(url)
        with urllib.request.urlopen(f"{url}{EVENTS}?0") as late:  # by a page that was loaded before this build
            assert next(iter(late)) == b"data: reload\n"


def test_each_kind_of_change_is_noticed(tmp_path: Path) -> None:
    changes = Changes()
    with watch([tmp_path], lambda: None, changes):
        for number, change in enumerate(
            (
                lambda: (tmp_path / "new.js").write_text("1"),
                lambda: (tmp_path / "new.js").write_text("11"),
                lambda: (tmp_path / "new.js").rename(tmp_path / "renamed.js"),
                (tmp_path / "renamed.js").unlink,
            )
        ):
            change()
            while not changes.wait(number, INTERVAL):
                pass
    assert changes.number == 4
