"""The access matrix for a terminal: a letter for each relation, a numbered column for each role."""

from collections.abc import Iterator
from itertools import groupby

from gongzhi.core.permissions.review import Grant, Matrix, MatrixRow
from gongzhi.core.permissions.roles import SYSTEM_ROLE
from gongzhi.core.permissions.vocabulary import ANY
from gongzhi.core.territory.path import ROOT
from gongzhi.web.policy.matrix import leading

ALL = "*"
DENIED = "!"
ELSEWHERE = "/"
LEGEND = f"{ALL} any record, o own, a assigned, p party, {DENIED} denied, {ELSEWHERE} only at places named below"


def render(matrix: Matrix) -> str:
    """The table with its legend. The operator's role, which may do everything from the command line, is left out."""
    roles = [name for name, _, _ in matrix.roles if name != SYSTEM_ROLE]
    width = max(max(len(row.resource), len(row.action) + 2) for row in matrix.rows) + 1
    lines = [f"Policy {matrix.revision}", LEGEND, ""]
    lines += [f"{number:>3} {name}" for number, name in enumerate(roles, 1)]
    for name, rows in groupby(matrix.rows, key=lambda row: row.resource):
        numbers = "".join(f"{number:>4}" for number in range(1, len(roles) + 1))
        lines += ["", f"{name:<{width}}{numbers}"]
        lines += [_line(row, roles, width) for row in rows]
    elsewhere = list(_elsewhere(matrix.rows, roles))
    return "\n".join([*lines, *(["", *elsewhere] if elsewhere else [])])


def _line(row: MatrixRow, roles: list[str], width: int) -> str:
    cells = "".join(f"{_letters(row.cells.get(role, ())):>4}" for role in roles)
    return f"  {row.action:<{width - 2}}{cells}".rstrip()


def _letters(grants: tuple[Grant, ...]) -> str:
    """What holds at the root, and a slash when some place has its own verdict."""
    root = next((grant for grant in grants if grant.path == ROOT), None)
    shown = _marks(root) if root else ""
    return shown + ELSEWHERE if len(grants) > (root is not None) else shown


def _marks(grant: Grant) -> str:
    allowed = "".join(ALL if name == ANY else name[0] for name in leading(grant.allowed) if name not in grant.denied)
    return allowed + "".join(DENIED + ("" if name == ANY else name[0]) for name in leading(grant.denied))


def _elsewhere(rows: tuple[MatrixRow, ...], roles: list[str]) -> Iterator[str]:
    for row in rows:
        for role in roles:
            for grant in row.cells.get(role, ()):
                if grant.path != ROOT:
                    yield f"{role}: {row.resource} {row.action} at {grant.path}: {_marks(grant) or 'nothing'}"
