"""The settings of ``target.yaml`` that a reviewer must see change."""

from collections.abc import Iterator
from dataclasses import asdict

from reconciler import removal
from reconciler.diff.model import SettingChange
from reconciler.specs.model import Target
from reconciler.state.model import AppliedSettings, State
from reconciler.wire import Json

UNREVIEWED = "apply.unreviewed"


def settings_of(target: Target) -> AppliedSettings:
    """The settings whose change is part of a plan, as the state keeps them."""
    return AppliedSettings(
        state=target.state,
        limits=tuple((name, str(limit)) for name, limit in asdict(target.limits).items()),
        protected=tuple(span.text for span in target.protected.spans),
        removal=_policy_text(target.removal),
        unreviewed=target.unreviewed,
    )


def setting_changes(target: Target, state: State) -> tuple[SettingChange, ...]:
    """What differs from the settings under which the last apply ran, in the order of the file."""
    after = settings_of(target)
    before = after if state.settings is None else state.settings
    endpoint = state.endpoint if state.serial else target.endpoint
    return _differences(_nested(endpoint, before), _nested(target.endpoint, after))


def _nested(endpoint: str, settings: AppliedSettings) -> Json:
    """The settings as ``target.yaml`` nests them."""
    return {
        "endpoint": endpoint,
        "state": settings.state,
        "limits": dict(settings.limits),
        "protected": ", ".join(settings.protected) or "none",
        "removal": settings.removal,
        "apply": {"unreviewed": settings.unreviewed},
    }


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
        old = "none" if level.t1 is notpresent else level.t1
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
