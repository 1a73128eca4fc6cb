"""Waiting for what resolvers answer: begun together, and none left running where one has failed."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, NamedTuple

from gongzhi.graphql.executor.completion import Unplanned


class Failed(NamedTuple):
    """In the place of a value: its resolver has failed."""

    error: Exception


def attempt(function: Any, *given: Any, **arguments: Any) -> Any:
    """What a resolver answers; that it has failed is told later, when what others began is no longer running."""
    try:
        return function(*given, **arguments)
    except Exception as error:  # noqa: BLE001  # graphql-core meets it again and reports it
        return Failed(error)


async def values_of(asked: "Sequence[list[Any] | Awaitable[list[Any]]]") -> list[list[Any]]:
    """The values of each field, when all of them are there.

    :raises Unplanned: any has failed.
    """
    waiting: list[Awaitable[Any]] = []
    places: list[tuple[int, int]] = []
    for number, values in enumerate(asked):
        if isinstance(values, list):
            if not any(map(_waits, set(map(type, values)))):
                continue
            for row, value in enumerate(values):
                if _waits(type(value)):
                    waiting.append(value)
                    places.append((number, row))
        else:
            waiting.append(values)
            places.append((number, -1))
    found: list[Any] = [values if isinstance(values, list) else [] for values in asked]
    if waiting:
        for (number, row), value in zip(places, await _settled(waiting), strict=True):
            if row < 0:
                found[number] = value
            else:
                found[number][row] = value
    if any(any(map(_failed, set(map(type, values)))) for values in found):
        raise Unplanned
    return found


def _waits(kind: type) -> bool:
    return hasattr(kind, "__await__")


def _failed(kind: type) -> bool:
    return issubclass(kind, Failed | Exception)


async def parallel(parts: Sequence[Awaitable[Any]]) -> list[Any]:
    """What coroutines answer, begun together.

    :raises Unplanned: any has failed; none runs any more.
    """
    return [await parts[0]] if len(parts) == 1 else await _settled(parts)


async def _settled(waiting: Sequence[Awaitable[Any]]) -> list[Any]:
    if len(waiting) == 1:
        try:
            return [await waiting[0]]
        except Exception as error:
            raise Unplanned from error
    found = await asyncio.gather(*waiting, return_exceptions=True)
    for value in found:
        if isinstance(value, BaseException):
            if not isinstance(value, Exception):
                raise value
            raise Unplanned from value
    return found
