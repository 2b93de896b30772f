"""What stops a command says where, what, and what to do."""

import inspect

import pytest

from reconciler import errors
from reconciler.errors import (
    Fault,
    Location,
    LoginRefused,
    ReconcilerError,
    ServerStop,
    Severity,
    SpecFaults,
)

WHERE = Location("did_specs/tampa/sales.yaml", 14, 7)


def test_a_fault_is_written_so_that_an_editor_opens_its_place():
    assert str(Fault(WHERE, "E508", "7275553300 is in two blocks")) == (
        "did_specs/tampa/sales.yaml:14:7: error E508: 7275553300 is in two blocks"
    )


def test_a_warning_says_so():
    assert str(Fault(WHERE, "W301", "no destination", None, Severity.WARNING)) == (
        "did_specs/tampa/sales.yaml:14:7: warning W301: no destination"
    )


def test_what_to_do_stands_on_a_line_of_its_own():
    assert str(Fault(WHERE, "E508", "7275553300 is in two blocks", "remove one")) == (
        "did_specs/tampa/sales.yaml:14:7: error E508: 7275553300 is in two blocks\n"
        "  hint: remove one"
    )


def test_a_fault_is_plain_data_for_programs():
    assert Fault(WHERE, "W301", "no destination", "declare it", Severity.WARNING).as_json() == {
        "code": "W301",
        "severity": "warning",
        "file": "did_specs/tampa/sales.yaml",
        "line": 14,
        "column": 7,
        "message": "no destination",
        "hint": "declare it",
    }


def test_places_stand_in_the_order_of_the_file():
    assert sorted(
        [WHERE, Location("did_specs/a.yaml", 20), Location("did_specs/a.yaml", 3, 9)]
    ) == [
        Location("did_specs/a.yaml", 3, 9),
        Location("did_specs/a.yaml", 20),
        WHERE,
    ]


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        ([Severity.ERROR], "1 fault in the specs"),
        ([Severity.ERROR, Severity.WARNING], "1 fault in the specs"),
        ([Severity.ERROR, Severity.ERROR], "2 faults in the specs"),
        ([Severity.WARNING], "0 faults in the specs"),
    ],
)
def test_faults_are_counted_without_the_warnings(severities, words):
    faults = tuple(Fault(WHERE, "E999", "wrong", None, severity) for severity in severities)
    error = SpecFaults(faults)
    assert str(error) == words
    assert error.faults == faults
    assert error.hint is None


def test_an_error_carries_what_to_do():
    error = LoginRefused("user 6666 was refused", hint="check VICIDIAL_USER and VICIDIAL_PASS")
    assert (str(error), error.message, error.hint) == (
        "user 6666 was refused",
        "user 6666 was refused",
        "check VICIDIAL_USER and VICIDIAL_PASS",
    )
    assert isinstance(error, ServerStop)


def test_every_error_is_caught_as_one_and_stands_in_the_tree():
    every = [
        thing
        for _, thing in inspect.getmembers(errors, inspect.isclass)
        if issubclass(thing, Exception)
    ]
    assert all(issubclass(error, ReconcilerError) for error in every)
    assert errors.__doc__ is not None
    assert [error.__name__ for error in every if error.__name__ not in errors.__doc__] == []
