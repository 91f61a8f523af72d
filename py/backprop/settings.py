"""Settings of a config, each declared once: its default, its check, and its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

from .limits import check_choice, check_flag, check_integer, check_number, check_seed


class Config(Protocol):
    """A config: a dataclass, each field of which declares a setting."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


C = TypeVar("C", bound=Config)
Check = Callable[[str, Any], Any]
Span = tuple[float, float]


@dataclass(frozen=True)
class Setting:
    """Declaration of a setting: the metadata of a field of a config's dataclass.

    Forms, links, marks on a curve, twins, the command line and the table in docs/ are derived from it.

    Attributes
    ----------
    label : name of its field in a form
    kind : "number", "integer", "seed", "flag", "choice", or a kind of its own: "tokens", "widths", "length"
    check : function of name and value that returns the value checked, or raises ValueError
    span : lowest and highest value of a number
    choices : name → label of each choice
    none : text for None in a form, if None is a value; else None
    short : name in a few letters, for a mark on a curve; by default its label, in small letters
    key, flag : name in a link, and as an option of the command line; by default its own name
    hint : words beside its field in a form
    help : description, for the command line and the table in docs/; by default the hint, or the choices
    twin : whether twins may differ in it
    brief : whether its value stands in the short name of an optimizer: "Momentum 0.9"
    """

    label: str
    kind: str
    check: Check
    span: Span | None = None
    choices: Mapping[str, str] | None = None
    none: str | None = None
    short: str = ""
    key: str = ""
    flag: str = ""
    hint: str = ""
    help: str = ""
    twin: bool = True
    brief: bool = True


def declare(default: Any, label: str, kind: str, check: Check, **words: Any) -> Any:
    """Return a dataclass field with this declaration, for kinds that have no function of their own."""
    return field(default=default, metadata={"setting": Setting(label, kind, check, **words)})


def number(default: float | None, span: Span, label: str, **words: Any) -> Any:
    """Declare a number between two others."""
    return declare(default, label, "number", partial(_ranged, check_number, span), span=span, **words)


def integer(default: int | None, span: Span, label: str, **words: Any) -> Any:
    """Declare a whole number between two others."""
    return declare(default, label, "integer", partial(_ranged, check_integer, span), span=span, **words)


def seed(label: str, **words: Any) -> Any:
    """Declare a seed of a random generator."""
    return declare(0, label, "seed", check_seed, **words)


def flag(default: bool, label: str, **words: Any) -> Any:
    """Declare a setting that is true or false."""
    return declare(default, label, "flag", check_flag, **words)


def choice(default: str, choices: Mapping[str, str], label: str, **words: Any) -> Any:
    """Declare a choice of one among some names."""
    return declare(default, label, "choice", partial(_chosen, choices), choices=choices, **words)


def settings_of(config: Any) -> dict[str, Setting]:
    """Return the declarations of a config's settings, by name."""
    return {each.name: _named(each.name, each.metadata["setting"]) for each in fields(config)}


def _named(name: str, setting: Setting) -> Setting:
    """Return a declaration with the names and words that follow from the setting's own name."""
    return replace(
        setting,
        short=setting.short or setting.label.lower(),
        key=setting.key or name,
        flag=setting.flag or "--" + name.replace("_", "-"),
        help=setting.help or setting.hint or ", ".join(setting.choices or ()),
    )


def checked(config: C, **checks: Check) -> C:
    """Return a config with every value checked, or raise ValueError about the first that is refused.

    Parameters
    ----------
    checks : checks in place of declared ones, by name of the setting
    """
    values = {}
    for name, setting in settings_of(config).items():
        value = getattr(config, name)
        is_none = value is None and setting.none is not None
        values[name] = None if is_none else checks.get(name, setting.check)(name, value)
    return replace(config, **values)


def _ranged(check: Callable[..., float], span: Span, name: str, value: object) -> float:
    return check(name, value, *span)


def _chosen(choices: Mapping[str, str], name: str, value: object) -> str:
    return check_choice(name, value, choices)
