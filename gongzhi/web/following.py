"""What a worker follows while it serves: other workers' publications and the policy files; and whether it is well."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from gongzhi.core import clock
from gongzhi.core.audit import sealing
from gongzhi.core.errors import GongzhiError
from gongzhi.core.host import Host
from gongzhi.core.migrations import pending
from gongzhi.core.permissions import PolicyStore
from gongzhi.core.settings import Settings
from gongzhi.core.territory.known import KnownPlaces
from gongzhi.graphql.context import Services

logger = logging.getLogger("gongzhi")

PLACES_POLL_SECONDS = 3.0
RIGHTS_POLL_SECONDS = 0.3
POLL_SECONDS = 0.5
"""How often a worker looks for another one's publication, which it is to follow within a second."""


def policy_store(settings: Settings, host: Host, places: KnownPlaces) -> PolicyStore:
    """The policy of the directory that the settings name, or the shipped one."""
    directory = Path(settings.policies) if settings.policies else None
    return PolicyStore(host.vocabulary(), directory, plugins=host.policies(), known_paths=places)


@asynccontextmanager
async def changes(services: Services) -> AsyncIterator[None]:
    """Follow, in the background, until the block ends."""
    work = [_catalogue(services), services.policy.watch(), services.tail.run(), _rights(services)]
    if services.settings.policies:
        work.append(_places(services))
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _places(services: Services) -> None:
    """A policy that was refused for naming a place is read again when there are other places."""
    while True:
        await asyncio.sleep(PLACES_POLL_SECONDS)
        with contextlib.suppress(GongzhiError):  # the catalogue's follower tells that the database is away
            if await services.places.refresh() and services.policy.status.error:
                await asyncio.to_thread(services.policy.reload)


async def _rights(services: Services) -> None:
    """Subscriptions are looked at again when the policy, the API clients or the day is another."""
    known: tuple[object, ...] = ()
    while True:
        present = (services.policy.status.revision, services.clients.revision, clock.today())
        if known and present != known:
            services.tail.rights_changed()
        known = present
        await asyncio.sleep(RIGHTS_POLL_SECONDS)


async def _catalogue(services: Services) -> None:
    well = True
    while True:
        await asyncio.sleep(POLL_SECONDS)
        try:
            await services.catalogue.refresh()
            await services.clients.refresh()
        except GongzhiError as error:
            if well:
                logger.warning("the catalogue cannot be followed, the last one is served: %s", error.message)
            well = False
        else:
            well = True


def handlers(services: Services) -> list[HTTPRouteHandler]:
    """The health addresses."""
    watch = sealing.Watch()

    @get("/health/live", sync_to_thread=False)
    def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @get("/health/ready")
    async def ready() -> Response[bytes]:
        """Whether this worker can do its work: the database answers, its tables are current, a policy decides."""
        report = await readiness(services, watch)
        good = all(part == "ok" for name, part in report.items() if name not in ALARMS)
        body = {"status": "ready" if good else "not ready", **report}
        return Response(msgspec.json.encode(body), status_code=200 if good else 503, media_type="application/json")

    return [live, ready]


ALARMS = {"audit"}
"""Parts that somebody must look at, and that keep this worker from answering nobody."""


async def readiness(services: Services, watch: sealing.Watch) -> dict[str, str]:
    """Each part with `ok` or what is wrong. A refused policy file is reported, though the last good one runs."""
    report = {"database": "ok", "migrations": "ok", "policy": "ok", "audit": "ok"}
    try:
        await services.database.ping()
        missing = await pending(services.database, services.host.apps())
        if missing:
            report["migrations"] = f"{len(missing)} are not applied; run `gongzhi migrate`"
        else:
            report["audit"] = await watch.overdue() or "ok"
    except GongzhiError as error:
        report["database"] = error.message
    for failed in services.host.failures:
        report[f"plugin {failed.id}"] = failed.reason
    status = services.policy.status
    if status.error:
        report["policy"] = f"{status.error} The policy {status.revision} decides until the files are corrected."
    return report
