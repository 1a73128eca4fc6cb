"""The schema, put together from its parts."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from operator import is_

import strawberry
from strawberry.schema.config import StrawberryConfig

from gongzhi.core.errors import Invalid
from gongzhi.core.hooks import GraphQLPart
from gongzhi.core.host import Host
from gongzhi.graphql import enums
from gongzhi.graphql.actors import ActorsQuery
from gongzhi.graphql.audit import AuditQuery
from gongzhi.graphql.catalogue.items import ItemQuery
from gongzhi.graphql.catalogue.lists import ListQuery
from gongzhi.graphql.catalogue.offerings import OfferingQuery
from gongzhi.graphql.catalogue.overview import OverviewQuery
from gongzhi.graphql.changes import MUTATIONS
from gongzhi.graphql.fields import extended, field_names
from gongzhi.graphql.figures import FigureQuery
from gongzhi.graphql.modules import ModuleQuery
from gongzhi.graphql.mutations import Mutation, mutation_type
from gongzhi.graphql.people import PeopleQuery
from gongzhi.graphql.permissions import PermissionsQuery
from gongzhi.graphql.relay import NodeQuery
from gongzhi.graphql.scalars import SCALARS
from gongzhi.graphql.subscriptions import ChangeSubscription
from gongzhi.graphql.territory import TerritoryQuery
from gongzhi.graphql.webhooks import WebhookQuery

QUERIES: tuple[type, ...] = (
    ListQuery,
    ItemQuery,
    OfferingQuery,
    OverviewQuery,
    FigureQuery,
    TerritoryQuery,
    ActorsQuery,
    PeopleQuery,
    PermissionsQuery,
    AuditQuery,
    ModuleQuery,
    WebhookQuery,
    NodeQuery,
)


def build(parts: Iterable[GraphQLPart] = ()) -> strawberry.Schema:
    """The schema of the core and of what plugins add to it; the same parts have the same schema, built once.

    :raises Invalid: two claim one field.
    """
    added = tuple(parts)
    pieces = [piece for part in added for piece in _pieces(part)]
    for known, schema in _built:
        if len(known) == len(pieces) and all(map(is_, known, pieces)):
            return schema
    schema = _build(added)
    _built.appendleft((pieces, schema))
    return schema


_built: deque[tuple[list[object], strawberry.Schema]] = deque(maxlen=4)
"""The schemas of this process that were built last, each with what it is made of."""


def _pieces(part: GraphQLPart) -> Iterator[object]:
    """What a part is made of, which plugins make when they are imported; the part itself is made anew each time."""
    extensions = (each for extension in part.extensions for each in (extension.target, extension.fields))
    yield from (GraphQLPart, *part.queries, None, *part.mutations, None, *extensions, None, *part.types)


def _build(added: Sequence[GraphQLPart]) -> strawberry.Schema:
    queries = [*QUERIES, *(query for part in added for query in part.queries)]
    mutations = [*MUTATIONS, *(mutation for part in added for mutation in part.mutations)]
    _refuse_twins(queries, mutations)
    with extended(extension for part in added for extension in part.extensions):
        return strawberry.Schema(
            query=_root("Query", queries, "What can be asked."),
            mutation=_root("Mutation", [mutation_type(mutations)], "What can be changed, each in one transaction."),
            subscription=_root("Subscription", [ChangeSubscription], "What can be followed: events, as they happen."),
            types=[kind for part in added for kind in part.types],
            config=StrawberryConfig(name_converter=enums.Names(), scalar_map=SCALARS),
        )


def _root(name: str, parts: Iterable[type], description: str) -> type:
    return strawberry.type(type(name, tuple(parts), {}), description=description)


def build_for(host: Host) -> strawberry.Schema:
    """The schema of the core and of the plugins at work; a plugin that does not fit into it is switched off."""
    try:
        return build(plugin.graphql for plugin in host.plugins)
    except Exception:  # noqa: BLE001  # a plugin's types may raise anything: find out whose they are
        accepted: list[GraphQLPart] = []
        for plugin in host.plugins:
            try:
                build([*accepted, plugin.graphql])
            except Exception as error:  # noqa: BLE001  # it is switched off, and the others stay
                host.fail(plugin.module.id, f"its GraphQL types do not fit: {error}")
            else:
                accepted.append(plugin.graphql)
        return build(plugin.graphql for plugin in host.plugins)


def _refuse_twins(queries: Iterable[type], mutations: Iterable[Mutation]) -> None:
    seen: dict[str, str] = {}
    claims = [(name, f"{query.__module__}.{query.__name__}") for query in queries for name in field_names(query)]
    claims += [(mutation.name, f"the mutation on {mutation.resource}") for mutation in mutations]
    for name, owner in claims:
        if name in seen:
            raise Invalid(f"the field {name} is declared by {seen[name]} and by {owner}")
        seen[name] = owner


def sdl(schema: strawberry.Schema) -> str:
    """A schema as text, ending with a newline; that of the built-in plugins is checked in as `schema.graphql`."""
    return schema.as_str() + "\n"
