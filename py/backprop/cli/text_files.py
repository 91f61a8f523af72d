"""Text files that commands read: solutions, progress, sweeps."""

from pathlib import Path


def read_text(path: str, max_bytes: int) -> str:
    """Return the text of a file; raise ValueError if it cannot be read, is too long or is not UTF-8."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise ValueError(f"{path} must have at most {max_bytes:,} bytes")
        return data.decode("utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text in UTF-8") from None
