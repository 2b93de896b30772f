"""The reader that ``live`` in target.yaml names."""

from pathlib import Path

from reconciler.live.http import HttpReader
from reconciler.live.reading import LiveReader
from reconciler.live.table import FileReader
from reconciler.specs.model import Target
from reconciler.vicidial.client import Reader


def open_reader(target: Target, folder: Path, reader: Reader) -> LiveReader:
    """The target's reader. ``folder`` is the one that holds did_specs.

    Raise :class:`~reconciler.live.table.TableError` where its file cannot be used.
    """
    if target.live.file is not None:
        return FileReader(folder / target.live.file)
    return HttpReader(reader)
