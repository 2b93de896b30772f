"""Remarks on a target without a state: it may be lost, or the folder renamed."""

import os
from pathlib import Path

from reconciler.report.document import Remark
from reconciler.report.words import many
from reconciler.specs.files import TARGET_FILE
from reconciler.specs.model import Target
from reconciler.specs.urls import server
from reconciler.state import lost
from reconciler.state.model import State
from reconciler.state.store import Loaded


def first_remarks(
    loaded: Loaded, target: Target, root: Path, folder: Path | None = None
) -> tuple[Remark, ...]:
    """The remarks; empty where a state is stored.

    ``root`` are the specs; ``folder`` is where states are kept, by default beside them.
    """
    if loaded.stored is not None:
        return ()
    folder = folder or root.resolve().parent

    def is_of_a_renamed_folder(state: State) -> bool:
        gone = not (root / state.target / TARGET_FILE).is_file()
        return gone and server(state.endpoint) == server(target.endpoint)

    remarks = []
    found = lost.trace(target.state, target=target.name, folder=folder, env=os.environ)
    if found is not None:
        remarks.append(
            Remark(f"the state of {target.name} may have been lost: {found.what}", found.back)
        )
    for each in lost.beside(
        target.state, folder=folder, env=os.environ, wanted=is_of_a_renamed_folder
    ):
        old = each.state.target
        remarks.append(
            Remark(
                f"no state is known of {target.name}, and {each.where} knows "
                f"{many(each.state.records.count, 'number')} of the same server as {old}, which "
                "has no folder any more",
                f"if {target.name} is {old} under a new name: reconciler state rename {old} "
                f"--target {target.name}",
            )
        )
    return tuple(remarks)
