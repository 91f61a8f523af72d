"""dist/ as it is served: index.html, start.js and learn/ under fixed names, everything else in one folder per build.

The stylesheets of index.html are put together into one, in its order, and modules are linked: one request in place of
hundreds. The folder's name carries a hash of all contents, so no cache can mix files of two builds. index.html names
the folder, and the SHA-256 of its stylesheet and of each module that it loads, which the browser checks: of modules in
an import map, as Chromium takes the `integrity` of a preload for that preload only. The map is inline: the policy names
its hash.
"""

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from tools.archive import sha256
from tools.linked import PAGE, WORKERS, linked

# A cached index.html of an older build needs start.js too: it says that the page has been updated.
FIXED_NAMES = ("index.html", "start.js", "sw.js", "manifest.webmanifest")
# The Learn page needs no script, so that a cached page of an older build still finds its pictures and its stylesheet.
LEARN = "learn/"
# Named by the manifest.
ICONS = "offline/icon-"
MANIFEST = "python/manifest.json"
FIRST, MAIN = PAGE
ADDRESS = re.compile(r'\b(href|src)="([\w./-]+)"')
SHEET = re.compile(r'^ *<link rel="stylesheet" href="([\w./-]+)">\n', re.MULTILINE)
SHEETS = "page.css"
URL = re.compile(r'\burl\("([\w./-]+)"\)')
BESIDE = re.compile(r"""((?:href=|src=|url\()")([\w./-]+)(")""")
IMPORT = re.compile(r'\b(?:from|import)\s*"(\.[^"]+)"')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)  # types are imported in comments
BUILD = re.compile(r'data-build="([^"]*)"')


def site(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of dist/, given all files at their places relative to each other."""
    return placed(linked(with_one_stylesheet(files)))


def placed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of dist/, given them with one stylesheet and linked modules."""
    hashes = [[name, sha256(files[name])] for name in sorted(files)]
    build = f"build-{sha256(json.dumps(hashes).encode())[:12]}"
    manifest = {**json.loads(files[MANIFEST]), "build": build}
    fixed = {name: data for name, data in files.items() if name in FIXED_NAMES or name.startswith((LEARN, ICONS))}
    inside = {name: data for name, data in files.items() if name not in fixed}
    inside[MANIFEST] = json.dumps(manifest, indent=2).encode()
    return {
        **{f"{build}/{name}": data for name, data in inside.items()},
        **{name: learn_file(name, data, inside, build) for name, data in fixed.items()},
        "index.html": index_page(files["index.html"].decode(), inside, build).encode(),
        "sw.js": service_worker(files["sw.js"].decode(), inside, build).encode(),
    }


def with_one_stylesheet(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with the stylesheets of index.html as one, which stands where the first of them stood."""
    page = files["index.html"].decode()
    names = SHEET.findall(page)

    def moved(name: str) -> str:
        folder = posixpath.dirname(name)
        there = files[name].decode()
        return URL.sub(lambda url: f'url("{posixpath.normpath(posixpath.join(folder, url[1]))}")', there)

    one = "\n".join(moved(name) for name in names)
    first = SHEET.search(page)
    if first is None:
        raise ValueError("index.html has no stylesheet")
    page = (
        page[: first.start()] + f'    <link rel="stylesheet" href="{SHEETS}">\n' + SHEET.sub("", page[first.start() :])
    )
    return {**files, "index.html": page.encode(), SHEETS: one.encode()}


def build_folder(dist: Path) -> Path:
    """Return the folder of the build that dist/index.html names."""
    found = BUILD.search((dist / "index.html").read_text("utf-8"))
    if found is None:
        raise ValueError(f"{dist / 'index.html'} names no build")
    return dist / found[1]


def index_page(page: str, files: Mapping[str, bytes], build: str) -> str:
    """Return index.html with the addresses and hashes of a build, and a preload of each module that main.js needs."""

    def address(found: re.Match[str]) -> str:
        attribute, name = found.groups()
        if name not in files:
            return found[0]
        integrity = f' integrity="{integrity_of(files[name])}"' if name.endswith((".js", ".css")) else ""
        return f'{attribute}="{build}/{name}"{integrity}'

    main = re.search(rf'^ *<script type="module" src="{MAIN}"', page, re.MULTILINE)
    first = re.search(r"^ *<script ", page, re.MULTILINE)
    if main is None or first is None:
        raise ValueError(f"index.html does not start {MAIN}")
    modules = imported(files, MAIN)
    preloads = "".join(f'    <link rel="modulepreload" href="{name}">\n' for name in modules if name != FIRST)
    hashed = (MAIN, *modules, *WORKERS)  # the page looks the worker's up when it does not start
    integrity = {f"./{build}/{name}": integrity_of(files[name]) for name in hashed}
    import_map = json.dumps({"integrity": integrity})
    tag = f'    <script type="importmap">{import_map}</script>\n'
    page = page[: first.start()] + tag + page[first.start() : main.start()] + preloads + page[main.start() :]
    page = page.replace("script-src 'self'", f"script-src 'self' '{integrity_of(import_map.encode())}'", 1)
    return BUILD.sub(f'data-build="{build}"', ADDRESS.sub(address, page), count=1)


def service_worker(script: str, files: Mapping[str, bytes], build: str) -> str:
    """Return the service worker with the build and the files that it keeps: all that a start fetches."""
    vendored = [name for name in imported(files, MAIN) if name.startswith("vendor/")]
    modules = [*PAGE, *WORKERS, *vendored, *[name for name in files if f"{name}.map" in files]]
    manifest = json.loads(files[MANIFEST])
    started = [entry["file"] for entry in manifest.get("files", [])]
    python = ["manifest.json", *started, manifest.get("loops", "")]
    other = [
        SHEETS,
        "favicon.svg",
        *(name for name in files if name.endswith((".woff2", "recording.data", "debug.css"))),
    ]
    inside = [*(f"python/{name}" for name in python), *other, *modules]  # what is large first
    kept = ["./", "start.js", *(f"{build}/{name}" for name in dict.fromkeys(inside) if name in files)]
    return script.replace('BUILD = "source"', f'BUILD = "{build}"', 1).replace(
        "FILES = []", f"FILES = {json.dumps(kept)}", 1
    )


def learn_file(name: str, data: bytes, files: Mapping[str, bytes], build: str) -> bytes:
    """Return a file under a fixed name; in pages and stylesheets of learn/, addresses of files of the build are set."""
    if not (name.startswith(LEARN) and name.endswith((".html", ".css"))):
        return data

    def address(found: re.Match[str]) -> str:
        inside = posixpath.normpath(posixpath.join(LEARN, found[2]))
        return found[1] + (f"../{build}/{inside}" if inside in files else found[2]) + found[3]

    return BESIDE.sub(address, data.decode()).encode()


def integrity_of(data: bytes) -> str:
    """Return the value of an `integrity` attribute (W3C Subresource Integrity)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()


def imported(files: Mapping[str, bytes], first: str) -> list[str]:
    """Return the modules that `first` imports, directly or not, in the order in which they are found."""
    found = [first]
    for name in found:
        for path in IMPORT.findall(COMMENT.sub("", files[name].decode())):
            module = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            if module in files and module not in found:
                found.append(module)
    return found[1:]
