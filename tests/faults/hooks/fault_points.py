"""Where a bot can be made to stand still (sitecustomize.py)."""

from __future__ import annotations

BEFORE, AFTER = "before", "after"
# Point: module, class, method, and whether the process stops before or after it.
POINTS = {
    "between the action's write and Rasa's save": (
        "bot.rasa_parts.tracker_store",
        "ConversationTrackerStore",
        "save",
        BEFORE,
    ),
    "in the transaction of a turn": ("bot.records.sql_place", "SqlPlace", "_save_tracker", AFTER),
    "between the commit and the answer": ("bot.records.store", "Records", "add_turn", AFTER),
    "while consent moves a conversation": ("bot.records.store", "Records", "_move", BEFORE),
    "between the two places of a move": ("bot.records.sql_place", "SqlPlace", "put", AFTER),
}
