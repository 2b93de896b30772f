"""``state …``: inspect or repair the state by hand."""

import os
from dataclasses import replace

from reconciler import specs
from reconciler.cli import exits
from reconciler.cli.console import ask, deliver, say, somebody_answers, tell
from reconciler.cli.context import one_spec, open_store, read_specs, refuse_if
from reconciler.cli.formats import DATA_FORMATS
from reconciler.cli.identity import identify
from reconciler.cli.options import Options
from reconciler.cli.state_options import (
    StateForget,
    StateList,
    StateMigrate,
    StateOptions,
    StatePull,
    StatePush,
    StateRebind,
    StateRename,
    StateShow,
    StateUnlock,
)
from reconciler.errors import UsageError
from reconciler.report.lookup import state_data
from reconciler.report.words import many
from reconciler.specs.files import TARGET_FILE
from reconciler.state import edit, transfer
from reconciler.state.edit import KnownNumbers
from reconciler.state.model import State
from reconciler.state.open import open_backend


def run(arguments: StateOptions) -> int:
    """Run the action."""
    match arguments:
        case StateList():
            _list(arguments)
        case StateShow():
            return _show(arguments)
        case StateForget():
            _forget(arguments)
        case StateRebind():
            _rebind(arguments)
        case StateUnlock():
            _unlock(arguments)
        case StatePull():
            _pull(arguments)
        case StatePush():
            _push(arguments)
        case StateMigrate():  # pragma: no branch  (there is no other)
            _migrate(arguments)
        case StateRename():  # pragma: no branch  (there is no other)
            _rename(arguments)
    return exits.DONE


def _list(arguments: StateList) -> None:
    found = _states(arguments)
    if arguments.format == "text":
        for target, state in found:
            _list_text(target, state)
    else:
        content = [state_data(target, state, state.records) for target, state in found]
        deliver(DATA_FORMATS[arguments.format](content))


def _list_text(target: str, state: State) -> None:
    if not state.serial:
        say(f"{target}: nothing is known yet")
        return
    say(f"{target}: {many(state.records.count, 'number')} known, serial {state.serial}")
    for each in edit.listing(state):
        say(f"  {_line(each)}")


def _show(arguments: StateShow) -> int:
    """Show it; exit code 1 when no state knows the number."""
    found = _states(arguments)
    cuts = [edit.cut(state, arguments.number) for _, state in found]
    if arguments.format == "text":
        for target, state in found:
            _show_text(target, arguments.number, edit.found(state, arguments.number))
    else:
        pairs = zip(found, cuts, strict=True)
        content = [state_data(target, state, cut) for (target, state), cut in pairs]
        deliver(DATA_FORMATS[arguments.format](content))
    return exits.DONE if any(cuts) else exits.ERROR


def _show_text(target: str, number: str, known: list[KnownNumbers]) -> None:
    if not known:
        say(f"{target}: {number} is not known")
    for each in known:
        say(f"{target}: {_line(each)}")
        for name, value in each.routing.items():
            say(f"    {name}: {value}")


def _states(arguments: Options) -> list[tuple[str, State]]:
    """The states of the targets asked for, by target."""
    return [
        (spec.target.name, open_store(spec.target, arguments.specs).read().state)
        for spec in read_specs(arguments)
    ]


def _line(each: KnownNumbers) -> str:
    source = "" if each.source is None else f", copied from {each.source}"
    return f"{each.span.label}  {each.block}: {each.standing}{source}"


def _forget(arguments: StateForget) -> None:
    spec = one_spec(arguments)
    who = identify(os.environ)
    with open_store(spec.target, arguments.specs).held(who.holder) as held:
        state, gone = edit.forget(held.state, arguments.number)
        held.finish(state, who.note(f"Forget {arguments.number} by hand"))
    for span, record in gone:
        say(f"forgot {span.label} of {record.block}; nothing was sent to the server")


def _rebind(arguments: StateRebind) -> None:
    spec = one_spec(arguments)
    endpoint, who = spec.target.endpoint, identify(os.environ)
    with open_store(spec.target, arguments.specs).held(who.holder) as held:
        before = held.state.endpoint
        if before == endpoint:
            say(f"the state of {spec.target.name} belongs to {endpoint} already")
            return
        tell(f"{spec.target.name}: {many(held.state.records.count, 'number')} known of {before}")
        _confirm(
            arguments, f"Is {endpoint} the same VICIdial with the same numbers at a new address?"
        )
        held.finish(edit.rebind(held.state, endpoint), who.note(f"Rebind to {endpoint}"))
    say(f"the state of {spec.target.name} now belongs to {endpoint}")


def _unlock(arguments: StateUnlock) -> None:
    spec = one_spec(arguments)
    backend = open_store(spec.target, arguments.specs).backend
    gone = backend.unlock(arguments.id)
    if gone is None:
        say(f"{backend.url} has no lease: nothing to unlock")
    else:
        say(f"removed the lease of {gone} on {backend.url}; that apply can no longer save")


def _pull(arguments: StatePull) -> None:
    spec = one_spec(arguments)
    backend = open_store(spec.target, arguments.specs).backend
    state = transfer.pull(backend, arguments.file)
    say(f"wrote serial {state.serial} of {spec.target.name} to {arguments.file}")


def _push(arguments: StatePush) -> None:
    spec = one_spec(arguments)
    store = open_store(spec.target, arguments.specs)
    state = transfer.push(arguments.file, store, identify(os.environ).holder)
    say(f"stored {arguments.file} as serial {state.serial} at {store.backend.url}")


def _migrate(arguments: StateMigrate) -> None:
    spec = one_spec(arguments)
    refuse_if("the URL", specs.state_fault(arguments.to))
    store = open_store(spec.target, arguments.specs)
    url = arguments.to.replace("{target}", spec.target.name)
    destination = open_backend(
        url,
        target=spec.target.name,
        folder=arguments.specs.resolve().parent,
        mirror=spec.target.mirror if specs.is_store(url) else None,
        notice=tell,
    )
    state = transfer.migrate(store, destination, identify(os.environ).holder)
    say(
        f"stored serial {state.serial} at {destination.url}; now write state: {arguments.to} "
        f"in {spec.target.where.file}"
    )


def _rename(arguments: StateRename) -> None:
    target = one_spec(arguments).target
    if (arguments.specs / arguments.old / TARGET_FILE).is_file():
        raise UsageError(
            f"{arguments.old} is a target of its own, which needs its state",
            hint="rename its folder first",
        )
    before = replace(target, name=arguments.old, state=target.state_of(arguments.old))
    source = open_store(before, arguments.specs)
    destination = open_store(target, arguments.specs)
    state = transfer.rename(source, destination, identify(os.environ).holder)
    say(
        f"stored {many(state.records.count, 'number')} of {arguments.old} as serial {state.serial} "
        f"of {target.name} at {destination.backend.url}"
    )
    if source.backend.url != destination.backend.url:
        say(f"{source.backend.url} is left as it was: remove it once the plan is right")


def _confirm(arguments: StateRebind, question: str) -> None:
    if arguments.yes:
        return
    if not somebody_answers():
        raise UsageError(
            "cannot ask for confirmation: standard input is not a terminal",
            hint=f"{question} Then give --yes",
        )
    if not ask(question):
        raise UsageError("nothing was changed")
