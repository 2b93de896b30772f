"""Plans and results for stories about comments."""

from dataclasses import replace

from reconciler.diff.settings import target_changes
from reconciler.guard import refusals
from reconciler.numbers import parse_span
from reconciler.plan.outcome import Done, Refused, Settled, Unknown
from reconciler.plan.plan import make_plan
from reconciler.plan.review import own_changes
from reconciler.report.document import plan_document
from reconciler.report.outcome import applied_json
from reconciler.specs.model import Limits
from reconciler.state.model import Confirmed
from tests.conftest import SALES, SOURCE, SUPPORT, block, declared, known, spec, state

BILLING = block("billing")
EMPTY = state(serial=0)


def plan(desired, before=None, **target):
    """The plan of ``(numbers, declared)`` entries over a state."""
    return make_plan(spec(*desired, **target), before or EMPTY)


def document(desired, before=None, *, base=None, **target):
    """The same as a document; ``base`` holds the entries of the pull request's base."""
    made = plan(desired, before, **target)
    found = plan_document(made, refusals(made))
    if base is None:
        return found
    of_base = plan(base, before, **target)
    settings = target_changes(of_base.target, made.target)
    own = own_changes(made.changes, of_base.changes, settings, spec(*base).desired)
    return replace(found, own=own)


def new(numbers="7275553300-7275553399", routing=SALES, *, of=None):
    return numbers, declared(routing, of=of)


def there(numbers="7275553300-7275553399", routing=SALES):
    return numbers, known(routing)


NEW = document([new()])
LIVE_CHANGE = document([new(routing=SUPPORT)], state(there()))
SMALL_LIMITS = Limits(10, 10, 10, 1.0, 1.0)


def report(desired, outcomes, before=None, seconds=1.2, stopped=None):
    """An apply's report as JSON: ``outcomes`` are ``(numbers, outcome)``."""
    made = plan(desired, before)
    settled = [Settled(parse_span(numbers), outcome) for numbers, outcome in outcomes]
    return applied_json(made, settled, seconds, stopped=stopped)


DONE = Done(Confirmed(SOURCE, SALES))
REFUSED = Refused("update_did GROUP DOES NOT EXIST: @everyone <b>")
UNKNOWN = Unknown("no reply within 60 s")
