"""Predictions, generated tokens and typed samples: equal to the model's own outputs, and without a trace in the run."""

from typing import Any

import numpy as np
import pytest

from backprop.losses import softmax
from backprop.session import Session
from tests.python.records import add_record, record_of

EMBEDDING = {"dataset": {"encoding": "embedding", "embedding_dim": 3, "num_master_sequences": 3}}
CLASSES = {"dataset": {"task": "classification", "num_master_sequences": 3}}
MSE = {"trainer": {"loss_type": "mse"}}
FLOAT64 = {"model": {"dtype": "float64"}, "dataset": {"num_master_sequences": 3, "held_out": 0.3}}
CONFIGS = {"default": {}, "embedding": EMBEDDING, "classification": CLASSES, "mse": MSE, "float64": FLOAT64}
ADAM = {"trainer": {"optimizer": "adam", "learning_rate": 0.01}, "dataset": {"num_master_sequences": 3}}


def started(config: dict[str, Any], steps: int = 30) -> tuple[Session, str]:
    session = Session()
    run_id = str(session.create_run(config=config)[-1]["id"])
    session.advance(id=run_id, steps=steps)
    return session, run_id


def bare(state: dict[str, Any]) -> list[Any]:
    """Everything of a state but the clock, comparable."""
    columns = [[tensor["data"].tobytes() for tensor in state[side]["tensors"]] for side in ("forward", "backward")]
    return [*columns, state["step"], state["loss"], state["accuracy"], state["batch"].tolist(), state["mode"]]


