"""How the site lies in dist/: folders, addresses and hashes, and the archives in it."""

import base64
import json
import re
from pathlib import Path

import pytest

from tools.archive import read_tree, read_zip, sha256, write_tree, write_zip
from tools.linked import PAGE, WORKERS
from tools.mirror import mirror
from tools.site import integrity_of, site

pytestmark = pytest.mark.native

INDEX = b"""<html data-build="source">
    <meta http-equiv="Content-Security-Policy" content="script-src 'self'; base-uri 'none'">
    <script type="module" async src="engine/first_worker.js"></script>
    <script async src="start.js"></script>
    <link rel="stylesheet" href="style.css">
    <link rel="stylesheet" href="a/more.css">
    <script type="module" src="main.js"></script>
    <a href="#top">Up</a>"""
SOURCES = {
    "index.html": INDEX,
    "start.js": b"",
    "sw.js": b'const BUILD = "source";\nconst FILES = [];\n',
    "manifest.webmanifest": b"{}",
    "offline/icon-1.png": b"",
    "style.css": b"p { color: red; }",
    "a/more.css": b'q { src: url("../two.js"); }',
    "main.js": b'import { a } from "./a/one.js";\nimport { html } from "./vendor/lit.js";\n',
    "a/one.js": b'import "../two.js";\n\nexport const a = 1;\n',
    "two.js": b"",
    "engine/first_worker.js": b"",
    "engine/worker.js": b"",
    "storage/opfs_worker.js": b"",
    "vendor/lit.js": b"export const html = 2;\n",
    "python/manifest.json": b"{}",
    "learn/index.html": b'<link href="learn.css"><img src="one.png"><a href="../#top">Up</a><link href="../style.css">',
    "learn/learn.css": b'p { src: url("../a/one.js"); }',
}
TOP = {"index.html", "start.js", "sw.js", "manifest.webmanifest", "offline", "learn"}
# Files under fixed names.
FIXED = {
    "offline/icon-1.png",
    "manifest.webmanifest",
    "sw.js",
    "index.html",
    "start.js",
    "learn/index.html",
    "learn/learn.css",
}


def test_everything_but_a_few_files_lies_in_a_folder_that_is_named_by_its_contents() -> None:
    made = site(SOURCES)
    (build,) = {name.partition("/")[0] for name in made} - TOP
    inside = {*SOURCES.keys(), "page.css", *(f"{name}.map" for name in (*PAGE, *WORKERS))} - FIXED
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
    (build,) = {name.partition("/")[0] for name in made} - TOP
    page = made["learn/index.html"].decode()
    assert re.findall(r'(?:href|src)="([^"]+)"', page) == ["learn.css", "one.png", "../#top", f"../{build}/style.css"]
    assert made["learn/learn.css"].decode() == f'p {{ src: url("../{build}/a/one.js"); }}'


def test_the_service_worker_keeps_what_a_start_fetches() -> None:
    made = site(SOURCES)
    (build,) = {name.partition("/")[0] for name in made} - TOP
    script = made["sw.js"].decode()
    kept = json.loads(re.findall(r"FILES = (\[.*?\]);", script)[0])
    assert f'BUILD = "{build}"' in script
    assert {"./", "start.js"} | {f"{build}/{name}" for name in ("page.css", "vendor/lit.js", *PAGE, *WORKERS)} <= set(
        kept
    )
    assert {name for name in kept if name != "./"} <= made.keys()


def test_the_page_names_its_build_and_the_hash_of_each_file_that_it_loads() -> None:
    made = site(SOURCES)
    page = made["index.html"].decode()
    build = re.findall(r'data-build="(.*)"', page)[0]
    loaded = dict(re.findall(r'(?:href|src)="([^#"]*)" integrity="sha256-([^"]+)"', page))
    assert loaded.keys() == {
        f"{build}/{name}" for name in ("page.css", "engine/first_worker.js", "main.js", "vendor/lit.js")
    }
    for name, digest in loaded.items():
        assert base64.b64decode(digest).hex() == sha256(made[name])
    (import_map,) = re.findall(r'<script type="importmap">(.*)</script>', page)
    modules = {f"./{name}": f"sha256-{digest}" for name, digest in loaded.items() if name.endswith(".js")}
    workers = {f"./{build}/{name}": integrity_of(made[f"{build}/{name}"]) for name in WORKERS}
    assert json.loads(import_map) == {"integrity": modules | workers}
    assert f"script-src 'self' '{integrity_of(import_map.encode())}';" in page
    assert page.index("importmap") < page.index('first_worker.js"') < page.index("start.js")
    assert page.index("importmap") < page.index("modulepreload") < page.index(f'src="{build}/main.js')


def test_equal_contents_make_equal_archives() -> None:
    files = {"b": b"2", "a": b"1"}
    assert write_zip(files) == write_zip(dict(reversed(files.items())))
    assert read_zip(write_zip(files)) == files


def test_mirror_adds_changes_and_removes(tmp_path: Path) -> None:
    write_tree({"same": b"1", "old/gone": b"2", "changed": b"3"}, tmp_path)
    assert mirror({"same": b"1", "changed": b"4", "new/file": b"5"}, tmp_path) == 3
    assert read_tree(tmp_path) == {"same": b"1", "changed": b"4", "new/file": b"5"}
