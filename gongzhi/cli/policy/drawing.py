"""Roles and inheritance as an SVG picture, laid out and drawn without any other program."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html import escape

import msgspec

from gongzhi.core.permissions.rules import Link, bare
from gongzhi.core.permissions.snapshot import Snapshot
from gongzhi.core.territory.path import ROOT
from gongzhi.web.policy.wording import named, subject

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN, HEAD = 230, 46, 110, 16, 24, 78
STYLE = (
    'text{font-family:system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;fill:#1d2733}'
    ".zh{font-size:14px;font-weight:600}.en,.note{font-size:11px;fill:#5a6675}.title{font-size:20px;font-weight:700}"
    ".role{fill:#eef2f6;stroke:#94a1b0}.account{fill:#fbeccb;stroke:#d8ab4a}"
    ".link{fill:none;stroke:#9c1c1c;stroke-width:1.5}"
)


class Box(msgspec.Struct, frozen=True):
    """A role or an account, in a column and a row of the picture; parents stand right of their heirs."""

    name: str
    column: float
    row: float

    @property
    def x(self) -> float:
        """Left edge in pixels."""
        return MARGIN + self.column * (WIDTH + GAP_X)

    @property
    def y(self) -> float:
        """Upper edge in pixels."""
        return HEAD + self.row * (HEIGHT + GAP_Y)


def svg(snapshot: Snapshot) -> str:
    """The picture. An arrow leads from a role to the one whose rules it has too; a place other than / is written by."""
    boxes = layout([*snapshot.vocabulary.roles, *snapshot.accounts], snapshot.links)
    width = max(box.x for box in boxes.values()) + WIDTH + MARGIN
    height = max(box.y for box in boxes.values()) + HEIGHT + MARGIN
    parts = [*_frame(snapshot, width, height), *_arrows(snapshot.links, boxes), *_boxes(snapshot, boxes), "</svg>"]
    return "\n".join(parts) + "\n"


def layout(names: Iterable[str], links: Iterable[Link]) -> Mapping[str, Box]:
    """Trees first, each top right in the middle of its heirs; below them, in columns, the roles without any link."""
    heirs: dict[str, list[str]] = defaultdict(list)
    parents: dict[str, list[str]] = defaultdict(list)
    for link in links:
        heirs[bare(link.parent)].append(bare(link.child))
        parents[bare(link.child)].append(bare(link.parent))
    linked = [name for name in names if heirs[name] or parents[name]]
    alone = [name for name in names if not heirs[name] and not parents[name]]
    columns = max((_depth(name, parents) for name in linked), default=0)
    boxes: dict[str, Box] = {}
    rows = 0
    for top in [name for name in linked if not parents[name]]:
        rows = _tree(top, heirs, {name: columns - _depth(name, parents) for name in linked}, rows, boxes)
    across = max(columns + 1, 3)
    for number, name in enumerate(alone):
        boxes[name] = Box(name, number % across, rows + (0.4 if rows else 0) + number // across)
    return boxes


def _depth(name: str, parents: Mapping[str, list[str]]) -> int:
    """The longest way to a role that inherits nothing. A policy has no cycles."""
    return max((1 + _depth(parent, parents) for parent in parents[name]), default=0)


def _tree(
    name: str, heirs: Mapping[str, list[str]], columns: Mapping[str, int], row: int, boxes: dict[str, Box]
) -> int:
    """Place a role and those of its heirs that are not placed yet, from `row` down; the next free row is returned."""
    first = row
    for heir in heirs[name]:
        if heir not in boxes:
            row = _tree(heir, heirs, columns, row, boxes)
    row = max(row, first + 1)
    boxes[name] = Box(name, columns[name], (first + row - 1) / 2)
    return row


def _frame(snapshot: Snapshot, width: float, height: float) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="title">'
    )
    yield f'<title id="title">角色与继承 · Roles and inheritance, policy {snapshot.revision}</title>'
    yield (
        f'<style>{STYLE}</style><defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#9c1c1c"/></marker></defs>'
    )
    yield f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
    yield f'<text class="title" x="{MARGIN}" y="34">角色与继承 · Roles and inheritance</text>'
    note = f"箭头: 同时拥有所指角色的权限 · An arrow: has the rights of that role too · {snapshot.revision}"
    yield f'<text class="note" x="{MARGIN}" y="56">{note}</text>'


def _arrows(links: Iterable[Link], boxes: Mapping[str, Box]) -> Iterator[str]:
    for link in links:
        start, end = boxes[bare(link.child)], boxes[bare(link.parent)]
        x1, y1, x2, y2 = start.x + WIDTH, start.y + HEIGHT / 2, end.x, end.y + HEIGHT / 2
        middle = (x1 + x2) / 2
        curve = f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
        yield f'<path class="link" d="{curve}" marker-end="url(#tip)"/>'
        if link.dom != ROOT:
            at = f'x="{middle:g}" y="{(y1 + y2) / 2 - 5:g}" text-anchor="middle"'
            yield f'<text class="note" {at}>{escape(link.dom)}</text>'


def _boxes(snapshot: Snapshot, boxes: Mapping[str, Box]) -> Iterator[str]:
    for box in boxes.values():
        zh, _ = subject(snapshot.vocabulary, box.name)
        kind = "role" if box.name in snapshot.vocabulary.roles else "account"
        centre = f'x="{box.x + WIDTH / 2:g}" text-anchor="middle"'
        yield (
            f'<rect class="{kind}" x="{box.x:g}" y="{box.y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
            f'<text class="zh" {centre} y="{box.y + 20:g}">{escape(zh)}</text>'
            f'<text class="en" {centre} y="{box.y + 37:g}">{escape(named(box.name))}</text>'
        )
