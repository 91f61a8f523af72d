"""The Learn page: its numbers are those of the runs that it speaks of, and its links lead to them."""

import json
import math
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop.model import Model
from backprop.runs.config import RunConfig
from backprop.runs.presets import PRESETS
from backprop.session import Session
from tools.places import DIST, ROOT

pytestmark = pytest.mark.native  # reads the repository

SOURCE = ROOT / "web" / "learn" / "index.html"
ONE_SAMPLE = {"trainer": {"batch_size": 1}}
RANDOM = {"dataset": {"num_master_sequences": None}}
# Numbers of the text that are no results: settings, constants and bounds.
GIVEN = {"0.1", "0.01", "0.25", "2.718", "1.25", "12.5", "100%"}


class Reader(HTMLParser):
    """The texts of a page: numbers by name, the rest of the text, links, pictures and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.numbers: list[tuple[str, str]] = []
        self.rest: list[str] = []
        self.attributes: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append({"tag": tag, **dict(attrs)})
        if tag not in {"meta", "link", "img", "source"}:
            self.open.append((tag, dict(attrs).get("data-is")))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        name = self.open[-1][1] if self.open else None
        if name:
            self.numbers.append((name, data))
        else:
            self.rest.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for attributes in self.attributes if (value := attributes.get(attribute))]


@cache
def page() -> Reader:
    reader = Reader()
    reader.feed(SOURCE.read_text("utf-8"))
    assert reader.open == []
    return reader


def tensors(state: dict[str, Any]) -> dict[str, NDArray[np.float64]]:
    """The tensors of a state by name, in their shapes."""
    both = [*state["forward"]["tensors"], *state["backward"]["tensors"]]
    return {tensor["name"]: tensor["data"].reshape(tensor["shape"]).astype(np.float64) for tensor in both}


def loss_of(layers: list[tuple[NDArray[np.float64], NDArray[np.float64]]], x: NDArray[np.float64]) -> float:
    """The loss of the sample, whose target is class 3, with other weights, in float64."""
    model = Model(16, (32, 32), 4, dtype="float64")
    for layer, (weights, biases) in zip(model.layers, layers, strict=True):
        layer.weights[:], layer.biases[:] = weights, biases
    (logits,) = model.forward(x)
    return float(np.log(np.exp(logits).sum()) - logits[3])


def one_sample() -> Iterator[tuple[str, float]]:
    """Numbers of steps 1 to 5: one sample through the untrained network, and one update."""
    session = Session()
    session.create_run(config=ONE_SAMPLE)
    state = session.state()
    t = tensors(state)
    sample = session.inspect_samples(start=int(state["batch"][0]), count=1)[0]
    assert sample["text"].startswith("cdcc → d  (M1: bbaaaadcdccd,")
    assert t["inputs"].nonzero()[1].tolist() == [2, 7, 10, 14]
    weights = t["layers/0/weights"][[2, 7, 10, 14], 29]
    yield from zip(("w-c1", "w-d2", "w-c3", "w-c4-size"), (*weights[:3], -weights[3]), strict=True)
    yield "z1", t["layers/0/pre_activations"][0, 29]
    yield "a1", t["layers/0/activations"][0, 29]
    logits, grad = t["layers/2/pre_activations"][0], t["layers/2/grad_pre_activations"][0]
    p = np.exp(logits) / np.exp(logits).sum()
    for name, logit, probability in zip("abcd", logits, p, strict=True):
        yield f"logit-{name}", logit
        yield f"p-{name}", probability
    assert grad[:3] == pytest.approx(p[:3])
    yield "exp-d", math.exp(logits[3])
    yield "exp-sum", np.exp(logits).sum()
    yield "loss", state["loss"]
    yield "loss-guess", math.log(4)
    yield "dz-d", grad[3]
    yield "a2-32", t["layers/1/activations"][0, 31]
    yield "gw3", t["layers/2/grad_weights"][31, 3]
    w3 = t["layers/2/weights"][12]
    yield from zip(("w3-a", "w3-b-size", "w3-c", "w3-d-size"), w3 * (1, -1, 1, -1), strict=True)
    yield "da2", t["layers/1/grad_activations"][0, 12]
    yield "z2", t["layers/1/pre_activations"][0, 12]
    yield "slope", t["layers/1/grad_pre_activations"][0, 12] / t["layers/1/grad_activations"][0, 12]
    yield "dz2", t["layers/1/grad_pre_activations"][0, 12]
    yield "gw2", t["layers/1/grad_weights"][29, 12]
    yield "gw2-4", t["layers/1/grad_weights"][29, 12]
    yield "w-before", t["layers/1/weights"][29, 12]
    layers = [(t[f"layers/{k}/weights"], t[f"layers/{k}/biases"]) for k in range(3)]
    before = loss_of(layers, t["inputs"])
    layers[1][0][29, 12] += 0.01
    yield "nudge", loss_of(layers, t["inputs"]) - before
    assert session.runs()[-1]["parameters"] == 1732
    session.train_batch(update=True)
    yield "w-after", tensors(session.state())["layers/1/weights"][29, 12]
    yield "train-1", session.state()["metrics"]["loss"]
    yield "loss-after", session.run_single(update=False, sample=int(state["batch"][0]))["loss"]


def measured(session: Session, prefix: str) -> Iterator[tuple[str, float]]:
    metrics = session.state()["metrics"]
    for name, metric in {"train": "loss", "held": "held_out_loss"}.items():
        accuracy = metrics[metric.replace("loss", "accuracy")]
        yield f"{name}-{prefix}", metrics[metric]
        yield f"{name}-{prefix}-accuracy", accuracy


def many_steps() -> Iterator[tuple[str, float]]:
    """Numbers of steps 6 and 7: the default run, and one whose letters are random."""
    session = Session()
    session.create_run(config={"trainer": {"batch_size": 10}})
    step = 0
    for wanted in (0, 10, 100, 240, 400):
        for _ in range(wanted - step):
            session.train_batch(update=True)
        step = wanted
        yield from measured(session, str(wanted))
    assert session.state()["epoch"] == 50
    session.create_run(config=RANDOM)
    assert session.dataset()["floor"]["accuracy"] == 0.9
    yield "random-held-0", session.train_epoch(update=True)["metrics"]["held_out_loss"]
    for _ in range(149):
        session.train_epoch(update=True)
    metrics = session.state()["metrics"]
    yield "random-train-accuracy", metrics["accuracy"]
    yield "random-held", metrics["held_out_loss"]


def read(text: str) -> tuple[float, float]:
    """The value of a printed number, and one unit of its last digit."""
    plain = text.replace("−", "-")
    if plain.endswith("%"):
        return float(plain[:-1]) / 100, 0.01
    return float(plain), 10.0 ** -len(plain.partition(".")[2])


@pytest.mark.slow
def test_every_number_is_what_the_program_computes() -> None:
    computed = dict([*one_sample(), *many_steps()])
    numbers = page().numbers
    assert {name for name, _ in numbers} <= computed.keys()
    wrong = {}
    for name, text in numbers:
        value, unit = read(text)
        # Long runs differ in the last bits from platform to platform: the last digit may be off by a rounding.
        if abs(computed[name] - value) > 0.6 * unit:
            wrong[name] = (text, computed[name])
    assert wrong == {}


def test_no_number_stands_in_the_text_without_its_name() -> None:
    found = set(re.findall(r"\d+\.\d+|\d+%", " ".join(page().rest)))
    assert found <= GIVEN


def test_sums_and_products_of_the_text_come_out_as_printed() -> None:
    """A reader who checks a line with a pocket calculator finds its result, to the last digit but one."""
    n = {name: read(text)[0] for name, text in page().numbers}
    lines = {
        "z1": n["w-c1"] + n["w-d2"] + n["w-c3"] - n["w-c4-size"],
        "p-d": n["exp-d"] / n["exp-sum"],
        "loss": -math.log(n["p-d"]),
        "dz-d": n["p-d"] - 1,
        "gw3": n["a2-32"] * n["dz-d"],
        "da2": n["w3-a"] * n["p-a"] - n["w3-b-size"] * n["p-b"] + n["w3-c"] * n["p-c"] - n["w3-d-size"] * n["dz-d"],
        "dz2": n["da2"] * n["slope"],
        "gw2": n["a1"] * n["dz2"],
        "nudge": 0.01 * n["gw2"],
        "w-after": n["w-before"] - 0.1 * n["gw2-4"],
    }
    assert lines == pytest.approx({name: n[name] for name in lines}, abs=1.01e-3)


# ---- Links ----

PARSE = """
import "./tests/web/schema.mjs";
import { readLink } from "./web/config/link.js";
import { readWhy } from "./web/explain/link.js";
const links = JSON.parse(process.argv[1]);
console.log(JSON.stringify(links.map((link) => ({ link: readLink(link), why: readWhy(link) }))));
"""


@cache
def opened() -> list[dict[str, Any]]:
    """What the tool reads from each link to it."""
    links = [link.removeprefix("../") for link in page().values("href") if link.startswith("../#")]
    command = ["node", "--input-type=module", "-e", PARSE, "--", json.dumps(links)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_every_step_opens_the_tool() -> None:
    sections = SOURCE.read_text("utf-8").split("<section ")[1:]
    assert len(sections) == 8
    assert all('href="../#' in section for section in sections)


@pytest.mark.slow
def test_links_to_the_tool_hold_what_the_tool_takes() -> None:
    named = [found for found in opened() if found["link"]]
    assert len(named) >= 14
    for found in named:
        assert found["link"]["notices"] == []
        assert found["why"]["notice"] == ""
        RunConfig.from_dict(found["link"]["config"])


def test_links_with_a_cell_explain_the_cell_of_the_text() -> None:
    session = Session()
    session.create_run(config=ONE_SAMPLE)
    places = [found["why"]["place"] for found in opened() if found["why"]["place"]]
    assert {place["tensor"] for place in places} >= {"loss", "layers/1/grad_weights", "layers/0/pre_activations"}
    for place in places:
        assert session.explain_cell(**place)["cell"]["tensor"] == place["tensor"]


def test_faults_are_the_presets_of_new_run() -> None:
    """By name; each with its own config."""
    presets = {preset.title: preset for preset in PRESETS if preset.name != "healthy"}
    names = {found["link"]["name"]: found["link"]["config"] for found in opened() if found["link"]}
    assert presets.keys() <= names.keys()
    for title, preset in presets.items():
        assert RunConfig.from_dict(names[title]) == RunConfig.from_dict(preset.config), title
    assert page().values("data-preset") == [preset.name for preset in presets.values()]


@pytest.mark.built
def test_everything_that_the_built_page_names_is_there() -> None:
    built = (DIST / "learn" / "index.html").read_text("utf-8")
    reader = Reader()
    reader.feed(built)
    names = [*reader.values("href"), *reader.values("src"), *reader.values("srcset")]
    for name in names:
        path, _, anchor = name.partition("#")
        assert not path or (DIST / "learn" / path).exists(), name
        assert path or anchor in reader.values("id"), name
    styles = (DIST / "learn" / "learn.css").read_text("utf-8")
    for name in re.findall(r'url\("([^"]+)"\)', styles):
        assert (DIST / "learn" / name).exists(), name
    assert "<script" not in built
    assert " style=" not in built
    assert "script-src" not in built
    assert "default-src 'none'" in built


def test_colours_are_those_of_the_tool() -> None:
    tokens = [
        dict(re.findall(r"(--[\w-]+): (light-dark\([^)]*\))", (ROOT / "web" / name).read_text("utf-8")))
        for name in ("learn/learn.css", "style.css")
    ]
    assert tokens[0]
    assert tokens[0].items() <= tokens[1].items()
