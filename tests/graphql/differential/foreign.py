"""A schema such as a third party might write: plain strawberry types, and every kind of value that GraphQL allows."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from typing import Annotated, Any, Generic, NewType, TypeVar

import strawberry
from graphql import Undefined
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig

from tests.graphql.differential.foreign_rows import Row, later

T = TypeVar("T")
Anything = NewType("Anything", object)


class Asked:
    """The context of an operation."""


@strawberry.enum
class Colour(Enum):
    RED = ("r", 1)
    BLUE = None
    GREEN = strawberry.enum_value("g", name="VERDE")


@strawberry.enum
class Size(IntEnum):
    SMALL = 1
    LARGE = 2
    TINY = 1  # another name of the same


class Never(BasePermission):
    message = "never"

    def has_permission(self, source: Any, info: strawberry.Info, **_: Any) -> bool:
        return False


class Sometimes(BasePermission):
    message = "not this one"

    async def has_permission(self, source: Any, info: strawberry.Info, **_: Any) -> bool:
        await asyncio.sleep(0)
        return bool(source.title != "Two")


class Shouting(FieldExtension):
    def resolve(self, next_: Callable[..., Any], source: Any, info: strawberry.Info, **given: Any) -> Any:
        return str(next_(source, info, **given)).upper()


def traced(function: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """A decorator as they are often written: it is not asynchronous, what it calls is."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        return function(*given, **named)

    return call


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Book:
    title: str
    size: Size = Size.SMALL
    colour: Colour | None = Colour.RED

    @strawberry.field
    def place(self, info: strawberry.Info, x: int = 0) -> str:
        path = ".".join(map(str, info.path.as_list()))
        names = ",".join(each.alias or each.name for each in _fields(info))
        return f"{path} {info.return_type if isinstance(info.return_type, str) else 'String!'} {_parent(info)} {names}"

    @strawberry.field(permission_classes=[Never])
    def secret(self) -> str | None:
        return self.title

    @strawberry.field(permission_classes=[Sometimes])
    async def guarded(self) -> str | None:
        return self.title

    @strawberry.field(extensions=[Shouting()])
    def loud(self) -> str:
        return self.title


def _fields(info: strawberry.Info) -> list[Any]:
    """The fields of the selection that the path leads to, fragments opened: told and place."""
    fragment = info._raw_info.fragments.get("B")
    nodes = fragment.selection_set.selections if fragment else ()
    return sorted(
        (_Name(node.alias.value if node.alias else None, node.name.value) for node in nodes),
        key=lambda n: n.alias or "~",
    )


@dataclass
class _Name:
    alias: str | None
    name: str


def _parent(info: strawberry.Info) -> str:
    return info._raw_info.parent_type.name


@strawberry.type
class Novel(Named):
    pages: int = 1


@strawberry.type
class Saga(Novel):
    parts: int = 3


@strawberry.type
class Pair(Generic[T]):
    left: T
    right: T | None = None


Thing = Annotated[Book | Novel | Pair[int], strawberry.union("Thing")]


def shout(root: Any) -> str:
    return f"{root.name}!"


@strawberry.type
class Shelf(Named):
    note: str | None = None
    books: list[Book] = strawberry.field(default_factory=list)
    grid: list[list[int | None]] = strawberry.field(default_factory=list)
    shouted: str = strawberry.field(resolver=staticmethod(shout))

    @strawberry.field
    @staticmethod
    def stable() -> str:
        return "always"

    @strawberry.field
    def generated(self) -> list[int]:
        return (number for number in (1, 2))  # type: ignore[return-value]  # any iterable is a list to GraphQL

    @strawberry.field
    def unordered(self) -> list[int]:
        return {7}  # type: ignore[return-value]  # any iterable is a list to GraphQL

    @strawberry.field
    async def streamed(self) -> list[int]:
        return _streamed()  # type: ignore[return-value]  # a list of what comes

    @strawberry.field
    def one(self) -> Pair[int]:
        return Pair(left=1)

    @strawberry.field
    @traced
    async def traced(self) -> str:
        return await later(self.name)

    @strawberry.field
    def coming(self) -> str:
        return later("it came")  # type: ignore[return-value]  # something to wait for, though nothing says so

    @strawberry.field
    def many_coming(self) -> list[str]:
        return [later("one"), later("two")]  # type: ignore[list-item]  # the same within a list

    @strawberry.field
    def anything(self) -> Anything:
        return ValueError("an error is an answer, too")  # type: ignore[return-value]  # see its text

    @strawberry.field
    def undefined(self) -> Anything | None:
        return Undefined  # type: ignore[return-value]  # GraphQL's own nothing


async def _streamed() -> AsyncIterator[int]:
    yield 1
    yield 2


class Record:
    """Of no strawberry type; it has the attributes."""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)


@strawberry.type
class Query:
    @strawberry.field
    def shelves(self) -> list[Shelf | None]:
        books = [Book(title="One"), Book(title="Two", size=Size.LARGE, colour=Colour.GREEN)]
        return [Shelf(name="a", note="n", books=books, grid=[[1, None], []])]

    @strawberry.field
    def plain(self) -> list[Book]:
        return [Record(title="rec", size=Size.LARGE, colour=None)]  # type: ignore[list-item]  # looks like one

    @strawberry.field
    def raw(self) -> list[Book]:
        return [Record(title="rec", size=True, colour="g")]  # type: ignore[list-item]  # raw values of enums

    @strawberry.field
    def dicts(self) -> list[Book | None]:
        return [{"title": "of a dict"}]  # type: ignore[list-item]  # strawberry reads attributes

    @strawberry.field
    def things(self) -> list[Thing]:
        return [Book(title="b"), Novel(name="n"), Pair[int](left=4)]

    @strawberry.field
    def named(self) -> list[Named]:
        return [Novel(name="n"), Saga(name="s"), Shelf(name="shelf")]

    @strawberry.field
    def novels(self) -> list[Novel]:
        return [Novel(name="n"), Saga(name="s")]

    @strawberry.field
    async def nullable(self) -> list[Row | None]:
        return [Row(number=0), Row(number=1)]

    @strawberry.field
    async def strict(self) -> list[Row] | None:
        return [Row(number=0), Row(number=1)]

    @strawberry.field
    def awaited(self) -> list[Book | None]:
        return [later(Book(title="later")), later(None)]  # type: ignore[list-item]  # each to be waited for

    @strawberry.field
    def failed(self) -> list[Book | None]:
        return [Book(title="b"), ValueError("this one")]  # type: ignore[list-item]  # an error in a list

    @strawberry.field
    def iterated(self) -> list[Book]:
        return iter([Book(title="b")])  # type: ignore[return-value]  # any iterable is a list to GraphQL

    @strawberry.field
    def pairs(self) -> list[Pair[str]]:
        return [Pair(left="l", right="r")]

    @strawberry.field
    def day(self) -> Pair[date]:
        return Pair(left=date(2015, 12, 31))


@functools.cache
def schema() -> strawberry.Schema:
    """The schema, built once."""
    scalar = strawberry.scalar(name="Anything", serialize=lambda value: value)
    return strawberry.Schema(Query, types=[Saga], config=StrawberryConfig(scalar_map={Anything: scalar}))
