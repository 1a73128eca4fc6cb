"""The module's mutations: filing a case, the steps of its workflow, and what is done about advisers."""

from gongzhi.api import Mutation, mutations_of, notes_of, of_caller
from gongzhi.plugins.mediation import advisers, cases, commands
from gongzhi.plugins.mediation.registers import CASES
from gongzhi.plugins.mediation.resources import ADVISER, CASE, CONSULTATION
from gongzhi.plugins.mediation.schema import DutyHours, LegalAdviser, LegalConsultation, MediationCase
from gongzhi.plugins.mediation.workflow import CASE as CASE_WORKFLOW

MUTATIONS = (
    Mutation(
        "fileMediationCase",
        commands.FileCase,
        CASE.name,
        "file",
        of_caller(cases.file),
        {"case": MediationCase},
        "Bring a dispute to people's mediation; you become the applicant.",
    ),
    *mutations_of(CASE_WORKFLOW, MediationCase),
    *notes_of(CASES, MediationCase),
    Mutation(
        "appointLegalAdviser",
        commands.AppointAdviser,
        ADVISER.name,
        "appoint",
        of_caller(advisers.appoint),
        {"adviser": LegalAdviser},
        "Give a community its legal adviser; the one before ends then.",
    ),
    Mutation(
        "endLegalAdviser",
        commands.EndAdviser,
        ADVISER.name,
        "end",
        of_caller(advisers.end),
        {"adviser": LegalAdviser},
        "Let a legal adviser's term end.",
    ),
    Mutation(
        "planDutyHours",
        commands.PlanDuty,
        ADVISER.name,
        "plan",
        of_caller(advisers.plan),
        {"duty": DutyHours},
        "Plan hours in which a legal adviser can be met.",
    ),
    Mutation(
        "cancelDutyHours",
        commands.CancelDuty,
        ADVISER.name,
        "plan",
        of_caller(advisers.cancel),
        {"duty": DutyHours},
        "Cancel duty hours that have not begun.",
    ),
    Mutation(
        "recordLegalConsultation",
        commands.RecordConsultation,
        CONSULTATION.name,
        "record",
        of_caller(advisers.record),
        {"consultation": LegalConsultation},
        "Record a legal service that an adviser gave.",
    ),
)
