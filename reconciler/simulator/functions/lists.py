"""``ingroup_list``, ``callmenu_list``, ``vm_list``: HTML to choose an entry from.

A fixture has no voicemail boxes. Any user who can log in may read the lists. The field's name,
which a caller gives, loses quotes and semicolons only: it can break out of the page, as on a real
server.
"""

import re
from collections.abc import Iterable

from reconciler.simulator.replies import Request

_HEAD = """
<HTML><head><title>NON-AGENT API</title>

</head>

<body>
<a href="javascript:close_file();"><font size=1 face="Arial,Helvetica">close frame</font></a>
<div id='selectframe' style="height:400px;width:710px;overflow:scroll;">
<table border=0 cellpadding=1 cellspacing=2 width=690 bgcolor=white><tr>
<td width=30>#</td>
"""
_SMALL = '<font size=1 face="Arial,Helvetica">'
_FONT = '<font size=2 face="Arial,Helvetica">'
_STRIPES = ("#F6F6F6", "#E6E6E6")
_COLOUR = f'</td>\n<td bgcolor="">{_FONT}{" &nbsp;" * 4} '


def ingroup_list(request: Request) -> str:
    """All in-groups, by name."""
    return _page(request, ("Inbound Groups", "Name", "Color"), request.fixture.in_groups, _COLOUR)


def callmenu_list(request: Request) -> str:
    """All call menus, by name."""
    return _page(request, ("Call Menus", "Name"), request.fixture.call_menus, "")


def vm_list(request: Request) -> str:
    """All voicemail boxes: always empty."""
    return _page(request, ("Voicemail Boxes", "Name", "Email"), (), "")


def _page(request: Request, titles: tuple[str, ...], entries: Iterable[str], last: str) -> str:
    field = re.sub('[";]', "", request.params.get("comments", ""))
    first, *rest = titles
    head = f"<td colspan=2>{first}</td>\n" + "".join(f"<td>{title}</td>\n" for title in rest)
    rows = "".join(
        f'<tr bgcolor="{_STRIPES[place % 2]}"><td width=30>{_SMALL}{place}</td>\n'
        f"<td colspan=2><a href=\"javascript:choose_file('{entry}','{field}');\">"
        f"{_FONT}{entry}</a></td>\n"
        f"<td>{_FONT}{entry.title()}{last}</td></tr>\n"
        for place, entry in enumerate(sorted(entries, key=str.upper), start=1)
    )
    return f"{_HEAD}{head}</tr>\n{rows}</table></div></body></HTML>\n"
