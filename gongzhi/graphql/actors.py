"""Organizations: who governs and serves where."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from gongzhi.core.actors import organizations, records
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.actors.records import OrganizationStatus
from gongzhi.core.actors.statistics import CommitteeStatistics as Statistics
from gongzhi.core.actors.statistics import committee_statistics
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory import records as places
from gongzhi.graphql.access import PUBLIC, Needs
from gongzhi.graphql.arguments import CodeArgument, IncludeClosed, On, PathArgument, Within
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, extends, field, object_type, or_none, present, public
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.relay import Listing, Node, connection, node_type
from gongzhi.graphql.territory import Territory

KindArgument = Annotated[ActorKind | None, about("Only actors of this kind.")]
SubkindArgument = Annotated[OrganizationSubkind | None, about("Only organizations of this subkind.")]
StatusArgument = Annotated[OrganizationStatus | None, about("Only organizations with this status.")]
Serving = Annotated[str | None, about("Only those that serve this territory path: located at or above it, or by area.")]
TextArgument = Annotated[str | None, about("Part of the Chinese or English name.")]
Root = strawberry.Parent[records.Organization]


@object_type()
class Contact:
    """How to reach somebody. Empty where it is not entered."""

    phone: str = public("Telephone number.")
    email: str = public("E-mail address.")
    address: str = public("Address in Chinese.")
    address_en: str = public("Address in English.")


@object_type(records.ServiceArea)
class ServiceArea:
    """A place that an organization serves, with all below it, for a term."""

    path: str = public("The territory path.")
    valid_from: date | None = public("The first day; null where that is not recorded.")
    valid_to: date | None = public("The first day on which it no longer serves it; null while it goes on.")

    territory = public("The place.", resolver=loaded(Territory, "loaders.territory_at", "path"))


async def _load(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await organizations.by_ids(ids)


@node_type(records.Organization, _load)
class Organization(Node):
    """An actor: a party organization, a committee, a workstation, a social organization, a department."""

    code: str = public("Its stable code.")
    kind: ActorKind = public("Which of the actors it is.")
    subkind: OrganizationSubkind = public("What it is more precisely.")
    name: str = public("Its name in Chinese.")
    name_en: str = public("Its name in English.")
    path: str = public("Where it is located: a territory path.")
    status: OrganizationStatus = public("Whether it goes on, was merged or dissolved.")
    valid_from: date | None = public("The first day on which it existed; null where that is not recorded.")
    valid_to: date | None = public("The first day on which it no longer existed; null while it goes on.")
    contact: Contact = public("How to reach it.")
    provenance: Provenance = public("Where the record comes from.")
    version: int = public("Counts its changes; a mutation names the one that its caller saw.")

    territory = public("Where it is located.", resolver=loaded(Territory, "loaders.territory_at", "path"))

    @public("The committee that a sub-committee belongs to; null for all others.")
    async def parent(root: Root, info: Info) -> "Organization | None":
        """By the loader."""
        return present(await info.context.loaders.organization.load(root.parent)) if root.parent else None

    @public("What it became part of, when it was merged.")
    async def merged_into(root: Root, info: Info) -> "Organization | None":
        """By the loader."""
        return present(await info.context.loaders.organization.load(root.merged_into)) if root.merged_into else None

    @public("The organizations that were merged into it, earliest first.")
    async def absorbed(root: Root, info: Info) -> list["Organization"]:
        """By the loader."""
        return present(await info.context.loaders.absorbed.load(root.id))

    serves = public(
        "The places that it serves today beside its own, by path.",
        resolver=loaded(list[ServiceArea], "loaders.areas", "id", missing=()),
    )

    service_areas = public(
        "Every place that it ever served or will serve, oldest first.",
        resolver=loaded(list[ServiceArea], "loaders.area_history", "id", missing=()),
    )


@extends(Organization)
class OrganizationParts:
    """The organizations that belong to one."""

    @connection("The sub-committees that belong to it, by code.", Organization, PUBLIC)
    def subcommittees(root: Root, info: Info, on: On = None, include_closed: IncludeClosed = False) -> Listing:
        """Those that exist on the day."""
        wanted = organizations.OrganizationFilter(parent=root.id, on=on, include_closed=include_closed)
        return lambda page: organizations.organizations(info.context.principal, wanted, page)


@extends(Territory)
class TerritoryActors:
    """Who governs and serves a place."""

    @connection("The organizations that serve it: located there or above, or by a service area.", Organization, PUBLIC)
    def organizations(
        root: strawberry.Parent[places.Territory], info: Info, kind: KindArgument = None, on: On = None
    ) -> Listing:
        """By code."""
        wanted = organizations.OrganizationFilter(serving=root.path, kind=kind, on=on)
        return lambda page: organizations.organizations(info.context.principal, wanted, page)


class Counted(msgspec.Struct, frozen=True):
    """What OrganizationCount reads."""

    kind: ActorKind
    subkind: OrganizationSubkind
    count: int


@object_type(Counted)
class OrganizationCount:
    """How many organizations of one kind there are."""

    kind: ActorKind = public("The kind.")
    subkind: OrganizationSubkind = public("The subkind.")
    count: int = public("How many.")


@object_type(Statistics)
class CommitteeStatistics:
    """The profile of residents' committees, computed from posts in force. People count once; shares run from 0 to 1."""

    members: int = public("Directors, deputy directors and members.")
    average_age: float | None = public("In completed years, of those whose birth date is entered.")
    college_count: int = public("Those with a college education or above.")
    college_share: float | None = public("Their share of all members.")
    directors: int = public("Directors.")
    directors_college_share: float | None = public("The share of directors with a college education or above.")
    leaders: int = public("Directors and deputy directors.")
    cross_appointed: int = public("Leaders who also hold a post in a party organization (交叉任职).")
    cross_share: float | None = public("Their share of all leaders.")


@strawberry.type
class ActorsQuery:
    """Finding organizations."""

    @public("The organization of a code, ended ones too; null when there is none.")
    async def organization(self, info: Info, code: CodeArgument) -> Organization | None:
        """Absence is no error here."""
        return present(await or_none(organizations.organization(info.context.principal, code)))

    @connection("Organizations, by code.", Organization, PUBLIC)
    def organizations(
        self,
        info: Info,
        kind: KindArgument = None,
        subkind: SubkindArgument = None,
        status: StatusArgument = None,
        within: Within = None,
        serving: Serving = None,
        text: TextArgument = None,
        on: On = None,
        include_closed: IncludeClosed = False,
    ) -> Listing:
        """Those that exist on the day."""
        wanted = organizations.OrganizationFilter(
            kind=kind,
            subkind=subkind,
            status=status,
            within=within,
            serving=serving,
            text=text,
            on=on,
            include_closed=include_closed,
        )
        return lambda page: organizations.organizations(info.context.principal, wanted, page)

    @public("How many organizations of each kind are located at a place or below it.")
    async def organization_counts(self, info: Info, within: PathArgument, on: On = None) -> list[OrganizationCount]:
        """One statement."""
        found = await organizations.organization_counts(info.context.principal, within, on)
        return present([Counted(kind, subkind, count) for (kind, subkind), count in sorted(found.items())])

    @field("The profile of the residents' committees at a place or below it.", Needs("actors.statistics", "read"))
    async def committee_statistics(self, info: Info, within: PathArgument, on: On = None) -> CommitteeStatistics | None:
        """Two statements."""
        day = on or info.context.today
        return present(await committee_statistics(info.context.principal, within, day))
