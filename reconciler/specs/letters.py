"""Letters of other scripts in a target whose server does not keep them (``characters: ascii``).

Everywhere else in the specs they are read like any letter: which of them a server keeps is known
only once its ``target.yaml`` is.
"""

from collections.abc import Iterator

from reconciler.characters import USE_NON_LATIN
from reconciler.routing import BY_NAME
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults
from reconciler.specs.nodes import Mapping, Node, Run, Scalar, Sequence

_OF_NUMBERS = frozenset({"numbers", "exclude", "protected", "source"})
_OF_FIELDS = "routing"


def check_ascii(root: Node, faults: Faults) -> None:
    """Add to ``faults`` each number and field of a file with letters that would be dropped."""
    if not isinstance(root, Mapping):
        for each in root.parts if isinstance(root, Sequence) else ():
            if not isinstance(each, Run):
                check_ascii(each, faults)
        return
    for key, value in root.entries:
        if key.text in _OF_NUMBERS:
            for number in _foreign(value):
                faults.add(number, Code.NUMBER, _dropped(number.text), USE_NON_LATIN)
        elif key.text == _OF_FIELDS and isinstance(value, Mapping):
            _check_fields(value, faults)
        else:
            check_ascii(value, faults)


def _check_fields(routing: Mapping, faults: Faults) -> None:
    for key, value in routing.entries:
        for scalar in _foreign(value) if key.text in BY_NAME else ():
            message = f"{key.text} {BY_NAME[key.text].fault(scalar.text)}"
            faults.add(scalar, Code.FIELD_VALUE, message)


def _foreign(node: Node) -> Iterator[Scalar]:
    """The texts of a value with letters beyond ASCII; a range's dash may be one."""
    for each in node.parts if isinstance(node, Sequence) else (node,):
        if isinstance(each, Scalar) and not each.text.replace("–", "-").isascii():
            yield each


def _dropped(number: str) -> str:
    bad = " ".join(repr(char) for char in sorted({char for char in number if not char.isascii()}))
    return f"{number!r} holds {bad}, which the server would drop"
