"""A neural network in plain NumPy: forward, backward, update. Read it from top to bottom.

A network is a chain of layers. Each layer computes weighted sums of its inputs x (z = x W + b) and applies an
activation function (a = f(z)); a is the input x of the next layer. The outputs of the last layer are called logits.

A loss L measures how wrong the logits are. *Backpropagation* answers one question for every weight W, every bias b and
every number in between: if this number grew a little, how fast would the loss grow? This rate is its gradient, dL/dW
for a weight. It follows from the chain rule of calculus, one layer at a time, from the loss back to the input:
`Model.backward`. Learning is then to move every parameter a small step against its gradient: `Model.update`.

Shapes are written as (rows, columns). Each row of x, z or a belongs to one sample of the batch.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import ACTIVATIONS, Array
from .buffers import Buffers, allocate_parameters
from .embedding import Embedding, make_embedding
from .limits import LIMITS, check_choice, check_hidden_dims, check_integer, check_seed
from .randomness import seeded_generator

DTYPES = ("float32", "float64")
INITIALIZATIONS = ("xavier_uniform", "standard_normal", "zeros")


class Layer:
    """One fully connected layer: z = x W + b, then a = f(z).

    Attributes
    ----------
    weights : (fan_in, fan_out), W: entry [i, j] is the weight of input i in unit j
    biases : (fan_out,), b: constant added to the sum of unit j
    inputs : (batch, fan_in), x
    pre_activations : (batch, fan_out), z
    activations : (batch, fan_out), a; equal to z in the output layer, which has no activation function
    slopes : (batch, fan_out), f'(z) = da/dz; 1 in the output layer. `Model.backward` computes the slopes of all hidden
        layers in one call before it visits the layers
    cache : (batch, fan_out), intermediate values of f that f' reuses
    grad_weights, grad_biases, grad_pre_activations, grad_activations
        dL/dW, dL/db, dL/dz and dL/da, with the shapes of W, b, z and a
    grad_inputs : (batch, fan_in), dL/dx; the same array as the previous layer's grad_activations
    passes_on : bool, whether `backward` computes dL/dx; nothing before the first layer needs it to learn
    """

    weights: Array
    biases: Array
    inputs: Array
    pre_activations: Array
    activations: Array
    slopes: Array
    cache: Array
    grad_weights: Array
    grad_biases: Array
    grad_pre_activations: Array
    grad_activations: Array
    grad_inputs: Array

    def __init__(self, fan_in: int, fan_out: int, activation: str) -> None:
        self.fan_in = fan_in
        self.fan_out = fan_out
        self.activation = ACTIVATIONS[activation]
        self.passes_on = True

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return name → shape of weights and biases."""
        return {"weights": (self.fan_in, self.fan_out), "biases": (self.fan_out,)}

    def forward(self, x: Array) -> Array:
        """Compute a (batch, fan_out) from x (batch, fan_in)."""
        self.inputs = x
        z = np.matmul(x, self.weights, out=self.pre_activations)  # (batch, fan_out)
        z += self.biases
        return self.activation.value(z, out=self.activations, cache=self.cache)

    def backward(self, grad_a: Array) -> Array:
        """Compute dL/dx (batch, fan_in) from dL/da (batch, fan_out), and fill the gradients of this layer."""
        self.grad_activations = grad_a
        # a = f(z), so a small change of z changes a by f'(z) times as much.
        grad_z = np.multiply(grad_a, self.slopes, out=self.grad_pre_activations)  # (batch, fan_out)
        # z = x W + b. W[i, j] affects the loss through z[n, j] of every sample n, at rate dz/dW = x[n, i]: sum over n.
        np.matmul(self.inputs.T, grad_z, out=self.grad_weights)  # (fan_in, fan_out)
        # b[j] affects it through the same z[n, j], at rate 1: sum over n.
        np.add.reduce(grad_z, axis=0, out=self.grad_biases)  # (fan_out,)
        if not self.passes_on:
            return self.grad_inputs  # as it was
        # x[n, i] affects it through z[n, j] of every unit j, at rate W[i, j]: sum over j.
        return np.matmul(grad_z, self.weights.T, out=self.grad_inputs)  # (batch, fan_in)


