"""Who is asking: an account with the roles that its memberships give it, each at a place."""

from uuid import UUID

import msgspec


class Binding(msgspec.Struct, frozen=True):
    """One role at one path, and where it comes from.

    `role` is a bare name (`committee.director`); `path` is the territory that it covers, with everything below.
    `membership_id` and `organization_id` are None for a binding that a policy file's `g` line gives.
    """

    role: str
    path: str
    membership_id: UUID | None = None
    organization_id: UUID | None = None


class Principal(msgspec.Struct, frozen=True):
    """The caller of one request.

    `account_id` is None for an anonymous caller. `acting_for` is the organization that the caller chose to act for
    (`X-Acting-For`), or None for all of them at once. `source` is the network address, for the audit log.
    """

    account_id: UUID | None = None
    account_code: str | None = None
    bindings: tuple[Binding, ...] = ()
    acting_for: UUID | None = None
    source: str | None = None

    @property
    def anonymous(self) -> bool:
        """Whether nobody has signed in."""
        return self.account_id is None

    @property
    def label(self) -> str:
        """How logs and audit lines name the caller."""
        return f"account:{self.account_code}" if self.account_code else "anonymous"


ANONYMOUS = Principal()
"""Nobody: holds `role:public` and nothing else."""

SYSTEM = Principal(account_code="system", bindings=(Binding(role="system", path="/"),))
"""The operator at the command line and the background worker: what they do is recorded under this name."""
