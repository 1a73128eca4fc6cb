"""What callers may do, why, and by which policy."""

from datetime import date, datetime
from typing import Annotated

import msgspec
import strawberry

from gongzhi.core import permissions as core
from gongzhi.core.actors import accounts
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.audit import reading as log
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions import Principal, Status, require
from gongzhi.core.territory import path as paths
from gongzhi.graphql.access import Needs
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.arguments import CodeArgument, PathArgument, Within
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, field, object_type, present, private, viewer
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.people import Account, HeldPost
from gongzhi.graphql.relay import Listing, connection

POLICY = "permissions.policy"
EXPLAIN = Needs(POLICY, "explain")
ActionArgument = Annotated[str, about("The action, such as publish.")]
ResourceArgument = Annotated[str, about("The resource, such as catalogue.edition.")]
RelationArgument = Annotated[
    str, about("How the caller stands to the record: any, own, assigned, party, or one that a plugin declares.")
]


@object_type(core.Near)
class NearGrant:
    """What would have been enough: another relation, another place, or another role."""

    text: str = viewer("In words.")
    role: str | None = viewer("The role that would be allowed.")
    path: str | None = viewer("The place where it would be allowed.")
    relation: str | None = viewer("The relation in which it would be allowed.")


@object_type(core.Ground)
class Ground:
    """One rule that decided, and how it came to apply."""

    relation: str = viewer("The relation that it speaks of.")
    chain: list[str] = viewer("From the role that is held to the subject that the rule names.")

    @viewer("Where it stands: file:line.")
    def rule(root: strawberry.Parent[core.Ground]) -> str:
        """As in the policy files."""
        return root.rule.place

    @viewer("The role that is held.")
    def role(root: strawberry.Parent[core.Ground]) -> str:
        """From the membership, or from a file."""
        return root.binding.role

    @viewer("The place at which it is held.")
    def path(root: strawberry.Parent[core.Ground]) -> str:
        """The organization's place, or one that it serves."""
        return root.binding.path


@object_type(core.Explanation)
class Explanation:
    """A decision with its reason: the rules behind it or, for a denial, the nearest grants."""

    allowed: bool = viewer("Whether it is allowed.")
    reason: str = viewer("One sentence.")
    action: str = viewer("The action asked about.")
    resource: str = viewer("The resource asked about.")
    path: str = viewer("The place asked about.")
    revision: str = viewer("The revision of the policy that decided.")
    grounds: list[Ground] = viewer("The rules that decided.")
    nearest: list[NearGrant] = viewer("What would have been enough; empty where it is allowed.")


@object_type(core.Ability)
class Ability:
    """Something that a caller may do at a place."""

    resource: str = viewer("The resource.")
    action: str = viewer("The action.")
    relations: list[str] = viewer("In which relations; with `any` among them in all.")


@object_type(core.Holder)
class Holder:
    """A role, or an account that a policy file names, that may do something."""

    subject: str = viewer("`role:<name>` or `account:<code>`.")
    relations: list[str] = viewer("In which relations.")
    rule: str = viewer("The rule that allows it: file:line.")
    chain: list[str] = viewer("From the subject to the one that the rule names.")


@object_type(Problem)
class PolicyProblem:
    """Something that is wrong with a policy file."""

    message: str = viewer("What is wrong.")
    file: str | None = viewer("In which file.")
    row: int | None = viewer("In which line.")
    column: str | None = viewer("At which column.")
    remedy: str | None = viewer("What to write instead.")


@object_type(Status)
class Policy:
    """The policy that decides, and what stopped the last load."""

    revision: str | None = viewer("The hash of the files' contents.")
    commit: str | None = viewer("The git commit of the directory, where there is one.")
    loaded_at: datetime | None = viewer("When it was loaded.")
    files: list[str] = viewer("Its files, in the order in which they were read.")
    rules: int = viewer("How many rules it has.")
    error: str | None = viewer("What stopped the last load; the policy before it still decides.")
    problems: list[PolicyProblem] = viewer("Everything that is wrong with the files of that load.")
    failed_at: datetime | None = viewer("When that was.")


DECISION = Needs(log.RESOURCE, "read")


@object_type(log.LoggedDecision)
class LoggedDecision:
    """One line of the decision log: a denial, a change, or the reading of something confidential."""

    at: datetime = private("When.")
    account_label: str = private("Who: `account:<code>`, or anonymous.")
    source: str = private("From which network address.")
    action: str = private("Which action.")
    resource: str = private("On which resource.")
    record: str = private("Which record, as `Type:id`; empty for what was refused.")
    path: str = private("At which place.")
    relations: str = private("In which relations, separated by commas.")
    allowed: bool = private("Whether it was allowed.")
    rule: str = private("The rule that decided, as file:line; empty where none did.")
    revision: str = private("The revision of the policy.")
    reason: str = private("In one sentence.")

    acting_for = private(
        "The organization that was acted for, where one was chosen.",
        resolver=loaded(Organization | None, "loaders.organization", "acting_for"),
    )


