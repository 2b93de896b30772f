"""What somebody most likely meant by a word that is none of ours."""

import re
from collections.abc import Collection
from difflib import get_close_matches

from reconciler.routing import BY_COLUMN

_SYNONYMS = {
    **{column: field.name for column, field in BY_COLUMN.items()},
    "callmenu": "menu_id",
    "context": "exten_context",
    "copy_from": "source",
    "description": "did_description",
    "did": "numbers",
    "dids": "numbers",
    "did_pattern": "numbers",
    "in_group": "group",
    "ingroup": "group",
    "menu": "menu_id",
    "new_dids": "numbers",
    "range": "numbers",
    "ranges": "numbers",
    "route": "did_route",
    "source_did_pattern": "source",
    "template": "source",
    "voicemail": "voicemail_ext",
}
_YES_NO = {
    "true": "Y",
    "yes": "Y",
    "on": "Y",
    "1": "Y",
    "false": "N",
    "no": "N",
    "off": "N",
    "0": "N",
}
_LIKE_ENOUGH = 0.7
_COPIED_ONLY = re.compile(
    "user|user_group|did_carrier_description|"
    "(filter(?!_clean)|custom|no_agent|max_queue|inbound|pre_filter)_.*"
)


def key(word: str, known: Collection[str]) -> str | None:
    """The key of ``known`` that ``word`` was meant to be, if one can be told."""
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in known:
        return plain
    if _SYNONYMS.get(plain) in known:
        return _SYNONYMS[plain]
    return None if is_copied_only(plain) else _closest(plain, known)


def is_copied_only(column: str) -> bool:
    """Whether this is a column of a DID that the API cannot set: it comes along with a copy."""
    return _COPIED_ONLY.fullmatch(column) is not None


def choice(word: str, choices: Collection[str]) -> str | None:
    """The choice that ``word`` was meant to be, if one can be told."""
    by_plain = {_plain(each): each for each in choices}
    plain = _plain(word)
    if plain in by_plain:
        return by_plain[plain]
    if _YES_NO.get(plain) in choices:
        return _YES_NO[plain]
    found = _closest(plain, by_plain)
    return None if found is None else by_plain[found]


def asking(word: str | None) -> str:
    """The question that ends a message, or nothing when there is nothing to suggest."""
    return "" if word is None else f": did you mean {word}?"


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "").replace("_", "").replace(" ", "")


def _closest(word: str, known: Collection[str]) -> str | None:
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=_LIKE_ENOUGH)), None)
