"""A page to measure on: the built site, in the browser that the tests use."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tools import chromium
from tools.serve import running, static_server

NO_TIMEOUT = 0  # a loaded machine is slow, not wrong


@contextmanager
def bench_page(dist: Path, **options: Any) -> Iterator[tuple[Page, str, str]]:
    """Serve a built site for a block; gives an empty page, the site's URL and the browser's version."""
    with running(static_server(dist)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.arguments()))
        page = browser.new_page(**options)
        page.set_default_timeout(NO_TIMEOUT)
        yield page, url, browser.version
        browser.close()
