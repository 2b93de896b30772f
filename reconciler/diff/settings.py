"""The settings of ``target.yaml`` that a reviewer must see change."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from reconciler import removal
from reconciler.diff.model import SettingChange
from reconciler.specs.model import Live, Target
from reconciler.state.model import AppliedSettings, State
from reconciler.wire import Json

ENDPOINT = "endpoint"
REMOVAL = "removal"
UNREVIEWED = "apply.unreviewed"
NONE = "none"
"""What stands for a setting that is not there."""


def settings_of(target: Target) -> AppliedSettings:
    """The settings of the last apply, as the state keeps them."""
    return AppliedSettings(
        state=target.state,
        limits=tuple((name, str(limit)) for name, limit in asdict(target.limits).items()),
        protected=tuple(span.text for span in target.protected.spans),
        removal=_policy_text(target.removal),
        unreviewed=target.unreviewed,
    )


def setting_changes(target: Target, state: State) -> tuple[SettingChange, ...]:
    """What differs from the settings under which the last apply ran, in the order of the file.

    Only of what a state keeps of them.
    """
    after = settings_of(target)
    before = after if state.settings is None else state.settings
    endpoint = state.endpoint if state.serial else target.endpoint
    return _differences(_kept(endpoint, before), _kept(target.endpoint, after))


def target_changes(before: Target | None, after: Target) -> tuple[SettingChange, ...]:
    """What differs between two files, of all their settings; ``before`` is None for a new one."""
    if before is None:
        usual = Target(after.name, NONE, NONE, after.folder, after.where)
        return _differences(all_settings(usual), all_settings(after))
    return _differences(all_settings(before), all_settings(after))


def all_settings(target: Target) -> Json:
    """Every setting as ``target.yaml`` nests them, as text."""
    kept = _kept(target.endpoint, settings_of(target))
    numbering = target.numbering
    return {
        **kept,
        "allow_plaintext": "true" if target.allow_plaintext else "false",
        "mirror": _text(target.mirror),
        "defaults": {"source": _text(target.source)},
        "numbers": {
            "country": _text(None if numbering is None else numbering.country),
            "form": _text(None if numbering is None else numbering.form),
        },
        "characters": target.characters.value,
        "apply": {
            "concurrency": str(target.concurrency),
            "requests_per_second": _text(target.requests_per_second),
            **kept["apply"],
        },
        "live": {"reader": target.live.reader, "file": _text(target.live.file)},
        "lint": {"ignore": ", ".join(sorted(target.ignored)) or NONE},
    }


def digested_settings(target: Target) -> Json:
    """Every setting as a digest names it.

    Digests stand in reviews and approvals, so a setting that older versions did not know counts
    only where it is not the usual one.
    """
    settings = all_settings(target)
    if target.live == Live():
        del settings["live"]
    return settings


def joined(*found: Sequence[SettingChange]) -> tuple[SettingChange, ...]:
    """Changes against several earlier files, each of one name and value once."""
    once = {(each.name, each.after): each for changes in found for each in changes}
    return tuple(once.values())


def _kept(endpoint: str, settings: AppliedSettings) -> Json:
    """Of the settings what a state keeps."""
    return {
        ENDPOINT: endpoint,
        "state": settings.state,
        "limits": dict(settings.limits),
        "protected": ", ".join(settings.protected) or NONE,
        REMOVAL: settings.removal,
        "apply": {"unreviewed": settings.unreviewed},
    }


def _text(value: object) -> str:
    return NONE if value is None else str(value)


def _differences(before: Json, after: Json) -> tuple[SettingChange, ...]:
    if before == after:
        return ()
    from deepdiff import DeepDiff  # noqa: PLC0415  (slow to import, and rarely needed)
    from deepdiff.helper import notpresent  # noqa: PLC0415

    tree = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    found: dict[str, SettingChange] = {}
    # A limit is added where the last apply was made by a version that did not have it.
    for level in (*tree.get("values_changed", ()), *tree.get("dictionary_item_added", ())):
        name = ".".join(level.path(output_format="list"))
        old = NONE if level.t1 is notpresent else level.t1
        found[name] = SettingChange(name, old, level.t2)
    return tuple(found[name] for name in _names(after) if name in found)


def _names(settings: Json) -> Iterator[str]:
    """``endpoint``, ``limits.max_create``, … in order."""
    for name, value in settings.items():
        yield from (f"{name}.{key}" for key in value) if isinstance(value, dict) else (name,)


def _policy_text(policy: removal.Removal) -> str:
    match policy:
        case removal.KeepPolicy():
            return "keep"
        case removal.ParkPolicy(routing):
            return "park at " + ", ".join(f"{name} {value}" for name, value in routing.items())
        case removal.DeletePolicy():  # pragma: no branch  (there is no other)
            return "delete"
