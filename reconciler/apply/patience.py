"""How often something without a clear answer is asked again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import stamina


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is sent, and the seconds between: doubled each time, with jitter."""

    attempts: int = 4
    first_wait: float = 0.2
    longest_wait: float = 3.0

    def again_on(self, error: type[Exception]) -> AsyncIterator[stamina.Attempt]:
        """One attempt after another for as long as they raise ``error``, then raise it."""
        return aiter(
            stamina.retry_context(
                on=error,
                attempts=self.attempts,
                timeout=None,
                wait_initial=self.first_wait,
                wait_max=self.longest_wait,
                wait_jitter=self.first_wait,
            )
        )
