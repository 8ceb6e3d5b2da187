"""A portion that is made ready ahead, and one that cannot be."""

from collections.abc import Sequence

from structlog.testing import capture_logs

from services.intake.adapters.door import Aside, at_once
from services.intake.adapters.imports.ahead import made_ready
from services.intake.adapters.imports.portions import Portion
from services.intake.domain.examine.feed import Feed, Reach
from services.intake.domain.mappings.converted import Converted, Skipped
from tests.services.intake.given import PUDONG, event, visit

FEED = Feed(dealer_id=PUDONG, source="cdk")
EVENT = event("visit", visit())
PORTION = Portion([Converted(1, "line 2", EVENT), Skipped(2, "line 3")])


async def test_its_events_are_made_ready_for_its_feed() -> None:
    async def prepare(raws: Sequence[object], /, *, aside: Aside, only: Reach) -> Sequence[object]:
        assert only == FEED
        return await aside(lambda: ["ready" for _ in raws])

    ready = await made_ready(PORTION, prepare, aside=at_once, feed=FEED)
    assert (ready.portion, ready.events) == (PORTION, ["ready"])


async def test_where_that_fails_they_stay_as_they_are_and_no_log_tells_what_was_sent() -> None:
    async def prepare(raws: Sequence[object], /, *, aside: Aside, only: Reach) -> Sequence[object]:
        raise ValueError(f"what was sent: {raws}")

    with capture_logs() as logs:
        ready = await made_ready(PORTION, prepare, aside=at_once, feed=FEED)
    assert ready.events == [EVENT]
    assert [entry["event"] for entry in logs] == ["a portion was not made ready"]
    assert "what was sent" not in str(logs)
