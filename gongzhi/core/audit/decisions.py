"""Writing the decision log: every denial, and every grant on which something was changed."""

from collections.abc import Iterable

from gongzhi.core import clock
from gongzhi.core.permissions import Decision
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.territory.path import ROOT


async def write(decisions: Iterable[Decision], nowhere: str = ROOT) -> None:
    """Log decisions: the denials of a request after it, a grant in the transaction of the change.

    `nowhere` is the path to log for what was refused before it came to any place.
    """
    rows = [_row(decision, nowhere) for decision in decisions]
    if rows:
        await DecisionEntry.insert(*rows)


def _row(decision: Decision, nowhere: str) -> DecisionEntry:
    caller = decision.principal
    return DecisionEntry(
        at=clock.now(),
        account=caller.account_id,
        account_label=caller.label[:100],
        acting_for=caller.acting_for,
        source=(caller.source or "")[:64],
        action=decision.action,
        resource=decision.resource,
        path=nowhere if decision.path == ROOT else decision.path,
        relations=",".join(decision.relations)[:200],
        allowed=decision.allowed,
        rule=(decision.explanation.rule or "")[:300],
        revision=decision.revision,
        reason=decision.reason[:2000],
    )
