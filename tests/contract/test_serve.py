"""How the site is served."""

import json
import re
import signal
import socket
import struct
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools.archive import write_tree
from tools.places import DIST, ROOT
from tools.serve import running, static_server
from tools.site import build_folder

pytestmark = pytest.mark.native


@pytest.mark.built
def test_serve_takes_the_next_free_port_and_stops_on_ctrl_c() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "build.py", "serve", "--no-open", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
        assert server.stdout is not None
        with server.stdout as lines:
            said = next(line for line in lines if "taken" in line)
            url = re.search(r"http://\S+", next(line for line in lines if "http://" in line))
            assert url is not None
            assert url.group() != f"http://localhost:{port}/"
            assert f"Port {port} is taken" in said
            with urllib.request.urlopen(f"{url.group()}{build_folder(DIST).name}/python/manifest.json") as answer:
                assert json.load(answer)["pack"]
            server.send_signal(signal.SIGINT)
            assert "Stopped." in lines.read()
        assert server.wait() == 0


@pytest.mark.slow
def test_a_browser_that_goes_away_is_no_news(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "large").write_bytes(bytes(20_000_000))
    server = static_server(tmp_path)
    server.daemon_threads = False  # so that closing it waits for the answer under way
    with running(server), socket.create_connection(server.server_address) as reader:
        reader.sendall(b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n")
        assert reader.recv(1000)
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets it
    server.server_close()
    assert capfd.readouterr() == ("", "")


def test_server_knows_modules_and_webassembly(tmp_path: Path) -> None:
    write_tree({"a.mjs": b"", "a.wasm": b"", "a.js": b""}, tmp_path)
    with running(static_server(tmp_path, prefix="/some/where/")) as url:
        for name, kind in {"a.mjs": "text/javascript", "a.wasm": "application/wasm", "a.js": "text/javascript"}.items():
            with urllib.request.urlopen(f"{url}some/where/{name}") as answer:
                assert answer.headers.get_content_type() == kind
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(f"{url}a.mjs")
        refused.value.close()
