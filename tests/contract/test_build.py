"""The build: where its wheels come from, what it makes, and how it is served."""

import base64
import json
import posixpath
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import build
from tools import chromium, python_files, requirements
from tools.archive import pure_wheel, read_tree, read_zip, sha256, write_tree, write_zip
from tools.places import DIST, ROOT, project
from tools.serve import Server, running, static_server
from tools.site import WORKER, build_folder, imported, integrity_of, site
from tools.step import StepError, run
from tools.wheels import PACKAGE, PACKAGE_FOLDER, Wheel, cache_folder, fetch, locked_wheels

pytestmark = pytest.mark.native

DATA = b"the contents of a wheel" * 40_000
WHEEL = Wheel("thing-1.0-py3-none-any.whl", sha256(DATA))
NOWHERE = "http://127.0.0.1:9/"  # the discard port: nothing listens there
NO_PACKAGE = Path("absent.whl")
FILES = build_folder(DIST) if (DIST / "index.html").exists() else DIST


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


# ---- Where wheels come from ----


def test_cache_answers_without_asking_anyone(cache: Path) -> None:
    write_tree({WHEEL.file: DATA}, cache)
    assert fetch([WHEEL], cache, NOWHERE, NO_PACKAGE) == {WHEEL.file: cache / WHEEL.file}


