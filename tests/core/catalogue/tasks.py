"""Short ways to assign tasks and to decide about them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from gongzhi.core.catalogue import assignments, tables
from gongzhi.core.catalogue.assignments import AssignmentFilter
from gongzhi.core.catalogue.commands import CreateAssignment, RecordDisposition
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.records import Assignment, Disposition
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM, Principal
from tests.core.places import TODAY, traces

TASKS = "station-tasks"
NANYUAN, DONGYUAN, BADENG = "/futian/nanyuan", "/futian/nanyuan/dongyuan", "/futian/nanyuan/badeng"
MEITING = "/futian/meilin/meiting"
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
REFORM = date(2015, 7, 1)


async def assigned(
    catalogue: Catalogue, code: str = "t1", performer: str = "station", principal: Principal = SYSTEM, **more: Any
) -> Assignment:
    command = CreateAssignment(
        **{"list_slug": TASKS, "item_code": code, "path": DONGYUAN, "organization": performer, **more}
    )
    return await assignments.assign(principal, catalogue, command)


async def disposed(
    current: Assignment, kind: str, target: str | None = None, principal: Principal = SYSTEM, **more: Any
) -> tuple[Disposition, Assignment]:
    values = {"assignment": current.id, "version": current.version, **more}
    return await assignments.dispose(principal, RecordDisposition(kind=DispositionKind(kind), target=target, **values))


async def performed(organization: UUID | None = None, on: date | None = None, **wanted: Any) -> list[str]:
    wanted = {"organization": organization, "on": on, **wanted}
    page = await assignments.assignments(ANONYMOUS, AssignmentFilter(**wanted), PageRequest(first=100))
    return sorted(row.item_code for row in page.rows)


async def rows() -> tuple[object, ...]:
    both = (tables.Assignment, tables.Disposition)
    return (await traces(), *[await table.select().order_by(table._meta.primary_key) for table in both])


async def id_of(code: str) -> UUID:
    row = await tables.Organization.select(tables.Organization.id).where(tables.Organization.code == code).first()
    assert row is not None
    return UUID(str(row["id"]))
