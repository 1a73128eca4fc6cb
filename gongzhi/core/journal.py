"""What every change owes, in one call: the row, its audit line and its event, in the transaction of the change."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from piccolo.table import Table

from gongzhi.core.audit.log import State, record
from gongzhi.core.events.outbox import emit
from gongzhi.core.permissions import Decision, Principal
from gongzhi.core.records import Versioned, as_record, update

R = TypeVar("R", bound=msgspec.Struct)


async def write(
    principal: Principal, decision: Decision, record_id: str, *, before: State | None = None, after: State | None = None
) -> None:
    """Record the change that `decision` allowed; the event is named `<resource>.<action>`."""
    await record(principal, decision, record_id, before, after)
    state = after if after is not None else before
    await emit(f"{decision.resource}.{decision.action}", record_id, decision.path, state or {})


async def insert(principal: Principal, decision: Decision, row: Table, kind: type[R]) -> R:
    """Insert `row` and record it; answers the record as the struct `kind`."""
    await type(row).insert(row)
    created = as_record(row.to_dict(), kind)
    await write(principal, decision, label_of(created), after=msgspec.to_builtins(created))
    return created


async def amend(
    principal: Principal, decision: Decision, table: type[Table], current: Versioned, values: Mapping[str, Any]
) -> Versioned:
    """Write `values` over the record that was loaded as `current` and record it; Conflict if it changed meanwhile.

    A nested struct goes to the database as its JSON.
    """
    columns = {
        name: msgspec.json.encode(value).decode() if isinstance(value, msgspec.Struct) else value
        for name, value in values.items()
    }
    await update(table, current.id, current.version, columns)
    row = {**msgspec.structs.asdict(current), **values, "version": current.version + 1}
    changed = as_record(row, type(current))
    before, after = msgspec.to_builtins(current), msgspec.to_builtins(changed)
    await write(principal, decision, label_of(current), before=before, after=after)
    return changed


def label_of(current: msgspec.Struct) -> str:
    """How the audit log and events name a record: `Edition:0190…`."""
    return f"{type(current).__name__}:{getattr(current, 'id')}"  # noqa: B009 - a Struct declares no `id`
