"""The audit log."""

from datetime import datetime
from typing import Annotated

import strawberry

from gongzhi.core.audit import trail
from gongzhi.core.audit.kinds import AuditKind as Kind
from gongzhi.graphql.access import Needs, Standing
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.arguments import Within
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, field, object_type, private
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.relay import Listing, connection

READ = Needs(trail.RESOURCE, "read")


async def place(context: Context, line: trail.AuditLine) -> Standing:
    """Where a line belongs: the place that was decided about."""
    return Standing(path=line.path)


SOURCE = Needs(trail.RESOURCE, "read_source", place)


@object_type(trail.AuditLine)
class AuditLine:
    """A line of the audit log: something that was changed, a refusal, or the reading of a confidential record."""

    kind: Kind = private("What it tells of.")
    at: datetime = private("When.")
    account_label: str = private("Who: `account:<code>`, `anonymous`, or `erased` for a person who was erased.")
    source: str | None = field("From which network address; empty where none is known, or it was erased.", SOURCE)
    action: str = private("Which action.")
    resource: str = private("On which resource.")
    record: str = private("Which record, as `Type:id`; empty for what was refused.")
    path: str = private("At which place.")
    relations: str = private("In which relations, separated by commas.")
    allowed: bool = private("Whether it was allowed.")
    rule: str = private("The rule that decided, as file:line; empty where none did.")
    revision: str = private("The revision of the policy.")
    reason: str = private("Why, in one sentence.")
    result: str = private("`done` or `denied`.")
    changed: list[str] = private("The names of the fields that are different afterwards.")
    before_digest: str = private("HMAC-SHA256 of the record before, keyed for this line; empty for a new one.")
    after_digest: str = private("The same of the record afterwards; empty for one that is gone.")

    acting_for = private(
        "The organization that was acted for, where one was chosen.",
        resolver=loaded(Organization | None, "loaders.organization", "acting_for"),
    )

    @private("Whether it has its place in the chain; a new line gets it within a second or two.")
    async def sealed(root: strawberry.Parent[trail.AuditLine], info: Info) -> bool:
        """By the loader."""
        return await info.context.loaders.seal.load(root.id) is not None

    @private("Its number in the chain, from 1 without gaps.")
    async def sequence(root: strawberry.Parent[trail.AuditLine], info: Info) -> int | None:
        """By the loader."""
        seal = await info.context.loaders.seal.load(root.id)
        return seal.sequence if seal else None

    @private("The hash over it and the line before.")
    async def hash(root: strawberry.Parent[trail.AuditLine], info: Info) -> str | None:
        """By the loader."""
        seal = await info.context.loaders.seal.load(root.id)
        return seal.hash if seal else None

    @private("When it was sealed.")
    async def sealed_at(root: strawberry.Parent[trail.AuditLine], info: Info) -> datetime | None:
        """By the loader."""
        seal = await info.context.loaders.seal.load(root.id)
        return seal.sealed_at if seal else None


@strawberry.type
class AuditQuery:
    """Who did what."""

    @connection(
        "The audit log where the caller may read it, oldest first; the newest are `last`. Refusals and readings are "
        "among it for those who may read permissions.decision_log.",
        AuditLine,
        READ,
    )
    def audit_log(
        self,
        info: Info,
        within: Within = None,
        account: Annotated[str | None, about("Only of the account with this code; or system, or anonymous.")] = None,
        record: Annotated[str | None, about("Only about this record, as `Type:id`.")] = None,
        resource: Annotated[str | None, about("Only about this resource.")] = None,
        since: Annotated[datetime | None, about("Only from this moment on.")] = None,
        until: Annotated[datetime | None, about("Only before this moment.")] = None,
        kind: Annotated[Kind | None, about("Only of this kind.")] = None,
    ) -> Listing:
        """By index seek."""
        wanted = trail.TrailFilter(within, account, record, resource, since, until, kind)
        return lambda page: trail.lines(info.context.principal, wanted, page)
