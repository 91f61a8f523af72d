"""A sweep on a real Dask cluster: scheduler and workers in processes of their own, one of which is killed."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from backprop.sweep.plan import plan_sweep
from backprop.workers.training import train_run
from tests.python.workers.test_processes import sha256
from tools.places import ROOT

pytestmark = [pytest.mark.native, pytest.mark.slow]  # starts processes

QUICK = "epochs = 2\n[values]\nmodel.seed = [0, 1]\n"
LONG = 'epochs = 3\n[values]\n"dataset.num_samples" = [20, 100000]\n[base.trainer]\nbatch_size = 1\n'  # 2: minutes
EPOCHS = 5
# A process without this package: its import fails.
WITHOUT = "import sys; sys.modules['backprop'] = None; import {module}; {module}.main()"


@dataclass
class Cluster:
    """A scheduler and its workers, in a folder of their own."""

    folder: Path
    processes: list["subprocess.Popen[bytes]"]
    address: str = ""

    def start(self, module: str, *arguments: str, has_package: bool = True) -> "subprocess.Popen[bytes]":
        code = ["-m", module] if has_package else ["-c", WITHOUT.format(module=module)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "py"), "STARTS": str(self.folder / "starts")}
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, *code, *arguments]
            process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def begin(self) -> None:
        file = self.folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        scheduler = self.start("distributed.cli.dask_scheduler", *options)
        while not file.exists() or not file.read_text("utf-8").endswith("}"):
            assert scheduler.poll() is None, (self.folder / "log").read_text("utf-8")
        self.address = json.loads(file.read_text("utf-8"))["address"]

    def wait_for_workers(self, count: int) -> None:
        while (self.folder / "log").read_text("utf-8").count("Registered to:") < count:
            assert {process.poll() for process in self.processes} == {None}

    def worker(self, *, has_package: bool = True) -> "subprocess.Popen[bytes]":
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
        preload = ("--preload", str(Path(__file__).with_name("starts.py"))) if has_package else ()
        return self.start("distributed.cli.dask_worker", self.address, *options, *preload, has_package=has_package)

    def sweep(self, text: str) -> "subprocess.Popen[str]":
        (self.folder / "runs.toml").write_text(text, "utf-8")
        command = [sys.executable, "-m", "backprop", "sweep", "runs.toml", "--json", "--dask", self.address]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "py"), "PYTHONIOENCODING": "utf-8"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.folder, env=environment, text=True, encoding="utf-8", **pipes)

    def starts(self) -> list[tuple[int, str]]:
        """Process and name of the run, of each start so far."""
        path = self.folder / "starts"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [(int(line.split(" ", 1)[0]), line.split(" ", 1)[1].partition(" (")[0]) for line in lines]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path, [])
    made.begin()
    yield made
    for process in made.processes:
        process.kill()
        process.wait()


def test_a_worker_killed_half_way_loses_nothing_and_repeats_only_its_run(cluster: Cluster) -> None:
    """The runs begin in order; the last one, of seconds, is lost after the others are written."""
    workers = [cluster.worker(), cluster.worker()]
    cluster.wait_for_workers(2)
    values = {"dataset.num_samples": [20, 21, 22, 23, 24, 4000]}
    *_, long = planned = plan_sweep({"trainer": {"batch_size": 1}}, values, EPOCHS)["runs"]
    lists = f'"dataset.num_samples" = {values["dataset.num_samples"]}'
    process = cluster.sweep(f"epochs = {EPOCHS}\n[base.trainer]\nbatch_size = 1\n[values]\n{lists}\n")
    assert process.stderr
    for _ in planned[:-1]:
        assert " of 6: number of samples 2" in process.stderr.readline()
    while long["name"] not in (begun := {run: pid for pid, run in cluster.starts()}):
        assert process.poll() is None
    (dying,) = (worker for worker in workers if worker.pid == begun[long["name"]])
    dying.kill()
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert {each["name"] for each in json.loads(out)["runs"]} == {run["name"] for run in planned}
    starts = cluster.starts()
    assert Counter(run for _, run in starts) == {run["name"]: 1 + (run is long) for run in planned}
    assert len([pid for pid, _ in starts if pid == dying.pid]) > 1  # it had trained another run, which is not repeated
    written = (cluster.folder / "sweep-runs" / "number-of-samples-4000.safetensors").read_bytes()
    assert sha256(written) == sha256(train_run("alone", long["config"]))


def test_a_cluster_without_the_package_is_refused_in_one_sentence(cluster: Cluster) -> None:
    """First it has no worker at all, and the sweep waits for one."""
    process = cluster.sweep(QUICK)
    assert process.stderr
    waiting = f"{cluster.address} has no worker yet: the sweep begins with the first one\n"
    assert process.stderr.readline() == waiting
    cluster.worker(has_package=False)
    _, err = process.communicate()
    version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    needed = f"all workers of {cluster.address} need backprop 0.1.0 and {version}, as here"
    assert (process.returncode, err) == (2, f"backprop: --dask: {needed}\n")


def test_a_lost_scheduler_ends_the_sweep_and_what_is_finished_stays(cluster: Cluster) -> None:
    cluster.worker()
    process = cluster.sweep(LONG)
    assert process.stderr
    while "1 of 2: number of samples 20" not in (line := process.stderr.readline()):
        assert line
    psutil.Process(cluster.processes[0].pid).kill()
    _, err = process.communicate()
    lost = f"--dask: the scheduler at {cluster.address} was lost; the same command trains the rest"
    assert (process.returncode, err) == (2, f"backprop: {lost}\n")
    assert [path.name for path in (cluster.folder / "sweep-runs").iterdir()] == ["number-of-samples-20.safetensors"]


def test_an_address_where_no_scheduler_answers_is_refused(tmp_path: Path) -> None:
    process = Cluster(tmp_path, [], "tcp://127.0.0.1:1").sweep(QUICK)
    _, err = process.communicate()
    assert process.returncode == 2
    assert err.startswith("backprop: --dask: no scheduler answers at tcp://127.0.0.1:1: ")
