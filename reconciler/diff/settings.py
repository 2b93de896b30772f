"""The settings of ``target.yaml`` that a reviewer must see change."""

from reconciler import removal
from reconciler.diff.model import SettingChange
from reconciler.specs.model import Target
from reconciler.state.model import AppliedSettings, State

UNREVIEWED = "apply.unreviewed"


def settings_of(target: Target) -> AppliedSettings:
    """The settings whose change is part of a plan, as the state keeps them."""
    limits = target.limits
    return AppliedSettings(
        state=target.state,
        limits=(
            ("max_create", str(limits.max_create)),
            ("max_update", str(limits.max_update)),
            ("max_remove", str(limits.max_remove)),
            ("max_update_ratio", str(limits.max_update_ratio)),
            ("max_destination_loss", str(limits.max_destination_loss)),
        ),
        protected=tuple(span.text for span in target.protected.spans),
        removal=_policy_text(target.removal),
        unreviewed=target.unreviewed,
    )


def setting_changes(target: Target, state: State) -> tuple[SettingChange, ...]:
    """What differs from the settings under which the last apply ran."""
    found: list[SettingChange] = []
    if state.serial and state.endpoint != target.endpoint:
        found.append(SettingChange("endpoint", state.endpoint, target.endpoint))
    if state.settings is None:
        return tuple(found)
    before, after = state.settings, settings_of(target)
    if before.state != after.state:
        found.append(SettingChange("state", before.state, after.state))
    known = dict(before.limits)
    found += (
        SettingChange(f"limits.{name}", known.get(name, "none"), value)
        for name, value in after.limits
        if known.get(name) != value
    )
    if before.protected != after.protected:
        found.append(
            SettingChange("protected", _listed(before.protected), _listed(after.protected))
        )
    if before.removal != after.removal:
        found.append(SettingChange("removal", before.removal, after.removal))
    if before.unreviewed != after.unreviewed:
        found.append(SettingChange(UNREVIEWED, before.unreviewed, after.unreviewed))
    return tuple(found)


def _listed(patterns: tuple[str, ...]) -> str:
    return ", ".join(patterns) or "none"


def _policy_text(policy: removal.Removal) -> str:
    match policy:
        case removal.Keep():
            return "keep"
        case removal.Park(routing):
            return "park at " + ", ".join(f"{name} {value}" for name, value in routing.items())
        case removal.Delete():  # pragma: no branch  (there is no other)
            return "delete"
