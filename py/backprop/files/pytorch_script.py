"""Export of a run's model as a PyTorch script.

The script is one file that needs only PyTorch: first the model, as readable code, and last its weights, as base64 text.
Reading them from a run file would be shorter, but would fail as soon as one of the two files is moved. Names and tokens
are written as literals by `repr`, so that text from a file never becomes code.
"""

import base64
import textwrap
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import Model
from ..runs.run import TrainingRun

SAMPLES = 8  # on which the script checks its logits
TOLERANCE = 1e-6
LINE = 76  # characters of base64, as in RFC 2045

# PyTorch modules of the activation functions.
TORCH_ACTIVATIONS = {
    "gelu": 'nn.GELU(approximate="tanh")',
    "gelu_exact": "nn.GELU()",
    "relu": "nn.ReLU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "silu": "nn.SiLU()",
    "identity": "nn.Identity()",
}
TORCH_TENSORS = {"weights": "weight", "biases": "bias"}

# The text is pinned by the outputs of PyTorch in tests/data: regenerate them after a change.
_SCRIPT = '''\
"""A model trained with Backprop from Scratch, in PyTorch.

Run it: it rebuilds the model, checks that its logits are those of the original, and shows what it predicts.
It needs PyTorch, and nothing else: the weights are at the end of this file.
"""

import base64

import torch
from torch import nn

NAME = {name}
VOCABULARY = {vocabulary}
CLASSES = {classes}
STEPS = {steps}  # updates that it was trained for


class Network(nn.Module):
    """Tokens (batch, {positions}) to logits (batch, {output_dim})."""

    def __init__(self):
        super().__init__()
{embedding}        self.layers = nn.Sequential(
{layers}
        )

    def forward(self, tokens):
        x = {lookup}
        return self.layers(x.flatten(1))  # (batch, {input_dim})


def load():
    """The trained model. PyTorch keeps weights as (outputs, inputs), Backprop from Scratch as (inputs, outputs)."""
    model = Network().to(torch.{dtype})
    state = {{}}
    for name, (shape, text) in WEIGHTS.items():
        values = torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.{dtype}).reshape(shape)
        state[name] = values.T.contiguous() if name.startswith("layers") and len(shape) == 2 else values
    model.load_state_dict(state)
    return model.eval()


def check(model):
    """Compare with the original's logits, in float64 so that rounding hides nothing; returns the largest difference."""
    logits = model.to(torch.float64)(torch.tensor(SAMPLES))
    expected = torch.frombuffer(bytearray(base64.b64decode(LOGITS)), dtype=torch.float64).reshape(logits.shape)
    torch.testing.assert_close(logits, expected, rtol={tolerance}, atol={tolerance}, equal_nan=True)
    return (logits - expected).abs().max().item()


@torch.no_grad()
def main():
    print(f"{{NAME!r}} after {{STEPS}} steps:")
    model = load()
    for sample, logits in zip(SAMPLES, model(torch.tensor(SAMPLES))):
        tokens = " ".join(VOCABULARY[token] for token in sample)
        print(f"  {{tokens}} -> {{CLASSES[logits.argmax()]}}{certainty}")
    print(f"Logits of {{len(SAMPLES)}} samples agree with the original: largest difference {{check(model):.1e}}")


# The first samples of its data, as indices into the vocabulary, and the original's logits for them.
SAMPLES = [
{samples}
]
LOGITS = {logits}

# Shape and numbers of each tensor: little-endian {dtype}, row by row, in base64.
WEIGHTS = {{
{weights}
}}

if __name__ == "__main__":
    main()
'''


def to_pytorch(run: TrainingRun) -> str:
    """Return a Python script that rebuilds the run's model in PyTorch, with its current weights.

    The script checks that its logits for some samples equal those of this model to 1e-6, both in float64.
    """
    model, data = run.model, run.dataset
    tokens = data.tokens[:SAMPLES, : data.settings.positions]
    embedding = model.embedding
    return _SCRIPT.format(
        name=repr(run.name),
        vocabulary=repr(data.vocabulary),
        classes=repr(data.output_labels),
        steps=run.trainer.step,
        positions=data.settings.positions,
        input_dim=model.input_dim,
        output_dim=model.output_dim,
        embedding=f"        self.embedding = nn.Embedding({embedding.vocabulary}, {embedding.dim})\n"
        if embedding
        else "",
        layers=textwrap.indent(",\n".join(_layers(model)) + ",", " " * 12),
        lookup="self.embedding(tokens)" if embedding else _ONE_HOT,
        dtype=model.dtype,
        tolerance=TOLERANCE,
        samples="\n".join(f"    {sample}," for sample in tokens.tolist()),
        certainty=_CERTAINTY if run.config.trainer.loss_type == "cross_entropy" else "",
        logits=_base64(_logits(run)),
        weights="\n".join(_weights(model)),
    )


_CERTAINTY = "  ({logits.softmax(0).max():.1%})"
_ONE_HOT = "nn.functional.one_hot(tokens, len(VOCABULARY)).to(self.layers[0].weight.dtype)"


def _layers(model: Model) -> list[str]:
    lines = []
    for layer in model.layers:
        lines += [f"nn.Linear({layer.fan_in}, {layer.fan_out})", TORCH_ACTIVATIONS[model.activation]]
    return lines[:-1]  # the output layer has no activation function


def _weights(model: Model) -> list[str]:
    """Return the entries of the script's WEIGHTS: PyTorch's name, shape and data of each tensor."""
    step = 2  # nn.Sequential alternates linear layers and activation functions
    entries = []
    for name, values in model.named_parameters().items():
        *place, kind = name.split("/")
        path = "embedding" if place == ["embedding"] else f"layers.{step * int(place[1])}"
        entries.append(f'    "{path}.{TORCH_TENSORS[kind]}": ({list(values.shape)}, {_base64(values)}),')
    return entries


def _logits(run: TrainingRun) -> NDArray[np.float64]:
    """Return the logits of the first samples, computed in float64 from the current parameters."""
    config = run.config
    exact = replace(config, model=replace(config.model, dtype="float64")).make_model()
    exact.parameters[:] = run.model.parameters
    inputs = run.dataset.inputs[:SAMPLES]
    with np.errstate(all="ignore"):  # a diverged run
        return np.asarray(exact.predict(inputs if exact.embedding else inputs.astype(np.float64)), np.float64)


def _base64(values: NDArray[Any]) -> str:
    """Encode the little-endian bytes of an array as a Python literal, in several lines if it is long."""
    text = base64.b64encode(values.astype(values.dtype.newbyteorder("<")).tobytes()).decode()
    lines = [text[at : at + LINE] for at in range(0, len(text), LINE)]
    return f'"{text}"' if len(lines) <= 1 else '"""\n' + "\n".join(lines) + '\n"""'
