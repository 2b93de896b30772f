"""The table of DIDs in SQLite: columns, defaults, one row for each pattern, ignoring case.

Users and the API are elsewhere; ``vicidial`` and the functions call it, one request at a time. A
strict database refuses what it cannot store without loss (:class:`QueryError`), a lax one cuts.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from reconciler.characters import is_storable
from reconciler.errors import ReconcilerError
from reconciler.routing import BY_COLUMN, NOT_COPIED
from reconciler.simulator.texts import identity, is_unsigned, unsigned

Row = Mapping[str, str | int]
"""Column → value, every column but ``modify_stamp`` included."""

LONGEST_PATTERN = 50
"""Characters that the column holds; a longer pattern is cut silently."""

_LINE = "9998811112"

DEFAULTS: Mapping[str, str | int] = {
    "did_pattern": "",
    "did_description": "",
    "did_active": "Y",
    "did_route": "EXTEN",
    "extension": _LINE,
    "exten_context": "default",
    "voicemail_ext": "",
    "phone": "",
    "server_ip": "",
    "user": "",
    "user_unavailable_action": "VOICEMAIL",
    "user_route_settings_ingroup": "AGENTDIRECT",
    "group_id": "",
    "call_handle_method": "CID",
    "agent_search_method": "LB",
    "list_id": 999,
    "campaign_id": "",
    "phone_code": "1",
    "menu_id": "",
    "record_call": "N",
    "filter_inbound_number": "DISABLED",
    "filter_phone_group_id": "",
    "filter_url": "",
    "filter_action": "EXTEN",
    "filter_extension": _LINE,
    "filter_exten_context": "default",
    "filter_voicemail_ext": "",
    "filter_phone": "",
    "filter_server_ip": "",
    "filter_user": "",
    "filter_user_unavailable_action": "VOICEMAIL",
    "filter_user_route_settings_ingroup": "AGENTDIRECT",
    "filter_group_id": "",
    "filter_call_handle_method": "CID",
    "filter_agent_search_method": "LB",
    "filter_list_id": 999,
    "filter_campaign_id": "",
    "filter_phone_code": "1",
    "filter_menu_id": "",
    "filter_clean_cid_number": "",
    "custom_one": "",
    "custom_two": "",
    "custom_three": "",
    "custom_four": "",
    "custom_five": "",
    "user_group": "---ALL---",
    "filter_dnc_campaign": "",
    "filter_url_did_redirect": "N",
    "no_agent_ingroup_redirect": "DISABLED",
    "no_agent_ingroup_id": "",
    "no_agent_ingroup_extension": _LINE,
    "pre_filter_phone_group_id": "",
    "pre_filter_extension": "",
    "entry_list_id": 0,
    "filter_entry_list_id": 0,
    "max_queue_ingroup_calls": 0,
    "max_queue_ingroup_id": "",
    "max_queue_ingroup_extension": _LINE,
    "did_carrier_description": "",
    "inbound_route_answer": "Y",
    "pre_filter_recent_call": "",
    "pre_filter_recent_extension": "",
}
"""Column → what a new row holds, in the order of the table; ``did_id`` stands before them."""

COLUMNS = ("did_id", *DEFAULTS)

_COPIED = ", ".join(
    name for name in DEFAULTS if name not in {"did_pattern", "did_description", *NOT_COPIED}
)
_APPLICATION_ID = 0x56444945
_SCHEMA = (
    "CREATE TABLE dids (did_id INTEGER PRIMARY KEY AUTOINCREMENT, {}, modify_stamp REAL, "
    "identity TEXT NOT NULL UNIQUE)"
)
_SEARCH_METHOD = "agent_search_method"


class DataFileError(ReconcilerError):
    """The file given for the simulator's table cannot be used."""


class QueryError(Exception):
    """The database refused a query: PHP ends there, with HTTP 500."""


def stored(column: str, value: str | int, *, strict: bool = False) -> str | int:
    """The stored form of ``value``; raise :class:`QueryError` for a loss when ``strict``."""
    text = str(value)
    made: str | int = "".join(char if is_storable(char) else "????" for char in text)
    lossy = made != text
    if isinstance(DEFAULTS.get(column, 0), int):
        made, lossy = unsigned(text), not is_unsigned(text)
    elif column == _SEARCH_METHOD:
        members = BY_COLUMN[_SEARCH_METHOD].choices  # an ENUM takes its members in any case
        made = text.upper() if text.upper() in members else ""
        lossy = not made
    if strict and lossy:
        raise QueryError
    return made


