"""Input types derived from the core's commands, and back from what a client sent to the command."""

import inspect
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import strawberry
from msgspec import Meta
from strawberry.scalars import JSON, Base64
from strawberry.types.arguments import InputContext
from strawberry.utils.str_converters import to_camel_case

from gongzhi.core.errors import Internal, Invalid
from gongzhi.core.fields import problem_of
from gongzhi.graphql.relay import decode_id_of
from gongzhi.graphql.scalars import LARGEST_INT, SafeInt

_made: dict[tuple[type, str], type] = {}


class Part(msgspec.Struct, frozen=True):
    """A field's type taken apart: the bare type, whether it may be null, its description, and whose id it is."""

    kind: Any
    nullable: bool
    description: str
    node: str | None
    large: bool = False


def part_of(hint: Any, description: str = "", node: str | None = None) -> Part:
    """Take a field's type apart; what stands outermost describes it."""
    nullable = large = False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *metas = get_args(hint)
            for meta in metas:
                if isinstance(meta, Meta):
                    description = description or meta.description or ""
                    node = node or (meta.extra_json_schema or {}).get("node")
                    large = large or (meta.le or 0) > LARGEST_INT
        elif origin in (Union, UnionType):
            members = [member for member in get_args(hint) if member is not NoneType]
            if len(members) != 1:
                raise Internal(f"an input cannot hold one of several types: {hint}")
            hint, nullable = members[0], True
        else:
            return Part(hint, nullable, description, node, large)


def input_type(command: type[msgspec.Struct], name: str | None = None) -> type:
    """The GraphQL input of a command or of a struct within one; made once for each name."""
    chosen = name or f"{command.__name__.removesuffix('Input')}Input"
    if (command, chosen) not in _made:
        _made[command, chosen] = _input(command, chosen)
    return _made[command, chosen]


def _input(command: type[msgspec.Struct], name: str) -> type:
    hints = get_type_hints(command, include_extras=True)
    namespace: dict[str, Any] = {"__annotations__": {}}
    for declared in msgspec.structs.fields(command):
        part = part_of(hints[declared.name])
        required = declared.required and not part.nullable
        kind = _graphql(part)
        namespace["__annotations__"][declared.name] = kind if required else kind | None
        text = part.description or _meaning(part.kind) or declared.name.replace("_", " ").capitalize() + "."
        default = {} if required else {"default": strawberry.UNSET}
        namespace[declared.name] = strawberry.field(description=text, **default)
    ordered = dict(sorted(namespace.items(), key=lambda each: getattr(each[1], "default", None) is strawberry.UNSET))
    made = type(name, (), ordered)
    made.__annotations__ = dict(sorted(made.__annotations__.items(), key=lambda each: list(ordered).index(each[0])))
    built: Any = strawberry.input(made, name=name, description=_meaning(command))
    built.__strawberry_definition__.from_input = _as_sent
    return built


def _as_sent(_: type, value: Mapping[str, Any], __: InputContext) -> Mapping[str, Any]:
    """What a resolver is given for an input: `command_of` makes the command of it, without an object in between."""
    return value


_as_sent.as_sent = True  # type: ignore[attr-defined]  # the executor looks for it there


def _meaning(kind: Any) -> str:
    ours = isinstance(kind, type) and kind.__module__ != "builtins"
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split()) if ours else ""


def _graphql(part: Part) -> Any:
    kind = part.kind
    if part.node is not None:
        return strawberry.ID
    if get_origin(kind) is tuple:
        member = part_of(get_args(kind)[0])
        return list[_graphql(member)]
    if get_origin(kind) is dict or kind is dict:
        return JSON
    if kind is bytes:
        return Base64
    if kind is int and part.large:
        return SafeInt
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return input_type(kind)
    if kind in (str, int, float, bool, date, datetime) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind
    raise Internal(f"an input cannot hold a {kind}; use one of the types that inputs.py knows")


def command_of(command: type[msgspec.Struct], given: Mapping[str, Any]) -> Any:
    """The command that a client's input says, or Invalid naming the field. Fields that were left out keep defaults.

    `given` holds the fields that were sent, by their names in GraphQL.
    """
    values = _builtins(command, given, "")
    try:
        return msgspec.convert(values, command, builtin_types=(bytes, UUID, date, datetime))
    except msgspec.ValidationError as error:
        raise Invalid("the input is not valid", [problem_of(error, "input")]) from None


@cache
def _fields(command: type[msgspec.Struct]) -> tuple[tuple[str, str, Part], ...]:
    """The fields of a command: their names here and in GraphQL, and their types."""
    hints = get_type_hints(command, include_extras=True)
    return tuple((name, to_camel_case(name), part_of(hints[name])) for name in command.__struct_fields__)


def _builtins(command: type[msgspec.Struct], given: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {name: _value(part, given[sent], f"{place}{name}") for name, sent, part in _fields(command) if sent in given}


def _value(part: Part, value: Any, place: str) -> Any:
    if value is None or isinstance(value, Enum):
        return getattr(value, "value", None)
    if part.node is not None:
        return UUID(str(decode_id_of(part.node, value, f"input.{place}")))
    member, struct = _within(part.kind)
    if member is not None:
        return [_value(member, each, f"{place}.{index}") for index, each in enumerate(value)]
    return _builtins(struct, value, f"{place}.") if struct is not None else value


@cache
def _within(kind: Any) -> tuple[Part | None, type[msgspec.Struct] | None]:
    """What lies within values of a type: the members of a tuple, or the fields of a struct."""
    if get_origin(kind) is tuple:
        return part_of(get_args(kind)[0]), None
    return None, kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
