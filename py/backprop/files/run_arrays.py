"""Arrays of a run file: the vectors of a record as named matrices, and back."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..buffers import split
from ..monitor.history import BUCKETS, RECENT
from ..optimizers import OPTIMIZERS
from ..runs import format_1
from ..runs.config import RunConfig
from ..training.epochs import EpochRow
from .safetensors import Arrays

Plain = dict[str, Any]
Shapes = dict[str, tuple[int, ...]]


def parameter_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Return name → shape of the parameter tensors of a config's model, in the order of `Model.parameters`."""
    data = config.dataset
    embeds = data.encoding == "embedding"
    shapes: dict[str, tuple[int, ...]] = (
        {"embedding/weights": (len(data.vocabulary), data.embedding_dim)} if embeds else {}
    )
    for k, (fan_in, fan_out) in enumerate(pairwise(config.shape)):
        shapes |= {f"layers/{k}/weights": (fan_in, fan_out), f"layers/{k}/biases": (fan_out,)}
    return shapes


def arrays_of(record: Plain, history: bool = True) -> Arrays:
    """Return the arrays of a record.

    Parameters
    ----------
    record : result of `record.to_record`
    history : whether to include the buckets of the history
    """
    shapes = parameter_shapes(RunConfig.from_dict(record["config"]))
    past, best, stopper = record["history"], record["best"], record["stopper"]
    arrays = _named("", record["parameters"], shapes) | _named("initial/", record["initial_parameters"], shapes)
    if best:
        arrays |= _named("best/", best["parameters"], shapes)
    if stopper["parameters"] is not None:
        arrays |= _named("stopper/", stopper["parameters"], shapes)
    last = record["last_pass"]
    if last["parameters"] is not None:
        arrays |= _named("last_pass/", last["parameters"], shapes)
    for prefix, state in (("", record["trainer"]["optimizer_state"]), ("last_pass/", last["optimizer_state"])):
        for vector, flat in state.items():
            arrays |= _named(f"{prefix}optimizer/{vector}/", flat, shapes)
    arrays["last_pass/batch"] = last["batch"]
    arrays["trainer/order"] = record["trainer"]["order"]
    update = record.get("last_update")
    if update:
        arrays |= _update_arrays(update, shapes)
    flow = record["flow"]
    arrays |= {f"flow/{name}": flow[name] for name in ("values", "previous") if flow[name] is not None}
    arrays |= {f"epochs/{name}": record["epochs"][name] for name in EpochRow._fields}
    arrays |= {f"history/{name}": past[name] for name in (BUCKETS + RECENT if history else RECENT)}
    return arrays


def take_arrays(record: Plain, arrays: Arrays, config: RunConfig) -> None:
    """Put the arrays of a file into the fields of its record; refuse missing, invalid and unknown ones."""
    left = dict(arrays)
    _take_parameters(record, left, config)
    _take_optimizer(record, left, config)
    _take_series(record, left, np.dtype(config.model.dtype))
    if "last_update" in record:
        _take_update(record["last_update"], left, parameter_shapes(config), np.dtype(config.model.dtype))
    if left:
        raise ValueError(f"The file must not hold an array {sorted(left)[0]}")


def _take_parameters(record: Plain, left: Arrays, config: RunConfig) -> None:
    shapes, dtype = parameter_shapes(config), np.dtype(config.model.dtype)
    record["parameters"] = _flat("", left, shapes, dtype)
    record["initial_parameters"] = _flat("initial/", left, shapes, dtype)
    if record["best"] is not None:
        record["best"]["parameters"] = _flat("best/", left, shapes, dtype)
    stopper = record.get("stopper", {})
    if "best_step" in stopper:
        kept = stopper["best"] is not None
        stopper["parameters"] = _flat("stopper/", left, shapes, dtype) if kept else None
    if "last_pass" in record:
        updated = any(f"last_pass/{name}" in left for name in shapes)
        record["last_pass"]["parameters"] = _flat("last_pass/", left, shapes, dtype) if updated else None
        record["last_pass"]["batch"] = _take(left, "last_pass/batch", None, np.dtype(np.int32))
    record["trainer"]["order"] = _take(left, "trainer/order", (config.num_train,), np.dtype(np.int32))


