"""What happens to a number that leaves the YAML."""

from dataclasses import dataclass

from reconciler.routing import Routing


@dataclass(frozen=True, slots=True)
class KeepPolicy:
    """It stays as it is on the server, and stays known."""


@dataclass(frozen=True, slots=True)
class ParkPolicy:
    """It is sent to ``routing`` and stays known. An inactive number would reach ``default``."""

    routing: Routing


@dataclass(frozen=True, slots=True)
class DeletePolicy:
    """It is deleted; its call history is orphaned, since VICIdial's logs are keyed on did_id."""


Removal = KeepPolicy | ParkPolicy | DeletePolicy
