"""Runs out and in, as files and as links, with real downloads, real file inputs and a real drop."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from backprop.files.run_file import from_bytes, to_bytes
from backprop.runs.config import RunConfig
from backprop.runs.record import to_record
from backprop.runs.run import TrainingRun
from tests.browser.conftest import SELDOM, Contexts, boot
from tests.browser.hand import (
    active,
    call,
    call_all,
    delete_runs,
    fingerprint,
    open_asked,
    panel,
    press,
    row_menu,
    wait_for_steps,
)
from tests.browser.keeping import wait_until_saved
from tests.browser.records import record_of
from tests.tiers import cases, usually

ROOT = Path(__file__).resolve().parents[2]
MAX_BYTES = 336 * 2**20


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once for all tests of this module."""
    with contexts.lent() as context:
        page = context.new_page()
        page.on("filechooser", lambda _: None)  # from the start: a browser asked too late opens a dialog of its own
        yield boot(page, site)


def names(page: Page) -> list[str]:
    return [run["name"] for run in call(page, "runs")]


def outcomes(page: Page) -> Locator:
    """Every line of what came of the last sharing."""
    return page.locator(".shared li")


def download(page: Page, name: str, kind: str, folder: Path) -> Path:
    """Take a file out of a run's Download menu, as a reader does."""
    menu = row_menu(page, name)
    menu.get_by_role("menuitem", name=f"Download {name}", exact=True).click()
    with page.expect_download() as download:
        menu.get_by_role("menuitem", name=kind).click()
    expect(menu).to_be_hidden()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def choose(page: Page, *paths: Path) -> None:
    """Choose files in the Import button's picker, and wait until each has come to something."""
    with page.expect_file_chooser() as chooser:
        press(page, "Import")
    assert chooser.value.is_multiple()
    chooser.value.set_files(paths)
    expect(outcomes(page)).to_have_count(len(paths))
    expect(page.locator(".shared progress")).to_have_count(0)


