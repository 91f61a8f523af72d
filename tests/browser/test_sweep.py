"""Sweeps: many runs trained in a pool of workers, each with the bits that it has alone; stopped, killed, closed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from playwright.sync_api import Dialog, Error, Locator, Page, Worker, expect

from tests.browser.conftest import Contexts, boot
from tests.browser.hand import call, delete_runs, is_shown, panel, press, wait_for_steps
from tests.browser.keeping import wait_until_saved
from tests.conftest import Amounts

# Three cores are two workers and the page, whatever the machine has.
CORES = "Object.defineProperty(navigator, 'hardwareConcurrency', {{value: {cores}}})"
FOUR, TWELVE = 4, 12
# Notes the name of every run that is created in any worker.
CREATED = """
  self.created = [];
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.method === "create_run") self.created.push(message.params.name);
    return post.call(this, message, ...rest);
  };
"""
# SHA-256 of each array of a run file but those of wall time.
ARRAYS = """
  const digest = async (data) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))].join(" ");
  const arraysOf = async (id) => {
    const {bytes} = await backprop.export_run({id});
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const found = {};
    for (const [name, {data_offsets}] of Object.entries(header))
      if (name !== "__metadata__" && !/seconds/.test(name))
        found[name] = await digest(bytes.slice(...data_offsets.map((offset) => offset + 8 + length)));
    return found;
  };
"""
# Trains each run of a list again, in the page's own Python and without a sweep.
ALONE = f"""
async (ids) => {{
  {ARRAYS}
  const runs = await backprop.runs(), compared = [];
  for (const {{id, name, config}} of runs.filter((run) => ids.includes(run.id))) {{
    const made = (await backprop.create_run({{name: "alone", config}})).at(-1).id;
    let slice;
    do slice = await backprop.advance({{id: made, steps: 1000, picture: "none"}}); while (!slice.ended);
    compared.push({{name, swept: await arraysOf(id), alone: await arraysOf(made)}});
    await backprop.delete_run({{id: made}});
  }}
  return compared;
}}
"""


# Holds a lock for as long as it lives: the page's own Python, and no worker of a form that was closed.
ONE_PYTHON = """
() => navigator.locks.query().then(({held}) => {
  window.alone = held.filter(({name}) => name.startsWith(`backprop-${performance.timeOrigin}`)).length === 1;
}) && window.alone
"""


def opened(page: Page, site: str, cores: int = 3) -> Page:
    """Open the site on a device with some cores."""
    page.add_init_script(CORES.format(cores=cores))
    page.add_init_script(CREATED)
    return boot(page, site)


@pytest.fixture(scope="module")
def booted(contexts: Contexts, site: str) -> Iterator[Page]:
    """Open the site once for all tests of this module, on a device with three cores."""
    with contexts.lent() as context:
        yield opened(context.new_page(), site)


@pytest.fixture
def unswept(booted: Page, site: str) -> Page:
    """Lend the module's page, loaded again if a form has been open."""
    if booted.evaluate("self.created.length > 0"):
        boot(booted, site)
    return booted


@pytest.fixture
def three(booted: Page) -> Page:
    """Lend the module's page, without the sweep of an earlier test."""
    tidy(booted)
    return booted


@pytest.fixture
def finished(booted: Page, console_errors: list[str]) -> Page:
    """Lend the module's page with a sweep of four trained runs; one that an earlier test has looked at will do.

    A worker has ended in the middle of one of them, and the page's own Python before the end.
    """
    if not is_finished(booted):
        tidy(booted)
        train_four(booted)
        console_errors.clear()  # of Python that has ended
    return booted


def tidy(page: Page) -> None:
    """Close the sweep that is there, if there is one, and delete its runs."""
    if page.get_by_role("tab", name="Sweep").count():
        panel(page, "Sweep")
        if is_shown(region(page).get_by_role("button", name="Stop sweep")):
            press(page, "Stop sweep")
        press(page, "Close sweep")
    delete_runs(page, swept(page))


def is_finished(page: Page) -> bool:
    """Tell whether the page has a sweep of four trained runs."""
    if page.get_by_role("tab", name="Sweep").count() == 0:
        return False
    panel(page, "Sweep")
    return trained(page).count() == FOUR


