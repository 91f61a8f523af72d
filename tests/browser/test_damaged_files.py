"""Damaged files and files made to harm, given to Python in the page: each is refused in a sentence or taken whole."""

import base64
import random
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page, expect

from backprop.files.safetensors import MAX_HEADER, pack, unpack
from tests.browser.hand import call, fingerprint, press
from tests.python.files.damage import mutated, odd, raw, refusal, small_files

FILES = 150
DEEP = ("[", '{"a":', '{"a":[', "[{")

# Import each file, in base64 or as what its header repeats, and delete its run if it is taken. Any error but a
# ValueError ends this.
IMPORT = """
async (files) => {
  const decoded = (text) => Uint8Array.from(atob(text), (it) => it.charCodeAt(0));
  const deep = ({opening, times}) => {
    const header = new TextEncoder().encode("{" + opening.repeat(times));
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    return bytes;
  };
  const refusals = [];
  for (const file of files) {
    try {
      const runs = await backprop.import_run({bytes: typeof file === "string" ? decoded(file) : deep(file)});
      refusals.push(null);
      await backprop.delete_run({id: runs.at(-1).id});
    } catch (error) {
      if (error.name !== "ValueError") throw error;
      refusals.push(error.message);
    }
  }
  return refusals;
}
"""


def as_base64(files: Iterable[bytes]) -> list[str]:
    return [base64.b64encode(data).decode() for data in files]


def test_fuzzed_files_are_refused_or_taken_as_natively(booted: Page) -> None:
    rng = random.Random(8)
    files = [mutated(rng.choice(small_files()[:2]), rng) for _ in range(FILES)]
    before = fingerprint(booted), call(booted, "runs")
    refusals = booted.evaluate(IMPORT, as_base64(files))
    assert refusals == [refusal(data) for data in files]
    assert odd(refusals) == []
    assert 0 < refusals.count(None) < FILES / 2
    assert (fingerprint(booted), call(booted, "runs")) == before


def test_the_interpreter_survives_every_depth(booted: Page) -> None:
    """Some thousand nested brackets would end it for good; they are counted before anything is parsed."""
    metadata, arrays = unpack(small_files()[0])
    headers = [{"opening": it, "times": MAX_HEADER // len(it) - 1} for it in (DEEP[0], DEEP[-1])]
    fields = [pack({**metadata, "config": opening * 100_000}, arrays) for opening in DEEP]
    before = fingerprint(booted), call(booted, "runs")
    refusals = booted.evaluate(IMPORT, [*headers, *as_base64(fields)])
    assert [it for it in refusals if "must not be nested deeper than" not in it] == []
    assert (fingerprint(booted), call(booted, "runs")) == before
    call(booted, "train_batch")


def test_a_file_made_to_harm_is_refused_in_one_sentence(booted: Page, tmp_path: Path) -> None:
    path = tmp_path / "deep.safetensors"
    path.write_bytes(raw("{" + "[" * 5000, bytes(1000)))
    before = fingerprint(booted), call(booted, "runs")
    with booted.expect_file_chooser() as chooser:
        press(booted, "Import")
    chooser.value.set_files(path)
    sentence = "“deep.safetensors” was not imported. The file's header must not be nested deeper than 3 levels."
    expect(booted.locator(".shared li")).to_have_text([sentence])
    assert (fingerprint(booted), call(booted, "runs")) == before