def link_of(page: Page) -> str:
    """Press Copy link, and read the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Copy link")
    expect(outcomes(page)).to_have_text([re.compile("Link copied")])
    return str(page.evaluate("() => navigator.clipboard.readText()"))


# ---- Files out ----


def test_each_run_has_its_files(booted: Page, tmp_path: Path) -> None:
    call_all(booted, [("create_run", {"name": "Three files"}), ("train_epoch", {})])
    run = download(booted, "Three files", "Run file", tmp_path)
    script = download(booted, "Three files", "PyTorch script", tmp_path)
    losses = download(booted, "Three files", "Loss history", tmp_path)
    assert [path.name for path in (run, script, losses)] == [
        f"backprop-Three-files.{ending}" for ending in ("safetensors", "py", "csv")
    ]
    assert from_bytes(run.read_bytes())["trainer"]["step"] == 8
    assert "torch" in {
        alias.name
        for node in ast.walk(ast.parse(script.read_text("utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert len(losses.read_text("utf-8").splitlines()) == 9


def test_all_runs_come_out_as_a_file_each(booted: Page) -> None:
    call(booted, "create_run")
    with booted.expect_event("download", lambda file: file.suggested_filename.endswith(files[-1])):
        files = [f"{name.replace(' ', '-')}.safetensors" for name in names(booted)]
        found: list[str] = []
        booted.on("download", lambda file: found.append(file.suggested_filename))
        press(booted, "Download all")
    assert found == [f"backprop-{file}" for file in files]


# ---- Files in ----

MORE: list[tuple[str, dict[str, Any]]] = [("train_batch", {}), ("train_epoch", {})]


def test_there_and_back_to_the_last_bit(booted: Page, tmp_path: Path) -> None:
    """What has come back in a file goes on as the run that it was saved from, which is deleted meanwhile."""
    page, before = booted, active(booted)["name"]
    embedding = {"dataset": {"encoding": "embedding"}}
    call(page, "create_run", {"name": "Travels", "config": embedding})
    call_all(page, [(method, {}) for method in ("train_epoch", "train_batch", "run_single")])
    first = download(page, "Travels", "Run file", tmp_path)
    call_all(page, MORE)
    wanted = fingerprint(page)
    delete_runs(page, [active(page)])
    call(page, "activate_run", {"id": next(run["id"] for run in call(page, "runs") if run["name"] == before)})
    choose(page, first)
    expect(outcomes(page)).to_have_text(["Imported “Travels” as “Travels”. Show it"])
    assert active(page)["name"] == before  # it is not forced upon anyone
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("tr.run", has_text="Travels")).to_have_attribute("aria-current", "true")
    (tmp_path / "back").mkdir()
    assert download(page, "Travels", "Run file", tmp_path / "back").read_bytes() == first.read_bytes()
    call_all(page, MORE)
    assert fingerprint(page) == wanted


def test_on_natively_and_back(booted: Page, tmp_path: Path) -> None:
    call(booted, "create_run", {"name": "Native", "config": {"model": {"dtype": "float64"}}})
    call_all(booted, [("train_epoch", {}), ("train_batch", {})])
    begun, gone_on = download(booted, "Native", "Run file", tmp_path), tmp_path / "on.safetensors"
    command = [sys.executable, "-m", "backprop", "train", "--resume", begun, "--epochs", "20", "--save", gone_on]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "py"), "PYTHONIOENCODING": "utf-8"}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    call_all(booted, [("train_epoch", {})] * 20)
    choose(booted, gone_on)
    expect(outcomes(booted)).to_have_text(["Imported “Native” as “Native (2)”. Show it"])
    here, there = (run for run in call(booted, "runs") if run["name"].startswith("Native"))
    assert here["step"] == there["step"] == from_bytes(gone_on.read_bytes())["trainer"]["step"]
    mine, its = (record_of(booted, run["id"])["parameters"] for run in (here, there))
    assert mine.dtype == np.float64
    np.testing.assert_allclose(its, mine, rtol=1e-9, atol=1e-9)
    curves = {curve["name"]: curve for curve in call(booted, "run_losses")}
    mine, its = ([point["loss"] for point in curves[name]["losses"]] for name in ("Native", "Native (2)"))
    np.testing.assert_allclose(its, mine, rtol=1e-9, atol=1e-9)


def test_a_bad_file_is_told_and_the_others_are_taken(booted: Page, tmp_path: Path) -> None:
    good = to_bytes(to_record(TrainingRun(name="Good")))
    damaged = bytearray(good)
    damaged[-1] ^= 1
    contents = {
        "run.safetensors": good,
        "damaged.safetensors": bytes(damaged),
        "short.safetensors": good[:-1],
        "archive.npz": b"PK\x03\x04" + b"weights.npy" * 9,
        "<img src=x onerror=alert(1)>.pt": b"\x80\x04pickle",
        "empty": b"",
        "again.safetensors": good,
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "large").write_bytes(b"")
    os.truncate(tmp_path / "large", MAX_BYTES + 1)
    before = names(booted)
    choose(booted, *(tmp_path / name for name in [*contents, "large"]))
    expect(outcomes(booted)).to_have_text(
        [
            "Imported “Good” as “Good”. Show it",
            "“damaged.safetensors” was not imported. This file is damaged: its checksum differs.",
            re.compile(r"^\s*“short.safetensors” was not imported. The file is cut short: .*\.\s*$"),
            "“archive.npz” was not imported. This is a NumPy .npz archive, not a run file (.safetensors).",
            re.compile(r"^\s*“<img src=x onerror=alert\(1\)>.pt” was not imported. This is a Python pickle, .*\.\s*$"),
            "“empty” was not imported. This is an empty file, not a run file (.safetensors).",
            "Imported “Good” as “Good (2)”. Show it",
            f"“large” was not imported. It has {MAX_BYTES + 1:,} bytes; a run file has at most {MAX_BYTES:,}.",
        ]
    )
    assert names(booted) == [*before, "Good", "Good (2)"]


def test_the_reading_of_a_large_file_is_shown(booted: Page, tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    large = RunConfig.from_dict({"model": {"hidden_dims": [2048, 1024], "dtype": "float64"}})
    path.write_bytes(to_bytes(to_record(TrainingRun(large)))[:-1] + b"?")  # only its checksum shows that it is damaged
    booted.evaluate(
        """() => {
          window.shown = [];
          const note = () => {
            const bar = document.querySelector(".shared progress");
            if (bar) window.shown.push([bar.value, bar.max]);
          };
          new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
          // As from a slow disk: a busy machine draws seldom, and would have read everything between two frames.
          const {prototype} = ReadableStreamDefaultReader;
          const read = prototype.read;
          const frame = () => new Promise(requestAnimationFrame);
          let reads = 0;
          prototype.read = async function () {
            if (++reads > 8) prototype.read = read;
            await frame().then(frame);
            return read.call(this);
          };
        }"""
    )
    choose(booted, path)
    expect(outcomes(booted)).to_contain_text("“large.safetensors” was not imported. This file is damaged")
    shown = booted.evaluate("window.shown")
    assert len({value for value, _ in shown}) > 2
    assert {most for _, most in shown} == {path.stat().st_size}


def test_the_picker_opens_from_the_keyboard(booted: Page) -> None:
    panel(booted, "Runs").get_by_role("button", name="New sweep").focus()
    booted.keyboard.press("Tab")
    expect(booted.get_by_role("button", name="Import")).to_be_focused()
    with booted.expect_file_chooser() as chooser:
        booted.keyboard.press("Enter")
    assert chooser.value.is_multiple()


# A drag as the browser makes it: a DataTransfer with real files in it.
DRAGGED = """
(files) => {
  const dragged = new DataTransfer();
  for (const [name, bytes] of files) dragged.items.add(new File([new Uint8Array(bytes)], name));
  return dragged;
}
"""


def test_files_are_dropped_anywhere(booted: Page) -> None:
    files = [[f"{name}.safetensors", list(to_bytes(to_record(TrainingRun(name=name))))] for name in ("Drop", "Fall")]
    dragged = booted.evaluate_handle(DRAGGED, files)
    target = booted.get_by_text("Drop run files to import them")
    place = booted.get_by_role("region", name="Forward pass")
    for _ in range(2):
        place.dispatch_event("dragover", {"dataTransfer": dragged})
        expect(target).to_be_visible()
        place.dispatch_event("dragleave", {"dataTransfer": dragged})
        expect(target).to_be_hidden()
    place.dispatch_event("dragover", {"dataTransfer": dragged})
    place.dispatch_event("drop", {"dataTransfer": dragged})
    expect(target).to_be_hidden()
    expect(outcomes(booted)).to_have_text(["Imported “Drop” as “Drop”. Show it", "Imported “Fall” as “Fall”. Show it"])
    text = booted.evaluate_handle("() => { const it = new DataTransfer(); it.setData('text/plain', 'x'); return it; }")
    place.dispatch_event("dragover", {"dataTransfer": text})
    place.dispatch_event("drop", {"dataTransfer": text})
    expect(target).to_be_hidden()


# ---- Links ----


def test_a_first_link_that_comes_during_play_asks(booted: Page, site: str) -> None:
    """Before any other test opens a link on this page: every later one asks."""
    before = names(booted)
    press(booted, "Play")
    wait_for_steps(booted, 10)
    booted.goto(f"{site}#lr=0.5&name=Late")
    expect(booted.get_by_text("A link wants to open a run: “Late”.")).to_be_visible()
    expect(booted.get_by_role("button", name="Pause")).to_be_enabled()
    assert names(booted) == before
    press(booted, "Pause")
    press(booted, "Ignore")


TAUGHT = {
    "dataset": {
        "vocabulary": ["a", "b", "ö", "&"],
        "seed": 7,
        "master_sequences": [[*"abö&ab"], [*"ö&&abab"]],
        "num_master_sequences": None,
    },
    "model": {"hidden_dims": [16, 8], "activation": "tanh"},
    "trainer": {"learning_rate": 0.03},
}


@pytest.fixture(scope="module")
def taught(booted: Page) -> tuple[str, dict[str, Any]]:
    """Return the link of a teacher's run, which has been trained, and the run."""
    call(booted, "create_run", {"name": "Für die 7b: 50 % & mehr", "config": TAUGHT})
    call(booted, "train_epoch")
    return link_of(booted), active(booted)


