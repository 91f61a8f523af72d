"""The plan of a sweep: the checked config of each combination of values; nothing is created."""

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import product
from typing import Any

from ..fields import check_dict
from ..limits import LIMITS, check_integer
from ..runs.config import SETTINGS, RunConfig
from ..runs.memory import bytes_of, check_budget, largest
from ..wire.configs import settings_of
from ..wire.sweep import PlannedRun, SweepPlan
from .run_name import run_name

EPOCHS = "stopping.max_epochs"
NAMES = {f"{section}.{name}": setting for section, each in SETTINGS.items() for name, setting in each.items()}


def plan_sweep(base: object, values: object, epochs: object) -> SweepPlan:
    """Return one run for each combination of values, in the order given, the last setting varying fastest.

    Parameters
    ----------
    base : settings common to all runs, as for `RunConfig.from_dict`; those left out take their defaults
    values : setting → its values, ``{"trainer.learning_rate": [0.1, 0.03], "model.seed": [0, 1]}``; at most 200 runs
    epochs : passes over the training samples of each run, 1 to 1,000,000

    Raises
    ------
    ValueError
        If a setting is unknown, a list empty or with a value twice, there are too many runs, or the config of one is
        refused. The message names setting, value and run.
    """
    lists = _check_values(values)
    last = check_integer("epochs", epochs, *LIMITS["sweep_epochs"])
    sections = {
        section: check_dict(section, {} if given is None else given)
        for section, given in check_dict("base", {} if base is None else base).items()
    }
    runs: list[PlannedRun] = []
    for chosen in product(*lists.values()):
        settings = dict(zip(lists, chosen, strict=True))
        name = run_name(settings, {run["name"] for run in runs})
        runs.append(_planned(name, _with_settings(sections, {**settings, EPOCHS: last})))
    return SweepPlan(runs=runs, steps=sum(run["steps"] for run in runs))


def _check_values(values: object) -> dict[str, list[Any]]:
    """Return the values of each setting; raise ValueError if there are none, too many, or one twice."""
    lists = {setting: _check_list(setting, given) for setting, given in check_dict("values", values).items()}
    if not lists:
        raise ValueError("values must name one setting or more, such as trainer.learning_rate")
    _check_number([len(each) for each in lists.values()])
    for setting, each in lists.items():
        for place, value in enumerate(each):
            if value in each[:place]:
                raise ValueError(f"{setting} must not have a value twice, got {_quote(value)} more than once")
    return lists


def _check_number(lengths: Sequence[int]) -> None:
    most, runs = int(LIMITS["sweep_runs"][1]), math.prod(lengths)
    if runs > most:
        counted = f" = {' × '.join(f'{length:,}' for length in lengths)}" if len(lengths) > 1 else ""
        raise ValueError(f"values must give at most {most} runs, got {runs:,}{counted}")


def _check_list(setting: object, values: object) -> list[Any]:
    """Return the values of one setting; raise ValueError if it is unknown, or they are no list of any."""
    if setting not in NAMES:
        raise ValueError(f"{str(setting)[:60]} is not a setting: did you mean {_nearest(str(setting)[:60])}?")
    if setting == EPOCHS:
        raise ValueError(f"{EPOCHS} cannot vary in a sweep: epochs sets it for all runs")
    if not isinstance(values, list | tuple) or not values:
        raise ValueError(f"{setting} must be a list of one value or more, got {_quote(values)}")
    return list(values)


def _nearest(unknown: str) -> str:
    """Return the known setting whose name is most like an unknown one: trainer.learning_rate for lr."""
    bare = unknown.rpartition(".")[2]
    same = [name for name, each in NAMES.items() if bare in {name.partition(".")[2], each.key, each.short}]
    return (same or get_close_matches(unknown, NAMES, n=1, cutoff=0))[0]


def _with_settings(sections: Mapping[str, dict[str, Any]], settings: Mapping[str, object]) -> dict[str, dict[str, Any]]:
    """Return the sections of a config with some settings replaced."""
    config = {section: dict(given) for section, given in sections.items()}
    for setting, value in settings.items():
        section, _, name = setting.partition(".")
        config.setdefault(section, {})[name] = value
    return config


def _planned(name: str, given: dict[str, dict[str, Any]]) -> PlannedRun:
    try:
        config = RunConfig.from_dict(given)
        parts = bytes_of(config)
        check_budget(f"{largest(parts)} must be smaller: this run", sum(parts.values()), 0)
    except ValueError as error:
        raise ValueError(f"{error} (run “{name}”)") from None
    steps = (config.stopping.max_epochs or 0) * config.steps_per_epoch
    return PlannedRun(name=name, config=settings_of(config), parameters=config.parameters, steps=steps)


def _quote(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
