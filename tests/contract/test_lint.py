"""The lint rule that keeps text from becoming markup or code."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.archive import write_tree
from tools.places import ROOT

pytestmark = pytest.mark.native


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
