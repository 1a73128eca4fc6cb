"""What a settings struct's annotations say of each field: its type, in words, its limits and its description."""

import re
from typing import Any

import msgspec
from msgspec import inspect

PREFIX = "GONGZHI_"
_NOT_SETTINGS = frozenset({"sources"})
_PASSWORD = re.compile(r"(://[^:/?#]*):.*@|([?&]password=)[^&]*", re.DOTALL)
"""In an address; as far as the last @, so that a password which should have been escaped is hidden too."""


class Field(msgspec.Struct, frozen=True):
    """One field. `annotation` is what values are converted to; `type` is the same without None and metadata."""

    name: str
    annotation: Any
    type: inspect.Type
    default: Any
    description: str
    secret: bool

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()

    @property
    def is_text(self) -> bool:
        """Whether the environment's text is its value as it stands."""
        return isinstance(self.type, inspect.StrType | inspect.LiteralType)

    @property
    def expected(self) -> str:
        """What values it takes, in words."""
        return _in_words(self.type)


def fields_of(struct: type[msgspec.Struct]) -> dict[str, Field]:
    """The settings that a struct declares, by name, in the order of the declaration."""
    annotations = {field.name: field.type for field in msgspec.structs.fields(struct)}
    declared = inspect.type_info(struct)
    if not isinstance(declared, inspect.StructType):
        raise TypeError(f"{struct} is not a struct")
    return {
        field.name: _field(field, annotations[field.name])
        for field in declared.fields
        if field.name not in _NOT_SETTINGS
    }


def shown(value: object) -> str:
    """A value as `gongzhi.toml` has it, without the passwords inside addresses."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(_PASSWORD.sub(_masked, value))
    return "unset" if value is None else str(value)


def _masked(found: re.Match[str]) -> str:
    return f"{found[1]}:***@" if found[1] else f"{found[2]}***"


def _field(field: inspect.Field, annotation: Any) -> Field:
    described = field.type
    if not isinstance(described, inspect.Metadata):
        raise TypeError(f"the setting {field.name} needs a description: Annotated[…, Meta(description=…)]")
    return Field(
        name=field.name,
        annotation=annotation,
        type=_without_none(described.type),
        default=field.default,
        description=(described.extra_json_schema or {})["description"],
        secret=bool((described.extra or {}).get("secret")),
    )


def _without_none(kind: inspect.Type) -> inspect.Type:
    if isinstance(kind, inspect.UnionType):
        return next(part for part in kind.types if not isinstance(part, inspect.NoneType))
    return kind


def _in_words(kind: inspect.Type) -> str:
    match kind:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() | inspect.FloatType():
            return ("a whole number" if isinstance(kind, inspect.IntType) else "a number") + _limits(kind)
        case inspect.LiteralType():
            return "one of " + ", ".join(map(str, kind.values))
        case inspect.VarTupleType():
            return "a list of texts"
        case inspect.StrType():
            return "a text" if kind.min_length is None else "a text that is not empty"
        case _:
            raise TypeError(f"no setting can be a {kind}")


def _limits(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge:g} to {kind.le:g}"
    if kind.ge is not None:
        return f" of at least {kind.ge:g}"
    return "" if kind.gt is None else f" above {kind.gt:g}"
