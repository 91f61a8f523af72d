"""Requirements of a run on the mathematics: types, shapes and dtypes of results, unchanged arguments.

Checked with a model of its own, once for each version of the learner's code, so that training itself costs nothing.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..activations import Array
from ..buffers import split
from ..learner.code import LearnerError
from ..updates import make
from .run import TrainingRun


def check_contract(run: TrainingRun, read_config: Any) -> None:
    """Make passes and an update with a model of its own; of two batches, so that nothing is kept between them.

    Parameters
    ----------
    run : a run, of any package, from which weights and samples are taken
    read_config : class `RunConfig` of the package to check

    Raises
    ------
    LearnerError
        If a result cannot be used, in a sentence with the function's line.
    """
    config, samples = read_config.from_dict(run.config.to_dict()), run.trainer.samples
    model = config.make_model()
    _check_parameters(model, run)
    model.parameters[:] = run.model.parameters
    for count in (min(run.trainer.config.batch_size, len(samples)), 1):
        _check_pass(run, model, samples.x[:count].copy(), samples.y[:count].copy())
    _check_update(run, model)


def _check_parameters(model: Any, run: TrainingRun) -> None:
    """Check the names and shapes of the parameters against the embedding and the widths of the config."""
    named, expected = model.named_parameters(), _shapes(run)
    found = {name: values.shape for name, values in named.items()}
    if found != expected:
        name = next((name for name in expected if found.get(name) != expected[name]), *(found.keys() - expected.keys()))
        _refuse(model.named_parameters, f"must give {name} the shape {expected.get(name)}, got {found.get(name)}")


def _shapes(run: TrainingRun) -> dict[str, tuple[int, ...]]:
    config = run.config
    shapes: dict[str, tuple[int, ...]] = {}
    if config.dataset.encoding == "embedding":
        shapes["embedding/weights"] = (len(config.dataset.vocabulary), config.dataset.embedding_dim)
    for k, (fan_in, fan_out) in enumerate(zip(config.shape, config.shape[1:], strict=False)):
        shapes |= {f"layers/{k}/weights": (fan_in, fan_out), f"layers/{k}/biases": (fan_out,)}
    return shapes


def _check_pass(run: TrainingRun, model: Any, x: Array, y: Array) -> None:
    """Check forward, loss and backward of one batch, whose arrays are read-only."""
    parameters = model.parameters.copy()
    x.flags.writeable = y.flags.writeable = False
    logits = model.forward(x)
    shape = (len(x), run.config.shape[-1])
    _check_array(model.forward, logits, shape, model.dtype)
    logits.flags.writeable = False
    function = _module(model, "losses").LOSSES[run.trainer.config.loss_type]
    result = function(logits, y)
    if not isinstance(result, tuple) or len(result) != 2:
        _refuse(function, f"must return a loss and its gradient, got {_kind(result)}")
    loss, gradient = result
    if not isinstance(loss, float | np.floating):
        _refuse(function, f"must return the loss as a float, got {_kind(loss)}")
    _check_array(function, gradient, shape, model.dtype)
    gradient.flags.writeable = False
    _check_array(model.backward, model.backward(gradient), (len(x), model.input_dim), model.dtype)
    _check_gradients(model)
    _check_array(model.predict, model.predict(x), shape, model.dtype)
    if not np.array_equal(model.parameters, parameters, equal_nan=True):
        _refuse(model.backward, "changed a weight or a bias: only an update may do that")


def _check_gradients(model: Any) -> None:
    """Check that every gradient was written into its place in `Model.gradients`."""
    named = model.named_parameters()
    places = split(model.gradients, (values.shape for values in named.values()))
    for name, place in zip(named, places, strict=True):
        table, _, quantity = name.rpartition("/")
        owner = model.embedding if table == "embedding" else model.layers[int(table.rpartition("/")[2])]
        values = getattr(owner, f"grad_{quantity}", None)
        if not isinstance(values, np.ndarray) or values.shape != place.shape:
            got = values.shape if isinstance(values, np.ndarray) else _kind(values)
            _refuse(owner.backward, f"must give grad_{quantity} the shape {place.shape}, got {got}")
        if not np.shares_memory(values, place):
            _refuse(
                owner.backward,
                f"must write into grad_{quantity}, as in self.grad_{quantity}[:] = …, which updates read; it made "
                "another array of that name",
            )


def _check_update(run: TrainingRun, model: Any) -> None:
    """Check an update of copies of the parameters."""
    config = run.trainer.config
    optimizer = _module(model, "optimizers").OPTIMIZERS[config.optimizer](
        model.parameters.size, model.dtype, **config.optimizer_settings
    )
    parameters, gradients = model.parameters.copy(), model.gradients.copy()
    gradients.flags.writeable = False
    make(optimizer, config, parameters, gradients)
    expected = dict.fromkeys(run.trainer.optimizer.STATE, (parameters.shape, parameters.dtype))
    state = {
        name: (getattr(vector, "shape", None), getattr(vector, "dtype", None))
        for name, vector in optimizer.state.items()
    }
    if state != expected:
        kept = f"{', '.join(expected)} in its state, with the shape and dtype of the parameters"
        _refuse(optimizer.update, f"must keep {kept if expected else 'no state'}")
    model.update(config.learning_rate)
    if not isinstance(model.parameters, np.ndarray) or not np.shares_memory(
        model.parameters, model.named_parameters()["layers/0/weights"]
    ):
        _refuse(model.update, "must change the parameters in place, as in self.parameters -= …")


def _check_array(function: Callable[..., Any], value: Any, shape: tuple[int, ...], dtype: str) -> None:
    if not isinstance(value, np.ndarray):
        _refuse(function, f"must return an array of shape {shape}, got {_kind(value)}")
    if value.shape != shape:
        _refuse(function, f"must return an array of shape {shape}, got {value.shape}")
    if value.dtype != dtype:
        _refuse(function, f"must return {dtype} numbers, got {value.dtype}")


def _kind(value: Any) -> str:
    return "nothing (None): is there a return?" if value is None else f"a {type(value).__name__}"


def _module(model: Any, name: str) -> Any:
    package = type(model).__module__.partition(".")[0]
    return importlib.import_module(f"{package}.{name}")


def _refuse(function: Callable[..., Any], message: str) -> None:
    """Raise a `LearnerError` about a function, with the line of its definition."""
    code = inspect.unwrap(getattr(function, "__func__", function)).__code__
    file = code.co_filename.rpartition("/")[2]
    raise LearnerError("result", f"{function.__qualname__} {message}.", code.co_firstlineno, file)
