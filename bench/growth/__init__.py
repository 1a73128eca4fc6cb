"""What a request costs as a district grows: offerings, rules of the policy, workers, and people who follow changes."""

import sys
import tempfile
from pathlib import Path

from bench.growth import capacity, offerings, rules, subscriptions, workers
from bench.growth.steps import Step, facts, ratio_rows, section
from bench.http import database, load
from bench.http.field import Field
from bench.pace import quick
from bench.targets import Row

STEPS: list[Step] = []
"""What the last `rows()` measured, for the page."""


def rows() -> list[Row]:
    """How much more the largest step costs than the smallest."""
    load.warn()
    STEPS.clear()
    with database.filled() as (url, items), tempfile.TemporaryDirectory() as folder:
        field = Field(url, items, Path(folder))
        for part in (workers, rules, offerings, subscriptions):  # the last one writes
            found = part.steps(field)
            print("\n".join(section(found)), file=sys.stderr, flush=True)
            STEPS.extend(found)
    return ratio_rows(STEPS)


def details() -> list[str]:
    """Where every step stands."""
    return ["## Growth", "", "Each step, and what to do as a district grows: [scaling](scaling.md)."]


def write(docs: Path) -> None:
    """Put what was measured, and what is computed from it, where scaling.md has marks; of a quick run nothing."""
    if quick():
        return
    page = docs / "scaling.md"
    text = page.read_text("utf-8")
    pages, lists = list(next(step for step in STEPS if step.what.startswith("workers")).values.values())[:2]
    parts = {"measured": [*facts(), *section(STEPS)], "computed": capacity.lines(pages, lists)}
    for mark, lines in parts.items():
        before, rest = text.split(f"<!-- {mark} -->\n")
        after = rest.split(f"<!-- end of {mark} -->\n")[1]
        inside = "\n".join(lines).strip()
        text = f"{before}<!-- {mark} -->\n{inside}\n<!-- end of {mark} -->\n{after}"
    page.write_text(text, "utf-8")
