"""The Casbin boundary: who may do what where, and why.

A caller is a `Principal` with role bindings, each at a territory path. The running policy is a `Snapshot`, compiled
from Casbin files by Casbin itself. A decision is made in this order:

1. the bindings that count: everybody's `public`, those that a file gives to the account, those of memberships;
2. of these, the ones whose path contains the record's;
3. for each, the compiled verdict for (role, resource, action) at the nearest place that rules mention, over the
   relations in which the caller stands to the record (`any`, `own`, ...);
4. allowed if some verdict allows and none denies. Whatever is unknown or fails is denied.

`decide`, `require`, `guard` and `scope` use the snapshot that the request began with (`pinned`).
"""

from gongzhi.core.permissions.decision import Decision, decide, guard, require
from gongzhi.core.permissions.explanation import Explanation, Ground, Near, explain
from gongzhi.core.permissions.inquiry import Ability, Holder, what_can, who_can
from gongzhi.core.permissions.noticed import Noticed, gathered, gathering, notice, notice_grant, notice_read
from gongzhi.core.permissions.principal import ANONYMOUS, SYSTEM, Binding, Principal
from gongzhi.core.permissions.roles import Post, bindings_for, role_of
from gongzhi.core.permissions.rules import Link, PolicyFile, Rule
from gongzhi.core.permissions.running import activate, current, pinned
from gongzhi.core.permissions.scope import Scope, holds_always, scope
from gongzhi.core.permissions.snapshot import Snapshot, compile_policy
from gongzhi.core.permissions.store import PolicyStore, Status, load
from gongzhi.core.permissions.vocabulary import (
    ANY,
    ASSIGNED,
    ORGANIZATIONAL,
    OWN,
    PARTY,
    Action,
    Contribution,
    Resource,
    Role,
    Vocabulary,
    core_vocabulary,
)

__all__ = [
    "ANONYMOUS",
    "ANY",
    "ASSIGNED",
    "ORGANIZATIONAL",
    "OWN",
    "PARTY",
    "SYSTEM",
    "Ability",
    "Action",
    "Binding",
    "Contribution",
    "Decision",
    "Explanation",
    "Ground",
    "Holder",
    "Link",
    "Near",
    "PolicyFile",
    "PolicyStore",
    "Post",
    "Principal",
    "Resource",
    "Role",
    "Rule",
    "Scope",
    "Snapshot",
    "Status",
    "Vocabulary",
    "activate",
    "bindings_for",
    "compile_policy",
    "core_vocabulary",
    "current",
    "decide",
    "explain",
    "Noticed",
    "gathered",
    "gathering",
    "guard",
    "holds_always",
    "load",
    "notice",
    "notice_grant",
    "notice_read",
    "pinned",
    "require",
    "role_of",
    "scope",
    "what_can",
    "who_can",
]
