"""What can be followed: what publications change, and what happens to records.

A subscription's resolver yields, for each event, a function from a context to what is told: it is asked with the rights
that the caller has at that moment, and answers None where the caller is not to know.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from gongzhi.core.catalogue import feed
from gongzhi.core.errors import Forbidden, Invalid
from gongzhi.core.events.tail import Told
from gongzhi.core.paging import MAX_SIZE, PageRequest
from gongzhi.core.patience import patiently
from gongzhi.core.territory import path as paths
from gongzhi.graphql.access import PRIVATE, PUBLIC, Open, require_somewhere
from gongzhi.graphql.arguments import ListArgument
from gongzhi.graphql.catalogue.overview import CatalogueChange
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, object_type, private, refuse_more
from gongzhi.graphql.relay import Node, decode_id, encode_id, fetch_nodes, nodes

Shown = Callable[[Context], Awaitable[Any]]
PUBLICATIONS = "catalogue.edition."
AfterArgument = Annotated[
    str | None, about("A cursor of `catalogueChanges`: what came after it is told first. Otherwise from now on.")
]
IdsArgument = Annotated[list[strawberry.ID] | None, about(f"Only these records, at most {MAX_SIZE}.")]
ResourcesArgument = Annotated[list[str] | None, about("Only records of these resources, such as mediation.case.")]
BelowArgument = Annotated[str | None, about("Only records at this territory path or below.")]


class Change(msgspec.Struct, frozen=True):
    """A change as it is told: what happened, where, and the record as it now is."""

    resource: str
    action: str
    path: str
    record: Any


@object_type(Change)
class RecordChange:
    """Something that happened to a record that you may read."""

    resource: str = private("The resource, such as mediation.case.")
    action: str = private("What was done, such as accept.")
    path: str = private("The territory path at which the record stands.")
    record: Node = private("The record as it now is.")


class FeedRow(msgspec.Struct, frozen=True):
    """An entry of the change feed with its cursor."""

    cursor: str
    change: Any


@object_type(FeedRow)
class CatalogueChangeEvent:
    """An entry of the change feed, as it is written."""

    cursor: str = private("Where it stands: pass it as `after` to go on behind it.")
    change: CatalogueChange = private("What was published, withdrawn, added, changed or removed.")


class Wanted(msgspec.Struct, frozen=True):
    """Which changes are followed. Ids are the global ones."""

    ids: frozenset[str] = frozenset()
    resources: tuple[str, ...] = ()
    path: str | None = None

    async def admit(self, context: Context) -> None:
        """Refuse a caller to whom nothing of it could be told.

        :raises Forbidden: none of the records, or of the resources, is for this caller. Unauthenticated: sign in first.
        """
        for name in self.resources:
            require_somewhere(context.principal, "read", name)
        if self.ids and not any(await fetch_nodes(context, sorted(self.ids), "ids")):
            raise Forbidden("There are no such records, or none that you may see.")

    def matches(self, event: Told) -> bool:
        """Whether this is about a record that is followed."""
        kind, _, key = event.record.partition(":")
        if kind not in nodes or (self.path is not None and not paths.within(event.path, self.path)):
            return False
        if self.resources and event.kind.rpartition(".")[0] not in self.resources:
            return False
        return not self.ids or encode_id(kind, UUID(key)) in self.ids


def _subscription(description: str, access: Open) -> Any:
    return strawberry.subscription(description=description, directives=[access.directive])


@strawberry.type
class ChangeSubscription:
    """What can be followed."""

    @_subscription(
        "What publications and withdrawals do, in its order and without gaps, from a cursor or now on.", PUBLIC
    )
    async def catalogue_changed(
        self, info: Info, list: ListArgument = None, after: AfterArgument = None
    ) -> AsyncGenerator[CatalogueChangeEvent, None]:
        """The feed, page by page, whenever something was published."""
        async with info.context.services.tail.listening() as events:
            after = after or await _end(info.context, list)
            pending = True
            while True:
                while pending:
                    asked = PageRequest(first=MAX_SIZE, after=after)
                    page = await patiently(partial(feed.changes, info.context.principal, list, asked))
                    for cursor, change in zip(page.cursors, page.rows, strict=True):
                        yield partial(_fed, FeedRow(cursor, change))
                        after = cursor
                    pending = page.has_next
                event = await events.next()
                pending = event is not None and event.kind.startswith(PUBLICATIONS)

    @_subscription(
        "What happens to records that you may read, while you may read them; narrowed by what is given.", PRIVATE
    )
    async def record_changed(
        self,
        info: Info,
        ids: IdsArgument = None,
        resources: ResourcesArgument = None,
        path: BelowArgument = None,
    ) -> AsyncGenerator[RecordChange, None]:
        """From the events that are committed by any worker."""
        wanted = _wanted(info.context, ids, resources, path)
        await wanted.admit(info.context)
        async with info.context.services.tail.listening() as events:
            while True:
                event = await events.next()
                if event is None:
                    yield wanted.admit
                elif wanted.matches(event):
                    yield partial(_shown, event)


async def _fed(row: FeedRow, context: Context) -> FeedRow:
    await context.catalogue.refresh()
    context.changed()
    return row


async def _end(context: Context, slug: str | None) -> str | None:
    """The cursor of the last entry that there is."""
    page = await feed.changes(context.principal, slug, PageRequest(last=1))
    return page.cursors[0] if page.cursors else None


async def _shown(event: Told, context: Context) -> Change | None:
    kind, _, key = event.record.partition(":")
    (record,) = await fetch_nodes(context, [encode_id(kind, UUID(key))])
    if record is None:
        return None
    resource, _, action = event.kind.rpartition(".")
    return Change(resource, action, event.path, record)


def _wanted(context: Context, ids: Sequence[str] | None, resources: Sequence[str] | None, path: str | None) -> Wanted:
    """What the arguments say, or Invalid naming the one that is wrong."""
    refuse_more(len(ids or ()), context.services.settings.page_size_max)
    for index, text in enumerate(ids or ()):
        decode_id(text, f"ids.{index}")
    known = context.services.host.vocabulary().resources
    for index, name in enumerate(resources or ()):
        if name not in known:
            raise Invalid.at(f"resources.{index}", f"there is no resource {name[:60]!r}", "docs/reference/resources.md")
    return Wanted(frozenset(ids or ()), tuple(resources or ()), paths.parse(path) if path is not None else None)
