"""One training step phase by phase: batch, forward, loss, backward, update.

Phases that go through the layers have one moment for each layer. A moment computes whole tensors; their formulas and
code are those of any of their cells, from `layer_formulas`.
"""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from ..activations import Array
from ..losses import LOSSES
from ..tensors import gradient_name, like_parameters
from .explanation import WrittenFormula
from .last_pass import Pass
from .layer_formulas import formula_of
from .loss_formulas import loss_math
from .mathml import to_text
from .source import Line, quote
from .terms import Code, count
from .update_formulas import describe_move

_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a run may have diverged


class Moment(TypedDict):
    """A part of a phase: `tensors` are the names of the tensors that it computes, in order."""

    title: str
    sentence: str
    formulas: list[WrittenFormula]
    code: list[Line]
    tensors: list[str]


class Phase(Moment):
    """A part of one training step: "batch", "forward", "loss", "backward" or "update", with its moments in order."""

    phase: str
    moments: list[Moment]


class Change(TypedDict):
    """Change of one parameter tensor by an update: flat arrays, row by row; before + change is the current value."""

    name: str
    before: Array
    change: Array


@_quiet
def phases(pass_: Pass, loss: float) -> list[Phase]:
    """Return the phases of a pass, in order of computation.

    Parameters
    ----------
    pass_ : the pass, with its update or the next one; the last phase has the formula of that update
    loss : loss of its batch
    """
    return [_batch(pass_), _forward(pass_), _loss(pass_, loss), _backward(pass_), _update(pass_)]


@_quiet
def changes(pass_: Pass) -> list[Change] | None:
    """Return the changes by the update that followed the pass, None if none did."""
    if not pass_.changed:
        return None
    model = pass_.model
    difference = like_parameters(model, model.parameters - pass_.parameters)
    return [
        Change(
            name=name,
            before=values.ravel().copy(),
            change=difference[name].ravel(),
        )
        for name, values in like_parameters(model, pass_.parameters).items()
    ]


# Phases:


def _batch(pass_: Pass) -> Phase:
    sentence = f"{count(pass_.batch, 'sample')}, the next in the order of this epoch. Each row of the inputs is one."
    moment = Moment(title="The batch", sentence=sentence, formulas=[], code=[], tensors=["inputs"])
    return Phase(phase="batch", **moment, moments=[moment])


def _forward(pass_: Pass) -> Phase:
    model, moments = pass_.model, []
    if model.embedding:
        sentence = "For each token its row of the table is looked up; the rows of one sample are concatenated."
        moments.append(_moment(pass_, "Forward: the embedding", sentence, ["embedding/activations"]))
    moments += [_forward_layer(pass_, k) for k in range(pass_.last + 1)]
    sentence = (
        "Layer by layer from the inputs to the logits: inputs are weighted and summed (z = x W + b), then pass the "
        "activation function (a = f(z)); the result is the input of the next layer. All of these numbers are kept: the "
        "backward pass needs them."
    )
    example = _with_line(_forward_layer(pass_, 0), Code(type(model).forward, "= layer.forward("))
    return _through_layers("forward", sentence, moments, example)


def _forward_layer(pass_: Pass, k: int) -> Moment:
    layer, tensors = pass_.model.layers[k], [f"layers/{k}/pre_activations"]
    sentence = (
        f"For each of {count(pass_.batch, 'sample')}, each of {count(layer.fan_out, 'unit')} computes a weighted sum "
        f"of {count(layer.fan_in, 'input')} and adds its bias: z. "
    )
    if k == pass_.last:
        sentence += "These sums are the logits, one for each class."
    else:
        sentence += f"Then it applies the activation function {pass_.model.activation}: a = f(z)."
        tensors.append(f"layers/{k}/activations")
    return _moment(pass_, f"Forward: {pass_.layer_name(k)}", sentence, tensors)


