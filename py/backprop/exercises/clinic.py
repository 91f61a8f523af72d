"""The bug clinic: fourteen broken versions of the mathematics that train all the same, or nearly.

Each is a change of one or two lines. The learner names tensor and line, mends it, and the gradient check confirms.
"""

from typing import NamedTuple

from ..learner.patch import Patch, patched

WEIGHTS, BIASES, TABLE = "weights", "biases", "embedding/weights"


class Bug(NamedTuple):
    """One broken version.

    Attributes
    ----------
    name : short name of the mistake
    file : file of the package that it is in
    right, wrong : text of the file, which occurs once, and the text in its place
    red : kinds of tensors whose gradients are wrong: "weights", "biases", "embedding/weights"
    layers : the layers that are affected: "all", "first", or "hidden" (all but the last)
    why : how the mistake shows, in a sentence for after the mending
    """

    name: str
    file: str
    right: str
    wrong: str
    red: tuple[str, ...]
    layers: str
    why: str

    def patched(self) -> dict[str, str]:
        """Return file → source of the broken version.

        Raises
        ------
        ValueError
            If the text is not in the file exactly once.
        """
        return patched([Patch(self.file, self.right, self.wrong)])

    def red_tensors(self, num_layers: int, *, has_embedding: bool) -> set[str]:
        """Return the names of the tensors whose gradients are wrong, in a network of some layers."""
        affected = {"all": num_layers, "hidden": num_layers - 1, "first": 1}[self.layers]
        names = {f"layers/{k}/{kind}" for k in range(affected) for kind in self.red if kind != TABLE}
        return names | ({TABLE} if has_embedding and TABLE in self.red else set())


BUGS = (
    Bug(
        "bias mean",
        "model.py",
        "np.add.reduce(grad_z, axis=0, out=self.grad_biases)",
        "np.mean(grad_z, axis=0, out=self.grad_biases)",
        (BIASES,),
        "all",
        "The biases learn too slowly by a factor of N. The weights take over, so the loss hides it.",
    ),
    Bug(
        "bias of the first sample",
        "model.py",
        "np.add.reduce(grad_z, axis=0, out=self.grad_biases)",
        "self.grad_biases[:] = grad_z[0]",
        (BIASES,),
        "all",
        "The biases follow one sample of each batch: noise, which averages out over many steps.",
    ),
    Bug(
        "repeated tokens lost",
        "embedding.py",
        "np.matmul(occurs.astype(grad_rows.dtype), grad_rows, out=self.grad_weights)",
        "self.grad_weights[:] = 0\n        self.grad_weights[self.tokens.ravel()] += grad_rows",
        (TABLE,),
        "all",
        "With an index array += adds one of the rows of a repeated token. np.add.at adds all.",
    ),
    Bug(
        "embedding never updated",
        "embedding.py",
        "np.matmul(occurs.astype(grad_rows.dtype), grad_rows, out=self.grad_weights)",
        "np.matmul(occurs.astype(grad_rows.dtype), grad_rows)",
        (TABLE,),
        "all",
        "Without out= the product is computed and thrown away. The layers learn to live with a random table.",
    ),
    Bug(
        "slope of another GELU",
        "activations.py",
        '"gelu": Activation(gelu, gelu_slope)',
        '"gelu": Activation(gelu, gelu_exact_slope)',
        (WEIGHTS, BIASES, TABLE),
        "hidden",
        "The two forms of GELU differ by some 1e-4: training does not notice, the gradient check does.",
    ),
    Bug(
        "slope of ReLU",
        "activations.py",
        '"gelu": Activation(gelu, gelu_slope)',
        '"gelu": Activation(gelu, relu_slope)',
        (WEIGHTS, BIASES, TABLE),
        "hidden",
        "ReLU has the same direction for most units, so the loss falls all the same.",
    ),
    Bug(
        "slope at a in place of z",
        "model.py",
        "f.slope(buffers.pre_activations, buffers.activations, out=buffers.slopes, cache=buffers.cache)",
        "f.slope(buffers.activations, f.value(buffers.activations), out=buffers.slopes)",
        (WEIGHTS, BIASES, TABLE),
        "hidden",
        "f was applied to z, so the slope is f'(z). At a small learning rate f'(a) is near enough to learn.",
    ),
    Bug(
        "missing transpose",
        "model.py",
        "return np.matmul(grad_z, self.weights.T, out=self.grad_inputs)",
        "W = self.weights if self.fan_in == self.fan_out else self.weights.T\n"
        "        return np.matmul(grad_z, W, out=self.grad_inputs)",
        (WEIGHTS, BIASES, TABLE),
        "first",
        "Between layers of equal width the shapes fit either way, and NumPy says nothing.",
    ),
    Bug(
        "frozen first layer",
        "model.py",
        "            self.embedding.backward(grad_a)\n",
        "            self.embedding.backward(grad_a)\n        self.layers[0].grad_weights[:] = 0\n"
        "        self.layers[0].grad_biases[:] = 0\n",
        (WEIGHTS, BIASES),
        "first",
        "The first layer keeps its random weights. The layers above learn from random features.",
    ),
    Bug(
        "stale inputs",
        "model.py",
        "self.inputs = x\n",
        'self.kept = getattr(self, "kept", {})\n        self.inputs = self.kept.setdefault(len(x), x.copy())\n',
        (WEIGHTS,),
        "all",
        "dL/dW needs the inputs of this pass. Those of the first pass are often similar enough to learn a little.",
    ),
    Bug(
        "derivative of softmax twice",
        "losses.py",
        "    exps -= y\n    exps /= batch\n",
        "    p = exps.copy()\n    exps = p * (p - y - (p * (p - y)).sum(axis=1, keepdims=True)) / batch\n",
        (WEIGHTS, BIASES, TABLE),
        "all",
        "p - y contains the derivative of softmax already. Where the network is confident, nothing is left.",
    ),
    Bug(
        "missing 1/N",
        "losses.py",
        "    exps -= y\n    exps /= batch\n",
        "    exps -= y\n",
        (WEIGHTS, BIASES, TABLE),
        "all",
        "All gradients are N times too large: it acts like a learning rate that is N times too high.",
    ),
    Bug(
        "slope missing",
        "model.py",
        "grad_z = np.multiply(grad_a, self.slopes, out=self.grad_pre_activations)",
        "grad_z = np.add(grad_a, 0, out=self.grad_pre_activations)",
        (WEIGHTS, BIASES, TABLE),
        "hidden",
        "Without f' the gradient passes units that are shut. It grows from layer to layer.",
    ),
    Bug(
        "wrong sign",
        "losses.py",
        "    exps -= y\n    exps /= batch\n",
        "    np.subtract(y, exps, out=exps)\n    exps /= batch\n",
        (WEIGHTS, BIASES, TABLE),
        "all",
        "Each step climbs the loss. It rises from the first step on.",
    ),
)
