"""A small apply as a process of its own, to be killed: begin, call, confirm, number by number.

``python applier.py CLONE TARGET SERVER HOW_MANY``: settles what was begun, then creates so many new
numbers on the server, a folder with a file for each. Exits 3 when something else was saved since, 5
when a number that nobody had begun is there already: then a save was lost.
"""

import itertools
import os
import sys
import uuid
from dataclasses import replace
from pathlib import Path

from reconciler.errors import LeaseHeld, StateError
from reconciler.numbers import SpanMap, span_of
from reconciler.routing import Routing
from reconciler.state.backend import Holder
from reconciler.state.git import GitBackend
from reconciler.state.gitcommand import StateGit
from reconciler.state.lease import Timing
from reconciler.state.model import BegunCreate, Confirmed, Conflict, FromSource, Record
from reconciler.state.store import LockedState, Store

TIMING = Timing(expiry=1.0, beat=0.15, longest_call=0.4, poll=0.05)
SOURCE = "7275551114"
SALES = Routing({"did_route": "IN_GROUP", "group": "SALESLINE"})
BEGUN = Record("sales", BegunCreate(SOURCE, FromSource(), SALES))
CONFIRMED = Record("sales", Confirmed(SOURCE, SALES))
DONE, FENCED, CONFLICT = 0, 3, 5


def main(clone: Path, target: str, server: Path, how_many: int) -> int:
    backend = GitBackend("did-state", StateGit(clone, os.environ), target=target, timing=TIMING)
    journal = clone / ".git" / f"{target}.journal"
    store = Store(backend, journal, target=target, endpoint="https://vici.example.com/")
    holder = Holder(uuid.uuid4().hex, f"{clone.name} ({os.getpid()})", "now")
    while True:
        try:
            with store.held(holder) as held:
                return work(held, server, how_many)
        except LeaseHeld:
            continue  # the other one lives: after it, then
        except StateError as error:
            sys.stderr.write(f"{error}\n")
            return FENCED


def work(held: LockedState, server: Path, how_many: int) -> int:
    for span, record in held.state.records:
        if record == BEGUN:
            call(server, span.text)  # a reply may have got lost: there already or not, it is ours
            confirm(held, span.text)
    known = held.state.records
    unknown = (str(n) for n in itertools.count(7275553300) if known.get(str(n)) is None)
    for pattern in itertools.islice(unknown, how_many):
        held.save(with_(held, pattern, BEGUN), f"Begin {pattern}")
        held.check()
        if not call(server, pattern):
            held.save(with_(held, pattern, Record("sales", Conflict())), f"Conflict {pattern}")
            return CONFLICT
        confirm(held, pattern)
    held.finish(held.state, "Finish")
    return DONE


def confirm(held, pattern):
    held.note([(span_of(pattern), CONFIRMED)])
    held.save(with_(held, pattern, CONFIRMED), f"Confirm {pattern}")


def with_(held, pattern, record):
    records = held.state.records.overlaid(SpanMap([(span_of(pattern), record)]))
    return replace(held.state, records=records)


def call(server, pattern):
    """Create the number; False when it is there."""
    try:
        os.close(os.open(server / pattern, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
