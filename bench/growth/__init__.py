"""What a request costs as a district grows: offerings, rules of the policy, workers, and people who follow changes."""

import tempfile
from pathlib import Path

from bench.growth import offerings, rules, subscriptions, workers
from bench.growth.steps import Step, ratio_rows, section
from bench.http import database, load
from bench.http.field import Field
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
            STEPS.extend(part.steps(field))
    return ratio_rows(STEPS)


def details() -> list[str]:
    """Every step, as a section of the page."""
    return section(STEPS)
