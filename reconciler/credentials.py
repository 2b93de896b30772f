"""The account of a VICIdial server, from the environment alone.

``VICIDIAL_NETRC`` binds each password to the host that it may be sent to. ``VICIDIAL_USER`` and
``VICIDIAL_PASS`` do not: they are for people who see where an apply goes. A reviewed apply goes
where a file in the repository says, and may use them for this machine alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.errors import UsageError
from reconciler.inputs import LARGEST_SMALL, read_file
from reconciler.netrc import Machine, NetrcError, place, read_netrc
from reconciler.network.proxies import is_loopback
from reconciler.secrets import register

USER = "VICIDIAL_USER"
PASSWORD = "VICIDIAL_PASS"  # noqa: S105  (the name of a variable)
NETRC = "VICIDIAL_NETRC"

_DROPPED = re.compile(r"[^-_0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account of the VICIdial server. The user's name is not a secret."""

    user: str
    password: str = field(repr=False)


def are_given(env: Mapping[str, str]) -> bool:
    """Whether any credentials are set. Empty variables count as missing."""
    return any(value for name, value in env.items() if name.startswith((USER, PASSWORD, NETRC)))


def from_environment(
    target: str, endpoint: str, env: Mapping[str, str], *, bound: bool = False
) -> Credentials:
    """The account for ``target``, whose API is at ``endpoint``; its password is hidden then.

    With ``VICIDIAL_NETRC`` the account of the endpoint's host. Otherwise ``VICIDIAL_USER`` and
    ``VICIDIAL_PASS``, each better with ``_<TARGET>``. Each of the three also with ``_FILE`` at the
    end for a file that holds it. Empty variables count as missing, since that is what a secret that
    was never set looks like on a build server. ``bound``: only an account that is bound to its host
    is used, except on this machine.

    Raise :class:`UsageError` naming the variables, never a value.
    """
    suffix = re.sub(r"[^A-Z0-9]", "_", target.upper())
    if f"_{suffix}".endswith("_FILE"):
        raise UsageError(
            f"a target named {target} cannot have credentials: "
            f"{PASSWORD}_{suffix} would mean two things",
            hint="give the target another name",
        )
    given = [
        variable
        for name in (USER, PASSWORD)
        for base in (f"{name}_{suffix}", name)
        for variable in (base, f"{base}_FILE")
        if env.get(variable)
    ]
    netrc = _one_of_two(NETRC, env)
    if netrc is not None:
        if given:
            raise UsageError(f"both {NETRC} and {given[0]} are set", hint="remove one of them")
        return _of_host(target, endpoint, *netrc)
    if given and bound and not is_loopback(urlsplit(endpoint).hostname or ""):
        raise UsageError(
            f"{given[0]} does not say to which server it may be sent, so a reviewed apply does not "
            f"use it for {place(endpoint)}",
            hint=f"{_write_line(endpoint)}, and remove {USER} and {PASSWORD}",
        )
    return _of_target(target, suffix, endpoint, env)


def _of_host(target: str, endpoint: str, variable: str, text: str) -> Credentials:
    """The account in a netrc text; all its passwords are hidden, also those for other hosts."""
    try:
        machines = read_netrc(text)
    except NetrcError as error:
        raise UsageError(
            f"{variable} is not in the netrc format: {error}",
            hint="write a line for each server: machine HOST login USER password PASSWORD",
        ) from None
    for each in machines:
        register(each.password, user=each.login)
    fit = [each for each in machines if each.meant_for(endpoint)]
    if not fit:
        raise UsageError(
            f"no credentials for target {target}: {variable} has no machine {place(endpoint)}",
            hint=_write_line(endpoint),
        )
    return _account(variable, max(fit, key=_exactness))


def _exactness(machine: Machine) -> bool:
    """Of two for one server, that with a port is meant."""
    return machine.port is not None


def _account(variable: str, machine: Machine) -> Credentials:
    what = f"{variable}, at its machine {machine.host},"
    return Credentials(_sound(what, machine.login), _sound(what, machine.password))


def _write_line(endpoint: str) -> str:
    return f"write into {NETRC}: machine {place(endpoint)} login USER password PASSWORD"


def _of_target(target: str, suffix: str, endpoint: str, env: Mapping[str, str]) -> Credentials:
    user, password = (_value(name, suffix, env) for name in (USER, PASSWORD))
    if password is not None:
        register(password, user=user)
    missing = [name for name, value in ((USER, user), (PASSWORD, password)) if value is None]
    if user is None or password is None:
        raise UsageError(
            f"no credentials for target {target}: {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set",
            hint=f"set {' and '.join(missing)} in the environment; with _{suffix} at the end for "
            f"this target alone, with _FILE at the end for a file that holds it; or {NETRC} with "
            f"the line: machine {place(endpoint)} login USER password PASSWORD",
        )
    return Credentials(user, password)


def _value(name: str, suffix: str, env: Mapping[str, str]) -> str | None:
    for variable in (f"{name}_{suffix}", name):
        found = _one_of_two(variable, env)
        if found is not None:
            return _sound(*found)
    return None


def _one_of_two(variable: str, env: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable's name and value, or those of its ``_FILE``; None where neither is set."""
    value, path = env.get(variable), env.get(f"{variable}_FILE")
    if value and path:
        raise UsageError(f"both {variable} and {variable}_FILE are set", hint="remove one of them")
    if path:
        return f"{variable}_FILE", _read(f"{variable}_FILE", path)
    return (variable, value) if value else None


def _read(variable: str, path: str) -> str:
    try:
        text = read_file(Path(path), LARGEST_SMALL).decode()
    except (OSError, ValueError) as error:
        # Neither the error's text nor its chain: a decoding error carries what was read.
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = UsageError(f"{variable} names {path}, which cannot be read: {why}")
    else:
        return text.removesuffix("\n").removesuffix("\r")
    raise problem


def _sound(variable: str, value: str) -> str:
    if not value:
        raise UsageError(f"the file that {variable} names is empty")
    if _DROPPED.search(value):
        raise UsageError(
            f"{variable} holds characters that VICIdial drops before it looks at them: "
            "it keeps letters, digits, - and _ only",
            hint="give the account a user name and password of these characters alone "
            "(no spaces or line ends around them)",
        )
    return value
