"""A neural network, by hand: forward, backward, update. Read it from top to bottom.

A network is a chain of layers. Each takes numbers x, weighs and sums them (z = x W + b), and bends the result with an
activation function (a = f(z)); a is the x of the next layer. The last layer's numbers are called logits.

A loss L says how wrong the logits are. *Backpropagation* answers, for every weight W, every bias b and every number on
the way: if this one grew a little, how fast would the loss grow? That rate is its gradient, dL/dW for a weight. It
follows from the chain rule of calculus, one layer at a time, from the loss back to the input. `Model.backward` is that
walk, and all there is to it. To learn is then to move every parameter a small step against its gradient:
`Model.update`.

Shapes are written as (rows, columns). One row of x, z or a belongs to one sample of the batch.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import ACTIVATIONS, Array
from .limits import LIMITS, check_choice, check_hidden_dims, check_integer, check_seed, check_total
from .randomness import seeded_generator

DTYPES = ("float32", "float64")
INITIALIZATIONS = ("xavier_uniform", "standard_normal", "zeros")


class Layer:
    """One fully connected layer: z = x W + b, then a = f(z).

    Attributes
    ----------
    weights : (fan_in, fan_out), W: entry [i, j] is how much input i counts for unit j
    biases : (fan_out,), b: what unit j adds whatever comes in
    inputs : (batch, fan_in), x: what came in
    pre_activations : (batch, fan_out), z
    activations : (batch, fan_out), a; equal to z in the output layer, which has no activation function
    slopes : (batch, fan_out), f'(z): how fast a grows with z; 1 in the output layer
    aside : (batch, fan_out), what f found on its way from z to a and f' can go on from
    grad_weights, grad_biases, grad_pre_activations, grad_activations
        dL/dW, dL/db, dL/dz and dL/da, each of the shape of what it is the gradient of
    grad_inputs : (batch, fan_in), dL/dx; the very array that is the previous layer's grad_activations
    """

    weights: Array
    biases: Array
    inputs: Array
    pre_activations: Array
    activations: Array
    slopes: Array
    aside: Array
    grad_weights: Array
    grad_biases: Array
    grad_pre_activations: Array
    grad_activations: Array
    grad_inputs: Array

    def __init__(self, fan_in: int, fan_out: int, activation: str) -> None:
        self.fan_in = fan_in
        self.fan_out = fan_out
        self.activation = ACTIVATIONS[activation]

    def parameter_shapes(self) -> list[tuple[int, ...]]:
        """Shapes of weights and biases."""
        return [(self.fan_in, self.fan_out), (self.fan_out,)]

    def forward(self, x: Array) -> Array:
        """x (batch, fan_in) → a (batch, fan_out)."""
        self.inputs = x
        z = np.matmul(x, self.weights, out=self.pre_activations)  # (batch, fan_out)
        z += self.biases
        return self.activation.value(z, out=self.activations, aside=self.aside)

    def backward(self, grad_a: Array) -> Array:
        """dL/da (batch, fan_out) → dL/dx (batch, fan_in); fills the gradients of this layer on the way."""
        self.grad_activations = grad_a
        # a = f(z), so nudging z moves a by f'(z) as much.
        grad_z = np.multiply(grad_a, self.slopes, out=self.grad_pre_activations)  # (batch, fan_out)
        # z = x W + b. W[i, j] reaches the loss through z[n, j] of every sample n, with strength x[n, i]: sum over n.
        np.matmul(self.inputs.T, grad_z, out=self.grad_weights)  # (fan_in, fan_out)
        # b[j] reaches it through the same z[n, j], with strength 1: sum over n.
        np.add.reduce(grad_z, axis=0, out=self.grad_biases)  # (fan_out,)
        # x[n, i] reaches it through z[n, j] of every unit j, with strength W[i, j]: sum over j.
        return np.matmul(grad_z, self.weights.T, out=self.grad_inputs)  # (batch, fan_in)


class Embedding:
    """A learnable table with one row of numbers for each token: the first layer of a model that reads tokens.

    Looking up row t is the same as multiplying a one-hot row vector for t with the table, so this is a layer without
    biases and without activation function, and its gradient follows the same rule: dL/dW = xᵀ dL/dz, x being the
    one-hot vectors.

    Attributes
    ----------
    weights : (vocabulary, dim), the table
    tokens : integers (batch, positions), what was looked up
    activations : (batch, positions · dim), the rows found, side by side
    grad_weights, grad_activations : dL/d of each
    """

    weights: Array
    grad_weights: Array
    tokens: NDArray[np.integer[Any]]
    activations: Array
    grad_activations: Array

    def __init__(self, vocabulary: int, dim: int) -> None:
        self.vocabulary = vocabulary
        self.dim = dim

    def parameter_shapes(self) -> list[tuple[int, ...]]:
        """Shape of the table."""
        return [(self.vocabulary, self.dim)]

    def forward(self, tokens: NDArray[np.integer[Any]]) -> Array:
        """tokens (batch, positions) → their rows (batch, positions · dim)."""
        self.tokens = tokens
        self.activations = self.weights[tokens].reshape(len(tokens), -1)
        return self.activations

    def backward(self, grad_a: Array) -> None:
        """dL/da (batch, positions · dim) → grad_weights: each occurrence of a token adds its part to its row."""
        self.grad_activations = grad_a
        occurs = self.tokens.ravel() == np.arange(self.vocabulary)[:, None]  # (vocabulary, batch · positions)
        grad_rows = grad_a.reshape(-1, self.dim)  # (batch · positions, dim)
        np.matmul(occurs.astype(grad_rows.dtype), grad_rows, out=self.grad_weights)


class Model:
    """A multilayer perceptron: layers of weights and biases, one activation function, raw logits at the end.

    Parameters
    ----------
    input_dim : int, numbers in one sample
    hidden_dims : widths of the hidden layers, such as (32, 32); () is a linear model
    output_dim : int, logits for one sample
    activation : a name in `activations.ACTIVATIONS`; the output layer has none
    seed : int, of the generator that draws the first weights
    dtype : "float32" or "float64"
    initialization : the first weights, a name in `INITIALIZATIONS`; "zeros" shows why they must differ, and
        "standard_normal", in deep models, why they must not be large
    vocabulary_size, embedding_dim : ints, given together for a model that reads token indices; then
        input_dim = positions · embedding_dim, and the first layer is an `Embedding`

    Attributes
    ----------
    layers : list of `Layer`, the output layer last
    embedding : `Embedding` or None
    parameters, gradients : flat vectors of everything that is learned and of its gradients.
        Each layer's weights, biases and their gradients are views into them, so the update of a whole network is one
        line.

    Raises
    ------
    ValueError
        If a value is out of the range that `limits.LIMITS` states.
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
        self.embedding = _embedding(self.input_dim, vocabulary_size, embedding_dim)
        widths = [self.input_dim, *self.hidden_dims, self.output_dim]
        names = [self.activation] * len(self.hidden_dims) + ["identity"]
        self.layers = [Layer(*sizes) for sizes in zip(widths[:-1], widths[1:], names, strict=True)]
        self._allocate_parameters()
        if self.initialization != "zeros":
            self._draw_parameters()
        self._rooms: dict[tuple[int, ...], _Room] = {}
        self._room: _Room | None = None

    def forward(self, x: NDArray[Any]) -> Array:
        """Compute the logits of a batch, layer by layer, and keep every number on the way.

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
        self._enter_room(x)
        a = self.embedding.forward(x) if self.embedding else x
        for layer in self.layers:
            a = layer.forward(a)
        return a.copy()

    def backward(self, grad_logits: Array) -> Array:
        """Compute dL/d of every number of the last `forward`, from the last layer to the first.

        Parameters
        ----------
        grad_logits : array (batch, output_dim), dL/dlogits, from a function in `losses`

        Returns
        -------
        array (batch, input_dim), dL/dx; with an embedding, with respect to the rows looked up

        Raises
        ------
        ValueError
            If grad_logits has not the shape of the logits, or nothing went forward before.
        """
        room = self._room
        if room is None or grad_logits.shape != self.layers[-1].activations.shape:
            raise ValueError(
                f"grad_logits must have the shape of the logits that forward returned, got {grad_logits.shape}"
            )
        # f'(z) of every unit of all hidden layers, in one call.
        f = ACTIVATIONS[self.activation]
        f.slope(room.pre_activations, room.activations, out=room.slopes, aside=room.aside)
        grad_a = grad_logits
        for layer in reversed(self.layers):
            grad_a = layer.backward(grad_a)
        if self.embedding:
            self.embedding.backward(grad_a)
        return grad_a.copy()

    def update(self, learning_rate: float) -> None:
        """Gradient descent, in place: move every parameter against its gradient, by learning_rate times its size."""
        self.parameters -= learning_rate * self.gradients

    def predict(self, x: NDArray[Any]) -> Array:
        """Compute the logits (batch, output_dim) as `forward` does, but keep nothing: for measuring a model."""
        a = self.embedding.weights[x].reshape(len(x), -1) if self.embedding else x
        for layer in self.layers:
            a = layer.activation.value(a @ layer.weights + layer.biases)
        return a

    def named_parameters(self) -> dict[str, Array]:
        """Return all that is learned, by name, as views: `layers/0/weights`, `layers/0/biases` and so on."""
        named = {"embedding/weights": self.embedding.weights} if self.embedding else {}
        for k, layer in enumerate(self.layers):
            named |= {f"layers/{k}/weights": layer.weights, f"layers/{k}/biases": layer.biases}
        return named

    def named_gradients(self) -> dict[str, Array]:
        """The gradient of each, under the name of what it is the gradient of."""
        named = {"embedding/weights": self.embedding.grad_weights} if self.embedding else {}
        for k, layer in enumerate(self.layers):
            named |= {f"layers/{k}/weights": layer.grad_weights, f"layers/{k}/biases": layer.grad_biases}
        return named

    # Above is backpropagation. Below is only where its numbers live: one long vector per quantity, and each layer's
    # part of it.

    def _allocate_parameters(self) -> None:
        tables: list[Layer | Embedding] = [self.embedding, *self.layers] if self.embedding else [*self.layers]
        shapes = [shape for table in tables for shape in table.parameter_shapes()]
        size = sum(math.prod(shape) for shape in shapes)
        check_total("hidden_dims", "parameters", size, "number of parameters")
        self.parameters: Array = np.zeros(size, self.dtype)
        self.gradients: Array = np.zeros(size, self.dtype)
        values, gradients = iter(_split(self.parameters, shapes)), iter(_split(self.gradients, shapes))
        for table in tables:
            table.weights, table.grad_weights = next(values), next(gradients)
            if isinstance(table, Layer):
                table.biases, table.grad_biases = next(values), next(gradients)

    def _draw_parameters(self) -> None:
        """Xavier uniform, Glorot & Bengio (2010), eq. 16: U(-l, l), l = √(6 / (fan_in + fan_out)). Biases stay 0.

        If all weights began at 0, all units of a layer would compute the same, get the same gradient and stay the same.
        If they began much larger, as with "standard_normal", N(0, 1), each layer would make what passes through it
        larger, forward or backward: with many layers activations or gradients explode.
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

    def _enter_room(self, x: NDArray[Any]) -> None:
        """Point every layer at the arrays for this batch size; a size met before finds its own again."""
        room = self._rooms.get(x.shape) or self._add_room(x.shape)
        if room is not self._room:
            self._room = room
            room.enter(self.layers)

    def _add_room(self, shape: tuple[int, ...]) -> "_Room":
        columns = self.input_dim // self.embedding.dim if self.embedding else self.input_dim
        if len(shape) != 2 or shape[1] != columns or shape[0] == 0:
            raise ValueError(f"x must have shape (batch, {columns}) with a batch of 1 or more, got {shape}")
        if len(self._rooms) == 4:  # enough for a batch, the short last one, a single sample, and one to spare
            self._rooms.pop(next(iter(self._rooms)))
        room = self._rooms[shape] = _Room(shape[0], self.layers, self.dtype)
        return room


