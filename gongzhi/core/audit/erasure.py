"""Taking out of the log what tells of a person, without breaking the chain.

The chain covers digests of what can be taken out, each with a salt of its own, and the salts go too: what was digested
cannot be found by trying. That it was allowed is itself a line, with the action `erase` and the record's label; without
one, `gongzhi audit verify` calls an emptied line wrong.
"""

from uuid import UUID

from gongzhi.core.audit.encoding import ERASED
from gongzhi.core.audit.log import record
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.db import current
from gongzhi.core.events.tables import Event
from gongzhi.core.permissions import SYSTEM, Decision, Principal, require
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.territory.path import ROOT

RESOURCE, ACTION = "actors.account", "erase"


async def forget_person(account: UUID) -> None:
    """Let no line say any more who this account was, and from where they came. The caller records the erasure."""
    lines, decisions = AuditEntry, DecisionEntry
    await lines.update({lines.actor_label: ERASED, lines.source: "", lines.actor_salt: ""}).where(
        lines.actor == account
    )
    await decisions.update({decisions.account_label: ERASED, decisions.source: "", decisions.account_salt: ""}).where(
        decisions.account == account
    )


async def forget_salts(label: str) -> None:
    """Take out the salts of a record's digests. The caller records the erasure."""
    await AuditEntry.update({AuditEntry.record_salt: ""}).where(AuditEntry.record == label)


async def forget(label: str, principal: Principal = SYSTEM, decision: Decision | None = None) -> None:
    """Let neither audit lines nor events tell of a record that told of a person who is erased, and write a line of it.

    `label` is `Volunteer:0190…`. For modules, before they empty the record itself; doing it twice does no harm.
    """
    decision = decision or require(SYSTEM, ACTION, RESOURCE, ROOT)
    async with current().transaction():
        await record(principal, decision, label, None, None)
        await forget_salts(label)
        await Event.update({Event.payload: "{}"}).where(Event.record == label)
