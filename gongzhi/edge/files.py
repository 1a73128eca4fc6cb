"""How many files and connections the system lets this process have open, and how many of them clients may take.

Where it has no more, the event loop closes whoever comes without a word; so the last ones are kept for ourselves.
"""

import resource

from gongzhi.core.settings import Settings

KEPT = 32
"""For the listening socket, logs, policy files, modules, webhooks, and clients who are told that there is no room."""

OF_A_CONNECTION = 3
"""Files of a connection to the database: SQLite has the file, its log and its index."""


def allow_all() -> None:
    """Have as many as the system allows: many give a process 1,024 at first, and more if it asks."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def connections(settings: Settings) -> int:
    """The most connections of clients: the setting's, or fewer where files are few."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return settings.connection_limit
    ours = KEPT + OF_A_CONNECTION * settings.pool_size * (1 + len(settings.replicas))
    return max(1, min(settings.connection_limit, most - ours))
