"""Python on a page that does nothing else: the site's Pyodide with NumPy, its SIMD loops and the package."""

from collections.abc import Mapping

from playwright.sync_api import Page

from tools.places import DIST
from tools.site import build_folder

BOOT = """
async ({base, files}) => {
  const {loadPyodide} = await import(`${base}pyodide.mjs`);
  const {compileLoops, installLoops} = await import(`${base}../engine/loops.js`);
  const manifest = await (await fetch(`${base}manifest.json`)).json();
  const pyodide = await loadPyodide({indexURL: base, stdLibURL: base + manifest.stdlib, packages: ["numpy"]});
  const archive = await (await fetch(base + manifest.wheel)).arrayBuffer();
  pyodide.unpackArchive(archive, "zip", {extractDir: "/bench"});
  for (const [name, source] of Object.entries(files)) {
    pyodide.FS.mkdirTree(`/bench/${name}`.replace(/[/][^/]*$/, ""));
    pyodide.FS.writeFile(`/bench/${name}`, source);
  }
  pyodide.runPython("import json, sys; sys.path.insert(0, '/bench')");
  installLoops(pyodide, await compileLoops(fetch(base + manifest.loops)));
  globalThis.pyodide = pyodide;
}
"""
REASON = "from backprop.loops.installed import LOOPS\nLOOPS.reason"


def boot(page: Page, url: str, files: Mapping[str, str]) -> None:
    """Start Python on a page of the site's origin, with more files (name → text) beside the package.

    Raises
    ------
    RuntimeError
        If NumPy does not run the SIMD loops, as it does on the page.
    """
    base = f"{url}{build_folder(DIST).name}/python/"
    page.goto(f"{base}manifest.json")
    page.evaluate(BOOT, {"base": base, "files": dict(files)})
    reason = run_python(page, REASON)
    if reason:
        raise RuntimeError(f"NumPy runs its own loops: {reason}")


def run_python(page: Page, python: str) -> str:
    """Run Python on the page, and return the last value."""
    return str(page.evaluate("(python) => pyodide.runPython(python) ?? ''", python))
