"""Loading the demo: everything in one transaction, so that a load that is killed leaves nothing behind."""

import logging
from collections.abc import Callable, Sequence

from piccolo.table import Table

from gongzhi.core.actors import mergers
from gongzhi.core.actors.commands import MergeOrganizations, MergeSource
from gongzhi.core.actors.tables import Organization
from gongzhi.core.audit.log import record
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue.lists import ListRegistry
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import Database, using
from gongzhi.core.errors import Conflict
from gongzhi.core.host import Host
from gongzhi.core.permissions import SYSTEM, core_vocabulary, pinned, require
from gongzhi.core.permissions import load as load_policy
from gongzhi.core.territory.tables import Territory
from gongzhi.core.workflow.gates import open_to
from gongzhi.data import LISTS, reference_list
from gongzhi.demo import assignments, lists, offerings, organizations, people, places
from gongzhi.demo.scenario import DISTRICT, MERGED_ON, MERGERS

logger = logging.getLogger("gongzhi.demo")

Progress = Callable[[str, int], None]
"""Told what was loaded, and how many."""

MARK = "Demo:futian-2015"
"""The record that the load's audit lines name: committed with everything else, they tell that it is there."""
_BATCH = 500
_STATEMENT_SECONDS = 60.0


def silent(what: str, count: int) -> None:
    """Progress that nobody follows."""


async def loaded(database: Database) -> bool:
    """Whether the demo is in this migrated database, whole: there is no half."""
    with using(database):
        return bool(await AuditEntry.exists().where(AuditEntry.record == MARK))


async def load(database: Database, progress: Progress = silent) -> None:
    """Load the demo into a migrated database, bound to its tables; one that has it already stays as it is.

    :raises Conflict: the database holds other records.
    """
    with using(database), pinned(load_policy(None, core_vocabulary())):
        async with database.transaction(statement_timeout=_STATEMENT_SECONDS):
            if await loaded(database):
                return
            if await Territory.exists():
                raise Conflict(
                    "the database holds records that are not the demo's; give the demo a database of its own"
                )
            await _load(progress)


async def load_modules(database: Database, host: Host, progress: Progress = silent) -> list[str]:
    """Let each module at work enter its demo records, once; answers what went wrong, a line for each module.

    A module's records are committed together or not at all, and one that fails keeps no other from entering its own.
    """
    wrong: list[str] = []
    with using(database), pinned(load_policy(None, host.vocabulary(), plugins=host.policies())), open_to(host.gates()):
        for plugin in host.plugins:
            name = plugin.module.id
            if await AuditEntry.exists().where(AuditEntry.record == f"{MARK}:{name}"):
                continue
            try:
                async with database.transaction(statement_timeout=_STATEMENT_SECONDS):
                    await _enter(host, name, progress)
            except Exception as error:  # a module may raise anything, and the demo goes on without its records
                logger.exception("the demo of module %s", name)
                wrong.append(f"{name}: {type(error).__name__}: {error}")
    await Sealer(database).seal_all()
    return wrong


async def _enter(host: Host, name: str, progress: Progress) -> None:
    entered = await host.demo(name)
    if entered is None:
        return
    for what, count in entered.items():
        progress(what, count)
    decision = require(SYSTEM, "create", "actors.account", DISTRICT)
    await record(SYSTEM, decision, f"{MARK}:{name}", None, dict(entered))


async def _load(progress: Progress) -> None:
    territory = places.places()
    progress("places", await _write("territory.territory", territory))
    rows = organizations.organizations(territory)
    known: dict[str, Organization] = {row.code: row for row in rows}
    progress("organizations", await _write("actors.organization", rows))
    await _insert(organizations.service_areas(territory, known))
    accounts, posts = people.people(known)
    progress("accounts", await _write("actors.account", accounts))
    progress("posts", await _write("actors.membership", posts))
    progress("workstations merged into others", await _merge())
    await _publish(progress)
    progress("offerings", await _write("catalogue.offering", offerings.offerings(territory, known)))
    tasks = assignments.tasks(territory, known)
    held = [*assignments.functions(territory, known), *tasks.assignments]
    progress("assignments", await _write("catalogue.assignment", held))
    progress("dispositions", await _write("catalogue.disposition", tasks.dispositions, action="record"))


async def _write(resource: str, rows: Sequence[Table], action: str = "create") -> int:
    """Insert the rows, with one audit line for all of them; answers their number."""
    await _insert(rows)
    decision = require(SYSTEM, action, resource, DISTRICT)
    await record(SYSTEM, decision, MARK, None, {"rows": len(rows)})
    return len(rows)


async def _insert(rows: Sequence[Table]) -> None:
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        await type(batch[0]).insert(*batch)


async def _merge() -> int:
    for source, into in MERGERS.items():
        command = MergeOrganizations(
            sources=(MergeSource(code=f"{source}-station"),), into=f"{into}-station", effective_on=MERGED_ON
        )
        await mergers.merge(SYSTEM, command)
    return len(MERGERS)


async def _publish(progress: Progress) -> None:
    catalogue = Catalogue(ListRegistry())
    await catalogue.ensure_lists()
    for slug in LISTS:
        count = await lists.publish(catalogue, reference_list(slug), organizations.OFFICE)
        progress(f"items of {slug}", count)
