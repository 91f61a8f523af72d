"""What can go wrong, does: Python that raises, a worker that dies, one that hangs."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import (
    active,
    call,
    delete_runs,
    fingerprint,
    press,
    python_worker,
    readout,
    wait_for_steps,
)

READY = "ready"
FAILED = "failed"


def expect_boot(page: Page, state: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-boot", state)


# The next reset is about a run that is not there.
MISDIRECT = """
() => {
  const {postMessage} = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.method === "reset_run") {
      message.params.id = "nobody";
      Worker.prototype.postMessage = postMessage;
    }
    return postMessage.call(this, message, ...rest);
  };
}
"""


def test_python_raises_and_the_page_keeps_its_state(booted: Page) -> None:
    delete_runs(booted, call(booted, "runs")[1:])
    call(booted, "reset_run", {"id": active(booted)["id"]})
    press(booted, "Run batch")
    expect(readout(booted, "Step")).to_have_text("1")
    before = fingerprint(booted)
    booted.evaluate(MISDIRECT)
    press(booted, f"Reset {active(booted)['name']}")
    alert = booted.get_by_role("alert").filter(has_text="could not be reset")
    expect(alert).to_be_visible()
    alert.get_by_text("Details").click()
    expect(alert).to_contain_text("Traceback")
    assert fingerprint(booted) == before
    expect_boot(booted, READY)
    press(booted, "Close")
    expect(alert).to_be_hidden()
    press(booted, "Run batch")
    expect(readout(booted, "Step")).to_have_text("2")


def test_a_dead_worker_is_replaced_and_training_goes_on(booted: Page) -> None:
    call(booted, "create_run", {"name": "Second", "config": {"dataset": {"encoding": "embedding"}}})
    call(booted, "train_epoch")
    call(booted, "create_run", {"name": "Third", "config": {"dataset": {"encoding": "one_hot"}}})
    press(booted, "Activate Second")
    expect(readout(booted, "Step")).to_have_text("8")
    booted.get_by_role("region", name="Controls").get_by_label("Learning rate").fill("0.03")
    press(booted, "Run single step")
    expect(readout(booted, "Step")).to_have_text("9")
    expect(booted.locator("[data-said]")).to_contain_text("Step 9")
    before = fingerprint(booted)
    names = [run["name"] for run in call(booted, "runs")]

    worker = python_worker(booted)
    worker.evaluate("() => self.close()")
    assert booted.evaluate("() => backprop.state().catch(({name}) => name)") == "Stopped"  # and is not waited for
    expect_boot(booted, FAILED)
    expect(booted.locator("#banners")).to_contain_text("Python has stopped")
    expect(readout(booted, "Step")).to_have_text("9")
    expect(booted.locator('[data-tensor="embedding/weights"]')).to_be_visible()
    expect(booted.get_by_role("button", name="Run batch")).to_be_disabled()

    press(booted, "Restart Python")
    expect_boot(booted, READY)
    assert [run["name"] for run in call(booted, "runs")] == names
    assert active(booted)["name"] == "Second"
    assert active(booted)["config"]["trainer"]["learning_rate"] == 0.03
    assert fingerprint(booted) == before
    press(booted, "Run batch")
    expect(readout(booted, "Step")).to_have_text("10")


# As a call does that never comes back: it waits for ever, or goes round for ever, here with a rest for the machine.
HANG = """ms => { setTimeout(() => {
  const {buffer} = new WebAssembly.Memory({initial: 1, maximum: 1, shared: true});
  for (;;) Atomics.wait(new Int32Array(buffer), 0, 0, ms);
}); }"""


def test_a_hung_worker_is_said_and_replaced(booted: Page) -> None:
    call(booted, "train_batch")
    before = fingerprint(booted)
    python_worker(booted).evaluate(HANG, 1e9)
    booted.clock.install()
    press(booted, "Run batch")
    booted.clock.fast_forward(10_000)
    expect(booted.locator("#banners")).to_contain_text("Python has not answered for 10 s.")
    expect_boot(booted, READY)  # it may only be slow: nothing is given up before the reader says so
    press(booted, "Restart Python")
    expect_boot(booted, READY)
    expect(booted.locator("#status")).to_contain_text("Ready: 7 of 7 gradients agree")
    assert fingerprint(booted) == before
    press(booted, "Run batch")
    expect(booted.locator("[data-said]")).to_contain_text(f"Step {active(booted)['step']:,}")


# By day one that hangs in a call, and one that dies while it plays (test_kept_faults.py).
@pytest.mark.nightly
def test_a_worker_that_hangs_while_it_plays(booted: Page) -> None:
    press(booted, "Play")
    wait_for_steps(booted, 200)
    python_worker(booted).evaluate(HANG, 1)
    booted.clock.install()
    booted.clock.fast_forward(10_000)
    press(booted, "Restart Python")
    expect_boot(booted, READY)
    expect(booted.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    press(booted, "Play")
    wait_for_steps(booted, 200)
    press(booted, "Pause")
    expect(booted.locator("[data-said]")).to_contain_text("Paused.")
