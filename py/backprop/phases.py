"""One batch, phase by phase: forward, loss, backward, update. What each computes, in which order, and by which lines.

Each phase consists of moments, one for each layer where it goes through layers. What a moment has computed are whole
tensors; their formulas and lines are those of `formula`, for any cell of them.
"""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .explanation import Written
from .formula import formula_of
from .last_pass import Pass, gradient_name, like_parameters
from .loss_formula import loss_math
from .losses import LOSSES
from .model import Model
from .notation import written
from .source import Line, quote
from .terms import Code
from .update_formula import move_of

MOST_SAMPLES = 32  # in the table of losses
MOST_CLASSES = 8
_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a run may have diverged


class Moment(TypedDict):
    """What is computed at once: `tensors`, by name, in their order."""

    title: str
    sentence: str
    formulas: list[Written]
    code: list[Line]
    tensors: list[str]


class Phase(Moment):
    """A part of one training step: "batch", "forward", "loss", "backward" or "update"; its moments in their order."""

    phase: str
    moments: list[Moment]


class Score(TypedDict):
    """One class for one sample. `probability` is its softmax; None where the loss does not take one."""

    index: int
    logit: float
    probability: float | None


class SampleLoss(TypedDict):
    """How the loss of one sample comes about; of very many classes the target and those with the largest logits."""

    name: str
    target: int
    scores: list[Score]
    loss: float


class Change(TypedDict):
    """What an update did to one parameter tensor: flat arrays, row by row; before + change is what it holds now."""

    name: str
    before: NDArray[np.float32]
    change: NDArray[np.float32]


@_quiet
def phases(past: Pass, loss: float) -> list[Phase]:
    """Return the phases of a pass, in the order in which they are computed.

    Parameters
    ----------
    past : the pass; with `parameters` and the update that follows or followed it, the update's formula is told
    loss : of its batch
    """
    return [_batch(past), _forward(past), _loss(past, loss), _backward(past), _update(past)]


@_quiet
def sample_losses(past: Pass) -> list[SampleLoss]:
    """Return the loss of each sample of the batch, of the first `MOST_SAMPLES`; their mean is the loss."""
    probabilities = past.loss.probabilities if past.loss_type == "cross_entropy" else None
    return [_sample_loss(past, n, probabilities) for n in range(min(past.batch, MOST_SAMPLES))]


@_quiet
def changes(model: Model, before: Array) -> list[Change]:
    """Return what the last update changed; `before` are the model's parameters, flat, as they were before it."""
    difference = like_parameters(model, model.parameters - before)
    return [
        Change(
            name=name,
            before=values.ravel().astype(np.float32),
            change=difference[name].ravel().astype(np.float32),
        )
        for name, values in like_parameters(model, before).items()
    ]


# The phases:


def _batch(past: Pass) -> Phase:
    sentence = (
        f"{_counted(past.batch, 'sample')}, the next in the order of this epoch. Each is one row of what goes in."
    )
    moment = Moment(title="The batch", sentence=sentence, formulas=[], code=[], tensors=["inputs"])
    return Phase(phase="batch", **moment, moments=[moment])


def _forward(past: Pass) -> Phase:
    model, moments = past.model, []
    if model.embedding:
        sentence = "For each token its row of the table is looked up; the rows of one sample stand side by side."
        moments.append(_moment(past, "Forward: the embedding", sentence, ["embedding/activations"]))
    moments += [_forward_layer(past, k) for k in range(past.last + 1)]
    sentence = (
        "Layer by layer from the inputs to the logits: what comes in is weighed and summed, z = x W + b, and bent, "
        "a = f(z); that is what comes into the next layer. Every number is kept, because the way back needs it."
    )
    example = _with_line(_forward_layer(past, 0), Code(type(model).forward, "= layer.forward("))
    return _through_layers("forward", sentence, moments, example)


def _forward_layer(past: Pass, k: int) -> Moment:
    layer, tensors = past.model.layers[k], [f"layers/{k}/pre_activations"]
    sentence = (
        f"For each of {_counted(past.batch, 'sample')} each of {_counted(layer.fan_out, 'unit')} weighs and sums "
        f"{_counted(layer.fan_in, 'input')} and adds its bias. "
    )
    if k == past.last:
        sentence += "These sums are the logits, one for each class."
    else:
        sentence += f"Then it bends this sum, z, with {past.model.activation}: a = f(z)."
        tensors.append(f"layers/{k}/activations")
    return _moment(past, f"Forward: {past.layer_name(k)}", sentence, tensors)


