"""The formulas of the loss: its mean over the batch, the loss of each sample, and how fast it grows with each logit."""

from collections.abc import Callable

import numpy as np

from .last_pass import Operand, Pass
from .losses import LOSSES
from .notation import Math, equation, gradient, letter, operator, product, total
from .terms import Code, Formula, Terms


def loss_formula(past: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of one cell of a `BatchLoss`."""
    return _FORMULAS[name](past, row, col)


def loss_gradient(past: Pass, row: int, col: int) -> Formula:
    """Return the formula of the gradient of one logit."""
    return _GRADIENTS[past.loss_type](past, row, col)


def loss_math(loss_type: str) -> Math:
    """Return the formula of the loss, written."""
    over_batch = ["munder", operator("∑"), ["mi", "n"]]
    if loss_type == "cross_entropy":
        probability = ["mrow", ["mo", "log"], letter("p", "nj")]
        parts = [operator("−"), _over("N"), over_batch, total("j", letter("y", "nj"), probability)]
    else:
        parts = [_over("N", "C"), over_batch, total("j", ["msup", _difference(), ["mn", "2"]])]
    return equation(["mi", "L"], *parts)


def _over(*letters: str) -> Math:
    return ["mfrac", ["mn", "1"], product(*[["mi", name] for name in letters])]


def _difference() -> Math:
    return ["mrow", operator("("), letter("z", "nj"), operator("−"), letter("y", "nj"), operator(")")]


def _constant(symbol: str, value: float) -> Operand:
    return Operand(symbol, np.array([value]))


def _logits(past: Pass) -> str:
    return f"layers/{past.last}/pre_activations"


def _code(past: Pass, *fragments: str) -> list[Code]:
    return [Code(LOSSES[past.loss_type], fragment) for fragment in fragments]


# From the logits to the loss:


def _mean(past: Pass, _row: int, _col: int) -> Formula:
    n, is_entropy = np.arange(past.batch), past.loss_type == "cross_entropy"
    of = "minus the logarithm of the probability of its right class" if is_entropy else "its mean squared error"
    symbol = "−log p" if is_entropy else "mean (z−y)²"
    share = Operand("1/N", np.full(past.batch, 1 / past.batch))
    return Formula(
        "mean over the batch",
        f"The loss of this batch, which training makes smaller: the mean over its N = {past.batch} samples of the loss "
        f"of each, {of}.",
        loss_math(past.loss_type),
        [Terms(past.names.sample, [past.operand(symbol, "sample_losses", n, 0), share])],
        _code(past, *(("log_sums, correct", "loss = ") if is_entropy else ("difference = logits", "loss = "))),
        "samples",
        whole=_logits(past),
        roundings=0 if is_entropy else 2 * past.loss.classes,  # the code adds all squares in one go
    )


def _sample_loss(past: Pass, n: int, _col: int) -> Formula:
    return (_sample_entropy if past.loss_type == "cross_entropy" else _sample_error)(past, n)


def _sample_entropy(past: Pass, n: int) -> Formula:
    loss, (right,) = past.loss, np.nonzero(past.loss.targets[n])
    factors = [
        Operand("−1", np.full(len(right), -1.0)),
        past.operand("y", "targets", n, right),
        Operand("z−max z", loss.shifted[n, right].astype(np.float64), _logits(past), n, right, is_function=True),
    ]
    log_sum: Math = ["mrow", ["mo", "log"], total("j", ["msup", ["mi", "e"], letter("z", "nj")])]
    return Formula(
        "minus log probability",
        f"The loss of {past.names.sample(n)}, −log p of its right class. Because the logarithm undoes the exponential "
        "of softmax, it is the logarithm of softmax’s sum, less the logit of the right class. The largest logit is "
        "subtracted from all of them first: it cancels in the difference, and exp cannot overflow.",
        equation(letter("L", "n"), log_sum, operator("−"), total("j", letter("y", "nj"), letter("z", "nj"))),
        [
            Terms(lambda _: "softmax’s sum", [_constant("log ∑ e^(z−max z)", float(loss.log_sums[n, 0]))]),
            Terms(lambda t: past.names.output(int(right[t])), factors),
        ],
        _code(past, "shifted = ", "exps = ", "sums = ", "log_sums, correct"),
        softmax=_all_probabilities(past, n),
    )


def _sample_error(past: Pass, n: int) -> Formula:
    loss, j = past.loss, np.arange(past.loss.classes)
    squares = np.square(loss.difference[n].astype(np.float64))
    share = Operand("1/C", np.full(loss.classes, 1 / loss.classes))
    return Formula(
        "mean squared error",
        f"The loss of {past.names.sample(n)}: the square of logit less target, which is 1 for the right class and 0 "
        f"for all others, on average over the C = {loss.classes} classes.",
        equation(letter("L", "n"), _over("C"), total("j", ["msup", _difference(), ["mn", "2"]])),
        [Terms(past.names.output, [Operand("(z−y)²", squares, _logits(past), n, j, is_function=True), share])],
        _code(past, "difference = logits", "loss = "),
        "classes",
    )


def _probability(past: Pass, n: int, j: int) -> Formula:
    loss = past.loss
    numerator = loss.exps[n : n + 1, j].astype(np.float64)
    factors = [
        Operand("e^(z−max z)", numerator, _logits(past), n, j, is_function=True),
        _constant("1/∑ e^(z−max z)", 1 / float(loss.sums[n, 0])),
    ]
    exponential: Math = ["msup", ["mi", "e"], letter("z", "nj")]
    return Formula(
        "softmax",
        f"The probability that the model gives {past.names.output(j)}, for {past.names.sample(n)}: e to its logit, "
        "over the sum of the same of all classes. The largest logit is subtracted first: it cancels in the fraction, "
        "and exp cannot overflow.",
        equation(letter("p", "nj"), ["mfrac", exponential, total("k", ["msup", ["mi", "e"], letter("z", "nk")])]),
        [Terms(past.names.output, factors)],
        _code(past, "shifted = ", "exps = ", "sums = ", "exps /= sums"),
        softmax=_all_probabilities(past, n),
    )


def _target(past: Pass, n: int, j: int) -> Formula:
    value = past.values("targets", n, j)
    is_it = {0.0: " It is 0: another one is.", 1.0: " It is 1: it is."}.get(float(value[0]), "")
    return Formula(
        "target",
        f"What is right for {past.names.sample(n)}, as the data have it: whether it is {past.names.output(j)}.{is_it}",
        equation(letter("y", "nj"), ["mtext", "as given"]),
        [Terms(lambda _: "as given", [Operand("y", value)])],
        [],
    )


def _all_probabilities(past: Pass, n: int) -> Operand:
    probabilities = past.loss.probabilities[n].astype(np.float64)
    return Operand("p", probabilities, _logits(past), n, np.arange(len(probabilities)), is_function=True)


_FORMULAS: dict[str, Callable[[Pass, int, int], Formula]] = {
    "targets": _target,
    "probabilities": _probability,
    "sample_losses": _sample_loss,
    "loss": _mean,
}


# And back, to the gradient of the logits:


def _cross_entropy_gradient(past: Pass, n: int, j: int) -> Formula:
    share = _constant("1/N", 1 / past.batch)
    fraction: Math = ["mfrac", ["mrow", letter("p", "nj"), operator("−"), letter("y", "nj")], ["mi", "N"]]
    return Formula(
        "softmax minus target",
        f"How fast the loss grows with the logit of {past.names.output(j)}, for {past.names.sample(n)}: the "
        f"probability that the model gives the class, less the one that is right, over the batch of N = {past.batch}.",
        equation(gradient("z", "nj"), fraction),
        [
            Terms(lambda _: "softmax", [past.operand("p", "probabilities", n, j), share]),
            Terms(lambda _: "target", [*_minus_target(past, n, j), share]),
        ],
        _code(past, "exps /= sums", "exps -= y", "exps /= batch"),
        softmax=_all_probabilities(past, n),
    )


def _mse_gradient(past: Pass, n: int, j: int) -> Formula:
    size, dtype = past.batch * past.loss.classes, past.model.dtype
    share = Operand("2/(N·C)", np.full(1, 2 / size, dtype).astype(np.float64))
    return Formula(
        "logit minus target",
        f"How fast the loss grows with the logit of {past.names.output(j)}, for {past.names.sample(n)}: twice the "
        f"logit less the target, over the batch of N = {past.batch} and the C = {past.loss.classes} classes.",
        equation(
            gradient("z", "nj"),
            ["mfrac", ["mn", "2"], ["mrow", ["mi", "N"], ["mi", "C"]]],
            operator("·"),
            _difference(),
        ),
        [
            Terms(lambda _: "logit", [past.operand("z", _logits(past), n, j), share]),
            Terms(lambda _: "target", [*_minus_target(past, n, j), share]),
        ],
        _code(past, "difference = logits", "difference *="),
    )


def _minus_target(past: Pass, n: int, j: int) -> list[Operand]:
    return [_constant("−1", -1.0), past.operand("y", "targets", n, j)]


_GRADIENTS: dict[str, Callable[[Pass, int, int], Formula]] = {
    "cross_entropy": _cross_entropy_gradient,
    "mse": _mse_gradient,
}
