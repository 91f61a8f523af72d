"""The checksum that answers carry on their way to the page."""

import zlib
from typing import Any

import numpy as np
import pytest

from backprop.session import Session
from backprop.wire.checksum import checksum


def answers() -> dict[str, Any]:
    """One answer of each call that looks, with every kind of array in it."""
    session = Session()
    run_id = session.runs()[0]["id"]
    session.trainer_config(optimizer="adam")
    session.advance(id=run_id, steps=25, metrics=True)
    looks = ("state", "runs", "run_losses", "loss_curves", "epoch_metrics", "confusion", "phases", "gradient_flow")
    names = (*looks, "dataset", "inspect_samples", "plan_run", "presets", "limits", "self_test")
    asked = ("export_run", "checkpoint", "export_pytorch", "history_csv")
    return {
        **{name: getattr(session, name)() for name in names},
        **{name: getattr(session, name)(id=run_id) for name in asked},
        "overview": session.overview(flow=True, state=True, confusion=True),
        "advance": session.advance(id=run_id, steps=1),
        "explain_cell": session.explain_cell(tensor="layers/0/grad_weights", row=0, col=0),
        "distributions": session.distributions(tensor="inputs"),
        "sample_lens": session.sample_lens(tensor="layers/0/grad_weights"),
        "source": session.source(file="model.py"),
    }


def parts(value: Any) -> list[Any]:
    """Everything in an answer, in its order."""
    if isinstance(value, dict):
        return [part for item in value.values() for part in parts(item)]
    return [part for item in value for part in parts(item)] if isinstance(value, list | tuple) else [value]


@pytest.mark.parametrize(("name", "answer"), answers().items())
def test_it_is_the_crc_32_of_all_arrays_and_then_of_all_texts(name: str, answer: Any) -> None:
    found = parts(answer)
    arrays = b"".join(part.tobytes() for part in found if isinstance(part, np.ndarray))
    texts = "\0".join(part for part in found if isinstance(part, str))
    assert checksum(answer) == zlib.crc32(arrays + texts.encode()), name


@pytest.mark.parametrize(("name", "answer"), answers().items())
def test_javascript_keeps_the_order_of_every_answer(name: str, answer: Any) -> None:
    """It would put keys that are whole numbers first."""

    def keys(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [*value, *(key for item in value.values() for key in keys(item))]
        return [key for item in value for key in keys(item)] if isinstance(value, list | tuple) else []

    assert [key for key in keys(answer) if not isinstance(key, str) or key.isdecimal()] == [], name


def test_any_byte_and_any_letter_counts() -> None:
    values = np.arange(5.0)
    whole = {"a": [values, {"text": "one"}], "b": values[::2]}
    sums = {checksum(whole), checksum({**whole, "b": values[1::2]}), checksum({**whole, "b": "one"})}
    values[3] = -3.0
    assert len(sums | {checksum(whole)}) == 4
    assert checksum({}) == checksum([1, None, True, 2.5]) == 0
