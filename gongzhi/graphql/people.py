"""Accounts and memberships: who holds which post. Each field is decided for the record that it belongs to."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from gongzhi.core.actors import accounts, memberships, records
from gongzhi.core.actors.kinds import ActorKind, Education, Position
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.path import ROOT
from gongzhi.graphql.access import Needs, Standing
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.arguments import CodeArgument, On, Within
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, extends, field, object_type, or_none, present, viewer
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.relay import Listing, Node, connection, node_type


async def account_place(context: Context, account: records.Account) -> Standing:
    """An account stands where its posts are, and is its holder's own."""
    place = await context.loaders.account_place.load(account.id)
    return Standing(path=place or ROOT, relations=accounts.relations_to(context.principal, account.id))


async def membership_place(context: Context, membership: records.Membership) -> Standing:
    """A membership stands where its organization is located, and belongs to it."""
    organization = await context.loaders.organization.load(membership.organization)
    return Standing(path=organization.path if organization else ROOT, owner=membership.organization)


ACCOUNT = Needs(accounts.RESOURCE, "read", account_place)
PERSONAL = Needs(accounts.RESOURCE, "read_private", account_place)
MEMBERSHIP = Needs(memberships.RESOURCE, "read", membership_place)
READ_ACCOUNTS = Needs(accounts.RESOURCE, "read")
READ_MEMBERSHIPS = Needs(memberships.RESOURCE, "read")
IncludeEnded = Annotated[bool, about("Also posts that have ended or have not begun on the day.")]
PositionArgument = Annotated[Position | None, about("Only this position.")]


async def _accounts(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await accounts.by_ids(ids)


async def _memberships(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await memberships.by_ids(ids)


@node_type(records.Account, _accounts, ACCOUNT)
class Account(Node):
    """Somebody who can sign in. No password is kept: an identity provider, or a development key, vouches for them."""

    code: str = field("The stable code.", ACCOUNT)
    name: str = field("The person's name.", ACCOUNT)
    status: AccountStatus = field("Whether the account can sign in.", ACCOUNT)
    provenance: Provenance = field("Where the record comes from; in the demo everybody is synthetic.", ACCOUNT)
    version: int = field("Counts its changes; a mutation names the one that its caller saw.", ACCOUNT)
    birth_date: date | None = field("The day of birth.", PERSONAL)
    education: Education | None = field("The highest completed education.", PERSONAL)
    issuer: str | None = field("`iss` of the person's tokens.", PERSONAL)
    subject: str | None = field("`sub` of the person's tokens.", PERSONAL)


@node_type(records.Membership, _memberships, MEMBERSHIP)
class Membership(Node):
    """A post for a term. It gives a role at the organization's place, and ends by itself."""

    position: Position = field("Which post.", MEMBERSHIP)
    valid_from: date = field("The first day of the term.", MEMBERSHIP)
    valid_to: date | None = field("The first day without the post; null for an open-ended term.", MEMBERSHIP)
    note: str = field("A remark.", MEMBERSHIP)
    recorded_at: datetime = field("When it was entered.", MEMBERSHIP)
    version: int = field("Counts its changes; a mutation names the one that its caller saw.", MEMBERSHIP)

    @field("Who holds it; null with an error for callers who may not read the account.", MEMBERSHIP)
    async def account(root: strawberry.Parent[records.Membership], info: Info) -> Account | None:
        """By the loader; each of its fields is decided for itself."""
        return present(await info.context.loaders.account.load(root.account))

    @field("In which organization.", MEMBERSHIP)
    async def organization(root: strawberry.Parent[records.Membership], info: Info) -> Organization:
        """By the loader."""
        return present(await info.context.loaders.organization.load(root.organization))


@object_type(records.ActiveMembership)
class HeldPost:
    """A post that the caller holds today, and where it counts."""

    kind: ActorKind = viewer("The kind of organization.")
    position: Position = viewer("Which post.")
    path: str = viewer("Where the organization is located.")
    serves: list[str] = viewer("The other places that it serves: the post counts there too.")

    organization = viewer(
        "In which organization.", resolver=loaded(Organization, "loaders.organization", "organization_id")
    )


@extends(Organization)
class OrganizationPosts:
    """Who holds posts in an organization."""

    @connection("Its posts, in the order in which they were entered.", Membership, READ_MEMBERSHIPS)
    def memberships(
        root: strawberry.Parent[records.Organization],
        info: Info,
        position: PositionArgument = None,
        on: On = None,
        include_ended: IncludeEnded = False,
    ) -> Listing:
        """The service decides for this organization."""
        wanted = memberships.MembershipFilter(
            organization=root.id, position=position, on=on, include_ended=include_ended
        )
        return lambda page: memberships.memberships(info.context.principal, wanted, page)


@extends(Account)
class AccountPosts:
    """Which posts somebody holds."""

    @connection("The posts of this person.", Membership, READ_MEMBERSHIPS)
    def memberships(
        root: strawberry.Parent[records.Account], info: Info, on: On = None, include_ended: IncludeEnded = False
    ) -> Listing:
        """The service decides for this account."""
        wanted = memberships.MembershipFilter(account=root.id, on=on, include_ended=include_ended)
        return lambda page: memberships.memberships(info.context.principal, wanted, page)


@strawberry.type
class PeopleQuery:
    """Finding accounts and posts."""

    @field("The account of a code; null when there is none, or none that you may see.", READ_ACCOUNTS)
    async def account(self, info: Info, code: CodeArgument) -> Account | None:
        """The service decides for this account."""
        return present(await or_none(accounts.account(info.context.principal, code)))

    @connection("Accounts, by code.", Account, READ_ACCOUNTS)
    def accounts(
        self,
        info: Info,
        within: Within = None,
        status: Annotated[AccountStatus | None, about("Only accounts with this status.")] = None,
    ) -> Listing:
        """The service decides for the place."""
        wanted = accounts.AccountFilter(within=within, status=status)
        return lambda page: accounts.accounts(info.context.principal, wanted, page)

    @connection("Posts, in the order in which they were entered.", Membership, READ_MEMBERSHIPS)
    def memberships(
        self,
        info: Info,
        within: Within = None,
        position: PositionArgument = None,
        on: On = None,
        include_ended: IncludeEnded = False,
    ) -> Listing:
        """The service decides for the place."""
        wanted = memberships.MembershipFilter(within=within, position=position, on=on, include_ended=include_ended)
        return lambda page: memberships.memberships(info.context.principal, wanted, page)