class Table:
    """All DIDs of the simulated server. Not thread-safe."""

    def __init__(self, path: Path | None = None) -> None:
        """Open ``path``, or memory when it is None; raise :class:`DataFileError`."""
        self.strict = False
        try:
            self._db = sqlite3.connect(path or ":memory:", timeout=1, check_same_thread=False)
        except sqlite3.Error as error:
            raise _unusable(path, error) from None
        try:
            self.is_new = self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            raise _unusable(path, error) from None
        self._db.row_factory = _as_mapping

    def _prepare(self) -> bool:
        """Create the table; False when the file had it already."""
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA synchronous = OFF")
        if self._db.execute("PRAGMA application_id").fetchone() == (_APPLICATION_ID,):
            return False
        if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
            raise sqlite3.DatabaseError("it is a database of something else")
        self._db.execute("PRAGMA journal_mode = WAL")
        columns = ", ".join(
            f"{name} {'INTEGER' if isinstance(value, int) else 'TEXT'} NOT NULL DEFAULT '{value}'"
            for name, value in DEFAULTS.items()
        )
        self._db.execute(_SCHEMA.format(columns))
        self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        return True

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def save(self) -> None:
        """Commit the changes since the last save."""
        self._db.commit()

    def refill(self, dids: Iterable[Mapping[str, str | int]]) -> None:
        """Replace all rows by ``dids``, numbered from 1."""
        self._db.execute("DELETE FROM dids")
        self._db.execute("DELETE FROM sqlite_sequence WHERE name = 'dids'")
        now = time.time()
        for did in dids:
            self._insert({name: stored(name, value) for name, value in did.items()}, now)
        self.save()

    def _insert(self, values: Mapping[str, str | int], now: float) -> int:
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        done = self._db.execute(
            f"INSERT INTO dids ({names}, modify_stamp, identity) VALUES ({marks}, ?, ?)",  # noqa: S608  (columns)
            (*values.values(), now, identity(str(values["did_pattern"]))),
        )
        return int(done.lastrowid or 0)

    def find(self, pattern: str) -> Row | None:
        """The row of ``pattern``, whatever its case; raise :class:`QueryError` as :meth:`has`."""
        row: Row | None = self._db.execute(
            f"SELECT {', '.join(COLUMNS)} FROM dids WHERE identity = ?",  # noqa: S608  (columns)
            (_asked(pattern),),
        ).fetchone()
        return row

    def has(self, pattern: str) -> bool:
        """Whether there is a row of ``pattern``, whatever its case.

        Raise :class:`QueryError` for a pattern that cannot be compared with the column's texts.
        """
        found = self._db.execute("SELECT did_id FROM dids WHERE identity = ?", (_asked(pattern),))
        return found.fetchone() is not None

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of ``did_id``."""
        return self._db.execute(
            f"SELECT {', '.join(COLUMNS)} FROM dids ORDER BY did_id"  # noqa: S608  (columns)
        )

    def labels(self) -> Iterator[Row]:
        """Pattern, description and user group of every row, in MySQL's order of the patterns."""
        return self._db.execute(
            "SELECT did_pattern, did_description, user_group FROM dids ORDER BY identity"
        )

    def stamp(self, did_id: int) -> float:
        """When the row was last written, in seconds since the epoch."""
        found = self._db.execute("SELECT modify_stamp FROM dids WHERE did_id = ?", (did_id,))
        return float(found.fetchone()["modify_stamp"])

    def copy(self, did_id: int, pattern: str, description: str | None) -> int:
        """Copy a row to ``pattern``; return the new ``did_id``, 0 when nothing was inserted.

        Nothing is inserted when the pattern, cut to the column, is there already.
        """
        short = pattern[:LONGEST_PATTERN]
        described = None if description is None else stored("did_description", description)
        if self.has(short):
            return 0
        done = self._db.execute(
            f"INSERT INTO dids (did_pattern, did_description, {_COPIED}, modify_stamp, identity) "  # noqa: S608  (columns)
            f"SELECT ?, coalesce(?, did_description), {_COPIED}, ?, ? FROM dids WHERE did_id = ?",
            (short, described, time.time(), identity(short), did_id),
        )
        return int(done.lastrowid or 0)

    def add(self, pattern: str, values: Mapping[str, str | int]) -> int:
        """Add a row with ``values`` and defaults; return its ``did_id``."""
        return self._insert({"did_pattern": pattern, **self._made(values)}, time.time())

    def update(self, did_id: int, values: Mapping[str, str | int]) -> None:
        """Set columns of one row."""
        made = self._made(values)
        sets = "".join(f"{name} = ?, " for name in made)
        self._db.execute(
            f"UPDATE dids SET {sets} modify_stamp = ? WHERE did_id = ?",  # noqa: S608  (columns)
            (*made.values(), time.time(), did_id),
        )

    def _made(self, values: Mapping[str, str | int]) -> dict[str, str | int]:
        return {name: stored(name, value, strict=self.strict) for name, value in values.items()}

    def delete(self, did_id: int) -> None:
        """Remove one row; its ``did_id`` is not used again."""
        self._db.execute("DELETE FROM dids WHERE did_id = ?", (did_id,))


def _asked(pattern: str) -> str:
    if not is_storable(pattern):
        raise QueryError
    return identity(pattern)


def _as_mapping(cursor: sqlite3.Cursor, values: tuple[str | int, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


def _unusable(path: Path | None, error: sqlite3.Error) -> DataFileError:
    return DataFileError(
        f"cannot use {path} for the simulator's table: {error}",
        hint="name a file that an earlier `simulate --data` made, or one that does not exist yet",
    )
