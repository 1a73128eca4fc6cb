"""May this caller do this here? The one answer that services, resolvers and gateways ask for."""

from collections.abc import Collection
from functools import cached_property
from uuid import UUID

from gongzhi.core.errors import Forbidden, NotFound, Unauthenticated
from gongzhi.core.permissions.explanation import Explanation, explain
from gongzhi.core.permissions.noticed import notice
from gongzhi.core.permissions.principal import Principal
from gongzhi.core.permissions.running import current
from gongzhi.core.permissions.snapshot import Snapshot

READ = "read"


class Decision:
    """A decision with its request. Why it fell that way is worked out when somebody asks for `explanation`."""

    # `__dict__` is for the cached property alone; the rest stays in slots because decisions are made by the million.
    __slots__ = ("__dict__", "action", "allowed", "owner", "path", "principal", "relations", "resource", "snapshot")

    def __init__(
        self,
        allowed: bool,
        snapshot: Snapshot,
        principal: Principal,
        action: str,
        resource: str,
        path: str,
        relations: Collection[str],
        owner: UUID | None,
    ) -> None:
        self.allowed = allowed
        self.snapshot = snapshot
        self.principal = principal
        self.action = action
        self.resource = resource
        self.path = path
        self.relations = relations
        self.owner = owner

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def revision(self) -> str:
        """The revision of the policy that decided."""
        return self.snapshot.revision

    @cached_property
    def explanation(self) -> Explanation:
        """The rule, role chain and membership behind an allowance; for a denial what denies, or the nearest grants."""
        pair = (self.resource, self.action)
        return explain(self.snapshot, self.principal, pair, self.path, self.relations, self.owner)

    @property
    def reason(self) -> str:
        """One sentence that may be shown to the caller."""
        return self.explanation.reason


def decide(
    principal: Principal,
    action: str,
    resource: str,
    path: str,
    relations: Collection[str] = (),
    *,
    owner: UUID | None = None,
) -> Decision:
    """Decide by the current snapshot. What the vocabulary does not know is denied.

    `relations` says how the caller stands to the record, `any` being understood. `owner` is the organization that the
    record belongs to: it makes the record `own` for the caller's memberships in that organization and for no other, so
    that a manager of one organization gains nothing over another in which they are staff.
    """
    snapshot = current()
    allowed = snapshot.allows(principal, (resource, action), path, relations, owner)
    return Decision(allowed, snapshot, principal, action, resource, path, relations, owner)


def require(
    principal: Principal,
    action: str,
    resource: str,
    path: str,
    relations: Collection[str] = (),
    *,
    owner: UUID | None = None,
    readable: bool = True,
) -> Decision:
    """Decide, and refuse what is not allowed.

    `readable` True says that the caller may know of the record: it was loaded within their scope, or is yet to be made.
    With False, a caller who may not `read` it gets NotFound, as if it did not exist. Otherwise an anonymous caller gets
    Unauthenticated, since signing in may help, and a known one Forbidden with the nearest grants in `details`.
    """
    decision = decide(principal, action, resource, path, relations, owner=owner)
    if decision.allowed:
        return decision
    notice(decision)
    if not readable and not decide(principal, READ, resource, path, relations, owner=owner).allowed:
        raise NotFound("There is no such record, or none that you may see.")
    if principal.anonymous and principal.account_code is None:
        raise Unauthenticated(f"Sign in to {action} {resource} at {path}.")
    raise Forbidden(decision.reason, details=decision.explanation.details())


def guard(
    principal: Principal,
    resource: str,
    field: str,
    path: str,
    relations: Collection[str] = (),
    *,
    owner: UUID | None = None,
) -> Decision | None:
    """Refuse a guarded field of a visible record with Forbidden; None when the field needs no action of its own.

    The record is visible already, so an anonymous caller is told Forbidden too: the field turns null, the rest stays.
    """
    declared = current().vocabulary.resources.get(resource)
    action = declared.guarded_fields.get(field) if declared else None
    if action is None:
        return None
    decision = decide(principal, action, resource, path, relations, owner=owner)
    if not decision.allowed:
        notice(decision)
        raise Forbidden(f"{field}: {decision.reason}", details=decision.explanation.details())
    return decision
