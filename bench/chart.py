"""Bars as SVG, on a logarithmic scale: what is a hundred times another stays visible beside it."""

import math
from collections.abc import Sequence
from html import escape

import msgspec

WIDTH, LABELS, VALUES = 860, 300, 70
BAR, GAP, HEADING = 16, 6, 34
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.title{font-weight:600}.own{fill:#b3261e}.other{fill:#7a8794}"
    ".grid{stroke:#ddd}.page{fill:#fff}"
)


class Bar(msgspec.Struct, frozen=True):
    """One value of a group, which is greater than 0; `own` bars have the colour of what the page is about."""

    label: str
    value: float
    own: bool = False


def bars(title: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """An SVG document: a group below the other, each with its name."""
    most = max(bar.value for _, group in groups for bar in group)
    decades = max(1, math.ceil(math.log10(most)))
    body: list[str] = []
    top = HEADING
    for name, group in groups:
        body.append(f'<text class="title" x="8" y="{top + 16}">{escape(name)}</text>')
        top += HEADING - 8
        for bar in group:
            body += _bar(bar, top, decades)
            top += BAR + GAP
        top += GAP
    grid = [_line(power, decades, top) for power in range(decades + 1)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 24}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{top + 24}"/>',
            f'<text class="title" x="8" y="20">{escape(title)}</text>',
            *grid,
            *body,
            "</svg>",
            "",
        ]
    )


def _bar(bar: Bar, top: int, decades: int) -> list[str]:
    width = _place(bar.value, decades) - LABELS
    kind = "own" if bar.own else "other"
    return [
        f'<text x="{LABELS - 8}" y="{top + 12}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect class="{kind}" x="{LABELS}" y="{top}" width="{width:.1f}" height="{BAR}"/>',
        f'<text x="{LABELS + width + 6:.1f}" y="{top + 12}">{bar.value:,.0f}</text>',
    ]


def _line(power: int, decades: int, bottom: int) -> str:
    place = _place(10.0**power, decades)
    label = f'<text x="{place:.1f}" y="{bottom + 16}" text-anchor="middle">{10**power:,}</text>'
    return f'<line class="grid" x1="{place:.1f}" y1="{HEADING}" x2="{place:.1f}" y2="{bottom}"/>{label}'


def _place(value: float, decades: int) -> float:
    """Where a value lies from left to right; what is below 1 lies at the start."""
    return LABELS + (WIDTH - LABELS - VALUES) * max(0.0, math.log10(max(value, 1.0))) / decades
