"""The client: a :class:`Reader`, which cannot send a change, and a :class:`Writer`, which can.

Checks get the reader only; only an apply gets the
writer. The result of a call is a value (:mod:`reconciler.vicidial.replies`); what must stop
the run is raised (:class:`reconciler.errors.ServerStop`).
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from reconciler.characters import Characters, size
from reconciler.credentials import Credentials
from reconciler.errors import Unreachable
from reconciler.numbers import check_pattern
from reconciler.routing import BY_NAME, DESCRIPTION, SYSTEM_PATTERNS
from reconciler.vicidial import pages, parse
from reconciler.vicidial.answer import Answer, is_page
from reconciler.vicidial.builds import Feature, check_build
from reconciler.vicidial.readings import Allowed, Listed, NotReadable, Version
from reconciler.vicidial.replies import (
    Columns,
    CopyReply,
    DeleteReply,
    ProbeReply,
    ReadReply,
    Unclear,
    UpdateReply,
)

if TYPE_CHECKING:
    import httpx

    from reconciler.vicidial.connection import Connection

LONGEST_COPY = 2000
"""Bytes of ``new_dids``, commas included: 181 numbers of ten digits."""

_LATIN = "reconcilerprobe"
_LETTERED = f"{_LATIN}é"
"""Hardly a number of anybody's; an ASCII server drops its last letter."""
_LOGGED = 255

_SOURCE = re.compile(r"[A-Za-z0-9]{2,20}")


class Reader:
    """Reads, and cannot change anything."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    @property
    def user(self) -> str:
        """The account's user name."""
        return self._connection.user

    async def version(self) -> Version:
        """The server's version; raise :class:`Unreachable` when no VICIdial answers.

        The first call to make: it sends no password.
        """
        answer = await self._connection.greet("version")
        found = parse.version_of(answer)
        if isinstance(found, Version):
            return found
        raise self._unreachable(answer, found)

    async def answers(self) -> bool:
        """Whether a VICIdial answers at all; sends no password."""
        answer = await self._connection.greet("version")
        return isinstance(parse.version_of(answer), Version)

    async def check_version(self, needed: Sequence[Feature]) -> Version:
        """The version; raises ServerTooOld when that build lacks something ``needed``."""
        found = await self.version()
        check_build(found, needed)
        return found

    async def check_rights_to_copy(self) -> None:
        """Raise a :class:`ServerStop` when this user may not copy; copies nothing.

        Rights are checked before lengths, so a copy that is too short proves the right to copy.
        """
        read = partial(parse.right_to_copy, user=self.user)
        reply = await self._connection.call(
            "copy_did", {"source_did_pattern": "0", "new_dids": "0"}, read
        )
        if isinstance(reply, Unclear):
            raise _no_answer("whether DIDs may be copied", reply)

    async def check_rights_to_update(self, pattern: str) -> ProbeReply:
        """Raise when this user may not update; any ``pattern`` will do, even a missing one."""
        reply = await self.exists(pattern)
        if isinstance(reply, Unclear):
            raise _no_answer("whether DIDs may be updated", reply)
        return reply

    async def exists(self, pattern: str) -> ProbeReply:
        """Whether this user can see ``pattern`` on the server."""
        read = partial(parse.probe_reply, pattern=check_pattern(pattern), user=self.user)
        return await self._connection.call("update_did", {"did_pattern": pattern}, read)

    async def numbers(self) -> frozenset[str] | NotReadable:
        """All patterns that this user may see, in one request."""
        read = partial(pages.numbers_of, user=self.user)
        return await self._connection.page("settings_compare.php", {"stage": "DIDS"}, read)

    async def listing(self) -> Listed | NotReadable:
        """The same, with the size of the page."""
        read = partial(pages.listed_of, user=self.user)
        return await self._connection.page("settings_compare.php", {"stage": "DIDS"}, read)

    async def settings(
        self, first: str, second: str
    ) -> Mapping[str, Mapping[str, str]] | NotReadable:
        """Column → value of each of two patterns; those that do not exist are left out."""
        query = {"stage": "DIDS", "first_id": first, "second_id": second}
        read = partial(pages.settings_of, first=first, second=second, user=self.user)
        return await self._connection.page("settings_compare.php", query, read)

    async def columns(self, first: str, second: str) -> ReadReply:
        """The same as the reply of a call: what may be readable later is unclear."""
        found = await self.settings(first, second)
        if not isinstance(found, NotReadable):
            return Columns(found)
        return Unclear(found.words, found.wait) if found.passing else found

    async def right_to_calls(self) -> Allowed | NotReadable | Unclear:
        """Whether this user may read which calls a number received; asks for a day without any."""
        query = {"phone_number": "0", "date": "2000-01-01"}
        read = partial(parse.right_to_calls, user=self.user)
        return await self._connection.call("did_log_export", query, read)

    async def letters(self) -> Characters | Unclear:
        """Which letters the server keeps: its setting for non-Latin text. Changes nothing."""
        read = partial(parse.letters_of, pattern=_LETTERED, user=self.user)
        return await self._connection.call("update_did", {"did_pattern": _LETTERED}, read)

    async def strict(self) -> bool | Unclear:
        """Whether the database is in its strict SQL mode; asks for a number, changes nothing.

        The server logs the last parameter of each call in 255 characters. In the strict mode a
        longer one makes the entry fail, once the answer is printed.
        """
        read = partial(parse.is_strict, user=self.user)
        long = {"stage": "x" * (_LOGGED + 1)}
        return await self._connection.call("update_did", {"did_pattern": _LATIN}, read, long)

    async def in_groups(self) -> frozenset[str] | NotReadable:
        """The active in-groups within the user's groups."""
        return await self._choices("ingroup_list")

    async def call_menus(self) -> frozenset[str] | NotReadable:
        """The call menus within the user's groups."""
        return await self._choices("callmenu_list")

    async def _choices(self, function: str) -> frozenset[str] | NotReadable:
        read = partial(pages.choices_of, user=self.user)
        # The list's links, which name the entries, are only made for a named field.
        return await self._connection.call(function, {"comments": "field", "stage": "date"}, read)

    def _unreachable(self, answer: Answer, found: Unclear) -> Unreachable:
        endpoint = self._connection.endpoint
        if answer.failure is not None:
            return Unreachable(found.words, hint=answer.failure.hint)
        return Unreachable(
            f"{endpoint} does not answer as VICIdial: {found.words}",
            hint=_hint(endpoint, answer),
            wait=answer.wait,
        )


