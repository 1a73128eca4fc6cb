"""Gates: what must have happened elsewhere before a step can be taken.

A module declares a gate and answers for it; the transition of another names it. Neither knows the other: a project may
require that the residents deliberated on it, whichever module holds deliberations.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar

import msgspec

from gongzhi.core.errors import Conflict, Invalid, Unavailable
from gongzhi.core.within import Within


class Passage(msgspec.Struct, frozen=True):
    """Whether a gate is passed. `reason` says what is missing, or names the record that shows it (`Motion:0190…`)."""

    passed: bool
    reason: str = ""


Check = Callable[[str, str], Awaitable[Passage]]
"""From a record's label (`Project:0190…`) and its path to whether it has passed."""


class Gate(msgspec.Struct, frozen=True):
    """Something that a record of another module may have to pass, named `<module>.<word>`."""

    name: str
    title: str
    title_en: str
    check: Check


_pinned: ContextVar[Mapping[str, Gate]] = ContextVar("gongzhi_gates", default={})  # noqa: B039  # nobody changes it


def by_name(gates: Iterable[Gate]) -> dict[str, Gate]:
    """The gates by their names.

    :raises Invalid: two have one name.
    """
    found: dict[str, Gate] = {}
    for gate in gates:
        if gate.name in found:
            raise Invalid(f"the gate {gate.name} is declared twice")
        found[gate.name] = gate
    return found


def open_to(gates: Mapping[str, Gate]) -> Within[Mapping[str, Gate]]:
    """Let transitions within the block be checked against these gates."""
    return Within(_pinned, gates)


async def require_passed(names: Iterable[str], record: str, path: str) -> None:
    """Refuse unless the record has passed every gate.

    :raises Conflict: it has not; `gate` in the details names the first that is missing.
    :raises Unavailable: no module provides the gate.
    """
    for name in names:
        gate = _pinned.get().get(name)
        if gate is None:
            raise Unavailable(f"This step requires {name}, and no module that provides it is at work.")
        passage = await gate.check(record, path)
        if not passage.passed:
            what = f"{gate.title_en} ({gate.title})"
            raise Conflict(f"{what} is required first: {passage.reason}", details={"gate": name})