def train_four(page: Page) -> None:
    """Train a sweep of four runs to its end; one of the two workers and the page's own Python end half way."""
    assert start(page, "0.3, 0.1", "0", "200") == FOUR
    expect(region(page).locator(".sweep-open", has_text=re.compile(r"training, [1-9]"))).to_have_count(2)
    pages_own, *_, last = python_workers(page)
    for worker in (last, pages_own):
        with suppress(Error):  # it ends before it answers
            worker.evaluate("self.close()")
    # All are trained, and wait.
    expect(region(page).locator(".sweep-open", has_text="training, 100%")).not_to_have_count(0)
    page.get_by_role("button", name=re.compile("^Restart")).click()
    wait_for_end(page)


def train_twelve(page: Page, sweep: int) -> None:
    """Train a sweep of twelve runs to its end; each number has other seeds."""
    assert start(page, "0.3, 0.1, 0.03", f"{2 * sweep}, {2 * sweep + 1}", "2") == TWELVE
    wait_for_end(page)
    expect(trained(page)).to_have_count(TWELVE)


@contextmanager
def asked_before_leaving(page: Page) -> Iterator[list[str]]:
    """List the questions of the page, each of which is answered with staying."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    yield asked
    page.remove_listener("dialog", stay)


def form(page: Page) -> Locator:
    """Open the form of a sweep."""
    panel(page, "Runs").get_by_role("button", name="New sweep").click()
    return page.get_by_role("dialog", name="New sweep")


def fill_in(dialog: Locator, rates: str, seeds: str, epochs: str) -> int:
    """Choose learning rates, the two suggested networks and seeds; return how many runs that is."""
    dialog.get_by_label("Values of Learning rate").fill(rates)
    if dialog.get_by_label("Values of Seed of the weights").count() == 0:
        dialog.get_by_role("button", name="Add a setting").click()
    dialog.get_by_label("Values of Seed of the weights").fill(seeds)
    dialog.get_by_label("Epochs", exact=True).fill(epochs)
    total = len(rates.split(",")) * 2 * len(seeds.split(","))
    expect(dialog.locator("#sweep-plan")).to_contain_text(f"= {total} runs of {epochs} epochs")
    return total


def start(page: Page, rates: str, seeds: str, epochs: str) -> int:
    """Start a sweep, once its time is estimated; return how many runs it has."""
    dialog = form(page)
    total = fill_in(dialog, rates, seeds, epochs)
    expect(dialog.locator("#sweep-plan")).to_contain_text(f"= {total} runs of {epochs} epochs, ")
    dialog.get_by_role("button", name="Start sweep").click()
    expect(dialog).to_be_hidden()
    return total


def region(page: Page) -> Locator:
    return page.get_by_role("region", name="Sweep", exact=True)


def trained(page: Page) -> Locator:
    """The rows of trained runs."""
    return region(page).locator("tbody tr:not(.sweep-open)")


def wait_for_end(page: Page) -> None:
    expect(region(page).get_by_role("button", name="Close sweep")).to_be_visible()


def swept(page: Page) -> list[dict[str, Any]]:
    """All runs but the first one of the visit."""
    return [run for run in call(page, "runs") if run["name"] != "Run 1"]


def python_workers(page: Page) -> list[Worker]:
    """The workers in which Python runs: the page's own is the first."""
    found = []
    for worker in page.workers:
        with suppress(Error):  # one that has just ended may still be listed
            if worker.evaluate("self.name").startswith("backprop-"):
                found.append(worker)
    return found


def check_bits(page: Page) -> None:
    """Train every run of the sweep again, alone, and compare all arrays of its file."""
    compared = page.evaluate(ALONE, [run["id"] for run in swept(page)])
    assert compared
    for each in compared:
        assert {"layers/0/weights", "history/loss_sum"} & each["swept"].keys(), sorted(each["swept"])
        assert each["swept"] == each["alone"], each["name"]


