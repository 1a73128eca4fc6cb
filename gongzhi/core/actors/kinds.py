"""The kinds of actors that govern a community together, and the posts that people hold in them."""

from enum import StrEnum


class ActorKind(StrEnum):
    """What an organization is. `center`, `property` and their like are subkinds of `org`."""

    party = "party"
    committee = "committee"
    station = "station"
    org = "org"
    department = "department"


class OrganizationSubkind(StrEnum):
    """What an organization is more closely; the first word names the kind that it belongs to.

    Sub-committees of a residents' committee follow article 13 of the Organic Law of the Urban Residents' Committees
    (people's mediation, security, public health and others) and the pilot's own (public service, property management).
    """

    general_party_organization = "general_party_organization"
    residents_committee = "residents_committee"
    public_service_committee = "public_service_committee"
    property_management_committee = "property_management_committee"
    peoples_mediation_committee = "peoples_mediation_committee"
    health_committee = "health_committee"
    security_committee = "security_committee"
    culture_committee = "culture_committee"
    welfare_committee = "welfare_committee"
    workstation = "workstation"
    service_center = "service_center"
    social_organization = "social_organization"
    property_company = "property_company"
    owners_committee = "owners_committee"
    resident_institution = "resident_institution"
    foundation = "foundation"
    u_station = "u_station"
    health_center = "health_center"
    market_provider = "market_provider"
    district_office = "district_office"
    subdistrict_office = "subdistrict_office"
    line_department = "line_department"
    supervision_panel = "supervision_panel"


class Position(StrEnum):
    """A post that a membership gives. Which role it carries is declared with the policy."""

    secretary = "secretary"
    deputy_secretary = "deputy_secretary"
    first_secretary = "first_secretary"
    concurrent_member = "concurrent_member"
    director = "director"
    deputy_director = "deputy_director"
    head = "head"
    deputy_head = "deputy_head"
    member = "member"
    clerk = "clerk"
    manager = "manager"
    staff = "staff"
    officer = "officer"
    grid_officer = "grid_officer"
    supervisor = "supervisor"
    administrator = "administrator"
    auditor = "auditor"
    resident = "resident"


SUBKINDS_OF: dict[ActorKind, frozenset[OrganizationSubkind]] = {
    ActorKind.party: frozenset({OrganizationSubkind.general_party_organization}),
    ActorKind.committee: frozenset(
        {
            OrganizationSubkind.residents_committee,
            OrganizationSubkind.public_service_committee,
            OrganizationSubkind.property_management_committee,
            OrganizationSubkind.peoples_mediation_committee,
            OrganizationSubkind.health_committee,
            OrganizationSubkind.security_committee,
            OrganizationSubkind.culture_committee,
            OrganizationSubkind.welfare_committee,
        }
    ),
    ActorKind.station: frozenset({OrganizationSubkind.workstation}),
    ActorKind.org: frozenset(
        {
            OrganizationSubkind.service_center,
            OrganizationSubkind.social_organization,
            OrganizationSubkind.property_company,
            OrganizationSubkind.owners_committee,
            OrganizationSubkind.resident_institution,
            OrganizationSubkind.foundation,
            OrganizationSubkind.u_station,
            OrganizationSubkind.health_center,
            OrganizationSubkind.market_provider,
        }
    ),
    ActorKind.department: frozenset(
        {
            OrganizationSubkind.district_office,
            OrganizationSubkind.subdistrict_office,
            OrganizationSubkind.line_department,
            OrganizationSubkind.supervision_panel,
        }
    ),
}
"""Which subkinds an organization of a kind may have."""


class Education(StrEnum):
    """The highest completed education of a person; `college` (大专) and above count as college-educated."""

    primary = "primary"
    secondary = "secondary"
    college = "college"
    bachelor = "bachelor"
    master = "master"
    doctor = "doctor"


COLLEGE_OR_ABOVE = frozenset({Education.college, Education.bachelor, Education.master, Education.doctor})
"""大专以上学历: what the published shares count."""

LEADING_POSITIONS = frozenset({Position.director, Position.deputy_director})
"""班子成员: the members of a residents' committee whose cross-appointments are counted."""
