"""Records that lie in lists put into one row, and what was made of them back into lists."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gongzhi.core.parts import Unmade
from gongzhi.graphql.executor.completion import Unplanned
from gongzhi.graphql.executor.plans import Shape

Place = tuple[int, ...]
"""Where a record lies: the number of its value, and its numbers in the lists within."""


def flattened(values: Sequence[Any], shape: Shape) -> tuple[Sequence[Any], Callable[[int], Place]]:
    """The records in values of this shape, in their order, and from the number of each to where it lies.

    :raises Unplanned: there is a null where none may be, or something else in the place of a list.
    """
    if shape.depth == 0 and all(value is not None for value in values):
        return values, lambda number: (number,)
    records: list[Any] = []
    places: list[Place] = []
    for number, value in enumerate(values):
        _flatten(value, (number,), shape, 0, records, places)
    return records, places.__getitem__


def _flatten(value: Any, place: Place, shape: Shape, inside: int, records: list[Any], places: list[Place]) -> None:
    if value is None:
        if not shape.nullable[inside]:
            raise Unplanned
    elif inside == shape.depth:
        records.append(value)
        places.append(place)
    elif value.__class__ in (list, tuple, Unmade):
        for number, each in enumerate(value):
            _flatten(each, (*place, number), shape, inside + 1, records, places)
    else:
        raise Unplanned


def gathered(value: Any, depth: int, objects: Iterator[Any]) -> Any:
    """Objects in the lists that their records lay in."""
    if value is None:
        return None
    if depth == 0:
        return next(objects)
    if depth == 1:
        return [None if each is None else next(objects) for each in value]
    return [gathered(each, depth - 1, objects) for each in value]
