"""How the page's modules are linked: each as it was written, run once, in the order of a browser."""

import json
import subprocess
from pathlib import Path

import pytest

from tools.archive import write_tree
from tools.linked import linked, vlq

pytestmark = pytest.mark.native  # starts Node.js

WRITTEN = """\
/** Types are left alone: @import { B } from "./a/b.js", import("./types.js").Type. */

import "./a/effect.js";
import {
  b as renamed,
  count,
} from "./a/b.js";
import * as all from "./a/c.js";
import fall from "./vendor/fallback.js";

export function shout() {
  return `${renamed}!`;
}

export const later = () => import("./late/one.js");
console.log(JSON.stringify([shout(), count(), all.C, fall, new URL("x", import.meta.url).href.endsWith("/x")]));
later().then(({ seen, again }) => {
  console.log(JSON.stringify([seen, again]));
});
"""
COUNTING = """\
import { C } from "./c.js";

let times = 0;
export const b = C;
export function count() {
  return ++times;
}
"""
FILES = {
    "main.js": WRITTEN,
    "a/b.js": COUNTING,
    "a/c.js": 'export const C = "see";\n',
    "a/effect.js": 'import { C } from "./c.js";\nconsole.log(`first ${C}`);\n',
    "late/one.js": 'import { count } from "../a/b.js";\nexport const seen = count();\nexport const again = count();\n',
    "engine/first_worker.js": 'import { C } from "../a/c.js";\nexport const first = C;\n',
    "engine/worker.js": "",
    "storage/opfs_worker.js": "",
    "vendor/fallback.js": 'export default "fallen";\n',
}


def made(files: dict[str, str]) -> dict[str, bytes]:
    return linked({name: text.encode() for name, text in files.items()})


def test_linked_modules_do_what_they_did_apart(tmp_path: Path) -> None:
    for name, files in (("apart", {key: text.encode() for key, text in FILES.items()}), ("linked", made(FILES))):
        write_tree({**files, "package.json": b'{"type": "module"}'}, tmp_path / name)
    outputs = [
        subprocess.run(["node", str(tmp_path / name / "main.js")], check=True, capture_output=True, text=True).stdout
        for name in ("apart", "linked")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[1].splitlines() == ["first see", '["see!",1,"see","fallen",true]', "[2,3]"]  # one state for all


def test_each_module_stands_on_as_many_lines_as_it_was_written_on() -> None:
    part = made(FILES)["main.js"].decode()
    for name in ("main.js", "a/b.js", "a/effect.js"):
        _, _, rest = part.partition(f'$["{name}"] = (() => {{ ')
        body, _, _ = rest.partition("\nreturn {")
        assert body.count("\n") == FILES[name].count("\n")
    assert "/** Types are left alone: @import { B } from" in part
    assert "a/c.js" not in "".join(json.loads(made(FILES)["main.js.map"])["sources"])  # it is in the first part


def test_the_source_map_leads_to_the_lines() -> None:
    files = made(FILES)
    source_map = json.loads(files["main.js.map"])
    assert [source_map["sources"], source_map["sourcesContent"][-1]] == [
        ["./a/effect.js", "./a/b.js", "./main.js"],
        FILES["main.js"],
    ]
    lines = source_map["mappings"].split(";")
    text = files["main.js"].decode().splitlines()
    at = next(i for i, line in enumerate(text) if line.startswith('$["main.js"]'))
    assert lines[at].startswith("AC")  # the next source …
    assert lines[at + 1] == "AACA"  # … and from there on line by line
    assert len(lines) <= len(text)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "A"), (1, "C"), (-1, "D"), (15, "e"), (16, "gB"), (-511, "/f"), (1000, "w+B")]
)
def test_numbers_of_a_source_map(number: int, text: str) -> None:
    assert vlq(number) == text


def test_an_export_that_cannot_be_linked_stops_the_build() -> None:
    with pytest.raises(ValueError, match=r"a/c\.js has an export that is no function, class or constant"):
        made({**FILES, "a/c.js": "export default 1;\n"})
