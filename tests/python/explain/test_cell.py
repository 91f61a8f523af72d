"""Why this number: the terms sum to the cell, every factor explains itself, and the quoted lines are the real ones."""

import ast
import json
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import backprop
from backprop.activations import ACTIVATIONS
from backprop.cli.command_line import main
from backprop.data.dataset import SequenceDataset
from backprop.explain.cell import explain
from backprop.explain.explanation import Cell, Explanation, Factor, describe
from backprop.explain.last_pass import Names, Pass
from backprop.explain.mathml import ACTIVATION_FORMULAS, ELEMENTS, Math, to_text
from backprop.explain.source import Line, quote
from backprop.losses import LOSSES, softmax
from backprop.model import Model
from backprop.optimizers import OPTIMIZERS
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun
from backprop.session import Session
from backprop.tensors import backward_tensors, forward_tensors, shapes
from backprop.updates import Update

KINDS = {
    "input",
    "parameter",
    "copy of a row",
    "dot product",
    "activation",
    "mean over the batch",
    "minus log probability",
    "mean squared error",
    "softmax",
    "target",
    "softmax minus target",
    "logit minus target",
    "times the slope",
    "through the next layer",
    "sum over the batch",
    "sum over the occurrences",
}
# Factors that are a function of their cell; all others are the cell's own number.
FUNCTIONS = {"f(z)", "f′(z)", "z−max z", "e^(z−max z)", "(z−y)²"}


class Case(NamedTuple):
    """A model after one pass, and what the pass was given."""

    model: Model
    targets: NDArray[Any]
    loss: str
    names: Names

    def explain(self, tensor: str, row: int, col: int, **options: Any) -> Explanation:
        given = {"targets": self.targets, "loss_type": self.loss, "names": self.names, **options}
        most = {"max_terms": given.pop("max_terms")} if "max_terms" in options else {}
        return explain(Pass(self.model, **given), tensor, row, col, **most)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Every tensor on the page and of the loss, by its own route; a bias vector as one row."""
        all_tensors = forward_tensors(self.model) | backward_tensors(self.model) | self.losses()
        return {name: np.atleast_2d(tensor) for name, tensor in all_tensors.items()}

    @np.errstate(all="ignore")
    def losses(self) -> dict[str, NDArray[Any]]:
        """The loss, and what it comes from: each sample's as that of a batch of its own."""
        logits, loss = self.model.layers[-1].pre_activations, LOSSES[self.loss]
        rows = [slice(n, n + 1) for n in range(len(logits))]
        return {
            "targets": np.eye(logits.shape[1])[self.targets],
            **({"probabilities": softmax(logits)} if self.loss == "cross_entropy" else {}),
            "sample_losses": np.array([[loss(logits[n], self.targets[n])[0]] for n in rows]),
            "loss": np.array([[loss(logits, self.targets)[0]]]),
        }


def make_case(
    hidden_dims: tuple[int, ...] = (4, 3),
    activation: str = "gelu",
    loss: str = "cross_entropy",
    dtype: str = "float64",
    encoding: str = "one_hot",
    batch: int = 5,
    seed: int = 0,
) -> Case:
    """Random parameters, biases too, and one pass of a batch."""
    options: dict[str, Any] = {"encoding": encoding, "embedding_dim": 2, "num_master_sequences": 2, "seed": seed}
    dataset = SequenceDataset(vocabulary=("a", "b", "c"), sequence_length=4, num_samples=40, **options)
    table = {"vocabulary_size": 3, "embedding_dim": 2} if encoding == "embedding" else {}
    model = Model(dataset.input_dim, hidden_dims, 3, activation=activation, dtype=dtype, seed=seed, **table)
    generator = np.random.default_rng(seed)
    model.parameters[:] = generator.uniform(-1, 1, model.parameters.size)
    chosen = generator.permutation(len(dataset))[:batch]
    x, y = dataset.inputs[chosen], dataset.targets[chosen]
    model.backward(LOSSES[loss](model.forward(x if table else x.astype(dtype)), y)[1])
    return Case(model, y, loss, Names(dataset, chosen))


