"""What a page is asked for, from what is selected of its rows: the fields that are read, and what is loaded for them.

Where everything that is selected says which attributes of a row it reads, nothing else of the row is read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from gongzhi.core.parts import EVERYTHING, Fields, Part, Unmade, Wanted
from gongzhi.graphql.executor.completion import Complete, Unplanned
from gongzhi.graphql.executor.declared import record_of
from gongzhi.graphql.executor.plans import FieldPlan, ObjectPlan, ValuePlan
from gongzhi.graphql.executor.projection import Field, InContext, Kept, Raw, project_rows

NODES, EDGES, NODE = "nodes", "edges", "node"
PAGE_INFO = "pageInfo"
COUNTED = {PAGE_INFO, "totalCount"}
"""Fields of a connection that read no row."""
CURSORS = {"startCursor", "endCursor"}
"""Fields of a page's info that read one for its cursor."""

Found = Mapping[str, Mapping[Any, Any]]
"""What stands beside the rows of pages: by the name of the attribute that holds the key, records by their keys."""
NOTHING: Found = MappingProxyType({})


def of_page(plan: FieldPlan) -> FieldPlan:
    """The plan of a field whose value is a page: it says what is wanted, and its rows look at what came with it."""
    rows = list(_rows(plan.value))
    wanted = EVERYTHING
    if all(name in (NODES, EDGES, *COUNTED) for page in plan.value.objects for name, _ in page.below):
        beside: dict[tuple[str, type], Fields] = {}
        for row in rows:
            for field in row.others:
                kind = _kind_beside(field)
                if field.loaded is not None and kind is not None:
                    key, fields = (field.loaded.name, kind), _union([each.reads for each in field.value.objects])
                    beside[key] = _union([beside[key], fields]) if key in beside else fields
        named = frozenset((name, kind, fields) for (name, kind), fields in beside.items())
        wanted = Wanted(_union([row.reads for row in rows]), named, _has_cursors(plan.value))
    return plan._replace(wanted=wanted, value=_looking(plan.value))


def came_with(pages: Sequence[Any]) -> Found:
    """What came with pages that one field answered, together; a name that one of them lacks is left out."""
    there = [page.beside for page in pages if page is not None]
    if len(there) == 1:
        only: Found = there[0]
        return only
    names = set.intersection(*(set(each) for each in there)) if there else set()
    return {name: {key: record for each in there for key, record in each[name].items()} for name in names}


def _of_rows(plan: ObjectPlan, others: Sequence[FieldPlan]) -> Sequence[Field] | None:
    """The fields of a row, where all is known of them when their page is there."""
    late: dict[str, InContext | Kept] = {}
    for field in others:
        complete = field.value.complete
        if complete is not None and field.keyed is not None:
            late[field.key] = InContext(field.key, complete, field.keyed.names)
        elif complete is not None and field.beside and field.loaded is not None and field.loaded.missing is None:
            late[field.key] = Kept(field.key, field.loaded.name)
        else:
            return None
    return [late.get(each.key, each) for each in plan.fields]


def given_to_rows(plan: ObjectPlan, context: Any, came: Found) -> list[Any] | None:
    """What `rows` of a plan is given beside its records; None where the page has not brought it."""
    given: list[Any] = []
    for field in plan.others:
        if field.keyed is not None:
            given.append(field.keyed.known(context))
            continue
        complete, records = field.value.complete, came.get(field.loaded.name) if field.loaded is not None else None
        if records is None or complete is None:
            return None
        kept = {key: complete(record) for key, record in records.items()}
        if field.value.shape.nullable[0]:
            kept[None] = None
        given.append(kept)
    return given


def given_to_raw(plan: ObjectPlan, context: Any, rows: Unmade) -> list[Any] | None:
    """What `raw` of a plan is given beside rows; None where they have not brought it."""
    beside = {part.name: part for part in rows.parts.beside}
    given: list[Any] = []
    for field in plan.others:
        if field.keyed is not None:
            given.append(field.keyed.known(context))
            continue
        part, complete = beside.get(field.loaded.name) if field.loaded is not None else None, field.value.complete
        if part is None or complete is None:
            return None
        given += _making(part, complete, nullable=field.value.shape.nullable[0])
    return given


def _making(part: Part, complete: Complete, *, nullable: bool) -> tuple[dict[Any, Any], Callable[[Any, Any], Any]]:
    """What is made of what stands beside rows, by key, and how it is made of the first row that has it."""
    kept: dict[Any, Any] = {}

    def make(key: Any, row: Any) -> Any:
        if key is not None:
            made = kept[key] = complete(part.convert(row))
            return made
        if nullable:
            return None
        raise Unplanned

    return kept, make


def _rows(page: ValuePlan) -> Iterator[ObjectPlan]:
    for connection in page.objects:
        for name, below in connection.below:
            if name == NODES:
                yield from below.objects
            elif name == EDGES:
                for edge in below.objects:
                    for inside, row in edge.below:
                        if inside == NODE:
                            yield from row.objects


def _has_cursors(page: ValuePlan) -> bool:
    """Whether any row's cursor is told."""
    below = [each for connection in page.objects for each in connection.below]
    infos = [info for name, value in below if name == PAGE_INFO for info in value.objects]
    return any(name == EDGES for name, _ in below) or any(name in CURSORS for info in infos for name, _ in info.below)


def _kind_beside(field: FieldPlan) -> type | None:
    """Of which class the records are that a field loads one of for each row."""
    if field.loaded is None or field.value.shape.depth or len(field.value.objects) != 1:
        return None
    return record_of(field.value.objects[0].kind)


def _union(all_fields: Sequence[Fields]) -> Fields:
    if any(each is None for each in all_fields):
        return None
    return frozenset(name for each in all_fields for name in each or ())


def _looking(value: ValuePlan, *, rows: bool = False) -> ValuePlan:
    """The same plan, whose rows look for what they load among what came with their page."""
    return value._replace(objects=tuple(_looking_object(each, rows=rows) for each in value.objects))


def _looking_object(plan: ObjectPlan, *, rows: bool) -> ObjectPlan:
    if rows:
        looking = tuple(each._replace(beside=_kind_beside(each) is not None) for each in plan.others)
        fields = _of_rows(plan, looking) if looking else None
        if fields is None:
            return plan._replace(others=looking)
        return plan._replace(others=looking, rows=project_rows(fields), raw=Raw(record_of(plan.kind), fields))
    others = [
        each._replace(value=_looking(each.value, rows=name != EDGES)) if name in (NODES, EDGES, NODE) else each
        for each in plan.others
        for name in (each.nodes[0].name.value,)
    ]
    return plan._replace(others=tuple(others))
