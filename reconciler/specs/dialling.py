"""Country codes and trunk prefixes: how one telephone number is dialled from near and far.

The facts are those of ITU-T E.164 and of Google's libphonenumber, with which a test compares them.
They are kept here as two small tables, since that library is slow to import and is needed only by
a target that names its country.
"""

_TWO_DIGITS = frozenset([
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
    "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
    "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
])  # fmt: skip
_TRUNK_ZERO = frozenset([
    "20", "27", "31", "32", "33", "40", "41", "43", "44", "46", "49", "51", "53", "54", "55",
    "57", "58", "60", "61", "62", "63", "64", "66", "81", "82", "84", "86", "90", "91", "92",
    "93", "94", "95", "98", "211", "212", "213", "218", "231", "232", "233", "234", "243", "249",
    "250", "251", "252", "254", "255", "256", "260", "261", "262", "263", "264", "265", "291",
    "353", "355", "358", "359", "370", "373", "374", "377", "380", "381", "382", "383", "385",
    "386", "387", "389", "421", "423", "508", "590", "591", "593", "594", "595", "596", "598",
    "686", "850", "855", "856", "880", "886", "961", "962", "963", "964", "966", "967", "970",
    "971", "972", "976", "977", "994", "995", "996",
])  # fmt: skip
_OTHER_TRUNKS = {"1": "1", "7": "8", "36": "06", "375": "8", "993": "8"}


def country_code(digits: str) -> str | None:
    """The country code that an international number begins with; None when it has none."""
    if digits.startswith("0") or not digits:
        return None
    if digits[0] in "17":
        return digits[0]
    length = 2 if digits[:2] in _TWO_DIGITS else 3
    return digits[:length] if len(digits) > length else None


def trunk_prefix(code: str) -> str:
    """What is dialled before a national number within the country; often ``0`` or nothing."""
    return "0" if code in _TRUNK_ZERO else _OTHER_TRUNKS.get(code, "")
