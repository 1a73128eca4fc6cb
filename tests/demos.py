"""The demo data, loaded once in a worker and copied for whoever changes it."""

from gongzhi import demo
from gongzhi.core.host import prepare_tables
from gongzhi.core.permissions import pinned
from gongzhi.installation import host_of
from gongzhi.testing import databases
from gongzhi.testing.serving import settings_for
from tests.core.places import shipped_policy


async def filled(url: str) -> str:
    """Migrate a database and load the demo into it."""
    await databases.migrated(url)
    async with databases.opened(url) as database:
        with pinned(shipped_policy()):
            await demo.load(database)
        host = host_of(settings_for(url))
        await prepare_tables(database, host, migrating=True)
        assert await demo.load_modules(database, host) == []
    return url
