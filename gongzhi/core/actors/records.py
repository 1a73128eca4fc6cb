"""What the rest of the program sees of organizations, accounts and memberships: frozen structs."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.actors.kinds import ActorKind, Education, OrganizationSubkind, Position
from gongzhi.core.provenance import Provenance
from gongzhi.core.records import VersionedRecord


class OrganizationStatus(StrEnum):
    """`merged` and `dissolved` say why there is a last day, which may still lie ahead: the term says what exists."""

    active = "active"
    merged = "merged"
    dissolved = "dissolved"


class AccountStatus(StrEnum):
    """A suspended account cannot sign in; its posts go on. An erased one is nobody's any more, for ever."""

    active = "active"
    suspended = "suspended"
    erased = "erased"


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to reach an organization, or the people behind an offering."""

    phone: Annotated[str, Meta(max_length=60, description="Telephone number.")] = ""
    email: Annotated[str, Meta(max_length=120, description="E-mail address.")] = ""
    address: Annotated[str, Meta(max_length=300, description="Address in Chinese.")] = ""
    address_en: Annotated[str, Meta(max_length=300, description="Address in English.")] = ""


class Organization(VersionedRecord, frozen=True, kw_only=True):
    """An actor. `valid_to` is the first day on which it no longer exists; `parent` the committee of a sub-committee."""

    code: str
    kind: ActorKind
    subkind: OrganizationSubkind
    name: str
    name_en: str
    path: str
    parent: UUID | None
    status: OrganizationStatus
    merged_into: UUID | None
    valid_from: date | None
    valid_to: date | None
    contact: Contact
    provenance: Provenance


class ServiceArea(msgspec.Struct, frozen=True, kw_only=True):
    """An organization serves a place, and all below it, for a term."""

    id: UUID
    organization: UUID
    path: str
    valid_from: date | None
    valid_to: date | None


class Account(VersionedRecord, frozen=True, kw_only=True):
    """A person. `birth_date` and `education` are guarded fields; `issuer` and `subject` identify them at sign-in."""

    code: str
    issuer: str | None
    subject: str | None
    name: str
    birth_date: date | None
    education: Education | None
    status: AccountStatus
    provenance: Provenance


class Membership(VersionedRecord, frozen=True, kw_only=True):
    """A post for a term: from `valid_from` until the day before `valid_to`. An empty term never took effect."""

    account: UUID
    organization: UUID
    position: Position
    valid_from: date
    valid_to: date | None
    note: str
    recorded_at: datetime
    recorded_by: UUID | None


class ActiveMembership(msgspec.Struct, frozen=True, kw_only=True):
    """A post that is held on a day, with what permissions need of its organization."""

    membership_id: UUID
    organization_id: UUID
    organization_code: str
    kind: ActorKind
    subkind: OrganizationSubkind
    position: Position
    path: str
    serves: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the post counts: the organization's own place, then the others that it serves."""
        return (self.path, *(path for path in self.serves if path != self.path))
