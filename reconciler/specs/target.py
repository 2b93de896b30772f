"""``target.yaml`` → :class:`~reconciler.specs.model.Target`."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_args

from reconciler.characters import Characters
from reconciler.errors import Location
from reconciler.numbers import SpanMap
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy, Removal
from reconciler.specs import keys, numbering, schema, schemes, urls
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults, Problem
from reconciler.specs.keys import Members
from reconciler.specs.model import Form, Limits, Live, Numbering, Target
from reconciler.specs.nodes import Mapping, Node, Scalar, parts
from reconciler.specs.overlaps import disjoint
from reconciler.specs.shapes import suspicion
from reconciler.specs.values import Fields, check_destination, fields, numbers, pattern, text

SCHEMA = schema.target()
_KEYS = SCHEMA["properties"]
_COUNTRIES = {"UK": "GB", "USA": "US", "1": "US", "44": "GB", "49": "DE"}
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Settings:
    """A target as far as its file could be read.

    ``target`` is None when it could not be. ``source_meant`` tells that a source was meant, but
    cannot be used: then no block is blamed for having none. ``characters`` are known in any case.
    """

    target: Target | None = None
    source: str | None = None
    source_at: Location | None = None
    source_meant: bool = True
    numbering: Numbering | None = None
    ignored: frozenset[str] = frozenset()
    characters: Characters = Characters.ASCII


def read(root: Node, name: str, folder: Path, faults: Faults) -> Settings:
    """Read the settings of the target ``name``; ``folder`` is its own."""
    found = keys.by_name(root, _KEYS)
    plan = _numbering(keys.first(found, "numbers"), faults)
    characters = Characters.ANY if _is(keys.first(found, "characters"), "any") else Characters.ASCII
    settings = replace(
        _source(root, found, faults),
        numbering=plan,
        ignored=_ignored(found, faults),
        characters=characters,
    )
    protected = _protected(found, faults)
    removal = read_removal(keys.first(found, "removal"), faults) or KeepPolicy()
    plaintext = _is(keys.first(found, "allow_plaintext"), "true")
    allowed = urls.endpoint_fault if plaintext else urls.encrypted_endpoint_fault
    endpoint = _url(found, "endpoint", Code.ENDPOINT, allowed, faults)
    state = _url(found, "state", Code.STATE, schemes.state_fault, faults)
    mirror = _url(found, "mirror", Code.MIRROR, schemes.mirror_fault, faults)
    if state is not None and mirror is not None and not schemes.is_store(state):
        faults.add_at(
            found["mirror"][0][0].at,
            Code.MIRROR,
            f"mirror needs a state in an object store ({schemes.STORES})",
            "remove it",
        )
    if endpoint is None or state is None:
        return settings
    apply = keys.by_name(keys.first(found, "apply"), _KEYS["apply"]["properties"])
    rate = keys.first(apply, "requests_per_second")
    target = Target(
        name=name,
        endpoint=endpoint,
        state=state.replace(schemes.TARGET, name),
        folder=folder,
        where=root.at,
        source=settings.source,
        protected=protected,
        removal=removal,
        limits=_limits(keys.first(found, "limits")),
        concurrency=int(_decimal(keys.first(apply, "concurrency"), 4)),
        requests_per_second=None if rate is None else _decimal(rate, 1),
        unreviewed="allow" if _is(keys.first(apply, "unreviewed"), "allow") else "refuse",
        allow_plaintext=plaintext,
        mirror=mirror,
        numbering=plan,
        ignored=settings.ignored,
        characters=characters,
        state_written=state,
        live=_live(keys.first(found, "live"), faults),
    )
    return replace(settings, target=target)


def read_removal(node: Node | None, faults: Faults) -> Removal | None:
    """What happens to numbers that leave; None when nothing usable is said about it."""
    names = _KEYS["removal"]["properties"]
    found = keys.by_name(node, names)
    action = keys.first(found, "action")
    routing = fields(keys.values(found, "routing"), faults)
    if _is(action, "park"):
        return _park(action, found, routing, faults)
    for key, _ in found.get("routing", ()) if _is(action, "keep") or _is(action, "delete") else ():
        faults.add(key, Code.REMOVAL_ROUTING, "routing is for the action park only", "remove it")
    if _is(action, "delete"):
        return DeletePolicy()
    return KeepPolicy() if _is(action, "keep") else None


def _park(action: Node | None, found: Members, routing: Fields, faults: Faults) -> Removal | None:
    if action is not None and all(_is_empty(node) for node in keys.values(found, "routing")):
        faults.add(
            action,
            Code.REMOVAL_ROUTING,
            "park needs routing",
            "write where the parked numbers are sent",
        )
        return None
    check_destination(routing, Fields(), frozenset(), faults)
    return ParkPolicy(routing.routing)


def _source(root: Node, found: Members, faults: Faults) -> Settings:
    defaults = keys.first(found, "defaults")
    node = keys.first(keys.by_name(defaults, _KEYS["defaults"]["properties"]), "source")
    source = pattern(node, faults)
    if source is not None and node is not None:
        return Settings(source=source, source_at=node.at)
    nothing_there = isinstance(root, Mapping) and not any(
        key.text == "source" for key, _ in root.entries
    )
    no_defaults = defaults is None or (isinstance(defaults, Mapping) and not defaults.entries)
    return Settings(source_meant=not (nothing_there and no_defaults))


def _protected(found: Members, faults: Faults) -> SpanMap[bool]:
    listed = numbers(parts(keys.values(found, "protected")), faults).listed
    faults.add_grouped(
        (each.at, doubt) for each in listed if (doubt := suspicion(each.span)) is not None
    )
    return disjoint((each.span, True) for each in listed)


def _numbering(node: Node | None, faults: Faults) -> Numbering | None:
    found = keys.by_name(node, _KEYS["numbers"]["properties"])
    at = keys.first(found, "country")
    country = text(at, faults)
    if country is None or at is None:
        return None
    code = numbering.calling_code(country)
    if code is None:
        known = _COUNTRIES.get(country.upper(), country.upper())
        faults.add(
            at,
            Code.COUNTRY,
            f"{country!r} is not a country by the two letters of ISO 3166",
            f"write {known}" if numbering.calling_code(known) else None,
        )
        return None
    forms: tuple[Form, ...] = get_args(Form)
    form: Form = next((each for each in forms if _is(keys.first(found, "form"), each)), "any")
    return Numbering(country, code, form)


def _ignored(found: Members, faults: Faults) -> frozenset[str]:
    """The codes of warnings that are ignored with a reason."""
    lint = keys.by_name(keys.first(found, "lint"), _KEYS["lint"]["properties"])
    given = keys.by_name(
        keys.first(lint, "ignore"), _KEYS["lint"]["properties"]["ignore"]["properties"]
    )
    for name, members in given.items():
        for _, value in members:
            if isinstance(value, Scalar) and (value.is_null or not value.text.strip()):
                faults.add(
                    value, Code.LINT, f"{name} is ignored without a reason", "write the reason"
                )
    return frozenset(given)


def _url(
    found: Members,
    name: str,
    code: Code,
    wrong_with: Callable[[str], Problem | None],
    faults: Faults,
) -> str | None:
    node = keys.first(found, name)
    url = text(node, faults)
    if node is None or url is None:
        return None
    wrong = wrong_with(url)
    if wrong is None:
        return url
    faults.add(node, code, f"{name} {wrong.message}", wrong.hint)
    return None


def _live(node: Node | None, faults: Faults) -> Live:
    found = keys.by_name(node, _KEYS["live"]["properties"])
    reader, file = keys.first(found, "reader"), keys.first(found, "file")
    if _is(reader, "file"):
        name = text(file, faults)
        if reader is not None and file is None:
            faults.add(reader, Code.LIVE, "the reader file needs a file", "write file: PATH")
        return Live("file", name)
    if file is not None and _is(reader, "http"):
        faults.add(file, Code.LIVE, "the reader http uses no file", "remove it, or: reader: file")
    return Live()


def _limits(node: Node | None) -> Limits:
    found = keys.by_name(node, _KEYS["limits"]["properties"])
    given: dict[str, Any] = {
        name: type(usual)(_decimal(keys.first(found, name), usual))
        for name, usual in asdict(Limits()).items()
    }
    return Limits(**given)


def _decimal(node: Node | None, otherwise: float) -> float:
    """A number whose shape was checked; where that found a fault, any number will do."""
    if isinstance(node, Scalar) and _DECIMAL.fullmatch(node.text):
        return float(node.text)
    return otherwise


def _is(node: Node | None, word: str) -> bool:
    return isinstance(node, Scalar) and node.text.lower() == word


def _is_empty(node: Node) -> bool:
    return isinstance(node, Mapping) and not node.entries
