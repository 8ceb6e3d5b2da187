"""A service as it runs, on real servers: what is sent is listed and counted by itself."""

import pytest

from shared.settings import MongoSettings, ServiceSettings
from tests.servers import Broker
from tests.shared.runtime.on_servers import publisher_to, record_of, running, until
from tests.shared.runtime.toy import DEALER, SUMMARIZED, visit

pytestmark = pytest.mark.broker


async def test_what_is_sent_is_listed_and_counted(
    fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    settings = ServiceSettings(kafka=fresh_broker.settings(), mongo=mongo_settings)
    async with publisher_to(settings.kafka) as publisher:
        sent = [visit(number, customer=str(number % 3)) for number in range(30)]
        await publisher.publish([record_of(each) for each in sent])
    async with running(settings, decider=SUMMARIZED) as runtime:

        async def all_listed() -> bool:
            page = await runtime.reader.listed(DEALER, "visits", descending=True)
            return [line.rank for line in page.lines] == [10, 10, 10]

        async def all_counted() -> bool:  # after they are listed, partition by partition
            totals = await runtime.reader.totals(DEALER)
            return totals == {"2026-11": {"customers": 3, "visits": 30}}

        async def filled() -> bool:  # at last also those where nothing is
            return await runtime.reader.summarized_until() is not None

        for come_about in (all_listed, all_counted, filled):
            await until(come_about)
