"""The one table of fields: what ``update_did`` can set, where it is stored, what it accepts.

Everything that knows a field knows it from here: the JSON Schemas, the checks of the specs, the
comparison, where callers end up, which build a plan needs, the simulator. The facts were measured
on VICIdial 2.14-202, build 250720-1841.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from reconciler.characters import USE_NON_LATIN, Characters, is_storable, kept, size, unit
from reconciler.charnames import describe

LETTERS_DIGITS = "A-Za-z0-9"

ROUTE_WORDS: Mapping[str, str] = {
    "EXTEN": "extension",
    "VOICEMAIL": "voicemail",
    "PHONE": "phone",
    "IN_GROUP": "in-group",
    "CALLMENU": "call menu",
    "VMAIL_NO_INST": "voicemail (no instructions)",
    "AGENT": "agent",
}
"""did_route → its word."""

AGENT_ROUTE = "AGENT"
"""A route the server accepts and that cannot be declared: its agent is not a field of the API."""


class Listed(Enum):
    """What a value must be the name of: something that exists on the server."""

    IN_GROUP = "in-group"
    CALL_MENU = "call menu"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of ``update_did``.

    ``kept`` is the inside of a regular expression's class: the server drops every other character
    before it checks or stores. Lengths are in bytes; ``longest`` is what both the server's check
    and its column take. ``choices``, where given, are all that may be declared; the server takes
    ``undeclared`` too, or anything of the right length where ``checks_choices`` is False.
    ``number`` fields are stored as integers. ``latin`` fields keep ASCII letters alone, whatever
    the server's setting.

    ``refusal`` is how the server calls a value that it refuses; of several it names the one with
    the lowest ``rank``. A ``listed`` value must exist on the server. ``since`` is the day of the
    first build with the field, where ``update_did`` is older.

    ``destination_of`` are the routes whose destination the field names, ``context_of`` those for
    which it tells where the destination is looked up. ``moves_callers``: it decides in another way.
    """

    name: str
    column: str
    about: str
    kept: str
    refusal: str
    rank: int
    shortest: int = 1
    longest: int = 50
    choices: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    checks_choices: bool = True
    number: bool = False
    latin: bool = False
    listed: Listed | None = None
    since: date | None = None
    destination_of: tuple[str, ...] = ()
    context_of: tuple[str, ...] = ()
    moves_callers: bool = False
    examples: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether it can decide where callers end up."""
        return self.moves_callers or bool(self.destination_of or self.context_of)

    def strip(self, value: str, characters: Characters = Characters.ASCII) -> str:
        """What is left of ``value`` when the server has dropped its characters."""
        return kept(value, self.kept, self.letters(characters))

    def letters(self, characters: Characters) -> Characters:
        """Which letters this field keeps on a server with the setting ``characters``."""
        lettered = self.kept.startswith(LETTERS_DIGITS) and not self.latin
        return characters if lettered else Characters.ASCII

    def fault(self, value: str, characters: Characters = Characters.ASCII) -> str | None:
        """Why the server would not store ``value`` exactly as written; None when it would."""
        if not value:
            return "is empty: the server ignores empty values, so no field can be cleared"
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}, not {value!r}"
        stripped = self.strip(value, characters)
        if stripped != value:
            bad = " ".join(describe(char) for char in sorted(set(value) - set(stripped)))
            return (
                f"holds {bad}, which the server would drop: {value!r} would become {stripped!r}"
                f"{self._any_hint(value, characters)}"
            )
        if not is_storable(value):
            return f"holds a letter that the database does not keep (beyond U+FFFF): {value!r}"
        if not self.shortest <= size(value) <= self.longest:
            return (
                f"must have {self.shortest} to {self.longest} {unit(value)}; "
                f"{value!r} has {size(value)}"
            )
        if self.number and not value.isdigit():
            return f"is a number; the server would store {value!r} as 0"
        if self.number and str(int(value)) != value:
            return f"is a number; the server would store {value!r} as {int(value)}"
        return None

    def _any_hint(self, value: str, characters: Characters) -> str:
        if characters is Characters.ANY or self.strip(value, Characters.ANY) != value:
            return ""
        return f"; {USE_NON_LATIN}"


_TEXT = LETTERS_DIGITS + r" \-.,_"
_WORD = LETTERS_DIGITS + r"\-_"

FIELDS: tuple[Field, ...] = (
    Field(
        "did_route",
        "did_route",
        "Where callers of the number are sent: to an extension, a voicemail box, a phone, "
        "an in-group or a call menu, each named by the field of its kind.",
        kept=_WORD,
        refusal="DID ROUTE IS NOT VALID",
        rank=3,
        choices=tuple(route for route in ROUTE_WORDS if route != AGENT_ROUTE),
        undeclared=(AGENT_ROUTE,),
        moves_callers=True,
        examples=("IN_GROUP", "CALLMENU"),
    ),
    Field(
        "group",
        "group_id",
        "The in-group (queue) for the route IN_GROUP; it must exist on the server.",
        kept=LETTERS_DIGITS + r"\-|_",
        refusal="GROUP ID MUST BE A VALID INBOUND GROUP IN THE SYSTEM",
        rank=10,
        longest=20,
        listed=Listed.IN_GROUP,
        destination_of=("IN_GROUP",),
        examples=("SALESLINE",),
    ),
    Field(
        "menu_id",
        "menu_id",
        "The call menu for the route CALLMENU; it must exist on the server.",
        kept=_WORD,
        refusal="MENU ID MUST BE A VALID CALL MENU IN THE SYSTEM",
        rank=11,
        listed=Listed.CALL_MENU,
        since=date(2021, 2, 17),
        destination_of=("CALLMENU",),
        examples=("MAIN_IVR",),
    ),
    Field(
        "voicemail_ext",
        "voicemail_ext",
        "The voicemail box for the routes VOICEMAIL and VMAIL_NO_INST.",
        kept=LETTERS_DIGITS + "*#._",
        refusal="VOICEMAIL EXTENSION MUST BE FROM 1 TO 10 CHARACTERS",
        rank=7,
        longest=10,
        destination_of=("VOICEMAIL", "VMAIL_NO_INST"),
        examples=("8300",),
    ),
    Field(
        "extension",
        "extension",
        "The dialplan extension for the route EXTEN.",
        kept=_WORD,
        refusal="EXTENSION MUST BE FROM 1 TO 50 CHARACTERS",
        rank=5,
        destination_of=("EXTEN",),
        examples=("8300",),
    ),
    Field(
        "exten_context",
        "exten_context",
        "The dialplan context of the extension.",
        kept=_WORD,
        refusal="EXTENSION CONTEXT MUST BE FROM 1 TO 50 CHARACTERS",
        rank=6,
        context_of=("EXTEN",),
        examples=("default",),
    ),
    Field(
        "phone_extension",
        "phone",
        "The phone for the route PHONE.",
        kept=_WORD,
        refusal="PHONE EXTENSION MUST BE FROM 1 TO 100 CHARACTERS",
        rank=8,
        longest=100,
        destination_of=("PHONE",),
        examples=("101",),
    ),
    Field(
        "server_ip",
        "server_ip",
        "The server of the phone; it must be one of the system's servers.",
        kept=LETTERS_DIGITS + r"\-.:_",
        refusal="SERVER IP MUST BE A VALID SERVER IN THE SYSTEM",
        rank=9,
        longest=15,
        latin=True,
        listed=Listed.SERVER,
        context_of=("PHONE",),
        examples=("10.10.10.15",),
    ),
    Field(
        "did_description",
        "did_description",
        "What the number is for, as the admin screens show it.",
        kept=_TEXT,
        refusal="DID DESCRIPTION MUST BE FROM 6 TO 50 CHARACTERS",
        rank=1,
        shortest=6,
        examples=("Tampa sales",),
    ),
    Field(
        "active",
        "did_active",
        "Y or N. An inactive number is not silent: its callers reach the DID named default.",
        kept="A-Z",
        refusal="ACTIVE MUST BE Y OR N",
        rank=2,
        choices=("Y", "N"),
        moves_callers=True,
        examples=("Y",),
    ),
    Field(
        "record_call",
        "record_call",
        "Whether calls are recorded from the moment they arrive.",
        kept=_WORD,
        refusal="RECORD CALL MUST BE Y OR N",
        rank=4,
        choices=("Y", "N", "Y_QUEUESTOP"),
        examples=("Y",),
    ),
    Field(
        "call_handle_method",
        "call_handle_method",
        "How the caller is looked up for the agent (CID, CIDLOOKUP, CLOSER, …).",
        kept=LETTERS_DIGITS + "_",
        refusal="CALL HANDLE METHOD MUST BE FROM 3 TO 20 CHARACTERS",
        rank=13,
        shortest=3,
        longest=20,
        latin=True,
        examples=("CIDLOOKUP",),
    ),
    Field(
        "agent_search_method",
        "agent_search_method",
        "How an agent is searched: LB load balanced, LO load balanced overflow, SO server only.",
        kept=LETTERS_DIGITS + "_",
        refusal="AGENT SEARCH METHOD MUST BE 2 CHARACTERS",
        rank=14,
        shortest=2,
        longest=2,
        choices=("LB", "LO", "SO"),
        latin=True,
        checks_choices=False,
        examples=("LB",),
    ),
    Field(
        "list_id",
        "list_id",
        "The list that is searched for the caller.",
        kept=_WORD,
        refusal="LIST ID MUST BE FROM 3 TO 14 DIGITS",
        rank=15,
        shortest=3,
        longest=14,
        number=True,
        latin=True,
        examples=("998",),
    ),
    Field(
        "entry_list_id",
        "entry_list_id",
        "The list that new leads of this number are entered in.",
        kept="0-9",
        refusal="ENTRY LIST ID MUST BE FROM 1 TO 14 DIGITS",
        rank=16,
        longest=14,
        number=True,
        examples=("101",),
    ),
    Field(
        "campaign_id",
        "campaign_id",
        "The campaign the calls count for; the server does not check that it exists.",
        kept=_WORD,
        refusal="CAMPAIGN MUST BE FROM 1 TO 8 CHARACTERS",
        rank=17,
        longest=8,
        examples=("TESTCAMP",),
    ),
    Field(
        "phone_code",
        "phone_code",
        "The country code given to new leads.",
        kept="0-9",
        refusal="PHONE CODE MUST BE FROM 1 TO 10 CHARACTERS",
        rank=18,
        longest=10,
        examples=("1",),
    ),
    Field(
        "filter_clean_cid_number",
        "filter_clean_cid_number",
        "How the caller's number is cleaned before filters see it.",
        kept=_TEXT,
        refusal="CLEAN CID NUMBER MUST BE FROM 1 TO 20 CHARACTERS",
        rank=12,
        longest=20,
        examples=("R10",),
    ),
)

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}
BY_COLUMN: Mapping[str, Field] = {field.column: field for field in FIELDS}
_ORDER: Mapping[str, int] = {field.name: place for place, field in enumerate(FIELDS)}

ROUTES: Mapping[str, str] = {
    route: field.name for route in ROUTE_WORDS for field in FIELDS if route in field.destination_of
}
"""did_route → the field that names its destination."""

CONTEXTS: Mapping[str, str] = {
    route: field.name for route in ROUTE_WORDS for field in FIELDS if route in field.context_of
}
"""did_route → the field that tells where its destination is looked up."""

DECIDING: Mapping[str, object] = {field.name: True for field in FIELDS if field.decides}
"""Fields that can decide where callers end up."""

DESCRIPTION = "did_description"

NOT_COPIED = ("inbound_route_answer", "pre_filter_recent_call", "pre_filter_recent_extension")
"""Columns that ``copy_did`` leaves at their defaults, whatever the source has."""

SYSTEM_PATTERNS = ("default", "did_system_filter")
"""DIDs that are part of VICIdial itself: never changed, never deleted."""


class Routing(Mapping[str, str]):
    """Fields and their values, in the order of the table. Immutable and hashable."""

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        given = dict(fields or {})
        self._items = tuple(sorted(given.items(), key=lambda item: _ORDER[item[0]]))
        self._hash = hash(self._items)

    @cached_property
    def _fields(self) -> dict[str, str]:
        return dict(self._items)

    def __getitem__(self, name: str) -> str:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Routing):
            return self is other or (self._hash == other._hash and self._items == other._items)
        return NotImplemented

    def __repr__(self) -> str:
        return f"Routing({', '.join(f'{name}={value}' for name, value in self._items)})"

    def overlaid(self, top: Mapping[str, str]) -> "Routing":
        """These fields with those of ``top`` in their place."""
        return Routing({**self._fields, **top})

    def only(self, names: Mapping[str, object]) -> "Routing":
        """The fields that are also in ``names``."""
        return Routing({name: value for name, value in self._items if name in names})

    def without(self, names: Mapping[str, object]) -> "Routing":
        """The fields that are not in ``names``."""
        return Routing({name: value for name, value in self._items if name not in names})

    def lacking(self, known: Mapping[str, str]) -> "Routing":
        """The fields that ``known`` has not, or has with another value."""
        return Routing({n: value for n, value in self._items if known.get(n) != value})


NOTHING = Routing()
"""Nothing declared, or nothing known."""
