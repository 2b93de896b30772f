"""Where the callers of a number end up, computed from the whole of what is known of its routing.

::

    Place          the route is known: in-group SALESLINE, extension 8300@trunk, call menu (unknown)
    DefaultDid     the number is inactive or does not exist: VICIdial takes the DID named default
    Unresolved     the route is not known: it came along with the source, or nobody told it

Two destinations are the same where :func:`identity` is: VICIdial's tables do not tell upper from
lower case. Their spelling is kept.
"""

from dataclasses import dataclass
from functools import lru_cache

from reconciler.routing import CONTEXTS, DECIDING, NOTHING, ROUTE_WORDS, ROUTES, Routing

UNKNOWN = "(unknown)"


@dataclass(frozen=True, slots=True)
class Place:
    """What a known route leads to: its ``kind`` in words, its ``name`` as the server has it.

    ``name`` is None where the route is known and what it names is not; ``context`` is the dialplan
    context of an extension or the server of a phone, None where that is not known or there is none.
    """

    kind: str
    name: str | None
    context: str | None = None

    @property
    def named(self) -> str:
        """The name alone, with its context: ``8300@trunk``."""
        name = UNKNOWN if self.name is None else self.name
        return name if self.context is None else f"{name}@{self.context}"

    def __str__(self) -> str:
        return f"{self.kind} {self.named}"


@dataclass(frozen=True, slots=True)
class DefaultDid:
    """The DID named ``default``, which takes the calls of inactive and of missing numbers."""

    def __str__(self) -> str:
        return "DID default"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The route is not known. ``source`` is the number that it was copied from, if known.

    ``fields`` are those known ones that count if the route is theirs.
    """

    source: str | None
    fields: Routing = NOTHING

    def __str__(self) -> str:
        where = "route not known" if self.source is None else f"routed as {self.source}"
        fields = ", ".join(f"{name} {value}" for name, value in self.fields.items())
        return f"{where}, with {fields}" if fields else where


Destination = Place | DefaultDid | Unresolved


def is_certain(where: Destination) -> bool:
    """Whether it is known what callers reach."""
    match where:
        case Place(name=name):
            return name is not None
        case DefaultDid():
            return True
        case Unresolved():  # pragma: no branch  (there is no other)
            return False


NOT_KNOWN = Unresolved(None)


@lru_cache(maxsize=4096)
def identity(where: Destination) -> str:
    """Equal for destinations that are the same to VICIdial; also what they are sorted by."""
    return str(where).lower()


@lru_cache(maxsize=4096)
def destination(routing: Routing, source: str | None) -> Destination:
    """Where callers end up by all that is known of a number that was copied from ``source``.

    ``source`` is None where the number was not copied, or where it is not known from what.
    """
    if routing.get("active") == "N":
        return DefaultDid()
    route = routing.get("did_route")
    if route is None:
        return Unresolved(source, routing.only(DECIDING).without({"active": True}))
    if route not in ROUTE_WORDS:
        return Unresolved(source, routing.only({"did_route": True}))
    name, context = ROUTES.get(route), CONTEXTS.get(route)
    return Place(
        ROUTE_WORDS[route],
        None if name is None else routing.get(name),
        None if context is None else routing.get(context),
    )


def shown_fields(where: Destination) -> dict[str, object]:
    """The fields that the words for ``where`` tell already."""
    match where:
        case DefaultDid():
            return {"active": True}
        case Unresolved(fields=fields):
            return dict(fields)
        case Place(kind=kind, name=name, context=context):  # pragma: no branch  (no other)
            route = next(route for route, word in ROUTE_WORDS.items() if word == kind)
            told = (
                "did_route",
                None if name is None else ROUTES.get(route),
                None if context is None else CONTEXTS.get(route),
            )
            return {field: True for field in told if field is not None}


@dataclass(frozen=True, slots=True)
class Callers:
    """Where the callers of a number end up now and after a change.

    ``before`` is None for a number that is new; ``after`` is None where the change decides nothing.
    """

    before: Destination | None
    after: Destination | None

    @property
    def move(self) -> bool:
        """Whether callers of a number that may exist go somewhere else, or may do so."""
        if self.before is None or self.after is None or self.before == self.after:
            return False
        return identity(self.before) != identity(self.after)

    @property
    def certain(self) -> bool:
        """Whether both ends are known."""
        return all(where is not None and is_certain(where) for where in (self.before, self.after))
