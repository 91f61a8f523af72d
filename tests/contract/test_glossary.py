"""One glossary: docs/glossary.md has the words of the page's Help, in their order."""

import json
import re
import subprocess

import pytest

from tools.places import ROOT

pytestmark = pytest.mark.native  # starts Node.js

SCRIPT = 'import { GLOSSARY } from "./web/guide/glossary.js"; console.log(JSON.stringify(GLOSSARY))'


def test_the_document_has_the_words_of_the_page() -> None:
    run = ["node", "--no-warnings", "--input-type=module", "--eval", SCRIPT]
    on_page = json.loads(subprocess.run(run, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout)
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8").split("\n## ")[1]
    rows = [list(row) for row in re.findall(r"^\| (.+?) \| (.+) \|$", text, re.M)]
    assert rows[1:] == on_page
    assert [term.lower() for term, _ in on_page] == sorted(term.lower() for term, _ in on_page)
