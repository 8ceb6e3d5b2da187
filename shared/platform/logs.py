"""Structured logs: one JSON object a line in production, readable lines on a terminal.

Never log a record's content: keys and values of customers are personal or close to it.
"""

import logging
import sys
from typing import Literal

import structlog

REPEATS_AFTER_SECONDS = 10.0
MOST_REMEMBERED = 1000


class SeldomRepeated(logging.Filter):
    """Lets a library say the same thing once in a while: aiokafka says ten times a second that
    the broker is away."""

    def __init__(self, library: str) -> None:
        super().__init__()
        self._library = library
        self._said_at: dict[object, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] != self._library:
            return True
        said_at = self._said_at.get(record.msg)
        if said_at is not None and record.created - said_at < REPEATS_AFTER_SECONDS:
            return False
        if len(self._said_at) >= MOST_REMEMBERED:
            self._said_at.clear()
        self._said_at[record.msg] = record.created
        return True


def configure_logging(
    *, service: str, level: str = "INFO", form: Literal["json", "console"] = "json"
) -> None:
    """Send structlog's and the libraries' logs to standard error, in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(SeldomRepeated("aiokafka"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # httpx would tell each address that it asks: customers' numbers are in some
    for noisy in ("aiokafka", "faststream", "httpx", "pymongo"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            )
            if form == "json"
            else structlog.processors.UnicodeDecoder(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
