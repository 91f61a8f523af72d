"""Serve a folder of static files as a plain web host does."""

import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.step import StepError, say


class Handler(SimpleHTTPRequestHandler):
    """Static files below a sub-path, with the types that browsers insist on for modules and WebAssembly."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012  # the inherited table, never changed
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".json": "application/json",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def __init__(self, *args: object, directory: str, prefix: str, max_age: int) -> None:
        self.prefix, self.max_age = prefix, max_age
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]  # the three that socketserver passes on

    def translate_path(self, path: str) -> str:
        """Map a URL to a file; what lies outside the sub-path does not exist."""
        if not path.startswith(self.prefix):
            return str(Path(self.directory) / "outside-the-sub-path")
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def end_headers(self) -> None:
        """Let the browser ask again each time, or as soon as a file is `max_age` seconds old."""
        self.send_header("Cache-Control", f"max-age={self.max_age}" if self.max_age else "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the inherited name
        """Keep the terminal for messages that people need."""


class Server(ThreadingHTTPServer):
    """One thread per request; a port in use is an error on every system."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has gone away in the middle of an answer: a closed tab is no fault."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as they came


MakeHandler = Callable[..., BaseHTTPRequestHandler]


def static_server(
    folder: Path, port: int = 0, prefix: str = "/", max_age: int = 0, *, handler: MakeHandler = Handler
) -> Server:
    """Return a server for `folder` below `prefix`; port 0 takes any free one, `max_age` 0 shows the newest build."""
    return Server(("127.0.0.1", port), partial(handler, directory=str(folder), prefix=prefix, max_age=max_age))


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[str]:
    """Let a server answer beside what is done in the block; gives its URL, which ends in a slash."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def serve(folder: Path, port: int, open_browser: bool, *, handler: MakeHandler = Handler) -> None:
    """Serve until Ctrl-C; where the port is taken, on the next free one."""
    # A script's background makes what it starts deaf to the interrupt signal; a server has to be stoppable there too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    server = _on_free_port(folder, port, handler)
    taken = server.server_address[1]
    if taken != port:
        say(f"Port {port} is taken; using {taken}, the next free one.")
    url = f"http://localhost:{taken}/"
    say(f"Backprop from Scratch is at {url}   (Ctrl-C stops it)")
    if open_browser and has_screen():
        webbrowser.open(url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("\nStopped.")
    finally:
        server.server_close()


def has_screen() -> bool:
    """Tell whether a browser window could be seen."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _on_free_port(folder: Path, port: int, handler: MakeHandler) -> Server:
    for candidate in range(port, min(port + 100, 65536)):
        try:
            return static_server(folder, candidate, handler=handler)
        except OSError:
            continue
    raise StepError(f"No port from {port} to {port + 99} is free. Choose another: python3 build.py serve --port 9000")
