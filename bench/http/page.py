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
- Mercurius, Yoga and stock strawberry hold the items in memory, as ours does, except where it says that they read them
  from PostgreSQL; PostGraphile always reads. Offerings and their providers come from PostgreSQL for everybody.
- Where a target is missed, the peer holds the items in memory, and the interpreter is the reason: see where the time
  goes, on this page. Ten times such a server is more than uvicorn answers with no application behind it, and so is one
  item by code as fast as from it. What would change that is another language below, or another server: granian, in the
  table, but our guard of slow and too many connections is a protocol class of uvicorn's and would have to be written
  again. Beside the same peers, reading their items from PostgreSQL, the list and the item that are answered from bytes
  reach their targets; the page stands around its own, and changes with the machine from one run to the next; an item
  without the response cache stays below it.
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
