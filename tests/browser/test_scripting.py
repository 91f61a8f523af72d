"""The documented scripting surface: `window.backprop` offers every call as a promise, and the page follows."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import active, call, panel, readout

API = Path(__file__).resolve().parents[2] / "web" / "api.d.ts"


def test_a_whole_training(booted: Page) -> None:
    accuracy, best = booted.evaluate(
        """
        async () => {
          await backprop.ready;
          await backprop.create_run({name: "From the console", config: {trainer: {learning_rate: 0.1}}});
          await backprop.trainer_config({batch_size: 20});
          await backprop.update_batch_size({batch_size: 10});
          await backprop.update_loss_type({loss_type: "cross_entropy"});
          const {floor: {accuracy: best_accuracy}} = await backprop.dataset();
          for (let epoch = 0; epoch < 400; epoch++) {
            const {metrics} = await backprop.train_epoch({update: true});
            if (metrics.accuracy >= best_accuracy - 1e-12) return [metrics.accuracy, best_accuracy];
          }
          return [0, best_accuracy];
        }
        """
    )
    assert accuracy == pytest.approx(best, abs=1e-12)
    expect(panel(booted, "Runs").get_by_role("rowheader", name="From the console")).to_be_visible()
    expect(readout(booted, "Step")).to_have_text(f"{active(booted)['step']:,}")


def test_the_page_follows_every_call(booted: Page) -> None:
    call(booted, "create_run", {"name": "Followed"})
    expect(panel(booted, "Runs").get_by_role("rowheader", name="Followed")).to_be_visible()
    expect(readout(booted, "Step")).to_have_text("0")
    call(booted, "train_batch", {"update": True})
    expect(readout(booted, "Step")).to_have_text("1")
    call(booted, "run_single")
    expect(readout(booted, "Step")).to_have_text("2")
    frame = call(booted, "advance", {"id": active(booted)["id"], "steps": 30})
    assert frame["step"] == 32
    expect(readout(booted, "Step")).to_have_text("32")
    call(booted, "trainer_config", {"learning_rate": 0.25})
    expect(booted.get_by_role("region", name="Controls").get_by_label("Learning rate")).to_have_value("0.25")
    call(booted, "rename_run", {"id": active(booted)["id"], "name": "Renamed"})
    expect(panel(booted, "Runs").get_by_role("rowheader", name="Renamed")).to_be_visible()
    call(booted, "reset_run", {"id": active(booted)["id"]})
    expect(readout(booted, "Step")).to_have_text("0")


def test_slices_add_up(booted: Page) -> None:
    """advance(100) twice equals advance(200) once, to the last bit, on the wire too."""
    equal = booted.evaluate(
        """
        async () => {
          const values = async (slices) => {
            const runs = await backprop.create_run({});
            const {id} = runs.find((run) => run.active);
            let frame;
            for (const steps of slices) frame = await backprop.advance({id, steps});
            return frame.values;
          };
          const [once, twice] = [await values([200]), await values([100, 100])];
          return once.length > 0 && once.every((value, i) => Object.is(value, twice[i]));
        }
        """
    )
    assert equal


def test_every_call_of_the_wire_is_offered(booted: Page) -> None:
    declared = re.findall(r"^  (\w+)\(params", API.read_text("utf-8"), re.MULTILINE)
    offered = booted.evaluate("() => Object.keys(backprop)")
    assert sorted(offered) == sorted([*declared, "ready"])


def test_arrays_and_nothing_cross_the_wire(booted: Page) -> None:
    kinds = booted.evaluate(
        """
        async () => {
          await backprop.create_run({name: undefined, config: {dataset: {num_master_sequences: null}}});
          const state = await backprop.state();
          const [sample] = await backprop.inspect_samples({start: 0, count: 1});
          const run = (await backprop.runs()).find(({active}) => active);
          return [
            state.forward.tensors[0].data.constructor.name, state.batch.constructor.name,
            sample.master, run.best_loss, run.config.dataset.master_sequences,
          ];
        }
        """
    )
    assert kinds == ["Float32Array", "Int32Array", None, None, None]


def test_a_refused_value_rejects_with_pythons_sentence(booted: Page) -> None:
    name, message, traceback = booted.evaluate(
        """
        () => backprop.update_batch_size({batch_size: 0}).catch(
          ({name, message, traceback}) => [name, message, traceback])
        """
    )
    assert name == "ValueError"
    assert message.startswith("batch_size must be")
    assert "Traceback" in traceback


# What no worker can be sent, or means nothing to Python.
ODD = """
async () => {
  const loop = [];
  loop.push({loop});
  const given = new Uint8Array(8);
  structuredClone(given, {transfer: [given.buffer]});
  const deep = Array.from({length: 5000}).reduce((inner) => [inner], 1);
  const objects = [new Map(), new Date(), new Blob([]), Promise.resolve(1), document.body];
  const odd = [() => 1, Symbol("s"), ...objects, loop, deep, {a: [() => 1]}];
  const calls = [
    ...odd.map((learning_rate) => ["trainer_config", {learning_rate}]),
    ["create_run", {config: {trainer: {learning_rate: () => 1}}}],
    ["import_run", {bytes: given}],
  ];
  const refused = ({name, message}) => [name, message];
  return Promise.all(calls.map(([method, params]) => backprop[method](params).then(() => ["taken", ""], refused)));
}
"""


def test_an_argument_that_cannot_be_sent_is_refused_at_once(booted: Page) -> None:
    before = call(booted, "runs")
    answers = booted.evaluate(ODD)
    assert [name for name, _ in answers] == ["ValueError"] * len(answers)
    beginnings = ["learning_rate must be plain data: "] * 10 + ["config must be plain data: ", "import_run: "]
    assert [message[: len(start)] for (_, message), start in zip(answers, beginnings, strict=True)] == beginnings
    assert call(booted, "runs") == before
    assert call(booted, "trainer_config", {"learning_rate": 0.5})["learning_rate"] == 0.5
