"""Configs to start from: one that learns well, and for each thing that can go wrong one that shows it.

What `warnings` here promises, `flow_warnings` says of each, whatever the seeds; of the healthy one it says nothing.
"""

from typing import Any, NamedTuple


class Preset(NamedTuple):
    """A config to start from.

    Attributes
    ----------
    name : what it is called by programs
    title, text : what it is called for people, and what is to be seen
    config : plain data for `RunConfig.from_dict`
    warnings : kinds of warnings that it is certain to raise
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
        "The gradients are as they should be, but a step moves the weights by a millionth.",
        {"trainer": {"learning_rate": 1e-5}},
        ("small_updates",),
    ),
    Preset(
        "huge_learning_rate",
        "Huge learning rate",
        "A step replaces half of the weights; tanh is driven to its flat ends within a few steps.",
        {"model": {"activation": "tanh"}, "trainer": {"learning_rate": 5}},
        ("large_updates", "saturated"),
    ),
    Preset(
        "deep_sigmoid",
        "12 layers of sigmoid",
        "The slope of sigmoid is at most 1/4: after 12 layers hardly any gradient is left.",
        {"model": {"hidden_dims": [16] * 12, "activation": "sigmoid"}},
        ("vanishing",),
    ),
    Preset(
        "large_initialization",
        "Weights begin too large",
        "With weights around ±1 the gradient grows with each of 12 layers of tanh; only clipping holds the updates.",
        {
            "model": {"hidden_dims": [48] * 12, "activation": "tanh", "initialization": "standard_normal"},
            "trainer": {"learning_rate": 1e-3, "clip_norm": 1},
        },
        ("exploding", "saturated"),
    ),
    Preset(
        "zero_initialization",
        "All weights begin at zero",
        "All units of a layer get the same gradient and stay the same; with GELU they get none at all.",
        {"model": {"initialization": "zeros"}},
        ("identical",),
    ),
    Preset(
        "dead_relu",
        "Dead ReLUs",
        "Too large a step pushes units below zero for every sample: their gradient is zero for ever.",
        {"model": {"activation": "relu"}, "trainer": {"learning_rate": 3}},
        ("dead",),
    ),
    Preset(
        "diverging",
        "Diverging",
        "Each step overshoots by more than the last, until the numbers are infinite.",
        {"model": {"activation": "identity"}, "trainer": {"learning_rate": 50, "loss_type": "mse"}},
        ("diverged",),
    ),
)
