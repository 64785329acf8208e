"""One message of a person, as every channel hands it over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One message of a person: `id` is the client's own; either `text` or the `choice` tapped.
    `choices`: all that were picked together, where a question takes several."""

    id: str
    text: str = ""
    choice: str | None = None
    choices: tuple[str, ...] = ()
