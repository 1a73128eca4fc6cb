"""Documents that together ask for every field of the schema that is shared, each with the way to it from the top."""

from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_composite_type, is_required_argument

from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.endpoint.sharing import SCOPES, Sharing

ARGUMENTS: Mapping[str, str] = {
    "Query.serviceList.slug": '"basic-services"',
    "Query.item.code": '"B001"',
    "Query.organization.code": '"dongyuan-committee"',
    "Query.territory.path": '"/futian/nanyuan"',
    "Query.organizationCounts.within": '"/futian"',
    "Query.editionDiff.list": '"basic-services"',
    "Query.editionDiff.from": "1",
    "Edition.item.code": '"B002"',
}
"""What arguments that must be given are given."""


class Reached(msgspec.Struct, frozen=True):
    """A type's shared fields, with a document that asks for all of them."""

    kind: str
    fields: tuple[str, ...]
    document: str


def reachable(schema: GraphQLSchema) -> list[Reached]:
    """Every object type that shared fields lead to, by a shortest way to it."""
    sharing = Sharing(schema)
    assert schema.query_type is not None
    found: list[Reached] = []
    ways: dict[str, tuple[str, ...]] = {schema.query_type.name: ()}
    rest: deque[GraphQLObjectType] = deque([schema.query_type])
    while rest:
        kind = rest.popleft()
        fields, selection = [], []
        for name, field in kind.fields.items():
            if SCOPES[sharing.width(kind, name)] is CacheScope.private:
                continue
            written = name + arguments_of(kind.name, name, field)
            below: Any = get_named_type(field.type)
            fields.append(name)
            selection.append(f"{written} {{ __typename }}" if is_composite_type(below) else written)
            for each in (
                (below,)
                if isinstance(below, GraphQLObjectType)
                else schema.get_possible_types(below)
                if is_composite_type(below)
                else ()
            ):
                if each.name not in ways:
                    part = written if each is below else f"{written} {{ ... on {each.name}"
                    ways[each.name] = (*ways[kind.name], part)
                    rest.append(each)
        if fields:
            found.append(Reached(kind.name, tuple(fields), document_of(ways[kind.name], selection)))
    return found


def arguments_of(kind: str, name: str, field: Any) -> str:
    """The arguments that a field must be given, and a small page of a list."""
    given = [
        f"{argument}: {ARGUMENTS[f'{kind}.{name}.{argument}']}"
        for argument, declared in field.args.items()
        if is_required_argument(declared)
    ]
    if "first" in field.args:
        given.append("first: 3")
    return f"({', '.join(given)})" if given else ""


def document_of(way: tuple[str, ...], selection: list[str]) -> str:
    """The selection within the fields that lead to it; a field of an object inside a list asks for all of them."""
    if not way:
        return f"{{ {' '.join(selection)} }}"
    opened = " { ".join(way)
    closing = sum(part.count("{") for part in way) + len(way)
    return f"{{ {opened} {{ {' '.join(selection)} }}{' }' * closing}"
