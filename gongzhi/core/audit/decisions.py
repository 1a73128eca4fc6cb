"""Writing to the decision log what a request was refused, and which confidential records it read.

A grant on which something was changed is in the audit line of the change, and shown from there.
"""

from collections.abc import Iterable, Mapping

from gongzhi.core import clock
from gongzhi.core.audit.log import new_salt
from gongzhi.core.permissions import Decision
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.territory.path import ROOT


async def write(denials: Iterable[Decision], nowhere: str = ROOT) -> None:
    """Log the denials of a request, after it.

    `nowhere` is the path to log for what was refused before it came to any place.
    """
    rows = [_row(decision, nowhere) for decision in denials]
    if rows:
        await DecisionEntry.insert(*rows)


async def write_reads(reads: Mapping[str, Decision]) -> None:
    """Log the reading of confidential records, by their labels, before they leave."""
    await DecisionEntry.insert(*(_row(decision, ROOT, label) for label, decision in reads.items()))


def _row(decision: Decision, nowhere: str, record: str = "") -> DecisionEntry:
    caller = decision.principal
    return DecisionEntry(
        at=clock.now(),
        account=caller.account_id,
        account_label=caller.label[:100],
        account_salt=new_salt(),
        acting_for=caller.acting_for,
        source=(caller.source or "")[:64],
        action=decision.action,
        resource=decision.resource,
        record=record,
        path=nowhere if decision.path == ROOT else decision.path,
        relations=",".join(decision.relations)[:200],
        allowed=decision.allowed,
        rule=(decision.explanation.rule or "")[:300],
        revision=decision.revision,
        reason=decision.reason[:2000],
    )
