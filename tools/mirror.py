"""A folder that is made to hold exactly what it should."""

from collections.abc import Mapping
from pathlib import Path

from tools.archive import write_tree


def mirror(files: Mapping[str, bytes], folder: Path) -> int:
    """Make a folder hold exactly these files, touching only what differs; return how many did."""
    present = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    gone = present.keys() - files.keys()
    for name in gone:
        present[name].unlink()
    for emptied in sorted({parent for name in gone for parent in present[name].parents}, reverse=True):
        if folder in emptied.parents and emptied.exists() and not any(emptied.iterdir()):
            emptied.rmdir()
    changed = {name: data for name, data in files.items() if name not in present or present[name].read_bytes() != data}
    write_tree(changed, folder)
    return len(changed) + len(gone)