@pytest.fixture(scope="module")
def opener(contexts: Contexts, taught: tuple[str, dict[str, Any]]) -> Iterator[tuple[Page, Page]]:
    """Open the link in another browser, from another site; return that site's page, and the opened one."""
    with contexts.lent() as context:
        page = context.new_page()
        with page.expect_popup() as popup:
            page.evaluate("url => { window.opened = open(url); }", taught[0])
        popup.value.wait_for_function("() => document.documentElement.dataset.boot === 'ready'", polling=SELDOM)
        yield page, popup.value


def test_a_link_gives_a_class_the_same_run(
    opener: tuple[Page, Page], taught: tuple[str, dict[str, Any]], site: str
) -> None:
    pupil, (link, told) = opener[1], taught
    assert link.startswith(f"{site}#hidden=16,8&activation=tanh&dtype=float32&init=xavier_uniform&lr=0.03&batch=10&")
    made = active(pupil)
    assert (made["config"], made["name"], made["step"]) == (told["config"], told["name"], 0)
    assert names(pupil) == [told["name"]]  # no second run beside it that nobody asked for
    expect(outcomes(pupil)).to_have_text(
        ["“Für die 7b: 50 % & mehr” was created from the link, untrained and ready for Play."]
    )
    assert pupil.url == site
    press(pupil, "Dismiss")


