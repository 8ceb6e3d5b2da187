"""The service's own log lines, in the trace instead of on the terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.platform.tracebacks import where_raised

REPAIRS = "the audit repairs"
"""Told where something was stored that does not follow from the facts: a defect."""


@contextmanager
def logs_to(tell: Callable[[str], None], unexpected: Callable[[str], None]) -> Iterator[None]:
    """Until it ends, hand every line to `tell`, and to `unexpected` what nobody foresaw."""

    def capture(_: WrappedLogger, level: str, line: EventDict) -> EventDict:
        listed = " ".join(f"{name}={value}" for name, value in line.items())
        tell(f"{level}: {listed}")
        if line["event"] == REPAIRS:
            unexpected(listed)
        error = sys.exc_info()[1]
        if line.get("exc_info") and error is not None:
            unexpected(f"{error!r} at {where_raised(error)}")
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    before = list(processors)
    processors[:] = [capture]  # in place, for the loggers that are made already
    try:
        yield
    finally:
        processors[:] = before
