"""A run of the page as its file holds it: to compare it to the last bit, and to add a changed one."""

import base64
from typing import Any

from playwright.sync_api import Page

from backprop.files.run_file import from_bytes, to_bytes

TAKEN = """
async (id) => {
  const {bytes} = await backprop.export_run({id});
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
"""
PUT = """
([text, activate]) => backprop.import_run({bytes: Uint8Array.from(atob(text), (it) => it.charCodeAt(0)), activate})
"""


def record_of(page: Page, run_id: str) -> dict[str, Any]:
    return from_bytes(base64.b64decode(page.evaluate(TAKEN, run_id)))


def parameters_of(page: Page, run_id: str) -> bytes:
    return bytes(record_of(page, run_id)["parameters"].tobytes())


def add_record(page: Page, record: dict[str, Any], *, activate: bool = False) -> None:
    """Add the run of a record, as from a file: under another id and name if its own are taken."""
    page.evaluate(PUT, [base64.b64encode(to_bytes(record)).decode(), activate])