def test_an_opener_on_another_site_starts_nothing(opener: tuple[Page, Page], site: str) -> None:
    other, page = opener
    first = active(page)["name"]
    press(page, "Play")
    wait_for_steps(page, 10)
    for k in range(12):
        other.evaluate("url => { window.opened.location = url; }", f"{site}#lr=0.{k + 1}&name=Number%20{k}")
    question = page.locator(".shared")
    expect(question).to_have_text(re.compile(r"^\s*A link wants to open a run: “Number 11”\.\s*Open it\s*Ignore\s*$"))
    wait_for_steps(page, 10)
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    assert names(page) == [first]
    assert page.url == site
    press(page, "Ignore")
    expect(question).to_have_count(0)
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    other.evaluate("url => { window.opened.location = url; }", f"{site}#lr=0.5&name=Wanted")
    press(page, "Open it")
    expect(outcomes(page)).to_have_text(["“Wanted” was created from the link, untrained and ready for Play."])
    expect(page.get_by_role("button", name="Play")).to_be_enabled()
    assert names(page) == [first, "Wanted"]
    assert active(page)["config"]["trainer"]["learning_rate"] == 0.5
    assert (active(page)["name"], active(page)["step"]) == ("Wanted", 0)


def again(page: Page, url: str) -> None:
    """Open a link in the same browser, in another visit."""
    wait_until_saved(page)
    page.goto("about:blank")
    boot(page, url)


def test_a_link_to_a_run_that_is_saved_shows_it_and_one_of_its_name_leaves_it(
    opener: tuple[Page, Page], taught: tuple[str, dict[str, Any]], site: str
) -> None:
    pupil, (link, told) = opener[1], taught
    call(pupil, "activate_run", {"id": call(pupil, "runs")[0]["id"]})
    call(pupil, "reset_run", {"id": active(pupil)["id"]})
    call(pupil, "train_batch")
    delete_runs(pupil, call(pupil, "runs")[1:])
    again(pupil, link)
    expect(outcomes(pupil)).to_have_text(["The run of this link already exists: “Für die 7b: 50 % & mehr”, at step 1."])
    assert [(run["name"], run["step"]) for run in call(pupil, "runs")] == [(told["name"], 1)]
    # Another run of this name: the saved one stays. The cell that its link explains is explained.
    again(pupil, f"{site}#hidden=5&why=layers/0/weights,15,4&name={quote(told['name'])}")
    assert [(run["name"], run["step"], run["active"]) for run in call(pupil, "runs")] == [
        (told["name"], 1, False),
        (f"{told['name']} (2)", 0, True),
    ]
    assert active(pupil)["shape"] == [16, 5, 4]
    expect(pupil.get_by_role("region", name="Why")).to_be_visible()
    assert pupil.url == f"{site}#why=layers/0/weights,15,4"


