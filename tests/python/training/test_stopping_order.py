"""Stops: whatever the order of actions, a run stops where a short model of the rule says."""

import math
from typing import Any, cast

import numpy as np
import pytest

from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun, Unit
from backprop.session import Session
from backprop.training.epochs import METRICS, EpochRow

DATA = {"num_samples": 6, "vocabulary": ["a", "b"], "sequence_length": 3, "held_out": 0.3}
ACTIONS = (
    "advance",
    "sample",
    "batch",
    "epoch",
    "stopping",
    "stopping",
    "loss_type",
    "batch_size",
    "resume",
    "look",
)


class Rule:
    """When a run stops: Keras's rule for patience, a target once it is reached, a number of epochs once."""

    def __init__(self, rules: dict[str, Any]) -> None:
        self.rules, self.stopped = rules, ""
        self.wait, self.passed, self.best, self.was_reached = 0, 0, math.nan, False

    def change(self, **changes: Any) -> None:
        old, self.rules = self.rules, self.rules | changes
        if self.rules["monitor"] != old["monitor"]:
            self.forget()
        if self.rules["target"] != old["target"]:
            self.was_reached = False
        if any(self.rules[name] != old[name] for name in ("early_stopping", "start_from_epoch")):
            self.wait, self.best = 0, math.nan

    def forget(self) -> None:
        self.wait, self.best, self.was_reached = 0, math.nan, False

    def resume(self, epochs: int) -> None:
        if self.stopped:
            self.stopped, self.wait, self.passed = "", 0, epochs

    def epoch_ended(self, row: EpochRow, whole: bool) -> None:
        rules, tired = self.rules, False
        sign = -1 if rules["monitor"].endswith("accuracy") else 1  # less is better
        value = sign * getattr(row, rules["monitor"]) if whole else math.nan
        reached = rules["target"] is not None and value <= sign * rules["target"]
        if rules["early_stopping"] and row.epoch > rules["start_from_epoch"] and not math.isnan(value):
            self.wait += 1
            if math.isnan(self.best) or value + rules["min_delta"] < self.best:
                self.best, self.wait = value, 0
            else:
                tired = self.wait >= rules["patience"]
        limit = rules["max_epochs"]
        if reached and not self.was_reached:
            self.stopped = "target"
        elif tired:
            self.stopped = "early_stopping"
        elif limit is not None and self.passed < limit <= row.epoch:
            self.stopped = "max_epochs"
        self.was_reached = reached


def some_rules(random: np.random.Generator) -> dict[str, Any]:
    return {
        "early_stopping": bool(random.integers(2)),
        "monitor": METRICS[random.integers(4)],
        "min_delta": (0.0, 0.01)[random.integers(2)],
        "patience": int(random.integers(4)),
        "restore_best_weights": False,
        "start_from_epoch": (0, 3)[random.integers(2)],
        "target": (None, 0.5, 1.0)[random.integers(3)],
        "max_epochs": (None, 1, 2, 3, 5, 8)[random.integers(6)],
    }


class Pair:
    """A run with rules, and one without, which is trained step by step as far as the model of the rule lets it."""

    def __init__(self, random: np.random.Generator) -> None:
        rules, trainer = some_rules(random), {"batch_size": int(random.integers(1, 4)), "learning_rate": 0.3}
        model = {"hidden_dims": [2], "seed": int(random.integers(9))}
        config = {"dataset": DATA, "model": model, "trainer": trainer}
        self.run = TrainingRun(RunConfig.from_dict({**config, "stopping": rules}))
        self.free = TrainingRun(RunConfig.from_dict(config))
        self.rule, self.loss_changed = Rule(rules), 0

    def make_step(self, single: bool = False) -> None:
        free = self.free
        free.train("sample") if single else free.train("batch")
        size = len(free.dataset.train)
        if free.trainer.samples_visited % size == 0:
            whole = free.trainer.samples_visited - size >= self.loss_changed
            self.rule.epoch_ended(free.epochs.rows[-1], whole)

    def do(self, action: str, random: np.random.Generator) -> None:
        if action in {"sample", "batch", "epoch", "resume"}:
            self.rule.resume(self.free.trainer.samples_visited // len(self.free.dataset.train))
            if action == "resume":
                self.run.resume()
            else:
                self.run.train(cast("Unit", action))
            steps = {"resume": 0, "epoch": self.free.trainer.steps_left_in_epoch}.get(action, 1)
            for _ in range(steps):
                self.make_step(single=action == "sample")
        elif action == "advance":
            steps = int(random.integers(1, 12))
            self.run.advance(steps)
            for _ in range(steps):
                if not self.rule.stopped:
                    self.make_step()
        elif action == "look":
            self.run.show("sample", sample=0)
        else:
            self.change(action, random)

    def change(self, what: str, random: np.random.Generator) -> None:
        if what == "stopping":
            rules = some_rules(random)
            changes = {name: rules[name] for name in list(rules) if random.random() < 0.4}
            self.run.configure_stopping(**changes)
            self.rule.change(**changes)
            return
        values: Any = ("mse", "cross_entropy") if what == "loss_type" else (1, 2, 3)
        value = values[random.integers(len(values))]
        if what == "loss_type" and value != self.free.trainer.config.loss_type:
            self.rule.forget()
            self.loss_changed = self.free.trainer.samples_visited
        for run in (self.run, self.free):
            run.configure(**{what: value})


def test_any_order_of_actions_stops_where_the_rule_says(seeds: range) -> None:
    for seed in range(10 * len(seeds)):
        random = np.random.default_rng(seed)
        pair, done = Pair(random), []
        for _ in range(15):
            done.append(ACTIONS[random.integers(len(ACTIONS))])
            pair.do(done[-1], random)
            reason = pair.run.stopped.reason if pair.run.stopped else ""
            assert (reason, pair.run.trainer.step) == (pair.rule.stopped, pair.free.trainer.step), f"{seed}: {done}"


def test_a_single_step_that_reaches_the_limit_stops() -> None:
    """With one sample to train on, each step ends an epoch; the one after a stop too."""
    session = Session()
    session.create_run(config={"dataset": {"num_samples": 1, "held_out": 0}, "trainer": {"batch_size": 1}})
    session.stopping_config(max_epochs=3)
    run_id = session.runs()[-1]["id"]
    assert session.advance(id=run_id, steps=100)["step"] == 3
    session.stopping_config(max_epochs=4)
    state = session.run_single()
    assert (state["step"], state["stopped"]["reason"]) == (4, "max_epochs")


@pytest.mark.parametrize("unit", ["sample", "batch", "epoch"])
def test_an_epoch_in_which_the_loss_was_changed_counts_among_the_epochs_to_train(unit: Unit) -> None:
    run = TrainingRun(
        RunConfig.from_dict({"dataset": DATA, "stopping": {"max_epochs": 2}, "trainer": {"batch_size": 2}})
    )
    run.advance(3)
    run.configure(loss_type="mse")
    while not run.stopped:
        run.train(unit)
    assert (run.stopped.reason, run.trainer.epoch) == ("max_epochs", 2)
