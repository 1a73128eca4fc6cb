"""The commands that change organizations, accounts and memberships."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.actors.kinds import ActorKind, Education, OrganizationSubkind, Position
from gongzhi.core.actors.records import AccountStatus, Contact
from gongzhi.core.fields import Code, Day, Name, NameEn, Note, Path, Version, node
from gongzhi.core.provenance import Provenance

Places = Annotated[tuple[str, ...], Meta(max_length=200, description="Territory paths of the places that it serves.")]
PersonName = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S", description="The person's name.")]
BirthDate = Annotated[date, Meta(description="From 1900-01-01 to today. A guarded field.")]
Schooling = Annotated[Education, Meta(description="The highest completed education. A guarded field.")]
Origin = Annotated[Provenance, Meta(description="Where the record comes from.")]
Issuer = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"\S", description="`iss` of the person's OpenID Connect tokens.")
]
Subject = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"\S", description="`sub` of the person's OpenID Connect tokens.")
]
OrganizationCode = Annotated[Code, Meta(description="The code of the organization.")]
AccountCode = Annotated[Code, Meta(description="The code of the account.")]


class CreateOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """A new organization, existing from `valid_from` on."""

    code: Code
    kind: ActorKind
    subkind: Annotated[OrganizationSubkind, Meta(description="One of the subkinds of its kind.")]
    name: Name
    name_en: NameEn = ""
    path: Annotated[Path, Meta(description="Where it is located.")]
    serves: Places = ()
    parent: Annotated[Code, Meta(description="The code of the committee that a sub-committee belongs to.")] | None = (
        None
    )
    valid_from: Day | None = None
    contact: Annotated[Contact, Meta(description="How to reach it.")] = Contact()
    provenance: Origin = Provenance.official


class UpdateOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """New names or contact; None leaves a field as it is. Code, kind and path never change."""

    code: OrganizationCode
    version: Version
    name: Name | None = None
    name_en: NameEn | None = None
    contact: Annotated[Contact, Meta(description="How to reach it.")] | None = None


class SetServiceAreas(msgspec.Struct, frozen=True, kw_only=True):
    """Serve exactly these places from a day on, beside its own. What was served before stays readable."""

    code: OrganizationCode
    version: Version
    paths: Places
    valid_from: Day | None = None


class MergeSource(msgspec.Struct, frozen=True, kw_only=True):
    """An organization to merge."""

    code: OrganizationCode
    version: Version | None = None


class MergeOrganizations(msgspec.Struct, frozen=True, kw_only=True):
    """Several organizations become part of an existing one on a day; `into` may be one of them."""

    sources: Annotated[
        tuple[MergeSource, ...], Meta(min_length=1, max_length=50, description="The organizations that end.")
    ]
    into: Annotated[Code, Meta(description="The code of the organization that goes on.")]
    effective_on: Day | None = None


class DissolveOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization ends on a day."""

    code: OrganizationCode
    version: Version
    effective_on: Day | None = None


class CreateAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A new account. The identity at sign-in may be given now or bound later, both parts or neither."""

    code: Code
    name: PersonName
    issuer: Issuer | None = None
    subject: Subject | None = None
    birth_date: BirthDate | None = None
    education: Schooling | None = None
    provenance: Origin = Provenance.official


class UpdateAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Correct an account; None leaves a field as it is."""

    code: AccountCode
    version: Version
    name: PersonName | None = None
    birth_date: BirthDate | None = None
    education: Schooling | None = None


class SetAccountStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Suspend an account, or admit it again."""

    code: AccountCode
    version: Version
    status: AccountStatus


class EraseAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Remove a person's data for ever, as they may ask. Their posts end first."""

    code: AccountCode
    version: Version


class BindIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Let whoever signs in as `subject` of `issuer` be this account."""

    code: AccountCode
    version: Version
    issuer: Issuer
    subject: Subject


class Appoint(msgspec.Struct, frozen=True, kw_only=True):
    """Give an account a post in an organization for a term."""

    account: AccountCode
    organization: OrganizationCode
    position: Annotated[Position, Meta(description="A post that organizations of that kind have.")]
    valid_from: Day | None = None
    valid_to: Annotated[date, Meta(description="The first day without the post; open-ended if left out.")] | None = None
    note: Note = ""


class EndMembership(msgspec.Struct, frozen=True, kw_only=True):
    """A post ends on a day. The first day of its term means that it never took effect."""

    id: Annotated[UUID, node("Membership", "The membership.")]
    version: Version
    on: Annotated[date, Meta(description="The first day without the post; today if left out.")] | None = None
    note: Note = ""
