"""A thousand postings on one account by eight callers, beside plain inserts of the same rows by the same callers."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from gongzhi.core import ledger
from gongzhi.core.db import Database, connect, using
from gongzhi.core.ids import uuid7
from gongzhi.core.ledger import AccountKind, OpenAccount, Posting, credit, debit
from gongzhi.core.migrations import core_apps, migrate

SERVER = os.environ.get("GONGZHI_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
POSTINGS = 1000
CALLERS = 8
ROUNDS = 3
MOST_TIMES = 12.0
"""A posting reads and locks accounts, looks for its reference and changes balances: three statements beside the two
inserts, and on one account nobody works while another does."""
PLAIN = (
    "CREATE TABLE plain_entry AS SELECT * FROM ledger_entry WHERE 1 = 0",
    "CREATE TABLE plain_line AS SELECT * FROM ledger_line WHERE 1 = 0",
)
INSERTS = (
    "INSERT INTO plain_entry (id, book, reference, digest) VALUES ({0}, {1}, {2}, {3})",
    "INSERT INTO plain_line (id, entry, account, amount) VALUES ({0}, {1}, {2}, 3), ({3}, {1}, {4}, -3)",
)

Row = tuple[str, float, str, float | None]
Work = Callable[[str], Awaitable[object]]


def rows() -> list[Row]:
    """For each engine the milliseconds of a posting, those of plain inserts, and their ratio."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    found: list[Row] = []
    for engine, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        async with opened() as database:
            posting, plain = await _measured(database)
        name = f"{engine}: {POSTINGS:,} postings on one account by {CALLERS} callers"
        found += [
            (f"{name}, each", posting, "ms", None),
            (f"{engine}: plain inserts of the same rows by as many, each", plain, "ms", None),
            (f"{engine}: the first to the second", posting / plain, "ratio", MOST_TIMES),
        ]
    return found


async def _measured(database: Database) -> tuple[float, float]:
    """The milliseconds of one posting and of one set of inserts: the shortest of several rounds, taken in turns."""
    for statement in PLAIN:
        await database.execute(statement)
    accounts = [await _account(kind) for kind in (AccountKind.asset, AccountKind.equity)]
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS):
        times[0].append(await _cost(_posting(accounts), turn))
        times[1].append(await _cost(_inserts(database, accounts), turn))
    balance = await ledger.balance(accounts[0])
    assert balance.balance == 3 * POSTINGS * ROUNDS
    assert await ledger.verify() == []
    return min(times[0]), min(times[1])


async def _account(kind: AccountKind) -> UUID:
    command = OpenAccount(book="bench", code=kind.value, owner="Bench:1", path="/futian", unit="fen", kind=kind)
    return (await ledger.open_account(command)).id


def _posting(accounts: list[UUID]) -> Work:
    lines = (debit(accounts[0], 3), credit(accounts[1], 3))
    return lambda reference: ledger.post(Posting(book="bench", reference=reference, lines=lines))


def _inserts(database: Database, accounts: list[UUID]) -> Work:
    marks = ["?1", "?2", "?3", "?4", "?5"] if database.dialect == "sqlite" else ["$1", "$2", "$3", "$4", "$5"]
    entry, lines = (statement.format(*marks) for statement in INSERTS)

    async def work(reference: str) -> None:
        key = uuid7()
        async with database.transaction():
            await database.execute(entry, key, "bench", reference, "0" * 64)
            await database.execute(lines, uuid7(), key, accounts[0], uuid7(), accounts[1])

    return work


async def _cost(work: Work, turn: int) -> float:
    async def caller(number: int) -> None:
        for step in range(POSTINGS // CALLERS):
            await work(f"{turn}-{number}-{step}")

    start = time.perf_counter()
    await asyncio.gather(*map(caller, range(CALLERS)))
    return (time.perf_counter() - start) * 1000 / POSTINGS


@asynccontextmanager
async def _sqlite() -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        async with _migrated(f"sqlite:///{folder}/ledger.db") as database:
            yield database


@asynccontextmanager
async def _postgresql() -> AsyncIterator[Database]:
    name = f"gongzhi_bench_{os.getpid()}_ledger"
    await _on_server(f'CREATE DATABASE "{name}"')
    try:
        async with _migrated(urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))) as database:
            yield database
    finally:
        await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _on_server(sql: str) -> None:
    connection = await asyncpg.connect(SERVER)
    await connection.execute(sql)
    await connection.close()


@asynccontextmanager
async def _migrated(url: str) -> AsyncIterator[Database]:
    async with connect(url, pool_size=CALLERS) as database:
        with using(database):
            await migrate(database, core_apps())
            database.bind(table for app in core_apps() for table in app.tables)
            yield database
