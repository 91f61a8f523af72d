"""A web server that misbehaves: it serves a folder, and answers for chosen files as broken hosts and networks do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from tools.serve import Handler, Server, running

SUB_PATH = "/some/where/"
PORTAL = b"<!doctype html><title>Sign in</title><p>Welcome to the network of this hotel.</p>"

Answer = Callable[["Faulty"], None]


class Faulty(Handler):
    """Answers with the fault of the first pattern that a path ends in, once there is one."""

    server: "FaultyServer"

    def do_GET(self) -> None:  # noqa: N802  # the inherited name
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        for ending, answer in self.server.faults.items():
            if path.endswith(ending):
                return answer(self)
        return super().do_GET()

    def contents(self) -> bytes:
        return Path(self.translate_path(self.path)).read_bytes()

    def kind(self) -> str:
        return str(self.guess_type(self.path))

    def send(self, code: int, kind: str, data: bytes, length: int | None = None) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)


class FaultyServer(Server):
    """`faults`: ends of paths → how they are answered; `asked`: every path so far; `release` ends what is held back."""

    def __init__(self, folder: Path, max_age: int) -> None:
        self.faults: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.release = Event()
        super().__init__(("127.0.0.1", 0), partial(Faulty, directory=str(folder), prefix=SUB_PATH, max_age=max_age))


@contextmanager
def faulty_site(folder: Path, max_age: int = 600) -> Iterator[tuple[FaultyServer, str]]:
    """Serve a folder for a block; gives the server and the URL of the site."""
    server = FaultyServer(folder, max_age)
    with running(server) as url:
        yield server, url.rstrip("/") + SUB_PATH
        server.release.set()


def status(code: int) -> Answer:
    """Answer with an error page, or with nothing at all where the status allows nothing."""
    return lambda request: request.send(code, "text/html", b"" if code == 204 else b"<p>Sorry</p>")


def drop(request: Faulty) -> None:
    """Close the connection without an answer."""
    request.close_connection = True


def cut(request: Faulty) -> None:
    """Send half of a file, then close the connection."""
    data = request.contents()
    request.send(200, request.kind(), data[: len(data) // 2], len(data))
    request.close_connection = True


def truncate(request: Faulty) -> None:
    """Send half of a file as if that were all of it."""
    data = request.contents()
    request.send(200, request.kind(), data[: len(data) // 2])


def stall(request: Faulty) -> None:
    """Send nothing until the server is released."""
    request.server.release.wait()
    if Path(request.translate_path(request.path)).exists():
        request.send(200, request.kind(), request.contents())
    else:
        request.send_error(404)


def hold_end(request: Faulty) -> None:
    """Send all but the last bytes of a file, and those after the server is released, as a virus scanner does."""
    data = request.contents()
    request.send(200, request.kind(), data[:-1000], len(data))
    request.wfile.flush()
    request.server.release.wait()
    request.wfile.write(data[-1000:])


def hold_all(request: Faulty) -> None:
    """Send the head of an answer, and the file after the server is released."""
    data = request.contents()
    request.send(200, request.kind(), b"", len(data))
    request.wfile.flush()
    request.server.release.wait()
    request.wfile.write(data)


def portal(request: Faulty) -> None:
    """Answer as a network does that wants people to sign in."""
    request.send(200, "text/html", PORTAL)


def replace(data: bytes) -> Answer:
    """Answer with another text."""
    return lambda request: request.send(200, request.kind(), data)


def retype(kind: str) -> Answer:
    """Send the file under another type."""
    return lambda request: request.send(200, kind, request.contents())


def trickle(seconds: int) -> Answer:
    """Send a file in small pieces, over so many seconds."""

    def answer(request: Faulty) -> None:
        data = request.contents()
        size = len(data) // (2 * seconds) + 1
        request.send(200, request.kind(), b"", len(data))
        for start in range(0, len(data), size):
            request.wfile.write(data[start : start + size])
            request.wfile.flush()
            Event().wait(0.5)

    return answer
