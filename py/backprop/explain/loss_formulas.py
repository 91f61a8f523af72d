"""Formulas of the loss: mean over the batch, loss of each sample, gradient of each logit."""

from collections.abc import Callable

import numpy as np

from ..losses import LOSSES
from .last_pass import Operand, Pass
from .mathml import Math, equation, gradient, letter, operator, product, total
from .terms import Code, Formula, Terms, count


def loss_formula(pass_: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of one cell of a `BatchLoss`."""
    return _FORMULAS[name](pass_, row, col)


def loss_gradient(pass_: Pass, row: int, col: int) -> Formula:
    """Return the formula of the gradient of one logit."""
    return _GRADIENTS[pass_.loss_type](pass_, row, col)


def loss_math(loss_type: str) -> Math:
    """Return the notation of the loss."""
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


def _logits(pass_: Pass) -> str:
    return f"layers/{pass_.last}/pre_activations"


def _code(pass_: Pass, *fragments: str) -> list[Code]:
    return [Code(LOSSES[pass_.loss_type], fragment) for fragment in fragments]


# From the logits to the loss:


def _mean(pass_: Pass, _row: int, _col: int) -> Formula:
    n, is_entropy = np.arange(pass_.batch), pass_.loss_type == "cross_entropy"
    of = "−log(probability of the true class)" if is_entropy else "the mean squared error"
    symbol = "−log p" if is_entropy else "mean (z−y)²"
    share = Operand("1/N", np.full(pass_.batch, 1 / pass_.batch))
    return Formula(
        "mean over the batch",
        f"Loss of this batch, which training minimizes: the mean over its {count(pass_.batch, 'sample')} of {of}.",
        loss_math(pass_.loss_type),
        [Terms(pass_.names.sample, [pass_.operand(symbol, "sample_losses", n, 0), share])],
        _code(pass_, *(("log_sums, correct", "loss = ") if is_entropy else ("difference = logits", "loss = "))),
        "samples",
        whole=_logits(pass_),
        roundings=0 if is_entropy else 2 * pass_.loss.classes,  # the code adds all squares at once
    )


def _sample_loss(pass_: Pass, n: int, _col: int) -> Formula:
    return (_sample_entropy if pass_.loss_type == "cross_entropy" else _sample_error)(pass_, n)


def _sample_entropy(pass_: Pass, n: int) -> Formula:
    loss, (true,) = pass_.loss, np.nonzero(pass_.loss.targets[n])
    factors = [
        Operand("−1", np.full(len(true), -1.0)),
        pass_.operand("y", "targets", n, true),
        Operand("z−max z", loss.shifted[n, true].astype(np.float64), _logits(pass_), n, true, is_function=True),
    ]
    log_sum: Math = ["mrow", ["mo", "log"], total("j", ["msup", ["mi", "e"], letter("z", "nj")])]
    return Formula(
        "minus log probability",
        f"Loss of {pass_.names.sample(n)}: −log p of its true class. The logarithm cancels the exponential of softmax, "
        "so this is the logarithm of softmax’s sum − the logit of the true class. The largest logit is subtracted from "
        "all of them first: it cancels in the difference, and exp cannot overflow.",
        equation(letter("L", "n"), log_sum, operator("−"), total("j", letter("y", "nj"), letter("z", "nj"))),
        [
            Terms(lambda _: "softmax’s sum", [_constant("log ∑ e^(z−max z)", float(loss.log_sums[n, 0]))]),
            Terms(lambda t: pass_.names.output(int(true[t])), factors),
        ],
        _code(pass_, "shifted = ", "exps = ", "sums = ", "log_sums, correct"),
        softmax=_all_probabilities(pass_, n),
    )


def _sample_error(pass_: Pass, n: int) -> Formula:
    loss, j = pass_.loss, np.arange(pass_.loss.classes)
    squares = np.square(loss.difference[n].astype(np.float64))
    share = Operand("1/C", np.full(loss.classes, 1 / loss.classes))
    return Formula(
        "mean squared error",
        f"Loss of {pass_.names.sample(n)}: the mean over C = {loss.classes} classes of (logit − target)². The target "
        "is 1 for the true class and 0 for all others.",
        equation(letter("L", "n"), _over("C"), total("j", ["msup", _difference(), ["mn", "2"]])),
        [Terms(pass_.names.output, [Operand("(z−y)²", squares, _logits(pass_), n, j, is_function=True), share])],
        _code(pass_, "difference = logits", "loss = "),
        "classes",
    )


def _probability(pass_: Pass, n: int, j: int) -> Formula:
    loss = pass_.loss
    numerator = loss.exps[n : n + 1, j].astype(np.float64)
    factors = [
        Operand("e^(z−max z)", numerator, _logits(pass_), n, j, is_function=True),
        _constant("1/∑ e^(z−max z)", 1 / float(loss.sums[n, 0])),
    ]
    exponential: Math = ["msup", ["mi", "e"], letter("z", "nj")]
    return Formula(
        "softmax",
        f"Probability of {pass_.names.output(j)}, for {pass_.names.sample(n)}: e to the power of its logit, divided by "
        "the sum over all classes. The largest logit is subtracted first: it cancels in the fraction, and exp cannot "
        "overflow.",
        equation(letter("p", "nj"), ["mfrac", exponential, total("k", ["msup", ["mi", "e"], letter("z", "nk")])]),
        [Terms(pass_.names.output, factors)],
        _code(pass_, "shifted = ", "exps = ", "sums = ", "exps /= sums"),
        softmax=_all_probabilities(pass_, n),
    )


def _target(pass_: Pass, n: int, j: int) -> Formula:
    value = pass_.values("targets", n, j)
    meaning = {0.0: " It is 0: another class is the true one.", 1.0: " It is 1: this is the true class."}
    return Formula(
        "target",
        f"Given by the dataset: the target for {pass_.names.output(j)}, of {pass_.names.sample(n)}."
        + meaning.get(float(value[0]), ""),
        equation(letter("y", "nj"), ["mtext", "given"]),
        [Terms(lambda _: "given", [Operand("y", value)])],
        [],
    )


def _all_probabilities(pass_: Pass, n: int) -> Operand:
    probabilities = pass_.loss.probabilities[n].astype(np.float64)
    return Operand("p", probabilities, _logits(pass_), n, np.arange(len(probabilities)), is_function=True)


_FORMULAS: dict[str, Callable[[Pass, int, int], Formula]] = {
    "targets": _target,
    "probabilities": _probability,
    "sample_losses": _sample_loss,
    "loss": _mean,
}


# From the loss back to the logits:


def _cross_entropy_gradient(pass_: Pass, n: int, j: int) -> Formula:
    share = _constant("1/N", 1 / pass_.batch)
    fraction: Math = ["mfrac", ["mrow", letter("p", "nj"), operator("−"), letter("y", "nj")], ["mi", "N"]]
    return Formula(
        "softmax minus target",
        f"Gradient of the logit of {pass_.names.output(j)}, for {pass_.names.sample(n)}: (predicted probability − "
        f"target), divided by the batch size N = {pass_.batch}.",
        equation(gradient("z", "nj"), fraction),
        [
            Terms(lambda _: "softmax", [pass_.operand("p", "probabilities", n, j), share]),
            Terms(lambda _: "target", [*_minus_target(pass_, n, j), share]),
        ],
        _code(pass_, "exps /= sums", "exps -= y", "exps /= batch"),
        softmax=_all_probabilities(pass_, n),
    )


def _mse_gradient(pass_: Pass, n: int, j: int) -> Formula:
    size, dtype = pass_.batch * pass_.loss.classes, pass_.model.dtype
    share = Operand("2/(N·C)", np.full(1, 2 / size, dtype).astype(np.float64))
    return Formula(
        "logit minus target",
        f"Gradient of the logit of {pass_.names.output(j)}, for {pass_.names.sample(n)}: 2 × (logit − target), divided "
        f"by the batch size N = {pass_.batch} and the number of classes C = {pass_.loss.classes}.",
        equation(
            gradient("z", "nj"),
            ["mfrac", ["mn", "2"], ["mrow", ["mi", "N"], ["mi", "C"]]],
            operator("·"),
            _difference(),
        ),
        [
            Terms(lambda _: "logit", [pass_.operand("z", _logits(pass_), n, j), share]),
            Terms(lambda _: "target", [*_minus_target(pass_, n, j), share]),
        ],
        _code(pass_, "difference = logits", "difference *="),
    )


def _minus_target(pass_: Pass, n: int, j: int) -> list[Operand]:
    return [_constant("−1", -1.0), pass_.operand("y", "targets", n, j)]


_GRADIENTS: dict[str, Callable[[Pass, int, int], Formula]] = {
    "cross_entropy": _cross_entropy_gradient,
    "mse": _mse_gradient,
}
