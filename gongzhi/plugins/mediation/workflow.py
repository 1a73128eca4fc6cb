"""The life of a case, after the People's Mediation Law of the People's Republic of China.

Whoever wants a dispute mediated files it; the committee accepts it and names a panel; the panel meets the parties until
they agree or it fails; an agreement may be confirmed by the court, and is performed or breached. The parties apply for
confirmation together within 30 days of the agreement (article 33).
"""

from datetime import timedelta
from typing import Any

from gongzhi.api import Conflict, Deadline, Invalid, Step, Transition, Workflow, accounts, clock
from gongzhi.plugins.mediation.commands import Agreement, Because, Confirmation, Panel, Session
from gongzhi.plugins.mediation.kinds import STATES, CaseState
from gongzhi.plugins.mediation.records import MediationCase
from gongzhi.plugins.mediation.registers import CASES
from gongzhi.plugins.mediation.tables import Party

CONFIRMATION_TERM = timedelta(days=30)
"""Article 33 of the People's Mediation Law: from the day on which the agreement takes effect."""
ANSWER_DAYS = 3
"""Working days in which a committee answers an application; a promise of the module, not a rule of law."""

S = CaseState
_OPEN = (S.accepted, S.scheduled, S.in_mediation)


async def name_panel(step: Step[MediationCase]) -> dict[str, Any]:
    """Name the panel: accounts that exist, each once, none of them a party.

    :raises Invalid: somebody is named twice. NotFound: there is no such account. Conflict: somebody is a party.
    """
    given: Panel = step.given
    named = {name: code for name in Panel.__struct_fields__ if (code := getattr(given, name)) is not None}
    if len(set(named.values())) < len(named):
        raise Invalid.at("mediator", "one person cannot have two places on the panel", "name another person")
    people = {name: (await accounts.find(code)).id for name, code in named.items()}
    parties = await Party.select(Party.account).where(Party.case == step.record.id).where(Party.account.is_not_null())
    involved = {row["account"] for row in parties} | {step.record.filed_by}
    for name, account in people.items():
        if account in involved:
            raise Conflict(f"{named[name]} is a party to this dispute and cannot be its {name}; name somebody else")
    return {"lawyer": None, "volunteer": None, **people}


async def keep_reason(step: Step[MediationCase]) -> dict[str, Any]:
    """Keep why."""
    return {"reason": step.given.reason}


async def fix_session(step: Step[MediationCase]) -> dict[str, Any]:
    """Fix when and where the parties meet: not in the past."""
    given: Session = step.given
    if given.at < step.at:
        raise Invalid.at("at", f"{given.at.isoformat()} has passed", "name a moment to come")
    return {"session_at": given.at, "session_place": given.place}


async def keep_agreement(step: Step[MediationCase]) -> dict[str, Any]:
    """Keep the agreement, reached today."""
    given: Agreement = step.given
    if given.perform_until is not None and given.perform_until < step.at:
        raise Invalid.at("perform_until", f"{given.perform_until.isoformat()} has passed", "name a moment to come")
    return {"agreement": given.agreement, "agreed_on": clock.today(), "perform_until": given.perform_until}


async def keep_confirmation(step: Step[MediationCase]) -> dict[str, Any]:
    """Keep the court's ruling, if the parties applied for it in time."""
    given: Confirmation = step.given
    agreed = step.record.agreed_on or clock.today()
    if not agreed <= given.applied_on <= min(agreed + CONFIRMATION_TERM, clock.today()):
        remedy = f"they could from {agreed} to {agreed + CONFIRMATION_TERM}"
        raise Invalid.at("applied_on", f"the parties could not apply on {given.applied_on}", remedy)
    return {"confirmation": given.document}


CASE = Workflow(
    CASES,
    STATES,
    (
        Transition(
            "accept",
            (S.filed,),
            S.accepted,
            "受理",
            "Accept the case and name its panel.",
            needs=Panel,
            apply=name_panel,
        ),
        Transition("decline", (S.filed,), S.declined, "不予受理", "Decline.", needs=Because, apply=keep_reason),
        Transition(
            "reassign",
            (S.accepted, S.scheduled),
            S.accepted,
            "改派调解团队",
            "Name another panel; a session that was fixed is off.",
            needs=Panel,
            apply=name_panel,
            action="assign",
        ),
        Transition(
            "schedule",
            (S.accepted, S.scheduled),
            S.scheduled,
            "安排调解",
            "Fix when and where the parties meet, also again.",
            needs=Session,
            apply=fix_session,
        ),
        Transition("begin", (S.scheduled,), S.in_mediation, "开始调解", "Begin.", action="mediate"),
        Transition(
            "adjourn",
            (S.in_mediation,),
            S.scheduled,
            "择期再调",
            "Meet again.",
            needs=Session,
            apply=fix_session,
            action="mediate",
        ),
        Transition(
            "agree",
            (S.in_mediation,),
            S.agreed,
            "达成协议",
            "Record what the parties agreed upon.",
            needs=Agreement,
            apply=keep_agreement,
            action="mediate",
        ),
        Transition(
            "fail",
            (S.in_mediation,),
            S.failed,
            "终止调解",
            "End the mediation without an agreement.",
            needs=Because,
            apply=keep_reason,
            action="mediate",
        ),
        Transition("withdraw", (S.filed, *_OPEN), S.withdrawn, "撤回申请", "Withdraw the case."),
        Transition(
            "confirm",
            (S.agreed,),
            S.confirmed,
            "司法确认",
            "Record that the court confirmed the agreement.",
            needs=Confirmation,
            apply=keep_confirmation,
        ),
        Transition(
            "perform", (S.agreed, S.confirmed), S.performed, "已履行", "Record the performance.", action="follow_up"
        ),
        Transition(
            "breach",
            (S.agreed, S.confirmed),
            S.breached,
            "未履行",
            "Record that the agreement was not performed.",
            needs=Because,
            apply=keep_reason,
            action="follow_up",
        ),
    ),
    deadlines={
        S.filed: Deadline(working_days=ANSWER_DAYS),
        S.scheduled: Deadline(field="session_at"),
        S.agreed: Deadline(field="perform_until"),
        S.confirmed: Deadline(field="perform_until"),
    },
)
