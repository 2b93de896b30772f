"""Everything that can stop a command, each saying what the person does next.

::

    ReconcilerError                 exit 1 unless a subclass says otherwise
    ├── UsageError                  the command line
    ├── SpecFaults                  the YAML: all faults of all files
    ├── StateError                  the state file: damaged, newer, of another endpoint
    │   ├── LeaseHeld               another apply is running
    │   └── Fenced                  another apply has saved since: ours writes nothing
    ├── LimitsExceeded              a plan over the target's limits
    ├── NotReviewed                 a plan that does more than was reviewed
    └── ServerStop                  the server said something after which no call may be sent
        ├── LoginRefused            wrong user or password: never tried twice
        ├── LoginUnproven           no clear answer to the first log-in: it may have been refused
        ├── LockedOut               ten refused log-ins
        ├── RightsMissing           a setting of the VICIdial user
        ├── AddressRefused          the server's IP lists
        ├── ServerTooOld            no copy_did, or another function or field
        └── Unreachable             no answer at all, or none that is VICIdial's

Raised at the bottom, caught in the command line only. What one number or one call comes to is no
exception but a value (see ``reconciler.vicidial.replies``).
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class ReconcilerError(Exception):
    """Something that stops a command. ``hint`` is what to do about it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def public(self) -> "ReconcilerError":
        """The same as it may be published, without the name of the API user."""
        return self


class UsageError(ReconcilerError):
    """The command line asks for something that cannot be."""


class NotReviewed(ReconcilerError):
    """A plan has changes that were not reviewed."""


class Severity(Enum):
    """Whether a fault stops everything or is only pointed out."""

    ERROR = "error"
    WARNING = "warning"


class Location(NamedTuple):
    """A place in a file; ``line`` and ``column`` count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the YAML: where, what, and what to do.

    ``code`` is stable (``E201``, ``W301``): docs/faults.md has a section for each.
    """

    where: Location
    code: str
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return self.line if self.hint is None else f"{self.line}\n  hint: {self.hint}"

    @property
    def line(self) -> str:
        """Where and what, without what to do."""
        return f"{self.where}: {self.severity.value} {self.code}: {self.message}"

    def as_json(self) -> dict[str, str | int | None]:
        """The fault as plain data."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "file": self.where.file,
            "line": self.where.line,
            "column": self.where.column,
            "message": self.message,
            "hint": self.hint,
        }


class SpecFaults(ReconcilerError):
    """The YAML cannot be used: every fault of every file, in the order of the files."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        errors = sum(fault.severity is Severity.ERROR for fault in faults)
        super().__init__(f"{errors} fault{'s' if errors != 1 else ''} in the specs")
        self.faults = faults


class StateError(ReconcilerError):
    """The state cannot be read, trusted or written. Nothing was changed by finding out."""


class LeaseHeld(StateError):
    """Another apply holds this target."""


class Fenced(StateError):
    """The saved state is no longer the one that was loaded: what we know is older than it."""


class LimitsExceeded(ReconcilerError):
    """The plan goes over the target's limits."""


class ServerStop(ReconcilerError):
    """No further call may be sent to this server with these credentials.

    Its words may name the ``user``, for the person at the desk.
    """

    def __init__(self, message: str, *, hint: str | None = None, user: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.user = user

    def public(self) -> "ReconcilerError":
        """The same without the user's name."""
        message, hint = (self._unnamed(text) for text in (self.message, self.hint))
        return ReconcilerError(message or "", hint=hint)

    def _unnamed(self, text: str | None) -> str | None:
        return text and (text.replace(f"user {self.user}", "the API user") if self.user else text)


class LoginRefused(ServerStop):
    """Wrong user or password; not tried again, since ten tries lock the account."""


class LoginUnproven(ServerStop):
    """The first log-in got no clear answer, and may have been counted as a refused one."""


class LockedOut(ServerStop):
    """The account is locked for 15 minutes after ten refused log-ins."""


class RightsMissing(ServerStop):
    """A setting of the VICIdial user stands in the way."""


class AddressRefused(ServerStop):
    """The server does not take calls from this machine's address."""


class ServerTooOld(ServerStop):
    """The server's build lacks what the plan needs, such as ``copy_did`` (build 240730)."""


class Unreachable(ServerStop):
    """No answer, or none that comes from a VICIdial.

    ``wait``: the seconds that the server asks to wait.
    """

    def __init__(self, message: str, *, hint: str | None = None, wait: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.wait = wait
