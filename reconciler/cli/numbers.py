"""Numbers given on the command line."""

from reconciler.errors import UsageError
from reconciler.numbers import NumberError, check_pattern


def given_pattern(text: str) -> str:
    """``text`` when it is a number as VICIdial stores it; raise UsageError with the reason."""
    try:
        return check_pattern(text)
    except NumberError as error:
        raise UsageError(str(error)) from None
