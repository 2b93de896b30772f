"""About how long calls take, in seconds: the time of a server that was measured, and of the line.

A real server on the same machine took 4 ms for an update and 9 ms for a copy, plus 1.4 ms for each
number; over a line the round trip of 20 to 100 ms dominates. How quick the line is can only be
known once it is used, so a plan counts with the middle of that range. This program itself takes
about 4 ms for a call, measured on a slow machine, and does that for one call at a time.
"""

from reconciler.plan.calls import (
    Call,
    CallCount,
    CopyCall,
    DeleteCall,
    ProbeCall,
    ReadCall,
    UpdateCall,
)

ROUND_TRIP = 0.045
OWN = 0.004
"""This program's own time for a call, which goes on beside no other call's."""
UPDATE = 0.004
COPY = 0.009
COPIED = 0.0014
"""For each number of a copy."""


def seconds_of(calls: CallCount, copied: int) -> float:
    """What ``calls``, in which ``copied`` numbers are copied, take one after the other."""
    others = calls.total - calls.copies
    server = calls.copies * COPY + copied * COPIED + others * UPDATE
    return server + calls.total * (ROUND_TRIP + OWN)


def seconds_of_call(call: Call) -> float:
    """What one call takes."""
    match call:
        case CopyCall():
            return seconds_of(CallCount(copies=1), sum(map(len, call.spans)))
        case (
            UpdateCall() | DeleteCall() | ProbeCall() | ReadCall()
        ):  # pragma: no branch  (there is no other)
            return seconds_of(CallCount(updates=1), 0)
