"""The default folder of the specs: the nearest ``did_specs`` here or above, like git."""

import os
from pathlib import Path

NAME = "did_specs"


def nearest_specs() -> Path:
    """``did_specs`` here or in a folder above, relative to here; just the name where there is none.

    The search ends with the repository it began in.

    Relative, so that the places in messages can be opened from where the command was typed.
    """
    try:
        here = Path.cwd()
    except OSError:  # the folder is gone
        return Path(NAME)
    for height, folder in enumerate((here, *here.parents)):
        if _is_folder(folder / NAME):
            return Path(*[".."] * height, NAME)
        if os.access(folder / ".git", os.F_OK):  # the specs of another repository are not meant
            break
    return Path(NAME)


def without_steps_up(file: str) -> str:
    """``file`` as it is called in the folder that holds ``did_specs``."""
    while file.startswith("../"):
        file = file.removeprefix("../")
    return file


def _is_folder(path: Path) -> bool:
    # Asked first: is_dir raises where a folder above may not be entered.
    return os.access(path, os.F_OK) and path.is_dir()