def _take_optimizer(record: Plain, left: Arrays, config: RunConfig) -> None:
    last = record.get("last_pass", {})
    if "optimizer" not in last:
        return  # there was none yet
    shapes, dtype = parameter_shapes(config), np.dtype(config.model.dtype)
    record["trainer"]["optimizer_state"] = {
        vector: _flat(f"optimizer/{vector}/", left, shapes, dtype)
        for vector in OPTIMIZERS[config.trainer.optimizer].STATE
    }
    last["optimizer_state"] = {
        vector: _flat(f"last_pass/optimizer/{vector}/", left, shapes, dtype)
        for vector in _vectors_before(last["optimizer"], left)
    }


def _take_series(record: Plain, left: Arrays, dtype: np.dtype[Any]) -> None:
    floats = np.dtype(np.float64)
    if "epochs" in record:
        record["epochs"] |= {name: _take(left, f"epochs/{name}", None, floats) for name in EpochRow._fields}
    names: tuple[str, ...] = BUCKETS + RECENT if "history/epoch" in left else RECENT
    if record["format"] == 1 and "history/recent_accuracy" not in left:
        names = tuple(name for name in names if not name.endswith("accuracy"))
    record["history"] |= {name: _take(left, f"history/{name}", None, floats) for name in names}
    if record["format"] == 1:
        record["history"] = format_1.complete_history(record["history"])
    if "flow" in record:
        record["flow"]["values"] = _take(left, "flow/values", None, floats)
        record["flow"]["previous"] = _take(left, "flow/previous", None, dtype) if "flow/previous" in left else None


def _update_arrays(update: Plain, shapes: Shapes) -> Arrays:
    arrays = _named("last_update/", update["parameters"], shapes) | {"last_update/batch": update["batch"]}
    for vector, flat in update["optimizer_state"].items():
        arrays |= _named(f"last_update/optimizer/{vector}/", flat, shapes)
    return arrays


def _take_update(update: Plain, left: Arrays, shapes: Shapes, dtype: np.dtype[Any]) -> None:
    """Move the arrays of the update from `left` into its fields."""
    update["parameters"] = _flat("last_update/", left, shapes, dtype)
    update["batch"] = _take(left, "last_update/batch", None, np.dtype(np.int32))
    vectors = dict.fromkeys(name.split("/")[2] for name in left if name.startswith("last_update/optimizer/"))
    update["optimizer_state"] = {
        vector: _flat(f"last_update/optimizer/{vector}/", left, shapes, dtype) for vector in vectors
    }


def _vectors_before(optimizer: object, left: Arrays) -> tuple[str, ...]:
    """Return the state vectors of the last pass's optimizer if the file has their values before that pass."""
    kind = OPTIMIZERS.get(optimizer) if isinstance(optimizer, str) else None
    return tuple(kind.STATE) if kind and any(name.startswith("last_pass/optimizer/") for name in left) else ()


def _named(prefix: str, flat: NDArray[Any], shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Split a flat vector of parameters into named matrices."""
    return {prefix + name: part for name, part in zip(shapes, split(flat, shapes.values()), strict=True)}


def _flat(prefix: str, arrays: Arrays, shapes: dict[str, tuple[int, ...]], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Remove the named matrices from `arrays` and return them as one flat vector."""
    return np.concatenate([_take(arrays, prefix + name, shape, dtype).ravel() for name, shape in shapes.items()])


def _take(arrays: Arrays, name: str, shape: tuple[int, ...] | None, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Remove an array of this shape, or a flat one of any length, from `arrays`; return a copy."""
    array = arrays.pop(name, None)
    if array is None:
        raise ValueError(f"The file's array {name} is missing")
    if array.ndim != 1 if shape is None else array.shape != shape:
        raise ValueError(f"The file's array {name} must have shape {shape or '(any,)'}, got {array.shape}")
    if array.dtype != dtype:
        raise ValueError(f"The file's array {name} must be {dtype}, got {array.dtype}")
    return array.astype(dtype)
