"""``import``: write the numbers that the server has as specs, and the state."""  # noqa: N999

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from reconciler import specs
from reconciler.cli import exits
from reconciler.cli.console import say, tell
from reconciler.cli.context import one_spec, open_store, specs_root
from reconciler.cli.files import write_text
from reconciler.cli.identity import identify
from reconciler.cli.live import opened
from reconciler.cli.parser import ImportOptions
from reconciler.errors import ReconcilerError, UsageError
from reconciler.live.http import HttpReader
from reconciler.live.importing import Imported, to_blocks, written
from reconciler.live.reading import LiveReader, Row
from reconciler.numbers import NumberError, SpanMap, parse_span, span_of
from reconciler.plan.plan import make_plan
from reconciler.report.words import many
from reconciler.specs.files import shown
from reconciler.specs.model import TargetSpec
from reconciler.state.model import Confirmed, Record, State
from reconciler.vicidial.readings import NotReadable

_FILE = "imported.yaml"
_ROUNDS = 3
"""How often numbers that could not be read are asked for."""
_MB = 1_000_000
TOLD_EVERY = 500
"""Numbers read between two lines that tell how far it is."""


def run(arguments: ImportOptions) -> int:
    """Read, write a file of specs beside the others, and the state where it is a file."""
    spec = one_spec(arguments)
    source = arguments.source or spec.target.source
    if source is None:
        raise UsageError(
            f"{spec.target.name} has no source, which new numbers are copied from",
            hint="write defaults: {source: NUMBER} in target.yaml, the number of a template",
        )
    path = arguments.out or spec.target.folder / _FILE
    if not path.resolve().is_relative_to(spec.target.folder.resolve()):
        raise UsageError(
            f"{shown(path)} is not in {shown(spec.target.folder)}",
            hint="specs of a target are read from its folder alone",
        )
    if path.exists():
        raise UsageError(f"{shown(path)} exists already", hint="name another file with --out")
    wanted = _Wanted(spec, _numbers(arguments.include), _numbers(arguments.exclude))
    return _imported(spec, asyncio.run(_read(spec, wanted, source, arguments)), path, arguments)


class _Wanted:
    """Which of the server's numbers are imported."""

    def __init__(self, spec: TargetSpec, included: SpanMap[bool], excluded: SpanMap[bool]) -> None:
        self._included = included
        self._without = (spec.desired, spec.target.protected, excluded)

    def of(self, patterns: Iterable[str]) -> list[str]:
        """Those of ``patterns`` that no spec declares yet."""
        return sorted(pattern for pattern in patterns if self._has(pattern))

    def _has(self, pattern: str) -> bool:
        try:
            span_of(pattern)
        except NumberError:
            return True  # left out later, with the reason
        if self._included and self._included.get(pattern) is None:
            return False
        return all(each.get(pattern) is None for each in self._without)


def _numbers(texts: Iterable[str]) -> SpanMap[bool]:
    found: SpanMap[bool] = SpanMap()
    for text in texts:
        try:
            found = found.overlaid(SpanMap([(parse_span(text), True)]))
        except NumberError as error:
            raise UsageError(str(error)) from None
    return found


async def _read(
    spec: TargetSpec, wanted: _Wanted, source: str, arguments: ImportOptions
) -> dict[str, Row]:
    """The columns of all wanted numbers, and of the source."""
    target = spec.target
    async with opened(target, arguments) as (reader, live):
        if isinstance(live, HttpReader):
            # A page that refuses an account must not be the first to see its password.
            await reader.version()
            await reader.check_rights_to_update(source)
        survey = await live.survey()
        if isinstance(survey, NotReadable):
            raise ReconcilerError(
                f"the numbers of {target.name} cannot be read: {survey.words}",
                hint="reconciler check tells what the account may do",
            )
        patterns = [p for p in wanted.of(survey.numbers) if p.lower() != source.lower()]
        cost = survey.cost(len(patterns) + 1)
        tell(
            f"{target.name}: reading {many(len(patterns), 'number')}: "
            f"{many(cost.requests, 'request')}, {cost.size / _MB:,.1f} MB before compression"
        )
        return await _rows(live, [*patterns, source])


