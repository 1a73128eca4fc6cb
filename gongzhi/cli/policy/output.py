"""How policy commands speak to people and to programs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from gongzhi.core.errors import Problem


def echo_json(value: Any) -> None:
    """One JSON value, indented, with Chinese as it is."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def placed(problems: Iterable[Problem], directory: Path | None) -> tuple[Problem, ...]:
    """The problems with their files as an editor finds them: those of the directory below it, shipped ones bare."""
    if directory is None:
        return tuple(problems)
    return tuple(
        msgspec.structs.replace(each, file=str(directory / each.file))
        if each.file and (directory / each.file).exists()
        else each
        for each in problems
    )


def echo_problems(problems: Iterable[Problem], as_json: bool) -> None:
    """A line `FILE:LINE:COL: message (remedy)` for each, or all as JSON."""
    if as_json:
        echo_json({"problems": list(problems)})
    else:
        for problem in problems:
            click.echo(str(problem))


def counted(number: int, noun: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
