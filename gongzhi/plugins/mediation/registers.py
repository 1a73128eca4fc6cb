"""The module's registers: its tables with the relations in which callers stand to their rows."""

from typing import Any

from gongzhi.api import ASSIGNED, PARTY, Principal, Register
from gongzhi.plugins.mediation import records
from gongzhi.plugins.mediation.resources import ADVISER, APPLICANT, CASE, CONSULTATION
from gongzhi.plugins.mediation.tables import Adviser, Case, Consultation, Duty, Party


def _on_the_panel(caller: Principal) -> Any:
    account = caller.account_id
    return (Case.mediator == account) | (Case.lawyer == account) | (Case.volunteer == account)


def _is_a_party(caller: Principal) -> Any:
    return Case.id.is_in(Party.select(Party.case).where(Party.account == caller.account_id))


CASES = Register(
    CASE.name,
    Case,
    records.MediationCase,
    "case",
    relations={
        ASSIGNED: _on_the_panel,
        PARTY: _is_a_party,
        APPLICANT: lambda caller: Case.filed_by == caller.account_id,
    },
)
ADVISERS = Register(
    ADVISER.name,
    Adviser,
    records.LegalAdviser,
    "adviser",
    relations={ASSIGNED: lambda caller: Adviser.account == caller.account_id},
)
DUTIES = Register(
    ADVISER.name,
    Duty,
    records.DutyHours,
    "duty",
    relations={
        ASSIGNED: lambda caller: Duty.adviser.is_in(
            Adviser.select(Adviser.id).where(Adviser.account == caller.account_id)
        )
    },
)
CONSULTATIONS = Register(
    CONSULTATION.name,
    Consultation,
    records.LegalConsultation,
    "consultation",
    relations={
        ASSIGNED: lambda caller: Consultation.adviser.is_in(
            Adviser.select(Adviser.id).where(Adviser.account == caller.account_id)
        ),
        PARTY: lambda caller: Consultation.client == caller.account_id,
    },
)
