"""First on PYTHONPATH of a started bot: nothing leaves this machine.

Python's own events for sockets and look-ups of names are refused unless they are for loopback,
and written down in the file that NETWORK_LOG names. It needs no rights.
"""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


class NetworkIsClosed(OSError):
    """Something wanted to speak to another machine."""


def is_here(host: Any) -> bool:
    """Is it this machine? A path (a local socket) and no host at all are."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost" or "/" in name:
        return True
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Called by Python before each of these happens."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "/local"
    elif event in LOOK_UPS:
        host = arguments[0]
    else:
        return
    if not is_here(host):
        with Path(os.environ["NETWORK_LOG"]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {host}\n")
        raise NetworkIsClosed(f"{event}: {host}")


sys.addaudithook(refuse)
