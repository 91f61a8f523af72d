"""Zip archives and wheels, the same to the last byte for the same contents."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

WHEEL = """\
Wheel-Version: 1.0
Generator: backprop build.py
Root-Is-Purelib: true
Tag: py3-none-any
"""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_zip(data: bytes) -> dict[str, bytes]:
    """Return every file of a zip archive: name → contents."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}


def write_zip(files: Mapping[str, bytes], *, compressed: bool = True) -> bytes:
    """Pack files in the order of their names, dated 1980, so that equal contents give equal bytes."""
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], method, compresslevel=9)
    return buffer.getvalue()


def write_wheel(files: Mapping[str, bytes], dist_info: str) -> bytes:
    """Pack a wheel and write its RECORD: name, hash and size of every file (the wheel specification, PyPA)."""
    record = f"{dist_info}/RECORD"
    contents = {name: data for name, data in files.items() if name != record}
    lines = [f"{name},sha256={_record_hash(contents[name])},{len(contents[name])}" for name in sorted(contents)]
    return write_zip({**contents, record: "\n".join([*lines, f"{record},,", ""]).encode()})


def pure_wheel(modules: Mapping[str, bytes], project: Mapping[str, object], license_text: bytes) -> bytes:
    """Pack a pure-Python wheel from its modules and the [project] table of pyproject.toml."""
    dist_info = f"{project['name']}-{project['version']}.dist-info"
    return write_wheel(
        {
            **modules,
            f"{dist_info}/METADATA": _metadata(project).encode(),
            f"{dist_info}/WHEEL": WHEEL.encode(),
            f"{dist_info}/licenses/LICENSE": license_text,
        },
        dist_info,
    )


def read_tree(folder: Path, prefix: str = "", ending: str = "") -> dict[str, bytes]:
    """Return the files below a folder whose names end in `ending`: `prefix` + path → contents."""
    paths = sorted(path for path in folder.rglob(f"*{ending}") if path.is_file())
    return {prefix + path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def write_tree(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _record_hash(data: bytes) -> str:
    digest = hashlib.sha256(data).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _metadata(project: Mapping[str, object]) -> str:
    dependencies = project["dependencies"]
    if not isinstance(dependencies, list):
        raise TypeError("[project] dependencies must be a list")
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        "License-File: LICENSE",
        f"Requires-Python: {project['requires-python']}",
        *[f"Requires-Dist: {requirement}" for requirement in dependencies],
        "",
    ]
    return "\n".join(lines)
