"""A sealed log to tamper with: changes, denials and confidential reads by turns; and a superuser's way to do it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from gongzhi.core.audit import decisions
from gongzhi.core.audit.log import record
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.db import Database
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import SYSTEM, Binding, Principal, decide, pinned
from tests.core.places import shipped_policy

ADMIN = Principal(
    account_id=uuid7(),
    account_code="li-ming",
    bindings=(Binding(role="district.admin", path="/futian"),),
    acting_for=uuid7(),
    source="192.0.2.7",
)
PLACE = "/futian/nanyuan"


async def written(database: Database, lines: int) -> None:
    """A log of so many lines, without seals."""
    with pinned(shipped_policy()):
        async with database.transaction():
            for number in range(lines):
                await _line(number)


async def _line(number: int) -> None:
    if number % 3 == 0:
        allowed = decide(ADMIN, "update", "territory.territory", PLACE)
        after = {"name": f"南园{number}", "population": number}
        await record(ADMIN, allowed, f"Territory:{number}", {"name": "南园", "population": number}, after)
    elif number % 3 == 1:
        await decisions.write([decide(ADMIN, "publish", "mediation.case", PLACE, ("own",))])
    else:
        await decisions.write_reads({f"Case:{number}": decide(SYSTEM, "read", "audit.entry", PLACE)})


async def sealed(database: Database, lines: int) -> None:
    """The same, sealed."""
    await written(database, lines)
    assert await Sealer(database).seal_all() == lines


class _Undone(Exception):
    """Takes back what was tampered with."""


@asynccontextmanager
async def tampering(database: Database) -> AsyncIterator[None]:
    """Write as a superuser who switched the triggers off; afterwards every line is as it was.

    On SQLite the triggers that refuse something stay away: the file is the test's own.
    """
    if database.dialect == "sqlite":
        refusing = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_refused'"
        for row in await database.execute(refusing):
            await database.execute(f"DROP TRIGGER {row['name']}")
    try:
        async with database.transaction():
            if database.dialect == "postgresql":
                await database.execute("SET LOCAL session_replication_role = replica")
            else:
                for table in ("audit_entry", "decision_entry"):
                    await database.execute(f"DROP TRIGGER {table}_waits")
            yield
            raise _Undone
    except _Undone:
        pass


async def order(database: Database) -> list[tuple[str, UUID]]:
    """The table and id of each sealed line, in the order of the chain."""
    rows = await database.execute("SELECT log, entry FROM audit_seal ORDER BY sequence")
    tables = {"change": "audit_entry", "decision": "decision_entry"}
    return [(tables[row["log"]], UUID(str(row["entry"]))) for row in rows]


def other(value: Any) -> str:
    """SQL for a value of the same column that differs a little."""
    if value is None or isinstance(value, UUID):
        return f"'{uuid7()}'"
    if isinstance(value, bool):
        return str(not value).upper()
    if isinstance(value, int):
        return str(value + 1)
    text = str(value)
    return "'" + (text[:-1] + ("y" if text.endswith("x") else "x")).replace("'", "''") + "'"
