"""How long a server asks to wait, in seconds or until a date."""

import pytest

from reconciler.network.retry_after import retry_after

NOW = 1_792_000_000.0  # Wed, 14 Oct 2026 17:46:40 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("Wed, 14 Oct 2026 17:47:10 GMT", 30.0),
        ("Wed, 14 Oct 2026 17:47:10 -0000", 30.0),
        ("Wed, 14 Oct 2026 17:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
        (None, None),
    ],
)
def test_seconds_and_dates_are_read(value, seconds):
    assert retry_after(value, NOW) == seconds
