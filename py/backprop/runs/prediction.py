"""Predictions and generated text of a run: they read its weights and leave the run as it is."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ..data.generation import Generated, Known, KnownSamples, choose, read_input, read_start, typed_sample
from ..limits import LIMITS, check_integer, check_number, check_seed
from ..losses import softmax
from ..randomness import seeded_generator
from ..training.evaluation import predictions
from .run import TrainingRun

Float64s = NDArray[np.float64]


class Prediction(TypedDict):
    """Outputs of a model for one typed input.

    Attributes
    ----------
    probabilities : softmax of the outputs; None with MSE, whose outputs are no logits, and if an output is not finite
    predicted : class with the largest output; None if that is not finite
    known : whether a sample has this input: "new", "training" or "held_out"
    target : target of the first such sample
    """

    run_id: str
    step: int
    tokens: list[str]
    outputs: Float64s
    probabilities: Float64s | None
    predicted: str | None
    known: Known
    target: str | None


class ChosenSample(TypedDict, total=False):
    """A sample to pass through the network, without an update.

    Attributes
    ----------
    sample : index of a sample
    tokens, target : a typed input, and its target unless a sample has these tokens
    """

    sample: int | None
    tokens: Sequence[str] | None
    target: str | None


class TextOptions(TypedDict, total=False):
    """Options of generated text.

    Attributes
    ----------
    length : number of tokens, 20 by default
    temperature : 1 by default; 0 chooses the most probable token
    seed : 0 by default; the same weights and options generate the same tokens
    """

    length: int
    temperature: float
    seed: int


class Generation(TypedDict):
    """Generated tokens.

    Attributes
    ----------
    outputs, probabilities : one row for each token, the probabilities at temperature 1; None as in `Prediction`
    known : whether each token with its input is a sample: "new", "training" or "held_out"
    """

    run_id: str
    step: int
    start: list[str]
    tokens: list[str]
    outputs: Float64s
    probabilities: Float64s | None
    known: list[Known]


def predict(run: TrainingRun, tokens: object) -> Prediction:
    """Return the outputs of the model for one typed input."""
    dataset = run.dataset
    words = read_input(tokens, dataset)
    known = KnownSamples(dataset)
    index, outputs = known.index_of(words), outputs_of(run, words)
    (predicted,) = predictions(outputs[None])
    return Prediction(
        run_id=run.id,
        step=run.trainer.step,
        tokens=[dataset.vocabulary[token] for token in words],
        outputs=outputs,
        probabilities=probabilities(run, outputs),
        predicted=None if predicted < 0 else dataset.output_labels[predicted],
        known=known.kind_of(words),
        target=None if index is None else dataset.output_labels[dataset.targets[index]],
    )


def generate(
    run: TrainingRun, start: object, *, length: int = 20, temperature: float = 1.0, seed: int = 0
) -> Generation:
    """Generate `length` tokens one after the other, each predicted from the last ones.

    The same weights and arguments generate the same tokens.
    """
    dataset = run.dataset
    if dataset.settings.task != "next_token":
        raise ValueError("task must be next_token to generate tokens, got classification; predict its class instead")
    context = read_start(start, dataset)
    count = check_integer("length", length, *LIMITS["generated_tokens"])
    heat = check_number("temperature", temperature, *LIMITS["temperature"])
    if heat and run.trainer.config.loss_type == "mse":
        raise ValueError(f"temperature must be 0 with the loss MSE, whose outputs are no probabilities, got {heat:g}")
    made = _generate(run, context, (count, heat, check_seed("seed", seed)))
    known = KnownSamples(dataset)
    outputs = np.concatenate([each.outputs for each in made])
    odds = [each for each in (probabilities(run, each.outputs) for each in made) if each is not None]
    return Generation(
        run_id=run.id,
        step=run.trainer.step,
        start=[dataset.vocabulary[token] for token in context],
        tokens=[dataset.vocabulary[each.token] for each in made],
        outputs=outputs,
        probabilities=np.concatenate(odds) if len(odds) == len(made) else None,
        known=[known.kind_of(each.inputs, each.token) for each in made],
    )


def run_single(
    run: TrainingRun, update: bool, *, sample: int | None = None, tokens: object = None, target: object = None
) -> None:
    """Train on the next sample; without `update` only pass it, or a `ChosenSample`, through the network."""
    if tokens is None and target is None:
        run.visit("sample", update=update, sample=sample)
    elif update or sample is not None:
        raise ValueError("tokens must be given without sample and with update=False: they are not trained on")
    else:
        send(run, tokens, target)


def send(run: TrainingRun, tokens: object, target: object) -> None:
    """Pass one typed input through the network, without an update.

    If a sample has these tokens, and this target or none is given, that sample is passed.
    """
    dataset = run.dataset
    words = read_input(tokens, dataset)
    index = KnownSamples(dataset).index_of(words)
    if index is not None and target in {None, dataset.output_labels[dataset.targets[index]]}:
        run.show("sample", index)
    else:
        run.show_typed(typed_sample(words, target, dataset))


def outputs_of(run: TrainingRun, tokens: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the model's outputs (classes,) for one input (positions,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        outputs: NDArray[np.float64] = run.model.predict(run.trainer.samples.encode(tokens))[0].astype(np.float64)
    return outputs


def probabilities(run: TrainingRun, outputs: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return softmax(outputs); None if the loss is MSE, or if an output is not finite."""
    if run.trainer.config.loss_type == "mse" or not np.isfinite(outputs).all():
        return None
    odds: NDArray[np.float64] = softmax(outputs[None])[0]
    return odds


def _generate(run: TrainingRun, context: NDArray[np.int32], how: tuple[int, float, int]) -> list[Generated]:
    """Generate tokens after a context; `how` is their number, the temperature and the seed."""
    count, temperature, seed = how
    generator, positions = seeded_generator(seed), run.dataset.settings.positions
    made = []
    for _ in range(count):
        inputs = context[-positions:]
        outputs = outputs_of(run, inputs)
        if not np.isfinite(outputs).all():
            raise ValueError("outputs must be finite to choose a token, but one is not: restore earlier weights first")
        made.append(Generated(inputs, outputs, choose(outputs, temperature, generator)))
        context = np.append(context, np.int32(made[-1].token))
    return made