def _loss(past: Pass, loss: float) -> Phase:
    classes = past.model.layers[-1].fan_out
    if past.loss_type == "cross_entropy":
        sentence = (
            "Softmax turns the logits of each sample into probabilities. The loss is minus the logarithm of the one "
            f"that the right class got, on average over {_counted(past.batch, 'sample')}: L = {loss:.4g} nats."
        )
        fragments = ("exps = ", "loss = ")
    else:
        sentence = (
            "The loss is the square of logit less target, which is 1 for the right class and 0 for all others, on "
            f"average over {_counted(past.batch, 'sample')} and {_counted(classes, 'class', 'es')}: L = {loss:.4g}."
        )
        fragments = ("difference = ", "loss = ")
    sentence += " The backward pass begins with how fast L grows with each logit."
    moment = _moment(past, "Loss", sentence, [f"layers/{past.last}/grad_pre_activations"])
    formula = loss_math(past.loss_type)
    moment["formulas"].insert(0, Written(math=formula, text=written(formula), symbols={}))
    lines = [line for fragment in fragments for line in quote(LOSSES[past.loss_type], fragment)]
    moment["code"] = _once([*lines, *moment["code"]])
    return Phase(phase="loss", **moment, moments=[moment])


def _backward(past: Pass) -> Phase:
    model = past.model
    moments = [_backward_layer(past, k) for k in reversed(range(past.last + 1))]
    if model.embedding:
        sentence = "Each place where a token occurs in the batch adds its gradient to the token's row of the table."
        moments.append(_moment(past, "Backward: the embedding", sentence, ["embedding/grad_weights"]))
    sentence = (
        "From the loss back to the inputs, by the chain rule: each layer turns the gradient of what came out of it "
        "into those of its weights and biases, and of what went in, which is what came out of the layer before."
    )
    example = _with_line(_backward_layer(past, 0), Code(type(model).backward, "= layer.backward("))
    return _through_layers("backward", sentence, moments, example)


def _backward_layer(past: Pass, k: int) -> Moment:
    tensors = [f"layers/{k}/grad_weights", f"layers/{k}/grad_biases", gradient_name(past.input_of(k))]
    before = past.layer_name(k - 1) if k else "the inputs"
    follow = f"follow those of its weights and biases and of what came from {before}."
    if k == past.last:
        sentence = f"From the gradient of the logits {follow}"
    else:
        sentence = (
            f"The gradient of its activations, times the slope of {past.model.activation} there, is that of its "
            f"pre-activations. From this {follow}"
        )
        tensors.insert(0, f"layers/{k}/grad_pre_activations")
    return _moment(past, f"Backward: {past.layer_name(k)}", sentence, tensors)


def _update(past: Pass) -> Phase:
    """What the update does that has followed the pass, or would; nothing but that it does, where it is lost."""
    names = list(past.model.named_parameters())
    each = f"each of {_counted(past.model.parameters.size, 'parameter')}"
    gone = f"changed {each}; the optimizer that made it is gone, with all that it remembered"
    sentence = (
        f"The update {move_of(past.update, each) if past.update else gone}. Look at each before and after it, and at "
        "the change."
    )
    moment = Moment(title="Update", sentence=sentence, formulas=[], code=[], tensors=names)
    if past.update:
        moment = {**_moment(past, "Update", sentence, names[-2:-1]), "tensors": names}
    return Phase(phase="update", **moment, moments=[moment])


# What they have in common:


def _through_layers(phase: str, sentence: str, moments: list[Moment], example: Moment) -> Phase:
    return Phase(
        phase=phase,
        title=phase.capitalize(),
        sentence=sentence,
        formulas=example["formulas"],
        code=example["code"],
        tensors=[name for moment in moments for name in moment["tensors"]],
        moments=moments,
    )


def _with_line(moment: Moment, code: Code) -> Moment:
    return {**moment, "code": _once([*quote(*code), *moment["code"]])}


def _moment(past: Pass, title: str, sentence: str, tensors: Sequence[str]) -> Moment:
    found = [formula_of(past, name, 0, 0) for name in tensors]
    return Moment(
        title=title,
        sentence=sentence,
        formulas=[Written(math=formula.math, text=written(formula.math), symbols={}) for formula in found],
        # Functions that are quoted as a whole are for the explanation of a cell.
        code=_once([line for formula in found for code in formula.code if code.fragment for line in quote(*code)]),
        tensors=list(tensors),
    )


def _sample_loss(past: Pass, n: int, probabilities: Array | None) -> SampleLoss:
    target, z = int(past.targets[n]), past.loss.logits[n]
    others = [int(j) for j in np.argsort(-z, kind="stable") if j != target]
    return SampleLoss(
        name=past.names.sample(n),
        target=target,
        scores=[
            Score(index=j, logit=float(z[j]), probability=None if probabilities is None else float(probabilities[n, j]))
            for j in sorted([target, *others[: MOST_CLASSES - 1]])
        ],
        loss=float(past.loss.sample_losses[n, 0]),
    )


def _once(lines: Sequence[Line]) -> list[Line]:
    """Return each line of the code once, by file in the order in which it ran."""
    return list({(line["file"], line["line"]): line for line in lines}.values())


def _counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun}{plural if number != 1 else ''}"
