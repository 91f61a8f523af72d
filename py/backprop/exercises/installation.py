"""Solutions inside the network: a copy of the package in which they compute."""

from collections.abc import Mapping
from textwrap import indent
from types import ModuleType

from ..learner.package import load_package
from ..learner.patch import Patch, patched
from .exercise import NAMES

CHECKED = "from types import SimpleNamespace\n\nfrom .learner.checked import check_result, checked\n"
INDENT = "    "
NUMPY_IMPORT = "import numpy as np\n"
WEIGHTS = "        np.matmul(self.inputs.T, grad_z, out=self.grad_weights)"
BIASES = "        np.add.reduce(grad_z, axis=0, out=self.grad_biases)"
INPUTS = "        return np.matmul(grad_z, self.weights.T, out=self.grad_inputs)"
SLOPE = "        grad_z = np.multiply(grad_a, self.slopes, out=self.grad_pre_activations)"
TABLE = "        np.matmul(occurs.astype(grad_rows.dtype), grad_rows, out=self.grad_weights)"
LAYERS = "        for layer in reversed(self.layers):\n            grad_a = layer.backward(grad_a)\n"


def _slope(function: str, activation: str, argument: str) -> Patch:
    """Let hidden layers with an activation compute dL/dz by a function of dL/da and z, or a."""
    own = f"checked(solution_{activation}.{function}, grad_a.shape, grad_a, self.{argument})"
    choice = f'{own} if self.activation is ACTIVATIONS["{activation}"] else grad_a * self.slopes'
    grad_z = "grad_z = self.grad_pre_activations"
    return Patch("model.py", SLOPE, f"        {grad_z}\n        grad_z[:] = {choice}")


# Exercise → the lines that its solution replaces. The gradient check of the course is for the learner's eyes only.
INSTALLATIONS: dict[str, tuple[Patch, ...]] = {
    "bias_gradient": (
        Patch(
            "model.py",
            BIASES,
            "        own = solution_bias_gradient.bias_gradient\n"
            "        self.grad_biases[:] = checked(own, self.biases.shape, grad_z)",
        ),
    ),
    "weight_gradient": (
        Patch(
            "model.py",
            WEIGHTS,
            "        own = solution_weight_gradient.weight_gradient\n"
            "        self.grad_weights[:] = checked(own, self.weights.shape, self.inputs, grad_z)",
        ),
    ),
    "input_gradient": (
        Patch(
            "model.py",
            INPUTS,
            "        own = solution_input_gradient.input_gradient\n"
            "        self.grad_inputs[:] = checked(own, self.grad_inputs.shape, grad_z, self.weights)\n"
            "        return self.grad_inputs",
        ),
    ),
    "layer": (
        Patch(
            "model.py",
            WEIGHTS,
            "        own = solution_layer.Layer(self.weights.copy(), self.biases.copy())\n"
            "        own.forward(self.inputs.copy())\n"
            '        grad_x = check_result("backward", own.backward(grad_z.copy()), self.grad_inputs.shape)\n'
            '        self.grad_weights[:] = check_result("dW", own.dW, self.grad_weights.shape)',
        ),
        Patch("model.py", BIASES, '        self.grad_biases[:] = check_result("db", own.db, self.grad_biases.shape)'),
        Patch("model.py", INPUTS, "        self.grad_inputs[:] = grad_x\n        return self.grad_inputs"),
    ),
    "relu": (_slope("relu_gradient", "relu", "pre_activations"),),
    "sigmoid_and_tanh": (
        Patch(
            "model.py",
            SLOPE,
            "        grad_z = self.grad_pre_activations\n"
            '        sigmoid, tanh = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]\n'
            "        solution = solution_sigmoid_and_tanh\n"
            "        own = {sigmoid: solution.sigmoid_gradient, tanh: solution.tanh_gradient}\n"
            "        own_slope = own.get(self.activation, lambda da, a: da * self.slopes)\n"
            "        grad_z[:] = checked(own_slope, grad_a.shape, grad_a, self.activations)",
        ),
    ),
    "gelu": (_slope("gelu_gradient", "gelu", "pre_activations"),),
    "softmax": (
        Patch(
            "losses.py",
            "    exps /= sums  # now softmax(logits)",
            "    exps = checked(solution_softmax.softmax, logits.shape, logits)",
        ),
    ),
    "cross_entropy": (
        Patch(
            "losses.py",
            "    exps -= y\n    exps /= batch\n",
            "    own = solution_cross_entropy.cross_entropy_gradient\n"
            "    exps = checked(own, logits.shape, exps, y.argmax(axis=1)).astype(logits.dtype)\n",
        ),
    ),
    "mean_squared_error": (
        Patch(
            "losses.py",
            "    difference *= 2 / difference.size\n",
            "    targets = as_one_hot(targets, logits)\n"
            "    own = solution_mean_squared_error.mse_gradient\n"
            "    difference = checked(own, logits.shape, logits, targets).astype(logits.dtype)\n",
        ),
    ),
    "embedding": (
        Patch(
            "embedding.py",
            TABLE,
            "        grad_rows = grad_a.reshape(*self.tokens.shape, self.dim)\n"
            "        own = solution_embedding.embedding_gradient\n"
            "        table = checked(own, self.weights.shape, self.tokens, grad_rows, self.vocabulary)\n"
            "        self.grad_weights[:] = table",
        ),
    ),
    "network": (
        Patch(
            "model.py",
            LAYERS,
            LAYERS + "        passes = [\n"
            '            {"W": each.weights, "b": each.biases, "z": each.pre_activations, "a": each.activations}\n'
            "            for each in self.layers\n"
            "        ]\n"
            "        own = solution_network.backward(self.layers[0].inputs, passes, grad_logits, f.slope)\n"
            "        for layer, (own_weights, own_biases) in zip(self.layers, own, strict=True):\n"
            '            layer.grad_weights[:] = check_result("dW", own_weights, layer.weights.shape)\n'
            '            layer.grad_biases[:] = check_result("db", own_biases, layer.biases.shape)\n',
        ),
    ),
    "optimizer": (
        Patch(
            "optimizers.py",
            "        v *= self.momentum\n        v += gradients\n        parameters -= learning_rate * v\n",
            "        copies = (parameters.copy(), gradients.copy(), v.copy())\n"
            "        w, own_v = solution_optimizer.momentum(*copies, learning_rate, self.momentum)\n"
            '        v[:] = check_result("v", own_v, v.shape)\n'
            '        parameters[:] = check_result("w", w, parameters.shape)\n',
        ),
        Patch(
            "optimizers.py",
            "        m *= self.beta1\n        m += (1 - self.beta1) * gradients\n"
            "        v *= self.beta2\n        v += (1 - self.beta2) * gradients**2\n"
            "        m_hat = m / (1 - self.beta1**self.t)\n        v_hat = v / (1 - self.beta2**self.t)\n"
            "        parameters -= learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)\n",
            "        settings = (self.t, learning_rate, self.beta1, self.beta2, self.epsilon)\n"
            "        copies = (parameters.copy(), gradients.copy(), m.copy(), v.copy())\n"
            "        w, own_m, own_v = solution_optimizer.adam(*copies, *settings)\n"
            '        m[:], v[:] = check_result("m", own_m, m.shape), check_result("v", own_v, v.shape)\n'
            '        parameters[:] = check_result("w", w, parameters.shape)\n',
        ),
    ),
}
# These replace the same lines as the exercises behind them: of both, the later ones are installed.
SAME_LINES = {"layer": ("bias_gradient", "weight_gradient", "input_gradient"), "gelu": ("relu", "sigmoid_and_tanh")}


