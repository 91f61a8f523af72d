"""Configuration of a run: options of dataset, model, trainer and stopping, checked together."""

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from ..data.config import SequenceConfig
from ..data.dataset import SequenceDataset
from ..data.split import count_held_out
from ..fields import check_dict, in_section
from ..limits import LIMITS, check_total
from ..model import Model
from ..settings import settings_of
from ..training.config import TrainerConfig, with_defaults, without_defaults
from ..training.stopping import StoppingConfig
from .model_config import ModelConfig

T = TypeVar("T")


# Every setting of a config, by section.
SETTINGS = {
    "model": settings_of(ModelConfig),
    "trainer": settings_of(TrainerConfig),
    "dataset": settings_of(SequenceConfig),
    "stopping": settings_of(StoppingConfig),
}
# Their defaults. Those of the dataset are `SequenceDataset`'s, but with three master sequences, so that there is a
# pattern to learn, and a fifth of the samples held out.
DEFAULTS: dict[str, dict[str, Any]] = {
    "model": asdict(ModelConfig()),
    "trainer": asdict(TrainerConfig()),
    "dataset": asdict(SequenceConfig()) | {"num_master_sequences": 3, "held_out": 0.2},
    "stopping": asdict(StoppingConfig()),
}


def all_limits() -> dict[str, tuple[float, float]]:
    """Return every limit: name → lowest and highest value, of settings and of all else."""
    spans = {name: each.span for section in SETTINGS.values() for name, each in section.items() if each.span}
    return {**spans, **LIMITS}


@dataclass(frozen=True)
class RunConfig:
    """The four sections of a run's config, checked separately and together.

    Raises
    ------
    ValueError
        If a value is invalid. The message begins with section and field: ``dataset.seed must be …``.
    """

    dataset: SequenceConfig
    model: ModelConfig
    trainer: TrainerConfig
    stopping: StoppingConfig

    def __post_init__(self) -> None:
        """Check the sections against each other."""
        in_section("model", lambda: check_total("hidden_dims", "parameters", self.parameters, "number of parameters"))
        widths = self.trainer.batch_size * sum(self.shape)
        in_section("trainer", lambda: check_total("batch_size", "activations", widths, "activations of a batch"))

    @classmethod
    def from_dict(cls, config: object = None) -> "RunConfig":
        """Read plain data, ``{dataset: {…}, model: {…}, trainer: {…}, stopping: {…}}``.

        Missing options take their defaults; without held-out samples, the training loss is monitored.
        """
        sections = _check_fields("config", config, ("dataset", "model", "trainer", "stopping"))
        dataset = _read("dataset", sections, lambda given: SequenceConfig(**DEFAULTS["dataset"] | given).validated())
        model = _read("model", sections, lambda given: ModelConfig(**given).validated())
        num_train = in_section("dataset", lambda: _num_train(dataset))
        trainer = _read("trainer", sections, lambda given: TrainerConfig(**given).validated(num_train))
        held_out = dataset.num_samples - num_train
        monitored = {"monitor": "held_out_loss" if held_out else "train_loss"}
        stopping = _read("stopping", sections, lambda given: StoppingConfig(**monitored | given).validated(held_out))
        return cls(dataset, model, trainer, stopping)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return plain data for `from_dict`."""
        model = asdict(self.model) | {"hidden_dims": list(self.model.hidden_dims)}
        return {
            "dataset": self.dataset.to_dict(),
            "model": model,
            "trainer": asdict(self.trainer),
            "stopping": asdict(self.stopping),
        }

    def with_trainer(self, trainer: TrainerConfig) -> "RunConfig":
        """Return the same config with another trainer section."""
        return replace(self, trainer=trainer)

    def with_stopping(self, stopping: StoppingConfig) -> "RunConfig":
        """Return the same config with another stopping section."""
        return replace(self, stopping=stopping)

    @property
    def shape(self) -> list[int]:
        """Widths from input to output."""
        return [self.dataset.input_dim, *self.model.hidden_dims, self.dataset.output_dim]

    @property
    def parameters(self) -> int:
        """Number of parameters: embedding table, weights and biases."""
        table = len(self.dataset.vocabulary) * self.dataset.embedding_dim if self._embeds else 0
        return table + sum((fan_in + 1) * fan_out for fan_in, fan_out in zip(self.shape, self.shape[1:], strict=False))

    @property
    def num_train(self) -> int:
        """Number of training samples."""
        return in_section("dataset", lambda: _num_train(self.dataset))

    @property
    def steps_per_epoch(self) -> int:
        """Mini-batches per epoch; the last may be short."""
        return math.ceil(self.num_train / self.trainer.batch_size)

    @property
    def _embeds(self) -> bool:
        return self.dataset.encoding == "embedding"

    def make_dataset(self) -> SequenceDataset:
        """Generate the samples."""
        return SequenceDataset(**self.dataset.to_dict())

    def make_model(self) -> Model:
        """Create a model with the dataset's dimensions and draw its initial weights."""
        return Model(
            self.dataset.input_dim,
            self.model.hidden_dims,
            self.dataset.output_dim,
            activation=self.model.activation,
            seed=self.model.seed,
            dtype=self.model.dtype,
            initialization=self.model.initialization,
            vocabulary_size=len(self.dataset.vocabulary) if self._embeds else None,
            embedding_dim=self.dataset.embedding_dim if self._embeds else None,
        )


