"""What the bot tells its operators: one line for each event, with a name and fields.

A field holds ids of the program, numbers and names of classes; never words of people, never an id
of a conversation. `tests/http/test_no_trace.py` greps for both.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, cast

import structlog
from structlog.typing import EventDict, Processor

from bot.errors import place_of
from bot.metrics import faults
from bot.settings import Settings

OWN = ("bot", "actions")
_stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
# Names of classes, and the codes of Slack: no label is longer, or says more.
_NAME = re.compile(r"\w{0,60}")
_fields = structlog.stdlib.ExtraAdder()


def event_log(name: str) -> structlog.stdlib.BoundLogger:
    """The log of a module: `log.error("turn_failed", reason="TimeoutError")`. Events from WARNING
    on are counted as faults, whatever LOG_LEVEL is."""
    logger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            _counted,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.render_to_log_kwargs,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return cast(structlog.stdlib.BoundLogger, logger)


def configure_logs(settings: Settings) -> None:
    """All lines of this process, also those of libraries, in the form that LOG_FORMAT names."""
    logging.captureWarnings(True)
    # Warnings of Rasa's dependencies; our own are errors in the tests.
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings.log_format))
    # What Rasa and the clients of Slack and databases tell below WARNING holds what people wrote.
    logging.basicConfig(level=level_of_others(settings), handlers=[handler], force=True)
    for own in OWN:
        logging.getLogger(own).setLevel(settings.log_level)


def level_of_others(settings: Settings) -> int:
    """The level of everything that is not ours."""
    return max(int(logging.getLevelName(settings.log_level)), logging.WARNING)


def _formatter(form: str) -> logging.Formatter:
    """JSON, or logfmt: `timestamp=... level=error event=turn_failed reason=TimeoutError`."""
    renderer: Processor = (
        structlog.processors.JSONRenderer(default=str)
        if form == "json"
        else structlog.processors.LogfmtRenderer(bool_as_flag=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_line],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _line(_: Any, __: str, event: EventDict) -> EventDict:
    """Time, level, event, and the fields of our own events. Of an exception only its class and
    place: its message may hold what a person wrote."""
    record: logging.LogRecord = event["_record"]
    line: EventDict = {
        "timestamp": _stamp(None, "", {})["timestamp"],
        "level": record.levelname.lower(),
        "event": " ".join(str(event["event"]).split()),  # one line
    }
    if record.name.partition(".")[0] in OWN:
        line = _fields(logging.getLogger(), "", {**line, "_record": record})
    raised = event.get("exc_info")
    error = raised[1] if isinstance(raised, tuple) else None
    if error is not None:
        line["reason"], line["at"] = type(error).__name__, place_of(error)
    event.pop("event")
    event.pop("exc_info", None)
    return {**line, **event, **line}


def _counted(_: Any, method: str, event: EventDict) -> EventDict:
    if method in ("warning", "error"):
        reason = str(event.get("reason", ""))
        faults.labels(event["event"], reason if _NAME.fullmatch(reason) else "other").inc()
    return event