@st.composite
def cases(draw: Callable[..., Any]) -> Case:
    return make_case(
        tuple(draw(st.lists(st.integers(1, 6), max_size=4))),
        draw(st.sampled_from(sorted(ACTIVATIONS))),
        draw(st.sampled_from(sorted(LOSSES))),
        draw(st.sampled_from(["float32", "float64"])),
        draw(st.sampled_from(["one_hot", "embedding"])),
        draw(st.integers(1, 12)),
        draw(st.integers(0, 2**32 - 1)),
    )


def check(case: Case, tensors: dict[str, NDArray[Any]], tensor: str, row: int, col: int) -> Explanation:
    """Hold one explanation to all that it promises of a pass that nothing has followed."""
    why = case.explain(tensor, row, col)
    assert why["cell"] == {"tensor": tensor, "row": row, "col": col, "value": float(tensors[tensor][row, col])}
    for term in why["terms"]:
        assert term["product"] == math.prod(factor["value"] for factor in term["factors"])
        assert term["label"]
    products = [term["product"] for term in why["terms"]]
    for one, next_one in pairwise(term for term in why["terms"] if term["label"] != "bias"):
        assert abs(one["product"]) > abs(next_one["product"]) or one["index"] <= next_one["index"]
    assert [abs(p) for p in products] == sorted((abs(p) for p in products), reverse=True)
    assert why["count"] == len(products)
    assert why["left_out"] is None
    assert why["sum"] == math.fsum(products)
    check_rounding(why, case.model.dtype, math.fsum(map(abs, products)))
    for cell, factor in factor_cells(why):
        assert cell["value"] == float(tensors[cell["tensor"]][cell["row"], cell["col"]])
        assert factor["value"] == cell["value"] or factor["is_function"]
        assert any(
            region["tensor"] == cell["tensor"]
            and region["row"] in {None, cell["row"]}
            and region["col"] in {None, cell["col"]}
            for region in why["regions"]
        )
    listed = [factor for term in why["terms"] for factor in term["factors"]]
    assert {factor["symbol"] for factor in listed if factor["is_function"]} <= FUNCTIONS
    assert (why["stale"], why["note"]) == (False, "")
    assert json.loads(json.dumps(why)) == why  # plain data
    return why


def check_rounding(why: Explanation, dtype: str, magnitude: float) -> None:
    """(terms + 8) roundings of half a unit in the last place each, of the sum of the terms' magnitudes.

    The mean of squared errors has one term for each sample, and in each as many squares as there are classes.
    """
    difference, bound = why["difference"], why["bound"]
    assert difference == why["cell"]["value"] - why["sum"]
    assert abs(difference) <= bound, (why["cell"], why["kind"])
    classes = 3 if why["cell"]["tensor"] == "loss" and "C" in why["formula"]["text"] else 0
    roundings = (why["count"] + 8 + 2 * classes) * float(np.finfo(dtype).eps) / 2
    assert bound <= 1.0001 * roundings * magnitude + 1e-40
    if dtype == "float64":
        assert abs(difference) <= 1e-12 * magnitude + 1e-300


def factor_cells(why: Explanation) -> Iterator[tuple[Cell, Factor]]:
    listed = [factor for term in why["terms"] for factor in term["factors"]]
    for factor in [*listed, *(why["softmax"] or [])]:
        if factor["cell"]:
            yield factor["cell"], factor


