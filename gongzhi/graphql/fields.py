"""The declarations that types are written with: object types, their fields, and connections.

    @object_type(records.Territory)
    class Territory(Node):
        "A place."
        code: str = public("Its stable code.")

        @public("The place that it lies in.")
        async def parent(root: strawberry.Parent[records.Territory], info: Info) -> "Territory | None": ...

The source of an object is the core's own frozen struct; a field without a resolver reads the attribute of its name.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver, SyncExtensionResolver
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from gongzhi.core.errors import Internal, Limited, NotFound
from gongzhi.core.hooks import TypeExtension
from gongzhi.core.paging import DEFAULT_SIZE, MAX_SIZE, PageRequest
from gongzhi.core.parts import EVERYTHING
from gongzhi.graphql import enums  # noqa: F401  # the core's enums are declared before any type that uses them
from gongzhi.graphql.access import PRIVATE, PUBLIC, VIEWER, Access
from gongzhi.graphql.loading import SOURCE, Source

T = TypeVar("T", bound=type)
R = TypeVar("R")


def field(description: str, access: Access, **options: Any) -> Any:
    """One field's description and access, declared: a class attribute's value, or a resolver's decorator."""
    extensions = [*access.extensions, *options.pop("extensions", ())]
    return strawberry.field(description=description, directives=[access.directive], extensions=extensions, **options)


def public(description: str, **options: Any) -> Any:
    """A field that everybody may read and that may be shared between all."""
    return field(description, PUBLIC, **options)


def viewer(description: str, **options: Any) -> Any:
    """A field that everybody may ask for, and whose answer depends on the caller's roles."""
    return field(description, VIEWER, **options)


def private(description: str, **options: Any) -> Any:
    """A field that everybody may ask for, and whose answer is the caller's alone."""
    return field(description, PRIVATE, **options)


def about(description: str) -> Any:
    """What an argument means. It is the second part of an `Annotated`."""
    return strawberry.argument(description=description)


def object_type(
    record: type | None = None, *, name: str | None = None, settled: bool | type = False
) -> Callable[[T], T]:
    """Make a class a GraphQL type, described by its docstring, whose source objects are instances of `record`.

    `settled` says that an instance of exactly this class, or of the one that it names instead, never changes, nor what
    functions of it alone answer: it is completed once for a selection.
    """

    def declare(cls: T) -> T:
        if record is not None:
            setattr(cls, SOURCE, Source(record, settled if isinstance(settled, type) else record if settled else None))
            cls.is_type_of = classmethod(lambda _, source, info: isinstance(source, record))  # type: ignore[attr-defined]  # strawberry looks for this attribute
        declared: T = strawberry.type(cls, name=name, description=_meaning(cls))
        return declared

    return declare


def _meaning(cls: type) -> str:
    text = inspect.cleandoc(cls.__doc__ or "")
    if not text:
        raise Internal(f"the GraphQL type {cls.__name__} has no docstring to describe it with")
    return text.replace("\n", " ")


def extends(target: type) -> Callable[[T], T]:
    """Add the fields of the decorated class to a type declared before: how a later module or plugin extends it.

    Internal, naming both, when the type has a field of that name already.
    """

    def declare(cls: T) -> T:
        declared = cls if "__strawberry_definition__" in vars(cls) else strawberry.type(cls, description=_meaning(cls))
        fields = _fields(target)
        for added in _fields(declared):
            if any(added.python_name == present.python_name for present in fields):
                raise Internal(f"{cls.__name__} adds {added.python_name} to {target.__name__}, which has it already")
            fields.append(added)
        return declared

    return declare


@contextmanager
def extended(extensions: Iterable[TypeExtension]) -> Iterator[None]:
    """Let types have the fields of these extensions while a schema is built; a schema keeps what it was built with."""
    before: list[tuple[list[StrawberryField], list[StrawberryField]]] = []
    try:
        for extension in extensions:
            fields = _fields(extension.target)
            before.append((fields, list(fields)))
            extends(extension.target)(extension.fields)
        yield
    finally:
        for fields, kept in reversed(before):
            fields[:] = kept


def field_names(cls: type) -> list[str]:
    """The names of a type's fields, as they are written in Python."""
    return [each.python_name for each in _fields(cls)]


def _fields(cls: type) -> list[StrawberryField]:
    definition: StrawberryObjectDefinition = getattr(cls, "__strawberry_definition__")  # noqa: B009 - strawberry sets it
    return definition.fields


def present(source: object) -> Any:
    """The core's record in the place of the type that shows it: types read their fields from records."""
    return source


async def or_none(found: Awaitable[R]) -> R | None:
    """What is found, or None where the service says NotFound: a query by key answers null."""
    try:
        return await found
    except NotFound:
        return None


PAGE_ARGUMENTS: tuple[tuple[str, type, str], ...] = (
    ("first", int, f"How many, from the start or after `after`: 0 to {MAX_SIZE}; {DEFAULT_SIZE} if neither is given."),
    ("after", str, "Begin behind the row of this cursor."),
    ("last", int, f"How many, from the end or before `before`: 0 to {MAX_SIZE}; not together with `first`."),
    ("before", str, "End in front of the row of this cursor."),
)
"""Relay's arguments of a connection."""


class Paged(FieldExtension):
    """Adds the page arguments to a field whose resolver answers a function from `PageRequest` to a page."""

    def apply(self, field: StrawberryField) -> None:
        """Add the arguments."""
        field.arguments = [*field.arguments, *(_argument(*each) for each in PAGE_ARGUMENTS)]

    def resolve(
        self,
        next_: SyncExtensionResolver,
        source: Any,
        info: strawberry.Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Ask the resolver for its listing, and the listing for the page."""
        return next_(source, info, **kwargs)(_request(info, first, after, last, before))

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **kwargs: Any
    ) -> Any:
        """The same behind an asynchronous guard or resolver."""
        request = _request(info, *[kwargs.pop(name, None) for name, _, _ in PAGE_ARGUMENTS])
        page = (await next_(source, info, **kwargs))(request)
        return await page if inspect.isawaitable(page) else page


def _request(
    info: strawberry.Info, first: int | None, after: str | None, last: int | None, before: str | None
) -> PageRequest:
    """The request, as large as the settings allow; Limited for one that asks for more.

    What is wanted of its rows is known where a plan asks.
    """
    most = info.context.services.settings.page_size_max
    refuse_more(first or 0, most)
    refuse_more(last or 0, most)
    if first is None and last is None and most < DEFAULT_SIZE:
        first = most
    return PageRequest(first, after, last, before, getattr(info, "wanted", EVERYTHING))


def refuse_more(asked: int, most: int) -> None:
    """:raises Limited: more rows are asked for than a page may hold."""
    if asked > most:
        message = f"{asked} rows were asked for; a page holds at most {most}."
        raise Limited(message, limit="page_size_max", value=most, actual=asked)


def _argument(name: str, kind: type, description: str) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(kind | None),
        description=description,
        default=None,
    )
