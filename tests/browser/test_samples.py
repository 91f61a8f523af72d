"""A data set of any size is shown, whole on both sides: made, activated, imported, and after a reload."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import active, call, delete_runs, fingerprint, press, readout
from tests.browser.keeping import wait_until_saved
from tests.tiers import usually

SIZES = [usually(True, (1001, 2000)), usually(False, (1000, 1500, 2001))]


def make_sized(page: Page, size: int) -> tuple[str, str]:
    """Make a run with so many samples, and import a copy of it, which makes a step; return its id and fingerprint."""
    first, name = call(page, "runs")[0], f"Sized {size}"
    call(page, "create_run", {"name": name, "config": {"dataset": {"num_samples": size}}})
    assert active(page)["name"] == name
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text("1")
    sized = active(page)["id"]
    for run_id in (first["id"], sized):
        call(page, "activate_run", {"id": run_id})
    page.evaluate(
        "async id => backprop.import_run({bytes: (await backprop.export_run({id})).bytes, activate: true})", sized
    )
    assert active(page)["name"] == f"{name} (2)"
    call(page, "reset_run", {"id": active(page)["id"]})
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text("1")
    return active(page)["id"], fingerprint(page)


@pytest.mark.parametrize("sizes", SIZES)
def test_a_data_set_of_any_size_is_whole_on_both_sides(booted: Page, site: str, sizes: tuple[int, ...]) -> None:
    page = booted
    delete_runs(page, call(page, "runs")[1:])
    copies = [make_sized(page, size) for size in sizes]
    names = {run["name"] for run in call(page, "runs")}
    assert names == {"Run 1", *(f"Sized {size}{copy}" for size in sizes for copy in ("", " (2)"))}
    wait_until_saved(page)
    boot(page, site)
    assert {run["name"] for run in call(page, "runs")} == names
    assert active(page)["id"] == copies[-1][0]
    for run_id, before in reversed(copies):
        if active(page)["id"] != run_id:
            call(page, "activate_run", {"id": run_id})
        assert fingerprint(page) == before
        press(page, "Run batch")
        expect(readout(page, "Step")).to_have_text("2")
