"""The words of the module: states, sides, disputes and legal services, each with its labels."""

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands."""

    filed = "filed"
    accepted = "accepted"
    declined = "declined"
    scheduled = "scheduled"
    in_mediation = "in_mediation"
    agreed = "agreed"
    failed = "failed"
    withdrawn = "withdrawn"
    confirmed = "confirmed"
    performed = "performed"
    breached = "breached"


STATES = {
    CaseState.filed: ("已申请", "Filed"),
    CaseState.accepted: ("已受理", "Accepted"),
    CaseState.declined: ("不予受理", "Declined"),
    CaseState.scheduled: ("已安排", "Scheduled"),
    CaseState.in_mediation: ("调解中", "In mediation"),
    CaseState.agreed: ("达成协议", "Agreed"),
    CaseState.failed: ("调解不成", "Failed"),
    CaseState.withdrawn: ("已撤回", "Withdrawn"),
    CaseState.confirmed: ("已司法确认", "Judicially confirmed"),
    CaseState.performed: ("已履行", "Performed"),
    CaseState.breached: ("未履行", "Breached"),
}


class Side(StrEnum):
    """On which side of a dispute a party stands."""

    applicant = "applicant"
    respondent = "respondent"


SIDES = {Side.applicant: ("申请人", "Applicant"), Side.respondent: ("被申请人", "Respondent")}


class Seat(StrEnum):
    """As what somebody sits on a case's panel, in the order of the record's columns."""

    mediator = "mediator"
    lawyer = "lawyer"
    volunteer = "volunteer"


SEATS = {
    Seat.mediator: ("调解员", "Mediator"),
    Seat.lawyer: ("律师", "Lawyer"),
    Seat.volunteer: ("法律志愿者", "Legal volunteer"),
}


class Dispute(StrEnum):
    """What a dispute is about."""

    neighbours = "neighbours"
    family = "family"
    property_management = "property_management"
    housing = "housing"
    labour = "labour"
    consumption = "consumption"
    injury = "injury"
    other = "other"


DISPUTES = {
    Dispute.neighbours: ("邻里纠纷", "Between neighbours"),
    Dispute.family: ("婚姻家庭纠纷", "Marriage and family"),
    Dispute.property_management: ("物业纠纷", "Property management"),
    Dispute.housing: ("房屋租赁买卖纠纷", "Renting and buying homes"),
    Dispute.labour: ("劳动争议", "Labour"),
    Dispute.consumption: ("消费纠纷", "Consumption"),
    Dispute.injury: ("损害赔偿纠纷", "Injury and damage"),
    Dispute.other: ("其他纠纷", "Other"),
}


class LegalService(StrEnum):
    """The five legal services that come into communities (法律五进社区).

    The source states their number; the names are those of common practice, for a district to replace.
    """

    legal_publicity = "legal_publicity"
    legal_consultation = "legal_consultation"
    legal_aid = "legal_aid"
    peoples_mediation = "peoples_mediation"
    community_correction = "community_correction"


LEGAL_SERVICES = {
    LegalService.legal_publicity: ("法治宣传", "Publicity of the law"),
    LegalService.legal_consultation: ("法律咨询", "Legal consultation"),
    LegalService.legal_aid: ("法律援助", "Legal aid"),
    LegalService.peoples_mediation: ("人民调解", "People's mediation"),
    LegalService.community_correction: ("社区矫正", "Community correction"),
}
