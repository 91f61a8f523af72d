"""Predictions and generated text of a run: they read its weights and leave the run as it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.generation import Generated, KnownSamples, choose, read_input, read_start, typed_sample
from ..limits import LIMITS, check_integer, check_number, check_seed
from ..losses import softmax
from ..randomness import seeded_generator
from ..training.evaluation import predictions
from .run import TrainingRun

Plain = dict[str, Any]


def predict(run: TrainingRun, tokens: object) -> Plain:
    """Return the outputs of the model for one typed input, as plain data.

    `probabilities` is None if the loss is MSE, whose outputs are no logits, or if an output is not finite. `known` says
    whether a sample has this input, `target` which target the first such sample has.
    """
    dataset = run.dataset
    words = read_input(tokens, dataset)
    known = KnownSamples(dataset)
    index, outputs = known.index_of(words), outputs_of(run, words)
    (predicted,) = predictions(outputs[None])
    return {
        "tokens": [dataset.vocabulary[token] for token in words],
        "outputs": outputs,
        "probabilities": probabilities(run, outputs),
        "predicted": None if predicted < 0 else dataset.output_labels[predicted],
        "known": known.kind_of(words),
        "target": None if index is None else dataset.output_labels[dataset.targets[index]],
    }


def generate(run: TrainingRun, *, start: object, length: object, temperature: object, seed: object) -> Plain:
    """Generate `length` tokens one after the other, each predicted from the last ones, as plain data.

    The same weights and arguments generate the same tokens. `probabilities` are the model's, at temperature 1; None as
    in `predict`. `known` says for each token whether its input and it together are a sample.
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
    odds = [probabilities(run, each.outputs) for each in made]
    return {
        "start": [dataset.vocabulary[token] for token in context],
        "tokens": [dataset.vocabulary[each.token] for each in made],
        "outputs": outputs,
        "probabilities": None if any(each is None for each in odds) else np.concatenate(odds),  # type: ignore[arg-type]
        "known": [known.kind_of(each.inputs, each.token) for each in made],
    }


def send(run: TrainingRun, tokens: object, target: object) -> None:
    """Pass one typed input through the network, without an update.

    If a sample has these tokens, and this target or none is given, that sample is passed.
    """
    dataset = run.dataset
    words = read_input(tokens, dataset)
    index = KnownSamples(dataset).index_of(words)
    if index is not None and target in {None, dataset.output_labels[dataset.targets[index]]}:
        run.run_single(update=False, sample=index)
    else:
        run.run_typed(typed_sample(words, target, dataset))


def outputs_of(run: TrainingRun, tokens: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the model's outputs (classes,) for one input (positions,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        outputs: NDArray[np.float64] = run.model.predict(run.trainer.encode(tokens))[0].astype(np.float64)
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
