"""Faults as GitHub shows them beside the lines of a pull request."""

from reconciler.errors import Fault, Location, Severity
from reconciler.specs import annotations


def test_each_fault_is_a_command_with_its_place():
    assert annotations(
        [
            Fault(Location("did_specs/a.yaml", 3, 7), "E204", "adopt must be true", "write true"),
            Fault(Location("did_specs/b.yaml"), "W302", "inactive", None, Severity.WARNING),
        ]
    ) == [
        "::error file=did_specs/a.yaml,line=3,col=7,title=E204::adopt must be true%0Awrite true",
        "::warning file=did_specs/b.yaml,line=1,col=1,title=W302::inactive",
    ]


def test_nothing_in_a_fault_can_end_the_command_or_begin_another():
    (line,) = annotations([Fault(Location("a,b:c%\r\n.yaml"), "E:9", "100%: a,b\r\n::warning::x")])
    assert line == (
        "::error file=a%2Cb%3Ac%25%0D%0A.yaml,line=1,col=1,title=E%3A9"
        "::100%25: a,b%0D%0A::warning::x"
    )
