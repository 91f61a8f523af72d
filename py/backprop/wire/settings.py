"""The schema of settings on the wire, from which the page derives its forms, links, marks and twins."""

from typing import TypedDict

from ..optimizers import OPTIMIZERS, STATE_VECTORS
from ..runs.config import DEFAULTS, SETTINGS
from ..settings import Setting
from ..training.config import OF_OPTIMIZERS


class SettingWords(TypedDict):
    """A setting: `settings.Setting`, without what is of use in Python only.

    Attributes
    ----------
    section : "model", "trainer", "dataset" or "stopping"
    of : the optimizers that have it; null if it is none of theirs
    """

    section: str
    name: str
    label: str
    kind: str
    default: str | float | bool | list[str | int] | None
    choices: dict[str, str] | None
    none: str | None
    short: str
    key: str
    hint: str
    twin: bool
    brief: bool
    of: list[str] | None


class VectorWords(TypedDict):
    """A vector of an optimizer's state: `optimizers.StateVector`."""

    title: str
    short: str
    formula: str


class Schema(TypedDict):
    """All settings in the order of forms, the optimizers' short names, and the vectors of their states."""

    settings: list[SettingWords]
    optimizers: dict[str, str]
    vectors: dict[str, VectorWords]


def schema() -> Schema:
    """Return the schema of settings."""
    return Schema(
        settings=[
            _words(section, name, setting) for section, each in SETTINGS.items() for name, setting in each.items()
        ],
        optimizers={name: kind.SHORT for name, kind in OPTIMIZERS.items()},
        vectors={
            name: VectorWords(title=each.title, short=each.short, formula=each.formula)
            for name, each in STATE_VECTORS.items()
        },
    )


def _words(section: str, name: str, setting: Setting) -> SettingWords:
    default = DEFAULTS[section][name]
    return SettingWords(
        section=section,
        name=name,
        label=setting.label,
        kind=setting.kind,
        default=list(default) if isinstance(default, tuple) else default,
        choices=None if setting.choices is None else dict(setting.choices),
        none=setting.none,
        short=setting.short,
        key=setting.key,
        hint=setting.hint,
        twin=setting.twin and section in {"model", "trainer"},
        brief=setting.brief,
        of=[kind for kind, each in OPTIMIZERS.items() if name in each.SETTINGS] if name in OF_OPTIMIZERS else None,
    )
