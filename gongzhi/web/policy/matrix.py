"""The access matrix as a page for a meeting and for paper."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from gongzhi.core.permissions.review import Grant, Matrix, MatrixRow
from gongzhi.core.permissions.roles import SYSTEM_ROLE
from gongzhi.core.permissions.vocabulary import ANY, Vocabulary
from gongzhi.core.territory.path import ROOT
from gongzhi.web.policy.page import both, document, facts, stamped
from gongzhi.web.policy.wording import MARKS, RELATIONS, Stamp, resource

TITLE = ("权限总表", "Who may do what")
CAPTION = (
    "每一行是一项动作, 每一列是一个角色; 空格表示不允许。角色只在其任职机构所在和服务的地域内有效。"
    "所有人同时具有“公众”一列的权限。",
    "A row for each action, a column for each role; an empty cell is not allowed. A role counts where its holder's "
    "organization lies or serves, and below. Everybody also has what the column “public” gives.",
)


def render(matrix: Matrix, vocabulary: Vocabulary, stamp: Stamp) -> str:
    """The page. The operator's role, which may do everything from the command line, has no column."""
    roles = [role for role in matrix.roles if role[0] != SYSTEM_ROLE]
    columns = f'<colgroup><col class="action"><col span="{len(roles)}"></colgroup>'
    groups = "\n".join(
        _group(name, list(rows), roles, vocabulary) for name, rows in groupby(matrix.rows, key=lambda row: row.resource)
    )
    table = (
        f'<table class="matrix">\n<caption>{both(CAPTION)}</caption>\n{columns}\n'
        f"<thead><tr>{_head(roles)}</tr></thead>\n{groups}\n</table>"
    )
    return document(TITLE, facts(stamped(stamp)), f'<ul class="legend">{"".join(_legend())}</ul>\n{table}')


def _legend() -> Iterator[str]:
    for name, meaning in RELATIONS.items():
        yield f"<li>{_mark(name, denied=False)} {both(meaning)}</li>"
    meaning = ("禁止, 优先于任何允许", "denied, whatever else allows it")
    yield f"<li>{_mark(ANY, denied=True)} {both(meaning)}</li>"


def _head(roles: list[tuple[str, str, str]]) -> str:
    first = f'<th scope="col">{both(("动作", "action"))}</th>'
    return first + "".join(
        f'<th scope="col" title="role:{escape(name)}">{both(_short(zh, en))}</th>' for name, zh, en in roles
    )


def _short(zh: str, en: str) -> tuple[str, str]:
    """A title without what stands in brackets, for which a column has no room."""
    return zh.partition("(")[0], en.partition("(")[0]


def _group(name: str, rows: list[MatrixRow], roles: list[tuple[str, str, str]], vocabulary: Vocabulary) -> str:
    title = f"{both(resource(vocabulary, name))} <code>{escape(name)}</code>"
    head = f'<tr><th class="group" scope="rowgroup" colspan="{len(roles) + 1}">{title}</th></tr>'
    return f'<tbody class="group">\n{head}\n{"".join(_row(row, roles) for row in rows)}</tbody>'


def _row(row: MatrixRow, roles: list[tuple[str, str, str]]) -> str:
    title = both((row.title, row.title_en)) or escape(row.action)
    cells = "".join(f"<td>{''.join(_cell(row.cells.get(name, ())))}</td>" for name, _, _ in roles)
    return f'<tr><th scope="row" title="{escape(row.action)}">{title}</th>{cells}</tr>\n'


def _cell(grants: tuple[Grant, ...]) -> Iterator[str]:
    """The marks of a cell. A place other than the root is named below its marks; so is where nothing is left."""
    for grant in grants:
        marks = [_mark(name, denied=False) for name in leading(grant.allowed) if name not in grant.denied]
        marks += [_mark(name, denied=True) for name in leading(grant.denied)]
        if grant.path != ROOT:
            marks = [*(marks or ["–"]), f"<code>{escape(grant.path)}</code>"]
        yield from marks


def leading(relations: tuple[str, ...]) -> tuple[str, ...]:
    """The relations worth showing: whoever may do it to any record may do it to one's own."""
    return (ANY,) if ANY in relations else relations


def _mark(name: str, *, denied: bool) -> str:
    zh, en = MARKS.get(name, (name, ""))
    kind = "deny" if denied else name if name in MARKS else "other"
    if denied:
        zh, en = ("禁", "denied") if name == ANY else (f"禁{zh}", f"not {en or name}")
    small = f'<small lang="en">{escape(en)}</small>' if en else ""
    return f'<span class="mark {kind}">{escape(zh)}{small}</span>'
