"""Statements that PostgreSQL plans once for all values.

PostgreSQL plans a prepared statement anew for each execution as long as it expects that plans for particular values are
cheaper. For a page of a community's rows the planning takes longer than the reading. A value behind a sub-select is
unknown to the planner, so that all plans cost the same to it, and it keeps one. That suits what reads few rows whatever
its values are, and what an index has in the order that is asked for behind the values that must be equal. Where a value
may mean ten rows or all of a table, the plan has to see it.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

TYPES: dict[type, str] = {str: "varchar", UUID: "uuid", date: "date", datetime: "timestamptz", bool: "boolean"}
"""PostgreSQL's types of the values that may stand behind a sub-select."""
_MARK = re.compile(r"\$(\d+)")


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

    return _MARK.sub(hidden, sql)


def _type_of(value: Any) -> str | None:
    if type(value) is list:
        members = {TYPES.get(type(each)) for each in value}
        kind = members.pop() if len(members) == 1 else None
        return None if kind is None else f"{kind}[]"
    return TYPES.get(type(value))
