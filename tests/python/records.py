"""Records of a session's runs: to compare runs to the last bit, and to add a changed run."""

from typing import Any

from backprop.runs.record import from_record, to_record
from backprop.session import Session


def record_of(session: Session, run_id: str) -> dict[str, Any]:
    return to_record(session._runs.get(run_id))


def add_record(session: Session, record: dict[str, Any], *, activate: bool = False) -> list[Any]:
    """Add the run of a record; an id that is taken is changed."""
    session._runs.add(from_record(record), activate)
    return list(session.runs())
