"""The npm packages of package-lock.json: what the page takes from them, and the types of what it takes."""

import json
import re
import shutil

from tools.archive import sha256
from tools.places import NPM, ROOT, WORK
from tools.step import StepError, run, say


def install_npm() -> None:
    """Install the pinned npm packages, if they are not the ones of package-lock.json already."""
    lock = sha256((ROOT / "package-lock.json").read_bytes())
    stamp = NPM / ".installed-lock"
    if stamp.exists() and stamp.read_text("utf-8") == lock:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise StepError(
            "npm was not found. Install Node.js 20 or newer (https://nodejs.org), then run the command again."
        )
    say("Installing the npm packages of package-lock.json")
    run([npm, "ci"], ROOT, "Is the npm registry reachable? Then run the command again.")
    stamp.write_text(lock, "utf-8")


# What the page uses of CodeMirror; it is many packages, which import each other by name.
EDITOR = ROOT / "tools" / "codemirror.js"
PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")


def vendored() -> dict[str, bytes]:
    """Return the page's libraries as their authors published them, without lit's unsafe-* directives."""
    lit, uplot, inter = NPM / "lit-html", NPM / "uplot", NPM / "@fontsource-variable/inter"
    modules = [*lit.glob("*.js"), *lit.glob("directives/[!u]*.js"), lit / "directives/until.js", lit / "LICENSE"]
    charts = [uplot / "dist/uPlot.esm.js", uplot / "dist/uPlot.min.css", uplot / "LICENSE"]
    letters = [inter / "files/inter-latin-wght-normal.woff2", inter / "LICENSE"]
    return {
        **{f"vendor/lit-html/{path.relative_to(lit).as_posix()}": path.read_bytes() for path in modules},
        **{f"vendor/uplot/{path.name}": path.read_bytes() for path in charts},
        **{f"vendor/inter/{path.name}": path.read_bytes() for path in letters},
        **bundled_editor(),
    }


def bundled_editor() -> dict[str, bytes]:
    """Return CodeMirror as one module, made by esbuild, and the licences of the packages that are in it."""
    place = WORK / "codemirror"
    module, report = place / "codemirror.js", place / "bundle.json"
    options = ["--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning"]
    files = [f"--outfile={module}", f"--metafile={report}"]
    run([NPM / ".bin" / "esbuild", EDITOR, *options, *files], ROOT, "Its messages are above.")
    inputs = " ".join(json.loads(report.read_text("utf-8"))["inputs"])
    packages = sorted(set(PACKAGE.findall(inputs)))
    licences = [f"{name}\n\n{(NPM / name / 'LICENSE').read_text('utf-8')}" for name in packages]
    return {
        "vendor/codemirror/codemirror.js": module.read_bytes(),
        "vendor/codemirror/LICENSE": "\n\n".join(licences).encode(),
    }


def types() -> dict[str, bytes]:
    """Return the declarations of vendored modules, at the places that web/ imports the modules from."""
    lit = NPM / "lit-html"
    declarations = [*lit.glob("*.d.ts"), *lit.glob("directives/*.d.ts")]
    return {
        **{f"vendor/lit-html/{path.relative_to(lit).as_posix()}": path.read_bytes() for path in declarations},
        "vendor/codemirror/codemirror.d.ts": EDITOR.read_bytes(),
        "vendor/uplot/uPlot.esm.d.ts": (NPM / "uplot/dist/uPlot.d.ts").read_bytes(),
        "python/pyodide.d.mts": (NPM / "pyodide/pyodide.d.ts").read_bytes(),
    }
