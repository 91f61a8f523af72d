"""Run files of the command line: read one to resume, write one to save."""

import stat
from pathlib import Path

from ..files.run_file import from_bytes, to_bytes
from ..files.safetensors import MAX_BYTES, check_size
from ..runs.record import from_record, to_record
from ..runs.run import TrainingRun


def read_run(path: str) -> TrainingRun:
    """Read a run from a file."""
    return from_record(from_bytes(_read(path)))


def write_run(run: TrainingRun, path: Path) -> None:
    """Write a run file atomically."""
    write_whole(path, to_bytes(to_record(run)))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically: whole, or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from None


def check_target(path: str | None) -> Path | None:
    """Check the file to save to before the training, not after it."""
    if path is not None and (Path(path).is_dir() or not Path(path).absolute().parent.is_dir()):
        raise ValueError(f"--save must be a file in a folder that exists, got {path}")
    return None if path is None else Path(path)


def _read(path: str) -> bytes:
    """Return the contents of a file; refuse devices and pipes, which may be endless, without reading them."""
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} cannot be read: it is not a regular file")
        check_size(status.st_size)
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)  # the file may have grown since the check
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
