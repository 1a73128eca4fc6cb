"""Policy files from bytes to columns, strictly: what stock Casbin skips or swallows is a problem here."""

from collections.abc import Iterator

import msgspec

from gongzhi.core.errors import Problem
from gongzhi.core.permissions.rules import PolicyFile

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
COLUMNS = {
    "p": ("subject", "territory", "resource", "action", "relation", "effect"),
    "g": ("account or role", "role", "territory"),
}
EXAMPLES = {
    "p": "p, role:committee.director, /futian, catalogue.offering, update, own, allow",
    "g": "g, account:zhang, role:auditor, /futian",
}
_FOREIGN_COMMAS = "，、；;﹐"


class Line(msgspec.Struct, frozen=True, gc=False):
    """A `p` or `g` line: its columns after the first, trimmed, and the text for pointing into it."""

    file: PolicyFile
    number: int
    kind: str
    columns: tuple[str, ...]
    text: str

    def problem(self, index: int, message: str, remedy: str) -> Problem:
        """A problem with the column `index` (0 is the one after `p` or `g`); -1 is the line itself."""
        return problem(self.file.name, self.number, start_of(self.text, index + 1), message, remedy)


def problem(file: str, row: int, column: int, message: str, remedy: str) -> Problem:
    """A problem at a place that an editor can jump to; row and column count from 1, in characters."""
    return Problem(message=message, file=file, row=row, column=str(column), remedy=remedy)


def start_of(text: str, index: int) -> int:
    """The column, from 1, at which the comma-separated value `index` of a line begins."""
    parts = text.split(",")
    before = sum(len(part) + 1 for part in parts[:index])
    value = parts[index] if index < len(parts) else ""
    return before + len(value) - len(value.lstrip()) + 1


def read(file: PolicyFile) -> Iterator[Line | Problem]:
    """Every rule of a file, and every line that cannot be one. Comments and blank lines yield nothing."""
    content = file.content
    if content.startswith(BYTE_ORDER_MARK):
        remedy = "save the file as UTF-8 without BOM; stock Casbin would drop its first rule"
        yield problem(file.name, 1, 1, "the file starts with a byte order mark", remedy)
        content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        yield problem(file.name, row, column, "the file is not UTF-8 here", "save the file as UTF-8 without BOM")
        return
    for number, raw in enumerate(text.split("\n"), 1):
        stripped = raw.strip()
        if stripped and not stripped.startswith("#"):
            yield _line(file, number, raw)


def _line(file: PolicyFile, number: int, raw: str) -> Line | Problem:
    kind, *columns = (value.strip() for value in raw.split(","))
    expected = COLUMNS.get(kind)
    if expected is not None and len(columns) == len(expected):
        return Line(file, number, kind, tuple(columns), raw)
    for column, character in enumerate(raw, 1):
        if character in _FOREIGN_COMMAS:
            message = f"{character!r} does not separate columns"
            return problem(file.name, number, column, message, "use the comma of ASCII: ','")
    if expected is None:
        first = start_of(raw, 0)
        remedy = f"start the line with p, g or #: {EXAMPLES['p']}"
        return problem(file.name, number, first, f"a line cannot start with {kind[:20]!r}", remedy)
    message = f"{kind} takes {len(expected)} columns ({', '.join(expected)}), not {len(columns)}"
    where = start_of(raw, min(len(columns), len(expected)) + (len(columns) > len(expected)))
    return problem(file.name, number, where, message, f"write it like: {EXAMPLES[kind]}")
