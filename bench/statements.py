"""What a page and a change cost beside the driver alone: the same rows, read and written by bare asyncpg."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg

from bench.http import database as rows_of_bench
from bench.http.writing import Copies
from bench.pace import choose
from bench.targets import AtLeast, Row
from gongzhi import __version__
from gongzhi.core.actors import organizations
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.catalogue import offerings as supply
from gongzhi.core.catalogue.commands import CreateOffering
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import Database, connect, using
from gongzhi.core.host import Host
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import Principal, pinned
from gongzhi.core.permissions import load as load_policy
from gongzhi.installation import builtin

CALLER, SIZE, CONNECTIONS, WRITERS = "demo-district-admin", 20, 10, 32
PLACE, PROVIDER, ITEM = "/futian/nanyuan/dongyuan", "dongyuan-centre", ("value-added-services", "V001")
Work = Callable[[], Awaitable[Any]]


def rows() -> list[Row]:
    """CPU of a page beside the driver's, and changes a second beside bare transactions; medians of rounds in turns."""
    with rows_of_bench.filled() as (url, _):
        return asyncio.run(_rows(url))


async def _rows(url: str) -> list[Row]:
    host = Host(builtin(), __version__)
    async with connect(url, pool_size=CONNECTIONS, pool_wait=30) as database:
        with using(database), pinned(load_policy(None, host.vocabulary(), plugins=host.policies())):
            database.bind(table for app in host.apps() for table in app.tables)
            caller = await principal_for(CALLER)
            catalogue = Catalogue(host.lists())
            await catalogue.refresh()
            return [*await _page(database, caller, url), *await _change(database, caller, catalogue, url)]


async def _page(database: Database, caller: Principal, url: str) -> list[Row]:
    """A page of offerings with their providers: two statements."""
    asked: list[tuple[str, Any]] = []
    run = database.engine.run_alone

    async def page() -> None:
        wanted, request = supply.OfferingFilter(within="/futian"), PageRequest(first=SIZE)
        found = await supply.offerings(caller, wanted, request)
        assert len(found.rows) == SIZE
        await organizations.by_ids({row.organization for row in found.rows})

    async def noting(sql: str, values: Any) -> Any:
        asked.append((sql, values))
        return await run(sql, values)

    database.engine.run_alone = noting  # type: ignore[method-assign]  # once, to send the same by the driver alone
    await page()
    del database.engine.run_alone
    connection = await asyncpg.connect(url)

    async def bare() -> None:
        for sql, values in asked:
            await connection.fetch(sql, *values)

    spent = await _in_turns([partial(_processor, page), partial(_processor, bare)])
    await connection.close()
    return [
        (
            f"CPU of a page of {SIZE} offerings with providers to that of its statements",
            spent[0] / spent[1],
            "ratio",
            3,
        ),
        (f"CPU of a page of {SIZE} offerings with providers", spent[0] * 1e6, "µs", None),
        ("statements of it", len(asked), "statements", 3),
    ]


async def _change(database: Database, caller: Principal, catalogue: Catalogue, url: str) -> list[Row]:
    """An offering with its audit line and its event, checked, durable, by many at once."""

    async def create() -> None:
        command = CreateOffering(
            list_slug=ITEM[0], item_code=ITEM[1], path=PLACE, organization=PROVIDER, location=str(uuid4())
        )
        await database.run_in_transaction(partial(supply.create, caller, catalogue, command), 12)

    await create()
    async with Copies(url, CONNECTIONS) as copies:
        rates = await _in_turns([partial(_rate, create), partial(_rate, copies.write)])
    return [
        ("offerings created to bare transactions of the same rows", rates[0] / rates[1], "ratio", AtLeast(0.5)),
        ("offerings created, with audit line and event, by 32 at once", rates[0], "a second", None),
    ]


async def _in_turns(measured: list[Callable[[], Awaitable[float]]]) -> list[float]:
    found: list[list[float]] = [[] for _ in measured]
    for _ in range(int(choose(9, 3))):
        for values, each in zip(found, measured, strict=True):
            values.append(await each())
    return [statistics.median(values) for values in found]


async def _processor(work: Work) -> float:
    """Seconds of this process's CPU for one."""
    number = int(choose(500, 50))
    start = time.process_time()
    for _ in range(number):
        await work()
    return (time.process_time() - start) / number


async def _rate(work: Work) -> float:
    """How many a second, by `WRITERS` at once."""
    number = int(choose(1000, 100))
    left = iter(range(number))

    async def one() -> None:
        for _ in left:
            await work()

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(WRITERS)))
    return number / (time.perf_counter() - start)


if __name__ == "__main__":
    for name, value, unit, target in rows():
        print(f"{name}: {value:.2f} {unit}" + ("" if target is None else f" (target {target:g})"))
