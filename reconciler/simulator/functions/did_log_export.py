"""``did_log_export``: the calls that one number received on one day.

Digits only, so a number with ``+`` is not found; the header's order is not that of the lines.
"""

from collections.abc import Iterator, Mapping

from reconciler.simulator.replies import Request
from reconciler.simulator.texts import WORD, kept

LONGEST_NUMBER = 20

_SEPARATORS: Mapping[str, str] = {"csv": ",", "tab": "\t"}
_HEADER = ("did_number", "call_date", "caller_id_number", "length_in_sec")


def did_log_export(request: Request) -> Iterator[str]:
    """The calls, one a line."""
    user = request.user.name
    number = kept(request.params.get("phone_number", ""), "0-9")
    date = kept(request.params.get("date", ""), r"\-0-9")
    if not (request.user.view_reports and request.user.api_access):
        yield f"ERROR: did_log_export USER DOES NOT HAVE PERMISSION TO GET DID INFO: |{user}|0|\n"
        return
    if not 1 <= len(number) <= LONGEST_NUMBER or len(date) != 10:
        yield f"ERROR: did_log_export INVALID SEARCH PARAMETERS: {user}|{number}|{date}\n"
        return
    calls = sorted(
        (call.date, call.caller, call.seconds)
        for call in request.fixture.calls
        if call.extension == number and call.date[:10] == date
    )
    if not calls:
        agent = kept(request.params.get("agent_user", ""), WORD, request.characters)
        yield f"ERROR: did_log_export NO RECORDS FOUND - {user}|{agent}||{date}\n"
        return
    join = _SEPARATORS.get(kept(request.params.get("stage", ""), WORD), "|").join
    head = [join(_HEADER)] if kept(request.params.get("header", ""), WORD) == "YES" else []
    lines = [join((number, caller, when, str(seconds))) for when, caller, seconds in calls]
    yield "".join(f"{line}\n" for line in [*head, *lines])
