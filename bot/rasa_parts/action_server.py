"""`python -m bot.rasa_parts.action_server`: the actions in a process of their own.

rasa-sdk listens on every address unless it is told otherwise; this binds to loopback.
"""

from __future__ import annotations

import os
import sys

from rasa_sdk.endpoint import run

from bot.knowledge.search import entry_search
from bot.logs import configure_logs
from bot.runtime import runtime

PORT = 5055


def main() -> None:
    """Serve the actions on loopback until stopped."""
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    configure_logs(runtime().settings)
    # Everything is read before the first call: an action has 3 seconds.
    entry_search(runtime().knowledge.catalogue())
    run("actions", port=int(sys.argv[1]) if len(sys.argv) > 1 else PORT)


if __name__ == "__main__":
    main()
