"""Writing the audit line of a change, in the change's own transaction: if it cannot be written, nothing happens."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gongzhi.core import chance, clock
from gongzhi.core.audit.encoding import state_digest
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.permissions import Decision, Principal, notice_grant
from gongzhi.core.writing import append

State = Mapping[str, Any]
_SALT_BYTES = 16


async def record(
    principal: Principal, decision: Decision, record_id: str, before: State | None, after: State | None
) -> None:
    """One line: who, what, where, on which authority, and the digests of the record before and after.

    It is also what the decision log shows of the grant.
    """
    notice_grant(decision)
    salt = new_salt()
    line = {
        "at": clock.now(),
        "actor": principal.account_id,
        "actor_label": principal.label[:100],
        "actor_salt": new_salt(),
        "acting_for": principal.acting_for,
        "source": principal.source or "",
        "action": decision.action,
        "resource": decision.resource,
        "path": decision.path,
        "record": record_id,
        "record_salt": salt,
        "before_digest": digest(before, salt),
        "after_digest": digest(after, salt),
        "changed": msgspec.json.encode(changed_fields(before, after)).decode(),
        "decision": msgspec.json.encode(basis(decision)).decode(),
        "result": "done",
    }
    await append(AuditEntry, line)


def basis(decision: Decision) -> dict[str, object]:
    """On which authority: the policy's revision, the rule, the role chain and the membership, and that in words."""
    why = decision.explanation
    return {
        "reason": why.reason,
        "relations": ",".join(decision.relations),
        "revision": why.revision,
        "rule": why.rule,
        "chain": why.chain,
        "membership": why.membership_id,
    }


def digest(state: State | None, salt: str) -> str:
    """What stands for a record's fields in its audit line; empty for no record."""
    return "" if state is None else state_digest(state, salt)


def new_salt() -> str:
    """128 random bits in hexadecimal digits: when they are gone, nobody finds by trying what was digested."""
    return chance.hexadecimal(_SALT_BYTES)


def changed_fields(before: State | None, after: State | None) -> list[str]:
    """The names of the fields whose values differ, sorted."""
    old, new = before or {}, after or {}
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