def _loss(pass_: Pass, loss: float) -> Phase:
    classes = pass_.model.layers[-1].fan_out
    if pass_.loss_type == "cross_entropy":
        sentence = (
            "Softmax converts the logits of each sample into probabilities. The loss is −log(probability of the true "
            f"class), averaged over {count(pass_.batch, 'sample')}: L = {loss:.4g} nats."
        )
        fragments = ("exps = ", "loss = ")
    else:
        sentence = (
            "The loss is (logit − target)², where the target is 1 for the true class and 0 for all others, averaged "
            f"over {count(pass_.batch, 'sample')} and {count(classes, 'class', 'es')}: L = {loss:.4g}."
        )
        fragments = ("difference = ", "loss = ")
    sentence += " The backward pass starts with the gradient of L with respect to each logit."
    moment = _moment(pass_, "Loss", sentence, [f"layers/{pass_.last}/grad_pre_activations"])
    formula = loss_math(pass_.loss_type)
    moment["formulas"].insert(0, WrittenFormula(math=formula, text=to_text(formula), symbols={}))
    lines = [line for fragment in fragments for line in quote(LOSSES[pass_.loss_type], fragment)]
    moment["code"] = _unique([*lines, *moment["code"]])
    return Phase(phase="loss", **moment, moments=[moment])


def _backward(pass_: Pass) -> Phase:
    model = pass_.model
    moments = [_backward_layer(pass_, k) for k in reversed(range(pass_.last + 1))]
    if model.embedding:
        sentence = "Each occurrence of a token in the batch adds its gradient to the token's row of the table."
        moments.append(_moment(pass_, "Backward: the embedding", sentence, ["embedding/grad_weights"]))
    sentence = (
        "From the loss back to the inputs, by the chain rule: from the gradient of its output, each layer computes the "
        "gradients of its weights, its biases and its input, which is the output of the layer before."
    )
    example = _with_line(_backward_layer(pass_, 0), Code(type(model).backward, "= layer.backward("))
    return _through_layers("backward", sentence, moments, example)


def _backward_layer(pass_: Pass, k: int) -> Moment:
    tensors = [f"layers/{k}/grad_weights", f"layers/{k}/grad_biases", gradient_name(pass_.input_of(k))]
    before = f"the activations of {pass_.layer_name(k - 1)}" if k else "its inputs"
    follow = f"follow the gradients of its weights, its biases and {before}."
    if k == pass_.last:
        sentence = f"From the gradient of the logits {follow}"
    else:
        sentence = (
            f"The gradient of its pre-activations is the gradient of its activations × the slope of "
            f"{pass_.model.activation}. From it {follow}"
        )
        tensors.insert(0, f"layers/{k}/grad_pre_activations")
    return _moment(pass_, f"Backward: {pass_.layer_name(k)}", sentence, tensors)


def _update(pass_: Pass) -> Phase:
    """Return the phase of the update that followed the pass, or would follow; without formula if it is unknown."""
    names = list(pass_.model.named_parameters())
    each = f"each of {count(pass_.model.parameters.size, 'parameter')}"
    unknown = f"changed {each}; it was made by another optimizer, whose state is no longer kept"
    effect = describe_move(pass_.update, each) if pass_.update else unknown
    sentence = f"The update {effect}. Compare the parameters before and after, and their change."
    moment = Moment(title="Update", sentence=sentence, formulas=[], code=[], tensors=names)
    if pass_.update:
        moment = {**_moment(pass_.as_updated(), "Update", sentence, names[-2:-1]), "tensors": names}
    return Phase(phase="update", **moment, moments=[moment])


# Shared by the phases:


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
    return {**moment, "code": _unique([*quote(*code), *moment["code"]])}


def _moment(pass_: Pass, title: str, sentence: str, tensors: Sequence[str]) -> Moment:
    found = [formula_of(pass_, name, 0, 0) for name in tensors]
    return Moment(
        title=title,
        sentence=sentence,
        formulas=[WrittenFormula(math=formula.math, text=to_text(formula.math), symbols={}) for formula in found],
        # Whole functions are quoted only in the explanation of a cell.
        code=_unique([line for formula in found for code in formula.code if code.fragment for line in quote(*code)]),
        tensors=list(tensors),
    )


def _unique(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of code without duplicates, in order of execution."""
    return list({(line["file"], line["line"]): line for line in lines}.values())
