"""A copy of this package under another name, with edited files in place of ours.

All imports inside the package are relative, so the copy is whole: its runs train with its model, its losses and its
optimizers. Files that are not edited are loaded from their own places, with their bytecode.
"""

import importlib
import importlib.machinery
import importlib.util
import linecache
import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from .code import LearnerError, compile_code, describe, limited_builtins, line_of, stopped_after
from .time_limit import TimeLimitError
from .watch import SECONDS, limited, unwatch, watch

ORIGINAL = Path(__file__).parents[1]
# The mathematics: files that a learner may edit.
EDITABLE = ("activations.py", "losses.py", "embedding.py", "model.py", "optimizers.py")
PATH = re.compile(r"<(?P<package>\w+)>/(?P<file>\w+\.py)")  # of an edited file, in tracebacks
# Rooms of which there is one for all copies: the loops that NumPy runs.
SHARED = ("loops",)


def load_package(
    name: str,
    edits: Mapping[str, str],
    additions: Mapping[str, str] | None = None,
    *,
    modules: Sequence[str] = ("runs.run",),
) -> ModuleType:
    """Import a copy of this package.

    Parameters
    ----------
    name : name of the copy, an identifier; a copy of this name that was loaded before is replaced
    edits : file → source, for some of `EDITABLE`
    additions : file → source of further modules, which the edited ones import
    modules : modules of the copy to import now, so that a failure in one of them shows at once

    Returns
    -------
    the copy's top module, which is empty; its submodules can be imported by name, such as ``name.model``

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
    modules_before, finders = _unload(name)
    own = {**edits, **(additions or {})}
    sys.meta_path.insert(0, _Finder(name, own))
    sys.modules.update(_shared(name))
    try:
        with limited():
            for file in sorted(own):  # in an order that does not depend on what imports what
                importlib.import_module(f"{name}.{file.removesuffix('.py')}")
        for module in modules:
            importlib.import_module(f"{name}.{module}")
    except (Exception, SystemExit, TimeLimitError) as error:
        unload_package(name)
        sys.modules.update(modules_before)
        sys.meta_path[:0] = finders
        raise explained(error) or error from error
    _unwatch(modules_before)
    return sys.modules[name]


def unload_package(name: str) -> None:
    """Forget a copy. Runs that it trains must be gone."""
    _unwatch(_unload(name)[0])


def _unwatch(modules: Mapping[str, ModuleType]) -> None:
    for module in modules.values():
        if code := getattr(module.__spec__ and module.__spec__.loader, "code", None):
            unwatch(code)


def path_of(name: str, file: str) -> str:
    """Return the path that an edited file of a copy has in tracebacks."""
    return f"<{name}>/{file}"


def explained(error: BaseException) -> LearnerError | None:
    """Return a failure of edited code as a sentence with file and line; None if no edited code took part in it."""
    if isinstance(error, LearnerError):
        return error
    paths = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    place = next((found for path in reversed(paths) if (found := PATH.fullmatch(path))), None)
    missing = PATH.fullmatch(error.path or "") if isinstance(error, ImportError) else None
    if missing and not (place and place["file"] == missing["file"]):
        failure = LearnerError("result", f"{_imported(error)} is missing.", None, missing["file"])
    elif place is None:
        return None
    elif isinstance(error, TimeLimitError):
        failure = LearnerError("time", stopped_after(SECONDS), line_of(error, place[0]), place["file"])
    else:
        failure = LearnerError("exception", describe(error), line_of(error, place[0]), place["file"])
    failure.package = (place or missing or {"package": ""})["package"]
    return failure


def _imported(error: BaseException) -> str:
    """Return the name that an import did not find."""
    found = re.search(r"import name '(\w+)'", str(error))
    return found[1] if found else "A name"


class _Finder:
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
        if place == ORIGINAL:  # what `import backprop` gives is not needed, and would import everything
            return importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        file = place.with_suffix(".py").name
        if place.parent == ORIGINAL and file in self.edits:
            loader: Any = _EditedSource(path_of(self.name, file), self.edits[file])
            return importlib.util.spec_from_loader(fullname, loader, origin=loader.path)
        if place.is_dir():
            return importlib.util.spec_from_file_location(
                fullname, place / "__init__.py", submodule_search_locations=[str(place)]
            )
        return importlib.util.spec_from_file_location(fullname, place.with_suffix(".py"))


class _EditedSource:
    """Load a module from an edited source."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.source = source
        self.code: CodeType | None = None

    def create_module(self, spec: object) -> None:
        """Let Python create the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the source; tracebacks and `inspect` read it too."""
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.source), None, lines, self.path)
        module.__file__ = self.path
        vars(module)["__builtins__"] = limited_builtins()
        try:
            self.code = compile_code(self.source, self.path)
        except LearnerError as error:
            error.file = self.path.rpartition("/")[2]
            raise
        watch(self.code)
        try:
            exec(self.code, vars(module))
        except BaseException:
            unwatch(self.code)  # Python drops a module that fails, and unloading will not find it
            raise


def _shared(name: str) -> dict[str, ModuleType]:
    """Return the modules that a copy shares with this package, under the names that they have in the copy."""
    package = __name__.partition(".")[0]
    importlib.import_module(f"{package}.loops.installed")
    prefixes = tuple(f"{package}.{room}" for room in SHARED)
    shared = {each: module for each, module in sys.modules.items() if each.startswith(prefixes)}
    return {name + each.removeprefix(package): module for each, module in shared.items()}


def _unload(name: str) -> tuple[dict[str, ModuleType], list[Any]]:
    """Forget a copy; return its modules, and what finds more of them."""
    modules = {each: module for each, module in sys.modules.items() if each.partition(".")[0] == name}
    for each, module in modules.items():
        del sys.modules[each]
        linecache.cache.pop(getattr(module, "__file__", None) or "", None)
    finders: list[Any] = [each for each in sys.meta_path if isinstance(each, _Finder) and each.name == name]
    for finder in finders:
        sys.meta_path.remove(finder)
    return modules, finders
