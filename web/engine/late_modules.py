"""Modules that no start of the page imports: fetched when they are imported, in the archive that holds them.

The page starts with the modules that it needs. All others of the standard library and of NumPy lie on the server, in
the archives as their authors publish them. Of numpy.random, a start loads the generator that the page uses.
"""

import json
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, TypedDict
from zipfile import ZipFile

FOLDER = Path("/lib/late")
# Names of numpy.random that a start uses, and the modules in it that they come from.
RANDOM = {"Generator": "_generator", "PCG64": "_pcg64", "SeedSequence": "bit_generator"}


class Archive(TypedDict):
    """An archive on the server, and the names of those of its modules that the page does not have."""

    file: str
    sha256: str
    modules: Sequence[str]
    on_use: Sequence[str]  # those among them that are fetched when something in them is used, not when imported


class LateFinder(MetaPathFinder):
    """Finds modules that the page does not have yet, after all other finders.

    Parameters
    ----------
    archives
        What can be fetched.
    fetch
        Returns a file of the server, or None if it does not arrive.
    folder
        Where archives are unpacked.
    """

    def __init__(self, archives: Sequence[Archive], fetch: Callable[[str], bytes | None], folder: Path) -> None:
        self._archives = {module: archive for archive in archives for module in archive["modules"]}
        self._fetch, self._folder = fetch, folder

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module that an archive holds."""
        archive = self._archives.get(fullname)
        if archive is None:
            return None
        if fullname in archive["on_use"]:
            return ModuleSpec(fullname, LoaderOnUse(self))
        return self.fetched_spec(fullname)

    def fetched_spec(self, fullname: str) -> ModuleSpec | None:
        """Fetch the archive of a module, unless it is here, and return the module's spec."""
        parent = fullname.rpartition(".")[0].replace(".", "/")
        return PathFinder.find_spec(fullname, [str(self._unpacked(fullname) / parent)])

    def _unpacked(self, module: str) -> Path:
        archive = self._archives[module]
        folder = self._folder / archive["file"]
        if not folder.exists():
            data = self._fetch(archive["file"])
            if data is None or sha256(data).hexdigest() != archive["sha256"]:
                raise ImportError(
                    f"{module} is fetched when it is imported first, and {archive['file']} did not arrive whole. "
                    "Is there a connection? Then try again.",
                    name=module,
                )
            ZipFile(BytesIO(data)).extractall(folder)
        return folder


class LoaderOnUse(Loader):
    """Loads a module when the first of its names is used."""

    def __init__(self, finder: LateFinder) -> None:
        self._finder = finder

    def exec_module(self, module: ModuleType) -> None:
        """Give the module a `__getattr__` (PEP 562) that loads the real one."""
        loaded: list[ModuleType] = []

        def __getattr__(name: str) -> Any:  # noqa: N807  # the name that Python looks for
            if name.startswith("__"):
                raise AttributeError(name)
            if not loaded:
                loaded.append(self._load(module.__name__))
            return getattr(loaded[0], name)

        module.__dict__["__getattr__"] = __getattr__

    def _load(self, name: str) -> ModuleType:
        spec = self._finder.fetched_spec(name)
        if spec is None or spec.loader is None:
            raise ImportError(f"{name} is not in its archive", name=name)
        module = spec.loader.create_module(spec) or ModuleType(name)
        spec.loader.exec_module(module)
        return module


class RandomOnUse(MetaPathFinder, Loader):
    """Loads numpy.random in two parts: the names of `RANDOM`, and all of it when another name is used.

    Most of its machine code is for other generators, and to compile that takes a twentieth of a start.
    """

    _whole: Loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of numpy.random with this loader."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname == "numpy.random" else None
        if spec is not None and spec.loader is not None:
            self._whole, spec.loader = spec.loader, self
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Give the module a `__getattr__` and a `__dir__` (PEP 562) that load what is used."""

        def __getattr__(name: str) -> Any:  # noqa: N807  # the name that Python looks for
            if name in RANDOM:
                return getattr(import_module(f"{module.__name__}.{RANDOM[name]}"), name)
            if name.startswith("__") and name != "__all__":
                raise AttributeError(name)
            self._load_whole(module)
            return getattr(module, name)

        def __dir__() -> list[str]:  # noqa: N807
            self._load_whole(module)
            return dir(module)

        module.__dict__.update(__getattr__=__getattr__, __dir__=__dir__)

    def _load_whole(self, module: ModuleType) -> None:
        for name in ("__getattr__", "__dir__"):
            module.__dict__.pop(name, None)
        module.__loader__ = self._whole
        if module.__spec__ is not None:
            module.__spec__.loader = self._whole
        self._whole.exec_module(module)


def install(fetch: Callable[[str], bytes | None], folder: Path = FOLDER) -> None:
    """Let imports fetch what is missing; modules.json in `folder` says which archive holds which module."""
    archives: list[Archive] = json.loads((folder / "modules.json").read_text("utf-8"))
    sys.meta_path.append(LateFinder(archives, fetch, folder))
    sys.meta_path.insert(0, RandomOnUse())
