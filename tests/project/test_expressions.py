"""No regular expression of the program takes time that grows faster than what it reads.

Each is tried on texts made of its own beginnings, repeated: where one part may run over the start
of the next match, these take quadratic time, tens of seconds for what otherwise takes milliseconds.
"""

import ast
import importlib
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import reconciler

ROOT = Path(reconciler.__file__).parent
LONG = 20_000
SEARCHING = {"search", "finditer", "findall", "sub", "split"}
MATCHING = {"match", "fullmatch"}
FILES = sorted(path for path in ROOT.rglob("*.py") if path.name != "__main__.py")
TREES = {path: ast.parse(path.read_text()) for path in FILES}


def methods_by_name() -> dict[str, set[str]]:
    """Name of an expression → the methods called on it, in any module."""
    found: dict[str, set[str]] = {}
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in SEARCHING | MATCHING:
                found.setdefault(ast.unparse(node.value).rpartition(".")[2], set()).add(node.attr)
    return found


def named() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Where it stands, the expression, and whether text is searched for it."""
    methods = methods_by_name()
    for path in FILES:
        module = importlib.import_module(
            ".".join(("reconciler", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
                ".__init__"
            )
        )
        for name, value in vars(module).items():
            each = value if isinstance(value, tuple | list) else [value]
            for pattern in each:
                if isinstance(pattern, re.Pattern):
                    searched = methods.get(name, SEARCHING) & SEARCHING
                    yield f"{path.stem}.{name}", pattern, bool(searched)


def unnamed() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Those that are written where they are used."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    ast.Attribute(ast.Name("re"), method), [ast.Constant(str() as text), *_]
                ) if method in SEARCHING | MATCHING:
                    place = f"{path.stem}:{node.lineno}"
                    yield place, re.compile(text), method in SEARCHING


EXPRESSIONS = {place: (pattern, searched) for place, pattern, searched in (*named(), *unnamed())}


def example(items: Sequence[Any]) -> str:
    """A short text that parsed expressions match, assertions aside."""
    return "".join(map(one, items))


def one(item: Any) -> str:
    match item:
        case (parser.LITERAL, code):
            return chr(code)
        case (parser.NOT_LITERAL, code):
            return "a" if chr(code) != "a" else "b"
        case (parser.ANY, _):
            return "a"
        case (parser.IN, choices):
            return within(choices)
        case (parser.BRANCH, (_, branches)):
            return example(branches[0])
        case (parser.SUBPATTERN, (*_, inside)) | (parser.ATOMIC_GROUP, inside):
            return example(inside)
        case (parser.MAX_REPEAT | parser.MIN_REPEAT | parser.POSSESSIVE_REPEAT, (least, _, inside)):
            return example(inside) * max(least, 1)
        case _:
            return ""


def within(choices: Sequence[Any]) -> str:
    """One of a set of characters."""
    if choices[0][0] is parser.NEGATE:
        shut = re.compile(f"[{''.join(map(re.escape, map(one_of, choices[1:])))}]")
        return next(char for char in "a0 -~" if not shut.match(char))
    return one_of(choices[0])


def one_of(choice: Any) -> str:
    match choice:
        case (parser.LITERAL, code):
            return chr(code)
        case (parser.RANGE, (low, _)):
            return chr(low)
        case (parser.CATEGORY, category):
            return {parser.CATEGORY_DIGIT: "0", parser.CATEGORY_SPACE: " "}.get(category, "a")
    raise AssertionError(choice)


def attacks(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Its beginnings repeated, and each of its repeated parts repeated after what precedes it."""
    items = list(flat(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)))
    for end in range(1, len(items) + 1):
        begin = example(items[:end])
        if begin:
            yield begin * (LONG // len(begin))
            yield begin + one(items[end - 1]) * LONG + "\0"


def flat(items: Sequence[Any]) -> Iterator[Any]:
    """The parts one after the other; of alternatives the first."""
    for item in items:
        match item:
            case (parser.SUBPATTERN, (*_, inside)):
                yield from flat(inside)
            case (parser.BRANCH, (_, branches)):
                yield from flat(branches[0])
            case _:
                yield item


def slowest(pattern: re.Pattern[Any], *, searched: bool) -> float:
    """Processor seconds for the worst of the attacks."""
    most = 0.0
    for text in attacks(pattern):
        subject = text if isinstance(pattern.pattern, str) else text.encode()
        begun = time.process_time()
        if searched:
            for _ in pattern.finditer(subject):
                pass
        else:
            pattern.fullmatch(subject)
        most = max(most, time.process_time() - begun)
    return most


@pytest.mark.parametrize("place", sorted(EXPRESSIONS))
def test_an_expression_takes_no_longer_than_its_text(place: str) -> None:
    pattern, searched = EXPRESSIONS[place]
    assert slowest(pattern, searched=searched) < 0.3


@pytest.mark.parametrize("text", ["<title[^>]*>x", "a*b", "<a>.*?</a>", "(?:x+x+)+y"])
def test_the_attacks_find_what_is_quadratic(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []
    for length in (500, 2000) if "+" not in text else (7, 9):
        monkeypatch.setitem(globals(), "LONG", length)
        lengths.append(min(slowest(re.compile(text), searched=True) for _ in range(3)))
    assert lengths[1] > lengths[0] * 6
