"""What every change owes, in one call: the row, its audit line and its event, in the transaction of the change."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from piccolo.table import Table

from gongzhi.core.audit.log import State, record
from gongzhi.core.events.outbox import emit
from gongzhi.core.permissions import Decision, Principal
from gongzhi.core.records import Versioned, as_record, update
from gongzhi.core.writing import enter

R = TypeVar("R", bound=msgspec.Struct)


async def write(
    principal: Principal,
    decision: Decision,
    record_id: str,
    *,
    before: State | None = None,
    after: State | None = None,
    event: str | None = None,
) -> None:
    """Record the change that `decision` allowed; the event is named `<resource>.<event>`, the action if left out.

    Fields that need an action of their own to be read are left out of the event.
    """
    await record(principal, decision, record_id, before, after)
    state = (after if after is not None else before) or {}
    declared = decision.snapshot.vocabulary.resources.get(decision.resource)
    guarded = declared.guarded_fields if declared else {}
    told = {name: value for name, value in state.items() if name not in guarded}
    await emit(f"{decision.resource}.{event or decision.action}", record_id, decision.path, told)


async def insert(principal: Principal, decision: Decision, row: Table, kind: type[R]) -> R:
    """Insert `row` and record it; answers the record as the struct `kind`."""
    await enter(row)
    created = as_record(row.to_dict(), kind)
    await write(principal, decision, label_of(created), after=msgspec.to_builtins(created))
    return created


async def amend(
    principal: Principal,
    decision: Decision,
    table: type[Table],
    current: Versioned,
    values: Mapping[str, Any],
    *,
    columns: Mapping[str, Any] | None = None,
    event: str | None = None,
) -> Versioned:
    """Write `values` over the record that was loaded as `current` and record it; Conflict if it changed meanwhile.

    `columns` is what the database gets; if it is left out, the values, with a nested struct as its JSON.
    """
    if columns is None:
        columns = {
            name: msgspec.json.encode(value).decode() if isinstance(value, msgspec.Struct) else value
            for name, value in values.items()
        }
    await update(table, current.id, current.version, columns)
    row = {**msgspec.structs.asdict(current), **values, "version": current.version + 1}
    changed = as_record(row, type(current))
    before, after = state_of(current), state_of(changed)
    await write(principal, decision, label_of(current), before=before, after=after, event=event)
    return changed


def state_of(current: msgspec.Struct) -> dict[str, Any]:
    """A record's fields as they are digested and told; how its reader stands to it is none of them."""
    plain: dict[str, Any] = msgspec.to_builtins(current)
    plain.pop("relations", None)
    return plain


def label_of(current: msgspec.Struct) -> str:
    """How the audit log and events name a record: `Edition:0190…`."""
    return f"{type(current).__name__}:{getattr(current, 'id')}"  # noqa: B009 - a Struct declares no `id`
