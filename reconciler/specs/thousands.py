"""``7,275,553,300`` in a list in brackets: one number to a person, four items to YAML."""

import re
from collections.abc import Iterator, Sequence

from reconciler.specs.codes import Code
from reconciler.specs.faults import Finding
from reconciler.specs.nodes import Node, Scalar

_HEAD = re.compile(r"[0-9]{1,2}")
_GROUP = re.compile(r"[0-9]{3}")


def split_numbers(nodes: Sequence[Node]) -> Iterator[tuple[Scalar, Finding]]:
    """The first item of each number that was split at its thousands separators.

    Items of three digits may be extensions, so only those count that follow one or two digits, one
    after the other and without spaces.
    """
    for place, node in enumerate(nodes):
        if not isinstance(node, Scalar) or not _HEAD.fullmatch(node.text):
            continue
        digits = node.text
        last = node
        for after in nodes[place + 1 :]:
            if not isinstance(after, Scalar) or not _follows(last, after):
                break
            digits += after.text
            last = after
        if len(digits) >= len(node.text) + 6:
            groups = node.text + re.sub("(...)", r",\1", digits[len(node.text) :])
            several = len(node.text) > 1  # a single digit cannot be a number
            yield (
                node,
                Finding(
                    Code.THOUSANDS,
                    f"YAML reads {groups} as {(len(digits) + 2) // 3} items",
                    f"write {digits}"
                    + ("; or a space after each comma, if these are several numbers" * several),
                ),
            )


def _follows(before: Scalar, after: Scalar) -> bool:
    return (
        after.plain
        and _GROUP.fullmatch(after.text) is not None
        and after.at.line == before.at.line
        and after.at.column == before.at.column + len(before.text) + 1
    )
