"""`build.py serve --watch`: the page reloads after a build, under its own content policy."""

import shutil
from pathlib import Path

from playwright.sync_api import Page

from tools.places import DIST
from tools.serve import running, static_server
from tools.watch import Changes, reloading


def test_the_page_reloads_after_each_build(page: Page, tmp_path: Path) -> None:
    """A copy of dist/ stands for a new build: its title has changed."""
    folder = tmp_path / "dist"
    shutil.copytree(DIST, folder)
    index = folder / "index.html"
    changes = Changes()
    with running(static_server(folder, handler=reloading(changes))) as url:
        page.goto(url)
        for title in ("First", "Second"):
            text = index.read_text("utf-8")
            index.write_text(text.replace(text.split("<title>")[1].split("</title>")[0], title), "utf-8")
            changes.add()
            page.wait_for_function("title => document.title === title", arg=title)
