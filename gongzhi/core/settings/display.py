"""Settings as people read them: the reference, and the values in force without their secrets."""

from typing import Literal

import msgspec

from gongzhi.core.settings.fields import fields_of, shown

Source = Literal["default", "toml", "env", "code"]
"""Where a value was set; `code` is neither the file nor the environment."""


class Setting(msgspec.Struct, frozen=True):
    """One setting as the documentation shows it. `expected` says in words what values it takes."""

    name: str
    variable: str
    expected: str
    default: str
    description: str
    secret: bool


class EffectiveSetting(msgspec.Struct, frozen=True):
    """One setting as it is in force; `value` has no secret in it."""

    name: str
    value: str
    source: Source


def describe(struct: type[msgspec.Struct]) -> list[Setting]:
    """Every setting that a struct declares, in the order of the declaration."""
    return [
        Setting(
            name=field.name,
            variable=field.variable,
            expected=field.expected,
            default=shown(field.default),
            description=field.description,
            secret=field.secret,
        )
        for field in fields_of(struct).values()
    ]


def effective(settings: msgspec.Struct) -> list[EffectiveSetting]:
    """Every setting with its value and its source; secrets, and passwords inside addresses, are masked."""
    sources: dict[str, Source] = getattr(settings, "sources", {})
    rows = []
    for field in fields_of(type(settings)).values():
        value = getattr(settings, field.name)
        source = sources.get(field.name, "default" if value == field.default else "code")
        text = "***" if field.secret and value not in (None, ()) else shown(value)
        rows.append(EffectiveSetting(name=field.name, value=text, source=source))
    return rows
