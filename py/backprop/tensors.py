"""Names, shapes, drawing order and views of every tensor of a model."""

from collections.abc import Mapping

from .activations import Array
from .buffers import split
from .data.encoding import one_hot_tokens
from .model import Model
from .optimizers import state_name


def layer_names(model: Model) -> list[str]:
    """Return the names of the embedding, if any, and of the layers, from input to output."""
    return [*(["embedding"] if model.embedding else []), *(f"layers/{k}" for k in range(len(model.layers)))]


def gradient_name(name: str) -> str:
    """Return the name of a tensor's gradient: ``layers/0/weights`` → ``layers/0/grad_weights``."""
    place, slash, quantity = name.rpartition("/")
    return f"{place}{slash}grad_{quantity}"


def shapes(model: Model, state: Mapping[str, Array] | None = None) -> dict[str, tuple[int, ...]]:
    """Return name → shape of every tensor of a model's last pass and of an optimizer's state, as in a frame.

    Raises
    ------
    ValueError
        If there was no forward pass yet.
    """
    if not hasattr(model.layers[0], "pre_activations"):
        raise ValueError("tensor must be computed first: there was no forward pass yet")
    batch, table = len(model.layers[0].pre_activations), model.embedding
    forward: dict[str, tuple[int, ...]] = {"inputs": (batch, model.input_dim)}
    if table:
        positions = model.input_dim // table.dim
        forward["inputs"] = (batch, positions * table.vocabulary)
        forward |= {"embedding/weights": table.weights.shape, "embedding/activations": (batch, model.input_dim)}
    for k, layer in enumerate(model.layers):
        forward |= {f"layers/{k}/weights": layer.weights.shape, f"layers/{k}/biases": layer.biases.shape}
        forward[f"layers/{k}/pre_activations"] = (batch, layer.fan_out)
        if layer is not model.layers[-1]:
            forward[f"layers/{k}/activations"] = (batch, layer.fan_out)
    backward = {gradient_name(name): shape for name, shape in forward.items()}
    if table:
        del backward["grad_inputs"]  # token indices have no gradient
    return forward | backward | {name: values.shape for name, values in state_tensors(model, state or {}).items()}


def forward_tensors(model: Model) -> dict[str, Array]:
    """Return name → tensor of the last forward pass, from the inputs to the logits."""
    layers = model.layers
    if model.embedding:
        tensors = {
            "inputs": one_hot_tokens(model.embedding.tokens, model.embedding.vocabulary),
            "embedding/weights": model.embedding.weights,
            "embedding/activations": model.embedding.activations,
        }
    else:
        tensors = {"inputs": layers[0].inputs}
    for k, layer in enumerate(layers):
        tensors[f"layers/{k}/weights"] = layer.weights
        tensors[f"layers/{k}/biases"] = layer.biases
        tensors[f"layers/{k}/pre_activations"] = layer.pre_activations
        if layer is not layers[-1]:
            tensors[f"layers/{k}/activations"] = layer.activations
    return tensors


def backward_tensors(model: Model) -> dict[str, Array]:
    """Return name → gradient of the tensors of the last pass, in the same order; token indices have none."""
    names = [gradient_name(name) for name in forward_tensors(model)]
    return {name: model_tensor(model, name) for name in names if not (model.embedding and name == "grad_inputs")}


def state_tensors(model: Model, state: Mapping[str, Array]) -> dict[str, Array]:
    """Return name → matrix of an optimizer's state, layer by layer: ``layers/0/velocity_weights`` and so on."""
    views = {vector: like_parameters(model, flat) for vector, flat in state.items()}
    return {
        state_name(vector, name): values
        for place in layer_names(model)
        for vector, named in views.items()
        for name, values in named.items()
        if name.rpartition("/")[0] == place
    }


def all_tensors(model: Model, state: Mapping[str, Array]) -> dict[str, Array]:
    """Return name → tensor of a model's last pass and of an optimizer's state, as in a frame."""
    return forward_tensors(model) | backward_tensors(model) | state_tensors(model, state)


def find_tensor(model: Model, state: Mapping[str, Array], name: object) -> Array:
    """Return one of `all_tensors`.

    Raises
    ------
    ValueError
        If no tensor has this name.
    """
    tensors = all_tensors(model, state)
    if not isinstance(name, str) or name not in tensors:
        raise ValueError(f"tensor must be one of {', '.join(tensors)}, got {str(name)[:60]!r}")
    return tensors[name]


def model_tensor(model: Model, name: str) -> Array:
    """Return a tensor of the model by name, except the one-hot inputs of an embedding: see `forward_tensors`."""
    place, _, quantity = name.rpartition("/")
    if place == "embedding":
        values: Array = getattr(model.embedding, quantity)
    else:
        values = getattr(model.layers[int(place.removeprefix("layers/")) if place else 0], quantity)
    return values


def like_parameters(model: Model, vector: Array) -> dict[str, Array]:
    """Return name → view into a flat vector with the layout of the model's parameters."""
    if vector.shape != model.parameters.shape:
        raise ValueError(f"parameters must have the shape of the model's, {model.parameters.shape}, got {vector.shape}")
    named = model.named_parameters()
    return dict(zip(named, split(vector, (values.shape for values in named.values())), strict=True))
