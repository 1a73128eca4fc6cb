"""A small district, and callers with one role each, for the tests of core's services."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from gongzhi.core import clock
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.events.tables import Event
from gongzhi.core.permissions import SYSTEM, Binding, Principal, Snapshot, core_vocabulary, load
from gongzhi.core.territory import service
from gongzhi.core.territory.records import CreateTerritory, Level, Territory

TODAY = date(2015, 6, 1)
FOUNDED = date(2000, 1, 1)


@cache
def shipped_policy() -> Snapshot:
    return load(None, core_vocabulary())


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """Stand still at noon of a day, in the district's time."""
    with clock.frozen(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
        yield


def holding(role: str, path: str, organization: UUID | None = None, account: UUID | None = None) -> Principal:
    """A caller who holds one role at one place."""
    binding = Binding(role=role, path=path, organization_id=organization)
    return Principal(account_id=account, account_code=role, bindings=(binding,))


async def place(path: str, level: Level, *, code: str | None = None, population: int | None = None) -> Territory:
    """Create the place at `path`, whose parent exists."""
    parent, _, slug = path.rpartition("/")
    return await service.create(
        SYSTEM,
        CreateTerritory(
            code=code or path.strip("/").replace("/", "-"),
            slug=slug,
            level=level,
            name=slug,
            parent_path=parent or None,
            valid_from=FOUNDED,
            population=population,
        ),
    )


async def small_district() -> None:
    """Futian with two subdistricts: Nanyuan with two communities, Meilin with three."""
    await place("/futian", Level.district)
    for subdistrict, communities in (("nanyuan", ("dongyuan", "badeng")), ("meilin", ("meiting", "meilin1", "xiamei"))):
        await place(f"/futian/{subdistrict}", Level.subdistrict)
        for community in communities:
            await place(f"/futian/{subdistrict}/{community}", Level.community)


async def traces() -> tuple[int, int]:
    """How many audit lines and events there are."""
    return await AuditEntry.count(), await Event.count()
