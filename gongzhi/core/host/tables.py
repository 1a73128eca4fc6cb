"""The plugins' tables: migrated one plugin after the other, so that one that fails does not stop the rest."""

import logging

from gongzhi.core.db import Database
from gongzhi.core.host.host import Host
from gongzhi.core.migrations import core_apps, migrate, require_current

logger = logging.getLogger("gongzhi.host")


async def prepare_tables(database: Database, host: Host, *, migrating: bool) -> list[str]:
    """Bring the tables up to date (or check that they are), and bind them; answers what was applied.

    A plugin whose tables cannot be brought up to date, or are not, is switched off. Its data stay as they are.

    :raises Unavailable: the core's tables are not up to date, or the database does not answer.
    """
    apps = core_apps()
    applied = await migrate(database, apps) if migrating else []
    await require_current(database, apps)
    for plugin in host.plugins:
        if plugin.app is None or plugin not in host.plugins:
            continue
        try:
            if migrating:
                applied += await migrate(database, [*apps, plugin.app])
            await require_current(database, [*apps, plugin.app])
        except Exception as error:  # a plugin's migration may raise anything, and the host goes on without it
            logger.exception("the tables of plugin %s", plugin.module.id)
            host.fail(plugin.module.id, f"its tables are not up to date: {error}")
        else:
            apps = [*apps, plugin.app]
    database.bind(table for app in apps for table in app.tables)
    return applied
