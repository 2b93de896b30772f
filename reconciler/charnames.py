"""Characters that look like others, or like nothing, called by their names."""

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_NAMES = {"\n": "a line break", "\t": "a tab", "\ufeff": "a byte order mark (U+FEFF)"}


def is_invisible(char: str) -> bool:
    """Whether nothing, or only a gap, is seen where it stands; not so for the plain space."""
    return not char.isprintable() or char in _BLANK or "\ufe00" <= char <= "\ufe0f"


def describe(char: str) -> str:
    """How a message names one character: ``'$'``, ``a no-break space (U+00A0)``."""
    if char.isascii() and char.isprintable():
        return repr(char)
    if char in _NAMES:
        return _NAMES[char]
    import unicodedata  # noqa: PLC0415  (seldom needed)

    name = unicodedata.name(char, "control character").lower()
    point = f"U+{ord(char):04X}"
    if is_invisible(char):
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name} ({point})"
    if name.startswith("latin ") and " with " in name:
        return repr(char)  # nobody takes an accented letter for another
    return f"{char!r} ({name}, {point})"
