"""What changes for whom, as a page for the meeting that decides on it."""

from collections.abc import Iterator
from html import escape

from gongzhi.core.permissions.impact import GAINED, LOST, Comparison, Part, Shift
from gongzhi.core.permissions.vocabulary import Vocabulary
from gongzhi.web.policy.page import both, document, facts, stamped
from gongzhi.web.policy.wording import (
    KINDS,
    VERDICTS,
    Both,
    Stamp,
    action,
    named,
    place,
    relation,
    resource,
    subject,
)

TITLE = ("权限变更说明", "What changes for whom")
SUMMARY = ("变更一览: 每行是一个角色在一处地域", "at a glance: a row for each role and place")
HEADS: tuple[Both, ...] = (("角色或账号", "role or account"), ("地域", "place"), *KINDS.values())
COLUMNS: tuple[Both, ...] = (
    ("变更", "change"),
    ("事项", "resource"),
    ("动作", "action"),
    ("适用记录", "records"),
    ("原来", "before"),
    ("现在", "after"),
)
WIDTHS = f"<colgroup>{''.join(f'<col style=width:{width}%>' for width in (11, 21, 25, 19, 12, 12))}</colgroup>"
NOTE = (
    "账号数只计决定真正改变的人: 通过另一角色仍保有该权限的不计入“受影响”。",
    "Only accounts whose decisions change count as affected: not those who keep it through another role.",
)


def render(comparison: Comparison, vocabulary: Vocabulary, stamp: Stamp) -> str:
    """The page; `stamp` is that of the new policy."""
    lead = facts([(("原策略", "old"), f"<code>{escape(comparison.old)}</code>"), *stamped(stamp), *_reach(comparison)])
    if not comparison.parts:
        nothing = ("没有变化: 对任何人、任何地方, 决定都与原来相同。", "Nothing changes, for anybody anywhere.")
        return document(TITLE, lead, f'<p class="big">{both(nothing)}</p>')
    parts = "\n".join(_part(part, vocabulary) for part in comparison.parts)
    return document(TITLE, lead, f"{_summary(comparison, vocabulary)}\n{parts}")


def _reach(comparison: Comparison) -> Iterator[tuple[Both, str]]:
    if comparison.affected is not None:
        yield ("受影响账号", "accounts affected"), f"{comparison.affected} / {comparison.accounts}"


def _summary(comparison: Comparison, vocabulary: Vocabulary) -> str:
    known = comparison.affected is not None
    heads = [*HEADS, *([("受影响账号", "accounts affected")] if known else [])]
    rows = "\n".join(_summary_row(part, vocabulary) for part in comparison.parts)
    note = f"<p>{both(NOTE)}</p>" if known else ""
    caption = f"<caption>{both(SUMMARY)}</caption>"
    return f"<table>\n{caption}\n{_head(tuple(heads))}\n<tbody>\n{rows}\n</tbody>\n</table>\n{note}"


def _head(words: tuple[Both, ...]) -> str:
    cells = "".join(f'<th scope="col">{both(each)}</th>' for each in words)
    return f"<thead><tr>{cells}</tr></thead>"


def _summary_row(part: Part, vocabulary: Vocabulary) -> str:
    counts = "".join(f'<td class="number">{_count(part, kind) or "–"}</td>' for kind in KINDS)
    name = f"{both(subject(vocabulary, part.subject))} <code>{escape(named(part.subject))}</code>"
    reach = f'<td class="number">{part.affected} / {part.holders}</td>' if part.affected is not None else ""
    return f'<tr><th scope="row">{name}</th><td>{_place(part.path)}</td>{counts}{reach}</tr>'


def _count(part: Part, kind: str) -> int:
    return sum(shift.kind == kind for shift in part.shifts)


def _place(path: str) -> str:
    zh, en = place(path)
    return both((zh, en)) if zh else f"<code>{escape(path)}</code>"


def _part(part: Part, vocabulary: Vocabulary) -> str:
    zh, en = subject(vocabulary, part.subject)
    title = f'{escape(zh)} <small lang="en">{escape(en)}</small> · {_place(part.path)}'
    order = [GAINED, LOST, *KINDS]
    shifts = sorted(part.shifts, key=lambda shift: order.index(shift.kind))
    rows = "\n".join(_shift(shift, vocabulary) for shift in shifts)
    caption = ("从该地域起, 及其以下", "from this place down")
    return (
        f'<section>\n<h2>{title}</h2>\n<table class="shifts">\n<caption>{both(caption)}</caption>\n{WIDTHS}\n'
        f"{_head(COLUMNS)}\n<tbody>\n{rows}\n</tbody>\n</table>\n</section>"
    )


def _shift(shift: Shift, vocabulary: Vocabulary) -> str:
    what = both(action(vocabulary, shift.resource, shift.action)) or escape(shift.action)
    relations = "; ".join(both(relation(each)) for each in shift.relations)
    return (
        f'<tr><td><span class="tag {shift.kind}">{both(KINDS[shift.kind])}</span></td>'
        f"<td>{both(resource(vocabulary, shift.resource))}<br><code>{escape(shift.resource)}</code></td>"
        f'<th scope="row">{what}<br><code>{escape(shift.action)}</code></th><td>{relations}</td>'
        f"<td>{both(VERDICTS[shift.before])}</td><td>{both(VERDICTS[shift.after])}</td></tr>"
    )
