"""Markdown, as far as the reference pages need it."""

from collections.abc import Iterable, Iterator, Sequence

NOTICE = "<!-- Written by `make docs` from the code; edit it there. -->"


def heading(title: str, introduction: str) -> Iterator[str]:
    """The beginning of a page."""
    yield from (NOTICE, "", f"# {title}", "", introduction, "")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; bars and line ends inside cells are escaped."""
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"


def code(value: str) -> str:
    """A value in code type, nothing for an empty one."""
    return f"`{value}`" if value else ""


def codes(values: Iterable[str]) -> str:
    """Values in code type, separated by commas."""
    return ", ".join(map(code, values))


def _cell(value: str) -> str:
    return " ".join(value.replace("|", "\\|").split())
