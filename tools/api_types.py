"""The types of the page's calls, made from `Session`; `python -m tools.api_types` writes web/api.d.ts."""

import dataclasses
import inspect
import json
import re
import sys
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, Unpack, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np

from backprop.activations import ACTIVATIONS
from backprop.data.generation import Known
from backprop.losses import LOSSES
from backprop.optimizers import OPTIMIZERS
from backprop.session import Session
from backprop.training.config import OF_OPTIMIZERS, TrainerConfig
from backprop.wire.configs import Partial
from backprop.wire.state import Mode
from tools.places import ROOT

PLACE = ROOT / "web" / "api.d.ts"
WIDTH = 120
NOTE = re.compile(r"^(\w+)[\w, ]* : (.*(?:\n .*)*)", re.MULTILINE)  # "first, second : text", also over several lines
NAMES: dict[object, str] = {
    NoneType: "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    **dict.fromkeys((bytes, bytearray, memoryview, np.uint8), "Uint8Array"),
    np.int32: "Int32Array",
    np.float64: "Float64Array",
    Mode: "Mode",
    Known: "Known",
}
HEAD = """\
/**
 * The wire: every call that the page can make, its parameters and its answer. Written by `python -m tools.api_types`
 * from `Session` (py/backprop/session.py, calls/); the messages that carry calls are in engine/protocol.d.ts.
 *
 * Names stay Python's. Arrays are flat, little-endian typed arrays, row by row. A refused value is an error named
 * `ValueError` whose message begins with the field's name: "batch_size must be …".
 */

/** In the precision of the run: the very numbers that it computed with. */
export type Numbers = Float32Array | Float64Array;
/** MathML as a tree: an element's name and its children. */
export type MathTree = [string, ...(string | MathTree)[]];
export type Mode = "train" | "visualize";
/** Whether tokens are a sample, and of which part of the dataset. */
export type Known = "new" | "training" | "held_out";
/** A vector of an optimizer's state, such as "velocity". */
export type StateVector = string;
type NoParams = Record<string, never>;
"""
# Fields with a name that Python's tables define, and the type of each.
TABLES: dict[str, tuple[str, Mapping[str, object]]] = {
    "activation": ("ActivationName", ACTIVATIONS),
    "loss_type": ("LossType", LOSSES),
    "optimizer": ("OptimizerName", OPTIMIZERS),
}
TAIL = """
export type Method = keyof Calls;
export type Params<M extends Method> = Parameters<Calls[M]>[0];
export type Result<M extends Method> = ReturnType<Calls[M]>;

/** `window.backprop`: the same calls as promises. */
export type Backprop = { [M in Method]: (params?: Params<M>) => Promise<Result<M>> };
"""


class Field(NamedTuple):
    """A field of an answer, or a parameter of a call: name, type, whether it may be left out, and its description."""

    name: str
    type: str
    optional: bool
    note: str = ""

    @property
    def declaration(self) -> str:
        """The field in TypeScript."""
        named = TABLES[self.name][0] if self.name in TABLES and self.type == "string" else self.type
        return f"{self.name}{'?' if self.optional else ''}: {named};"


# Settings that only some optimizers have are named by the schema, not by the types.
SETTING = Field("[setting: string]", "string | number | null", optional=False, note="those of optimizers: see `Schema`")


class Types:
    """TypeScript's names of Python's types, and the declarations of all types with fields that were named.

    Attributes
    ----------
    declared : name → declaration, in order of their first use
    """

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}

    def name(self, kind: Any) -> str:
        """Return a type in TypeScript."""
        if kind in NAMES:
            return NAMES[kind]
        if is_typeddict(kind) or dataclasses.is_dataclass(kind):
            return self._declare(kind)
        if hasattr(kind, "__metadata__"):
            return self._annotated(kind.__metadata__[0])
        if origin := get_origin(kind):
            return self._made_of(origin, get_args(kind))
        raise TypeError(f"{kind} does not say what crosses the wire")

    def _made_of(self, origin: Any, inner: tuple[Any, ...]) -> str:
        if origin is np.ndarray:
            return NAMES.get(get_args(inner[1])[0], "Numbers")
        if origin is dict:
            return f"Record<string, {self.name(inner[1])}>"
        if origin is tuple and ... not in inner:
            return f"[{', '.join(map(self.name, inner))}]"
        names = dict.fromkeys(f'"{each}"' if origin is Literal else self.name(each) for each in inner if each != ...)
        text = " | ".join(names)
        if origin in {Union, UnionType, Literal}:
            return text
        return f"({text})[]" if " | " in text else f"{text}[]"

    def fields(self, kind: Any) -> list[Field]:
        """Return the fields of a type."""
        optional: frozenset[str] = getattr(kind, "__optional_keys__", frozenset())
        notes, hints = documentation(kind)[1], get_type_hints(kind, include_extras=True)
        known = {name: of for name, of in hints.items() if kind is not TrainerConfig or name not in OF_OPTIMIZERS}
        found = [Field(name, self.name(of), name in optional, notes.get(name, "")) for name, of in known.items()]
        return [*found, SETTING] if len(known) < len(hints) else found

    def _annotated(self, note: Any) -> str:
        if isinstance(note, Partial):
            return f"Partial<{self.name(note.config)}>"
        return note if isinstance(note, str) else self.name(note)

    def _declare(self, kind: Any) -> str:
        name: str = kind.__name__
        if name not in self.declared:
            self.declared[name] = ""  # keeps its place, after the types that use it
            lines = [f"{comment(field.note, '  ')}  {field.declaration}\n" for field in self.fields(kind)]
            self.declared[name] = f"{comment(documentation(kind)[0])}export interface {name} {{\n{''.join(lines)}}}\n"
        return name


