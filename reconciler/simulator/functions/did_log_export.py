"""``did_log_export``: the calls that one number received on one day.

Recorded: digits only, so a number with ``+`` is not found; the header's order is not that of the
lines. Inferred: ``stage=tab``, and the words that refuse a user without "view reports".
"""

from collections.abc import Mapping

from reconciler.simulator.replies import Reply, Request
from reconciler.simulator.texts import kept

_SEPARATORS: Mapping[str, str] = {"csv": ",", "tab": "\t"}
_HEADER = ("did_number", "call_date", "caller_id_number", "length_in_sec")


def did_log_export(request: Request) -> Reply:
    """The calls, a line each."""
    user = request.user.name
    number = kept(request.params.get("phone_number", ""), "0-9")
    date = kept(request.params.get("date", ""), r"\-0-9")
    if not request.user.view_reports:
        return Reply(
            "ERROR: did_log_export USER DOES NOT HAVE PERMISSION TO GET DID INFORMATION: "
            f"|{user}|0\n"
        )
    if len(number) < 2 or len(date) != 10:
        return Reply(f"ERROR: did_log_export INVALID SEARCH PARAMETERS: {user}|{number}|{date}\n")
    calls = sorted(
        (call.date, call.caller, call.seconds)
        for call in request.fixture.calls
        if call.extension == number and call.date[:10] == date
    )
    if not calls:
        return Reply(f"ERROR: did_log_export NO RECORDS FOUND - {user}|||{date}\n")
    join = _SEPARATORS.get(request.params.get("stage", ""), "|").join
    head = [join(_HEADER)] if request.params.get("header") == "YES" else []
    lines = [join((number, caller, when, str(seconds))) for when, caller, seconds in calls]
    return Reply("".join(f"{line}\n" for line in [*head, *lines]))
