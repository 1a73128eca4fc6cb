"""Rows of another's schema, whose fields fail, wait, or answer what cannot be shown."""

import asyncio
from typing import TypeVar

import strawberry

T = TypeVar("T")


async def later(value: T) -> T:
    """The value, in the next turn."""
    await asyncio.sleep(0)
    return value


@strawberry.type
class Inner:
    number: int = 0

    @strawberry.field
    async def hang(self) -> int:
        await asyncio.Event().wait()
        return 1

    @strawberry.field
    async def must(self) -> int:
        await asyncio.sleep(0)
        if self.number:
            raise ValueError("the second has none")
        return 5

    @strawberry.field
    def absent(self) -> int:
        return None  # type: ignore[return-value]  # null where none may be


@strawberry.type
class Row(Inner):
    @strawberry.field
    def inner(self) -> Inner:
        return Inner(number=self.number)

    @strawberry.field
    def perhaps(self) -> Inner | None:
        return Inner(number=self.number)

    @strawberry.field
    async def slow(self) -> int:
        return await later(3)

    @strawberry.field
    def times(self, n: int) -> int | None:
        return self.number * n

    @strawberry.field
    def wrong(self) -> int | None:
        return "no number"  # type: ignore[return-value]  # cannot be coerced

    @strawberry.field
    def large(self) -> int | None:
        return 2**40
