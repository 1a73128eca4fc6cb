"""Values from a TOML file and from the environment, checked one by one so that every mistake is named at once."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from gongzhi.core.errors import Problem
from gongzhi.core.settings.fields import PREFIX, Field, fields_of, shown

CONFIG_VARIABLE = "GONGZHI_CONFIG"
DEFAULT_FILE = "gongzhi.toml"
_TESTS_OWN = "GONGZHI_TEST_"
"""Variables of the test suite, which an application that a test starts inherits."""


def from_file(struct: type[msgspec.Struct], path: Path, *, must_exist: bool, problems: list[Problem]) -> dict[str, Any]:
    """The values of a file, by field name; what is wrong is added to `problems`."""
    try:
        keys = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if must_exist:
            problems.append(Problem("there is no such file", file=str(path), remedy=f"correct {CONFIG_VARIABLE}"))
        return {}
    except (OSError, ValueError) as error:
        problems.append(Problem(f"it cannot be read: {error}", file=str(path)))
        return {}
    return _collect(keys, fields_of(struct), str(path), problems)


def from_environment(
    struct: type[msgspec.Struct], environ: Mapping[str, str], problems: list[Problem]
) -> dict[str, Any]:
    """The values of the `GONGZHI_*` variables, by field name; what is wrong is added to `problems`.

    An empty variable unsets a setting that may be unset, and empties a list.
    """
    fields = {field.variable: field for field in fields_of(struct).values()}
    ours = (
        name
        for name in sorted(environ)
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE and not name.startswith(_TESTS_OWN)
    )
    texts = {name: _parsed(fields[name], environ[name]) if name in fields else environ[name] for name in ours}
    return _collect(texts, fields, None, problems)


def _collect(
    values: Mapping[str, object], fields: Mapping[str, Field], file: str | None, problems: list[Problem]
) -> dict[str, Any]:
    """The values that are right, by field name. The keys of `values` and `fields` are as the operator wrote them."""
    right = {}
    for key, value in values.items():
        field = fields.get(key)
        if field is None:
            problems.append(_unknown(key, fields, file))
            continue
        try:
            right[field.name] = msgspec.convert(value, field.annotation, strict=file is not None or field.is_text)
        except msgspec.ValidationError:
            actual = "" if field.secret else f", not {shown(value)}"
            problems.append(Problem(f"must be {field.expected}{actual}", field=key, file=file))
    return right


def _parsed(field: Field, text: str) -> object:
    if isinstance(field.type, inspect.VarTupleType):
        return [part.strip() for part in text.split(",") if part.strip()]
    return None if text == "" and field.default is None else text


def _unknown(key: str, fields: Mapping[str, Field], file: str | None) -> Problem:
    nearest = difflib.get_close_matches(key, fields, n=1, cutoff=0)
    return Problem("there is no such setting", field=key, file=file, remedy=f"did you mean {nearest[0]}?")