def test_damaged_cache_file_is_reported_and_fetched_again(
    cache: Path, cdn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree({WHEEL.file: DATA[:-1]}, cache)
    write_tree({WHEEL.file: DATA}, cdn)
    fetch([WHEEL], cache, (cdn / "url").read_text(), NO_PACKAGE)
    assert (cache / WHEEL.file).read_bytes() == DATA
    assert "is damaged" in capsys.readouterr().out


def test_cdn_fills_the_cache_and_tells_progress(cache: Path, cdn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree({WHEEL.file: DATA}, cdn)
    fetch([WHEEL], cache, (cdn / "url").read_text(), NO_PACKAGE)
    assert read_tree(cache) == {WHEEL.file: DATA}
    assert re.search(r"0\.\d MB of 0\.9 MB", capsys.readouterr().out)


def test_wrong_hash_from_the_cdn_stops_everything(tmp_path: Path, cache: Path, cdn: Path) -> None:
    write_tree({WHEEL.file: b"a sign-in page"}, cdn)
    with pytest.raises(StepError, match="not the file that the lock file names") as failure:
        fetch([WHEEL], cache, (cdn / "url").read_text(), carrier(tmp_path, DATA))
    assert WHEEL.sha256 in str(failure.value)
    assert not cache.exists()


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


def test_the_real_package_carries_the_real_wheels(cache: Path) -> None:
    wheels = locked_wheels(ROOT / "node_modules" / "pyodide" / "pyodide-lock.json", python_files.LOCKED)
    paths = fetch(wheels, cache, NOWHERE, PACKAGE)
    assert [sha256(paths[wheel.file].read_bytes()) for wheel in wheels] == [wheel.sha256 for wheel in wheels]


def test_cache_lies_outside_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ROOT not in cache_folder().parents
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "backprop-from-scratch" / "wheels"


# ---- What is made ----


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
    sources = read_tree(ROOT / "py" / "backprop", "backprop/", ".py")
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


def test_equal_contents_make_equal_archives() -> None:
    files = {"b": b"2", "a": b"1"}
    assert write_zip(files) == write_zip(dict(reversed(files.items())))
    assert read_zip(write_zip(files)) == files


def test_mirror_adds_changes_and_removes(tmp_path: Path) -> None:
    write_tree({"same": b"1", "old/gone": b"2", "changed": b"3"}, tmp_path)
    assert build.mirror({"same": b"1", "changed": b"4", "new/file": b"5"}, tmp_path) == 3
    assert read_tree(tmp_path) == {"same": b"1", "changed": b"4", "new/file": b"5"}


def test_package_lock_names_no_host_to_fetch_from() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


FORBIDDEN = [
    "p.innerHTML = x;",
    "p.innerHTML += x;",
    "p.innerHTML ??= x;",
    "p.outerHTML ||= x;",
    "p.outerHTML &&= x;",
    'p["innerHTML"] = x;',
    "p['outerHTML'] ??= x;",
    "p[`srcdoc`] = x;",
    "p.srcdoc = x;",
    "p.insertAdjacentHTML('beforeend', x);",
    'p["insertAdjacentHTML"]("beforeend", x);',
    "p.setHTML(x);",
    "p.setHTMLUnsafe(x);",
    "Document.parseHTMLUnsafe(x);",
    "document.createRange().createContextualFragment(x);",
    "document.write(x);",
    "document.writeln(x);",
    "new Function(x);",
    "eval(x);",
]
ALLOWED = ["p.textContent = x;", 'p["title"] = x;', "p.append(x);", "p.dataset.innerHTMLish = x;"]


def test_lint_refuses_text_as_markup_or_code(tmp_path: Path) -> None:
    for name in ("biome.json", ".gitignore", "tools/no-html-strings.grit"):
        write_tree({name: (ROOT / name).read_bytes()}, tmp_path)
    lines = ["const p = document.body;", "const x = p.title;", *FORBIDDEN, *ALLOWED]
    write_tree({"web/probe.js": "\n".join(lines).encode()}, tmp_path)
    biome = [shutil.which("node") or "node", str(ROOT / "node_modules/@biomejs/biome/bin/biome")]
    command = [*biome, "lint", "--colors=off", "--max-diagnostics=100", "web"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode != 0
    rules = r"probe\.js:(\d+):\d+ (?:plugin|lint/style/noRestrictedGlobals)"
    refused = {int(line) for line in re.findall(rules, done.stdout + done.stderr)}
    assert [lines[line - 1] for line in sorted(refused)] == FORBIDDEN


def jobs() -> dict[str, str]:
    """Return the jobs of the workflow, and what stands before them under the empty name."""
    head, _, text = (ROOT / ".github/workflows/pages.yml").read_text("utf-8").partition("\njobs:")
    _, *rest = re.split(r"\n  (\w+):\n(?=    )", text)
    return {"": head, **dict(zip(rest[::2], rest[1::2], strict=True))}


def test_only_main_is_published() -> None:
    for job in ("build", "deploy"):
        assert jobs()[job].startswith("    if: github.ref == 'refs/heads/main'\n")
    assert "needs: [test, build]" in jobs()["deploy"]


def test_what_is_published_comes_from_a_job_that_runs_no_test_and_shares_no_cache() -> None:
    assert "build.py test" in jobs()["test"]
    assert "upload" not in jobs()["test"]
    assert re.findall(r"run: (.*)", jobs()["build"]) == ["python3 build.py"]
    assert "cache" not in jobs()["build"]


def test_the_workflow_names_actions_by_commit_and_grants_as_little_as_it_can() -> None:
    workflow = "\n".join(jobs().values())
    used = re.findall(r"uses: (.*)", workflow)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)] == []
    assert workflow.count("actions/checkout@") == workflow.count("persist-credentials: false")
    assert "\npermissions: {}\n" in jobs()[""]
    granted = {job: re.findall(r"^      ([\w-]+: (?:read|write))$", text, re.MULTILINE) for job, text in jobs().items()}
    reads = ["contents: read"]
    assert granted == {"": [], "test": reads, "build": reads, "deploy": ["pages: write", "id-token: write"]}


# ---- The tests' tools ----


def test_every_package_of_the_tools_is_locked_by_its_hash() -> None:
    groups = project()["dependency-groups"]
    assert requirements.locked([pin for group in groups.values() for pin in group])
    for package in re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", requirements.read(), flags=re.MULTILINE)):
        assert re.match(r"[\w-]+==\S+( ;[^\\]*)?( \\\n +--hash=sha256:[0-9a-f]{64})+\s*$", package), package


def test_a_pin_that_is_not_locked_stops_the_build() -> None:
    with pytest.raises(StepError, match=r"requirements\.txt does not hold pytest==1\.0"):
        requirements.locked(["pytest==1.0"])


def test_tools_are_installed_with_their_hashes_only() -> None:
    source = (ROOT / "build.py").read_text("utf-8")
    assert source.count("--require-hashes") == len(re.findall(r'"--requirement"', source)) == 2


# ---- How the site lies ----

PAGE = b"""<html data-build="source">
    <meta http-equiv="Content-Security-Policy" content="script-src 'self'; base-uri 'none'">
    <script async src="start.js"></script>
    <link rel="stylesheet" href="style.css">
    <link rel="stylesheet" href="a/more.css">
    <script type="module" src="main.js"></script>
    <a href="#top">Up</a>"""
SOURCES = {
    "index.html": PAGE,
    "start.js": b"",
    "style.css": b"p { color: red; }",
    "a/more.css": b'q { src: url("../two.js"); }',
    "main.js": b'import { a } from "./a/one.js";\n',
    "a/one.js": b'import "../two.js"; import("./dynamic.js");\n',
    "two.js": b"",
    "engine/worker.js": b"",
    "python/manifest.json": b"{}",
    "learn/index.html": b'<link href="learn.css"><img src="one.png"><a href="../#top">Up</a><link href="../style.css">',
    "learn/learn.css": b'p { src: url("../a/one.js"); }',
}
# Files under fixed names.
FIXED = {"index.html", "start.js", "learn/index.html", "learn/learn.css"}


def test_everything_but_a_few_files_lies_in_a_folder_that_is_named_by_its_contents() -> None:
    made = site(SOURCES)
    (build,) = {name.partition("/")[0] for name in made} - {"index.html", "start.js", "learn"}
    inside = {*SOURCES.keys(), "page.css"} - FIXED
    assert made.keys() == FIXED | {f"{build}/{name}" for name in inside}
    assert json.loads(made[f"{build}/python/manifest.json"])["build"] == build
    for changed in SOURCES.keys() - {"python/manifest.json"}:
        other = site({**SOURCES, changed: SOURCES[changed] + b" "})
        assert not any(name.startswith(build) for name in other), changed
    assert site(dict(reversed(SOURCES.items()))) == made


def test_the_stylesheets_of_the_page_are_one_in_its_order() -> None:
    made = site(SOURCES)
    (sheet,) = (data for name, data in made.items() if name.endswith("/page.css"))
    assert sheet.decode() == 'p { color: red; }\nq { src: url("two.js"); }'
    assert re.findall(r'href="[^"]*/([^"/]*\.css)"', made["index.html"].decode()) == ["page.css"]


def test_the_learn_page_finds_its_own_files_and_those_of_the_build() -> None:
    made = site(SOURCES)
    (build,) = {name.partition("/")[0] for name in made} - {"index.html", "start.js", "learn"}
    page = made["learn/index.html"].decode()
    assert re.findall(r'(?:href|src)="([^"]+)"', page) == ["learn.css", "one.png", "../#top", f"../{build}/style.css"]
    assert made["learn/learn.css"].decode() == f'p {{ src: url("../{build}/a/one.js"); }}'


def test_the_page_names_its_build_and_the_hash_of_each_file_that_it_loads() -> None:
    made = site(SOURCES)
    page = made["index.html"].decode()
    build = re.findall(r'data-build="(.*)"', page)[0]
    loaded = dict(re.findall(r'(?:href|src)="([^#"]*)" integrity="sha256-([^"]+)"', page))
    assert loaded.keys() == {f"{build}/{name}" for name in ("page.css", "main.js", "a/one.js", "two.js")}
    for name, digest in loaded.items():
        assert base64.b64decode(digest).hex() == sha256(made[name])
    (import_map,) = re.findall(r'<script type="importmap">(.*)</script>', page)
    modules = {f"./{name}": f"sha256-{digest}" for name, digest in loaded.items() if name.endswith(".js")}
    worker = f"{build}/engine/worker.js"
    assert json.loads(import_map) == {"integrity": modules | {f"./{worker}": integrity_of(made[worker])}}
    assert f"script-src 'self' '{integrity_of(import_map.encode())}';" in page
    assert page.index("importmap") < page.index("start.js") < page.index("modulepreload") < page.index('src="build')


def test_the_built_page_loads_every_module_of_the_page() -> None:
    page = (DIST / "index.html").read_text("utf-8")
    modules = {f"{FILES.name}/{path.relative_to(FILES).as_posix()}" for path in FILES.rglob("*.js")}
    unused = {name for name in modules if f'"{name}" integrity=' not in page and "/vendor/" not in name}
    assert {name.partition("/")[2] for name in unused} == {
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


# ---- How it is served ----


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
                assert json.load(answer)["package"]
            server.send_signal(signal.SIGINT)
            assert "Stopped." in lines.read()
        assert server.wait() == 0


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


# ---- How it fails ----


def test_failed_command_says_which_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"(?s)exit code 3.*exit\(3\).*Do this\."):
        run([sys.executable, "-c", "exit(3)"], tmp_path, "Do this.")
    with pytest.raises(StepError, match=r"(?s)no-such-command was not found.*Install it\."):
        run(["no-such-command"], tmp_path, "Install it.")


def test_a_failing_test_of_the_page_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    start = 'import assert from "node:assert/strict";\nimport { test } from "node:test";\n'
    wrong = 'test("holds", () => {});\ntest("is wrong", () => assert.equal(1, 2));\n'
    (tmp_path / "a.test.mjs").write_text(start + wrong, "utf-8")
    (tmp_path / "b.test.mjs").write_text('import "./missing.js";\n', "utf-8")
    done = subprocess.run(
        build.page_tests(sorted(tmp_path.iterdir())), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert re.search(r"✖ is wrong \(.*a\.test\.mjs:4\)\n.*\n*1 !== 2", done.stdout)
    assert "missing.js" in done.stdout
    assert "✖ holds" not in done.stdout
    assert done.stdout.endswith("1 passed, 2 failed\n")


def test_each_test_of_the_page_is_run() -> None:
    command = build.checks(Path("python"))["JavaScript tests"]
    files = {path for path in (ROOT / "tests").rglob("*") if path.name.endswith(".test.mjs")}
    assert files
    assert {Path(part) for part in command if str(part).endswith(".test.mjs")} == files


def test_arguments_that_nobody_takes_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["serve", "--prot", "9000"])
    assert "unknown arguments: --prot 9000" in capsys.readouterr().err


FEW = ["-k loss", "tests/python/test_losses.py", "-x tests/browser", "-s", "-n 1", "--lf -m native"]


@pytest.mark.parametrize("few", FEW)
def test_few_tests_run_in_one_process_and_all_in_several(few: str) -> None:
    assert build.workers(few.split()) == []
    for everything in ("", "-x", "--nightly", "--durations=9 -q"):
        assert "--dist=loadfile" in build.workers(everything.split())


def test_browser_is_the_first_one_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(mode=0o755)
        assert chromium.find() == str(tmp_path / name)


def test_zip_entries_carry_no_build_time() -> None:
    with zipfile.ZipFile(FILES / "python" / "python_stdlib.data") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
