"""Plan documents of every kind, drawn at random, with text as hostile as is asked for."""

import string

from hypothesis import strategies as st

from reconciler import removal
from reconciler.destination import KINDS, Callers, DefaultDid, Place, Unresolved
from reconciler.diff.model import (
    FOUND,
    FRESH,
    UNSETTLED,
    Adopt,
    ConflictNote,
    Create,
    Delete,
    Effect,
    Forget,
    Kept,
    Moved,
    Park,
    Released,
    SettingChange,
    Settle,
    Update,
)
from reconciler.errors import Fault, Location, Severity
from reconciler.guard import OverLimit, Protected
from reconciler.numbers import Span, SpanMap
from reconciler.plan.calls import CallCount
from reconciler.plan.review import OwnChanges
from reconciler.report.document import in_order
from reconciler.report.model import BlockPlace, Cost, PlanDocument
from reconciler.routing import FIELDS, Routing

MARKER = "ẞ"
"""Stands in every hostile text and nowhere else."""

_PIECES = [
    *(
        "@everyone",
        "<img src=x onerror=alert(1)>",
        "`",
        "```",
        "~~~",
        "|",
        "\\",
        "\n",
        "\r\n",
        "\t",
    ),
    *("]]>", "-->", "<!--", "](http://c)", "![x](y)", "http://a.b/c", "www.example.com", "a@b.com"),
    *("#1", "GH-1", "org/repo#2", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "</details>", "&lt;"),
    *("**", "__", "[x]", "\u202e", "\u2066", "\x00", "\x1b[31m", "\u2028", "\x85", " ", ":tada:"),
    *("---", "===", "- ", "1. ", "# ", "> ", "<", ">", "&", ";", '"', "'", "$(x)", "%%{init}%%"),
]
hostile = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=8).map(
    lambda pieces: MARKER.join(["", *pieces, ""])
)
plain = st.text(string.ascii_letters + " -/.", min_size=1, max_size=20)
sources = st.sampled_from(["7275551114", "+15550001111", "MAIN_LINE"])
counts = st.integers(0, 5000)


def routings(values, *, least=0):
    names = st.sampled_from([field.name for field in FIELDS])
    routes = st.sampled_from(["IN_GROUP", "CALLMENU", "EXTEN"])
    given_ = st.dictionaries(names, values, min_size=least, max_size=4)
    route = st.none() | routes
    return st.tuples(given_, route).map(
        lambda each: Routing(each[0] | ({} if each[1] is None else {"did_route": each[1]}))
    )


def removals(values):
    return st.one_of(
        st.none(),
        st.just(removal.KeepPolicy()),
        st.just(removal.DeletePolicy()),
        routings(values).map(removal.ParkPolicy),
    )


def changes(values, blocks):
    some, policy = routings(values, least=1), removals(values)
    known, earlier = routings(values), st.sampled_from([FRESH, UNSETTLED])
    return st.one_of(
        st.builds(Create, blocks, sources, known, policy, earlier),
        st.builds(Adopt, blocks, sources, known, policy, earlier | st.just(FOUND)),
        st.builds(Update, blocks, policy, known, some, earlier),
        st.builds(Park, blocks, policy, known, some, earlier),
        st.builds(Delete, blocks, policy, known, earlier),
        st.builds(Settle, blocks, policy),
        st.builds(Forget, blocks),
    )


def destinations(values):
    return st.one_of(
        st.builds(
            Place, st.sampled_from(list(KINDS.values())), st.none() | values, st.none() | values
        ),
        st.just(DefaultDid()),
        st.builds(Unresolved, st.none() | values, routings(values)),
    )


def notes(values, blocks):
    return st.one_of(
        st.builds(Kept, blocks, values),
        st.builds(ConflictNote, blocks, st.booleans()),
        st.builds(Moved, values, blocks),
        st.builds(Released, blocks, routings(values, least=1)),
    )


@st.composite
def said(draw, what, most=6):
    """Spans that do not overlap, each with something said of it."""
    starts = draw(st.lists(st.integers(0, 900), unique=True, max_size=most))
    return [
        (Span("", 10, start, start + draw(st.integers(0, 9))), draw(what))
        for start in (7275550000 + each * 10 for each in starts)
    ]


def warnings(values):
    """Warnings of the specs."""
    places = st.builds(Location, values, st.integers(1, 99), st.integers(1, 99))
    codes = st.sampled_from(["W201", "W301"])
    return st.builds(Fault, places, codes, values, st.none() | values, st.just(Severity.WARNING))


@st.composite
def documents(draw, values=plain):
    """A document whose foreign texts are drawn of ``values``."""
    names = draw(st.lists(values, unique=True, max_size=4))
    blocks = st.sampled_from(names) | values if names else values
    found = SpanMap(draw(said(changes(values, blocks))))
    ends = st.none() | destinations(values)
    callers = SpanMap(
        (span, draw(st.builds(Callers, ends, ends)))
        for span, change in found
        if not isinstance(change, Settle | Forget) and draw(st.booleans())
    )
    settings = draw(
        st.lists(st.builds(SettingChange, values, values, values), unique=True, max_size=3)
    )
    settings = tuple({each.name: each for each in settings}.values())
    by_kind: dict[type, list] = {}
    for span, note in draw(said(notes(values, blocks))):
        by_kind.setdefault(type(note), []).append((span, note))
    merged = in_order(tuple(each for entries in by_kind.values() for each in SpanMap(entries)))
    own = None
    if draw(st.booleans()):
        cut = SpanMap(draw(said(st.just(True))))
        withdrawn = SpanMap(draw(said(changes(values, blocks), most=3)))
        kept = draw(st.integers(0, 3))
        own = OwnChanges(found.within(cut), found.without(cut), withdrawn, settings[:kept])
    return PlanDocument(
        target=draw(values),
        endpoint=draw(values),
        lineage=draw(values),
        serial=draw(counts),
        digest=draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        declared=draw(counts),
        known=draw(counts),
        cost=Cost(
            CallCount(draw(counts), draw(counts), draw(counts), draw(counts)),
            draw(st.integers(1, 64)),
            draw(st.floats(0, 10_000).map(lambda each: round(each, 3))),
        ),
        refusals=tuple(
            draw(
                st.lists(
                    st.builds(OverLimit, values, values) | st.builds(Protected, values), max_size=3
                )
            )
        ),
        settings=settings,
        blocks=tuple(BlockPlace(name, draw(values), draw(st.integers(1, 99))) for name in names),
        changes=found,
        notes=merged,
        effects=tuple(
            draw(
                st.lists(
                    st.builds(Effect, destinations(values), counts, counts, counts),
                    max_size=8,
                )
            )
        ),
        callers=callers,
        own=own,
        warnings=tuple(draw(st.lists(warnings(values), max_size=3))),
    )