# By day every kind of fault: those that are seen in the link (all of them: tests/web/config), and those of Python.
FAULTS = [
    usually(
        True,
        "lr=<script>alert(1)</script>&surprise=1&__proto__=1&constructor=2&batch=7&name=%zz&master=a,b,c,d,a&master=a,,b",
        [
            '"lr" must be a number, got ',
            '"surprise" is not known, got "1": it is ignored.',
            '"__proto__" is not known',
            '"constructor" is not',
            '"name" must be text',
            '"master" must be tokens',
        ],
        {"batch_size": 7},
    ),
    usually(
        True,
        "batch=1000&lr=-1&loss=mse&masters=1000",
        ["trainer.learning_rate must", "trainer.batch_size must", "dataset.num_master_sequences must be "],
        {"loss_type": "mse"},
    ),
    usually(
        True,
        "batch=12&master=a,b,c,d,a&master=a,b,x,a,b",
        ["master_sequences must use only"],
        {"batch_size": 12},
    ),
    usually(
        True,
        f"batch=3&name={'x' * 10_000}",
        ["name must be text of 1 to 100 characters, got 10000"],
        {"batch_size": 3},
    ),
    usually(False, "lr=abc&batch=7", ['"lr" must be a number, got "abc": it is ignored.'], {"batch_size": 7}),
    usually(False, "surprise=1&lr=0.3", ['"surprise" is not known, got "1": it is ignored.'], {"learning_rate": 0.3}),
    usually(False, "lr=0&batch=9", ["trainer.learning_rate must be "], {"batch_size": 9}),
    usually(False, "loss=nonsense&batch=8", ["trainer.loss_type must be "], {"batch_size": 8}),
    usually(False, "batch=4&name=%zz", ['"name" must be text'], {"batch_size": 4}),
    usually(False, "batch=13&master=a,b,c,d,a&master=a,,b", ['"master" must be tokens'], {"batch_size": 13}),
    usually(False, "batch=14&masters=1000", ["dataset.num_master_sequences must be "], {"batch_size": 14}),
]


@pytest.mark.parametrize(("fragment", "notices", "trainer"), FAULTS)
def test_what_a_link_says_wrongly_is_said_and_left_out(
    linked: Page, site: str, fragment: str, notices: list[str], trainer: dict[str, Any]
) -> None:
    open_asked(linked, f"{site}#{fragment}")
    expect(outcomes(linked)).to_have_count(len(notices) + 1)
    expect(outcomes(linked).first).to_contain_text(" was created from the link")
    for notice in notices:
        expect(outcomes(linked).filter(has_text=notice)).to_have_count(1)
    run = active(linked)
    default = call(linked, "plan_run")["config"]
    assert run["config"] == {**default, "trainer": {**default["trainer"], **trainer}}
    assert run["step"] == 0


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        ("learning_rate=0.3", "The link contains no configuration: no run was created."),
        ("&".join(f"x{k}=1" for k in range(300)), "The link is too long to be a configuration"),
    ],
)
def test_a_link_without_a_configuration_makes_no_run(booted: Page, site: str, fragment: str, sentence: str) -> None:
    before = call(booted, "runs")
    booted.goto(f"{site}#{fragment}")
    expect(outcomes(booted).filter(has_text=sentence)).to_have_count(1)
    assert call(booted, "runs") == before


def test_a_place_on_the_page_or_a_field_of_others_is_no_link(linked: Page, site: str) -> None:
    before = call(linked, "runs")
    for fragment in ("controls", "utm_source=letter&fbclid=IwAR0", "xtor=RSS-1"):
        linked.goto(f"{site}#{fragment}")
        expect(linked).to_have_url(f"{site}#{fragment}")
        expect(linked.get_by_role("button", name="Open it")).to_have_count(0)
    assert call(linked, "runs") == before
    open_asked(linked, f"{site}#lr=0.7&name=After&utm_medium=mail")
    expect(outcomes(linked)).to_have_count(1)
    expect(outcomes(linked)).to_contain_text("“After")
    assert len(call(linked, "runs")) - len(before) == 1
    assert linked.url == site


