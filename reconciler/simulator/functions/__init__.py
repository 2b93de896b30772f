"""The functions of the API: on DIDs, and lists of choices."""

from collections.abc import Callable, Mapping

from reconciler.simulator.functions.add_did import add_did
from reconciler.simulator.functions.copy_did import copy_did
from reconciler.simulator.functions.did_log_export import did_log_export
from reconciler.simulator.functions.lists import callmenu_list, ingroup_list, vm_list
from reconciler.simulator.functions.update_did import update_did
from reconciler.simulator.replies import Printing, Request

FUNCTIONS: Mapping[str, Printing] = {
    "copy_did": copy_did,
    "update_did": update_did,
    "add_did": add_did,
    "did_log_export": did_log_export,
}
"""Each text that they print is followed by an entry in the log of calls.

``version`` is not among them: it needs no log-in.
"""

LISTS: Mapping[str, Callable[[Request], str]] = {
    "ingroup_list": ingroup_list,
    "callmenu_list": callmenu_list,
    "vm_list": vm_list,
}
"""They are not logged."""
