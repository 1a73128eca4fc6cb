"""The rows of one mutation, written again by bare asyncpg: what a mutation could cost at the least."""

from types import TracebackType
from typing import Any, Self

import asyncpg

from gongzhi.core.ids import uuid7

TABLES = ("offering", "audit_entry", "event")


class Copies:
    """Copies of the last row of each table, under ids of their own, three to a transaction, on pooled connections."""

    def __init__(self, database: str, pool: int) -> None:
        self._database = database
        self._size = pool
        self._statements: list[tuple[str, list[Any], list[str]]] = []

    async def __aenter__(self) -> Self:
        self._pool = await asyncpg.create_pool(self._database, min_size=self._size, max_size=self._size)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.close()

    async def write(self) -> None:
        """One transaction."""
        if not self._statements:
            self._statements = [await self._statement(table) for table in TABLES]
        async with self._pool.acquire() as connection, connection.transaction():
            for sql, values, names in self._statements:
                await connection.execute(sql, *self._fresh(values, names))

    async def _statement(self, table: str) -> tuple[str, list[Any], list[str]]:
        row = await self._pool.fetchrow(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1")
        names = list(row.keys())
        marks = ", ".join(f"${number + 1}" for number in range(len(names)))
        return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", list(row.values()), names

    @staticmethod
    def _fresh(values: list[Any], names: list[str]) -> list[Any]:
        found = list(values)
        for place, name in enumerate(names):
            if name == "id":
                found[place] = uuid7()
            elif name == "location":
                found[place] = f"室 {uuid7()}"
            elif name == "position":  # a worker gives it later
                found[place] = None
        return found
