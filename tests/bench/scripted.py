"""How long `backprop.advance` of a few steps takes a script, with all that the page does after it.

Run it with ``python -m tests.bench.scripted`` on the built site, or name another build beside it:
``python -m tests.bench.scripted ../other/dist``. Calls of both alternate, so that the ratio is one of the same moments.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.sync_api import Page

from tests.bench.bench_page import NO_TIMEOUT, bench_page
from tools.places import DIST
from tools.serve import running, static_server

STEPS = 5
ROUNDS = 200
TIMED = """
async (steps) => {
  const { id } = (await backprop.runs()).find(({ active }) => active);
  const began = performance.now();
  await backprop.advance({ id, steps });
  return performance.now() - began;
}
"""


def ready(page: Page, url: str) -> Page:
    """Open a build and wait until Python is ready."""
    page.set_default_timeout(NO_TIMEOUT)
    page.goto(url)
    page.evaluate("() => backprop.ready")
    return page


def main() -> None:
    """Print the median and the 10% quantile of each build, and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", nargs="*", type=Path, help="dist/ of another build")
    builds = [DIST, *parser.parse_args().other]
    with bench_page(DIST) as (page, _, _), ExitStack() as stack:
        urls = [stack.enter_context(running(static_server(build))) for build in builds]
        browser = page.context.browser
        assert browser is not None
        pages = [ready(browser.new_page(), url) for url in urls]
        times: list[list[float]] = [[] for _ in pages]
        for _ in range(ROUNDS):
            for opened, found in zip(pages, times, strict=True):
                found.append(opened.evaluate(TIMED, STEPS))
    for build, found in zip(builds, times, strict=True):
        print(f"{build}: median {median(found):.1f} ms, 10% quantile {sorted(found)[len(found) // 10]:.1f} ms")
    for found in times[1:]:
        print(f"ratio of medians: {median(times[0]) / median(found):.2f}")


if __name__ == "__main__":
    main()
