"""The exit codes, as the README lists them."""

DONE = 0
"""Done, or nothing to do."""
ERROR = 1
"""Nothing was tried, or not everything could be; usage errors too."""
PENDING = 2
"""Changes are pending (``plan --detailed-exitcode``)."""
UNCONFIRMED = 3
"""Not everything was confirmed: see the report."""
SIGNALLED = 128
"""Plus the number of the signal that ended it."""
