"""How long to measure: `--quick` is for looking whether everything works, its values are not for quoting."""

import os

VARIABLE = "BENCH_QUICK"


def quick() -> bool:
    """Whether this run is a quick one; servers and tests inherit it from the environment."""
    return bool(os.environ.get(VARIABLE))


def choose(full: float, short: float) -> float:
    """The first, or in a quick run the second."""
    return short if quick() else full