def test_random_cells_of_random_models_are_the_sum_of_their_terms() -> None:
    explained = 0
    kinds: set[str] = set()

    @given(cases(), st.randoms(use_true_random=False))
    def explain_one_cell_of_each_tensor(case: Case, random: Any) -> None:
        nonlocal explained
        tensors = case.tensors()
        assert [*shapes(case.model), *case.losses()] == list(tensors)
        for name, values in tensors.items():
            row, col = random.randrange(values.shape[0]), random.randrange(values.shape[1])
            kinds.add(check(case, tensors, name, row, col)["kind"])
            explained += 1

    explain_one_cell_of_each_tensor()
    assert explained >= 8 * settings().max_examples
    assert kinds == KINDS


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("encoding", "dtype", "loss"),
    [
        ("one_hot", "float32", "cross_entropy"),
        ("one_hot", "float64", "mse"),
        ("embedding", "float32", "mse"),
        ("embedding", "float64", "cross_entropy"),
    ],
)
def test_every_cell_of_a_small_model(encoding: str, dtype: str, activation: str, loss: str) -> None:
    case = make_case((2, 2), activation, loss, dtype, encoding, batch=3)
    tensors = case.tensors()
    for name, values in tensors.items():
        for row, col in np.ndindex(*values.shape):
            check(case, tensors, name, row, col)


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("hidden_dims", [(), (3,), (3, 2)])
def test_one_can_walk_from_every_gradient_to_the_tokens_and_never_in_a_circle(
    encoding: str, loss: str, hidden_dims: tuple[int, ...]
) -> None:
    case = make_case(hidden_dims, loss=loss, encoding=encoding, batch=3)
    leaves: dict[tuple[str, int, int], frozenset[str]] = {}

    def walk(tensor: str, row: int, col: int, above: frozenset[tuple[str, int, int]]) -> frozenset[str]:
        """Explain a cell and all that it is made of; returns the kinds at the ends of the ways."""
        place = (tensor, row, col)
        assert place not in above
        if place not in leaves:
            why = case.explain(tensor, row, col)
            cells = [cell for cell, _ in factor_cells(why)]
            ends = [walk(cell["tensor"], cell["row"], cell["col"], above | {place}) for cell in cells]
            leaves[place] = frozenset().union(*ends) if ends else frozenset({why["kind"]})
        return leaves[place]

    from_loss = {"loss", "sample_losses", f"layers/{len(hidden_dims)}/grad_pre_activations"}
    for name, values in case.tensors().items():
        for row, col in np.ndindex(*values.shape):
            ends = walk(name, row, col, frozenset())
            assert ends <= {"input", "parameter", "sum over the occurrences", "target"}
            assert "input" in ends or name not in from_loss


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_wide_layers(dtype: str) -> None:
    case = make_case((128, 128), "silu", dtype=dtype, batch=32)
    tensors = case.tensors()
    for name, values in tensors.items():
        check(case, tensors, name, values.shape[0] // 2, values.shape[1] // 2)


# What each number is made of, said once more by hand:


@pytest.fixture(scope="module")
def case() -> Case:
    return make_case()


def products_of(why: Explanation) -> dict[int, list[tuple[str, int, int]]]:
    """The cells of each term with two or more, by the term's place in the sum."""
    pairs = {}
    for term in why["terms"]:
        cells = [factor["cell"] for factor in term["factors"] if factor["cell"]]
        if len(cells) == 2:
            pairs[term["index"]] = [(cell["tensor"], cell["row"], cell["col"]) for cell in cells]
    return pairs


def test_a_weight_gradient_has_one_term_for_each_sample(case: Case) -> None:
    why = case.explain("layers/1/grad_weights", 2, 1)
    assert products_of(why) == {
        n: [("layers/0/activations", n, 2), ("layers/1/grad_pre_activations", n, 1)] for n in range(5)
    }
    assert {term["label"] for term in why["terms"]} == {case.names.sample(n) for n in range(5)}
    assert why["over"] == "samples"
    assert why["regions"] == [
        {"tensor": "layers/0/activations", "row": None, "col": 2},
        {"tensor": "layers/1/grad_pre_activations", "row": None, "col": 1},
    ]
    assert why["formula"]["text"] == "∂L/∂W_ij = ∑_n x_ni · ∂L/∂z_nj"
    partner = {"tensor": "layers/1/weights", "row": 2, "col": 1, "value": case.model.layers[1].weights[2, 1]}
    assert why["partner"] == partner


def test_a_pre_activation_is_a_dot_product_and_a_bias(case: Case) -> None:
    why = case.explain("layers/0/pre_activations", 4, 3)
    assert products_of(why) == {i: [("inputs", 4, i), ("layers/0/weights", i, 3)] for i in range(9)}
    bias = next(term for term in why["terms"] if term["label"] == "bias")
    assert bias["product"] == case.model.layers[0].biases[3]
    assert {term["label"] for term in why["terms"] if term["product"] and term is not bias} == {
        f"input {position + 1}:{token}" for position, token in enumerate(case.names.sample(4).partition(" ")[0])
    }


def test_a_gradient_goes_through_the_next_layer_and_the_slope(case: Case) -> None:
    through = case.explain("layers/0/grad_activations", 2, 1)
    assert products_of(through) == {
        j: [("layers/1/grad_pre_activations", 2, j), ("layers/1/weights", 1, j)] for j in range(3)
    }
    delta = case.explain("layers/0/grad_pre_activations", 2, 1)
    assert products_of(delta) == {0: [("layers/0/grad_activations", 2, 1), ("layers/0/pre_activations", 2, 1)]}
    layer = case.model.layers[0]
    assert delta["function"] == case.explain("layers/0/activations", 2, 1)["function"]
    assert delta["function"] == {
        "name": "gelu",
        "z": layer.pre_activations[2, 1],
        "a": layer.activations[2, 1],
        "slope": layer.slopes[2, 1],
    }


def test_the_loss_gradient_is_softmax_minus_target_over_the_batch(case: Case) -> None:
    why = case.explain("layers/2/grad_pre_activations", 3, int(case.targets[3]))
    logits = case.model.layers[-1].pre_activations
    assert [factor["value"] for factor in why["softmax"] or []] == softmax(logits)[3].tolist()
    target, probability = (next(t for t in why["terms"] if t["label"] == name) for name in ("target", "softmax"))
    assert [factor["value"] for factor in target["factors"]] == [-1, 1, 1 / 5]
    assert probability["factors"][0]["value"] == softmax(logits)[3, case.targets[3]]
    assert {"tensor": "layers/2/pre_activations", "row": 3, "col": None} in why["regions"]


@pytest.mark.parametrize("task", ["next_token", "classification"])
@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
@pytest.mark.parametrize("loss_type", sorted(LOSSES))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_loss_of_a_batch_is_the_mean_of_its_samples(dtype: str, loss_type: str, encoding: str, task: str) -> None:
    """What training reports is the sum of one term for each sample: to 1e-12, or a few units in the last place."""
    run = TrainingRun(
        RunConfig.from_dict(
            {
                "dataset": {"task": task, "encoding": encoding},
                "model": {"hidden_dims": [6], "dtype": dtype},
                "trainer": {"batch_size": 7, "loss_type": loss_type, "learning_rate": 1.0},
            }
        )
    )
    for steps in (3, 60):
        run.advance(steps)
        trainer, names = run.trainer, Names(run.dataset, run.trainer.batch)
        case = Case(run.model, run.dataset.targets[trainer.batch], loss_type, names)
        why = case.explain("loss", 0, 0)
        products = [term["product"] for term in why["terms"]]
        assert why["cell"]["value"] == trainer.batch_loss
        few = 1e-12 if dtype == "float64" else 4 * float(np.finfo(dtype).eps)
        assert abs(math.fsum(products) - why["cell"]["value"]) <= few * why["cell"]["value"]
        assert products == sorted(products, reverse=True)
        size = len(trainer.batch)
        assert sorted(term["index"] for term in why["terms"]) == list(range(size))
        logits = run.model.layers[-1].pre_activations.astype(float)
        for term in why["terms"]:
            n = term["index"]
            assert term["label"] == names.sample(n)
            cell = term["factors"][0]["cell"]
            assert cell is not None
            assert (cell["tensor"], cell["row"], cell["col"]) == ("sample_losses", n, 0)
            target = int(case.targets[n])
            by_hand = {
                "cross_entropy": math.log(sum(np.exp(logits[n] - logits[n, target]))),
                "mse": np.mean((logits[n] - np.eye(logits.shape[1])[target]) ** 2),
            }[loss_type]
            assert term["product"] == pytest.approx(by_hand / size, rel=1e-3 if dtype == "float32" else 1e-9, abs=1e-7)


def test_a_probability_and_a_target_explain_themselves(case: Case) -> None:
    """The loss of a sample leads to the logits and the target; so does the gradient that the way back begins with."""
    target = int(case.targets[3])
    logit, right = ("layers/2/pre_activations", 3, target), ("targets", 3, target)
    places = {
        name: {
            (cell["tensor"], cell["row"], cell["col"])
            for term in case.explain(*place)["terms"]
            for cell in [factor["cell"] for factor in term["factors"]]
            if cell
        }
        for name, place in {
            "sample": ("sample_losses", 3, 0),
            "probability": ("probabilities", 3, target),
            "gradient": ("layers/2/grad_pre_activations", 3, target),
            "target": right,
        }.items()
    }
    assert places["sample"] == {right, logit}
    assert places["probability"] == {logit}
    assert places["gradient"] == {("probabilities", 3, target), right}
    assert places["target"] == set()
    assert case.explain(*right)["cell"]["value"] == 1
    assert {"tensor": "layers/2/pre_activations", "row": None, "col": None} in case.explain("loss", 0, 0)["regions"]


def test_an_embedding_row_gradient_lists_its_occurrences() -> None:
    case = make_case(encoding="embedding")
    tokens = case.model.embedding.tokens if case.model.embedding else np.zeros((0, 0))
    why = case.explain("embedding/grad_weights", 1, 0)
    places = [(int(n), int(p)) for n, p in np.argwhere(tokens == 1)]
    assert sorted(products_of(why).items()) == [
        (k, [("inputs", n, 3 * p + 1), ("embedding/grad_activations", n, 2 * p)]) for k, (n, p) in enumerate(places)
    ]
    assert {term["label"] for term in why["terms"]} == {
        f"position {p + 1} of {case.names.sample(n)}" for n, p in places
    }


def test_a_token_that_does_not_occur_has_no_terms() -> None:
    case = make_case(encoding="embedding", batch=1, seed=1)
    missing = set(range(3)) - set(case.model.embedding.tokens.ravel().tolist() if case.model.embedding else ())
    assert missing
    why = case.explain("embedding/grad_weights", missing.pop(), 1)
    assert (why["terms"], why["sum"], why["cell"]["value"], why["stale"]) == ([], 0, 0, False)
    assert describe(why)


def test_targets_may_be_rows_and_names_may_be_missing(case: Case) -> None:
    named = case.explain("layers/2/grad_pre_activations", 0, 0)
    plain = case.explain("layers/2/grad_pre_activations", 0, 0, targets=np.eye(3)[case.targets], names=None)
    assert plain["sum"] == named["sum"]
    assert "sample 1" in plain["sentence"]
    assert case.explain("layers/0/pre_activations", 1, 1, names=None)["terms"][0]["label"] in {"bias"} | {
        f"input {i + 1}" for i in range(9)
    }


def test_few_terms_are_listed_and_the_rest_is_summed_up(case: Case) -> None:
    whole, short = (case.explain("layers/1/pre_activations", 0, 0, max_terms=most) for most in (100, 2))
    assert short["terms"] == whole["terms"][:2]
    assert short["left_out"] == {
        "count": 3,
        "sum": pytest.approx(sum(term["product"] for term in whole["terms"][2:]), rel=1e-12),
    }
    assert (short["count"], short["sum"]) == (5, whole["sum"])
    assert "and 3 smaller terms" in describe(short)


# After an update the weights on screen are not those of the pass:


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_an_update_is_noticed_and_the_weights_of_the_pass_explain_it(dtype: str, encoding: str) -> None:
    case = make_case(dtype=dtype, encoding=encoding)
    before = case.model.parameters.copy()
    case.model.update(0.1)
    assert case.explain("layers/1/pre_activations", 0, 0)["stale"]
    assert "changed since" in case.explain("layers/1/grad_activations", 0, 0)["note"]
    for name, values in case.tensors().items():
        why = case.explain(name, 0, values.shape[1] - 1, parameters=before, update=Update("sgd", 0.1))
        assert abs(why["difference"]) <= why["bound"], name
        assert why["stale"] == bool(why["note"])
    old = case.explain("layers/1/pre_activations", 0, 0, parameters=before)
    assert old["stale"]
    weight = next(term for term in old["terms"] if term["label"] != "bias")["factors"][1]
    assert weight["cell"]
    assert weight["value"] != weight["cell"]["value"] == case.model.layers[1].weights[weight["cell"]["row"], 0]


def test_a_parameter_explains_its_update() -> None:
    case = make_case()
    first = case.explain("layers/1/weights", 2, 1)
    assert first["kind"] == "parameter"
    assert "between -0.926 and 0.926 (Xavier uniform)" in first["sentence"]  # √(6 / (4 + 3))
    assert "generator.uniform" in first["code"][0]["text"]
    case.model.initialization = "standard_normal"
    normal = case.explain("layers/1/weights", 2, 1)
    assert "mean 0 and standard deviation 1 (standard normal)" in normal["sentence"]
    assert "generator.standard_normal" in normal["code"][0]["text"]
    old, gradient = case.model.layers[1].weights[2, 1], case.model.layers[1].grad_weights[2, 1]
    before = case.model.parameters.copy()
    case.model.update(0.1)
    why = case.explain("layers/1/weights", 2, 1, parameters=before, update=Update("sgd", 0.1))
    assert why["kind"] == "update"
    assert {term["label"]: term["product"] for term in why["terms"]} == {"before": old, "the update": -0.1 * gradient}
    assert why["formula"]["text"] == "W_ij = W_ij^before − η · ∂L/∂W_ij"
    unknown = case.explain("layers/1/weights", 2, 1, parameters=before)
    assert (unknown["kind"], unknown["stale"]) == ("parameter", False)


def test_a_wrong_number_does_not_explain_itself() -> None:
    case = make_case()
    case.model.layers[1].grad_weights[2, 1] *= 1 + 1e-9
    assert case.explain("layers/1/grad_weights", 2, 1)["stale"]
    other = "mse"
    assert case.explain("layers/2/grad_pre_activations", 0, 0, loss_type=other)["stale"]


def test_a_diverged_run_says_so() -> None:
    case = make_case()
    case.model.layers[0].activations[:, 1] = np.inf, -np.inf, np.nan, 1e308, 0
    case.model.layers[1].grad_weights[1] = np.nan
    why = case.explain("layers/1/grad_weights", 1, 0)
    assert "diverged" in why["note"]
    assert not math.isfinite(why["sum"])
    assert not math.isfinite(why["terms"][0]["product"])
    assert describe(why)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_number_of_a_diverged_run_can_be_looked_at(activation: str) -> None:
    case = make_case(activation=activation, dtype="float32")
    case.model.parameters *= np.float32(1e38)
    x = case.model.layers[0].inputs
    with np.errstate(all="ignore"):
        case.model.backward(LOSSES[case.loss](case.model.forward(x), case.targets)[1])
    for name, values in case.tensors().items():
        for col in range(values.shape[1]):
            why = case.explain(name, 0, col)
            assert "diverged" in why["note"] or abs(why["difference"]) <= why["bound"]
            assert describe(why)


# Refused:


@pytest.mark.parametrize(
    ("place", "options", "message"),
    [
        (("layers/9/weights", 0, 0), {}, r"^tensor must be one of this model's, .* got 'layers/9/weights'$"),
        (("layers/2/activations", 0, 0), {}, r"^tensor must be one of"),
        (("embedding/weights", 0, 0), {}, r"^tensor must be one of"),
        (("__class__", 0, 0), {}, r"^tensor must be one of"),
        (("inputs", 5, 0), {}, r"^row must be between 0 and 4 \(the rows of inputs\), got 5$"),
        (("layers/0/biases", 1, 0), {}, r"^row must be between 0 and 0 \(the rows of layers/0/biases\), got 1$"),
        (("layers/0/weights", 0, -1), {}, r"^col must be between 0 and 3 \(the columns of layers/0/weights\), got -1$"),
        (("inputs", 0.5, 0), {}, r"^row must be a whole number"),
        (("inputs", 0, 0), {"loss_type": "hinge"}, r"^loss_type must be one of"),
        (("inputs", 0, 0), {"targets": np.zeros(4, int)}, r"^targets must be those of the batch of 5, got 4$"),
        (("inputs", 0, 0), {"parameters": np.zeros(3)}, r"^parameters must have the shape"),
        (("inputs", 0, 0), {"max_terms": 0}, r"^max_terms must be between 1"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(
    case: Case, place: tuple[str, int, int], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        case.explain(*place, **options)


def test_what_is_not_computed_yet_is_refused() -> None:
    model, targets = Model(4, (3,), 2), np.zeros(1, int)
    with pytest.raises(ValueError, match=r"^tensor must be computed first: there was no forward pass"):
        Pass(model, targets, "mse")
    model.forward(np.ones((1, 4), np.float32))
    assert explain(Pass(model, targets, "mse"), "layers/0/activations", 0, 0)["partner"] is None
    with pytest.raises(ValueError, match=r"^tensor must be computed first: there was no backward pass"):
        explain(Pass(model, targets, "mse"), "layers/0/grad_weights", 0, 0)


# Written and quoted:

ARITY = {"mi": 1, "mn": 1, "mo": 1, "mtext": 1, "msub": 2, "msup": 2, "munder": 2, "mfrac": 2, "msqrt": 1}


def check_math(tree: Math) -> None:
    element, *children = tree
    assert element in ELEMENTS
    assert len(children) == ARITY.get(element, len(children))
    for child in children:
        if element in {"mi", "mn", "mo", "mtext"}:
            assert isinstance(child, str)
        else:
            check_math(child)


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_every_formula_is_mathml_and_every_quoted_line_stands_in_its_file(encoding: str, loss: str) -> None:
    case = make_case(loss=loss, encoding=encoding)
    package = Path(backprop.__file__).parent
    for name in case.tensors():
        why = case.explain(name, 0, 0)
        check_math(why["formula"]["math"])
        assert " = " in why["formula"]["text"]
        assert set(why["formula"]["symbols"].values()) <= set(case.tensors())
        assert why["code"] or name in {"inputs", "targets"}
        for line in why["code"]:
            assert (
                line["text"].strip()
                == (package / line["file"]).read_text("utf-8").splitlines()[line["line"] - 1].strip()
            )


@pytest.mark.parametrize(
    ("tensor", "function", "fragment"),
    [
        ("layers/1/pre_activations", "Layer.forward", "np.matmul(x, self.weights"),
        ("layers/1/activations", "Layer.forward", "self.activation.value(z"),
        ("layers/1/weights", "Model._draw_parameters", "generator.uniform(-limit, limit"),
        ("layers/1/biases", "allocate_parameters", "parameters: Array = np.zeros(size"),
        ("layers/1/grad_weights", "Layer.backward", "np.matmul(self.inputs.T, grad_z"),
        ("layers/1/grad_biases", "Layer.backward", "np.add.reduce(grad_z, axis=0"),
        ("layers/1/grad_pre_activations", "Layer.backward", "np.multiply(grad_a, self.slopes"),
        ("layers/1/grad_activations", "Layer.backward", "np.matmul(grad_z, self.weights.T"),
        ("layers/2/grad_pre_activations", "cross_entropy", "exps /= sums"),
        ("grad_inputs", "Layer.backward", "np.matmul(grad_z, self.weights.T"),
    ],
)
def test_the_line_that_computed_it_is_quoted(case: Case, tensor: str, function: str, fragment: str) -> None:
    first = case.explain(tensor, 0, 0)["code"][0]
    assert first["function"] == function
    assert fragment in first["text"]


def fragments_in_source() -> set[str]:
    """Every text by which `explain` points at a line of code, found in its own source."""
    found = set()
    for path in (Path(backprop.__file__).parent / "explain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            texts: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in POINTERS:
                texts = node.args[1:]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "fragments":
                texts = [node.value]
            found |= {c.value for text in texts for c in ast.walk(text) if isinstance(c, ast.Constant)}
    return {text for text in found if isinstance(text, str)}


POINTERS = {"Code", "_code", "lines"}
OPTIMIZERS_TO_QUOTE: list[dict[str, Any]] = [
    {},
    {"weight_decay": 0.1, "clip_norm": 1e-3},
    {"loss_type": "mse"},
    *({"optimizer": name} for name in OPTIMIZERS),
]


@pytest.mark.slow
def test_every_fragment_is_found_in_its_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """An explanation points at lines by their text: an edit of the line must not lose it."""
    asked: set[tuple[Any, str]] = set()

    def recorded(function: Any, fragment: str = "") -> list[Line]:
        asked.add((function, fragment))
        return quote(function, fragment)

    monkeypatch.setattr("backprop.explain.cell.quote", recorded)
    monkeypatch.setattr("backprop.explain.phases.quote", recorded)
    for encoding in ("one_hot", "embedding"):
        for trainer in OPTIMIZERS_TO_QUOTE:
            for initialization in ("xavier_uniform", "standard_normal"):
                session = Session()
                model = {"hidden_dims": [3], "initialization": initialization}
                data = {"num_samples": 20, "encoding": encoding, "embedding_dim": 2}
                session.create_run(config={"dataset": data, "model": model, "trainer": trainer})
                for _ in range(2):  # before an update and after one
                    state = session.state()
                    names = [tensor["name"] for side in ("forward", "backward") for tensor in state[side]["tensors"]]
                    names += [tensor["name"] for tensor in state["optimizer"]["tensors"]]
                    extra = ["probabilities"] if "loss_type" not in trainer else []
                    for name in (*names, "targets", "sample_losses", "loss", *extra):
                        session.explain_cell(tensor=name, row=0, col=0)
                    session.phases()
                    session.train_batch()
    quoted = {(function, text): quote(function, text) for function, text in asked}
    lost = [key for key, lines in quoted.items() if not any(key[1] in line["text"] for line in lines)]
    assert lost == []
    assert fragments_in_source() == {text for _, text in asked if text}


def test_of_an_edited_function_the_whole_is_quoted_and_of_one_without_source_nothing() -> None:
    whole = quote(softmax, "no such text")
    assert [line["text"] for line in whole][-1] == "return exps"
    assert whole == quote(softmax)
    assert len(whole) == 3
    assert quote(len) == []
    typed: dict[str, Any] = {}
    exec("def f(x):\n    return x", typed)
    assert quote(typed["f"]) == []


def test_activations_are_written_as_they_are_defined() -> None:
    assert ACTIVATION_FORMULAS.keys() == ACTIVATIONS.keys()
    texts = {name: to_text(tree) for name, tree in ACTIVATION_FORMULAS.items()}
    assert texts == {
        "gelu": "1/2 · z(1 + tanh(√(2/π)(z + 0.044715z^3)))",
        "gelu_exact": "zΦ(z)",
        "relu": "max(0, z)",
        "tanh": "tanh(z)",
        "sigmoid": "1/(1 + e^-z)",
        "silu": "z/(1 + e^-z)",
        "identity": "z",
    }


@pytest.mark.native
def test_the_command_line_explains_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "layers/1/grad_weights", "3", "7", "--epochs", "5", "--hidden", "8,8", "--terms", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("layers/1/grad_weights[3, 7] = ")
    assert "  ∂L/∂W_ij = ∑_n x_ni · ∂L/∂z_nj" in lines
    assert sum("layers/0/activations[" in line and " → " in line for line in lines) == 4
    assert any(line.startswith("  and 6 smaller terms, together ") for line in lines)
    assert any("model.py:" in line and "out=self.grad_weights" in line for line in lines)


@pytest.mark.native
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["layers/7/weights", "0", "0"], "tensor must be one of this model's, such as layers/0/weights, got"),
        (["inputs", "10", "0"], "row must be between 0 and 9 (the rows of inputs), got 10"),
        (["inputs", "0", "b"], "col must be a whole number between 0 and 15 (the columns of inputs), got 'b'"),
        (["inputs", "0", "0", "--epochs", "-1"], "epochs must be between 0 and"),
        (["inputs", "0", "0", "--terms", "0"], "max_terms must be between 1 and"),
        (["inputs", "0", "0", "--batch-size", "0"], "trainer.batch_size must be between 1 and 80"),
    ],
    ids=str,
)
def test_the_command_line_refuses_in_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *arguments]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert shown.err.startswith(f"backprop: {sentence}")


def test_it_is_described_in_words(case: Case) -> None:
    text = describe(case.explain("layers/1/grad_weights", 2, 1))
    value = case.model.layers[1].grad_weights[2, 1]
    assert text.startswith(f"layers/1/grad_weights[2, 1] = {value:.7g}\nGradient of the weight from unit 3")
    for part in (
        case.names.sample(0),
        "layers/0/activations[0, 2], layers/1/grad_pre_activations[0, 1]",
        "rounding in float64 explains",
        "model.py:",
        "out=self.grad_weights",
    ):
        assert part in text
