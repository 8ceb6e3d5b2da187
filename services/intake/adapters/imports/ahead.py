"""A portion that is made ready while intake takes the one before."""

from collections.abc import Sequence
from typing import NamedTuple

import structlog

from services.intake.adapters.door import Aside
from services.intake.adapters.imports.around import PrepareEvents
from services.intake.adapters.imports.portions import Portion
from services.intake.domain.examine.feed import Feed
from shared.platform.tracebacks import where_raised

log = structlog.get_logger()


class ReadyPortion(NamedTuple):
    """What was read, and what intake is given of it."""

    portion: Portion
    events: Sequence[object]


async def made_ready(
    portion: Portion, prepare: PrepareEvents, *, aside: Aside, feed: Feed
) -> ReadyPortion:
    """Where that fails its events stay as they are: who takes them finds out which it was."""
    events: Sequence[object] = portion.events
    try:
        events = await prepare(events, aside=aside, only=feed)
    except Exception as error:  # its text may hold what was sent
        log.warning("a portion was not made ready", because=where_raised(error))
    return ReadyPortion(portion, events)
