"""Which build of VICIdial added which feature; only the needed ones are required."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reconciler import routing
from reconciler.errors import ServerTooOld
from reconciler.vicidial.readings import Version


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of the API, and the day of the build that added it."""

    name: str
    since: date

    def __str__(self) -> str:
        return f"{self.name} came with build {self.since:%y%m%d}"


UPDATE = Feature("update_did", date(2018, 3, 31))
DELETE = Feature("delete_did", date(2020, 11, 13))
COPY = Feature("copy_did", date(2024, 7, 30))
FIELDS = {
    field.name: Feature(f"the field {field.name}", field.since)
    for field in routing.FIELDS
    if field.since is not None
}
"""Those fields that are younger than ``update_did``, by name."""


def check_build(version: Version, needed: Iterable[Feature]) -> None:
    """Raise :class:`ServerTooOld` with every needed feature that the build lacks."""
    lacking = [feature for feature in needed if version.day < feature.since]
    if lacking:
        raise ServerTooOld(
            f"the server is VICIdial {version.number}, build {version.build}: "
            f"{', '.join(map(str, lacking))}",
            hint="upgrade the server",
        )