def install(name: str, solutions: Mapping[str, str]) -> ModuleType:
    """Import a copy of this package in which solutions compute.

    Parameters
    ----------
    name : name of the copy
    solutions : exercise → source, as for `with_solutions`

    Returns
    -------
    the copy's top module

    Raises
    ------
    LearnerError
        If a solution cannot be imported.
    """
    return load_package(name, with_solutions(solutions))


def with_solutions(solutions: Mapping[str, str]) -> dict[str, str]:
    """Return file → source of the mathematics in which solutions compute: each stands at the end of its file.

    Parameters
    ----------
    solutions : exercise → source of a solution that `check_solution` calls right

    Raises
    ------
    ValueError
        If there is no such exercise, or it is not about the network.
    """
    unknown = sorted(solutions.keys() - INSTALLATIONS.keys())
    if unknown:
        raise ValueError(f"solutions must be of exercises about the network, got {', '.join(unknown)}")
    replaced = {each for later, earlier in SAME_LINES.items() if later in solutions for each in earlier}
    chosen = [each for each in NAMES if each in solutions and each not in replaced]
    edits: dict[str, str] = {}
    for each in chosen:
        edits = patched(INSTALLATIONS[each], edits)
        for file in dict.fromkeys(patch.file for patch in INSTALLATIONS[each]):
            edits[file] = _with_solution(edits[file], each, solutions[each])
    return edits


def _with_solution(file: str, name: str, solution: str) -> str:
    """Add a solution at the end of a file, in a function: its own names cannot replace those of the file."""
    helpers = "" if CHECKED in file else CHECKED
    own = (
        f"\n\n# ---- My solution of the exercise {name} ----\n\n\ndef _{name}_solution():\n"
        f"{indent(solution.strip(), INDENT)}\n\n{INDENT}return SimpleNamespace(**locals())\n\n\n"
        f"solution_{name} = _{name}_solution()\n"
    )
    return file.replace(NUMPY_IMPORT, f"{helpers}{NUMPY_IMPORT}", 1) + own
