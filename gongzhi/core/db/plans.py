"""Statements that PostgreSQL plans once for all values.

PostgreSQL plans a prepared statement anew for each execution as long as it expects that plans for particular values are
cheaper. For a page of a community's rows the planning takes longer than the reading. A value behind a sub-select is
unknown to the planner, so that all plans cost the same to it, and it keeps one. That suits what reads few rows whatever
its values are, and what an index has in the order that is asked for behind the values that must be equal. Where a value
may mean ten rows or all of a table, the plan has to see it.

Two unknown bounds of one column PostgreSQL takes for a 200th of the table: in a small one for less than a page, so that
it reads and sorts all of a place for its first rows. It does not recognise a bound on a pair of columns as the other
end, and reads by the index in its order, no further than the page goes.

A plan for all values serves those of several statements at once, too (`for_many`).
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto

TYPES: dict[type, str] = {
    str: "varchar",
    UUID: "uuid",
    pgproto.UUID: "uuid",
    date: "date",
    datetime: "timestamptz",
    bool: "boolean",
}
"""PostgreSQL's types of the values that may stand behind a sub-select; a key that was read is asyncpg's."""
_MARK = re.compile(r"\$(\d+)")
_BOUNDS = re.compile(r'("\w+"\."\w+") >= (\$\d+) AND \1 < (\$\d+)')
_HIDDEN = re.compile(r"\(SELECT \$(\d+)::(\w+)(\[\])?\)")


def planned_once(sql: str, values: Sequence[Any]) -> str:
    """PostgreSQL's statement `sql` with every value behind a sub-select; as it is if one is of another type.

    Its plan then serves all values of these types.
    """
    kinds = [_type_of(value) for value in values]
    if None in kinds:
        return sql

    def hidden(mark: re.Match[str]) -> str:
        kind = str(kinds[int(mark[1]) - 1])
        value = f"(SELECT ${mark[1]}::{kind})"
        return f"{value}::{kind}" if kind.endswith("[]") else value  # ANY would take it for a table

    return _MARK.sub(hidden, _BOUNDS.sub(r"\1 >= \2 AND (\1, \1) < (\3, \3)", sql))


@lru_cache(maxsize=1_024)
def for_many(sql: str, number: str) -> str | None:
    """For many sets of values at once, what `planned_once` made of a statement: it takes a list for each value.

    The column `number` says which set a row belongs to, from 1 on. The rows of each come in their order. None if one of
    the values is a list already, or there are none.
    """
    kinds = {int(place): (kind, many) for place, kind, many in _HIDDEN.findall(sql)}
    if not kinds or any(many for _, many in kinds.values()) or sorted(kinds) != list(range(1, len(kinds) + 1)):
        return None
    lists = ", ".join(f"(SELECT ${place}::{kinds[place][0]}[])" for place in sorted(kinds))
    names = ", ".join(f"v{place}" for place in sorted(kinds))
    one = _HIDDEN.sub(r"together.v\1", sql)
    return (
        f'SELECT "one".*, together."{number}" FROM unnest({lists}) WITH ORDINALITY AS together({names}, "{number}") '  # noqa: S608  # names
        f'CROSS JOIN LATERAL ({one}) "one"'
    )


def _type_of(value: Any) -> str | None:
    if type(value) is list:
        members = {TYPES.get(type(each)) for each in value}
        kind = members.pop() if len(members) == 1 else None
        return None if kind is None else f"{kind}[]"
    return TYPES.get(type(value))
