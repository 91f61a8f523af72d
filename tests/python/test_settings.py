"""Settings: each is declared once, and the declarations fit the code that they are about."""

import inspect

import pytest

from backprop.activations import ACTIVATIONS
from backprop.data.dataset import SequenceDataset
from backprop.losses import LOSSES
from backprop.model import DTYPES, INITIALIZATIONS
from backprop.optimizers import OPTIMIZERS
from backprop.runs.config import DEFAULTS, SETTINGS, RunConfig
from backprop.training.config import TrainerConfig, with_defaults, without_defaults
from backprop.training.epochs import METRICS
from backprop.wire.settings import schema

KINDS = {"number", "integer", "seed", "flag", "choice", "tokens", "sequences", "widths", "length"}


def test_choices_are_the_names_that_are_known() -> None:
    model, trainer, stopping = (SETTINGS[section] for section in ("model", "trainer", "stopping"))
    assert list(model["activation"].choices or ()) == list(ACTIVATIONS)
    assert list(model["initialization"].choices or ()) == list(INITIALIZATIONS)
    assert list(model["dtype"].choices or ()) == list(DTYPES)
    assert list(trainer["loss_type"].choices or ()) == list(LOSSES)
    assert set(stopping["monitor"].choices or ()) == set(METRICS)


def test_a_dataset_has_the_defaults_of_its_settings() -> None:
    defaults = {name: each.default for name, each in inspect.signature(SequenceDataset).parameters.items()}
    assert defaults | {"num_master_sequences": 3, "held_out": 0.2} == DEFAULTS["dataset"]


def test_every_default_passes_its_check() -> None:
    assert RunConfig.from_dict(DEFAULTS) == RunConfig.from_dict()


def test_every_setting_of_an_optimizer_is_one_of_the_trainers() -> None:
    for kind in OPTIMIZERS.values():
        assert set(kind.SETTINGS) <= SETTINGS["trainer"].keys()
        assert all((kind.LABEL, kind.SHORT, kind.AGAINST))


def test_names_in_links_and_on_the_command_line_are_different() -> None:
    all_settings = [setting for section in SETTINGS.values() for setting in section.values()]
    keys = [setting.key for setting in all_settings if setting.kind != "seed"]
    assert len(keys) == len(set(keys))
    flags = [setting.flag for setting in all_settings]
    assert len(flags) == len(set(flags))
    assert {setting.kind for setting in all_settings} == KINDS


def test_the_page_gets_every_setting() -> None:
    words = schema()["settings"]
    assert [(each["section"], each["name"]) for each in words] == [
        (section, name) for section, settings in SETTINGS.items() for name in settings
    ]
    assert {each["name"] for each in words if each["twin"]} == SETTINGS["trainer"].keys() - {"seed"} | {"activation"}
    (momentum,) = (each for each in words if each["name"] == "momentum")
    assert "momentum" in (momentum["of"] or ())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_saved_run_need_not_have_the_settings_of_other_optimizers(optimizer: str) -> None:
    """They may be newer than it; those of its own optimizer must be there."""
    own = {"optimizer": optimizer, **dict.fromkeys(OPTIMIZERS[optimizer].SETTINGS, 0.5)}
    completed = with_defaults(own)
    assert own.items() <= completed.items()
    assert completed.keys() == {name for kind in OPTIMIZERS.values() for name in kind.SETTINGS} | {"optimizer"}
    assert with_defaults(without_defaults(completed)) == completed
    assert own.items() <= without_defaults(completed).items()
    missing = with_defaults({"optimizer": optimizer})
    assert not missing.keys() & set(OPTIMIZERS[optimizer].SETTINGS)
    assert all(missing[name] == getattr(TrainerConfig(), name) for name in missing.keys() - {"optimizer"})


@pytest.mark.parametrize("saved", [{}, {"optimizer": None}, {"optimizer": ["sgd"]}, {"optimizer": "none"}])
def test_unknown_settings_stay_as_they_are(saved: dict[str, object]) -> None:
    assert with_defaults(saved) == saved