@lru_cache(maxsize=16)
def _num_train(config: SequenceConfig) -> int:
    """Count the training samples. A split by position depends on the drawn samples, so it generates them."""
    if config.held_out_by == "sample" or not config.held_out:
        return config.num_samples - count_held_out(config.num_samples, config.held_out)
    return len(SequenceDataset(**config.to_dict()).train)


def _read(section: str, sections: dict[str, Any], make: Callable[[dict[str, Any]], T]) -> T:
    given = _check_fields(section, sections.get(section), SETTINGS[section], f"{section}.")
    return in_section(section, lambda: make(given))


def _check_fields(name: str, value: object, known: Iterable[str], prefix: str = "") -> dict[str, Any]:
    """Return a dict with known fields only, {} for None; raise ValueError for any other field."""
    fields = check_dict(name, {} if value is None else value)
    for field in fields:
        if field not in known:
            raise ValueError(f"{prefix}{str(field)[:40]} is not an option of {name}: use {', '.join(known)}")
    return fields


def with_new_settings(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a saved run completed by settings of optimizers that are newer than it."""
    return _changed_settings(record, with_defaults)


def without_new_settings(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record to save, without settings of newer optimizers that `with_new_settings` completes."""
    return _changed_settings(record, without_defaults)


def _changed_settings(record: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Change the settings in the config and in the last passes of a record, as far as they are there."""
    passes = {name: record[name] for name in ("last_pass", "last_update") if isinstance(record.get(name), dict)}
    changed = {name: change(settings) for name, settings in passes.items()}
    config = record.get("config")
    if isinstance(config, dict) and isinstance(config.get("trainer"), dict):
        changed["config"] = {**config, "trainer": change(config["trainer"])}
    return {**record, **changed}


def with_saved_share(config: object, num_train: int) -> object:
    """Return the config of a saved run with a held-out share that gives the same split today.

    Older versions rounded half to even, and small shares to no sample. To keep its split, such a run's share becomes
    the number of held-out samples divided by the number of all samples.

    Parameters
    ----------
    config : config of a record or a file, not checked yet
    num_train : number of training samples of the run
    """
    dataset = config.get("dataset") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(dataset, dict) or dataset.get("held_out_by") != "sample":
        return config
    share, count = dataset.get("held_out"), dataset.get("num_samples")
    if not isinstance(share, float) or not isinstance(count, int) or not 0 < share < 1 <= count < 2**31:
        return config
    held_out = min(round(share * count), count - 1)
    if held_out == count_held_out(count, share) or num_train + held_out != count:
        return config
    return {**config, "dataset": {**dataset, "held_out": held_out / count}}
