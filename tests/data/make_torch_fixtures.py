"""Writes torch_*.json: what PyTorch computes for the same networks. Run by hand, where torch and NumPy are.

    PYTHONPATH=py python tests/data/make_torch_fixtures.py

The tests read only the files, each of which names its version of torch; nobody needs PyTorch to run them. Numbers are
written with all their digits.
"""

import contextlib
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from backprop.files.pytorch_script import to_pytorch
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun

HERE = Path(__file__).parent
DTYPES = {"float64": torch.float64, "float32": torch.float32}
ACTIVATIONS = {
    "gelu": nn.GELU(approximate="tanh"),
    "gelu_exact": nn.GELU(approximate="none"),
    "relu": nn.ReLU(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "silu": nn.SiLU(),
    "identity": nn.Identity(),
}
LOSSES = {"cross_entropy": functional.cross_entropy, "mse": functional.mse_loss}


def write(name: str, content: dict[str, Any]) -> None:
    path = HERE / f"torch_{name}.json"
    path.write_text(json.dumps({"torch": torch.__version__, **content}, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def numbers(tensor: Tensor) -> Any:
    """Nested lists, with as many digits as it takes to get the same numbers back."""
    values = tensor.detach().tolist()
    return shorten(values) if tensor.dtype == torch.float32 else values


def shorten(values: Any) -> Any:
    """Nine digits, which tell every two float32 numbers apart."""
    return [shorten(value) for value in values] if isinstance(values, list) else float(f"{values:.9g}")


def activations() -> dict[str, Any]:
    """Value and slope of each activation from -8 to 8, close to 0, and far out."""
    near = torch.linspace(-8, 8, 65).tolist()
    small = [sign * 10.0**-k for k in (3, 8, 20, 30) for sign in (1, -1)]
    large = [sign * size for size in (10, 13.5, 20, 50, 88, 89, 104, 710, 1e3, 1e4, 1e6) for sign in (1, -1)]
    points = torch.tensor(near + small + large, dtype=torch.float32)  # so that both dtypes see the same numbers
    content: dict[str, Any] = {"z": numbers(points.double())}
    for dtype_name, dtype in DTYPES.items():
        content[dtype_name] = {}
        for name, activation in ACTIVATIONS.items():
            z = points.clone().to(dtype).requires_grad_()
            a = activation(z)
            a.sum().backward()
            content[dtype_name][name] = {"value": numbers(a), "slope": numbers(z.grad)}
    return content


def losses() -> dict[str, Any]:
    """Loss and gradient for logits of several sizes: ordinary ones, huge ones, one sample, one class."""
    torch.manual_seed(1)
    shapes = [(6, 4, 1.0), (1, 3, 1.0), (5, 1, 1.0), (4, 5, 30.0), (3, 4, 1000.0)]
    cases = []
    for batch, classes, size in shapes:
        logits = (torch.randn(batch, classes) * size).float()
        indices = torch.randint(classes, (batch,))
        probabilities = torch.rand(batch, classes).double().softmax(dim=1)
        one_hot = functional.one_hot(indices, classes)
        kinds = {
            "cross_entropy": {"indices": indices, "probabilities": probabilities},
            "mse": {"indices": one_hot, "numbers": probabilities},
        }
        for loss, targets_of in kinds.items():
            for kind, targets in targets_of.items():
                case: dict[str, Any] = {"loss": loss, "logits": numbers(logits.double())}
                case["targets"] = numbers(indices if kind == "indices" else targets.double())
                for dtype_name, dtype in DTYPES.items():
                    x = logits.clone().to(dtype).requires_grad_()
                    y = targets if kind == "indices" and loss == "cross_entropy" else targets.to(dtype)
                    value = LOSSES[loss](x, y)
                    value.backward()
                    case[dtype_name] = {"value": value.item(), "grad_logits": numbers(x.grad)}
                cases.append(case)
    return {"cases": cases}


class Network(nn.Module):
    """An embedding table, if any, then linear layers with an activation between them."""

    def __init__(self, widths: list[int], activation: str, table: tuple[int, int] | None) -> None:
        super().__init__()
        self.table = nn.Embedding(*table) if table else None
        self.linears = nn.ModuleList(nn.Linear(*sizes) for sizes in pairwise(widths))
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        if self.table:
            x = self.table(x).flatten(start_dim=1)
        for linear in self.linears[:-1]:
            x = self.activation(linear(x))
        return self.linears[-1](x)

    def named(self, grad: bool = False) -> dict[str, Any]:
        """Parameters or gradients under our names and in our orientation: weights are (fan_in, fan_out)."""

        def of(parameter: Tensor) -> Tensor:
            return parameter.grad if grad else parameter

        named = {"embedding/weights": numbers(of(self.table.weight))} if self.table else {}
        for k, linear in enumerate(self.linears):
            named[f"layers/{k}/weights"] = numbers(of(linear.weight).T)
            named[f"layers/{k}/biases"] = numbers(of(linear.bias))
        return named


def model(hidden: list[int], activation: str, loss: str, dtype: str, positions: int | None = None) -> dict[str, Any]:
    """Gradients of the first step and, after five steps of SGD on five batches, losses and parameters."""
    torch.manual_seed(len(hidden) + 10 * list(ACTIVATIONS).index(activation))
    vocabulary, dim, classes, batch, steps, learning_rate = 4, 3, 3, 6, 5, 0.5
    input_dim = positions * dim if positions else 5
    network = Network([input_dim, *hidden, classes], activation, (vocabulary, dim) if positions else None)
    network = network.float().to(DTYPES[dtype])  # the same first weights in both dtypes
    shape = (steps, batch, positions) if positions else (steps, batch, input_dim)
    inputs = torch.randint(vocabulary, shape) if positions else torch.randn(shape).to(DTYPES[dtype])
    targets = torch.randint(classes, (steps, batch))
    content: dict[str, Any] = {
        "hidden_dims": hidden, "activation": activation, "loss": loss, "dtype": dtype, "learning_rate": learning_rate,
        "vocabulary_size": vocabulary if positions else None, "embedding_dim": dim if positions else None,
        "inputs": numbers(inputs), "targets": numbers(targets), "parameters": network.named(), "losses": [],
    }  # fmt: skip
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    for k in range(steps):
        x = inputs[k] if positions else inputs[k].clone().requires_grad_()
        optimizer.zero_grad()
        logits = network(x)
        y = targets[k] if loss == "cross_entropy" else functional.one_hot(targets[k], classes).to(logits.dtype)
        value = LOSSES[loss](logits, y)
        value.backward()
        if k == 0:
            content["logits"] = numbers(logits)
            content["grad_inputs"] = None if positions else numbers(x.grad)
            content["gradients"] = network.named(grad=True)
        content["losses"].append(value.item())
        optimizer.step()
    content["trained"] = network.named()
    return content


def models() -> dict[str, Any]:
    cases = [model([4, 3], name, "cross_entropy", "float64") for name in ACTIVATIONS]
    cases += [model([4, 3], "gelu", "mse", "float64"), model([], "gelu", "cross_entropy", "float64")]
    cases += [model([4, 4, 3], "silu", "mse", "float64"), model([4, 3], "gelu", "cross_entropy", "float32")]
    cases += [model([4], "gelu", loss, dtype, positions=3) for loss in LOSSES for dtype in DTYPES]
    return {"cases": cases}


def optimizer(name: str, dtype: str, *, weight_decay: float = 0.0, clip_norm: float | None = None) -> dict[str, Any]:
    """Parameters and state after each of eight steps, for gradients that are given, not computed."""
    torch.manual_seed(5)
    steps, size, learning_rate, momentum, betas, alpha, epsilon = 8, 7, 0.05, 0.8, (0.85, 0.99), 0.95, 1e-6
    parameters = torch.randn(size).float().to(DTYPES[dtype]).requires_grad_()
    gradients = (torch.randn(steps, size) * torch.logspace(-4, 1, size)).float().to(DTYPES[dtype])
    content: dict[str, Any] = {
        "optimizer": name, "dtype": dtype, "learning_rate": learning_rate, "momentum": momentum, "beta1": betas[0],
        "beta2": betas[1], "epsilon": epsilon, "alpha": alpha, "weight_decay": weight_decay, "clip_norm": clip_norm,
        "parameters": numbers(parameters), "gradients": numbers(gradients), "trained": [], "state": [],
    }  # fmt: skip
    made = {
        "sgd": lambda: torch.optim.SGD([parameters], lr=learning_rate),
        "momentum": lambda: torch.optim.SGD([parameters], lr=learning_rate, momentum=momentum),
        "nesterov": lambda: torch.optim.SGD([parameters], lr=learning_rate, momentum=momentum, nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop([parameters], lr=learning_rate, alpha=alpha, eps=epsilon),
        "adam": lambda: torch.optim.Adam([parameters], lr=learning_rate, betas=betas, eps=epsilon),
        "adamw": lambda: torch.optim.AdamW(
            [parameters], lr=learning_rate, betas=betas, eps=epsilon, weight_decay=weight_decay
        ),
    }["adamw" if name == "adam" and weight_decay else name]()
    kept = {"velocity": "momentum_buffer", "first_moment": "exp_avg", "second_moment": "exp_avg_sq"}
    kept["mean_square"] = "square_avg"
    for gradient in gradients:
        parameters.grad = gradient.clone()
        if clip_norm is not None:  # as clip_grad_norm_ does, but without the 1e-6 that it adds to the norm
            parameters.grad *= (clip_norm / torch.linalg.vector_norm(gradient.double())).clamp(max=1).to(gradient.dtype)
        if weight_decay and name != "adam":  # PyTorch's SGD has none that is apart from the gradient
            with torch.no_grad():
                parameters *= 1 - learning_rate * weight_decay
        made.step()
        state = made.state[parameters]
        content["trained"].append(numbers(parameters))
        content["state"].append({ours: numbers(state[theirs]) for ours, theirs in kept.items() if theirs in state})
    return content


def optimizers() -> dict[str, Any]:
    options: list[dict[str, Any]] = [
        {},
        {"weight_decay": 0.3},
        {"clip_norm": 2.0},
        {"weight_decay": 0.3, "clip_norm": 2.0},
    ]
    return {
        "cases": [
            optimizer(name, dtype, **chosen)
            for name in ("sgd", "momentum", "nesterov", "adam", "rmsprop")
            for dtype in DTYPES
            for chosen in options
        ]
    }


# Runs whose script is run: both encodings, tasks, losses and dtypes, no hidden layer and four, every activation.
SCRIPT_STEPS = 60
SCRIPTS: list[dict[str, Any]] = [
    {},
    {"dataset": {"encoding": "embedding", "embedding_dim": 3}, "model": {"hidden_dims": [6], "dtype": "float64"}},
    {"dataset": {"encoding": "embedding", "embedding_dim": 2, "task": "classification"}, "model": {"hidden_dims": [5]}},
    {"dataset": {"task": "classification"}, "model": {"hidden_dims": []}, "trainer": {"loss_type": "mse"}},
    {"dataset": {"encoding": "embedding"}, "model": {"hidden_dims": []}, "trainer": {"loss_type": "mse"}},
    {"dataset": {"num_samples": 3}, "model": {"hidden_dims": [1, 2, 3, 4]}, "trainer": {"batch_size": 2}},
    *[
        {"model": {"activation": name, "hidden_dims": [5, 4], "dtype": dtype}}
        for name in ACTIVATIONS
        for dtype in DTYPES
    ],
]


def script(config: dict[str, Any]) -> dict[str, Any]:
    """The PyTorch script of a trained run, what it prints, and PyTorch's logits for its samples, in float64."""
    run = TrainingRun(RunConfig.from_dict(config))
    run.advance(SCRIPT_STEPS)
    text = to_pytorch(run)
    names, printed = execute(text)
    run.advance(1)
    assert_notices_other_weights(text, to_pytorch(run))
    with torch.no_grad():
        logits = names["load"]().to(torch.float64)(torch.tensor(names["SAMPLES"]))
    return {"config": config, "script": text, "printed": printed, "logits": numbers(logits)}


def execute(text: str) -> tuple[dict[str, Any], str]:
    """Run a script as `python script.py` does: its names, and what it printed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "script.py", "exec"), names)  # our own export's
    return names, printed.getvalue()


def assert_notices_other_weights(text: str, other: str) -> None:
    """The script with the weights of one step later must stop at its own check."""
    head, _ = text.split("WEIGHTS = {\n")
    _, weights = other.split("WEIGHTS = {\n")
    noticed = ""
    try:
        execute(head + "WEIGHTS = {\n" + weights)
    except AssertionError as error:
        noticed = str(error)
    if "not close" not in noticed:
        raise RuntimeError(f"the script took other weights for its own: {noticed!r}")


def scripts() -> dict[str, Any]:
    return {"steps": SCRIPT_STEPS, "cases": [script(config) for config in SCRIPTS]}


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("activations", activations())
    write("losses", losses())
    write("models", models())
    write("optimizers", optimizers())
    write("scripts", scripts())
