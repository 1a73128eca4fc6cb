"""What stands on the page below the table: every contestant, what was done, and what the figures do not show."""

from bench.http import front
from bench.http.contests import seconds, turns
from bench.http.load import CONNECTIONS, tool
from bench.http.ratios import TITLES as CASES
from bench.http.rounds import Measured
from bench.http.serving import TITLES as SERVED

TITLES = {**CASES, front.CASE: front.TITLE, **SERVED}
CHART = "speed.svg"
HEAD = ("case", "who", "req/s", "slowest round", "fastest round", "p50 ms", "p99 ms", "CPU ms")
NOT_SHOWN = """\
What this does not show:

- Whoever loads, PostgreSQL and the servers share the machine's cores, so that absolute values are lower than on a
  machine of its own, most of all for those that answer fastest. Ratios suffer less: all were measured in turns.
- Loopback has no latency and loses nothing. Compression and TLS belong to a proxy, and nobody did them here.
- The peers check no token, no permission, no cost and no rate, and write no audit line; ours does what it always does,
  and is asked with the token of an account in every case.
- Nobody but ours has a response cache here; Mercurius and Yoga have plugins that add one. The rows with the response
  cache off compare work with work.
- Targets are beside peers that read the same rows from the same PostgreSQL. Ours holds published items in memory and
  notices within a second that a list was published anywhere; stock strawberry holds them, too. Offerings and their
  providers come from PostgreSQL for everybody.
- Mercurius and Yoga without a word of PostgreSQL hold all items in memory as well, read once when they start. Beside
  those, ours is ahead with lists, and behind with one item by code: Mercurius takes less for a whole answer than
  uvicorn does without any application behind it. The interpreter is the reason; see where the time goes, on this page.
  What would change it is another language below.
- One item without the response cache is around, and mostly below, what Mercurius reads from PostgreSQL.
- Pages that several requests ask for in the same turn of the event loop are read by one statement. A caller alone does
  not have that: their page takes one statement of its own.
- One process each. Several workers, and a cache in front, are measured elsewhere on this page or in scaling.md.
"""


def lines(results: list[Measured], notes: list[str]) -> list[str]:
    """The section, as Markdown."""
    conditions = (
        f"Load by {tool()} on {CONNECTIONS} connections, no pipelining; {turns()} rounds of {seconds():g} s, in "
        "turns, after a second to warm up; medians of the rounds. Every answer was compared with everybody else's "
        "before, and its size during the measurement. CPU is the server's own for one answer, without PostgreSQL's; it "
        "suffers least from what else the machine does."
    )
    return [
        "## Beside others",
        "",
        *([f"![requests a second, by case](images/{CHART})", ""] if results else []),
        conditions,
        "",
        *(line for note in notes for line in (f"**{note}**", "")),
        *_table(results),
        "",
        NOT_SHOWN,
    ]


def _table(results: list[Measured]) -> list[str]:
    cells = [HEAD, *(_cells(each) for each in results)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    rows = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in cells]
    return [rows[0], f"|{'|'.join('-' * (width + 2) for width in widths)}|", *rows[1:]]


def _cells(each: Measured) -> tuple[str, ...]:
    title = TITLES[each.case]
    if each.invalid:
        return title, each.name, "does not count:", each.invalid, "", "", "", ""
    rates = (f"{rate:,.0f}" for rate in (each.rate, each.low, each.high))
    return title, each.name, *rates, f"{each.p50:.3g}", f"{each.p99:.3g}", "" if each.cpu is None else f"{each.cpu:.3g}"
