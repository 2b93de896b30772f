"""What somebody most likely meant by a word that is none of ours."""

import re
from collections.abc import Collection
from difflib import get_close_matches

from reconciler.routing import BY_COLUMN

# Names of columns, of the labels of VICIdial's admin screens, and what people call things.
_SYNONYMS = {
    **{column: field.name for column, field in BY_COLUMN.items()},
    "call_menu": "menu_id",
    "callmenu": "menu_id",
    "clean_cid_number": "filter_clean_cid_number",
    "context": "exten_context",
    "copy_from": "source",
    "description": "did_description",
    "did": "numbers",
    "did_extension": "numbers",
    "dids": "numbers",
    "did_pattern": "numbers",
    "extension_context": "exten_context",
    "in_group": "group",
    "in_group_agent_search_method": "agent_search_method",
    "in_group_call_handle_method": "call_handle_method",
    "in_group_campaign_id": "campaign_id",
    "in_group_entry_list_id": "entry_list_id",
    "in_group_id": "group",
    "in_group_list_id": "list_id",
    "in_group_phone_code": "phone_code",
    "ingroup": "group",
    "ingroup_id": "group",
    "menu": "menu_id",
    "new_dids": "numbers",
    "range": "numbers",
    "ranges": "numbers",
    "route": "did_route",
    "source_did_pattern": "source",
    "template": "source",
    "voicemail": "voicemail_ext",
    "voicemail_box": "voicemail_ext",
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
    "user|admin_user_group|(did_)?carrier_description|"
    "(user|filter(?!_clean)|custom|no_agent|max_queue|inbound|pre_filter)_.*"
)


def key(word: str, known: Collection[str]) -> str | None:
    """The key of ``known`` that ``word`` was meant to be, if one can be told."""
    called = known_as(word, known)
    if called is not None or _underscored(word) in _SYNONYMS or is_copied_only(word):
        return called
    return _closest(_underscored(word), known)


def known_as(word: str, known: Collection[str]) -> str | None:
    """The key of ``known`` that ``word`` is another name of, beyond doubt."""
    plain = _underscored(word)
    return next((each for each in (plain, _SYNONYMS.get(plain)) if each in known), None)


def is_copied_only(word: str) -> bool:
    """Whether this is a column of a DID that the API cannot set: it comes along with a copy."""
    return _COPIED_ONLY.fullmatch(_underscored(word)) is not None


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


def asking(word: str | None) -> str | None:
    """A suggestion as a question; None when there is nothing to suggest."""
    return None if word is None else f"did you mean {word}?"


def _underscored(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "").replace("_", "").replace(" ", "")


def _closest(word: str, known: Collection[str]) -> str | None:
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=_LIKE_ENOUGH)), None)