def parameters(types: Types, method: Callable[..., Any]) -> list[Field]:
    """Return the parameters of a call; one without a name stands for all fields of a config."""
    hints, found = get_type_hints(method, include_extras=True), []
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        hint = hints[parameter.name]
        if parameter.kind is parameter.KEYWORD_ONLY:
            is_optional = parameter.default is not parameter.empty
            note = (
                f"{json.dumps(parameter.default)} by default" if is_optional and parameter.default is not None else ""
            )
            found.append(Field(parameter.name, types.name(hint), is_optional, note))
        elif get_origin(hint) is Unpack:
            found += types.fields(get_args(hint)[0])
        else:
            found.append(Field("", types.name(hint), optional=True))
    return found


def answer(types: Types, method: Callable[..., Any]) -> str:
    """Return the type of a call's answer."""
    return types.name(get_type_hints(method, include_extras=True)["return"])


def signature(types: Types, name: str, method: Callable[..., Any]) -> str:
    """Return a call in TypeScript, with its docstring."""
    given, mark = parameters(types, method), "?"
    fields = [each.declaration for each in given]
    params = "NoParams"
    if given and not given[0].name:
        params = given[0].type
    elif given:
        params, mark = f"{{ {' '.join(fields)[:-1]} }}", "?" if all(each.optional for each in given) else ""
    end = f"): {answer(types, method)};"
    line = f"  {name}(params{mark}: {params}{end}"
    if len(line) > WIDTH:
        line = f"  {name}(params{mark}: {{\n" + "".join(f"    {field}\n" for field in fields) + f"  }}{end}"
    return comment(inspect.cleandoc(method.__doc__ or ""), "  ") + line


def documentation(kind: Any) -> tuple[str, dict[str, str]]:
    """Return a docstring without its attributes, and the text of each attribute or of the first of several."""
    text, _, attributes = inspect.cleandoc(kind.__doc__ or "").partition("\n\nAttributes\n----------\n")
    notes = dict(NOTE.findall(attributes.partition("\n\n")[0]))
    for base in vars(sys.modules[kind.__module__]).values():  # a TypedDict does not know its bases
        if is_typeddict(base) and base is not kind and base.__annotations__.items() < kind.__annotations__.items():
            notes = documentation(base)[1] | notes
    return text.partition("\n\nNotes\n")[0], notes


def in_javascript(text: str) -> str:
    """Return a text with the notation of Python replaced by that of JavaScript."""
    text = re.sub(r"``(\w+)=(\w+|\"\w+\")``", lambda found: f"`{found[1]}: {found[2].lower()}`", text)
    return text.replace("``", "`").replace("None", "null")


def comment(text: str, indent: str = "") -> str:
    """Return a text as a comment in front of a declaration."""
    lines = [line.strip() for line in in_javascript(text).splitlines()]
    if len(lines) < 2:
        return f"{indent}/** {lines[0]} */\n" if lines else ""
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines) + f"{indent} */\n"


def calls() -> dict[str, Callable[..., Any]]:
    """Return the public methods of `Session`, in the order of its subjects."""
    return {name: method for subject in subjects() for name, method in calls_of(subject).items()}


def subjects() -> tuple[type, ...]:
    """Return the classes of calls that `Session` is made of."""
    return Session.__bases__


def calls_of(subject: type) -> dict[str, Callable[..., Any]]:
    """Return the calls about one subject, in the order of its file."""
    return {name: method for name, method in vars(subject).items() if not name.startswith("_")}


def tables() -> str:
    """Return the types of the names that Python's tables define."""
    unions = {name: " | ".join(f'"{each}"' for each in table) for name, table in TABLES.values()}
    return "".join(f"export type {name} = {union};\n" for name, union in unions.items()) + "\n"


def text() -> str:
    """Return web/api.d.ts."""
    types = Types()
    lines = "\n".join(signature(types, name, method) for name, method in calls().items())
    return f"{HEAD}{tables()}{''.join(types.declared.values())}\nexport interface Calls {{\n{lines}\n}}\n{TAIL}"


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8", newline="\n")
