"""The workflows of the repository, and the locked versions of the tools."""

import re

import pytest

from tools import requirements
from tools.places import ROOT, project
from tools.step import StepError

pytestmark = pytest.mark.native


READS = ["contents: read"]


def jobs(workflow: str = "pages.yml") -> dict[str, str]:
    """Return the jobs of a workflow, and what stands before them under the empty name."""
    head, _, text = (ROOT / ".github/workflows" / workflow).read_text("utf-8").partition("\njobs:")
    _, *rest = re.split(r"\n  (\w+):\n(?=    )", text)
    return {"": head, **dict(zip(rest[::2], rest[1::2], strict=True))}


def test_only_main_is_published() -> None:
    for job in ("build", "deploy"):
        assert jobs()[job].startswith("    if: github.ref == 'refs/heads/main'\n")
    assert "needs: [test, build]" in jobs()["deploy"]


def test_what_is_published_comes_from_a_job_that_runs_no_test_and_shares_no_cache() -> None:
    assert "build.py test" in jobs()["test"]
    assert "upload" not in jobs()["test"]
    assert re.findall(r"run: (.*)", jobs()["build"]) == ["python3 build.py"]
    assert "cache" not in jobs()["build"]


GRANTED = {
    "pages.yml": {"test": READS, "build": READS, "deploy": ["pages: write", "id-token: write"]},
    "nightly.yml": {"test": READS},
}


@pytest.mark.parametrize("name", [path.name for path in (ROOT / ".github/workflows").iterdir()])
def test_a_workflow_names_actions_by_commit_and_grants_as_little_as_it_can(name: str) -> None:
    workflow = "\n".join(jobs(name).values())
    used = re.findall(r"uses: (.*)", workflow)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)] == []
    assert workflow.count("actions/checkout@") == workflow.count("persist-credentials: false")
    assert "\npermissions: {}\n" in jobs(name)[""]
    granted = {
        job: re.findall(r"^      ([\w-]+: (?:read|write))$", text, re.MULTILINE) for job, text in jobs(name).items()
    }
    assert granted == {"": [], **GRANTED[name]}


def test_the_nightly_tests_run_by_the_clock_and_publish_nothing() -> None:
    assert re.search(r"^on:\n  schedule:\n    - cron: ", jobs("nightly.yml")[""], re.MULTILINE)
    assert re.findall(r"run: (.*)", jobs("nightly.yml")["test"]) == ["python3 build.py test --nightly"]


def test_every_package_of_the_tools_is_locked_by_its_hash() -> None:
    groups = project()["dependency-groups"]
    assert requirements.locked([pin for group in groups.values() for pin in group])
    for package in re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", requirements.read(), flags=re.MULTILINE)):
        assert re.match(r"[\w-]+==\S+( ;[^\\]*)?( \\\n +--hash=sha256:[0-9a-f]{64})+\s*$", package), package


def test_a_pin_that_is_not_locked_stops_the_build() -> None:
    with pytest.raises(StepError, match=r"requirements\.txt does not hold pytest==1\.0"):
        requirements.locked(["pytest==1.0"])


def test_tools_are_installed_with_their_hashes_only() -> None:
    source = (ROOT / "tools" / "environment.py").read_text("utf-8")
    assert source.count("--require-hashes") == len(re.findall(r'"--requirement"', source)) == 2
