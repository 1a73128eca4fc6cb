"""Waiting for what resolvers answer: begun together, and none left running where one has failed."""

import asyncio
from collections.abc import Awaitable, Sequence
from functools import lru_cache
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


def settled(values: list[Any]) -> bool:
    """Whether there is nothing to wait for in them, and nothing that has failed."""
    return all(map(_settled, set(map(type, values))))


async def values_of(asked: "list[Any] | Awaitable[list[Any]]") -> list[Any]:
    """The values of a field, when all of them are there.

    :raises Unplanned: any has failed.
    """
    if not isinstance(asked, list):
        found: list[Any] = await _one(asked)
    elif len(asked) == 1:
        (only,) = asked
        found = [await _one(only) if _waits(type(only)) else only]
    else:
        found = list(asked)
        places = [place for place, value in enumerate(found) if _waits(type(value))]
        if places:
            for place, value in zip(places, await _all([found[place] for place in places]), strict=True):
                found[place] = value
    if any(map(_failed, set(map(type, found)))):
        raise Unplanned
    return found


@lru_cache(maxsize=1024)
def _settled(kind: type) -> bool:
    return not _waits(kind) and not _failed(kind)


def _waits(kind: type) -> bool:
    return hasattr(kind, "__await__")


def _failed(kind: type) -> bool:
    return issubclass(kind, Failed | Exception)


async def parallel(ways: Sequence[Awaitable[Any]]) -> list[Any]:
    """What coroutines answer, begun together.

    :raises Unplanned: any has failed; none runs any more.
    """
    return [await ways[0]] if len(ways) == 1 else await _all(ways)


async def _one(waiting: Awaitable[Any]) -> Any:
    try:
        return await waiting
    except Exception as error:
        raise Unplanned from error


async def _all(waiting: Sequence[Awaitable[Any]]) -> list[Any]:
    if len(waiting) == 1:
        return [await _one(waiting[0])]
    found = await asyncio.gather(*waiting, return_exceptions=True)
    for value in found:
        if isinstance(value, BaseException):
            if not isinstance(value, Exception):
                raise value
            raise Unplanned from value
    return found