class Caller(msgspec.Struct, frozen=True):
    """What Viewer reads."""

    principal: Principal


@object_type(Caller)
class Viewer:
    """Whoever asks."""

    @private("The caller's account; null for an anonymous caller.")
    def account(root: strawberry.Parent[Caller], info: Info) -> Account | None:
        """From sign-in."""
        return present(info.context.account)

    @private("The posts that the caller holds today.")
    def memberships(root: strawberry.Parent[Caller], info: Info) -> list[HeldPost]:
        """From sign-in."""
        return present(list(info.context.memberships))

    @private("The code of the organization that the caller acts for (X-Acting-For); null for all of them at once.")
    def acting_for(root: strawberry.Parent[Caller], info: Info) -> str | None:
        """From the request."""
        acting = root.principal.acting_for
        return next(
            (each.organization_code for each in info.context.memberships if each.organization_id == acting), None
        )

    @viewer("Whether the caller may do something at a place, and why.")
    def can(
        root: strawberry.Parent[Caller],
        action: ActionArgument,
        resource: ResourceArgument,
        path: PathArgument,
        relation: RelationArgument = core.ANY,
    ) -> Explanation:
        """Decided as the services decide."""
        return present(explained(root.principal, action, resource, path, relation))

    @viewer("Everything that the caller may do at a place.")
    def permissions(root: strawberry.Parent[Caller], path: PathArgument) -> list[Ability]:
        """In the order of the vocabulary."""
        return present(core.what_can(root.principal, paths.parse(path)))


def explained(principal: Principal, action: str, resource: str, path: str, relation: str) -> core.Explanation:
    """The decision in words; Invalid for words that the vocabulary does not have."""
    snapshot = core.current()
    known = snapshot.vocabulary.resources.get(resource)
    if known is None:
        names = ", ".join(sorted(snapshot.vocabulary.resources))
        raise Invalid.at("resource", f"there is no resource {resource[:60]!r}", f"use one of {names}")
    if action not in known.action_names:
        raise Invalid.at(
            "action", f"{resource} has no action {action[:60]!r}", f"use one of {', '.join(known.action_names)}"
        )
    if relation not in known.relations:
        remedy = f"use one of {', '.join(known.relations)}"
        raise Invalid.at("relation", f"{resource} has no relation {relation[:60]!r}", remedy)
    return core.explain(snapshot, principal, (resource, action), paths.parse(path), (relation,))


async def _other(context: Context, account: str, path: str, on: date | None) -> Principal:
    require(context.principal, "explain", POLICY, paths.parse(path))
    return await principal_for(account, on)


@strawberry.type
class PermissionsQuery:
    """What callers may do, and why."""

    @private("Whoever asks: account, posts and permissions.")
    def viewer(self, info: Info) -> Viewer:
        """From sign-in."""
        return present(Caller(info.context.principal))

    @field("Whether somebody may do something at a place, and why.", EXPLAIN)
    async def explain_permission(
        self,
        info: Info,
        account: Annotated[str, about("The code of the account asked about.")],
        action: ActionArgument,
        resource: ResourceArgument,
        path: PathArgument,
        relation: RelationArgument = core.ANY,
        on: Annotated[date | None, about("With the posts of this day; today if left out.")] = None,
    ) -> Explanation | None:
        """With the posts that the account holds on the day."""
        principal = await _other(info.context, account, path, on)
        return present(explained(principal, action, resource, path, relation))

    @field("Everything that somebody may do at a place.", EXPLAIN)
    async def permissions_of(self, info: Info, account: CodeArgument, path: PathArgument) -> list[Ability] | None:
        """With the posts that the account holds today."""
        return present(core.what_can(await _other(info.context, account, path, None), path))

    @field("The roles and accounts that may do something at a place.", EXPLAIN)
    def who_can(
        self, info: Info, action: ActionArgument, resource: ResourceArgument, path: PathArgument
    ) -> list[Holder] | None:
        """By the policy; who holds a role is another question."""
        require(info.context.principal, "explain", POLICY, paths.parse(path))
        explained(info.context.principal, action, resource, path, core.ANY)
        return present(core.who_can(action, resource, path))

    @connection(
        "The decision log where the caller may read it, oldest first; the newest are `last`.", LoggedDecision, DECISION
    )
    def decisions(
        self,
        info: Info,
        within: Within = None,
        account: Annotated[str | None, about("Only of the account with this code.")] = None,
        resource: Annotated[str | None, about("Only about this resource.")] = None,
        allowed: Annotated[bool | None, about("Only grants, or only denials.")] = None,
    ) -> Listing:
        """By index seek."""
        wanted = log.DecisionFilter(within=within, account=account, resource=resource, allowed=allowed)
        return lambda page: log.decisions(info.context.principal, wanted, page)

    @field("The policy that decides, and what is wrong with its files.", Needs(POLICY, "read"))
    async def policy(self, info: Info) -> Policy | None:
        """Of this worker; the others follow within a second."""
        require(info.context.principal, "read", POLICY, await accounts.home())
        return present(info.context.services.policy.status)
