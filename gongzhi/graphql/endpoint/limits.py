"""How large a document and its variables may be, and what an operation may cost: each limit a setting."""

from collections.abc import Mapping
from typing import Any

from gongzhi.core.errors import Invalid, Limited
from gongzhi.core.settings import Settings
from gongzhi.graphql.endpoint.measuring import Measured, OperationCost

MEASURED = (
    ("node_limit", "nodes", "selections"),
    ("alias_limit", "aliases", "aliases"),
    ("directive_limit", "directives", "directives"),
    ("root_field_limit", "roots", "fields at the top"),
    ("depth_limit", "depth", "levels"),
    ("variable_limit", "variables", "variables"),
    ("repeat_limit", "repeats", "fields that another field asks for as well"),
)
"""A limit, what of a document's size it is for, and how messages call that."""


DEEPEST = 64
"""Levels of objects and lists in variables; no input has as many."""


def check_size(measured: Measured, settings: Settings) -> None:
    """:raises Limited: naming the first limit that the document breaks, its value and what was asked for."""
    _refuse("operation_limit", measured.operations, settings, "operations")
    for limit, name, noun in MEASURED:
        _refuse(limit, getattr(measured.largest, name), settings, noun)
    check_list(measured.longest_list, settings)


def check_variables(variables: object, settings: Settings) -> None:
    """Look at all variables, level by level.

    :raises Limited: a list among them, at whatever depth, has too many members.
    :raises Invalid: they are nested too deeply. Python itself gives up sooner or later, with its version.
    """
    level, depth = [variables], 0
    while level:
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                check_list(len(value), settings)
                below.extend(value)
        level, depth = below, depth + 1
        if depth > DEEPEST + 1:
            raise Invalid(f"The variables are nested more than {DEEPEST} levels deep.")


def check_list(length: int, settings: Settings) -> None:
    """:raises Limited: a list in an input has too many members."""
    value = settings.input_list_limit
    if length > value:
        message = f"A list in the input has {length} members; at most {value} are allowed."
        raise Limited(message, limit="input_list_limit", value=value, actual=length)


def check_cost(cost: OperationCost, variables: Mapping[str, Any], settings: Settings, *, anonymous: bool) -> int:
    """What the operation costs with these variables.

    :raises Limited: it is more than such a caller may ask for at once.
    """
    limit = "cost_limit_anonymous" if anonymous else "cost_limit"
    value: int = getattr(settings, limit)
    actual = cost.at(variables, settings.page_size_max)
    if actual > value:
        who = "a caller who has not signed in" if anonymous else "one operation"
        message = f"The operation costs {actual}; {who} may ask for {value}. Ask for smaller pages or fewer lists."
        raise Limited(message, limit=limit, value=value, actual=actual)
    return actual


def _refuse(limit: str, actual: int, settings: Settings, noun: str) -> None:
    value = getattr(settings, limit)
    if actual > value:
        message = f"The document has {actual} {noun}; at most {value} are allowed."
        raise Limited(message, limit=limit, value=value, actual=actual)
