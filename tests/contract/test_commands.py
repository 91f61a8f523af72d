"""The commands of build.py: how they choose tests, and how they fail."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import build
from tools import chromium
from tools.checks import page_tests, repairs, static_checks
from tools.places import ROOT
from tools.step import StepError, run

pytestmark = pytest.mark.native


def test_failed_command_says_which_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"(?s)exit code 3.*exit\(3\).*Do this\."):
        run([sys.executable, "-c", "exit(3)"], tmp_path, "Do this.")
    with pytest.raises(StepError, match=r"(?s)no-such-command was not found.*Install it\."):
        run(["no-such-command"], tmp_path, "Install it.")


@pytest.mark.slow
def test_a_failing_test_of_the_page_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    start = 'import assert from "node:assert/strict";\nimport { test } from "node:test";\n'
    wrong = 'test("holds", () => {});\ntest("is wrong", () => assert.equal(1, 2));\n'
    (tmp_path / "a.test.mjs").write_text(start + wrong, "utf-8")
    (tmp_path / "b.test.mjs").write_text('import "./missing.js";\n', "utf-8")
    done = subprocess.run(page_tests(sorted(tmp_path.iterdir())), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert re.search(r"✖ is wrong \(.*a\.test\.mjs:4\)\n.*\n*1 !== 2", done.stdout)
    assert "missing.js" in done.stdout
    assert "✖ holds" not in done.stdout
    assert done.stdout.endswith("1 passed, 2 failed\n")


def test_each_test_of_the_page_is_run() -> None:
    command = page_tests()
    files = {path for path in (ROOT / "tests").rglob("*") if path.name.endswith(".test.mjs")}
    assert files
    assert {Path(part) for part in command if str(part).endswith(".test.mjs")} == files


def test_each_command_is_in_the_help_with_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["--help"])
    said = capsys.readouterr().out
    for command in ("build", "serve", "check", "fix", "test", "bench"):
        assert re.search(rf"^    {command} +\w+", said, re.MULTILINE), command
    for options in ("serve --watch", "check", "fix", "test --fast", "test --nightly", "bench"):
        assert f"python3 build.py {options}" in said


def test_options_of_a_command_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for command, options in {"serve": ("--port", "--no-open", "--watch"), "test": ("--fast", "--nightly")}.items():
        with pytest.raises(SystemExit):
            build.main([command, "--help"])
        said = capsys.readouterr().out
        for option in options:
            assert re.search(rf"^  {option}\b.*\n? +\w+", said, re.MULTILINE), option


def test_two_tiers_at_once_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["test", "--fast", "--nightly"])
    assert "not allowed with" in capsys.readouterr().err


def collected(*arguments: str) -> list[str]:
    """Return the tests that pytest would run."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    return [line for line in listing.splitlines() if "::" in line]


@pytest.mark.slow
def test_fast_tests_need_no_site() -> None:
    """Those that need dist/ or Chromium, or that take seconds, are not among them."""
    fast = {"tests/contract/test_floors.py", "tests/python/test_losses.py"}
    others = {"tests/browser/test_boot.py", "tests/contract/test_build.py", "tests/contract/test_fuzzed_links.py"}
    assert {line.partition("::")[0] for line in collected("-m", build.FAST, *fast, *others)} == fast


@pytest.mark.built
def test_each_file_and_each_fault_is_usual_and_their_combinations_nightly() -> None:
    start = "tests/browser/test_start.py"
    usual, every = (
        re.findall(r"named.*\[(/.*)-(.*)\]", "\n".join(collected(start, *options))) for options in ([], ["--nightly"])
    )
    for place in (0, 1):
        assert {case[place] for case in usual} == {case[place] for case in every}
    assert 0 < len(usual) < len(every) / 2


def test_format_is_checked_and_repaired(tmp_path: Path) -> None:
    """By the same tools with the same settings, on a file that has a wrong format and an unused import."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    source = tmp_path / "a.py"
    source.write_text(textwrap.dedent('''\
        """A module."""
        import os
        x=1
        '''), "utf-8")  # fmt: skip
    python = Path(sys.executable)
    checking = [command for command in static_checks(python).values() if "ruff" in command]
    assert [subprocess.run(command, cwd=tmp_path, check=False).returncode for command in checking] == [1, 1]
    for command in repairs(python):
        if "ruff" in command:  # the others are Biome and what writes generated files
            subprocess.run(command, cwd=tmp_path, check=True)
    assert source.read_text("utf-8") == '"""A module."""\n\nx = 1\n'
    assert [subprocess.run(command, cwd=tmp_path, check=False).returncode for command in checking] == [0, 0]


def test_arguments_that_nobody_takes_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["serve", "--prot", "9000"])
    assert "unknown arguments: --prot 9000" in capsys.readouterr().err


FEW = ["-k loss", "tests/python/test_losses.py", "-x tests/browser", "-s", "-n 1", "--lf -m native"]


@pytest.mark.parametrize("few", FEW)
def test_few_tests_run_in_one_process_and_all_in_several(few: str) -> None:
    assert build.workers(few.split()) == []
    for everything in ("", "-x", "--nightly", "--durations=9 -q"):
        assert "--dist=loadfile" in build.workers(everything.split())


def test_browser_is_the_first_one_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(mode=0o755)
        assert chromium.find() == str(tmp_path / name)


@pytest.mark.slow
def test_what_fails_in_the_whole_run_runs_once_more_and_may_fail_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent("""\
        import pathlib

        def test_right():
            assert True

        def test_wrong_once():
            been = pathlib.Path(__file__).with_name("been")
            was = been.exists()
            been.touch()
            assert was
        """)
    )
    assert build.twice(Path(sys.executable), ["--durations=25"], []) == 0
    assert "1 failed, 1 passed" in (output := capfd.readouterr().out)
    assert "1 passed" in output.rpartition("runs once more")[2]
    (tmp_path / "test_it.py").write_text("def test_wrong():\n    assert False\n")
    assert build.twice(Path(sys.executable), ["--durations=25"], []) == build.FAILED
    assert build.twice(Path(sys.executable), [], ["-k", "wrong"]) == build.FAILED
    assert capfd.readouterr().out.count("1 failed") == 3
