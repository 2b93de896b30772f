"""Numbers given on the command line."""

from reconciler.errors import UsageError
from reconciler.specs.faults import Finding
from reconciler.specs.misread import read_number


def given_pattern(text: str) -> str:
    """``text`` when it is a number as VICIdial stores it; raise UsageError with the reason."""
    found = read_number(text)
    if isinstance(found, Finding):
        raise UsageError(found.message, hint=found.hint)
    return found
