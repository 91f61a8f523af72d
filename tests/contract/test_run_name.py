"""Names of runs: Python and the page decide alike, for every character there is."""

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from backprop.files.history_rows import complete_record
from backprop.files.run_file import from_bytes, to_bytes
from backprop.files.safetensors import pack, unpack
from backprop.runs import names as run_name
from backprop.runs.names import UNNAMED, check_name
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from tests.tiers import cases

pytestmark = pytest.mark.native  # starts Node.js

WEB = Path(__file__).resolve().parents[2] / "web"
# What stands around a character: nothing, something to see before it, white space, something that cannot be seen.
AROUND = ("{}", "a{}", " {}", "\u3164{}")
UNSEEN = [
    "\ufeff",
    "\u200b",
    "\u2060",
    "\u3164",
    "\u00ad",
    "\uffa0",
    "\u2800",
    "\u115f",
    "\u200b\u2060",
    " \u3164 \ufeff",
]

ANSWER = """
import { nameRefusal, trimName } from "%s";
const around = %s;
const answers = [];
for (let code = %d; code < %d; code++)
  for (const shape of around) {
    const name = shape.replace("{}", () => String.fromCodePoint(code));
    const refusal = nameRefusal(name);
    answers.push(refusal ? refusal[0] + refusal.length : trimName(name).length);
  }
console.log(JSON.stringify(answers));
"""


def answer(name: str) -> str | int:
    """What the page answers too: the beginning of the refusal and its length, or that of the name in UTF-16."""
    try:
        text = check_name(name)
    except ValueError as error:
        refusal = str(error).removeprefix("name ")
        return f"{refusal[0]}{len(refusal)}"
    return len(text.encode("utf-16-le")) // 2


# Unicode's planes; those of every day have the characters that the tables name.
@pytest.mark.slow
@pytest.mark.parametrize("plane", cases(range(17), lambda plane: plane in {0, 1, 14}))
def test_both_sides_decide_alike_about_every_character(plane: int) -> None:
    codes = range(plane << 16, plane + 1 << 16)
    script = ANSWER % ((WEB / "files" / "run_name.js").as_uri(), json.dumps(AROUND), codes.start, codes.stop)
    command = ["node", "--input-type=module", "--eval", script]
    page = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    names = (shape.format(chr(code)) for code in codes for shape in AROUND)
    wrong = [(name, ours, theirs) for name, theirs in zip(names, page, strict=True) if (ours := answer(name)) != theirs]
    assert wrong == []


def test_both_sides_have_the_same_tables() -> None:
    page = dict(re.findall(r'const (\w+) =\s+"([^"]*)";', (WEB / "files" / "run_name.js").read_text("utf-8")))
    ours = {name: getattr(run_name, name) for name in ("WHITE_SPACE", "INVISIBLE")}
    assert {name: page[name] for name in ours} == ours


def test_whatever_unicode_calls_a_space_or_a_format_character_is_in_a_table() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in {"Zs", "Zl", "Zp", "Cf", "Cc"}:
            assert run_name.is_invisible(chr(code)), hex(code)


@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
def test_a_name_that_cannot_be_seen_is_refused(name: str) -> None:
    run = TrainingRun()
    with pytest.raises(ValueError, match=r"^name must have a character that can be seen$"):
        check_name(name)
    with pytest.raises(ValueError, match=r"^name must have a character that can be seen$"):
        TrainingRun(name=name)
    assert from_record(to_record(run)).name == "Run 1"


@pytest.mark.parametrize(
    "name", ["e\u0301", "❤\ufe0f", "\u202egnp.exe", "👩\u200d🔬", "\ufeffa", "a\u3164b"], ids=ascii
)
def test_a_name_with_something_to_see_is_kept_to_the_last_character(name: str) -> None:
    assert check_name(f" {name}\u3000") == name


@pytest.mark.parametrize("name", UNSEEN[:-1], ids=ascii)
def test_a_run_that_was_saved_under_such_a_name_comes_back(name: str) -> None:
    metadata, arrays = unpack(to_bytes(to_record(TrainingRun())))
    record = from_bytes(pack({**metadata, "format": "1", "name": name}, arrays))
    assert from_record(complete_record(record)).name == UNNAMED
    with pytest.raises(ValueError, match=r"^name must have a character that can be seen$"):
        from_record(complete_record(from_bytes(pack({**metadata, "name": name}, arrays))))