# In front of the others: the form remembers what was typed, until the page is loaded.
def test_the_form_states_the_runs_and_refuses_at_the_field(unswept: Page) -> None:
    dialog = form(unswept)
    plan = dialog.locator("#sweep-plan")
    expect(plan).to_have_text(
        re.compile(r"^3 × 2 = 6 runs of 20 epochs, (about|less than) .* with \d workers?$"), use_inner_text=True
    )
    rates = dialog.get_by_label("Values of Learning rate")
    for typed, sentence in (
        ("0.1, fast", "Learning rate must be a number between 1e-09 and 1,000, got 'fast'"),
        ("0.1, -1", "Learning rate must be a number between 1e-09 and 1,000, got -1"),
        ("0.1, 0.1", "Learning rate must not have a value twice"),
        ("", "Enter at least one value."),
        ("0.001 … 0.1", "Add the number of values"),
    ):
        rates.fill(typed)
        expect(dialog.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
        expect(rates).to_have_attribute("aria-invalid", "true")
        expect(dialog.get_by_role("button", name="Start sweep")).to_be_disabled()
    rates.fill("0.001 … 0.1 × 101")
    expect(plan).to_have_text("These are 202 runs; a sweep has at most 200. Remove some values.")
    rates.fill("0.001 … 0.1 × 5")
    expect(plan).to_contain_text("5 × 2 = 10 runs")
    unswept.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    form(unswept)
    expect(rates).to_have_value("0.001 … 0.1 × 5")
    unswept.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    unswept.wait_for_function(ONE_PYTHON)


def test_a_worker_that_ends_half_way_repeats_its_run_only(finished: Page) -> None:
    expect(trained(finished)).to_have_count(FOUR)
    assert len(python_workers(finished)) == 1
    names = [run["name"] for run in swept(finished)]
    # Measuring the time creates runs too, before the first of the sweep.
    created = Counter(finished.evaluate("self.created")[-FOUR - 1 :])
    assert sorted(created) == sorted(names)
    assert sorted(created.values()) == [*[1] * (FOUR - 1), 2]


def test_runs_trained_while_the_page_s_python_is_gone_are_added_when_it_is_back(finished: Page) -> None:
    expect(region(finished).locator(".sweep-open")).to_have_count(0)
    assert len({run["name"] for run in swept(finished)}) == len(swept(finished)) == FOUR


def test_every_run_of_a_sweep_has_the_bits_that_it_has_alone(finished: Page) -> None:
    names = {run["name"] for run in swept(finished)}
    assert len(names) == FOUR
    assert "lr 0.1, hidden 32-32, seed 0" in names
    assert all(run["stopped"]["reason"] == "max_epochs" and run["epoch"] == 200 for run in swept(finished))
    check_bits(finished)


# In every run: the bits of four runs, two of them trained one after the other in the same worker.
@pytest.mark.nightly
def test_every_run_of_twelve_has_the_bits_that_it_has_alone(three: Page, amounts: Amounts) -> None:
    for sweep in range(amounts.sweeps):
        tidy(three)
        train_twelve(three, sweep)
        assert len(python_workers(three)) == 1
        names = {run["name"] for run in swept(three)}
        assert len(names) == TWELVE
        assert f"lr 0.03, hidden 32-32, seed {2 * sweep + 1}" in names
        assert all(run["stopped"]["reason"] == "max_epochs" and run["epoch"] == 2 for run in swept(three))
        check_bits(three)


def test_the_list_and_the_picture_lead_to_the_runs(finished: Page) -> None:
    panel(finished, "Sweep")
    losses = [float(text) for text in trained(finished).locator("td:nth-of-type(1)").all_inner_texts()]
    assert losses == sorted(losses)
    best = min(swept(finished), key=lambda run: run["metrics"]["held_out_loss"])
    region(finished).get_by_role("button", name=f"Activate {best['name']}", exact=True).click()
    expect(trained(finished).first).to_have_attribute("aria-current", "true")
    assert next(run["id"] for run in call(finished, "runs") if run["active"]) == best["id"]
    # Pointing at a row marks its line, and the other way round; a click on a line activates its run.
    trained(finished).nth(2).hover()
    expect(region(finished).locator(".sweep-over")).to_have_count(1)
    lines = region(finished).locator(".sweep-line")
    expect(lines).to_have_count(FOUR)
    lines.first.dispatch_event("pointerenter")
    expect(region(finished).locator("tr.hovered")).to_have_count(1)
    lines.first.dispatch_event("click")
    expect(region(finished).locator("tr.hovered")).to_have_attribute("aria-current", "true")


def test_a_sweep_is_there_after_a_reload_and_without_its_deleted_runs(finished: Page, site: str) -> None:
    panel(finished, "Sweep")
    wait_until_saved(finished)
    rows = trained(finished).locator("td").all_inner_texts()
    assert rows
    with asked_before_leaving(finished) as asked:
        boot(finished, site)
    assert asked == []
    panel(finished, "Sweep")
    expect(trained(finished)).to_have_count(FOUR)
    assert trained(finished).locator("td").all_inner_texts() == rows
    gone = swept(finished)[0]
    call(finished, "delete_run", {"id": gone["id"]})
    expect(trained(finished)).to_have_count(FOUR - 1)
    expect(region(finished).locator(".sweep-line")).to_have_count(FOUR - 1)
    press(finished, "Undo")
    expect(trained(finished)).to_have_count(FOUR)
    press(finished, "Close sweep")
    expect(finished.get_by_role("tab", name="Sweep")).to_have_count(0)
    assert len(swept(finished)) == FOUR


def test_while_a_sweep_trains_play_goes_on_and_closing_asks_and_stop_keeps_the_trained_runs(three: Page) -> None:
    press(three, "Play")
    total = start(three, "0.3, 0.1, 0.03", "0, 1", "400")
    wait_for_steps(three, 20)
    expect(region(three).get_by_role("button", name="Stop sweep")).to_be_visible()
    press(three, "Pause")
    with asked_before_leaving(three) as asked:
        three.evaluate("() => { location.reload(); }")
        expect(trained(three).first).to_be_visible()  # the page is still here, and the sweep goes on
    assert asked == ["beforeunload"]
    region(three).get_by_role("button", name="Stop sweep").click()
    wait_for_end(three)
    done = trained(three).count()
    assert 0 < done < total
    expect(region(three)).to_contain_text(f"Stopped: {done} of {total} runs trained")
    expect(region(three).locator(".sweep-open")).to_have_count(0)
    assert {run["epoch"] for run in swept(three)} == {400}
    assert len(swept(three)) == done
    assert len(python_workers(three)) == 1


# What it puts together is proved in every run: a run that fails is next once (queue.test.mjs), a worker that ends
# half way, and the sentence at a run that has failed.
@pytest.mark.nightly
def test_a_run_whose_workers_end_twice_is_named_and_the_others_go_on(visit: Callable[..., Page], site: str) -> None:
    page = opened(visit(), site, cores=2)  # one worker, which trains the runs in order
    start(page, "0.3", "0", "999")
    first = region(page).locator(".sweep-open", has_text="lr 0.3, hidden 16, seed 0")
    for _ in range(2):
        expect(first).to_contain_text(re.compile("training, [1-9]"))
        created = page.evaluate("self.created.length")
        with suppress(Error):  # it ends before it answers
            python_workers(page)[-1].evaluate("self.close()")
        page.wait_for_function("count => self.created.length > count", arg=created)
    wait_for_end(page)
    failed = region(page).locator(".sweep-open")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("lr 0.3, hidden 16, seed 0")
    expect(failed).to_contain_text("failed: Python's worker has ended, perhaps for lack of memory")
    expect(trained(page)).to_have_count(1)
    expect(region(page)).to_contain_text("1 run of 999 epochs; 1 run failed")


@pytest.fixture
def without_workers(three: Page) -> Iterator[Page]:
    """Lend the module's page; no worker starts meanwhile: its own module does not arrive."""
    three.context.route("**/worker.js", lambda route: route.abort())
    yield three
    three.context.unroute("**/worker.js")


def test_a_sweep_without_workers_says_why_at_each_run(without_workers: Page) -> None:
    page = without_workers
    dialog = form(page)
    total = fill_in(dialog, "0.3, 0.1, 0.03", "0", "20")
    dialog.get_by_role("button", name="Start sweep").click()
    wait_for_end(page)
    expect(region(page).locator(".sweep-open", has_text="failed: ")).to_have_count(total)
    assert [run["name"] for run in call(page, "runs")] == ["Run 1"]
