"""The demo data, loaded once in a worker and copied for whoever changes it."""

from gongzhi import demo
from gongzhi.core.permissions import pinned
from tests import databases
from tests.core.places import shipped_policy


async def filled(url: str) -> str:
    """Migrate a database and load the demo into it."""
    await databases.migrated(url)
    async with databases.opened(url) as database:
        with pinned(shipped_policy()):
            await demo.load(database)
    return url
