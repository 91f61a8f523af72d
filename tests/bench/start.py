"""Measures the start beside the plain way, in turns: `python3 build.py bench start`.

Plain: loadPyodide, loadPackage("numpy"), micropip.install of the package's wheel, then one batch, all in a worker.
From the navigation to the end of the first batch. Cold: an empty profile. Warm: the third visit, each in a new browser.
Both come from one server, which compresses what GitHub Pages compresses. Trust the ratios.
"""

import gzip
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Playwright, sync_playwright

from tests.bench.document import ratios, spread, table
from tools import chromium
from tools.archive import read_tree
from tools.places import DIST
from tools.python_files import PYODIDE, as_published, published
from tools.serve import Handler, running
from tools.site import build_folder

COMPRESSED = (".js", ".mjs", ".css", ".json", ".wasm", ".svg", ".html", ".map", ".webmanifest")
TYPES = {**Handler.extensions_map, ".html": "text/html; charset=utf-8", ".css": "text/css", ".svg": "image/svg+xml"}
SLOW = (10e6 / 8, 0.040)  # bytes per second, seconds for the way of a request
VISITS = ("cold", "second", "warm")
HEAD = (
    "",
    "first step ÷ plain",
    "first step, ms",
    "bytes ÷ plain",
    "kB",
    "requests",
    "first contentful paint, ms",
)

PLAIN_PAGE = b"""<!doctype html><meta charset="utf-8"><title>Plain</title><p>Loading Python.</p>
<script type="module">
  new Worker("./plain.js", {type: "module"}).onmessage = () => { self.stepped = performance.now(); };
</script>"""
PLAIN_WORKER = """
import { loadPyodide } from "./pyodide.mjs";
const pyodide = await loadPyodide({indexURL: new URL(".", import.meta.url).href});
await pyodide.loadPackage(["numpy", "micropip"]);
await pyodide.pyimport("micropip").install(new URL("WHEEL", import.meta.url).href);
pyodide.pyimport("backprop.session").Session().train_batch.callKwargs({update: true});
postMessage("stepped");
"""
STEP = """
new MutationObserver(() => {
  if (self.asked || document.documentElement.dataset.boot !== "ready" || !self.backprop) return;
  self.asked = true;
  backprop.train_batch({update: true}).then(() => { self.stepped = performance.now(); });
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-boot"]});
"""
TIMES = """() => ({
  step: self.stepped,
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
})"""


@dataclass
class Line:
    """The line to the server: bytes per second (0: no limit), and the seconds that each request takes."""

    speed: float = 0
    way: float = 0
    sent: int = 0
    requests: int = 0
    free_at: float = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, size: int) -> None:
        """Wait for the turn of some bytes on the line that all requests share."""
        with self.lock:
            self.sent += size
            if not self.speed:
                return
            self.free_at = max(self.free_at, time.perf_counter()) + size / self.speed
            wait = self.free_at - time.perf_counter()
        time.sleep(max(wait, 0))


LINES = {"no limit": Line(), "10 Mbit/s and 40 ms": Line(*SLOW)}


class Contestants(ThreadingHTTPServer):
    """Serves files from memory: path → contents."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes], line: Line) -> None:
        self.line = line
        self.contents = cache(lambda path, packed: gzip.compress(files[path], 6) if packed else files[path])
        self.paths = files.keys()
        super().__init__(("127.0.0.1", 0), Answer)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that is closed is no fault."""


class Answer(BaseHTTPRequestHandler):
    """One answer, over the line."""

    protocol_version = "HTTP/1.1"
    server: Contestants

    def do_GET(self) -> None:  # the inherited name
        path = unquote(self.path.partition("?")[0]).removeprefix("/")
        path = path + "index.html" if path.endswith("/") or not path else path
        line = self.server.line
        line.requests += 1
        time.sleep(line.way)
        if path not in self.server.paths:
            return self.send_error(404)
        packed = path.endswith(COMPRESSED)
        data = self.server.contents(path, packed)
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(Path(path).suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        for start in range(0, len(data), 16384):
            part = data[start : start + 16384]
            line.take(len(part))
            self.wfile.write(part)
        return None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the inherited name
        """Say nothing."""


def contestants(dist: Path) -> dict[str, bytes]:
    """Return the files of both: the built site under site/, Pyodide as published and the plain page under plain/."""
    plain = as_published(published())
    plain["pyodide.asm.mjs"] = (PYODIDE / "pyodide.asm.mjs").read_bytes()
    plain["python_stdlib.zip"] = plain.pop("python_stdlib.data")
    (wheel,) = (build_folder(dist) / "python").glob("backprop-*.whl")
    plain[wheel.name] = wheel.read_bytes()
    plain["plain.js"] = PLAIN_WORKER.replace("WHEEL", wheel.name).encode()
    plain["index.html"] = PLAIN_PAGE
    return {**read_tree(dist, "site/"), **{f"plain/{name}": data for name, data in plain.items()}}


@contextmanager
def visitor(playwright: Playwright, profile: str) -> Iterator[object]:
    """Open a browser with a profile; gives an empty page."""
    browser = playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium.find(), args=list(chromium.arguments())
    )
    page = browser.pages[0] if browser.pages else browser.new_page()
    page.set_default_timeout(0)
    page.add_init_script(STEP)
    yield page
    browser.close()


def visits(playwright: Playwright, url: str, line: Line) -> dict[str, dict[str, float]]:
    """Visit a page three times with one profile; each time in a new browser."""
    found = {}
    with tempfile.TemporaryDirectory() as profile:
        for name in VISITS:
            with visitor(playwright, profile) as page:
                line.sent = line.requests = 0
                page.goto(url)
                page.wait_for_function("() => self.stepped !== undefined", polling=50)
                found[name] = {**page.evaluate(TIMES), "kB": line.sent / 1000, "requests": line.requests}
                page.wait_for_timeout(1500)  # what the browser writes down, it writes now
    return found


Found = dict[str, dict[str, dict[str, list[float]]]]  # visit → contestant → what was measured, in each round


def measure(dist: Path, rounds: int, line: Line) -> Found:
    """Let both take turns over a line."""
    results: Found = {}
    with running(Contestants(contestants(dist), line)) as url, sync_playwright() as playwright:
        for i in range(rounds):
            for name in ("site", "plain") if i % 2 == 0 else ("plain", "site"):
                for visit, numbers in visits(playwright, f"{url}{name}/", line).items():
                    for what, value in numbers.items():
                        results.setdefault(visit, {}).setdefault(name, {}).setdefault(what, []).append(value)
    return results


def tables(rounds: int) -> dict[str, str]:
    """Measure both lines; return a block with a table of each visit."""
    found = {title: measure(DIST, rounds, line) for title, line in LINES.items()}
    rows = [row(title, visit, both) for title, results in found.items() for visit, both in results.items()]
    return {"start": table(HEAD, rows)}


def row(line: str, visit: str, both: dict[str, dict[str, list[float]]]) -> list[str]:
    """Return the cells of one visit."""
    site, plain = both["site"], both["plain"]
    sent, sent_plain = statistics.median(site["kB"]), statistics.median(plain["kB"])
    return [
        f"{visit}, {line}",
        spread(ratios(site["step"], plain["step"])),
        spread(site["step"], 0),
        f"{sent / sent_plain:.2f}" if visit == "cold" else "",
        f"{sent:,.0f}",
        f"{statistics.median(site['requests']):.0f}",
        spread(site["paint"], 0),
    ]
