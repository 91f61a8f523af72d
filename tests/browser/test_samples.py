"""A data set of any size is shown, whole on both sides: made, activated, imported, and after a reload."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import boot
from tests.browser.hand import active, call, delete_runs, fingerprint, press, readout
from tests.browser.keeping import wait_until_saved
from tests.tiers import cases


@pytest.mark.parametrize("size", cases([1000, 1001, 1500, 2000, 2001], lambda size: size in {1001, 2000}))
def test_a_data_set_of_any_size_is_whole_on_both_sides(booted: Page, site: str, size: int) -> None:
    page = booted
    first, *others = call(page, "runs")
    delete_runs(page, others)
    call(page, "create_run", {"name": "Sized", "config": {"dataset": {"num_samples": size}}})
    assert active(page)["name"] == "Sized"
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text("1")
    sized = active(page)["id"]
    for run_id in (first["id"], sized):
        call(page, "activate_run", {"id": run_id})
    page.evaluate(
        "async id => backprop.import_run({bytes: (await backprop.export_run({id})).bytes, activate: true})", sized
    )
    assert active(page)["name"] == "Sized (2)"
    call(page, "reset_run", {"id": active(page)["id"]})
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text("1")
    wait_until_saved(page)
    before = fingerprint(page)
    boot(page, site)
    assert {run["name"] for run in call(page, "runs")} == {"Run 1", "Sized", "Sized (2)"}
    assert fingerprint(page) == before
    press(page, "Run batch")
    expect(readout(page, "Step")).to_have_text("2")
