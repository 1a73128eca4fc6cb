"""Lists of what stands at a place and names organizations: offerings, assignments and dispositions."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from piccolo.columns import Column, ForeignKey
from piccolo.table import Table

from gongzhi.core.actors.records import Organization
from gongzhi.core.paging import Keyset
from gongzhi.core.parts import Beside
from gongzhi.core.territory.path import is_small

T = TypeVar("T", bound=msgspec.Struct)


def by_place(tag: str, table: type[Table], path: Column, record: type[T], *named: ForeignKey[Any]) -> Keyset[T]:
    """Pages in the order of paths, with the organizations beside each row that its keys `named` name."""
    return Keyset(
        tag=tag,
        table=table,
        order=(path, table._meta.primary_key),
        types=(str, UUID),
        record=record,
        beside={key._meta.name: Beside(key, Organization) for key in named},
    )


def one_plan_suits(within: str | None, *equal_to: object) -> bool:
    """Whether PostgreSQL need not see the values: an index begins with what is asked for, or there are few rows."""
    return any(each is not None for each in equal_to) or (within is not None and is_small(within))
