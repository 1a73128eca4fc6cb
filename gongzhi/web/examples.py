"""The examples that ship with the package: operations for the console, and the client at `/example/`."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

PACKAGE = Path(__file__).parents[1]
PAIR = re.compile(r"^# (variables|account): (.+)$", re.MULTILINE)


class Example(msgspec.Struct, frozen=True, rename="camel"):
    """An operation to start from. `account` is the demo account whose token it needs; empty: anybody may send it."""

    name: str
    title: str
    title_en: str
    text: str
    variables: Mapping[str, Any] = {}
    account: str = ""


def folder(name: str) -> Path:
    """`client` or `operations`: beside the package in a checkout, inside of it once it is installed from a wheel."""
    checkout = PACKAGE.parent / "examples" / name
    return checkout if checkout.is_dir() else PACKAGE / "examples" / name


@cache
def operations() -> tuple[Example, ...]:
    """Every example operation: those that anybody may send first, then by the name of the file."""
    read = [parse(path.stem, path.read_text("utf-8")) for path in folder("operations").glob("*.graphql")]
    return tuple(sorted(read, key=lambda example: (example.account != "", example.name)))


def parse(name: str, text: str) -> Example:
    """An operation's file: `# Chinese title · English title`, comments, `# variables:` with JSON, `# account:`.

    :raises ValueError: the first line has no such titles, or the variables are not JSON.
    """
    title, _, title_en = text.partition("\n")[0].removeprefix("# ").partition(" · ")
    if not title or not title_en:
        raise ValueError(f"{name}.graphql begins with `# Chinese title · English title`")
    pairs = dict(PAIR.findall(text))
    try:
        variables = msgspec.json.decode(pairs.get("variables", "{}"), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(f"{name}.graphql has `# variables:` that are no JSON object: {error}") from error
    shown = "".join(line for line in text.splitlines(keepends=True) if not PAIR.match(line))
    return Example(name, title, title_en, shown, variables, pairs.get("account", ""))
