"""What changes for whom, for a terminal."""

from collections.abc import Iterator

from gongzhi.cli.policy.output import counted
from gongzhi.core.permissions.impact import FORBIDDEN, GAINED, LOST, RELEASED, Comparison, Part, Shift
from gongzhi.core.permissions.review import DENIED
from gongzhi.core.permissions.vocabulary import ANY
from gongzhi.web.policy.wording import named

SIGNS = {GAINED: "+", LOST: "-", FORBIDDEN: "!", RELEASED: "~"}
WORDS = {GAINED: "gained", LOST: "lost", FORBIDDEN: "now denied", RELEASED: "no longer denied"}


def render(comparison: Comparison) -> str:
    """A block for each role and place, then the sum."""
    lines: list[str] = []
    for part in comparison.parts:
        lines += [_title(part), *(f"  {line}" for line in _shifts(part)), ""]
    return "\n".join([*lines, _sum(comparison)])


def _title(part: Part) -> str:
    name = named(part.subject)
    if part.affected is None:
        return f"{name} at {part.path}"
    return f"{name} at {part.path}: changes something for {part.affected} of {counted(part.holders or 0, 'account')}"


def _shifts(part: Part) -> Iterator[str]:
    width = max(len(shift.resource) for shift in part.shifts)
    for shift in part.shifts:
        yield f"{SIGNS[shift.kind]} {shift.resource:<{width}}  {shift.action}{_remark(shift)}"


def _remark(shift: Shift) -> str:
    """On which records, and that a deny is at work, where that is not the usual."""
    remarks = [] if shift.relations == (ANY,) else [" and ".join(shift.relations)]
    if shift.kind == LOST and shift.after == DENIED:
        remarks.append("now denied")
    elif shift.kind in (FORBIDDEN, RELEASED):
        remarks.append(WORDS[shift.kind])
    return f" ({', '.join(remarks)})" if remarks else ""


def _sum(comparison: Comparison) -> str:
    if not comparison.parts:
        return f"Nothing changes between {comparison.old} and {comparison.new}."
    counts = ", ".join(f"{count} {word}" for kind, word in WORDS.items() if (count := comparison.count(kind)))
    text = f"From {comparison.old} to {comparison.new}: {counts}."
    if comparison.affected is None:
        return text
    return f"{text} Decisions change for {comparison.affected} of {counted(comparison.accounts or 0, 'account')}."