class _Room:
    """The arrays that one batch size needs: one long vector per quantity for all hidden layers together.

    In the output layer a and z are one array, and the slope is 1. What one layer calls grad_inputs, the layer before it
    calls grad_activations.
    """

    def __init__(self, batch: int, layers: list[Layer], dtype: str) -> None:
        hidden = [(batch, layer.fan_out) for layer in layers[:-1]]
        self.pre_activations, self.activations, self.slopes, self.aside, grad_z, grad_a = np.zeros(
            (6, sum(math.prod(shape) for shape in hidden)), dtype
        )
        logits, grad_logits = np.zeros((2, batch, layers[-1].fan_out), dtype)
        grad_x = np.zeros((batch, layers[0].fan_in), dtype)
        self._parts = list(
            zip(
                [*_split(self.pre_activations, hidden), logits],
                [*_split(self.activations, hidden), logits],
                [*_split(self.slopes, hidden), np.ones((1, 1), dtype)],
                [*_split(self.aside, hidden), logits],
                [*_split(grad_z, hidden), grad_logits],
                [grad_x, *_split(grad_a, hidden)],
                strict=True,
            )
        )

    def enter(self, layers: list[Layer]) -> None:
        for layer, (z, a, slopes, aside, grad_z, grad_x) in zip(layers, self._parts, strict=True):
            layer.pre_activations, layer.activations, layer.slopes, layer.aside = z, a, slopes, aside
            layer.grad_pre_activations, layer.grad_inputs = grad_z, grad_x


def _split(vector: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Views into a flat vector, one of each shape, one behind the other."""
    ends = np.cumsum([math.prod(shape) for shape in shapes], dtype=int)[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(vector, ends), shapes, strict=True)] if shapes else []


def _embedding(input_dim: int, vocabulary_size: int | None, embedding_dim: int | None) -> Embedding | None:
    if vocabulary_size is None and embedding_dim is None:
        return None
    vocabulary = check_integer("vocabulary_size", vocabulary_size, *LIMITS["vocabulary"])
    dim = check_integer("embedding_dim", embedding_dim, *LIMITS["embedding_dim"])
    if input_dim % dim:
        raise ValueError(f"input_dim must be positions times embedding_dim ({dim}), got {input_dim}")
    return Embedding(vocabulary, dim)
