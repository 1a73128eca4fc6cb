"""Doing a mutation three times: with a log that takes no line, with an outbox that takes no event, and in earnest.

The first two must change nothing at all; the third must add lines and events, and on PostgreSQL by one transaction.
"""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gongzhi.core.db import Database, current
from gongzhi.testing.calling import Answer, Callers
from gongzhi.testing.serving import served, settings_for

Rows = dict[str, frozenset[tuple[Any, ...]]]
"""The rows of each table."""
OWED = ("audit_entry", "event")
BESIDE = frozenset({"decision_entry", "audit_pending", "fault"})
"""Written after a request, or by the triggers of lines; and what these tests break things with."""

SQLITE_FAULT = """CREATE TRIGGER {table}_fault BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM fault WHERE name = '{table}') BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"""
POSTGRES_FAULT = (
    """CREATE FUNCTION {table}_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM fault WHERE name = '{table}') THEN RAISE EXCEPTION 'the disk of {table} is full'; END IF;
    RETURN NEW; END $$""",
    "CREATE TRIGGER {table}_fault BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_fault()",
)


class Prover(Callers):
    """Asks like `Callers`; every mutation that goes well is proved before it is answered."""

    def __init__(self, like: Callers, database: Database) -> None:
        super().__init__(like.client, like._settings)
        self.database = database
        self.proved: set[str] = set()

    async def prepare(self) -> None:
        """Set up what breaks the log and the outbox."""
        await self.database.execute("CREATE TABLE fault (name text)")
        for table in OWED:
            for template in (SQLITE_FAULT,) if self.database.dialect == "sqlite" else POSTGRES_FAULT:
                await self.database.execute(template.format(table=table))

    async def do(self, account: str, mutation: str, result: str, given: Answer) -> Answer:
        """Prove the mutation the first time that it is called, and answer as it does in earnest."""
        if mutation in self.proved:
            return await super().do(account, mutation, result, given)
        before = await self.rows()
        for table in OWED:
            await self.database.execute(f"INSERT INTO fault VALUES ('{table}')")
            refusal = await self.refused(account, mutation, result, given)
            await self.database.execute("DELETE FROM fault")
            told = (refusal["code"], refusal.get("kind"))
            assert told == ("CONFLICT", "trigger"), f"{mutation}, whose {table} cannot be written, says {refusal}"
        after = await self.rows()
        assert after == before, f"{mutation} was refused and left {_different(before, after)}"
        answer = await super().do(account, mutation, result, given)
        after = await self.rows()
        changed = _different(before, after)
        assert set(OWED) < changed, f"{mutation} changed {changed} and owes {OWED}"
        self._check_one_transaction(mutation, before, after)
        self.proved.add(mutation)
        return answer

    async def rows(self) -> Rows:
        """Every row of every table that a mutation may write."""
        tables = [name for name in await self._tables() if name not in BESIDE]
        if self.database.dialect == "postgresql":
            return {name: await self._rows_of(name) for name in tables}
        with contextlib.closing(sqlite3.connect(self.database.address.target)) as connection:
            return {name: frozenset(connection.execute(f"SELECT * FROM {name}")) for name in tables}

    async def _tables(self) -> list[str]:
        if self.database.dialect == "sqlite":
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        else:
            names = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        return sorted(row["name"] for row in await self.database.execute(names))

    async def _rows_of(self, table: str) -> frozenset[tuple[Any, ...]]:
        """On PostgreSQL, each with the transaction that wrote it."""
        rows = await self.database.execute(f"SELECT xmin::text AS made, {table}::text AS shown FROM {table}")
        return frozenset((row["shown"], row["made"]) for row in rows)

    def _check_one_transaction(self, mutation: str, before: Rows, after: Rows) -> None:
        if self.database.dialect == "postgresql":
            writers = {row[1] for table in after for row in after[table] - before[table]}
            assert len(writers) == 1, f"{mutation} took {len(writers)} transactions"


def _different(before: Rows, after: Rows) -> set[str]:
    return {name for name in after if after[name] != before[name]}


@asynccontextmanager
async def proving(url: str, policies: Path) -> AsyncIterator[Prover]:
    """The API over a database of the test's own, without background work: nothing but the mutations writes.

    The lists of this district are nobody's own, so that its administrator is given the root too.
    """
    (policies / "root.csv").write_text("g, account:district.admin, role:district.admin, /\n", "utf-8")
    settings = settings_for(
        url,
        demo=True,
        introspection="on",
        background=False,
        policies=str(policies),
        webhook_networks=("127.0.0.0/8",),
        webhook_http=True,
        webhook_keys=("k" * 32,),
    )
    async with served(settings) as client:
        prover = Prover(Callers(client, settings), current())
        await prover.prepare()
        yield prover
