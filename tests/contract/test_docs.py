"""The documents and the code agree: examples run, commands parse, tables list what there is."""

import importlib.util
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from backprop.cli.command_line import main
from backprop.monitor.flow_warnings import THRESHOLDS
from backprop.runs.presets import PRESETS
from tests.conftest import NIGHTLY, USUAL
from tests.contract.test_floors import PACKAGE, PAGE
from tests.contract.test_links import DOCUMENTS
from tools.checks import static_checks
from tools.places import ROOT

pytestmark = pytest.mark.native  # reads the repository

DOCS = ROOT / "docs"


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)


def commands(path: Path, beginning: str) -> list[list[str]]:
    """Commands that begin with some words, in blocks of shell or as code in the text; returned without these words."""
    shell = [re.split(r" +#| 2>| \|", line)[0] for block in blocks(path, "sh") for line in block.splitlines()]
    texts = [
        *shell,
        *re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S)),
    ]
    found = [part.strip() for text in texts for part in text.split("&&") if part.strip().startswith(beginning)]
    return [shlex.split(text.removeprefix(beginning)) for text in found]


def section(path: Path, heading: str) -> str:
    return path.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_the_examples_of_the_package_run() -> None:
    names: dict[str, object] = {}
    for code in blocks(DOCS / "guide" / "python.md", "python"):
        exec(code, names)
    assert isinstance(names["loss"], float)
    assert names["loss"] < 1


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_of_the_package_have_the_options_that_it_knows(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in commands(path, "python -m backprop"):
        with pytest.raises(SystemExit) as stop:
            main([*arguments, "--help"])
        assert stop.value.code == 0, capsys.readouterr().err


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_of_the_build_have_the_options_that_it_knows(path: Path) -> None:
    """As the head of build.py lists them; others, such as -k and a test's path, go to pytest."""
    documented = (ROOT / "build.py").read_text("utf-8").split('"""')[1]
    hooks = (ROOT / "tests" / "conftest.py").read_text("utf-8")
    for command, *options in [arguments or ["build"] for arguments in commands(path, "python3 build.py")]:
        assert command == "build" or re.search(rf"build\.py {command}\b", documented), command
        for option in (option for option in options if option.startswith("--")):
            assert option in documented or f'"{option}"' in hooks, option


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_benchmarks_that_are_named_exist(path: Path) -> None:
    for module, *_ in commands(path, ".venv/bin/python -m"):
        assert importlib.util.find_spec(module), module


def test_every_figure_of_the_benchmarks_has_a_command() -> None:
    sections = (DOCS / "benchmarks.md").read_text("utf-8").split("\n## ")[1:]
    assert len(sections) > 5
    for text in sections:
        assert re.search(r"`(python3 build\.py bench \w+|\.venv/bin/python [^`]+)`", text), text


def test_the_guide_has_the_limits_of_the_warnings_and_an_example_of_each() -> None:
    rows = re.findall(
        r"^\| ([a-z ]+) \| (.+?) \| (.+?) \| ([\w ]+) \|$",
        section(DOCS / "guide" / "gradient-flow.md", "Warnings"),
        re.M,
    )
    limits = {name.split()[0]: (raised, withdrawn) for name, raised, withdrawn, _ in rows}
    for kind, (high, low) in THRESHOLDS.items():
        raised, withdrawn = limits[kind.split("_")[0]]
        for limit, text in ((high, raised), (low, withdrawn)):
            assert {f"{limit:g}×", f"{limit:.0%}", f"{limit:g}", f"{1 / limit:.0e}".replace("e-0", "e-")} & set(
                re.findall(r"[\d.]+(?:e-\d|[×%])?", text)
            ), (kind, limit)
    assert len(rows) == len(THRESHOLDS) + 2  # identical units and divergence have no limit
    shown = {preset.title: {kind.split("_")[0] for kind in preset.warnings} for preset in PRESETS}
    assert [name for name, _, _, example in rows if name.split()[0] not in shown[example]] == []


def test_documents_say_how_much_the_tests_do() -> None:
    durability = (DOCS / "durability.md").read_text("utf-8")
    nightly = "with `python3 build.py test --nightly`"
    assert f"killed mid-training, {USUAL.kills} times ({NIGHTLY.kills} {nightly})" in durability
    assert f"malicious: {USUAL.fuzzed:,} of them ({NIGHTLY.fuzzed:,} {nightly})" in durability
    assert f"{USUAL.fuzzed:,} fuzzed files ({NIGHTLY.fuzzed:,} {nightly})" in (ROOT / "SECURITY.md").read_text("utf-8")


def test_hooks_before_a_commit_are_the_checks_of_the_build() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    python, bin_folder = ".venv/bin/python", "node_modules/.bin/"
    wanted = []
    for program, *options in static_checks(Path(python)).values():
        name = str(program) if str(program) == python else bin_folder + Path(program).stem
        wanted.append(" ".join([name, *(str(option) for option in options if not str(option).startswith("--colors"))]))
    entries = re.findall(r"^ +entry: (.+)$", text, re.M)
    assert sorted(entry.removesuffix(" .") for entry in wanted) == sorted(entry.removesuffix(" .") for entry in entries)


def test_the_guide_lists_every_key() -> None:
    script = 'import { KEYS } from "./web/page/shortcuts.js"; console.log(JSON.stringify(KEYS.map(([key]) => key)))'
    run = ["node", "--no-warnings", "--input-type=module", "--eval", script]
    keys = json.loads(subprocess.run(run, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout)
    listed = re.findall(r"<kbd>(.+?)</kbd>", section(DOCS / "guide" / "the-page.md", "Keys"))
    assert set(keys) - {str(digit) for digit in range(2, 9)} == set(listed)


@pytest.mark.parametrize("tree", [PACKAGE, PAGE], ids=lambda tree: tree.name)
def test_the_architecture_names_every_folder(tree) -> None:
    files = [path for path in tree.folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    files = [path for path in files if path.parent.parent.name != "exercises"]  # folders of one kind
    folders = {path.parent.relative_to(ROOT).as_posix() for path in files} - {tree.folder.relative_to(ROOT).as_posix()}
    named = re.findall(r"\]\(\.\./([^)#]+)\)", (DOCS / "architecture.md").read_text("utf-8"))
    assert folders <= set(named)


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--epochs", "1"],
        ["gradcheck", "--hidden", "2"],
        ["inspect"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_fields_of_json_are_listed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*arguments, "--json"])
    row = re.search(rf"^\| `{arguments[0]}` \| (.*) \|$", section(DOCS / "guide" / "command-line.md", "Output"), re.M)
    assert row is not None
    data = json.loads(capsys.readouterr().out)
    groups = ("training", "gradients", "samples")
    inner = [data[name][0] if isinstance(data[name], list) else data[name] for name in groups if name in data]
    fields = {*data, *(field for group in inner for field in group)}
    fields |= {"reason", "sentence"} if arguments[0] == "train" else set()
    assert set(re.findall(r"`(\w+)`", row[1])) == fields
