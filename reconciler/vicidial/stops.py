"""Answers after which no call may be sent: log-in, lock-out, rights, addresses, an old server.

Each becomes an error that names the setting in VICIdial's user screen. The server echoes the
password in some of them, so only the user's name is shown of their fields.
"""

import re

from reconciler.errors import (
    AddressRefused,
    LockedOut,
    LoginRefused,
    RightsMissing,
    ServerStop,
    ServerTooOld,
)
from reconciler.vicidial.answer import Answer, lines_of

# At the start of a line, even an incomplete one: stopping needlessly is safe, continuing is not.
_STOP = re.compile(
    r"^(?:ERROR: )?(?P<reason>Login incorrect|Too many login attempts"
    r"|Your IP Address is not allowed|Invalid Source|NO FUNCTION SPECIFIED)(?P<rest>.*)",
    re.MULTILINE,
)

_BASIC_RIGHTS = (
    "User Level 8 or more, API access (vdc_agent_api_access) = 1 "
    "and Modify DIDs (modify_inbound_dids) = 1"
)
_RIGHTS = {
    "copy_did USER DOES NOT HAVE PERMISSION TO ADD DIDS": ("add DIDs", _BASIC_RIGHTS),
    "update_did USER DOES NOT HAVE PERMISSION TO UPDATE DIDS": ("update DIDs", _BASIC_RIGHTS),
    "update_did USER DOES NOT HAVE PERMISSION TO DELETE DIDS": (
        "delete DIDs",
        "Delete DIDs (delete_inbound_dids) = 1",
    ),
}
_FUNCTION = "auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION"


def raise_if_stopped(answer: Answer, user: str) -> None:
    """Raise the :class:`ServerStop` that ``answer`` means for ``user``, whatever was asked."""
    match = _STOP.search(answer.text)
    if match is not None:
        raise _stop(match["reason"], match["rest"], user)


def raise_if_rights_missing(answer: Answer, user: str) -> None:
    """Raise :class:`RightsMissing` with the setting to change when a right is missing."""
    for line in lines_of(answer):
        if line.level != "ERROR":
            continue
        if line.reason == _FUNCTION:
            function = line.fields[1] if len(line.fields) > 1 else ""
            name = function if re.fullmatch("[a-z_]{1,40}", function) else "this function"
            raise RightsMissing(
                f"user {user} may not call {name}",
                hint=f"user {user} needs {name} among its Allowed API functions, "
                "or ALL_FUNCTIONS (Admin → Users → Modify User)",
                user=user,
            )
        if line.reason in _RIGHTS:
            what, settings = _RIGHTS[line.reason]
            raise RightsMissing(
                f"user {user} may not {what}",
                hint=f"user {user} needs {settings} (Admin → Users → Modify User)",
                user=user,
            )


def _stop(reason: str, rest: str, user: str) -> ServerStop:
    if reason == "Login incorrect" and rest.rstrip("\r").endswith("|2FA|"):
        return LoginRefused(
            f"the server requires a second factor from user {user}",
            hint=f"exempt user {user} from two-factor authentication; "
            "not repeated, since ten refused log-ins lock the account",
            user=user,
        )
    if reason == "Login incorrect":
        return LoginRefused(
            f"the server refused the log-in of user {user}",
            hint="check the user name and the password; a user that is not Active, or of a low "
            "User Level (8 or more is needed), is refused with the same words. "
            "Not repeated, since ten refused log-ins lock the account",
            user=user,
        )
    if reason == "Too many login attempts":
        return LockedOut(
            f"user {user} is locked out after ten refused log-ins",
            hint="wait 15 minutes, and find out what else logs in with this user name",
            user=user,
        )
    if reason == "Your IP Address is not allowed":
        return AddressRefused(
            "the server accepts no API calls from this machine's address",
            hint="add the address to the API IP list (api_ip_list) of the user group "
            f"of user {user}",
            user=user,
        )
    if reason == "Invalid Source":
        return ServerStop(
            "the server refused the source parameter of the calls",
            hint="this is an internal error: please report it",
        )
    return ServerTooOld(
        "the server does not know a function that is needed",
        hint="copy_did came with VICIdial build 240730, update_did with 180331: upgrade the server",
    )
