"""Example configs: one that learns well, and one for each problem of training.

Each raises its `warnings` of `flow_warnings` for any seed; the healthy one raises none.
"""

from typing import Any, NamedTuple


class Preset(NamedTuple):
    """An example config.

    Attributes
    ----------
    name : identifier
    title, text : title and description on the page
    config : plain data for `RunConfig.from_dict`
    warnings : kinds of warnings that it always raises
    """

    name: str
    title: str
    text: str
    config: dict[str, dict[str, Any]]
    warnings: tuple[str, ...]


PRESETS = (
    Preset("healthy", "Healthy", "All layers learn at the same pace: no warning.", {}, ()),
    Preset(
        "tiny_learning_rate",
        "Tiny learning rate",
        "The gradients are normal, but a step changes the weights by a millionth of their size.",
        {"trainer": {"learning_rate": 1e-5}},
        ("small_updates",),
    ),
    Preset(
        "huge_learning_rate",
        "Huge learning rate",
        "A step changes the weights by half of their size; tanh saturates within a few steps.",
        {"model": {"activation": "tanh"}, "trainer": {"learning_rate": 5}},
        ("large_updates", "saturated"),
    ),
    Preset(
        "deep_sigmoid",
        "12 layers of sigmoid",
        "The slope of sigmoid is at most 1/4: after 12 layers the gradient has almost vanished.",
        {"model": {"hidden_dims": [16] * 12, "activation": "sigmoid"}},
        ("vanishing",),
    ),
    Preset(
        "large_initialization",
        "Initial weights too large",
        "With weights around ±1 the gradient grows in each of 12 layers of tanh; clipping limits the updates.",
        {
            "model": {"hidden_dims": [48] * 12, "activation": "tanh", "initialization": "standard_normal"},
            "trainer": {"learning_rate": 1e-3, "clip_norm": 1},
        },
        ("exploding", "saturated"),
    ),
    Preset(
        "zero_initialization",
        "All initial weights zero",
        "All units of a layer get the same gradient and stay identical; with GELU the gradient is zero.",
        {"model": {"initialization": "zeros"}},
        ("identical",),
    ),
    Preset(
        "dead_relu",
        "Dead ReLUs",
        "A large step makes units negative for every sample: their gradient stays zero from then on.",
        {"model": {"activation": "relu"}, "trainer": {"learning_rate": 3}},
        ("dead",),
    ),
    Preset(
        "diverging",
        "Diverging",
        "Each step overshoots more than the last, until the numbers overflow.",
        {"model": {"activation": "identity"}, "trainer": {"learning_rate": 50, "loss_type": "mse"}},
        ("diverged",),
    ),
)
