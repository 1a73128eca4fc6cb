"""Who may read a field: declared once, shown in the SDL as a directive, enforced by the same declaration."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

import msgspec
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver, SyncExtensionResolver
from strawberry.schema_directive import Location

from gongzhi.core.errors import Forbidden, Unauthenticated
from gongzhi.core.permissions import Principal, decide, notice, require, scope
from gongzhi.core.territory.path import ROOT


@strawberry.enum(description="Between whom an answer may be shared.")
class CacheScope(Enum):
    """Between whom an answer may be shared."""

    public = strawberry.enum_value("public", description="The same for everybody, until the revision changes.")
    viewer = strawberry.enum_value("viewer", description="The same for callers with the same roles.")
    private = strawberry.enum_value("private", description="For this caller and this request alone.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cacheControl",
    description="The field needs no permission of its own; its value may be shared as `scope` says.",
)
class CacheControl:
    """In the SDL: readable without a permission, and how far its value may be shared."""

    scope: CacheScope = strawberry.directive_field(name="scope")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requires",
    description="The caller needs this action on this resource where the record stands; otherwise null and an error.",
)
class Requires:
    """In the SDL: the permission that a field needs."""

    resource: str = strawberry.directive_field(name="resource")
    action: str = strawberry.directive_field(name="action")


class Standing(msgspec.Struct, frozen=True):
    """Where a record is, whose it is, and how the caller stands to it: what a decision needs."""

    path: str
    owner: Any = None
    relations: tuple[str, ...] = ()


Place = Callable[[Any, Any], Awaitable[Standing]]
"""From the request's context and a record to the record's standing."""


class Open(msgspec.Struct, frozen=True):
    """A field that needs no permission."""

    scope: CacheScope

    @property
    def directive(self) -> object:
        """What the SDL shows."""
        return CacheControl(scope=self.scope)

    @property
    def extensions(self) -> list[FieldExtension]:
        """Nothing is enforced."""
        return []


class Needs(msgspec.Struct, frozen=True):
    """A field that needs an action on a resource.

    With `place` the decision is made for the record that the field belongs to. Without, at the root of an operation,
    a caller who could see no record at all is refused at once, and the service decides for the place asked about.
    """

    resource: str
    action: str
    place: Place | None = None

    @property
    def directive(self) -> object:
        """What the SDL shows."""
        return Requires(resource=self.resource, action=self.action)

    @property
    def extensions(self) -> list[FieldExtension]:
        """What enforces it."""
        return [RecordGuard(self)] if self.place else [RootGuard(self)]


Access = Open | Needs
PUBLIC = Open(CacheScope.public)
VIEWER = Open(CacheScope.viewer)
PRIVATE = Open(CacheScope.private)


def require_somewhere(principal: Principal, action: str, resource: str) -> None:
    """Refuse a caller who may do this at no place and in no relation; nothing is looked up in the database."""
    if not scope(principal, action, resource).empty:
        return
    notice(decide(principal, action, resource, ROOT))
    if principal.anonymous:
        raise Unauthenticated(f"Sign in to {action} {resource}.")
    raise Forbidden(f"None of your roles may {action} {resource} anywhere.")


class RootGuard(FieldExtension):
    """Refuses callers without the permission before the resolver runs."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs

    def resolve(self, next_: SyncExtensionResolver, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        """Check, then resolve; the resolver may be asynchronous."""
        require_somewhere(info.context.principal, self.needs.action, self.needs.resource)
        return next_(source, info, **kwargs)

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **kwargs: Any
    ) -> Any:
        """The same for an asynchronous chain."""
        require_somewhere(info.context.principal, self.needs.action, self.needs.resource)
        return await next_(source, info, **kwargs)


class RecordGuard(FieldExtension):
    """Decides for the record that the field belongs to."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **kwargs: Any
    ) -> Any:
        """Work out the record's standing, decide, then resolve."""
        assert self.needs.place is not None  # noqa: S101  # `Needs.extensions` makes this guard only with a place
        await check(info.context, self.needs, self.needs.place, source)
        return await next_(source, info, **kwargs)


async def check(context: Any, needs: Needs, place: Place, record: object) -> None:
    """Refuse unless the caller may do what `needs` says to this record."""
    where = await place(context, record)
    require(context.principal, needs.action, needs.resource, where.path, where.relations, owner=where.owner)
