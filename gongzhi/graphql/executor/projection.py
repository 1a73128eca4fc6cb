"""One function for the plain fields of an object type: compiled from the selection, without a call for each field.

What it is made of are names: of response keys, which the GraphQL grammar confines to letters, digits and underscores,
and of attributes in our own declarations. No value of a request becomes part of its text.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from gongzhi.graphql.executor.completion import Complete, Unplanned


class Plain(NamedTuple):
    """A field read from its record: by an attribute's name, or by a function of the record alone."""

    key: str
    attribute: str | None
    read: Complete | None
    complete: Complete


class Constant(NamedTuple):
    """A field whose value the type alone decides (`__typename`), or the place of one that is filled in later."""

    key: str
    value: str | None


def project(fields: Sequence[Plain | Constant]) -> Complete:
    """From a record to the object with these fields, in this order."""
    given: dict[str, Any] = {}
    parts = []
    for number, field in enumerate(fields):
        if not field.key.isidentifier():
            raise Unplanned
        if isinstance(field, Constant):
            parts.append(f"{field.key!r}: {field.value!r}")
            continue
        given[f"c{number}"] = field.complete
        if field.attribute is not None:
            if not field.attribute.isidentifier():
                raise Unplanned
            source = f"record.{field.attribute}"
        else:
            given[f"r{number}"] = field.read
            source = f"r{number}(record)"
        parts.append(f"{field.key!r}: c{number}({source})")
    function: Complete = eval(f"lambda record: {{{', '.join(parts)}}}", given)  # noqa: S307  # see above: names only
    return function
