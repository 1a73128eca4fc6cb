"""Which faults there are, in the order of the table."""

import importlib
from types import ModuleType

from faults.ground import Ground
from faults.outcome import Row

NAMES = [
    "crash",
    "keys",
    "commits",
    "away",
    "increments",
    "gone",
    "revocation",
    "tampering",
    "stop",
    "backup",
    "clock",
    "paused",
    "descriptors",
    "slow",
    "readonly",
    "pool",
    "reload",
    "worker",
    "full",
    "growth",
]


def module(name: str) -> ModuleType:
    """The module of a fault."""
    return importlib.import_module(f"faults.{name}")


async def inject(name: str, ground: Ground) -> Row | None:
    """What one fault shows on one engine; None where it means nothing there."""
    found = module(name)
    if ground.engine not in getattr(found, "ENGINES", (ground.engine,)):
        return None
    return Row(name, found.TITLE, ground.engine, await found.fault(ground))
