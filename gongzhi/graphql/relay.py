"""Relay: global ids, `node` and `nodes`, connections."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
import strawberry

from gongzhi.core.errors import GongzhiError, Invalid
from gongzhi.core.paging import MAX_SIZE, FixedPage, Page, PageRequest
from gongzhi.core.parts import Unmade
from gongzhi.graphql.access import Access, Needs, check
from gongzhi.graphql.fields import Paged, about, field, object_type, private, public, refuse_more
from gongzhi.graphql.loading import of_value

T = TypeVar("T")
C = TypeVar("C", bound=type)

Listing = Callable[[PageRequest], Awaitable[Page[Any]] | Page[Any]]
"""What the resolver of a connection answers: rows that wait to be told which page."""


def encode_id(kind: str, key: UUID) -> str:
    """A global id: opaque to clients, the type's name and the record's id to us."""
    return base64.urlsafe_b64encode(f"{kind}:{key.hex}".encode()).decode()


def decode_id(text: str, field: str = "id") -> tuple[str, UUID]:
    """The type's name and the record's id, or Invalid when the text is no id of ours."""
    try:
        kind, _, key = (
            base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True).decode("ascii").partition(":")
        )
        if kind in nodes and len(key) == 32 and encode_id(kind, UUID(key)) == text:
            return kind, UUID(key)
    except (binascii.Error, ValueError):
        pass
    raise Invalid.at(field, f"{text[:60]!r} is not an id of this API", "use an `id` that it gave")


def decode_id_of(kind: str, text: str, field: str) -> UUID:
    """The record's id in a global id of one type, or Invalid."""
    found, key = decode_id(text, field)
    if found != kind:
        raise Invalid.at(field, f"this is the id of a {found}, not of a {kind}", f"use the id of a {kind}")
    return key


@strawberry.interface(description="Whatever has a global id, and can be fetched again by it.")
class Node:
    """The interface of every type with a global id."""

    @public("The global id: opaque, and the same for ever.")
    @of_value("id", lambda kind: partial(encode_id, kind))
    def id(root: strawberry.Parent[Any], info: strawberry.Info) -> strawberry.ID:
        """From the record's own id."""
        return strawberry.ID(encode_id(info._raw_info.parent_type.name, root.id))


class NodeKind(msgspec.Struct, frozen=True):
    """How records of a type are fetched by id; `needs` decides whether this caller may know of one."""

    load: Callable[[Any, Sequence[UUID]], Awaitable[dict[UUID, Any]]]
    needs: Needs | None


nodes: dict[str, NodeKind] = {}
"""Every type that implements Node, by name; filled by `node_type`, which runs when the types are declared."""


def node_type(
    record: type,
    load: Callable[[Any, Sequence[UUID]], Awaitable[dict[UUID, Any]]],
    needs: Needs | None = None,
    *,
    settled: bool = False,
) -> Callable[[C], C]:
    """Make a class a GraphQL type that implements Node. `load(context, ids)` answers those that exist.

    `settled` is that of `object_type`.
    """

    def declare(cls: C) -> C:
        nodes[cls.__name__] = NodeKind(load, needs)
        return object_type(record, settled=settled)(cls)

    return declare


async def fetch_nodes(context: Any, ids: Sequence[str], field: str = "id") -> list[Any]:
    """The records of global ids in their order, None where there is none or none that the caller may see."""
    wanted = [decode_id(text, field if len(ids) == 1 else f"{field}.{index}") for index, text in enumerate(ids)]
    found: dict[tuple[str, UUID], Any] = {}
    for kind in dict.fromkeys(kind for kind, _ in wanted):
        records = await nodes[kind].load(context, [key for other, key in wanted if other == kind])
        for key, record in records.items():
            if await _visible(context, nodes[kind].needs, record):
                found[kind, key] = record
    return [found.get(pair) for pair in wanted]


async def _visible(context: Any, needs: Needs | None, record: object) -> bool:
    if needs is None or needs.place is None:
        return True
    try:
        await check(context, needs, needs.place, record)
    except GongzhiError:
        return False
    return True


