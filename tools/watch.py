"""Rebuild after each change of a file, and reload the pages that show the site."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tools.serve import Handler, MakeHandler
from tools.step import StepError, say

INTERVAL = 0.2  # seconds between two looks at the files
HEARTBEAT = 10.0  # seconds between two comments to a page, by which a closed one is noticed
SCRIPT = "/reload.js"
EVENTS = "/reload-events"
# A page names the build that it shows, so that it misses none that is made while it loads.
RELOAD = f'new EventSource("{EVENTS}" + new URL(import.meta.url).search).onmessage = () => location.reload();\n'


class Changes:
    """The number of builds since the start; waits for the next one."""

    def __init__(self) -> None:
        self._number, self._condition = 0, threading.Condition()

    @property
    def number(self) -> int:
        """How many builds there were."""
        return self._number

    def add(self) -> None:
        """Note a build."""
        with self._condition:
            self._number += 1
            self._condition.notify_all()

    def wait(self, known: int, seconds: float) -> bool:
        """Wait until there is another build than `known`; return False if the time is over first."""
        with self._condition:
            return self._condition.wait_for(lambda: self._number != known, seconds)


class ReloadingHandler(Handler):
    """The site, whose index.html loads a script that reloads it; the files in dist/ stay as they are."""

    def __init__(self, *args: object, changes: Changes, **options: object) -> None:
        self.changes = changes
        super().__init__(*args, **options)  # type: ignore[arg-type]  # as they came

    def do_GET(self) -> None:  # noqa: N802  # the inherited name
        """Answer with the script, its events, index.html with the script, or a file."""
        path, _, query = self.path.partition("?")
        if path == SCRIPT:
            self._answer(RELOAD.encode(), "text/javascript")
        elif path == EVENTS:
            self._send_events(int(query or self.changes.number))
        elif path in {"/", "/index.html"}:
            tag = f'<script type="module" src="{SCRIPT}?{self.changes.number}"></script>\n'
            page = (Path(self.directory) / "index.html").read_text("utf-8")
            self._answer(page.replace("</head>", f"{tag}</head>", 1).encode(), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _answer(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send_events(self, known: int) -> None:
        """Send an event after each build (WHATWG HTML, server-sent events), until the page has gone."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        while True:
            self.wfile.write(b"data: reload\n\n" if self.changes.wait(known, HEARTBEAT) else b": waiting\n\n")
            known = self.changes.number


def reloading(changes: Changes) -> MakeHandler:
    """Return the handler that reloads pages after each of `changes`."""
    return partial(ReloadingHandler, changes=changes)


@contextmanager
def watch(folders: Sequence[Path], build: Callable[[], None], changes: Changes) -> Iterator[None]:
    """Build after each change of a file below the folders, for as long as the block lasts."""
    ended = threading.Event()
    before = state_of(folders)  # not in the thread, which may begin after the first change

    def follow() -> None:
        known = before
        while not ended.wait(INTERVAL):
            now = state_of(folders)
            if now != known:
                known = now
                rebuild(build, changes)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def rebuild(build: Callable[[], None], changes: Changes) -> None:
    """Build and note it; a source that cannot be built is reported, and the site stays as it was."""
    try:
        build()
    except (StepError, OSError, ValueError) as error:
        say(f"\nNot built: {error}")
    else:
        changes.add()


def state_of(folders: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """Return the files below the folders with the time of the last change and the size of each."""
    state = {}
    for path in (path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts):
        try:
            status = path.stat()
        except FileNotFoundError:  # deleted since it was listed
            continue
        state[path] = (status.st_mtime_ns, status.st_size)
    return state
