"""Configs on the wire: all settings of a run, presets, and the sizes that follow from a config."""

from dataclasses import asdict
from typing import Annotated, TypedDict, cast

from ..data.config import SequenceConfig
from ..runs import config as runs_config
from ..runs.presets import PRESETS
from ..training.config import TrainerConfig
from ..training.stopping import StoppingConfig


class Partial:
    """Mark of a parameter that may leave out any field of a config."""

    def __init__(self, config: type) -> None:
        self.config = config


Setting = str | float | bool | None
# Plain data with the fields of a dataclass, which is the one declaration of its settings.
DatasetSettings = Annotated[dict[str, object], SequenceConfig]
ModelSettings = Annotated[dict[str, object], runs_config.ModelConfig]
TrainerSettings = Annotated[dict[str, Setting], TrainerConfig]
StoppingSettings = Annotated[dict[str, Setting], StoppingConfig]
TrainerChange = Annotated[Setting, Partial(TrainerConfig)]
StoppingChange = Annotated[Setting, Partial(StoppingConfig)]
Changes = dict[str, Setting]


class PartialRunConfig(TypedDict, total=False):
    """Settings of a new run; those that are left out take their defaults."""

    dataset: Annotated[dict[str, object], Partial(SequenceConfig)]
    model: Annotated[dict[str, object], Partial(runs_config.ModelConfig)]
    trainer: Annotated[dict[str, object], Partial(TrainerConfig)]
    stopping: Annotated[dict[str, object], Partial(StoppingConfig)]


class RunConfig(TypedDict):
    """All settings of a run."""

    dataset: DatasetSettings
    model: ModelSettings
    trainer: TrainerSettings
    stopping: StoppingSettings


class Plan(TypedDict):
    """A checked config, before its run is created, and the sizes that follow from it.

    Attributes
    ----------
    shape : widths from input to output
    parameters : number of parameters
    num_train : number of training samples
    """

    config: RunConfig
    input_dim: int
    output_dim: int
    shape: list[int]
    parameters: int
    num_samples: int
    num_train: int
    steps_per_epoch: int


class Preset(TypedDict):
    """A config to start from.

    Attributes
    ----------
    warnings : kinds of warnings that it raises with any seed
    """

    name: str
    title: str
    text: str
    config: PartialRunConfig
    warnings: list[str]


def settings_of(config: runs_config.RunConfig) -> RunConfig:
    """Return all settings of a run."""
    plain = config.to_dict()
    return RunConfig(
        dataset=plain["dataset"], model=plain["model"], trainer=plain["trainer"], stopping=plain["stopping"]
    )


def trainer_settings(config: TrainerConfig) -> TrainerSettings:
    """Return the settings of a trainer."""
    return asdict(config)


def stopping_settings(config: StoppingConfig) -> StoppingSettings:
    """Return the settings of automatic stops."""
    return asdict(config)


def plan_of(config: runs_config.RunConfig) -> Plan:
    """Return the sizes that follow from a config."""
    return Plan(
        config=settings_of(config),
        input_dim=config.dataset.input_dim,
        output_dim=config.dataset.output_dim,
        shape=config.shape,
        parameters=config.parameters,
        num_samples=config.dataset.num_samples,
        num_train=config.num_train,
        steps_per_epoch=config.steps_per_epoch,
    )


def presets() -> list[Preset]:
    """Return the configs to start from."""
    return [
        Preset(
            name=each.name,
            title=each.title,
            text=each.text,
            config=cast("PartialRunConfig", each.config),
            warnings=list(each.warnings),
        )
        for each in PRESETS
    ]


def limits() -> dict[str, list[float]]:
    """Return every limit: name → lowest and highest value."""
    return {name: list(limit) for name, limit in runs_config.all_limits().items()}