class Writer:
    """Changes numbers. Raises ValueError for a call that must not be sent."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    async def copy(
        self, source: str, patterns: Sequence[str], description: str | None = None
    ) -> CopyReply:
        """Create ``patterns`` as copies of ``source``, all with ``description`` if one is given.

        The server creates a number for an empty element and shortens long ones, so both are refused
        here, and more than :data:`LONGEST_COPY` bytes together.
        """
        new = ",".join(_changeable(pattern) for pattern in patterns)
        if not patterns or size(new) > LONGEST_COPY:
            raise ValueError(f"{len(patterns)} numbers in one copy, {size(new)} bytes")
        if len({pattern.lower() for pattern in patterns}) != len(patterns):
            raise ValueError("a number is given twice in one copy")
        parameters = {"source_did_pattern": check_pattern(source), "new_dids": new}
        if description is not None:
            parameters.update(_sendable({DESCRIPTION: description}))
        user = self._connection.user
        read = partial(parse.copy_reply, source=source, asked=patterns, user=user)
        return await self._connection.call("copy_did", parameters, read)

    async def update(self, pattern: str, routing: Mapping[str, str]) -> UpdateReply:
        """Give ``pattern`` all the fields of ``routing``, or none if one is refused."""
        if not routing:
            raise ValueError(f"an update of {pattern} without fields")
        parameters = {"did_pattern": _changeable(pattern), **_sendable(routing)}
        read = partial(parse.update_reply, pattern=pattern, user=self._connection.user)
        return await self._connection.call("update_did", parameters, read)

    async def delete(self, pattern: str) -> DeleteReply:
        """Delete ``pattern``; its call history is orphaned."""
        parameters = {"did_pattern": _changeable(pattern), "delete_did": "Y"}
        read = partial(parse.delete_reply, pattern=pattern, user=self._connection.user)
        return await self._connection.call("update_did", parameters, read)


@dataclass(frozen=True, slots=True)
class Server:
    """The reader and the writer of one server, over the same connections."""

    reader: Reader
    writer: Writer


@asynccontextmanager
async def open_server(
    endpoint: str,
    credentials: Credentials,
    *,
    source: str,
    concurrency: int,
    timeout: float = 30.0,
    transport: "httpx.AsyncBaseTransport | None" = None,
) -> AsyncIterator[Server]:
    """A client of the server at ``endpoint``; connects at the first call.

    ``endpoint`` has passed the checks of :mod:`reconciler.specs.urls`: the password may be sent to
    it. ``source`` is what VICIdial's API log shows with each call: 2 to 20 letters and digits.
    ``timeout`` is in seconds, for each answer. Raise :class:`UsageError` for a proxy or
    certificates that cannot be used.
    """
    from reconciler.vicidial.connection import ClientOptions, connect  # noqa: PLC0415  (httpx is slow)

    if not _SOURCE.fullmatch(source):
        raise ValueError(f"source {source!r}: 2 to 20 letters and digits")
    options = ClientOptions(source, concurrency, timeout)
    async with connect(endpoint, credentials, options, transport) as connection:
        yield Server(Reader(connection), Writer(connection))


def _changeable(pattern: str) -> str:
    if pattern.lower() in SYSTEM_PATTERNS:
        raise ValueError(f"{pattern} is part of VICIdial itself")
    return check_pattern(pattern)


def _sendable(routing: Mapping[str, str]) -> Mapping[str, str]:
    """The fields, if a server stores each exactly as it is."""
    for name, value in routing.items():
        known = BY_NAME.get(name)
        if known is None or not value or known.strip(value, Characters.ANY) != value:
            raise ValueError(f"{name} cannot be sent as {value!r}")
    return routing


def _hint(endpoint: str, answer: Answer) -> str | None:
    """What to do where something other than VICIdial answers; None where that is not certain."""
    if answer.location is not None:
        final = urljoin(endpoint, answer.location)
        if urlsplit(final).path.endswith("/non_agent_api.php"):
            return f"redirects are not followed: write endpoint: {final} in target.yaml"
        return "redirects are not followed: write the address of VICIdial's API in target.yaml"
    if answer.status == 404 or (answer.status == 200 and is_page(answer)):
        return "check the endpoint's path: another page is there, not VICIdial's non_agent_api.php"
    if answer.status == 500:
        return "see the error log of the server's web server"
    return None


def _no_answer(question: str, reply: Unclear) -> Unreachable:
    return Unreachable(
        f"the server did not say {question}: {reply.words}",
        hint="nothing was changed",
        wait=reply.wait,
    )
