"""A copy of this package under another name, with edited files in place of ours.

All imports inside the package are relative, so the copy is whole: its runs train with its model, its losses and its
optimizers. Files that are not edited are loaded from their own places, with their bytecode.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from .code import LearnerError, compile_code, describe, line_of

ORIGINAL = Path(__file__).parents[1]
# The mathematics: files that a learner may edit.
EDITABLE = ("activations.py", "losses.py", "embedding.py", "model.py", "optimizers.py")


def load_package(name: str, edits: Mapping[str, str], additions: Mapping[str, str] | None = None) -> ModuleType:
    """Import a copy of this package.

    Parameters
    ----------
    name : name of the copy, an identifier; a copy of this name that was loaded before is replaced
    edits : file → source, for some of `EDITABLE`
    additions : file → source of further modules, which the edited ones import

    Returns
    -------
    the copy's top module; its submodules can be imported by name, such as ``name.model``

    Raises
    ------
    LearnerError
        If an edited file cannot be compiled or imported. A copy that was loaded before stays in force.
    ValueError
        If a file cannot be edited, or the name is not an identifier.
    """
    if not name.isidentifier() or name == ORIGINAL.name:
        raise ValueError(f"name must be an identifier other than {ORIGINAL.name}, got {name!r}")
    unknown = sorted(edits.keys() - set(EDITABLE))
    if unknown:
        raise ValueError(f"files that can be edited are {', '.join(EDITABLE)}; got {', '.join(unknown)}")
    modules, finders = _unload(name)
    own = {**edits, **(additions or {})}
    sys.meta_path.insert(0, _Finder(name, own))
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        _unload(name)
        sys.modules.update(modules)
        sys.meta_path[:0] = finders
        raise _explained(error, name, own) from error


def path_of(name: str, file: str) -> str:
    """Return the path that an edited file of a copy has in tracebacks."""
    return f"<{name}>/{file}"


class _Finder(importlib.abc.MetaPathFinder):
    """Find the modules of one copy."""

    def __init__(self, name: str, edits: Mapping[str, str]) -> None:
        self.name = name
        self.edits = edits

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to load a module of the copy."""
        del path, target  # the name says where it is
        if fullname.partition(".")[0] != self.name:
            return None
        place = ORIGINAL.joinpath(*fullname.split(".")[1:])
        file = place.with_suffix(".py").name if place != ORIGINAL else ""
        if place.parent == ORIGINAL and file in self.edits:
            loader = _EditedSource(path_of(self.name, file), self.edits[file])
            return importlib.util.spec_from_loader(fullname, loader, origin=loader.path)
        if place.is_dir():
            return importlib.util.spec_from_file_location(
                fullname, place / "__init__.py", submodule_search_locations=[str(place)]
            )
        return importlib.util.spec_from_file_location(fullname, place.with_suffix(".py"))


class _EditedSource(importlib.abc.Loader):
    """Load a module from an edited source."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.source = source

    def exec_module(self, module: ModuleType) -> None:
        """Run the source; tracebacks and `inspect` read it too."""
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.source), None, lines, self.path)
        module.__file__ = self.path
        exec(compile_code(self.source, self.path), vars(module))


def _unload(name: str) -> tuple[dict[str, ModuleType], list[importlib.abc.MetaPathFinder]]:
    """Forget a copy; return its modules, and what finds more of them."""
    modules = {each: module for each, module in sys.modules.items() if each.partition(".")[0] == name}
    for each in modules:
        del sys.modules[each]
    finders: list[Any] = [each for each in sys.meta_path if isinstance(each, _Finder) and each.name == name]
    for finder in finders:
        sys.meta_path.remove(finder)
    return modules, finders


def _explained(error: BaseException, name: str, edits: Mapping[str, str]) -> LearnerError:
    """Return an import's failure as a sentence, with the line in the edited file."""
    if isinstance(error, LearnerError):
        return error
    lines = [line_of(error, path_of(name, file)) for file in edits]
    return LearnerError("exception", describe(error), next((line for line in lines if line is not None), None))
