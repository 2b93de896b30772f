"""When to retry a request that got no clear answer."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import stamina


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call is sent, and the seconds between: doubled each time, with jitter.

    A pause that the server asks for is kept up to ``longest_pause`` seconds; for a longer one
    nothing is retried. ``probe_waits``: the seconds before each look whether a server that has
    stopped answering is back.
    """

    attempts: int = 4
    first_wait: float = 0.2
    longest_wait: float = 3.0
    longest_pause: float = 120.0
    probe_waits: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0, 20.0)

    def waits_for(self, seconds: float) -> bool:
        """Whether to retry after a pause of so many seconds."""
        return seconds <= self.longest_pause

    def again_on(
        self, error: type[Exception], *, unless: Callable[[Exception], bool] = lambda _: False
    ) -> AsyncIterator[stamina.Attempt]:
        """One attempt after another for as long as they raise ``error``, then raise it."""
        return aiter(
            stamina.retry_context(
                on=lambda raised: isinstance(raised, error) and not unless(raised),
                attempts=self.attempts,
                timeout=None,
                wait_initial=self.first_wait,
                wait_max=self.longest_wait,
                wait_jitter=self.first_wait,
            )
        )
