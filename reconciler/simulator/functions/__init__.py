"""The functions of the API, each a function from request to reply."""

from collections.abc import Callable, Mapping

from reconciler.simulator.functions.copy_did import copy_did
from reconciler.simulator.functions.did_log_export import did_log_export
from reconciler.simulator.functions.lists import callmenu_list, ingroup_list, vm_list
from reconciler.simulator.functions.update_did import update_did
from reconciler.simulator.replies import Reply, Request

FUNCTIONS: Mapping[str, Callable[[Request], Reply]] = {
    "copy_did": copy_did,
    "update_did": update_did,
    "ingroup_list": ingroup_list,
    "callmenu_list": callmenu_list,
    "vm_list": vm_list,
    "did_log_export": did_log_export,
}
"""All but ``version``, which needs no log-in and so is no function of a user."""
