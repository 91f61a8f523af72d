"""The browser that tests and benchmarks drive: chosen here, and nowhere else."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.step import run, say

HEADLESS_SHELL = "chromium-headless-shell"  # the same engine without a window's frame: it starts with less work
COMMANDS = (
    HEADLESS_SHELL,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
USUAL_PLACES = {
    "darwin": [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    "win32": [
        rf"{os.environ.get(folder, 'C:')}\Google\Chrome\Application\chrome.exe"
        for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
    ],
}
QUIET = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """Return the path of an installed Chromium or Chrome; None leaves the choice to Playwright's own."""
    commands = [path for command in COMMANDS if (path := shutil.which(command))]
    places = [place for place in USUAL_PLACES.get(sys.platform, []) if Path(place).exists()]
    return next(iter([*commands, *places]), None)


def find_or_install(python: Callable[[], Path], root: Path) -> None:
    """Make sure that there is a browser: an installed one, Debian's, or Playwright's, which `python` has."""
    if find() is None:
        if _is_root_on_debian():
            say("No Chromium is installed: installing Debian's.")
            run(["apt-get", "update", "-q"], root, "Is the package archive reachable?")
            run(
                ["apt-get", "install", "-q", "-y", "--no-install-recommends", HEADLESS_SHELL],
                root,
                "Install a Chromium by hand.",
            )
        else:
            say("No Chromium is installed: installing Playwright's, for this user alone.")
            run([python(), "-m", "playwright", "install", "chromium"], root, "Install Chrome or Chromium by hand.")
    say(f"Browser for the tests: {find() or 'the Chromium that Playwright installed'}")


def arguments() -> Sequence[str]:
    """Return command-line arguments for a quiet browser; root's cannot use its sandbox."""
    return [*QUIET, "--disable-gpu", *(["--no-sandbox"] if _is_root() else [])]


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _is_root_on_debian() -> bool:
    # Not Ubuntu: its chromium package needs the snap service.
    release = Path("/etc/os-release")
    return _is_root() and release.exists() and "ID=debian" in release.read_text("utf-8").splitlines()