class Model:
    """A multilayer perceptron: fully connected layers with one activation function, and logits as output.

    Parameters
    ----------
    input_dim : int, numbers per sample
    hidden_dims : widths of the hidden layers, such as (32, 32); () is a linear model
    output_dim : int, logits per sample
    activation : a name in `activations.ACTIVATIONS`; the output layer has none
    seed : int, seed of the generator for the initial weights
    dtype : "float32" or "float64"
    initialization : initial weights, a name in `INITIALIZATIONS`; "zeros" shows why they must differ, and
        "standard_normal", in deep models, why they must be small
    vocabulary_size, embedding_dim : ints, given together for a model with token inputs; then
        input_dim = positions · embedding_dim, and an `Embedding` comes first

    Attributes
    ----------
    layers : list of `Layer`, the output layer last
    embedding : `Embedding` or None
    tables : the embedding, if there is one, and the layers
    parameters, gradients : flat vectors of all parameters and their gradients. The weights, biases and gradients of
        each layer are views into them, so that one line updates the whole network.

    Raises
    ------
    ValueError
        If a value is outside its range in `limits.LIMITS`.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dims: tuple[int, ...],
        output_dim: int,
        *,
        activation: str = "gelu",
        seed: int = 0,
        dtype: str = "float32",
        initialization: str = "xavier_uniform",
        vocabulary_size: int | None = None,
        embedding_dim: int | None = None,
    ) -> None:
        self.hidden_dims = check_hidden_dims(hidden_dims)
        self.activation = check_choice("activation", activation, ACTIVATIONS)
        self.seed = check_seed("seed", seed)
        self.dtype = check_choice("dtype", dtype, DTYPES)
        self.initialization = check_choice("initialization", initialization, INITIALIZATIONS)
        self.input_dim = check_integer("input_dim", input_dim, 1, LIMITS["parameters"][1])
        self.output_dim = check_integer("output_dim", output_dim, 1, LIMITS["width"][1])
        self.embedding = make_embedding(self.input_dim, vocabulary_size, embedding_dim)
        widths = [self.input_dim, *self.hidden_dims, self.output_dim]
        names = [self.activation] * len(self.hidden_dims) + ["identity"]
        self.layers = [Layer(*sizes) for sizes in zip(widths[:-1], widths[1:], names, strict=True)]
        self.tables: list[Layer | Embedding] = [*([self.embedding] if self.embedding else []), *self.layers]
        self.parameters, self.gradients = allocate_parameters(self.tables, self.dtype)
        if self.initialization != "zeros":
            self._draw_parameters()
        columns = self.input_dim // self.embedding.dim if self.embedding else self.input_dim
        self.buffers = Buffers(self.layers, columns, self.dtype)

    def forward(self, x: NDArray[Any]) -> Array:
        """Compute the logits of a batch, layer by layer, and keep all intermediate values for `backward`.

        Parameters
        ----------
        x : array (batch, input_dim), or token indices (batch, positions) if the model has an embedding.
            Not copied: it must not change before `backward`.

        Returns
        -------
        array (batch, output_dim), the raw logits

        Raises
        ------
        ValueError
            If x has another shape.
        """
        self.buffers.use(x.shape)
        a = self.embedding.forward(x) if self.embedding else x
        for layer in self.layers:
            a = layer.forward(a)
        return a.copy()

    def backward(self, grad_logits: Array) -> Array:
        """Compute the gradients of all numbers of the last `forward`, from the last layer to the first.

        Parameters
        ----------
        grad_logits : array (batch, output_dim), dL/dlogits, from a function in `losses`

        Returns
        -------
        array (batch, input_dim), dL/dx; with an embedding, with respect to its output

        Raises
        ------
        ValueError
            If grad_logits does not have the shape of the logits, or `forward` was not called before.
        """
        buffers = self.buffers.current
        if buffers is None or grad_logits.shape != self.layers[-1].activations.shape:
            raise ValueError(
                f"grad_logits must have the shape of the logits that forward returned, got {grad_logits.shape}"
            )
        # f'(z) of all hidden units, in one call.
        f = ACTIVATIONS[self.activation]
        f.slope(buffers.pre_activations, buffers.activations, out=buffers.slopes, cache=buffers.cache)
        grad_a = grad_logits
        for layer in reversed(self.layers):
            grad_a = layer.backward(grad_a)
        if self.embedding:
            self.embedding.backward(grad_a)
        return grad_a.copy()

    def update(self, learning_rate: float) -> None:
        """Apply one step of gradient descent in place: θ ← θ - learning_rate · dL/dθ for every parameter θ."""
        self.parameters -= learning_rate * self.gradients

    def predict(self, x: NDArray[Any]) -> Array:
        """Compute the logits (batch, output_dim) as `forward` does, without keeping intermediate values."""
        a = self.embedding.weights[x].reshape(len(x), -1) if self.embedding else x
        for layer in self.layers:
            a = layer.activation.value(a @ layer.weights + layer.biases)
        return a

    def named_parameters(self) -> dict[str, Array]:
        """Return name → view of each parameter tensor: `layers/0/weights`, `layers/0/biases` and so on."""
        named = {"embedding/weights": self.embedding.weights} if self.embedding else {}
        for k, layer in enumerate(self.layers):
            named |= {f"layers/{k}/weights": layer.weights, f"layers/{k}/biases": layer.biases}
        return named

    def named_gradients(self) -> dict[str, Array]:
        """Return name → view of the gradient of each parameter tensor, under the parameter's name."""
        named = {"embedding/weights": self.embedding.grad_weights} if self.embedding else {}
        for k, layer in enumerate(self.layers):
            named |= {f"layers/{k}/weights": layer.grad_weights, f"layers/{k}/biases": layer.grad_biases}
        return named

    def _draw_parameters(self) -> None:
        """Draw the initial weights, Xavier uniform by default; biases stay 0.

        Glorot & Bengio (2010), eq. 16: U(-l, l), l = √(6 / (fan_in + fan_out)). With equal initial weights, all units
        of a layer compute the same output, get the same gradient and stay equal. With much larger ones, as
        "standard_normal", N(0, 1), each layer amplifies its inputs and gradients: in deep models they explode.
        """
        generator = seeded_generator(self.seed)
        for name, values in self.named_parameters().items():
            if not name.endswith("weights"):
                continue
            if self.initialization == "standard_normal":
                values[:] = generator.standard_normal(values.shape)
            else:
                limit = math.sqrt(6 / sum(values.shape))
                values[:] = generator.uniform(-limit, limit, values.shape)