class EdgeRow(msgspec.Struct, frozen=True):
    """One row of a page with its cursor."""

    cursor: str
    node: Any


@object_type(name="PageInfo")
class PageInfo:
    """Where a page stands among all rows."""

    @public("Whether rows follow.")
    def has_next_page(root: strawberry.Parent[Page[Any]]) -> bool:
        """From the page."""
        return root.has_next

    @public("Whether rows come before.")
    def has_previous_page(root: strawberry.Parent[Page[Any]]) -> bool:
        """From the page."""
        return root.has_previous

    @public("The cursor of the first row; null when the page is empty.")
    def start_cursor(root: strawberry.Parent[Page[Any]]) -> str | None:
        """From the page."""
        return root.cursors[0] if root.cursors else None

    @public("The cursor of the last row: pass it as `after` to go on. Null when the page is empty.")
    def end_cursor(root: strawberry.Parent[Page[Any]]) -> str | None:
        """From the page."""
        return root.cursors[-1] if root.cursors else None


@object_type()
class Edge(Generic[T]):
    """A row of a page, and its cursor."""

    cursor: str = public("Where the row stands: opaque, for `after` and `before`.")
    node: T = public("The row.")


@object_type(Page, settled=FixedPage)
class Connection(Generic[T]):
    """A page of rows."""

    @public("The rows of this page, each with its cursor.")
    def edges(root: strawberry.Parent[Page[Any]]) -> list[Edge[T]]:
        """From the page."""
        rows = zip(root.cursors, root.rows, strict=True)
        return [EdgeRow(cursor, row) for cursor, row in rows]

    @public("The rows of this page, without cursors.")
    def nodes(root: strawberry.Parent[Page[Any]]) -> list[T]:
        """From the page."""
        rows = root.rows
        return rows if rows.__class__ is Unmade else list(rows)  # type: ignore[return-value]  # lists to GraphQL

    @public("Where this page stands.")
    def page_info(root: strawberry.Parent[Page[Any]]) -> PageInfo:
        """The page itself."""
        return root  # type: ignore[return-value]  # a Page is what a PageInfo reads

    @public("How many rows there are on all pages: counted only when asked for.")
    async def total_count(root: strawberry.Parent[Page[Any]]) -> int:
        """One statement."""
        return await root.total()


def connection(description: str, node: Any, access: Access) -> Any:
    """A field with the page arguments; its resolver answers a `Listing`. One that may be denied may be null."""
    guards = access.extensions
    page = Connection[node]
    return strawberry.field(
        description=description,
        directives=[access.directive],
        extensions=[Paged(), *guards],
        graphql_type=page | None if isinstance(access, Needs) else page,
    )


NodeId = Annotated[strawberry.ID, about("A global id that this API gave.")]
NodeIds = Annotated[list[strawberry.ID], about(f"Global ids that this API gave, at most {MAX_SIZE}.")]


@strawberry.type
class NodeQuery:
    """Fetching again what has a global id."""

    @private("The record of a global id; null when there is none, or none that you may see.")
    async def node(self, info: strawberry.Info, id: NodeId) -> Node | None:
        """One record."""
        return (await fetch_nodes(info.context, [id]))[0]

    @private("The records of global ids, in their order, null for each that is not there or not for you.")
    async def nodes(self, info: strawberry.Info, ids: NodeIds) -> list[Node | None]:
        """Many records: a statement for each type among them."""
        refuse_more(len(ids), info.context.services.settings.page_size_max)
        return await fetch_nodes(info.context, ids, "ids")


def global_ids(kind: str, keys: Iterable[UUID]) -> list[str]:
    """The global ids of records of one type."""
    return [encode_id(kind, key) for key in keys]


__all__ = [
    "Connection",
    "Edge",
    "Listing",
    "Node",
    "NodeQuery",
    "PageInfo",
    "connection",
    "decode_id",
    "decode_id_of",
    "encode_id",
    "fetch_nodes",
    "field",
    "global_ids",
    "node_type",
    "nodes",
]
