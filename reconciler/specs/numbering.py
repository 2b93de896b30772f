"""Numbers held against the numbering plan of the target's country.

The lengths and prefixes come from ``phonenumbers``, Google's libphonenumber for Python, which is
imported only where a target names its country: importing it takes longer than reading most specs.
A span is judged by its ends and by some points between them (:func:`points`), never number by
number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from reconciler.errors import Location
from reconciler.numbers import Span
from reconciler.specs.codes import Code
from reconciler.specs.dialling import country_code, trunk_prefix
from reconciler.specs.faults import Finding
from reconciler.specs.listed import ListedSpan
from reconciler.specs.model import Form, Numbering
from reconciler.specs.writings import SHORTEST

if TYPE_CHECKING:
    from phonenumbers.phonemetadata import PhoneMetadata

_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip
Reading = tuple[Form | Literal["dialled"], str, str]
"""A form, and the country code and national number that it gives."""


def calling_code(country: str) -> str | None:
    """The country code of a country by its two letters (ISO 3166); None when there is no such."""
    from phonenumbers import country_code_for_region  # noqa: PLC0415  (slow; asked for here)

    code = country_code_for_region(country)
    return str(code) if code else None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What numbers of one country code look like, without the code."""

    lengths: frozenset[int]
    assigned: re.Pattern[str]


@cache
def _plan(code: str) -> _Plan | None:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415
    from phonenumbers.phonemetadata import PhoneMetadata  # noqa: PLC0415

    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    found = [
        data
        for region in regions
        if (data := PhoneMetadata.metadata_for_region_or_calling_code(int(code), region))
    ]
    if not found:
        return None
    lengths = {
        length
        for data in found
        if data.general_desc is not None
        for length in data.general_desc.possible_length
    }
    return _Plan(frozenset(lengths), re.compile("|".join(_patterns(found))))


def _patterns(found: "Iterable[PhoneMetadata]") -> Iterator[str]:
    for data in found:
        for kind in _KINDS:
            described = getattr(data, kind)
            if described is not None and described.national_number_pattern:
                yield f"(?:{described.national_number_pattern})"


def points(span: Span) -> Iterator[int]:
    """Both ends and the round numbers between them: some twenty at most."""
    yield span.first
    size = len(span)
    if size > 1:
        step = 10 ** (len(str(size - 1)) - 1)
        yield from range((span.first // step + 1) * step, span.last, step)
        yield span.last


def check(listed: Iterable[ListedSpan], numbering: Numbering) -> Iterator[tuple[Location, Finding]]:
    """What the numbering plan does not allow; extensions and names are not part of it."""
    for each in listed:
        span = each.span
        if span.prefix not in ("", "+") or (not span.prefix and span.width < SHORTEST):
            continue
        for point in points(span):
            finding = _judge(span, f"{span.prefix}{point:0{span.width}d}", numbering)
            if finding is not None:
                yield each.at, finding
                break


def _judge(span: Span, number: str, numbering: Numbering) -> Finding | None:
    """What is wrong with one ``number`` of ``span``."""
    own: list[tuple[Code, str]] = []
    others: list[Reading] = []
    for reading in _readings(number, numbering):
        form, code, national = reading
        fault = _fault(code, national)
        if numbering.form in ("any", form):
            if fault is None:
                return None
            own.append((fault, code))
        elif fault is None:
            others.append(reading)
    if (Code.NOT_ASSIGNED, numbering.code) not in own and others:
        others.sort(key=lambda reading: reading[1] != numbering.code)
        return _other_form(span, number, others[0], numbering)
    plan = f"the numbering plan of {numbering.country}"
    if number.startswith("+"):
        plan = "the numbering plan of its country code"
    if any(fault is Code.NOT_ASSIGNED for fault, _ in own):
        return Finding(
            Code.NOT_ASSIGNED,
            f"{number} begins with digits that no number has in {plan}",
            "check its first digits",
        )
    return Finding(
        Code.NOT_POSSIBLE,
        f"{number} has a length that no number has in {plan}",
        "check that no digit is missing or too many",
    )


def _readings(number: str, numbering: Numbering) -> Iterator[Reading]:
    """What ``number`` may mean to a carrier in the target's country."""
    home = numbering.code
    if number.startswith("+"):
        yield from _international("e164", number[1:])
        return
    trunk = "" if home == "1" else trunk_prefix(home)
    if trunk and number.startswith(trunk):
        yield "national", home, number.removeprefix(trunk)
    yield "national", home, number
    if number.startswith(home) or numbering.form != "any":  # else most numbers were one somewhere
        yield from _international("digits", number)
    dialled = "011" if home == "1" else "00"
    if number.startswith(dialled):
        yield from _international("dialled", number.removeprefix(dialled))


def _international(form: Form | Literal["dialled"], digits: str) -> Iterator[Reading]:
    code = country_code(digits)
    if code is not None:
        yield form, code, digits.removeprefix(code)


def _fault(code: str, national: str) -> Code | None:
    plan = _plan(code)
    if plan is None or len(national) not in plan.lengths:
        return Code.NOT_POSSIBLE
    return None if plan.assigned.fullmatch(national) else Code.NOT_ASSIGNED


def _other_form(span: Span, number: str, reading: Reading, numbering: Numbering) -> Finding:
    _, code, national = reading
    lead = {
        "national": "" if code == "1" else trunk_prefix(code),
        "e164": f"+{code}",
        "digits": code,
    }[numbering.form]
    hint = None
    if code == numbering.code or numbering.form != "national":
        first, last = span[0][-len(national) :], span[len(span) - 1][-len(national) :]
        meant = f"{lead}{first}" if first == last else f"{lead}{first}-{lead}{last}"
        hint = f"write {meant}, or set numbers.form in target.yaml to what the carrier sends"
    return Finding(Code.FORM, f"{number} is not in the form {numbering.form} of target.yaml", hint)