@pytest.mark.parametrize("name", CONFIGS)
def test_a_prediction_equals_the_logits_of_the_same_sample(name: str) -> None:
    session, _ = started(CONFIGS[name])
    for sample in session.inspect_samples(count=8):
        found = session.predict(tokens=sample["input"])
        state = session.run_single(update=False, sample=sample["index"])
        logits = state["forward"]["tensors"][-1]["data"].astype(np.float64)
        np.testing.assert_allclose(found["outputs"], logits, rtol=1e-5, atol=1e-6)
        assert found["predicted"] == session.dataset()["output_labels"][logits.argmax()]
        assert found["known"] != "new"
        if name == "mse":
            assert found["probabilities"] is None
        else:
            np.testing.assert_allclose(found["probabilities"], softmax(logits[None])[0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["default", "embedding", "float64"])
def test_the_same_seed_generates_the_same_tokens(name: str) -> None:
    session, run_id = started(CONFIGS[name])
    start = session.inspect_samples(count=1)[0]["input"]
    how: dict[str, Any] = {"start": start, "length": 60, "temperature": 1.5}
    first, again = session.generate(**how, seed=7), session.generate(**how, seed=7, id=run_id)
    assert first["tokens"] == again["tokens"]
    assert first["outputs"].tobytes() == again["outputs"].tobytes()
    assert first["tokens"] != session.generate(**how, seed=8)["tokens"]


def test_each_token_is_predicted_from_those_before_it() -> None:
    session, _ = started(FLOAT64, steps=200)
    answer = session.generate(start=list("abcdab"), length=25, temperature=0)
    text, classes = answer["start"] + answer["tokens"], session.dataset()["output_labels"]
    samples = {(*sample["input"], sample["target"]): [] for sample in session.inspect_samples(count=1000)}
    for sample in session.inspect_samples(count=1000):
        samples[*sample["input"], sample["target"]].append(sample["held_out"])
    for k, (token, known) in enumerate(zip(answer["tokens"], answer["known"], strict=True)):
        window = text[k + 2 : k + 6]
        alone = session.predict(tokens=window)
        assert token == alone["predicted"]
        np.testing.assert_array_equal(alone["probabilities"], answer["probabilities"].reshape(-1, len(classes))[k])
        kinds = samples.get((*window, token))
        assert known == ("new" if kinds is None else "held_out" if all(kinds) else "training")


@pytest.mark.parametrize("config", [*CONFIGS.values(), ADAM], ids=[*CONFIGS, "adam"])
def test_nothing_of_a_run_changes_and_it_trains_on_to_the_last_bit(config: dict[str, Any]) -> None:
    looked, looked_id = started(config)
    plain, plain_id = started(config)
    before = record_of(looked, looked_id)
    shown = bare(looked.state())
    tokens = looked.inspect_samples(count=1)[0]["input"]
    looked.predict(tokens=tokens)
    if config is not CLASSES:
        looked.generate(start=tokens, length=40, temperature=0 if config is MSE else 2)
    assert bare(looked.state()) == shown
    assert repr(before) == repr(record_of(looked, looked_id))
    target = looked.dataset()["output_labels"][-1]
    looked.run_single(update=False, tokens=tokens, target=target)
    for session, run_id in ((looked, looked_id), (plain, plain_id)):
        session.advance(id=run_id, steps=100)
    assert bare(looked.state()) == bare(plain.state())
    assert looked.run_losses()[-1]["losses"] == plain.run_losses()[-1]["losses"]


def test_typed_tokens_that_are_a_sample_are_that_sample() -> None:
    session, _ = started(FLOAT64)
    sample = session.inspect_samples(count=9)[8]
    state = session.run_single(update=False, tokens=sample["input"])
    (index,) = state["batch"]
    assert session.inspect_samples(start=int(index), count=1)[0]["input"] == sample["input"]
    assert index < session.dataset()["num_samples"]


@pytest.mark.parametrize("config", [FLOAT64, EMBEDDING], ids=["one-hot", "embedding"])
def test_other_typed_tokens_go_through_alone_with_their_target(config: dict[str, Any]) -> None:
    session, run_id = started(config)
    taken = {tuple(sample["input"]) for sample in session.inspect_samples(count=1000)}
    tokens = next(list(word) for word in ("aaaa", "dddd", "bbbb", "cbab", "dacd") if tuple(word) not in taken)
    with pytest.raises(ValueError, match=r"^target must be one of a b c d, got nothing: no sample has these tokens$"):
        session.run_single(update=False, tokens=tokens)
    state = session.run_single(update=False, tokens=tokens, target="c")
    odds = session.predict(tokens=tokens)["probabilities"]
    assert state["batch"].tolist() == [100]
    assert state["loss"] == pytest.approx(-np.log(odds[2]), rel=1e-4)
    assert session.inspect_samples(start=100, count=5)[0]["text"] == f"{''.join(tokens)} → c"
    gradient = {tensor["name"]: tensor for tensor in state["backward"]["tensors"]}["layers/2/grad_pre_activations"]
    np.testing.assert_allclose(gradient["data"], odds - np.eye(4)[2], rtol=1e-3, atol=1e-6)
    assert session.explain_cell(tensor="loss", row=0, col=0)["cell"]["value"] == pytest.approx(state["loss"])
    assert session.phases()["losses"][0]["name"].startswith("".join(tokens))
    assert session.sample_lens(tensor="layers/0/grad_weights")["names"] == [f"{''.join(tokens)} → c"]
    add_record(session, record_of(session, run_id), activate=True)  # the next batch stands for it
    assert 100 not in session.state()["batch"]


def test_what_cannot_be_is_refused_in_a_sentence_that_names_its_field() -> None:
    session, _ = started({})
    tokens = list("abcd")
    refusals = [
        (lambda: session.predict(tokens=["a"]), "tokens must have 4 tokens, got 1"),
        (lambda: session.predict(tokens="abcd"), "tokens must be a list of tokens, got str"),
        (lambda: session.generate(start=["z"] * 4), "start must be tokens of the vocabulary a b c d, got 'z'"),
        (lambda: session.generate(start=tokens, length=0), "length must be between 1 and 200, got 0"),
        (
            lambda: session.generate(start=tokens, temperature=-1),
            "temperature must be a number between 0 and 100, got -1",
        ),
        (lambda: session.generate(start=tokens, seed=0.5), "seed must be a whole number between 0 and"),
        (lambda: session.run_single(tokens=tokens), "tokens must be given without sample and with update=False"),
        (lambda: session.run_single(update=False, tokens=tokens, sample=1), "tokens must be given without sample"),
        (lambda: session.run_single(update=False, target="a"), "tokens must be a list of tokens, got NoneType"),
    ]
    shown = bare(session.state())
    for refused, sentence in refusals:
        with pytest.raises(ValueError, match="must") as error:
            refused()
        assert str(error.value).startswith(sentence)
    assert bare(session.state()) == shown


def test_what_has_no_probabilities_says_so() -> None:
    session, _ = started(MSE)
    with pytest.raises(ValueError, match=r"^temperature must be 0 with the loss MSE"):
        session.generate(start=list("abcd"))
    assert session.generate(start=list("abcd"), temperature=0)["probabilities"] is None
    session, _ = started(CLASSES)
    with pytest.raises(ValueError, match=r"^task must be next_token to generate tokens, got classification"):
        session.generate(start=list("abcda"))
    assert session.predict(tokens=list("abcda"))["predicted"] in session.dataset()["output_labels"]


def test_outputs_that_are_not_finite_have_no_probabilities() -> None:
    session, _ = started({})
    session._runs.active.model.parameters[:] = np.float32(3e38)
    found = session.predict(tokens=list("abcd"))
    assert found["probabilities"] is None
    assert found["predicted"] is None
    with pytest.raises(ValueError, match=r"^outputs must be finite"):
        session.generate(start=list("abcd"))


def test_a_small_golden_text() -> None:
    """The same weights, start, temperature and seed: these tokens, on every machine."""
    session, _ = started(FLOAT64, steps=400)
    answer = session.generate(start=list("abcd"), length=24, temperature=1, seed=5)
    assert "".join(answer["tokens"]) == "ccdbdcabddcccdbdcabdcdcc"
