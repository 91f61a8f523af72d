"""The page's modules in a few files, each module as it was written, inside a function of its own.

A visitor's browser requests one file in place of three hundred. Nothing is renamed, left out or moved: only `import`
and `export` become constants, on the same lines, and a source map shows the tree of files in the developer tools.

The other modules stay beside the parts, for readers. A part is made for each module that something else than an import
starts: index.html, a worker, `import()`. It holds the modules that it imports, but for those of an earlier part, which
it takes from there. Imports have no circles (tests/contract/test_floors.py).
"""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

# The modules that index.html starts, in order: the second uses those of the first.
PAGE = ("engine/first_worker.js", "main.js")
# Those that begin a worker, which shares nothing with the page.
WORKERS = ("engine/worker.js", "storage/opfs_worker.js")

IMPORT = re.compile(r'^import\s+(?:(\{[^}]*\}|\*\s+as\s+\w+|\w+)\s+from\s+)?"([^"]+)";', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
NAME = re.compile(r"^export (?:async )?(?:function\*?|class|const) (\w+)", re.MULTILINE)
OTHER_EXPORT = re.compile(r"^export\b", re.MULTILINE)
# Types in comments look the same.
ON_DEMAND = re.compile(r'/\*.*?\*/|\bimport\("(\.[^"]+)"\)', re.DOTALL)
HERE = "import.meta.url"
HEAD = "// Modules of the page, each as it was written; made by tools/linked.py.\n"


def linked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the page; each module that begins a part is now the whole part, the others stay beside it."""
    own = {name: data.decode() for name, data in files.items() if is_own(name)}
    page: list[Part] = []
    for name in [*PAGE, *on_demand(own)]:
        page.append(Part(name, own, page[: len(PAGE)]))
    parts = [*page, *(Part(name, own, []) for name in WORKERS)]
    return {**files, **{name: data for part in parts for name, data in part.files().items()}}


def is_own(name: str) -> bool:
    """Whether a file is a module of ours; start.js and sw.js are scripts."""
    others = ("start.js", "sw.js", "vendor/", "python/", "learn/")
    return name.endswith(".js") and not name.startswith(others)


def on_demand(own: Mapping[str, str]) -> list[str]:
    """Return the modules of ours that are loaded by `import()`."""
    found = {resolved(name, path) for name, source in own.items() for path in ON_DEMAND.findall(source) if path}
    return sorted(found & own.keys())


def resolved(module: str, path: str) -> str:
    """Return the file that a module means by a relative path."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(module), path))


@dataclass
class Part:
    """One file: a first module, and all that it imports."""

    name: str
    own: Mapping[str, str]
    earlier: Sequence["Part"]
    modules: list[str] = field(default_factory=list)  # in the order in which they run
    vendored: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find the modules of the part."""
        self._add(self.name)

    def _add(self, module: str) -> None:
        if module in self.modules or any(module in part.modules for part in self.earlier):
            return
        for _, path in IMPORT.findall(self.own[module]):
            wanted = resolved(module, path)
            if wanted in self.own:
                self._add(wanted)
            elif wanted not in self.vendored:
                self.vendored.append(wanted)
        self.modules.append(module)

    def files(self) -> dict[str, bytes]:
        """Return the part and its source map."""
        head = HEAD + "".join(self._head())
        texts = [f'$["{module}"] = (() => {{ {self._body(module)}\n{self._end(module)}\n' for module in self.modules]
        exported = NAME.findall(self.own[self.name])
        tail = f'export const {{ {", ".join(exported)} }} = $["{self.name}"];\n' if exported else ""
        source_map = f"{posixpath.basename(self.name)}.map"
        text = f"{head}{''.join(texts)}{tail}//# sourceMappingURL={source_map}\n"
        lines = [part.count("\n") for part in [head, *texts]]
        made = json.dumps(self._map(lines[0], lines[1:])).encode()
        return {self.name: text.encode(), f"{self.name}.map": made}

    def _head(self) -> Iterator[str]:
        for i, part in enumerate(self.earlier):
            yield f'import {{ $ as part{i} }} from "{self._path(part.name)}";\n'
        for i, name in enumerate(self.vendored):
            yield f'import * as vendored{i} from "{self._path(name)}";\n'
        yield "export const $ = {\n"
        yield from (f"  ...part{i},\n" for i in range(len(self.earlier)))
        yield from (f'  "{name}": vendored{i},\n' for i, name in enumerate(self.vendored))
        yield "};\n"

    def _body(self, module: str) -> str:
        """Return the source of a module, its imports and exports changed, each on its lines."""

        def constant(found: re.Match[str]) -> str:
            names, path = found.groups()
            lines = "\n" * found[0].count("\n")
            if names is None:
                return lines
            if names.startswith("*"):
                return f'const {names.split()[-1]} = $["{resolved(module, path)}"];{lines}'
            names = re.sub(r"\bas\b", ":", names) if names.startswith("{") else f"{{ default: {names} }}"
            return f'const {names} = $["{resolved(module, path)}"];'

        source = EXPORT.sub("", IMPORT.sub(constant, self.own[module]))
        if OTHER_EXPORT.search(source):
            raise ValueError(f"{module} has an export that is no function, class or constant")
        source = source.replace(HERE, f'new URL("{self._path(module)}", {HERE}).href')
        return ON_DEMAND.sub(
            lambda found: f'import("{self._path(resolved(module, found[1]))}")' if found[1] else found[0], source
        )

    def _end(self, module: str) -> str:
        return f"return {{ {', '.join(NAME.findall(self.own[module]))} }}; }})();"

    def _path(self, name: str) -> str:
        """Return the relative path from this part to a file."""
        path = posixpath.relpath(name, posixpath.dirname(self.name) or ".")
        return path if path.startswith(".") else f"./{path}"

    def _map(self, head: int, lengths: Sequence[int]) -> dict[str, object]:
        """Return the source map: line by line (ECMA-426)."""
        lines, before = [""] * head, (0, 0)
        for i, length in enumerate(lengths):
            for line in range(length):
                last = min(line, self.own[self.modules[i]].count("\n"))
                lines.append("A" + vlq(i - before[0]) + vlq(last - before[1]) + "A")
                before = i, last
        return {
            "version": 3,
            "sources": [self._path(module) for module in self.modules],
            "sourcesContent": [self.own[module] for module in self.modules],
            "mappings": ";".join(lines),
        }


def vlq(number: int) -> str:
    """Return a number as a source map has it: base 64, five bits a letter, the sign in the lowest."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    rest, text = (abs(number) << 1) | (number < 0), ""
    while True:
        rest, bits = rest >> 5, rest & 31
        text += letters[bits | (32 if rest else 0)]
        if not rest:
            return text