async def _rows(live: LiveReader, patterns: list[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    told = 0
    missing: Mapping[str, str] = dict.fromkeys(patterns, "")
    for _ in range(_ROUNDS):
        asked, missing = list(missing), {}
        async for rows in live.rows(asked):
            found.update(rows.read)
            missing = {**missing, **rows.unread}
            if len(found) - told >= TOLD_EVERY:
                told = len(found)
                tell(f"{told:,} of {len(patterns):,} read")
        if not missing:
            return found
    pattern, words = next(iter(missing.items()))
    raise ReconcilerError(
        f"{many(len(missing), 'number')} could not be read, {pattern} among them: {words}",
        hint="nothing was written; run import again",
    )


def _imported(
    spec: TargetSpec, rows: Mapping[str, Row], path: Path, arguments: ImportOptions
) -> int:
    target = spec.target
    source = arguments.source or target.source or ""
    found = to_blocks(
        rows,
        source,
        by=arguments.by,
        characters=target.characters,
        names=[block.name for block in spec.blocks],
    )
    _tell_what_is_left_out(found)
    if not found.blocks:
        say(f"{target.name}: there is nothing to import")
        return exits.DONE
    to_state = target.state.startswith("file:") and not arguments.adopt
    text = written(found.blocks, adopt=not to_state)
    write_text(path, text)
    try:
        (again,) = specs.read(specs_root(arguments), only=target.name)
        fresh = replace(again, target=target)
        if to_state:
            _save(fresh, found, arguments)
    except BaseException:
        path.unlink()
        raise
    count = sum(len(span) for block in found.blocks for span in block.numbers)
    lines = many(text.count("\n"), "line")
    blocks = many(len(found.blocks), "block")
    say(f"{target.name}: {many(count, 'number')} in {blocks}: {shown(path)} ({lines})")
    if to_state:
        say(f"the state in {target.state} knows them: a plan of them is empty")
    else:
        say("adopt: true takes them over: the next apply sets every declared field once")
    return exits.DONE


def _save(spec: TargetSpec, found: Imported, arguments: ImportOptions) -> None:
    """Note in the state what was read, once the plan of it has turned out to be empty."""
    imported = SpanMap((span, True) for block in found.blocks for span in block.numbers)
    known = spec.desired.within(imported).mapped(
        lambda declared: Record(declared.block.name, Confirmed(None, declared.routing))
    )
    who = identify(os.environ)
    with open_store(spec.target, arguments.specs).held(who.holder) as held:
        state = replace(held.state, records=held.state.records.overlaid(known))
        _check_empty(spec, state, imported)
        title = f"Import {spec.target.name}: {known.count} numbers"
        held.finish(state, who.note(title))


def _check_empty(spec: TargetSpec, state: State, imported: SpanMap[bool]) -> None:
    left = make_plan(spec, state).changes.within(imported)
    if left:
        raise AssertionError(f"the plan of what was imported is not empty: {left.spans[0]}")


def _tell_what_is_left_out(found: Imported) -> None:
    reasons: dict[str, list[str]] = {}
    for pattern, why in found.left_out.items():
        reasons.setdefault(why, []).append(pattern)
    for why, patterns in reasons.items():
        tell(f"left out: {_counted(patterns)}: {why}")
    columns: dict[tuple[str, ...], list[str]] = {}
    for pattern, names in found.unlike.items():
        columns.setdefault(names, []).append(pattern)
    for names, patterns in columns.items():
        tell(
            f"{_counted(patterns)} unlike the source in {', '.join(names)}, which the API cannot "
            "set: they keep their own"
        )


def _counted(patterns: list[str]) -> str:
    """How many numbers, and which is the first."""
    more = ", …" if len(patterns) > 1 else ""
    return f"{many(len(patterns), 'number')} ({patterns[0]}{more})"
