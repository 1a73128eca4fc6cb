"""A clock that was set back hides nothing from a webhook."""

from datetime import UTC, datetime, timedelta

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.settings import Settings
from tests.core.webhooks.receiver import receiving
from tests.core.webhooks.sent import happen, registered, worker

NOON = datetime(2030, 6, 1, 4, tzinfo=UTC)


async def test_what_happens_after_the_clock_was_set_back_is_sent(district: Database, settings: Settings) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        await postman.deliver_due()  # what was there before it
        with clock.frozen(NOON):
            await registered(settings, receiver.url)
        with clock.frozen(NOON - timedelta(hours=6)):
            await happen(district, "Territory:1")
            await postman.deliver_due()
        with clock.frozen(NOON - timedelta(hours=6)):
            await happen(district, "Territory:2")
        with clock.frozen(NOON + timedelta(hours=1)):
            await postman.deliver_due()
        assert receiver.records() == ["Territory:1", "Territory:2"]
