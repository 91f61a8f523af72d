"""Deploys: all that is served is replaced by another build, as GitHub Pages does."""

import re
import shutil
from pathlib import Path

from tools.archive import read_tree, write_tree
from tools.places import DIST, ROOT
from tools.site import FIXED_NAMES, build_folder, placed

VERSION = "() => document.querySelector('meta[name=version]').content"


def publish(folder: Path, version: str) -> None:
    """Replace a folder by a build of the site whose page names a version."""
    built = build_folder(DIST)
    page = (DIST / "index.html").read_text("utf-8").replace(f"{built.name}/", "")
    page = strip(page).replace("<title>", f'<meta name="version" content="{version}"><title>')
    fixed = {name: (ROOT / "web" / name).read_bytes() for name in FIXED_NAMES}
    shutil.rmtree(folder, ignore_errors=True)
    write_tree(placed({**read_tree(built), **fixed, "index.html": page.encode()}), folder)


def strip(page: str) -> str:
    """Return index.html as it stands in web/: without hashes and preloads."""
    lines = [line for line in page.splitlines() if 'rel="modulepreload"' not in line]
    return re.sub(r' integrity="[^"]*"', "", "\n".join(lines))