def test_a_link_that_asks_leaves_the_explanation_on_screen(linked: Page, site: str) -> None:
    why = linked.get_by_role("region", name="Why")
    linked.goto(f"{site}#why=layers/0/weights,1,1")
    expect(why).to_be_visible()
    linked.goto(f"{site}#hidden=5&why=layers/0/weights,15,4&name=Asked")
    expect(linked.get_by_role("button", name="Open it")).to_be_visible()
    expect(why).to_be_visible()
    assert linked.url == f"{site}#why=layers/0/weights,1,1"
    press(linked, "Open it")
    expect(outcomes(linked)).to_contain_text("“Asked” was created from the link")
    expect(linked).to_have_url(f"{site}#why=layers/0/weights,15,4")
    expect(why).to_be_visible()
    assert active(linked)["name"] == "Asked"


ENCODERS = {
    "encodeURI": "encodeURI",
    "encodeURIComponent": "encodeURIComponent",
    "URL parameters": "fragment => new URLSearchParams(fragment).toString()",
    "lower case": "fragment => fragment.replace(/%../g, it => it.toLowerCase()).replaceAll('%20', '+')",
}


@pytest.mark.parametrize("encoder", cases(ENCODERS, lambda encoder: encoder in {"encodeURIComponent", "lower case"}))
def test_programs_on_the_way_may_encode_a_link(linked: Page, site: str, encoder: str) -> None:
    """In the address of a real page; every configuration, encoded in more ways: tests/web/config."""
    tokens = ["a", "ö", "%", "%41", "+", "&"]
    masters = {"master_sequences": [tokens, ["&", "+", "a", "a", "ö"]], "num_master_sequences": None}
    config = {"dataset": {"vocabulary": tokens, **masters}, "model": {"hidden_dims": [16, 8]}}
    call(linked, "create_run", {"name": "50 % & mehr", "config": config})
    told = active(linked)
    fragment = link_of(linked).partition("#")[2]
    call(linked, "train_batch")
    open_asked(linked, f"{site}#{linked.evaluate(f'[{ENCODERS[encoder]}][0]({fragment!r})')}")
    expect(outcomes(linked)).to_have_text(["The run of this link already exists: “50 % & mehr”, at step 1."])
    assert active(linked)["config"] == told["config"]
    delete_runs(linked, [told])


def test_a_configuration_too_long_for_a_link_is_said(booted: Page) -> None:
    masters = [["😀"] * 1000] * 42
    call(booted, "create_run", {"config": {"dataset": {"vocabulary": ["😀", "b"], "master_sequences": masters}}})
    press(booted, "Copy link")
    expect(outcomes(booted)).to_have_text(
        [re.compile(r"This configuration is too long for a link: 5\d\d,\d{3} characters, .* Download the run file")]
    )
    delete_runs(booted, [active(booted)])


@pytest.fixture
def no_clipboard(booted: Page) -> Iterator[Page]:
    """Lend the module's page; it may not write to the clipboard meanwhile."""
    session = booted.context.new_cdp_session(booted)
    denied = {"permission": {"name": "clipboard-write"}, "setting": "denied"}
    context = session.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    session.send("Browser.setPermission", {**denied, "browserContextId": context})
    yield booted
    session.detach()
    booted.context.clear_permissions()


def test_where_the_clipboard_is_closed_the_link_stands_selected(no_clipboard: Page, site: str) -> None:
    call(no_clipboard, "create_run", {"name": "Selected"})
    press(no_clipboard, "Copy link")
    field = no_clipboard.get_by_label("Here is the link, selected")
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile(f"^{re.escape(site)}#hidden=32,32&.*&seed=0&name=Selected$"))
    selected = "element => element.value.slice(element.selectionStart, element.selectionEnd)"
    assert field.evaluate(selected) == field.input_value()
