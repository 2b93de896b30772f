"""Writing the files that options name."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.errors import UsageError


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` as UTF-8, whole or not at all.

    An existing pipe or device (``/dev/stdout``) is written to, not replaced.
    """
    with _said(path):
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
        else:
            _beside(path).write_text(text, encoding="utf-8")
            _beside(path).replace(path.resolve())


def check_writable(path: Path) -> None:
    """Raise UsageError where :func:`write_text` would; called before anything is sent."""
    with _said(path):
        if path.exists() and not path.is_file():
            path.open("a", encoding="utf-8").close()
        else:
            _beside(path).touch()
            _beside(path).unlink()


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        with suppress(OSError):
            _beside(path).unlink()
        raise UsageError(
            f"cannot write {path}: {error.strerror}",
            hint="name a file in a folder that exists and may be written to",
        ) from None


def _beside(path: Path) -> Path:
    """The temporary file; beside the file a link leads to, so that the link stays."""
    real = path.resolve()
    return real.with_name(f".{real.name}.tmp")
