"""The fault suite in its short form. `make faults` does more of each, and prints the table."""

import pkgutil

import pytest

import faults
from faults.outcome import table
from faults.suite import NAMES, inject, module
from tests.faults.conftest import Injected

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
CASES = [
    pytest.param(name, engine, marks=pytest.mark.xdist_group(f"faults-{engine}"), id=f"{name}-{engine}")
    for engine, title in ENGINES.items()
    for name in NAMES
    if title in getattr(module(name), "ENGINES", ENGINES.values())
    and title in getattr(module(name), "SHORT_ENGINES", ENGINES.values())
    and not hasattr(module(name), "FULL_ONLY")
]


@pytest.mark.parametrize(("name", "engine"), CASES)
def test_a_fault_leaves_everything_whole(name: str, engine: str, request: pytest.FixtureRequest) -> None:
    injected: Injected = request.getfixturevalue(f"{engine}_ground")
    row = injected.runner.run(inject(name, injected.ground))
    assert row is not None
    assert row.outcome.met, f"{' | '.join(row.cells)}\n{injected.ground.server.output[-2000:]}"


def test_every_module_that_does_a_fault_is_in_the_table() -> None:
    found = {info.name for info in pkgutil.iter_modules(faults.__path__) if info.name != "__main__"}
    assert {name for name in found if hasattr(module(name), "fault")} == set(NAMES)


def test_a_figure_out_of_its_bounds_is_told() -> None:
    from faults.outcome import Check, Outcome, Row, exactly

    good, bad = Outcome("once", [exactly("lost", 0, 0)]), Outcome("once", [exactly("lost", 1, 0)])
    assert (good.met, bad.met) == (True, False)
    assert table([Row("x", "x", "SQLite", bad)])[2].endswith("| lost 1 | lost 0 | NO  |")
    bounds = [Check("a", 2.0, least=2), Check("a", 1.9, least=2), Check("a", 5, most=5), Check("a", 5.1, most=5)]
    assert [each.met for each in bounds] == [True, False, True, False]
